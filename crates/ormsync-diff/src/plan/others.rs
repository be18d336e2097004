//! What of a database the project's own migrations have not known.

use ormsync_schema::{Schema, Table};

/// `schema` without what `known` has, by name. Of a table that both have, what only `schema` has of it is left where the
/// target wants the table.
pub(super) fn without(schema: &Schema, known: &Schema, target: &Schema) -> Schema {
    let mut rest = schema.clone();
    rest.extensions.retain(|name, _| !known.extensions.contains_key(name));
    for (namespace, content) in &mut rest.namespaces {
        let Some(known) = known.namespaces.get(namespace) else { continue };
        content.enums.retain(|name, _| !known.enums.contains_key(name));
        content.domains.retain(|name, _| !known.domains.contains_key(name));
        content.composite_types.retain(|name, _| !known.composite_types.contains_key(name));
        content.ranges.retain(|name, _| !known.ranges.contains_key(name));
        content.views.retain(|name, _| !known.views.contains_key(name));
        content.sequences.retain(|name, _| !known.sequences.contains_key(name));
        content.tables.retain(|name, table| {
            let Some(known) = known.tables.get(name) else { return true };
            take_out(table, known);
            target.table(namespace, name).is_some()
        });
    }
    rest
}

fn take_out(table: &mut Table, known: &Table) {
    table.columns.retain(|name, _| !known.columns.contains_key(name));
    if known.primary_key.is_some() {
        table.primary_key = None;
    }
    table.indexes.retain(|index| {
        !known.indexes.iter().any(|own| own.name == index.name && (own.name.is_some() || own.parts == index.parts))
    });
    table.foreign_keys.retain(|key| !known.foreign_keys.iter().any(|own| own.columns == key.columns));
    table.checks.retain(|check| !known.checks.iter().any(|own| own.name == check.name));
    table.exclusions.retain(|exclusion| !known.exclusions.iter().any(|own| own.name == exclusion.name));
    table.triggers.retain(|name, _| !known.triggers.contains_key(name));
    table.policies.retain(|name, _| !known.policies.contains_key(name));
}
