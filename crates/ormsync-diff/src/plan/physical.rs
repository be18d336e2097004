//! What is left of a schema when all goes that no statement makes: the ORM's own business, places, order.

use ormsync_dialect::Dialect;
use ormsync_schema::{Column, Expression, Schema, Table};

/// The physical facts of a settled schema, in one order: two schemas that a server can't tell apart are equal.
pub fn physical(schema: &Schema, dialect: &dyn Dialect) -> Schema {
    let mut schema = schema.clone();
    schema.server = None;
    schema.unsaid.clear();
    schema.opaque.clear();
    for content in schema.namespaces.values_mut() {
        for table in content.tables.values_mut() {
            *table = comparable_table(table, dialect);
        }
        for view in content.views.values_mut() {
            // The server makes them of the query.
            view.columns.clear();
            // It is text, in the server's own words, whether it was understood or not.
            if let Some(definition) = &mut view.definition {
                *definition = Expression::written(definition.sql().split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
    }
    schema.namespaces.retain(|_, content| *content != Default::default());
    schema
}

/// A table without what no statement makes. Everything keeps its place.
pub(super) fn bare_table(table: &Table, dialect: &dyn Dialect) -> Table {
    let mut bare = table.clone();
    bare.model = None;
    bare.opaque.clear();
    bare.client_deletes.clear();
    bare.emulated_keys.clear();
    for column in bare.columns.values_mut() {
        *column = bare_column(column);
    }
    for index in &mut bare.indexes {
        // Whether the server made it or somebody declared it just so can't be seen.
        index.implicit = false;
    }
    dialect.forget(&mut bare);
    bare
}

/// A column without what no statement makes.
pub(super) fn bare_column(column: &Column) -> Column {
    Column { client: Default::default(), places: Default::default(), ..column.clone() }
}

/// The same with everything in one order, so that equal tables are equal values.
pub(super) fn comparable_table(table: &Table, dialect: &dyn Dialect) -> Table {
    let mut comparable = bare_table(table, dialect);
    sort_lists(&mut comparable);
    comparable
}

fn sort_lists(table: &mut Table) {
    // Columns come behind the others when they are added, wherever they are declared.
    table.columns.sort_keys();
    table.indexes.sort_by_key(|index| format!("{index:?}"));
    table.foreign_keys.sort_by_key(|key| format!("{key:?}"));
    table.checks.sort_by_key(|check| format!("{check:?}"));
    table.exclusions.sort_by_key(|exclusion| format!("{exclusion:?}"));
}
