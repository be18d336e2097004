//! What of a database the project's own migrations have not made.

use ormsync_schema::{Schema, Table};

/// `state` without what `made` has, by name. Of a table that `made` has, too, what somebody has put into it is left where
/// the target wants the table.
pub(super) fn not_made(state: &Schema, made: &Schema, target: &Schema) -> Schema {
    let mut others = state.clone();
    others.extensions.retain(|name, _| !made.extensions.contains_key(name));
    for (namespace, content) in &mut others.namespaces {
        let Some(made) = made.namespaces.get(namespace) else { continue };
        content.enums.retain(|name, _| !made.enums.contains_key(name));
        content.domains.retain(|name, _| !made.domains.contains_key(name));
        content.composite_types.retain(|name, _| !made.composite_types.contains_key(name));
        content.ranges.retain(|name, _| !made.ranges.contains_key(name));
        content.views.retain(|name, _| !made.views.contains_key(name));
        content.sequences.retain(|name, _| !made.sequences.contains_key(name));
        content.tables.retain(|name, table| {
            let Some(made) = made.tables.get(name) else { return true };
            take_out(table, made);
            target.table(namespace, name).is_some()
        });
    }
    others
}

fn take_out(table: &mut Table, made: &Table) {
    table.columns.retain(|name, _| !made.columns.contains_key(name));
    if made.primary_key.is_some() {
        table.primary_key = None;
    }
    table.indexes.retain(|index| {
        !made.indexes.iter().any(|own| own.name == index.name && (own.name.is_some() || own.parts == index.parts))
    });
    table.foreign_keys.retain(|key| !made.foreign_keys.iter().any(|own| own.columns == key.columns));
    table.checks.retain(|check| !made.checks.iter().any(|own| own.name == check.name));
    table.exclusions.retain(|exclusion| !made.exclusions.iter().any(|own| own.name == exclusion.name));
    table.triggers.retain(|name, _| !made.triggers.contains_key(name));
    table.policies.retain(|name, _| !made.policies.contains_key(name));
}
