//! The statements of a text.

use sqlparser::tokenizer::{Location, Token, Tokenizer};

use super::Rules;

/// A statement and the byte where it begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement<'t> {
    pub(super) start: usize,
    pub(super) text: &'t str,
}

/// Cuts a text at the semicolons that end statements: not at those in strings, in comments or in the body of a
/// trigger or routine. A text that is no SQL is one statement.
pub(super) fn statements<'t>(text: &'t str, rules: &Rules) -> Vec<Statement<'t>> {
    let dialect = (rules.grammar.parser)();
    let tokens = Tokenizer::new(dialect.as_ref(), text).with_unescape(false).tokenize_with_location();
    let Ok(tokens) = tokens else { return trimmed(text, 0, text.len()).into_iter().collect() };
    let places = Places::of(text);
    let mut found = Vec::new();
    let mut current = Current::default();
    for token in &tokens {
        if matches!(token.token, Token::Whitespace(_)) {
            continue;
        }
        if token.token == Token::SemiColon && !current.is_in_body() {
            if let Some(begin) = current.start {
                found.extend(trimmed(text, begin, places.byte_of(token.span.start)));
            }
            current = Current::default();
            continue;
        }
        current.start.get_or_insert_with(|| places.byte_of(token.span.start));
        current.take(&token.token);
    }
    if let Some(begin) = current.start {
        found.extend(trimmed(text, begin, text.len()));
    }
    found
}

fn trimmed(text: &str, start: usize, end: usize) -> Option<Statement<'_>> {
    let part = text.get(start..end)?;
    let statement = part.trim_end();
    (!statement.trim().is_empty()).then_some(Statement { start, text: statement })
}

/// The statement that is being read.
#[derive(Debug, Default)]
struct Current {
    start: Option<usize>,
    creates: bool,
    /// Whether it makes a trigger or routine, so that semicolons in its body are no ends.
    has_body: bool,
    words: usize,
    /// `BEGIN`, `CASE` and the like that are still open.
    depth: usize,
    last: String,
}

impl Current {
    fn is_in_body(&self) -> bool {
        self.has_body && self.depth > 0
    }

    fn take(&mut self, token: &Token) {
        let word = match token {
            Token::Word(word) if word.quote_style.is_none() => word,
            other => {
                self.last = if *other == Token::SemiColon { ";".to_owned() } else { String::new() };
                return;
            }
        };
        let upper = word.value.to_ascii_uppercase();
        self.words += 1;
        // CREATE [OR REPLACE] [DEFINER = …] TRIGGER | PROCEDURE | FUNCTION | EVENT
        if (2..=8).contains(&self.words) && matches!(upper.as_str(), "TRIGGER" | "PROCEDURE" | "FUNCTION" | "EVENT") {
            self.has_body |= self.creates;
        }
        self.creates |= self.words == 1 && upper == "CREATE";
        if self.has_body {
            match (self.last.as_str(), upper.as_str()) {
                // `END IF`, `END CASE` close what is open, and open nothing.
                ("END", "IF" | "CASE" | "LOOP" | "WHILE" | "REPEAT") => {}
                (_, "BEGIN" | "CASE") => self.depth += 1,
                // At the beginning of a statement; elsewhere they are functions.
                (";" | "BEGIN" | "THEN" | "ELSE" | "DO", "IF" | "LOOP" | "WHILE" | "REPEAT") => self.depth += 1,
                (_, "END") => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        self.last = upper;
    }
}

/// Where the lines of a text begin.
struct Places<'t> {
    text: &'t str,
    lines: Vec<usize>,
}

impl<'t> Places<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, lines: std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect() }
    }

    /// The byte of a line and column, both from one.
    fn byte_of(&self, place: Location) -> usize {
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
        let Some(line) = self.lines.get(number(place.line)) else { return self.text.len() };
        let rest = &self.text[*line..];
        let column = number(place.column);
        // Nearly all lines are ASCII up to where a statement begins.
        if rest.as_bytes().get(..column).is_some_and(<[u8]>::is_ascii) {
            return line + column;
        }
        rest.char_indices().nth(column).map_or(self.text.len(), |(at, _)| line + at)
    }
}
