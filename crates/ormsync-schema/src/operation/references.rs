//! What follows when something is renamed: servers keep references by identity, a schema keeps them by name.

use std::collections::BTreeMap;

use super::QualifiedName;
use crate::{DataType, DefaultValue, IndexPart, IndexTarget, Literal, Partitioning, Schema, Table};

/// Foreign keys and partitions that name the table.
pub(super) fn rename_table(schema: &mut Schema, from: &QualifiedName, to: &QualifiedName) {
    for (namespace, content) in &mut schema.namespaces {
        for table in content.tables.values_mut() {
            for key in &mut table.foreign_keys {
                if key.referenced_namespace == from.namespace && key.referenced_table == from.name {
                    key.referenced_namespace.clone_from(&to.namespace);
                    key.referenced_table.clone_from(&to.name);
                }
            }
            if *namespace == from.namespace {
                rename_parents(&mut table.partitioning, &from.name, &to.name);
            }
        }
    }
}

fn rename_parents(partitioning: &mut Option<Partitioning>, from: &str, to: &str) {
    let parents = match partitioning {
        Some(Partitioning::PartitionOf { parent, .. }) => std::slice::from_mut(parent),
        Some(Partitioning::Inherits(parents)) => parents.as_mut_slice(),
        _ => return,
    };
    for parent in parents.iter_mut().filter(|parent| *parent == from) {
        to.clone_into(parent);
    }
}

/// Keys, indexes and foreign keys that name the column. Expressions are text: whoever renames drops what has one
/// before and makes it again behind.
pub(super) fn rename_column(schema: &mut Schema, table: &QualifiedName, from: &str, to: &str) {
    let rename = |name: &mut String| {
        if name == from {
            to.clone_into(name);
        }
    };
    for (namespace, content) in &mut schema.namespaces {
        for (name, other) in &mut content.tables {
            for key in &mut other.foreign_keys {
                if key.referenced_namespace == table.namespace && key.referenced_table == table.name {
                    key.referenced_columns.iter_mut().for_each(rename);
                }
            }
            if *namespace == table.namespace && *name == table.name {
                rename_in_table(other, rename);
            }
        }
    }
}

fn rename_in_table(table: &mut Table, rename: impl Fn(&mut String) + Copy) {
    let columns = std::mem::take(&mut table.columns);
    table.columns = columns
        .into_iter()
        .map(|(mut name, column)| {
            rename(&mut name);
            (name, column)
        })
        .collect();
    let rename_part = |part: &mut IndexPart| {
        if let IndexTarget::Column(name) = &mut part.target {
            rename(name);
        }
    };
    table.primary_key.iter_mut().flat_map(|key| &mut key.parts).for_each(rename_part);
    for index in &mut table.indexes {
        index.parts.iter_mut().for_each(rename_part);
        index.include.iter_mut().for_each(rename);
    }
    table.foreign_keys.iter_mut().flat_map(|key| &mut key.columns).for_each(rename);
}

/// Columns, domains and composite types of the enum type.
pub(super) fn rename_enum(schema: &mut Schema, from: &QualifiedName, to: &QualifiedName) {
    for_each_type(schema, &mut |data_type| {
        if is_enum(data_type, from) {
            *data_type = DataType::Enum { namespace: to.namespace.clone(), name: to.name.clone() };
        }
    });
}

fn is_enum(data_type: &DataType, enum_name: &QualifiedName) -> bool {
    matches!(data_type, DataType::Enum { namespace, name }
        if *namespace == enum_name.namespace && *name == enum_name.name)
}

fn for_each_type(schema: &mut Schema, change: &mut impl FnMut(&mut DataType)) {
    fn visit(data_type: &mut DataType, change: &mut impl FnMut(&mut DataType)) {
        match data_type {
            DataType::Array(element) => visit(element, change),
            other => change(other),
        }
    }
    for content in schema.namespaces.values_mut() {
        let columns = content.tables.values_mut().flat_map(|table| table.columns.values_mut());
        let view_columns = content.views.values_mut().flat_map(|view| view.columns.values_mut());
        columns.chain(view_columns).for_each(|column| visit(&mut column.data_type, change));
        content.domains.values_mut().for_each(|domain| visit(&mut domain.data_type, change));
        let fields = content.composite_types.values_mut().flat_map(|composite| composite.fields.values_mut());
        fields.for_each(|field| visit(field, change));
    }
}

/// Defaults that are labels with a new name.
pub(super) fn rename_labels(schema: &mut Schema, enum_name: &QualifiedName, renamed: &BTreeMap<String, String>) {
    if renamed.is_empty() {
        return;
    }
    let tables = schema.namespaces.values_mut().flat_map(|content| content.tables.values_mut());
    for column in tables.flat_map(|table| table.columns.values_mut()) {
        if !is_enum(&column.data_type, enum_name) {
            continue;
        }
        if let Some(DefaultValue::Literal(Literal::Text(label))) = &mut column.default
            && let Some(new) = renamed.get(label)
        {
            label.clone_from(new);
        }
    }
}
