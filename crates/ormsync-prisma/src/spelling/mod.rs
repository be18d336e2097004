//! Writing objects of the canonical schema in Prisma's language: the lines that a suggested fix shows.
//!
//! What the canonical schema does not keep (the names of enums, relations and fields that only Prisma has) is
//! taken from the source itself where it has the object, and made up in Prisma's style where it has not.

mod block;
mod constraint;
mod field;
mod identifier;
mod types;

use ormsync_schema::{Column, ForeignKey, Index, ObjectKind, ObjectPath, Schema, Spelling, Table};

use crate::native::{self, ProviderFacts};

/// Writes objects in Prisma's language, for suggested fixes.
#[derive(Debug, Clone, Copy, Default)]
pub struct PrismaSpelling;

impl Spelling for PrismaSpelling {
    fn spell(&self, wanted: &Schema, own: &Schema, path: &ObjectPath) -> Option<String> {
        Writer::new(wanted, own, &path.namespace)?.write(path)
    }
}

/// Writes objects of one namespace.
struct Writer<'s> {
    wanted: &'s Schema,
    own: &'s Schema,
    namespace: &'s str,
    facts: &'static ProviderFacts,
}

impl<'s> Writer<'s> {
    fn new(wanted: &'s Schema, own: &'s Schema, namespace: &'s str) -> Option<Self> {
        let dialect = if own.dialect.is_empty() { &wanted.dialect } else { &own.dialect };
        let facts = native::of_dialect(dialect)?;
        // Paths leave the default namespace out.
        let namespace = if namespace.is_empty() { facts.dialect.default_namespace() } else { namespace };
        Some(Self { wanted, own, namespace, facts })
    }

    fn write(&self, path: &ObjectPath) -> Option<String> {
        let name = path.name.as_deref();
        let table = || self.wanted.table(self.namespace, path.table.as_deref()?);
        match path.kind {
            ObjectKind::Table => self.model(path.table.as_deref()?),
            ObjectKind::Column => self.field(path.table.as_deref()?, table()?, name?).map(|field| field.line()),
            ObjectKind::PrimaryKey => self.primary_key(path.table.as_deref()?, table()?),
            ObjectKind::Index => {
                let index = table()?.indexes.iter().find(|index| name == Some(&index_label(index)))?;
                self.index(path.table.as_deref()?, index)
            }
            ObjectKind::ForeignKey => {
                let key = table()?.foreign_keys.iter().find(|key| name == Some(&key_label(key)))?;
                self.relation_field(path.table.as_deref()?, table()?, key).map(|field| field.line())
            }
            ObjectKind::EnumType => self.enum_block(name?),
            ObjectKind::Extension => name.map(|name| format!("extensions = [{}]", identifier::extension(name))),
            _ => None,
        }
    }

    /// The source's own column of that name, which knows the client's side of it.
    fn own_column(&self, table: &str, column: &str) -> Option<&'s Column> {
        self.own.table(self.namespace, table)?.columns.get(column)
    }

    /// The name of a table's model.
    fn model_name(&self, namespace: &str, table: &str) -> String {
        let own = self.own.table(namespace, table).and_then(|table| table.model.clone());
        own.unwrap_or_else(|| identifier::of(table))
    }

    /// The name of a column's field.
    fn field_name(&self, table: &str, column: &str) -> String {
        let own = self.own_column(table, column).and_then(|column| column.client.attribute.clone());
        own.unwrap_or_else(|| identifier::of(column))
    }
}

/// How paths name an index: by its columns.
fn index_label(index: &Index) -> String {
    let parts: Vec<&str> = index
        .parts
        .iter()
        .map(|part| match &part.target {
            ormsync_schema::IndexTarget::Column(name) => name.as_str(),
            ormsync_schema::IndexTarget::Expression(expression) => expression.text.as_str(),
        })
        .collect();
    format!("({})", parts.join(", "))
}

fn key_label(key: &ForeignKey) -> String {
    format!("({})", key.columns.join(", "))
}

/// Whether one column is all of a table's primary key.
fn is_single_id(table: &Table, column: &str) -> bool {
    table
        .primary_key
        .as_ref()
        .is_some_and(|key| matches!(key.parts.as_slice(), [part] if part.as_column() == Some(column)))
}

#[cfg(test)]
mod tests;
