//! Names, limits, quoting and folding of MySQL and MariaDB.

use crate::IdentifierLimit;

/// How long a name may be.
pub(super) const IDENTIFIER_LIMIT: IdentifierLimit = IdentifierLimit::Characters(64);

/// Quotes a name.
pub(super) fn quote_identifier(name: &str) -> String {
    format!(r#"`{}`"#, name.replace('`', r#"``"#))
}

/// Quotes a string constant.
pub(super) fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Whether two spellings mean the same name.
pub(super) fn same_name(left: &str, right: &str) -> bool {
    left == right
}
