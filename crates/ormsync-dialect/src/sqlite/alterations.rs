//! What stands in the way of a change on SQLite.

use ormsync_schema::{Column, DataType, DefaultValue, Server};

use super::types::Affinity;
use crate::{Alterations, Conversion};

/// How the server changes things (documentation, "ALTER TABLE": it adds, renames and drops columns, and that is all).
pub(super) fn of(_server: Option<&Server>) -> Alterations {
    Alterations {
        rebuilds_tables: true,
        indexes_in_table: false,
        foreign_keys_in_table: true,
        foreign_keys_hold_columns: false,
        expressions_hold_names: false,
        // "error in view v: no such table": every statement that alters a table reads the whole schema again.
        views_hold_tables: true,
        renames_constraints: false,
        renames_indexes: false,
        splits_tables: false,
        concurrent_indexes: false,
        takes_algorithm: false,
    }
}

/// A column that is added needs a default that is a constant, or none and no NOT NULL; it can't be stored, unique or a
/// key.
pub(super) fn adds_in_place(column: &Column) -> bool {
    if column.generated.is_some() || column.identity.is_some() {
        return false;
    }
    match &column.default {
        None => column.nullable,
        Some(DefaultValue::Literal(_)) => true,
        Some(_) => false,
    }
}

/// Values are kept whatever the type; only the affinity may turn some into others.
pub(super) fn conversion(from: &DataType, to: &DataType) -> Conversion {
    match (Affinity::of_type(from), Affinity::of_type(to)) {
        (from, to) if from == to => Conversion::Safe,
        (_, Some(Affinity::Text | Affinity::Blob | Affinity::Numeric)) => Conversion::Safe,
        (Some(Affinity::Integer), Some(Affinity::Real)) => Conversion::Safe,
        _ => Conversion::Narrowing,
    }
}

/// The value of a type that says nothing: by its name where programs read more into it than the server, else by its affinity.
pub(super) fn empty_value(data_type: &DataType) -> Option<String> {
    let value = match (data_type.as_named().map(|named| named.name.as_str()), Affinity::of_type(data_type)?) {
        (Some("datetime" | "timestamp"), _) => "'1970-01-01 00:00:00'",
        (Some("date"), _) => "'1970-01-01'",
        (Some("time"), _) => "'00:00:00'",
        (Some("json" | "jsonb"), _) => "'{}'",
        (_, Affinity::Text) => "''",
        (_, Affinity::Blob) => "X''",
        (_, Affinity::Integer | Affinity::Real | Affinity::Numeric) => "0",
    };
    Some(value.to_owned())
}
