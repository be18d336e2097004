//! What each of Prisma's providers offers: native types, default types, capabilities. One file per
//! provider, all of the same shape; everything else in this crate asks these tables.
//!
//! Source of all facts here: Prisma's engine 7.10 (`validate` and its SQL), and for MySQL the SQL that an
//! engine with its MySQL connector wrote.

mod mysql;
mod postgresql;
mod sqlite;

use ormsync_dialect::Dialect;
use ormsync_schema::ReferentialAction;

/// Prisma's own types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ScalarType {
    String,
    Boolean,
    Int,
    BigInt,
    Float,
    Decimal,
    DateTime,
    Json,
    Bytes,
}

impl ScalarType {
    pub(crate) const ALL: [Self; 9] = [
        Self::String,
        Self::Boolean,
        Self::Int,
        Self::BigInt,
        Self::Float,
        Self::Decimal,
        Self::DateTime,
        Self::Json,
        Self::Bytes,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Boolean => "Boolean",
            Self::Int => "Int",
            Self::BigInt => "BigInt",
            Self::Float => "Float",
            Self::Decimal => "Decimal",
            Self::DateTime => "DateTime",
            Self::Json => "Json",
            Self::Bytes => "Bytes",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scalar| scalar.name() == name)
    }
}

/// A native type (`@db.VarChar`).
#[derive(Debug)]
pub(crate) struct NativeType {
    /// Its name behind `@db.`.
    pub(crate) name: &'static str,
    /// The types it may stand on; the first is its usual one.
    pub(crate) scalars: &'static [ScalarType],
    /// Its arguments.
    pub(crate) arguments: Arity,
    /// Its name in SQL.
    pub(crate) sql: &'static str,
    /// What its arguments may be: a message if they may not.
    pub(crate) check: fn(&[i64]) -> Option<&'static str>,
}

/// How many arguments a native type takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arity {
    /// None.
    None,
    /// Exactly one.
    One,
    /// None or one.
    OptionalOne,
    /// None or two.
    OptionalTwo,
}

impl Arity {
    /// Fewest and most arguments.
    pub(crate) fn bounds(self) -> (usize, usize) {
        match self {
            Self::None => (0, 0),
            Self::One => (1, 1),
            Self::OptionalOne => (0, 1),
            Self::OptionalTwo => (0, 2),
        }
    }
}

/// No type is taken for another.
fn no_loose_type(_: &str) -> Option<ScalarType> {
    None
}

/// Any arguments are fine.
fn any(_: &[i64]) -> Option<&'static str> {
    None
}

const fn native(
    name: &'static str,
    scalars: &'static [ScalarType],
    arguments: Arity,
    sql: &'static str,
    check: fn(&[i64]) -> Option<&'static str>,
) -> NativeType {
    NativeType { name, scalars, arguments, sql, check }
}

/// How enums are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EnumStorage {
    /// As a named type.
    NamedType,
    /// In the column's type.
    InColumn,
    /// As text, unchecked.
    Text,
}

/// Where the names of which constraints must differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameScope {
    /// Primary keys, uniques and indexes in a namespace; and those with foreign keys in a table.
    PrimaryKeysAndIndexes,
    /// Foreign keys in the database; uniques and indexes in a table.
    ForeignKeys,
    /// Uniques and indexes in the database.
    Indexes,
}

/// A provider.
pub(crate) struct ProviderFacts {
    /// The dialect that its schemas are lowered to.
    pub(crate) dialect: &'static dyn Dialect,
    /// Its name in messages.
    pub(crate) display: &'static str,
    /// Its native types.
    pub(crate) natives: &'static [NativeType],
    /// The SQL type of a scalar without native type.
    pub(crate) default_type: fn(ScalarType) -> &'static str,
    /// What Prisma takes a type of the database for that is none of these, by its name.
    pub(crate) loose_type: fn(&str) -> Option<ScalarType>,
    /// The type of a `Boolean` with the native type `TinyInt`, where that differs from the native type's own.
    pub(crate) boolean_native: &'static [(&'static str, &'static str)],
    /// How many bytes a constraint's name may have.
    pub(crate) longest_name: usize,
    pub(crate) enums: EnumStorage,
    /// Scalars whose literal defaults the engine leaves out of its SQL.
    pub(crate) literal_defaults_dropped: &'static [ScalarType],
    /// Whether `@default` of Bytes is stored as the text of its hexadecimal digits.
    pub(crate) bytes_default_is_text: bool,
    /// Whether a time default keeps the `T` of its notation.
    pub(crate) iso_time_default: bool,
    /// Whether `now()` takes the fractional digits of the column.
    pub(crate) now_has_precision: bool,
    pub(crate) has_lists: bool,
    pub(crate) has_namespaces: bool,
    pub(crate) has_extensions: bool,
    pub(crate) has_named_primary_keys: bool,
    pub(crate) has_named_foreign_keys: bool,
    pub(crate) has_prefix_lengths: bool,
    pub(crate) has_fulltext: bool,
    pub(crate) has_partial_indexes: bool,
    pub(crate) has_sorted_primary_keys: bool,
    /// The access methods that `type:` may name.
    pub(crate) index_methods: &'static [&'static str],
    /// Whether `ops` says anything; the engine ignores it elsewhere.
    pub(crate) has_operator_classes: bool,
    pub(crate) auto_increment: AutoIncrementRule,
    /// Whether a single `Int` id numbers itself although nothing says so.
    pub(crate) integer_id_numbers_itself: bool,
    /// Whether implicit join tables have a primary key (the others have a unique index).
    pub(crate) join_table_has_primary_key: bool,
    /// Whether the server takes SET NULL on a column that refuses NULL (and fails when it happens).
    pub(crate) takes_set_null_on_required: bool,
    pub(crate) has_shard_keys: bool,
    pub(crate) name_scope: NameScope,
    /// Whether a column may have `ON UPDATE`.
    pub(crate) has_on_update: bool,
    /// Whether the server checks NO ACTION at once, so that its normal form has no RESTRICT.
    pub(crate) no_action_is_restrict: bool,
    /// The actions that `onDelete` and `onUpdate` may name with `relationMode = "prisma"`.
    pub(crate) emulated_actions: &'static [ReferentialAction],
    /// Native types that need a length in indexes and keys.
    pub(crate) unindexable_natives: &'static [&'static str],
}

/// Which columns may be `autoincrement()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AutoIncrementRule {
    /// Any number of them, anywhere.
    Anywhere,
    /// One per table, in an index.
    OneIndexed,
    /// The single id.
    SingleId,
}

impl ProviderFacts {
    pub(crate) fn native(&self, name: &str) -> Option<&'static NativeType> {
        self.natives.iter().find(|native| native.name == name)
    }
}

impl std::fmt::Debug for ProviderFacts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.display)
    }
}

/// What a `provider` stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Provider {
    /// One that is compared.
    Known(&'static ProviderFacts),
    /// One that Prisma has and this crate does not compare.
    NotCompared,
    /// None of Prisma's.
    Unknown,
}

/// The provider of that name.
pub(crate) fn provider(name: &str) -> Provider {
    match name {
        "postgresql" | "postgres" => Provider::Known(&postgresql::FACTS),
        "mysql" => Provider::Known(&mysql::FACTS),
        "sqlite" => Provider::Known(&sqlite::FACTS),
        "cockroachdb" | "sqlserver" | "mongodb" => Provider::NotCompared,
        _ => Provider::Unknown,
    }
}

/// The facts of the provider that lowers to a dialect.
pub(crate) fn of_dialect(dialect: &str) -> Option<&'static ProviderFacts> {
    [&postgresql::FACTS, &mysql::FACTS, &sqlite::FACTS].into_iter().find(|facts| facts.dialect.name() == dialect)
}

/// What stands in for a provider that is missing or unknown, so that the rest can be read.
pub(crate) fn fallback() -> &'static ProviderFacts {
    &postgresql::FACTS
}
