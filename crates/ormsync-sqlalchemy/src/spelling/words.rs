//! What SQLAlchemy's words do on each dialect, types apart.

use super::native_types::{self, NativeType};

/// The words of a dialect.
#[derive(Debug)]
pub(super) struct Words {
    /// SQLAlchemy's name of the dialect, before its keywords: `postgresql_where`.
    pub(super) dialect: &'static str,
    /// Its types.
    pub(super) types: &'static [NativeType],
    /// Whether a lone integer primary key is numbered by the database unless told otherwise, and
    /// `autoincrement=False` tells it so.
    pub(super) numbers_keys: bool,
    /// Whether a column outside the primary key can be numbered by a sequence of its own.
    pub(super) has_sequences: bool,
    /// Whether `true()` is the same as the literal `true`.
    pub(super) has_booleans: bool,
    /// Types whose constant defaults are written as expressions, in parentheses.
    pub(super) expression_defaults: &'static [&'static str],
    /// Whether a default that is an expression is in parentheses.
    pub(super) wraps_expressions: bool,
    /// Index methods that stand before the word INDEX.
    pub(super) method_prefixes: &'static [&'static str],
    /// Table options with the keyword for each.
    pub(super) options: &'static [(&'static str, OptionWords)],
    /// The names that the server gives to constraints without one.
    pub(super) default_names: fn(NamedConstraint, &str, &[&str]) -> Option<String>,
}

/// A table option in SQLAlchemy's words.
#[derive(Debug)]
pub(super) enum OptionWords {
    /// `keyword="value"`.
    Text(&'static str),
    /// `keyword=…` where the option is there.
    Switch(&'static str, bool),
}

/// What the server may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NamedConstraint {
    /// A primary key.
    PrimaryKey,
    /// A unique constraint.
    Unique,
    /// A foreign key.
    ForeignKey,
}

/// The words of a dialect by its name; none for one that is not known.
pub(super) fn of(dialect: &str) -> Option<&'static Words> {
    [&POSTGRESQL, &MYSQL, &SQLITE].into_iter().find(|words| words.dialect == dialect)
}

static POSTGRESQL: Words = Words {
    dialect: "postgresql",
    types: native_types::POSTGRESQL,
    numbers_keys: true,
    has_sequences: true,
    has_booleans: true,
    expression_defaults: &[],
    wraps_expressions: false,
    method_prefixes: &[],
    options: &[],
    // `ChooseConstraintName` of the server; long names, which it shortens, count as chosen ones.
    default_names: |constraint, table, columns| {
        Some(match constraint {
            NamedConstraint::PrimaryKey => format!("{table}_pkey"),
            NamedConstraint::Unique => format!("{table}_{}_key", columns.join("_")),
            NamedConstraint::ForeignKey => format!("{table}_{}_fkey", columns.join("_")),
        })
    },
};

static MYSQL: Words = Words {
    dialect: "mysql",
    types: native_types::MYSQL,
    numbers_keys: true,
    has_sequences: false,
    has_booleans: false,
    expression_defaults: &[
        "tinytext",
        "text",
        "mediumtext",
        "longtext",
        "tinyblob",
        "blob",
        "mediumblob",
        "longblob",
        "json",
    ],
    wraps_expressions: true,
    method_prefixes: &["fulltext", "spatial"],
    options: &[
        ("engine", OptionWords::Text("mysql_engine")),
        ("charset", OptionWords::Text("mysql_charset")),
        ("collation", OptionWords::Text("mysql_collate")),
    ],
    default_names: |constraint, _, columns| match constraint {
        NamedConstraint::PrimaryKey => Some("PRIMARY".to_owned()),
        NamedConstraint::Unique => columns.first().map(|column| (*column).to_owned()),
        // Numbered over the table: no name can be told from the columns.
        NamedConstraint::ForeignKey => None,
    },
};

static SQLITE: Words = Words {
    dialect: "sqlite",
    types: native_types::SQLITE,
    // A lone INTEGER primary key is the row id, whatever is said.
    numbers_keys: false,
    has_sequences: false,
    has_booleans: false,
    expression_defaults: &[],
    wraps_expressions: true,
    method_prefixes: &[],
    options: &[
        ("strict", OptionWords::Switch("sqlite_strict", true)),
        ("without_rowid", OptionWords::Switch("sqlite_with_rowid", false)),
    ],
    default_names: |_, _, _| None,
};
