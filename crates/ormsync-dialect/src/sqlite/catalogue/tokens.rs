//! The words of a statement, as `sqlparser` splits them. Its parser is not used: SQLite takes, and keeps as
//! written, much that the parser refuses (types of any words, conflict clauses, quoted keywords).

use sqlparser::dialect::SQLiteDialect;
use sqlparser::tokenizer::{Token, Tokenizer, Whitespace};

/// A statement, or a part of one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slice<'a> {
    tokens: &'a [Token],
}

/// The tokens of a whole statement.
pub(super) struct Tokens(Vec<Token>);

impl Tokens {
    /// Splits a statement; none where it has something that is no word of SQL.
    pub(super) fn read(statement: &str) -> Option<Self> {
        // With escapes kept, what is put together again is the text as written.
        Tokenizer::new(&SQLiteDialect {}, statement).with_unescape(false).tokenize().ok().map(Self)
    }

    /// All of it.
    pub(super) fn all(&self) -> Slice<'_> {
        Slice { tokens: &self.0 }
    }

    /// The text behind the first keyword of that name outside of parentheses.
    pub(super) fn text_behind(&self, keyword: &str) -> Option<String> {
        let mut slice = self.all();
        while !slice.is_empty() {
            if slice.take_keyword(keyword) {
                return Some(slice.text());
            }
            slice.skip();
        }
        None
    }
}

impl<'a> Slice<'a> {
    /// Whether nothing is left but blanks and comments.
    pub(super) fn is_empty(mut self) -> bool {
        self.next().is_none()
    }

    /// The next token that is no blank and no comment.
    fn next(&mut self) -> Option<&'a Token> {
        while let Some((first, rest)) = self.tokens.split_first() {
            self.tokens = rest;
            if !matches!(first, Token::Whitespace(_)) {
                return Some(first);
            }
        }
        None
    }

    /// Whether the next token is that keyword; not one that is quoted.
    pub(super) fn is_keyword(mut self, keyword: &str) -> bool {
        matches!(self.next(), Some(Token::Word(word)) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(keyword))
    }

    /// Takes that keyword, if it is next.
    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.is_keyword(keyword);
        if found {
            self.next();
        }
        found
    }

    /// Takes a name in any of the quotes that SQLite knows, or without.
    pub(super) fn take_name(&mut self) -> Option<String> {
        let mut ahead = *self;
        let name = match ahead.next()? {
            Token::Word(word) => match word.quote_style {
                None => word.value.clone(),
                Some('[') => word.value.clone(),
                Some(quote) => undoubled(&word.value, quote),
            },
            Token::SingleQuotedString(text) => undoubled(text, '\''),
            Token::DoubleQuotedString(text) => undoubled(text, '"'),
            _ => return None,
        };
        *self = ahead;
        Some(name)
    }

    /// Takes what is in the parentheses that come next.
    pub(super) fn take_parentheses(&mut self) -> Option<Slice<'a>> {
        let mut ahead = *self;
        if ahead.next() != Some(&Token::LParen) {
            return None;
        }
        let inside = ahead.tokens;
        let mut depth = 1_usize;
        for (at, token) in inside.iter().enumerate() {
            match token {
                Token::LParen => depth += 1,
                Token::RParen => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.tokens = &inside[at + 1..];
                return Some(Slice { tokens: &inside[..at] });
            }
        }
        None
    }

    /// Skips one token, or a whole pair of parentheses.
    pub(super) fn skip(&mut self) {
        if self.take_parentheses().is_none() {
            self.next();
        }
    }

    /// The parts between commas outside of parentheses.
    pub(super) fn split_at_commas(self) -> Vec<Slice<'a>> {
        let mut depth = 0_usize;
        self.tokens
            .split(|token| {
                match token {
                    Token::LParen => depth += 1,
                    Token::RParen => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0 && *token == Token::Comma
            })
            .map(|tokens| Slice { tokens })
            .collect()
    }

    /// What is in front of the first keyword of that name outside of parentheses, and what is behind it.
    pub(super) fn split_at_keyword(self, keyword: &str) -> (Slice<'a>, Option<Slice<'a>>) {
        let mut rest = self;
        while !rest.is_empty() {
            if rest.is_keyword(keyword) {
                let before = &self.tokens[..self.tokens.len() - rest.tokens.len()];
                rest.next();
                return (Slice { tokens: before }, Some(rest));
            }
            rest.skip();
        }
        (self, None)
    }

    /// Without the last token, if it is one of these keywords.
    pub(super) fn without_last_keyword(self, keywords: &[&str]) -> Slice<'a> {
        let last = self.tokens.iter().rposition(|token| !matches!(token, Token::Whitespace(_)));
        match last {
            Some(at) if keywords.iter().any(|keyword| Slice { tokens: &self.tokens[at..] }.is_keyword(keyword)) => {
                Slice { tokens: &self.tokens[..at] }
            }
            _ => self,
        }
    }

    /// The text as written, with a blank for every comment.
    pub(super) fn text(self) -> String {
        let mut text = String::new();
        for token in self.tokens {
            match token {
                Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => {
                    text.push(' ');
                }
                other => text.push_str(&other.to_string()),
            }
        }
        text.trim().to_owned()
    }
}

/// A quote inside quotes is written twice.
fn undoubled(text: &str, quote: char) -> String {
    let single = quote.to_string();
    text.replace(&single.repeat(2), &single)
}
