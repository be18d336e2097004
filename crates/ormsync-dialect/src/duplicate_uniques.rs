//! Unique constraints that say nothing new. PostgreSQL (`transformIndexConstraints` of
//! `parse_utilcmd.c`) and SQLite make one index of several constraints over the same columns, the
//! primary key first: `id integer PRIMARY KEY UNIQUE` has only the key. MySQL and MariaDB keep all.

use std::collections::BTreeMap;

use ormsync_schema::{Index, IndexKind, Table};

/// Whether the constraint that stays takes the name of one that goes, if it has none of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heir {
    /// As in PostgreSQL ("transfer the name to the prior index").
    TakesTheName,
    /// As in SQLite.
    StaysNameless,
}

/// Drops the unique constraints of a table that repeat its primary key or an earlier one of them.
pub(crate) fn drop_duplicates(table: &mut Table, heir: Heir) {
    if table.indexes.iter().all(|index| index.kind != IndexKind::UniqueConstraint) {
        return;
    }
    // By its columns: the position of the one that stays, none for the primary key.
    let mut seen: BTreeMap<Vec<String>, Option<usize>> = BTreeMap::new();
    let key = table.primary_key.as_ref().and_then(|key| {
        key.parts.iter().map(|part| part.as_column().map(str::to_owned)).collect::<Option<Vec<String>>>()
    });
    seen.extend(key.map(|columns| (columns, None)));
    let mut kept: Vec<Index> = Vec::with_capacity(table.indexes.len());
    for index in std::mem::take(&mut table.indexes) {
        let Some(columns) = plain_columns(&index) else {
            kept.push(index);
            continue;
        };
        let Some(stays) = seen.get(&columns) else {
            seen.insert(columns, Some(kept.len()));
            kept.push(index);
            continue;
        };
        let name = match stays {
            Some(position) => Some(&mut kept[*position].name),
            None => table.primary_key.as_mut().map(|key| &mut key.name),
        };
        if let Some(name @ None) = name
            && heir == Heir::TakesTheName
        {
            *name = index.name;
        }
    }
    table.indexes = kept;
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
