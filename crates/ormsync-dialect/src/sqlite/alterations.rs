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
