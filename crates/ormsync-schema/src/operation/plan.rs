//! Operations in order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Operation;
use crate::Server;

/// Operations in an order in which a server takes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// The dialect's name, as [`crate::Schema::dialect`] has it.
    pub dialect: String,
    /// The server it is for, where one is known: flavours and versions write some things differently.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Server>,
    /// Whether names are written with their namespace: there is more than the default one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub qualified_names: bool,
    /// The namespaces in which names without one are looked up inside expressions, in order, where that is more than the
    /// dialect's default one: a server was asked, and prints names of what is in scope without their namespace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub name_scope: Vec<String>,
    /// The operations.
    pub operations: Vec<Operation>,
    /// What is lost, may fail, or could not be planned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// How the server is asked to do it.
    #[serde(default, skip_serializing_if = "Manner::is_usual")]
    pub manner: Manner,
}

/// How a server is asked to carry out a plan, where there is a choice: it says nothing about where the plan leads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Manner {
    /// Indexes are made and dropped while others go on writing, which no transaction may surround.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub concurrently: bool,
    /// The algorithm that a table has to be changed by, in the server's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
    /// What a table that is changed has to be locked against, in the server's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<String>,
    /// What is there already is not made again, what is gone already not dropped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guarded: bool,
}

impl Manner {
    /// Whether nothing is asked for.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl Plan {
    /// A plan that does nothing.
    pub fn new(dialect: impl Into<String>, server: Option<Server>) -> Self {
        Self {
            dialect: dialect.into(),
            server,
            qualified_names: false,
            name_scope: Vec::new(),
            operations: Vec::new(),
            warnings: Vec::new(),
            manner: Manner::default(),
        }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// The way back: every operation turned round, the last one first. Its warnings are what the structure of
    /// the operations tells ([`Operation::loss`]); the planner knows more.
    #[must_use]
    pub fn reverse(&self) -> Self {
        let is_nothing = |operation: &Operation| matches!(operation, Operation::RunStatement { statement, .. } if statement.is_empty());
        let operations: Vec<_> =
            self.operations.iter().rev().map(Operation::reverse).filter(|operation| !is_nothing(operation)).collect();
        let warnings = operations.iter().filter_map(Operation::loss).collect();
        Self {
            dialect: self.dialect.clone(),
            server: self.server.clone(),
            qualified_names: self.qualified_names,
            name_scope: self.name_scope.clone(),
            operations,
            warnings,
            manner: self.manner.clone(),
        }
    }
}

/// Something that whoever runs a plan should know before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// What kind of thing it is.
    pub kind: WarningKind,
    /// The object, for messages.
    pub subject: String,
    /// One or more sentences.
    pub text: String,
}

/// The kinds of warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WarningKind {
    /// A table goes with its rows.
    TableDropped,
    /// A column goes with its values.
    ColumnDropped,
    /// An enum's label goes; rows that hold it make the change fail.
    LabelDropped,
    /// A column changes its type so that values may be cut, rounded or refused.
    TypeNarrowed,
    /// Rows that are there may stand in the way: a new uniqueness, NOT NULL, check or foreign key.
    MayFail,
    /// A difference that no statement of the server, or none that we know, can make.
    NotPlanned,
}

impl WarningKind {
    /// Whether data goes.
    pub fn is_loss(self) -> bool {
        matches!(self, Self::TableDropped | Self::ColumnDropped | Self::LabelDropped | Self::TypeNarrowed)
    }
}
