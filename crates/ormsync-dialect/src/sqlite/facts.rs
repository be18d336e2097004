//! Names, limits, quoting and folding of SQLite.

use crate::IdentifierLimit;

/// How long a name may be.
pub(super) const IDENTIFIER_LIMIT: IdentifierLimit = IdentifierLimit::Unlimited;

/// Quotes a name.
pub(super) fn quote_identifier(name: &str) -> String {
    format!(r#""{}""#, name.replace('"', r#""""#))
}

/// Quotes a name unless it means the same without quotes.
pub(super) fn quote_if_needed(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
        && !is_reserved(&name.to_lowercase());
    if plain { name.to_owned() } else { quote_identifier(name) }
}

/// Words that can't name a column without quotes (SQLite documentation, "SQLite Keywords"; the parser
/// takes the others as names too).
fn is_reserved(word: &str) -> bool {
    const RESERVED: &[&str] = &[
        "add",
        "all",
        "alter",
        "and",
        "as",
        "autoincrement",
        "between",
        "case",
        "check",
        "collate",
        "commit",
        "constraint",
        "create",
        "default",
        "deferrable",
        "delete",
        "distinct",
        "drop",
        "else",
        "escape",
        "exists",
        "foreign",
        "from",
        "group",
        "having",
        "in",
        "index",
        "insert",
        "intersect",
        "into",
        "is",
        "isnull",
        "join",
        "limit",
        "not",
        "notnull",
        "null",
        "on",
        "or",
        "order",
        "primary",
        "references",
        "returning",
        "select",
        "set",
        "table",
        "then",
        "to",
        "transaction",
        "union",
        "unique",
        "update",
        "using",
        "values",
        "when",
        "where",
    ];
    RESERVED.binary_search(&word).is_ok()
}

/// Quotes a string constant.
pub(super) fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Whether two spellings mean the same name: SQLite ignores the case of ASCII letters, and of no others.
pub(super) fn same_name(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}
