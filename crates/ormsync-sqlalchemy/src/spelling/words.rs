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
    /// What `func.now()` becomes, where that is the plain default; none where it is an expression like any other.
    pub(super) plain_now: Option<&'static str>,
    /// What `false()` and `true()` become.
    pub(super) truth: [&'static str; 2],
    /// Types whose constant defaults are written as expressions, in parentheses.
    pub(super) expression_defaults: &'static [&'static str],
    /// Whether a call stands in an index without parentheses of its own.
    pub(super) has_bare_calls: bool,
    /// Whether the server counts the foreign keys that have no name.
    pub(super) numbers_foreign_keys: bool,
    /// How many bytes a name may have.
    pub(super) longest_name: usize,
    /// Index methods that stand before the word INDEX.
    pub(super) method_prefixes: &'static [&'static str],
    /// Table options with the keyword for each.
    pub(super) options: &'static [(&'static str, OptionWords)],
    /// Whether every unique index is a constraint, so that the shorter word will do.
    pub(super) unique_indexes_are_constraints: bool,
    /// Whether a name is the one that the server gives to the constraint over these columns of a table.
    pub(super) is_default_name: fn(NamedConstraint, &str, &[&str], &str) -> bool,
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
    plain_now: Some("now()"),
    truth: ["false", "true"],
    expression_defaults: &[],
    has_bare_calls: true,
    numbers_foreign_keys: false,
    longest_name: 63,
    method_prefixes: &[],
    options: &[],
    unique_indexes_are_constraints: false,
    // `ChooseConstraintName` of the server; long names, which it shortens, count as chosen ones.
    is_default_name: |constraint, table, columns, name| {
        let rest = match constraint {
            NamedConstraint::PrimaryKey => "pkey".to_owned(),
            NamedConstraint::Unique => format!("{}_key", columns.join("_")),
            NamedConstraint::ForeignKey => format!("{}_fkey", columns.join("_")),
        };
        name.strip_prefix(table).and_then(|behind| behind.strip_prefix('_')) == Some(&rest)
    },
};

static MYSQL: Words = Words {
    dialect: "mysql",
    types: native_types::MYSQL,
    numbers_keys: true,
    has_sequences: false,
    has_booleans: false,
    plain_now: None,
    truth: ["false", "true"],
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
    has_bare_calls: false,
    numbers_foreign_keys: true,
    longest_name: 64,
    method_prefixes: &["fulltext", "spatial"],
    options: &[
        ("engine", OptionWords::Text("mysql_engine")),
        ("charset", OptionWords::Text("mysql_charset")),
        ("collation", OptionWords::Text("mysql_collate")),
    ],
    unique_indexes_are_constraints: true,
    is_default_name: |constraint, table, columns, name| match constraint {
        NamedConstraint::PrimaryKey => name == "PRIMARY",
        NamedConstraint::Unique => columns.first() == Some(&name),
        NamedConstraint::ForeignKey => name
            .strip_prefix(table)
            .and_then(|behind| behind.strip_prefix("_ibfk_"))
            .is_some_and(|number| number.parse::<u32>().is_ok()),
    },
};

static SQLITE: Words = Words {
    dialect: "sqlite",
    types: native_types::SQLITE,
    // A lone INTEGER primary key is the row id, whatever is said.
    numbers_keys: false,
    has_sequences: false,
    has_booleans: false,
    plain_now: Some("(CURRENT_TIMESTAMP)"),
    truth: ["0", "1"],
    expression_defaults: &[],
    has_bare_calls: true,
    numbers_foreign_keys: false,
    longest_name: usize::MAX,
    method_prefixes: &[],
    options: &[
        ("strict", OptionWords::Switch("sqlite_strict", true)),
        ("without_rowid", OptionWords::Switch("sqlite_with_rowid", false)),
    ],
    unique_indexes_are_constraints: false,
    is_default_name: |_, _, _, _| false,
};
