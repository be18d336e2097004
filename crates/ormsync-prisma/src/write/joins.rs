//! Tables that are an implicit many-to-many relation.

use ormsync_schema::{ForeignKey, IndexKind, ReferentialAction, Schema, Table};

use super::plan::TableName;

/// A join table: where its columns `A` and `B` lead.
#[derive(Debug, Clone)]
pub(super) struct Join {
    pub(super) table: TableName,
    pub(super) first: TableName,
    pub(super) second: TableName,
}

/// The join of a table that has the shape of Prisma's own join tables. Older engines made a unique index on
/// `A` and `B` where newer ones make a primary key.
pub(super) fn of_table(schema: &Schema, namespace: &str, name: &str, table: &Table) -> Option<Join> {
    let has_name = name.len() > 1 && name.starts_with('_');
    let columns: Vec<&str> = table.columns.keys().map(String::as_str).collect();
    if !has_name || columns != ["A", "B"] || table.foreign_keys.len() != 2 || table.model.is_some() {
        return None;
    }
    let target = |column: &str| {
        let key = table.foreign_keys.iter().find(|key| key.columns == [column])?;
        is_join_key(schema, table, column, key)
            .then(|| (key.referenced_namespace.clone(), key.referenced_table.clone()))
    };
    let both = |parts: &[ormsync_schema::IndexPart]| {
        parts.iter().map(ormsync_schema::IndexPart::as_column).eq([Some("A"), Some("B")])
    };
    let has_key = table.primary_key.as_ref().is_some_and(|key| both(&key.parts))
        || table.indexes.iter().any(|index| index.kind.is_unique() && both(&index.parts));
    let has_index = table.indexes.iter().any(|index| {
        index.kind == IndexKind::Plain && index.parts.len() == 1 && index.parts[0].as_column() == Some("B")
    });
    let join = Join { table: (namespace.to_owned(), name.to_owned()), first: target("A")?, second: target("B")? };
    // A relation's table is where the model of its first column is.
    (has_key && has_index && join.first.0 == namespace).then_some(join)
}

fn is_join_key(schema: &Schema, table: &Table, column: &str, key: &ForeignKey) -> bool {
    let Some(target) = schema.table(&key.referenced_namespace, &key.referenced_table) else { return false };
    let Some(primary_key) = &target.primary_key else { return false };
    let [part] = primary_key.parts.as_slice() else { return false };
    let Some((id, here)) = part.as_column().and_then(|id| Some((id, table.columns.get(column)?))) else {
        return false;
    };
    let refers = key.referenced_columns.is_empty() || key.referenced_columns == [id];
    let is_same_type = target.columns.get(id).is_some_and(|there| there.data_type == here.data_type);
    refers
        && is_same_type
        && !here.nullable
        && key.on_delete == ReferentialAction::Cascade
        && key.on_update == ReferentialAction::Cascade
}
