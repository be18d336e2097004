//! SQLite, which has no native types.

use ormsync_dialect::SQLITE;
use ormsync_schema::ReferentialAction::{Cascade, Restrict, SetNull};

use super::ScalarType::{BigInt, Boolean, Bytes, DateTime, Decimal, Float, Int, Json, String};
use super::{AutoIncrementRule, EnumStorage, NameScope, ProviderFacts, ScalarType};

pub(super) static FACTS: ProviderFacts = ProviderFacts {
    dialect: &SQLITE,
    display: "SQLite",
    natives: &[],
    default_type,
    loose_type,
    boolean_native: &[],
    longest_name: 10_000,
    enums: EnumStorage::Text,
    literal_defaults_dropped: &[],
    bytes_default_is_text: true,
    iso_time_default: false,
    now_has_precision: false,
    has_lists: false,
    has_namespaces: false,
    has_extensions: false,
    has_named_primary_keys: false,
    has_named_foreign_keys: false,
    has_prefix_lengths: false,
    has_fulltext: false,
    has_partial_indexes: true,
    has_sorted_primary_keys: false,
    index_methods: &["BTree"],
    has_operator_classes: false,
    auto_increment: AutoIncrementRule::SingleId,
    integer_id_numbers_itself: true,
    join_table_has_primary_key: false,
    takes_set_null_on_required: false,
    has_shard_keys: false,
    name_scope: NameScope::Indexes,
    has_on_update: false,
    no_action_is_restrict: false,
    emulated_actions: &[Cascade, Restrict, SetNull],
    unindexable_natives: &[],
};

/// Since Prisma 7 the type of `Json` is JSONB, which SQLite takes as a name like any other.
fn default_type(scalar: ScalarType) -> &'static str {
    match scalar {
        String => "text",
        Boolean => "boolean",
        Int => "integer",
        BigInt => "bigint",
        Float => "real",
        Decimal => "decimal",
        DateTime => "datetime",
        Json => "jsonb",
        Bytes => "blob",
    }
}

/// The names of types that `prisma db pull` knows on SQLite beside its own.
fn loose_type(name: &str) -> Option<ScalarType> {
    Some(match name.to_ascii_lowercase().as_str() {
        "int" | "integer" | "tinyint" | "smallint" | "mediumint" | "int2" | "int4" | "serial" => Int,
        "bigint" | "int8" | "unsigned big int" => BigInt,
        "real" | "float" | "double" | "double precision" => Float,
        "numeric" | "decimal" => Decimal,
        "bool" | "boolean" => Boolean,
        "text" | "clob" | "char" | "character" | "varchar" | "character varying" | "varying character" | "nchar"
        | "native character" | "nvarchar" => String,
        "date" | "datetime" | "timestamp" => DateTime,
        "json" | "jsonb" => Json,
        "blob" | "binary" | "varbinary" => Bytes,
        _ => return None,
    })
}
