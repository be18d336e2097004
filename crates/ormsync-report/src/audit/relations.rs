//! What refers to what, and who knows of it.

use std::collections::BTreeMap;

use ormsync_diff::{MatchedTable, has_index_on};
use ormsync_schema::{ClientDelete, ForeignKey};

use super::gather::{AuditInput, full_name, is_live, real};
use super::model::Relation;

/// The relations of all sources. One that only an ORM looks after (an emulated relation) is among them.
pub(super) fn of(input: &AuditInput<'_>, tables: &[MatchedTable<'_>]) -> Vec<Relation> {
    let has_live = (0..input.sources.len()).any(|source| is_live(input, source));
    let names: Vec<String> = tables.iter().map(full_name).collect();
    let mut relations: BTreeMap<(String, Vec<String>, String), Relation> = BTreeMap::new();
    for table in tables {
        let from = full_name(table);
        for (source, own) in table.tables.iter().enumerate() {
            let Some(own) = own else { continue };
            let of_key = |key: &ForeignKey| (key.columns.clone(), target(input, key), key.referenced_columns.clone());
            let of_delete =
                |delete: &ClientDelete| (delete.columns.clone(), delete.referenced_table.clone(), Vec::new());
            let keys = own.foreign_keys.iter().map(|key| (of_key(key), is_live(input, source)));
            let emulated = own.emulated_keys.iter().map(|key| (of_key(key), false));
            let deletes = own.client_deletes.iter().map(|delete| (of_delete(delete), false));
            for ((columns, to, to_columns), enforced) in keys.chain(emulated).chain(deletes) {
                let to = known_name(&names, &to);
                let key = (from.clone(), columns.clone(), to.clone());
                let relation = relations.entry(key).or_insert_with(|| Relation {
                    from: from.clone(),
                    indexed: is_indexed(input, table, &columns),
                    enforced: has_live.then_some(false),
                    columns,
                    to,
                    ..Relation::default()
                });
                if relation.to_columns.is_empty() {
                    relation.to_columns = to_columns;
                }
                let name = input.sources[source].name;
                if !relation.known_by.iter().any(|known| known == name) {
                    relation.known_by.push(name.to_owned());
                }
                if enforced {
                    relation.enforced = Some(true);
                }
            }
        }
    }
    relations.into_values().collect()
}

/// The name under which the audit has a table: a source may name it without its namespace.
fn known_name(names: &[String], name: &str) -> String {
    if names.iter().any(|known| known == name) {
        return name.to_owned();
    }
    let mut ending = names.iter().filter(|known| known.strip_suffix(name).is_some_and(|before| before.ends_with('.')));
    match (ending.next(), ending.next()) {
        (Some(only), None) => only.clone(),
        _ => name.to_owned(),
    }
}

fn target(input: &AuditInput<'_>, key: &ForeignKey) -> String {
    let usual = key.referenced_namespace.is_empty() || key.referenced_namespace == input.dialect.default_namespace();
    if usual { key.referenced_table.clone() } else { format!("{}.{}", key.referenced_namespace, key.referenced_table) }
}

/// Whether the table as it is has an index that begins with these columns.
fn is_indexed(input: &AuditInput<'_>, table: &MatchedTable<'_>, columns: &[String]) -> bool {
    let key = ForeignKey { columns: columns.to_vec(), ..ForeignKey::default() };
    real(input, table).is_some_and(|(_, real)| has_index_on(real, &key))
}
