//! Python expressions: as much of the language as declarations are made of, written as `ruff format`
//! writes it.

use std::collections::BTreeSet;

/// Where `ruff format` breaks lines unless told otherwise.
pub(super) const LINE_WIDTH: usize = 88;

/// One step of indentation.
pub(super) const INDENTATION: usize = 4;

/// A Python expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Python {
    /// A name, dotted or not, and where it comes from.
    Name(Name),
    /// A string.
    Text(String),
    /// A whole number.
    Number(i64),
    /// `True` or `False`.
    Boolean(bool),
    /// `...`.
    Ellipsis,
    /// Any other expression, as it is.
    Verbatim(String),
    /// A call.
    Call {
        /// What is called.
        function: Name,
        /// With what.
        arguments: Vec<Argument>,
    },
    /// `[a, b]`.
    List(Vec<Python>),
    /// `(a, b)`.
    Tuple(Vec<Python>),
    /// `{"a": b}`.
    Dictionary(Vec<(String, Python)>),
}

/// A name and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Name {
    /// As written: `String`, `postgresql.JSONB`, `datetime.date`.
    pub(super) text: String,
    /// What brings its first part into the module.
    pub(super) import: Option<Import>,
}

/// What brings a name into a module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Import {
    /// `import module`.
    Module(&'static str),
    /// `from module import name`.
    From(&'static str, String),
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Argument {
    /// By position.
    Positional(Python),
    /// By name.
    Keyword(String, Python),
    /// Any, as it is.
    Verbatim(String),
}

impl Name {
    /// A name that is made where it is used.
    pub(super) fn local(text: impl Into<String>) -> Self {
        Self { text: text.into(), import: None }
    }

    /// A name of a module, or of something in it: `String` of `sqlalchemy`, `func.now` of `sqlalchemy`.
    pub(super) fn of(module: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        let first = text.split('.').next().unwrap_or_default().to_owned();
        Self { import: Some(Import::From(module, first)), text }
    }
}

/// A name of SQLAlchemy's main module.
pub(super) fn sqlalchemy(name: &str) -> Name {
    Name::of("sqlalchemy", name)
}

impl Python {
    /// A string.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A list of strings.
    pub(super) fn texts(texts: &[String]) -> Self {
        Self::List(texts.iter().map(Self::text).collect())
    }

    /// A call.
    pub(super) fn call(function: Name, arguments: Vec<Argument>) -> Self {
        Self::Call { function, arguments }
    }

    /// `text("…")`: SQL as it is. A colon before a word would be read as a parameter.
    pub(super) fn sql(sql: &str) -> Self {
        Self::call(sqlalchemy("text"), vec![Argument::Positional(Self::Text(without_parameters(sql)))])
    }

    /// All that has to be imported.
    pub(super) fn imports(&self, into: &mut BTreeSet<Import>) {
        match self {
            Self::Name(name) => into.extend(name.import.clone()),
            Self::Call { function, arguments } => {
                into.extend(function.import.clone());
                for argument in arguments {
                    match argument {
                        Argument::Positional(value) | Argument::Keyword(_, value) => value.imports(into),
                        Argument::Verbatim(_) => {}
                    }
                }
            }
            Self::List(items) | Self::Tuple(items) => items.iter().for_each(|item| item.imports(into)),
            Self::Dictionary(entries) => entries.iter().for_each(|(_, value)| value.imports(into)),
            Self::Text(_) | Self::Number(_) | Self::Boolean(_) | Self::Ellipsis | Self::Verbatim(_) => {}
        }
    }

    /// The expression on one line.
    pub(super) fn flat(&self) -> String {
        match self {
            Self::Name(name) => name.text.clone(),
            Self::Text(text) => string_literal(text),
            Self::Number(number) => number.to_string(),
            Self::Boolean(true) => "True".to_owned(),
            Self::Boolean(false) => "False".to_owned(),
            Self::Ellipsis => "...".to_owned(),
            Self::Verbatim(text) => text.clone(),
            Self::Call { function, arguments } => {
                format!("{}({})", function.text, join(arguments.iter().map(Argument::flat)))
            }
            Self::List(items) => format!("[{}]", join(items.iter().map(Self::flat))),
            Self::Tuple(items) => match items.as_slice() {
                [only] => format!("({},)", only.flat()),
                _ => format!("({})", join(items.iter().map(Self::flat))),
            },
            Self::Dictionary(entries) => format!("{{{}}}", join(entries.iter().map(flat_entry))),
        }
    }

    /// The expression behind `column` characters of a line that is indented by `indentation`, with
    /// `behind` more characters to come on its last line.
    pub(super) fn write(&self, indentation: usize, column: usize, behind: usize) -> String {
        let flat = self.flat();
        if column + width(&flat) + behind <= LINE_WIDTH {
            return flat;
        }
        match self {
            Self::Call { function, arguments } if !arguments.is_empty() => {
                let inside = broken_call(arguments, indentation);
                format!("{}({inside})", function.text)
            }
            Self::List(items) if !items.is_empty() => format!("[{}]", broken_items(items, indentation)),
            Self::Tuple(items) if !items.is_empty() => format!("({})", broken_items(items, indentation)),
            Self::Dictionary(entries) if !entries.is_empty() => {
                format!("{{{}}}", broken_entries(entries, indentation))
            }
            _ => flat,
        }
    }

    /// A tuple or call with one element to a line, whatever its length: how `ruff format` leaves what has
    /// a last comma.
    pub(super) fn write_expanded(&self, indentation: usize, column: usize) -> String {
        match self {
            Self::Tuple(items) if items.len() > 1 => format!("({})", broken_items(items, indentation)),
            Self::Call { function, arguments } if !arguments.is_empty() => {
                let inner = indentation + INDENTATION;
                let arguments = arguments.iter().map(|argument| argument.write(inner, 1));
                format!("{}({})", function.text, lines(arguments, indentation))
            }
            other => other.write(indentation, column, 0),
        }
    }
}

impl Argument {
    fn flat(&self) -> String {
        match self {
            Self::Positional(value) => value.flat(),
            Self::Keyword(name, value) => format!("{name}={}", value.flat()),
            Self::Verbatim(text) => text.clone(),
        }
    }

    fn write(&self, indentation: usize, behind: usize) -> String {
        match self {
            Self::Positional(value) => value.write(indentation, indentation, behind),
            Self::Keyword(name, value) => {
                format!("{name}={}", value.write(indentation, indentation + width(name) + 1, behind))
            }
            Self::Verbatim(text) => text.clone(),
        }
    }
}

fn flat_entry((key, value): &(String, Python)) -> String {
    format!("{}: {}", string_literal(key), value.flat())
}

/// The arguments on a line of their own, or, where that is still too long, a line for each.
fn broken_call(arguments: &[Argument], indentation: usize) -> String {
    let inner = indentation + INDENTATION;
    let together = join(arguments.iter().map(Argument::flat));
    if inner + width(&together) <= LINE_WIDTH {
        return format!("\n{}{together}\n{}", blanks(inner), blanks(indentation));
    }
    match arguments {
        // A lone argument gets no comma.
        [only] => format!("\n{}{}\n{}", blanks(inner), only.write(inner, 0), blanks(indentation)),
        _ => lines(arguments.iter().map(|argument| argument.write(inner, 1)), indentation),
    }
}

fn broken_items(items: &[Python], indentation: usize) -> String {
    let inner = indentation + INDENTATION;
    lines(items.iter().map(|item| item.write(inner, inner, 1)), indentation)
}

fn broken_entries(entries: &[(String, Python)], indentation: usize) -> String {
    let inner = indentation + INDENTATION;
    let write = |(key, value): &(String, Python)| {
        let key = string_literal(key);
        format!("{key}: {}", value.write(inner, inner + width(&key) + 2, 1))
    };
    lines(entries.iter().map(write), indentation)
}

fn lines(items: impl Iterator<Item = String>, indentation: usize) -> String {
    let inner = blanks(indentation + INDENTATION);
    let mut text = "\n".to_owned();
    for item in items {
        text.push_str(&format!("{inner}{item},\n"));
    }
    text.push_str(&blanks(indentation));
    text
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

fn blanks(count: usize) -> String {
    " ".repeat(count)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// A Python string: in double quotes, unless that takes more escapes.
pub(crate) fn string_literal(text: &str) -> String {
    let count = |quote: char| text.chars().filter(|letter| *letter == quote).count();
    let quote = if count('"') > count('\'') { '\'' } else { '"' };
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push(quote);
    for letter in text.chars() {
        match letter {
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            _ if letter == quote => literal.extend(['\\', letter]),
            _ if letter.is_ascii_control() => literal.push_str(&format!("\\x{:02x}", u32::from(letter))),
            // Line breaks to some programs, though not to Python.
            _ if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                literal.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            _ => literal.push(letter),
        }
    }
    literal.push(quote);
    literal
}

/// SQL as SQLAlchemy's `text()` has to be given it: `:word` is a parameter there unless a backslash is
/// before it, a colon or word before it or a colon behind it; and a backslash before such a colon is taken
/// away (`TextClause._bind_params_regex` and `BIND_PARAMS_ESC` of 2.0 and 2.1).
pub(super) fn without_parameters(sql: &str) -> String {
    let letters: Vec<char> = sql.chars().collect();
    let mut escaped = String::with_capacity(sql.len());
    for (at, letter) in letters.iter().enumerate() {
        if *letter == ':' && is_taken_from_text(&letters[..at], &letters[at + 1..]) {
            escaped.push('\\');
        }
        escaped.push(*letter);
    }
    escaped
}

/// Whether `text()` would not leave a colon between these letters as it is.
fn is_taken_from_text(before: &[char], behind: &[char]) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let word = behind.iter().take_while(|letter| is_word(**letter)).count();
    if behind.get(word) == Some(&':') {
        return false;
    }
    let is_parameter = word > 0 && !before.last().is_some_and(|before| *before == ':' || is_word(*before));
    is_parameter || before.last() == Some(&'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_take_the_quotes_that_need_fewer_escapes() {
        assert_eq!(string_literal("it's"), r#""it's""#);
        assert_eq!(string_literal(r#"a "b" c"#), r#"'a "b" c'"#);
        assert_eq!(string_literal(r#"'"\"#), r#""'\"\\""#);
        assert_eq!(string_literal("a\nb\u{1}\u{2028}"), r#""a\nb\x01\u2028""#);
    }

    #[test]
    fn colons_do_not_become_parameters() {
        assert_eq!(without_parameters("'a'::text"), "'a'::text");
        assert_eq!(without_parameters("'10:30'"), "'10:30'");
        assert_eq!(without_parameters("x = ':open'"), r"x = '\:open'");
        assert_eq!(without_parameters("'{\"a\": 1}'"), "'{\"a\": 1}'");
    }

    #[test]
    fn long_calls_break_as_the_formatter_breaks_them() {
        let argument = |text: &str| Argument::Positional(Python::text(text));
        let call =
            |texts: &[&str]| Python::call(Name::local("Enum"), texts.iter().map(|text| argument(text)).collect());
        assert_eq!(call(&["a", "b"]).write(0, 0, 0), r#"Enum("a", "b")"#);
        let long = "x".repeat(40);
        assert_eq!(
            call(&[&long, "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"]).write(4, 10, 0),
            format!("Enum(\n        \"{long}\", \"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\"\n    )"),
        );
        assert_eq!(call(&[&long, &long]).write(0, 0, 0), format!("Enum(\n    \"{long}\",\n    \"{long}\",\n)"));
    }
}
