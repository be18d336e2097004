//! The names of enums and of their values in Prisma, which a database may have no like of.

use std::collections::BTreeMap;

use ormsync_schema::DataType;

use super::{Writer, identifier};

/// The names chosen for all enums of a schema.
#[derive(Debug, Default)]
pub(crate) struct EnumNames {
    names: BTreeMap<(String, String), EnumName>,
}

/// An enum's names.
#[derive(Debug)]
pub(crate) struct EnumName {
    pub(crate) name: String,
    pub(crate) values: EnumValues,
}

/// (name in Prisma, label in the database), in order.
pub(crate) type EnumValues = Vec<(String, String)>;

impl EnumNames {
    /// The enum of a namespace: the name of a type, or `table.column` where the labels stand in a column.
    pub(crate) fn get(&self, namespace: &str, key: &str) -> Option<&EnumName> {
        self.names.get(&(namespace.to_owned(), key.to_owned()))
    }

    pub(crate) fn insert(&mut self, namespace: &str, key: &str, name: EnumName) {
        self.names.insert((namespace.to_owned(), key.to_owned()), name);
    }
}

impl Writer<'_> {
    fn chosen_enum(&self, table: &str, column: &str, data_type: &DataType) -> Option<&EnumName> {
        match data_type {
            DataType::Enum { namespace, name } => self.enums?.get(namespace, name),
            DataType::InlineEnum(_) => self.enums?.get(self.namespace, &format!("{table}.{column}")),
            DataType::Array(element) => self.chosen_enum(table, column, element),
            _ => None,
        }
    }

    /// What a column's enum is called.
    pub(super) fn enum_name(&self, table: &str, column: &str, data_type: &DataType) -> String {
        match (self.chosen_enum(table, column, data_type), data_type) {
            (Some(chosen), _) => chosen.name.clone(),
            (None, DataType::Enum { name, .. }) => identifier::of(name),
            (None, _) => format!("{}{}", identifier::pascal(table), identifier::pascal(column)),
        }
    }

    /// What the label of a column's enum is called; none where the enum has no such label.
    pub(super) fn value_name(&self, table: &str, column: &str, data_type: &DataType, label: &str) -> Option<String> {
        match self.chosen_enum(table, column, data_type) {
            Some(chosen) => chosen.values.iter().find(|(_, known)| known == label).map(|(name, _)| name.clone()),
            None => Some(identifier::of(label)),
        }
    }
}
