//! Naming an object of a schema without holding it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of object a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectKind {
    /// A table.
    Table,
    /// A column of a table.
    Column,
    /// A table's primary key.
    PrimaryKey,
    /// An index or unique constraint of a table.
    Index,
    /// A foreign key of a table.
    ForeignKey,
    /// A check constraint of a table.
    Check,
    /// An exclusion constraint of a table.
    Exclusion,
    /// A trigger of a table.
    Trigger,
    /// A row-level security policy of a table.
    Policy,
    /// An enum type.
    EnumType,
    /// A view.
    View,
    /// A sequence.
    Sequence,
    /// An extension.
    Extension,
    /// A domain or composite type.
    UserType,
    /// A function or procedure.
    Routine,
    /// The schema as a whole.
    Schema,
}

/// The path of an object: `namespace.table.name`, as far as it has them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct ObjectPath {
    /// What it is.
    pub kind: ObjectKind,
    /// Its namespace; empty where the server has none, or where it is the dialect's default one.
    pub namespace: String,
    /// The table it belongs to, or the table itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Its own name. Indexes and foreign keys are named by their columns in parentheses, since their
    /// names differ between sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl ObjectPath {
    /// The path of a table.
    pub fn table(namespace: impl Into<String>, table: impl Into<String>) -> Self {
        Self { kind: ObjectKind::Table, namespace: namespace.into(), table: Some(table.into()), name: None }
    }

    /// The path of something of a table.
    pub fn in_table(
        kind: ObjectKind,
        namespace: impl Into<String>,
        table: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        Self { kind, namespace: namespace.into(), table: Some(table.into()), name: Some(name.into()) }
    }

    /// The path of something outside tables.
    pub fn named(kind: ObjectKind, namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind, namespace: namespace.into(), table: None, name: Some(name.into()) }
    }
}

impl fmt::Display for ObjectPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.namespace.is_empty() {
            write!(formatter, "{}.", self.namespace)?;
        }
        match (&self.table, &self.name) {
            // `table(column, column)`: the columns stand for the object's name.
            (Some(table), Some(name)) if name.starts_with('(') => write!(formatter, "{table}{name}"),
            (Some(table), Some(name)) => write!(formatter, "{table}.{name}"),
            (Some(only), None) | (None, Some(only)) => formatter.write_str(only),
            (None, None) => formatter.write_str("schema"),
        }
    }
}
