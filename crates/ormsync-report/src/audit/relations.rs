//! What refers to what, and who knows of it.

use std::collections::BTreeMap;

use ormsync_diff::{MatchedTable, has_index_on};
use ormsync_schema::ForeignKey;

use super::gather::{AuditInput, full_name, is_live, real};
use super::model::Relation;

/// The relations of all sources. One that only an ORM looks after (an emulated relation) is among them.
pub(super) fn of(input: &AuditInput<'_>, tables: &[MatchedTable<'_>]) -> Vec<Relation> {
    let has_live = (0..input.sources.len()).any(|source| is_live(input, source));
    let mut relations: BTreeMap<(String, Vec<String>, String), Relation> = BTreeMap::new();
    for table in tables {
        let from = full_name(table);
        for (source, own) in table.tables.iter().enumerate() {
            let Some(own) = own else { continue };
            let keys = own.foreign_keys.iter().map(|key| (&key.columns, target(input, key)));
            let deletes = own.client_deletes.iter().map(|delete| (&delete.columns, delete.referenced_table.clone()));
            for (columns, to) in keys.chain(deletes) {
                let key = (from.clone(), columns.clone(), to.clone());
                let relation = relations.entry(key).or_insert_with(|| Relation {
                    from: from.clone(),
                    columns: columns.clone(),
                    to,
                    known_by: Vec::new(),
                    enforced: has_live.then_some(false),
                    indexed: is_indexed(input, table, columns),
                });
                let name = input.sources[source].name;
                if !relation.known_by.iter().any(|known| known == name) {
                    relation.known_by.push(name.to_owned());
                }
                if is_live(input, source) {
                    relation.enforced = Some(true);
                }
            }
        }
    }
    relations.into_values().collect()
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
