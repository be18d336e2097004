//! Tables and what hangs on them.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Check, Column, Exclusion, Expression, ForeignKey, Index, Opaque, Origin, PrimaryKey, ReferentialAction, Trigger,
};

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Table {
    /// The ORM's own name for it (model, class), where the source is an ORM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Its columns in order.
    pub columns: IndexMap<String, Column>,
    /// Its primary key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<PrimaryKey>,
    /// Its indexes and unique constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// Its foreign keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// Its check constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Its exclusion constraints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Exclusion>,
    /// Its triggers, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub triggers: BTreeMap<String, Trigger>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Storage options by the dialect's names: `engine`, `charset`, `collation`, `strict` …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Partitioning or inheritance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitioning: Option<Partitioning>,
    /// Its partitions, where they are no tables of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partitions: Vec<Partition>,
    /// Whether row-level security is on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub row_security: bool,
    /// Row-level security policies, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub policies: BTreeMap<String, Policy>,
    /// What the ORM does on its own with rows of this table when it deletes a row that they refer to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_deletes: Vec<ClientDelete>,
    /// The foreign keys that an ORM keeps on its own, and the database does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emulated_keys: Vec<ForeignKey>,
    /// Parts of the declaration that could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opaque: Vec<Opaque>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// What an ORM does, before or instead of the database, with the rows that refer to a row it deletes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClientDelete {
    /// The columns that refer to the deleted row.
    pub columns: Vec<String>,
    /// The table of the deleted row.
    pub referenced_table: String,
    /// What it does; `NO ACTION` leaves them to the database.
    pub action: ReferentialAction,
    /// As it is written: `onDelete: Cascade`, `cascade="all, delete-orphan"`.
    pub written: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// How a table is split or derived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Partitioning {
    /// The parent of partitions: the method and key as the server writes them.
    PartitionedBy(String),
    /// A partition of another table, with its bounds.
    PartitionOf {
        /// The parent.
        parent: String,
        /// The bounds as the server writes them.
        bounds: String,
        /// How it is partitioned itself, if it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        partitioned_by: Option<String>,
    },
    /// Inherits from other tables.
    Inherits(Vec<String>),
}

/// A partition that is no table of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Partition {
    /// Its name.
    pub name: String,
    /// What it holds, as the server writes it: `LESS THAN (10)`, `IN (1,2)`; nothing where the server deals rows out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<String>,
    /// The names of its own partitions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subpartitions: Vec<String>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A row-level security policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// The command it is for: `all`, `select` …
    pub command: String,
    /// Rows must pass it besides passing another (`AS RESTRICTIVE`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restrictive: bool,
    /// The roles it is for; none: everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Which rows are seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub using: Option<Expression>,
    /// Which rows may be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_check: Option<Expression>,
    /// The catalogue's object.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}
