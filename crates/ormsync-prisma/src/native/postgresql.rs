//! PostgreSQL.

use ormsync_dialect::POSTGRESQL;
use ormsync_schema::ReferentialAction::{Cascade, Restrict, SetNull};

use super::Arity::{None as No, OptionalOne, OptionalTwo};
use super::ScalarType::{BigInt, Boolean, Bytes, DateTime, Decimal, Float, Int, Json, String};
use super::{
    AutoIncrementRule, EnumStorage, NameScope, NativeType, ProviderFacts, ScalarType, any, native, no_loose_type,
};

pub(super) static FACTS: ProviderFacts = ProviderFacts {
    dialect: &POSTGRESQL,
    display: "PostgreSQL",
    natives: NATIVES,
    default_type,
    loose_type: no_loose_type,
    boolean_native: &[],
    longest_name: 63,
    enums: EnumStorage::NamedType,
    literal_defaults_dropped: &[],
    bytes_default_is_text: false,
    iso_time_default: false,
    now_has_precision: false,
    has_lists: true,
    has_namespaces: true,
    has_extensions: true,
    has_named_primary_keys: true,
    has_named_foreign_keys: true,
    has_prefix_lengths: false,
    has_fulltext: false,
    has_partial_indexes: true,
    has_sorted_primary_keys: false,
    index_methods: &["BTree", "Hash", "Gist", "Gin", "SpGist", "Brin"],
    has_operator_classes: true,
    auto_increment: AutoIncrementRule::Anywhere,
    integer_id_numbers_itself: false,
    join_table_has_primary_key: true,
    takes_set_null_on_required: true,
    has_shard_keys: false,
    name_scope: NameScope::PrimaryKeysAndIndexes,
    has_on_update: false,
    no_action_is_restrict: false,
    emulated_actions: &[Cascade, Restrict, SetNull],
    unindexable_natives: &[],
};

static NATIVES: &[NativeType] = &[
    native("SmallInt", &[Int], No, "smallint", any),
    native("Integer", &[Int], No, "integer", any),
    native("BigInt", &[BigInt], No, "bigint", any),
    native("Decimal", &[Decimal], OptionalTwo, "decimal", decimal),
    native("Money", &[Decimal], No, "money", any),
    native("Inet", &[String], No, "inet", any),
    native("Oid", &[Int], No, "oid", any),
    native("Citext", &[String], No, "citext", any),
    native("Real", &[Float], No, "real", any),
    native("DoublePrecision", &[Float], No, "double precision", any),
    native("VarChar", &[String], OptionalOne, "varchar", any),
    native("Char", &[String], OptionalOne, "char", any),
    native("Text", &[String], No, "text", any),
    native("ByteA", &[Bytes], No, "bytea", any),
    native("Timestamp", &[DateTime], OptionalOne, "timestamp", fraction),
    native("Timestamptz", &[DateTime], OptionalOne, "timestamptz", fraction),
    native("Date", &[DateTime], No, "date", any),
    native("Time", &[DateTime], OptionalOne, "time", fraction),
    native("Timetz", &[DateTime], OptionalOne, "timetz", fraction),
    native("Boolean", &[Boolean], No, "boolean", any),
    native("Bit", &[String], OptionalOne, "bit", bits),
    native("VarBit", &[String], OptionalOne, "varbit", bits),
    native("Uuid", &[String], No, "uuid", any),
    native("Xml", &[String], No, "xml", any),
    native("Json", &[Json], No, "json", any),
    native("JsonB", &[Json], No, "jsonb", any),
];

fn default_type(scalar: ScalarType) -> &'static str {
    match scalar {
        String => "text",
        Boolean => "boolean",
        Int => "integer",
        BigInt => "bigint",
        Float => "double precision",
        Decimal => "decimal(65,30)",
        DateTime => "timestamp(3)",
        Json => "jsonb",
        Bytes => "bytea",
    }
}

fn decimal(arguments: &[i64]) -> Option<&'static str> {
    match *arguments {
        [precision, scale] if scale > precision => Some("The scale must not be larger than the precision."),
        [precision, _] if !(1..=1000).contains(&precision) => Some("The precision goes from 1 to 1000."),
        _ => None,
    }
}

fn fraction(arguments: &[i64]) -> Option<&'static str> {
    matches!(*arguments, [digits] if digits > 6).then_some("The fractional digits go from 0 to 6.")
}

fn bits(arguments: &[i64]) -> Option<&'static str> {
    matches!(*arguments, [0]).then_some("The length must be positive.")
}
