//! Triggers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Deferrability, Origin};

/// A trigger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trigger {
    /// Before, after or instead of.
    pub timing: TriggerTiming,
    /// On what, in the order insert, update, delete, truncate.
    pub events: Vec<TriggerEvent>,
    /// The function or statement it runs, as the server writes it.
    pub action: String,
    /// Once per row rather than per statement.
    pub for_each_row: bool,
    /// Fires as a constraint does (`CREATE CONSTRAINT TRIGGER`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub constraint: bool,
    /// DEFERRABLE, for constraint triggers.
    #[serde(default, skip_serializing_if = "Deferrability::is_not_deferrable")]
    pub deferrability: Deferrability,
    /// The other table that a constraint trigger is about, as the server writes it (`FROM`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_table: Option<String>,
    /// The names of the tables of changed rows, as the server writes them: `OLD TABLE AS o NEW TABLE AS n`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition_tables: Option<String>,
    /// Its place among triggers of the same moment, from 1, where the server keeps it and there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// In which sessions it fires.
    #[serde(default, skip_serializing_if = "TriggerFiring::is_origin")]
    pub firing: TriggerFiring,
    /// Switched off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The catalogue's object.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// When a trigger fires.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerTiming {
    /// Before the change.
    #[default]
    Before,
    /// After the change.
    After,
    /// Instead of the change, on views.
    InsteadOf,
}

/// What fires a trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerEvent {
    /// INSERT.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
    /// TRUNCATE.
    Truncate,
}

/// In which sessions a trigger fires (`session_replication_role`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerFiring {
    /// In all but those that replay changes of another server.
    #[default]
    Origin,
    /// Only in those that replay changes.
    Replica,
    /// In all.
    Always,
}

impl TriggerFiring {
    /// Whether it is the usual one.
    pub fn is_origin(&self) -> bool {
        *self == Self::Origin
    }
}
