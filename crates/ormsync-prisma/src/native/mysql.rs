//! MySQL and MariaDB.

use ormsync_dialect::MYSQL;
use ormsync_schema::ReferentialAction::{Cascade, NoAction, Restrict, SetNull};

use super::Arity::{None as No, One, OptionalOne, OptionalTwo};
use super::ScalarType::{BigInt, Boolean, Bytes, DateTime, Decimal, Float, Int, Json, String};
use super::{
    AutoIncrementRule, EnumStorage, NameScope, NativeType, ProviderFacts, ScalarType, any, native, no_loose_type,
};

pub(super) static FACTS: ProviderFacts = ProviderFacts {
    dialect: &MYSQL,
    display: "MySQL",
    natives: NATIVES,
    default_type,
    loose_type: no_loose_type,
    boolean_native: &[("TinyInt", "tinyint(1)")],
    longest_name: 64,
    enums: EnumStorage::InColumn,
    literal_defaults_dropped: &[Json, Bytes],
    bytes_default_is_text: false,
    iso_time_default: true,
    now_has_precision: true,
    has_lists: false,
    has_namespaces: false,
    has_extensions: false,
    has_named_primary_keys: false,
    has_named_foreign_keys: true,
    has_prefix_lengths: true,
    has_fulltext: true,
    has_partial_indexes: false,
    has_sorted_primary_keys: false,
    index_methods: &["BTree"],
    has_operator_classes: false,
    auto_increment: AutoIncrementRule::OneIndexed,
    integer_id_numbers_itself: false,
    join_table_has_primary_key: false,
    takes_set_null_on_required: false,
    has_shard_keys: true,
    name_scope: NameScope::ForeignKeys,
    has_on_update: true,
    no_action_is_restrict: true,
    emulated_actions: &[Cascade, Restrict, NoAction, SetNull],
    unindexable_natives: &["TinyText", "Text", "MediumText", "LongText", "TinyBlob", "Blob", "MediumBlob", "LongBlob"],
};

static NATIVES: &[NativeType] = &[
    native("Int", &[Int], No, "int", any),
    native("UnsignedInt", &[Int], No, "int unsigned", any),
    native("SmallInt", &[Int], No, "smallint", any),
    native("UnsignedSmallInt", &[Int], No, "smallint unsigned", any),
    native("TinyInt", &[Int, Boolean], No, "tinyint", any),
    native("UnsignedTinyInt", &[Int, Boolean], No, "tinyint unsigned", any),
    native("MediumInt", &[Int], No, "mediumint", any),
    native("UnsignedMediumInt", &[Int], No, "mediumint unsigned", any),
    native("BigInt", &[BigInt], No, "bigint", any),
    native("UnsignedBigInt", &[BigInt], No, "bigint unsigned", any),
    native("Decimal", &[Decimal], OptionalTwo, "decimal", decimal),
    native("Float", &[Float], No, "float", any),
    native("Double", &[Float], No, "double", any),
    native("Bit", &[Bytes, Boolean], One, "bit", bits),
    native("Char", &[String], One, "char", character),
    native("VarChar", &[String], One, "varchar", varchar),
    native("Binary", &[Bytes], One, "binary", any),
    native("VarBinary", &[Bytes], One, "varbinary", any),
    native("TinyBlob", &[Bytes], No, "tinyblob", any),
    native("Blob", &[Bytes], No, "blob", any),
    native("MediumBlob", &[Bytes], No, "mediumblob", any),
    native("LongBlob", &[Bytes], No, "longblob", any),
    native("TinyText", &[String], No, "tinytext", any),
    native("Text", &[String], No, "text", any),
    native("MediumText", &[String], No, "mediumtext", any),
    native("LongText", &[String], No, "longtext", any),
    native("Date", &[DateTime], No, "date", any),
    native("Time", &[DateTime], OptionalOne, "time", any),
    native("DateTime", &[DateTime], OptionalOne, "datetime", any),
    native("Timestamp", &[DateTime], OptionalOne, "timestamp", any),
    native("Year", &[Int], No, "year", any),
    native("Json", &[Json], No, "json", any),
];

fn default_type(scalar: ScalarType) -> &'static str {
    match scalar {
        String => "varchar(191)",
        Boolean => "tinyint(1)",
        Int => "int",
        BigInt => "bigint",
        Float => "double",
        Decimal => "decimal(65,30)",
        DateTime => "datetime(3)",
        Json => "json",
        Bytes => "longblob",
    }
}

fn decimal(arguments: &[i64]) -> Option<&'static str> {
    match *arguments {
        [precision, scale] if scale > precision => Some("The scale must not be larger than the precision."),
        [precision, _] if precision > 65 => Some("The precision goes from 1 to 65."),
        [_, scale] if scale > 30 => Some("The scale goes from 0 to 30."),
        _ => None,
    }
}

fn bits(arguments: &[i64]) -> Option<&'static str> {
    matches!(*arguments, [length] if !(1..=64).contains(&length)).then_some("The length goes from 1 to 64.")
}

fn character(arguments: &[i64]) -> Option<&'static str> {
    matches!(*arguments, [length] if length > 255).then_some("The length goes from 0 to 255.")
}

fn varchar(arguments: &[i64]) -> Option<&'static str> {
    matches!(*arguments, [length] if length > 65_535).then_some("The length goes from 0 to 65,535.")
}
