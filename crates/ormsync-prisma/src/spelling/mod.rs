//! Writing objects of the canonical schema in Prisma's language: the lines that a suggested fix shows.
//!
//! What the canonical schema does not keep (the names of enums, relations and fields that only Prisma has) is
//! taken from the source itself where it has the object, and made up in Prisma's style where it has not.

mod block;
mod constraint;
mod defaults;
mod enum_names;
mod field;
pub(crate) mod identifier;
mod types;

use ormsync_schema::{Column, ForeignKey, Index, ObjectKind, ObjectPath, Schema, Spelling};

use crate::native::{self, ProviderFacts};

pub(crate) use block::aligned;
pub(crate) use enum_names::{EnumName, EnumNames, EnumValues};
pub(crate) use field::{SpelledField, is_optional, is_single_unique};

/// Writes objects in Prisma's language, for suggested fixes.
#[derive(Debug, Clone, Copy, Default)]
pub struct PrismaSpelling;

impl Spelling for PrismaSpelling {
    fn spell(&self, wanted: &Schema, own: &Schema, path: &ObjectPath) -> Option<String> {
        Writer::new(wanted, own, &path.namespace)?.write(path)
    }
}

/// Writes objects of one namespace.
pub(crate) struct Writer<'s> {
    pub(crate) wanted: &'s Schema,
    /// Where the names of models and fields come from, and what the client does.
    pub(crate) own: &'s Schema,
    pub(crate) namespace: &'s str,
    pub(crate) facts: &'static ProviderFacts,
    /// The names of enums and their values, where they have been chosen.
    pub(crate) enums: Option<&'s EnumNames>,
}

impl<'s> Writer<'s> {
    fn new(wanted: &'s Schema, own: &'s Schema, namespace: &'s str) -> Option<Self> {
        let dialect = if own.dialect.is_empty() { &wanted.dialect } else { &own.dialect };
        let facts = native::of_dialect(dialect)?;
        // Paths leave the default namespace out.
        let namespace = if namespace.is_empty() { facts.dialect.default_namespace() } else { namespace };
        Some(Self { wanted, own, namespace, facts, enums: None })
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
    pub(crate) fn model_name(&self, namespace: &str, table: &str) -> String {
        let own = self.own.table(namespace, table).and_then(|table| table.model.clone());
        own.unwrap_or_else(|| identifier::of(table))
    }

    /// The name of a column's field.
    pub(crate) fn field_name(&self, table: &str, column: &str) -> String {
        self.field_name_in(self.namespace, table, column)
    }

    /// The name of a column's field in any namespace.
    fn field_name_in(&self, namespace: &str, table: &str, column: &str) -> String {
        let own = self.own.table(namespace, table).and_then(|table| table.columns.get(column));
        let own = own.and_then(|column| column.client.attribute.clone());
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

#[cfg(test)]
mod tests;
