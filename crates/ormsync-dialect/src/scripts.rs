//! What tells one server's scripts from another's: tokens that no other of the servers takes.

use sqlparser::dialect::GenericDialect;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

/// Words that only one server's scripts have, as Prisma and people write them.
const WORDS: &[(&str, &str)] = &[
    ("AUTO_INCREMENT", "mysql"),
    ("ENGINE", "mysql"),
    ("LONGTEXT", "mysql"),
    ("TINYINT", "mysql"),
    ("SERIAL", "postgresql"),
    ("BIGSERIAL", "postgresql"),
    ("JSONB", "postgresql"),
    ("TIMESTAMPTZ", "postgresql"),
    ("BYTEA", "postgresql"),
    ("AUTOINCREMENT", "sqlite"),
    ("PRAGMA", "sqlite"),
];

/// The tokens of a script that tell, each with its byte and the dialect's name. What is no SQL gives none.
pub fn tokens_of_one_server(script: &str) -> Vec<(usize, &'static str)> {
    let Ok(tokens) = Tokenizer::new(&GenericDialect {}, script).tokenize_with_location() else { return Vec::new() };
    let lines: Vec<usize> = std::iter::once(0).chain(script.match_indices('\n').map(|(at, _)| at + 1)).collect();
    tokens.iter().filter_map(|token| Some((byte_of(&lines, script, token.span.start)?, told_by(token)?))).collect()
}

fn told_by(token: &TokenWithSpan) -> Option<&'static str> {
    let Token::Word(word) = &token.token else { return None };
    match word.quote_style {
        Some('`') => Some("mysql"),
        Some(_) => None,
        None => WORDS.iter().find(|(known, _)| word.value.eq_ignore_ascii_case(known)).map(|(_, dialect)| *dialect),
    }
}

/// The byte of a line and column, both from one.
fn byte_of(lines: &[usize], script: &str, place: Location) -> Option<usize> {
    let line = lines.get(usize::try_from(place.line).ok()?.checked_sub(1)?)?;
    let column = usize::try_from(place.column).ok()?.checked_sub(1)?;
    script[*line..].char_indices().nth(column).map(|(at, _)| line + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_of_three_servers() {
        let told = |script: &str| tokens_of_one_server(script).first().copied();
        assert_eq!(told("CREATE TABLE `a` (\n  id INT);"), Some((13, "mysql")));
        assert_eq!(told("-- `a`\nCREATE TABLE \"a\" (id SERIAL, b TEXT DEFAULT 'TINYINT');"), Some((28, "postgresql")));
        assert_eq!(told("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);"), Some((39, "sqlite")));
        assert_eq!(told("CREATE TABLE a (id INTEGER);"), None);
    }
}
