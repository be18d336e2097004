//! What a statement is about: told by its first word, since not all of them parse.

use sqlparser::tokenizer::Tokenizer;

use super::words::keyword;
use super::{Rules, rules, script};

/// Statements that change rows or rights, which a schema does not show.
const ROWS: &[&str] = &[
    "INSERT",
    "UPDATE",
    "DELETE",
    "SELECT",
    "WITH",
    "VALUES",
    "REPLACE",
    "MERGE",
    "COPY",
    "TRUNCATE",
    "GRANT",
    "REVOKE",
    "REFRESH",
    "CALL",
    "EXECUTE",
    "PREPARE",
    "DEALLOCATE",
    "SECURITY",
];

/// Statements about transactions, settings and upkeep.
const SESSION: &[&str] = &[
    "BEGIN",
    "START",
    "COMMIT",
    "ROLLBACK",
    "END",
    "SAVEPOINT",
    "RELEASE",
    "SET",
    "RESET",
    "SHOW",
    "USE",
    "PRAGMA",
    "ANALYZE",
    "ANALYSE",
    "VACUUM",
    "REINDEX",
    "CLUSTER",
    "LOCK",
    "UNLOCK",
    "OPTIMIZE",
    "FLUSH",
    "CHECKPOINT",
    "NOTIFY",
    "LISTEN",
    "DISCARD",
    "EXPLAIN",
    "DELIMITER",
    "ATTACH",
    "DETACH",
];

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Tables, types and what else a schema holds.
    Schema,
    /// Rows or rights.
    Rows,
    /// Transactions, settings, upkeep.
    Session,
}

/// A statement of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptStatement<'t> {
    /// The byte of the script where it begins.
    pub start: usize,
    /// The statement, without comments before it and without its semicolon.
    pub text: &'t str,
    /// What it is about.
    pub effect: Effect,
    /// Whether it calls something else what is there: two schemas do not tell that from dropping and making.
    pub renames: bool,
}

/// The statements of a script in a dialect; none for a dialect that is not known.
pub fn script_statements<'t>(dialect: &str, text: &'t str) -> Vec<ScriptStatement<'t>> {
    let Some(rules) = rules::of(dialect) else { return Vec::new() };
    let statements = script::statements(text, rules);
    statements.into_iter().map(|statement| told(statement.start, statement.text, rules)).collect()
}

fn told<'t>(start: usize, text: &'t str, rules: &Rules) -> ScriptStatement<'t> {
    let dialect = (rules.grammar.parser)();
    let tokens = Tokenizer::new(dialect.as_ref(), text).with_unescape(false).tokenize().unwrap_or_default();
    let words: Vec<String> = tokens.iter().filter_map(keyword).collect();
    let first = words.first().map_or("", String::as_str);
    let effect = match first {
        word if ROWS.contains(&word) => Effect::Rows,
        word if SESSION.contains(&word) => Effect::Session,
        _ => Effect::Schema,
    };
    // `CHANGE` is MySQL's word for a column that gets another name.
    let says = |wanted: &str| words.iter().any(|word| word == wanted);
    let is_rename = matches!(first, "ALTER" | "RENAME") && (says("RENAME") || says("CHANGE"));
    let is_dynamic = first == "DO";
    // `ALTER TABLE t SET SCHEMA s`.
    let moves = first == "ALTER" && words.windows(2).any(|pair| pair == ["SET", "SCHEMA"]);
    ScriptStatement { start, text, effect, renames: effect == Effect::Schema && (is_rename || is_dynamic || moves) }
}

/// Whether a statement that begins with this word, in capitals, leaves the schema as it is.
pub(super) fn is_without_effect(word: &str) -> bool {
    ROWS.contains(&word) || SESSION.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_apart() {
        let text = "-- first\nCREATE TABLE a (id INT);\nBEGIN;\nINSERT INTO a VALUES (1);\nALTER TABLE a RENAME TO b;";
        let told: Vec<_> = script_statements("postgresql", text)
            .iter()
            .map(|statement| {
                (statement.text.split(' ').next().unwrap_or_default(), statement.effect, statement.renames)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("CREATE", Effect::Schema, false),
                ("BEGIN", Effect::Session, false),
                ("INSERT", Effect::Rows, false),
                ("ALTER", Effect::Schema, true),
            ]
        );
    }
}
