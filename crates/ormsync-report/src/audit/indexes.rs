//! Indexes that do nothing another one does not do.

use std::collections::HashMap;

use ormsync_diff::MatchedTable;
use ormsync_schema::{Index, IndexPart, Table};

use super::gather::{AuditInput, full_name, parts_name, real};
use super::model::{IndexUse, RedundantIndex};

/// Twins, and indexes that are the beginning of another one, in the tables as they are. A unique index is redundant only
/// beside another unique one over the same columns: it promises something.
pub(super) fn redundant(input: &AuditInput<'_>, tables: &[MatchedTable<'_>]) -> Vec<RedundantIndex> {
    let mut found = Vec::new();
    for matched in tables {
        let Some((source, table)) = real(input, matched) else { continue };
        for (at, index) in table.indexes.iter().enumerate().filter(|(_, index)| is_plain(index)) {
            if let Some((covered_by, duplicate)) = cover(table, at, index) {
                found.push(RedundantIndex {
                    source: input.sources[source].name.to_owned(),
                    table: full_name(matched),
                    index: index_name(index),
                    covered_by,
                    duplicate,
                });
            }
        }
    }
    found
}

/// What the server says of the indexes of these tables; those of primary keys are not among them.
pub(super) fn in_use(tables: &[MatchedTable<'_>], said: &[IndexUse], input: &AuditInput<'_>) -> Vec<IndexUse> {
    let mut known: HashMap<(String, &str), bool> = HashMap::new();
    for matched in tables {
        let Some((_, table)) = real(input, matched) else { continue };
        for index in &table.indexes {
            if let Some(name) = &index.name {
                known.insert((full_name(matched), name.as_str()), index.kind.is_unique());
            }
        }
    }
    let of = |use_: &IndexUse| {
        let unique = *known.get(&(use_.table.clone(), use_.index.as_str()))?;
        Some(IndexUse { unique, ..use_.clone() })
    };
    said.iter().filter_map(of).collect()
}

fn index_name(index: &Index) -> String {
    index.name.clone().unwrap_or_else(|| parts_name(&index.parts))
}

/// Whether it is an ordinary index over all rows, declared by somebody.
fn is_plain(index: &Index) -> bool {
    index.predicate.is_none() && index.method.is_none() && index.include.is_empty() && !index.implicit
}

/// The index, or key, that does the same or more, and whether it is a twin.
fn cover(table: &Table, at: usize, index: &Index) -> Option<(String, bool)> {
    let covers = |parts: &[IndexPart]| parts.starts_with(&index.parts);
    if let Some(key) = &table.primary_key
        && covers(&key.parts)
        && (!index.kind.is_unique() || key.parts.len() == index.parts.len())
    {
        return Some(("the primary key".to_owned(), key.parts.len() == index.parts.len()));
    }
    table.indexes.iter().enumerate().find_map(|(other_at, other)| {
        if other_at == at || !is_plain(other) || !covers(&other.parts) {
            return None;
        }
        let is_twin = other.parts.len() == index.parts.len();
        let is_weaker = other.kind.is_unique() && !index.kind.is_unique();
        // Of two twins that promise the same the later one is told.
        let is_told = match (is_twin, index.kind.is_unique()) {
            (true, _) if other.kind.is_unique() == index.kind.is_unique() => other_at < at,
            (true, _) => is_weaker,
            (false, is_unique) => !is_unique,
        };
        is_told.then(|| (index_name(other), is_twin))
    })
}
