//! A history: the ordered migrations of one side, and what a database keeps of how far it has come.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Diagnostic, Origin};

/// One migration as its file says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Migration {
    /// What the tool's table records: the name of a folder, the identifier of a revision.
    pub id: String,
    /// What it says it is about, without number, moment or hash: `add_bookings`.
    pub subject: String,
    /// The identifiers of those it comes behind.
    pub behind: Vec<String>,
    /// The migration of another side that it says it is the mirror of.
    pub mirror_of: Option<String>,
    /// The identifiers of those that it needs besides, without coming behind them.
    pub needs: Vec<String>,
    /// The SHA-256s that count as that of its text, where the tool records one: the first is the one of the text as it
    /// stands, others are those with other ends of lines.
    pub checksums: Vec<String>,
    /// What it does to the schema, in a form in which equal changes are equal texts; none where that is not known.
    pub effect: Option<String>,
    /// Whether it changes nothing: it only joins two branches.
    pub is_empty: bool,
    /// When it was written, as its file says it beside its name: a moment in ISO 8601, with a blank or a `T` between day and
    /// time. None where the file does not say so, or only the name does.
    pub written_at: Option<String>,
    /// Its file.
    pub origin: Origin,
}

/// What a tool's table says of one migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The migration's identifier.
    pub id: String,
    /// How it went.
    pub state: RecordState,
    /// The SHA-256 of what was applied, where the tool records one.
    pub checksum: Option<String>,
}

/// How applying a migration went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecordState {
    /// It was applied.
    Applied,
    /// It was begun and did not end.
    Failed,
    /// Somebody said that it was undone.
    RolledBack,
}

/// The migrations of one side.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The tool's name in configuration and machine output.
    pub name: String,
    /// The tool's name in sentences.
    pub label: String,
    /// The migrations, in the order in which the tool applies them; what has no place in that order (it goes round in a
    /// circle) comes last.
    pub migrations: Vec<Migration>,
    /// What is wrong with the files themselves.
    pub diagnostics: Vec<Diagnostic>,
    /// What the database keeps; none: no database was asked.
    pub records: Option<Vec<Record>>,
    /// What its tool does on request.
    pub commands: HistoryCommands,
}

/// What the tool of a history does on request: the ends of findings' sentences.
#[derive(Debug, Clone, Copy, Default)]
pub struct HistoryCommands {
    /// The command that applies what is pending.
    pub apply: &'static str,
    /// What makes one head of several.
    pub join_heads: &'static str,
    /// What to do about a migration that was begun and did not end.
    pub settle_failed: &'static str,
}

impl History {
    /// The migration of an identifier.
    pub fn migration(&self, id: &str) -> Option<&Migration> {
        self.migrations.iter().find(|migration| migration.id == id)
    }

    /// The last record of a migration: what was tried again counts as it went the last time.
    pub fn record(&self, id: &str) -> Option<&Record> {
        self.records.as_ref()?.iter().rev().find(|record| record.id == id)
    }

    /// The migrations that no other comes behind.
    pub fn heads(&self) -> Vec<&Migration> {
        let is_behind = |id: &String| self.migrations.iter().any(|migration| migration.behind.contains(id));
        self.migrations.iter().filter(|migration| !is_behind(&migration.id)).collect()
    }
}
