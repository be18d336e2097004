//! Unique constraints that say nothing new. PostgreSQL (`transformIndexConstraints` of
//! `parse_utilcmd.c`) and SQLite make one index of several constraints over the same columns, the
//! primary key first: `id integer PRIMARY KEY UNIQUE` has only the key. MySQL and MariaDB keep all.

use std::collections::BTreeSet;

use ormsync_schema::{Index, IndexKind, Table};

/// Drops the unique constraints of a table that repeat its primary key or an earlier one of them.
pub(crate) fn drop_duplicates(table: &mut Table) {
    let mut seen: BTreeSet<Vec<String>> = BTreeSet::new();
    if let Some(key) = &table.primary_key {
        seen.extend(key.parts.iter().map(|part| part.as_column().map(str::to_owned)).collect::<Option<Vec<_>>>());
    }
    table.indexes.retain(|index| match plain_columns(index) {
        Some(columns) => seen.insert(columns),
        None => true,
    });
}

/// The columns of a unique constraint that has nothing special.
fn plain_columns(index: &Index) -> Option<Vec<String>> {
    let is_plain = index.kind == IndexKind::UniqueConstraint
        && !index.nulls_not_distinct
        && index.deferrability.is_not_deferrable()
        && index.include.is_empty();
    if !is_plain {
        return None;
    }
    index.parts.iter().map(|part| part.as_column().map(str::to_owned)).collect()
}
