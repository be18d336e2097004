//! The histories of migrations, as data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The migrations of one side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct History {
    /// The tool's short name.
    pub source: String,
    /// Its name in sentences.
    pub label: String,
    /// The folder they are in; empty where only a database knows of them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Whether a database was asked how far it has come.
    pub asked: bool,
    /// The migrations that no other comes behind: where its files end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heads: Vec<String>,
    /// The last ones that the database has: where it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stands_at: Vec<String>,
    /// The migrations, in order.
    pub migrations: Vec<Migration>,
}

/// One migration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Migration {
    /// Its name, or revision.
    pub name: String,
    /// What it says it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// What has become of it.
    pub state: MigrationState,
    /// The day, or moment, that its name says it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The change that it makes, numbered in order over all histories: migrations of the same number are mirrors.
    pub change: usize,
    /// The other histories' migrations that make the same change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mirrors: Vec<String>,
    /// Whether another history lacks a migration that makes the same change.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unmirrored: bool,
    /// Its file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
}

/// What has become of a migration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MigrationState {
    /// Nobody was asked.
    #[default]
    Unknown,
    /// The database has it.
    Applied,
    /// The database has it, and its file was changed since.
    Edited,
    /// The database has it not.
    Pending,
    /// It was begun and did not come to its end.
    Failed,
    /// Somebody said that it was undone: it is still to be applied.
    RolledBack,
    /// The database has it, and there is no such file.
    Lost,
}

impl MigrationState {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "not asked",
            Self::Applied => "applied",
            Self::Edited => "applied, edited since",
            Self::Pending => "pending",
            Self::Failed => "failed",
            Self::RolledBack => "rolled back",
            Self::Lost => "applied, without a file",
        }
    }

    /// What stands for it where there are no colours.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Unknown => "·",
            Self::Applied => "✓",
            Self::Pending | Self::RolledBack => "○",
            Self::Edited | Self::Failed | Self::Lost => "✗",
        }
    }

    /// Whether the database has made the change.
    pub fn is_applied(self) -> bool {
        matches!(self, Self::Applied | Self::Edited | Self::Lost)
    }

    /// Whether the database is still to make the change.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Pending | Self::RolledBack)
    }
}

/// What the migrations of one history make of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableHistory {
    /// The tool's short name.
    pub source: String,
    /// Whether that is what its side declares.
    pub state: TableHistoryState,
    /// The migrations that make or change it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub migrations: Vec<String>,
    /// What its side declares and the migrations do not make, or the other way round.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
}

/// Whether the migrations of a history make a table as its side declares it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TableHistoryState {
    /// They do.
    #[default]
    InStep,
    /// No migration makes it, and its side declares no such table.
    Absent,
    /// Not all of the migrations, or of what its side declares, was understood.
    Unknown,
    /// They make something else.
    Behind,
    /// No migration makes it, and its side declares it.
    Missing,
}

impl TableHistoryState {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InStep => "in step",
            Self::Absent => "absent",
            Self::Unknown => "not known",
            Self::Behind => "behind",
            Self::Missing => "missing",
        }
    }

    /// What stands for it where there are no colours.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::InStep => "✓",
            Self::Absent => "○",
            Self::Unknown => "?",
            Self::Behind => "✗",
            Self::Missing => "–",
        }
    }
}
