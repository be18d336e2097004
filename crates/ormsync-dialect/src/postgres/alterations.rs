//! What stands in the way of a change on PostgreSQL.

use ormsync_schema::{Column, DataType, Server};

use super::types;
use crate::{Alterations, Conversion};

/// How the server changes things.
pub(super) fn of(_server: Option<&Server>) -> Alterations {
    Alterations {
        rebuilds_tables: false,
        indexes_in_table: false,
        foreign_keys_in_table: false,
        foreign_keys_hold_columns: false,
        // The server keeps expressions as trees that refer to columns by number.
        expressions_hold_names: false,
        // "cannot alter type of a column used by a view or rule".
        views_hold_tables: true,
        renames_constraints: true,
        renames_indexes: true,
        splits_tables: false,
        concurrent_indexes: true,
        takes_algorithm: false,
    }
}

/// Any column can be.
pub(super) fn adds_in_place(_column: &Column) -> bool {
    true
}

/// What a change of type does to values.
pub(super) fn conversion(from: &DataType, to: &DataType) -> Conversion {
    if from == to {
        return Conversion::Safe;
    }
    let (Some(from_kind), Some(to_kind)) = (types::kind(from), types::kind(to)) else { return Conversion::Reading };
    let length = |data_type: &DataType| data_type.as_named().and_then(|named| named.number(0));
    let fits = match (length(from), length(to)) {
        (_, None) => true,
        (Some(from), Some(to)) => from <= to,
        (None, Some(_)) => false,
    };
    let is_text = |kind: &str| matches!(kind, "text" | "varchar" | "char" | "citext" | "bpchar");
    match (from_kind, to_kind) {
        (from, to) if is_text(from) && is_text(to) => {
            if fits {
                Conversion::Safe
            } else {
                Conversion::Narrowing
            }
        }
        (_, "text") => Conversion::Safe,
        ("smallint", "integer" | "bigint" | "numeric") | ("integer", "bigint") => Conversion::Safe,
        ("integer" | "bigint", "numeric") if length(to).is_none() => Conversion::Safe,
        ("real", "double precision") | ("json", "jsonb") | ("date", "timestamp") => Conversion::Safe,
        ("timestamp", "timestamp") | ("timestamptz", "timestamptz") | ("time", "time") if fits => Conversion::Safe,
        (from, to) if from == to && !matches!(from, "numeric") => {
            if fits {
                Conversion::Safe
            } else {
                Conversion::Narrowing
            }
        }
        (from, to) if is_assignable(from, to) => Conversion::Narrowing,
        _ => Conversion::Reading,
    }
}

/// Whether the server converts without being told how (`pg_cast.castcontext` is `a` or `i`): between numbers, between
/// times, and to text.
pub(super) fn is_assignable(from: &str, to: &str) -> bool {
    let is_number =
        |kind: &str| matches!(kind, "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision");
    let is_text = |kind: &str| matches!(kind, "text" | "varchar" | "char" | "bpchar");
    let is_moment = |kind: &str| matches!(kind, "date" | "timestamp" | "timestamptz");
    from == to
        || (is_number(from) && is_number(to))
        || is_text(to)
        || (is_moment(from) && (is_moment(to) || (matches!(to, "time" | "timetz") && from != "date")))
        || matches!((from, to), ("json", "jsonb") | ("jsonb", "json") | ("inet", "cidr") | ("cidr", "inet"))
        || matches!((from, to), ("time", "timetz") | ("timetz", "time") | ("time", "interval") | ("interval", "time"))
        || (to == "citext" && is_text(from))
}

/// The value of a type that says nothing.
pub(super) fn empty_value(data_type: &DataType) -> Option<String> {
    let named = match data_type {
        DataType::Array(_) => return Some("'{}'".to_owned()),
        // The first label.
        DataType::Enum { .. } => return Some(format!("(enum_range(NULL::{}))[1]", types::print(data_type))),
        DataType::Named(named) => named,
        _ => return None,
    };
    let value = match named.name.as_str() {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "oid" | "money" => "0",
        "text" | "varchar" | "char" | "bpchar" | "citext" | "bytea" | "tsvector" | "hstore" | "ltree" => "''",
        "boolean" => "false",
        "date" => "'1970-01-01'",
        "timestamp" | "timestamptz" => "'1970-01-01 00:00:00'",
        "time" | "timetz" => "'00:00:00'",
        "interval" => "'0'",
        "uuid" => "'00000000-0000-0000-0000-000000000000'",
        "json" | "jsonb" => "'{}'",
        "inet" => "'0.0.0.0'",
        "cidr" => "'0.0.0.0/32'",
        "macaddr" => "'00:00:00:00:00:00'",
        "macaddr8" => "'00:00:00:00:00:00:00:00'",
        "int4range" | "int8range" | "numrange" | "tsrange" | "tstzrange" | "daterange" => "'empty'",
        _ => return None,
    };
    Some(value.to_owned())
}
