//! Names, limits, quoting and folding of MySQL and MariaDB.

use super::reserved::RESERVED;
use ormsync_schema::Server;

use crate::IdentifierLimit;

/// How long a name may be. Longer ones are refused, not cut.
pub(super) const IDENTIFIER_LIMIT: IdentifierLimit = IdentifierLimit::Characters(64);

/// The character set of a table that says nothing, so that it takes every letter whatever the database's own is, and its
/// collation: as Prisma's engine makes every table.
pub const MYSQL_TABLE_CHARSET: (&str, &str) = ("utf8mb4", "utf8mb4_unicode_ci");

/// Quotes a name.
pub(super) fn quote_identifier(name: &str) -> String {
    format!(r#"`{}`"#, name.replace('`', r#"``"#))
}

/// Quotes a name unless it means the same without quotes.
pub(super) fn quote_if_needed(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
        && RESERVED.binary_search(&name.to_lowercase().as_str()).is_err();
    if plain { name.to_owned() } else { quote_identifier(name) }
}

/// Quotes a string constant: a backslash escapes unless `NO_BACKSLASH_ESCAPES` is on, which is not
/// the default.
pub(super) fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// Whether two spellings mean the same name: column, index and constraint names ignore case. Names of
/// tables do so only on servers with `lower_case_table_names`; but two tables of one schema that
/// differ only in case are rare enough that a match here is right.
pub(super) fn same_name(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

/// The one spelling of a character set's or collation's name. `utf8` is an alias of `utf8mb3`, and what
/// servers report since MySQL 8.0.29 and MariaDB 10.6 is the long name ("The utf8mb3 Character Set" in the
/// reference manual; MariaDB's `old_mode`, on by default, says the same).
pub(super) fn character_set(name: &str) -> String {
    let name = name.to_lowercase();
    match name.strip_prefix("utf8") {
        Some(rest) if rest.is_empty() || rest.starts_with('_') => format!("utf8mb3{rest}"),
        _ => name,
    }
}

/// Whether the server is MariaDB. A server that is not known is MySQL.
pub(super) fn is_mariadb(server: Option<&Server>) -> bool {
    server.is_some_and(|server| {
        server.product.eq_ignore_ascii_case("mariadb") || server.version_text.to_lowercase().contains("mariadb")
    })
}

/// Whether the server is a MariaDB older than `major.minor`.
pub(super) fn is_mariadb_before(server: Option<&Server>, major: u32, minor: u32) -> bool {
    is_mariadb(server) && server.is_some_and(|server| server.version.as_slice() < [major, minor].as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backslashes_and_quotes_survive() {
        assert_eq!(quote_text(r"a\b'c"), r"'a\\b''c'");
        assert_eq!(quote_identifier("a`b"), "`a``b`");
        assert!(same_name("userId", "USERID"));
    }

    #[test]
    fn flavour_and_version_are_the_servers() {
        let old =
            Server { product: "MariaDB".into(), version: vec![10, 6, 12], version_text: "10.6.12-MariaDB".into() };
        assert!(is_mariadb_before(Some(&old), 10, 8));
        assert!(!is_mariadb_before(Some(&old), 10, 6));
        assert!(!is_mariadb(None));
    }
}
