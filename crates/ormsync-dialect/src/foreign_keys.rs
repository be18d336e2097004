//! What every server does to foreign keys: those that name no columns refer to the primary key.

use std::collections::BTreeMap;

use ormsync_schema::{ForeignKey, IndexTarget, Schema};

/// Fills in namespaces and columns that foreign keys leave out.
pub(crate) fn complete(schema: &mut Schema) {
    if schema.tables().all(|(namespace, _, table)| table.foreign_keys.iter().all(|key| is_complete(key, namespace))) {
        return;
    }
    let mut keys: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (namespace, name, table) in schema.tables() {
        let Some(key) = &table.primary_key else { continue };
        let columns = key.parts.iter().filter_map(|part| match &part.target {
            IndexTarget::Column(column) => Some(column.clone()),
            IndexTarget::Expression(_) => None,
        });
        keys.insert((namespace.to_owned(), name.to_owned()), columns.collect());
    }
    for (namespace, content) in &mut schema.namespaces {
        for foreign_key in content.tables.values_mut().flat_map(|table| &mut table.foreign_keys) {
            if foreign_key.referenced_namespace.is_empty() {
                foreign_key.referenced_namespace.clone_from(namespace);
            }
            if foreign_key.referenced_columns.is_empty() {
                let target = (foreign_key.referenced_namespace.clone(), foreign_key.referenced_table.clone());
                if let Some(columns) = keys.get(&target) {
                    foreign_key.referenced_columns.clone_from(columns);
                }
            }
        }
    }
}

fn is_complete(key: &ForeignKey, namespace: &str) -> bool {
    (namespace.is_empty() || !key.referenced_namespace.is_empty()) && !key.referenced_columns.is_empty()
}
