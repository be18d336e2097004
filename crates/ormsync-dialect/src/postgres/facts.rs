//! Names, limits, quoting and folding of PostgreSQL.

use crate::IdentifierLimit;

/// The namespace of tables that are declared without one.
pub(super) const DEFAULT_NAMESPACE: &str = "public";

/// How long a name may be: `NAMEDATALEN` less one. Longer ones are cut with a notice.
pub(super) const IDENTIFIER_LIMIT: IdentifierLimit = IdentifierLimit::Bytes(63);

/// Quotes a name.
pub(super) fn quote_identifier(name: &str) -> String {
    format!(r#""{}""#, name.replace('"', r#""""#))
}

/// Quotes a name unless it means the same without quotes.
pub(super) fn quote_if_needed(name: &str) -> String {
    if is_plain_name(name) && !is_reserved(name) { name.to_owned() } else { quote_identifier(name) }
}

/// Whether a name survives the folding of names without quotes.
pub(super) fn is_plain_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .chars()
            .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_')
}

/// Quotes a string constant. Backslashes stand for themselves (`standard_conforming_strings` is on
/// since 9.1).
pub(super) fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Whether two spellings mean the same name: readers give names as the catalogue keeps them, where
/// case matters.
pub(super) fn same_name(left: &str, right: &str) -> bool {
    left == right
}

/// Words that can't name a column without quotes (documentation, appendix "SQL Key Words", the
/// words marked reserved).
pub(super) fn is_reserved(word: &str) -> bool {
    const RESERVED: &[&str] = &[
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "authorization",
        "between",
        "binary",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "collation",
        "column",
        "concurrently",
        "constraint",
        "create",
        "cross",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "exists",
        "extract",
        "false",
        "fetch",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "grant",
        "group",
        "having",
        "ilike",
        "in",
        "initially",
        "inner",
        "intersect",
        "interval",
        "into",
        "is",
        "isnull",
        "join",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "natural",
        "not",
        "notnull",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "overlaps",
        "placing",
        "position",
        "primary",
        "references",
        "returning",
        "right",
        "row",
        "select",
        "session_user",
        "similar",
        "some",
        "substring",
        "symmetric",
        "system_user",
        "table",
        "tablesample",
        "then",
        "to",
        "trailing",
        "trim",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "values",
        "variadic",
        "verbose",
        "when",
        "where",
        "window",
        "with",
    ];
    RESERVED.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_folding_or_grammar_would_change_them() {
        assert_eq!(quote_if_needed("users"), "users");
        assert_eq!(quote_if_needed("User"), "\"User\"");
        assert_eq!(quote_if_needed("order"), "\"order\"");
        assert_eq!(quote_if_needed("with"), "\"with\"");
        assert_eq!(quote_identifier("a\"b"), "\"a\"\"b\"");
        assert!(!same_name("id", "ID"));
    }
}
