//! Several histories of one database side by side: which migrations make the same change, how far the database has come
//! in each, and what is not as it should be.

mod findings;
mod pairs;

use ormsync_schema::{Diagnostic, History, Migration, Origin, RecordState, Severity};
use schemars::JsonSchema;
use serde::Serialize;

/// How the histories stand.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The sides, in the order of every row's cells.
    pub sides: Vec<SideStanding>,
    /// The migrations in their order: those that make the same change share a row.
    pub rows: Vec<Row>,
    /// What is not as it should be.
    pub findings: Vec<Diagnostic>,
    /// The command to run next.
    pub next: Option<String>,
}

/// How one side stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Side")]
pub struct SideStanding {
    /// The side's name.
    pub name: String,
    /// The side's name in sentences.
    pub label: String,
    /// How many migrations it has.
    pub migrations: usize,
    /// How many of them are applied; none where no database was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied: Option<usize>,
    /// Those that no other comes behind.
    pub heads: Vec<String>,
}

/// The migrations of all sides that make one change.
#[derive(Debug, Clone)]
pub struct Row {
    /// By side; none where a side has no such migration.
    pub steps: Vec<Option<Step>>,
}

/// A migration, and how it went.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its identifier.
    pub id: String,
    /// How it went; none where no database was asked.
    pub state: Option<StepState>,
    /// Whether it changes nothing, and so needs no mirror.
    pub is_empty: bool,
    /// When it was written, where its file says so beside its name.
    pub written_at: Option<String>,
    /// Its file.
    pub origin: Origin,
}

/// How a migration stands in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// It was applied.
    Applied,
    /// It was applied, and its file has been changed since.
    Edited,
    /// It was not applied.
    Pending,
    /// It was begun and did not end.
    Failed,
    /// Somebody said that it was undone.
    RolledBack,
    /// It was applied, and has no file.
    Lost,
}

impl StepState {
    /// One word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Edited => "edited",
            Self::Pending => "pending",
            Self::Failed => "failed",
            Self::RolledBack => "rolled back",
            Self::Lost => "no file",
        }
    }

    /// Whether the database has made the change.
    pub fn is_applied(self) -> bool {
        matches!(self, Self::Applied | Self::Edited | Self::Lost)
    }
}

impl Standing {
    /// Whether nothing is wrong and nothing left to do.
    pub fn is_in_step(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity < Severity::Error)
    }
}

/// Puts histories side by side.
pub fn stand(histories: &[History]) -> Standing {
    let rows = pairs::rows(histories);
    let mut findings: Vec<Diagnostic> = histories.iter().flat_map(|history| history.diagnostics.clone()).collect();
    findings.extend(histories.iter().flat_map(findings::of_one));
    findings.extend(findings::of_all(histories, &rows));
    let next = findings::next(histories, &findings);
    Standing { sides: histories.iter().map(side).collect(), rows, findings, next }
}

fn side(history: &History) -> SideStanding {
    let applied = |migration: &&Migration| state(history, migration).is_some_and(StepState::is_applied);
    SideStanding {
        name: history.name.clone(),
        label: history.label.clone(),
        migrations: history.migrations.len(),
        applied: history.records.as_ref().map(|_| history.migrations.iter().filter(applied).count()),
        heads: history.heads().iter().map(|head| head.id.clone()).collect(),
    }
}

/// How a migration stands, where a database was asked.
fn state(history: &History, migration: &Migration) -> Option<StepState> {
    history.records.as_ref()?;
    let Some(record) = history.record(&migration.id) else { return Some(StepState::Pending) };
    Some(match record.state {
        RecordState::Failed => StepState::Failed,
        RecordState::RolledBack => StepState::RolledBack,
        RecordState::Applied => match &record.checksum {
            Some(applied) if !migration.checksums.is_empty() && !migration.checksums.contains(applied) => {
                StepState::Edited
            }
            _ => StepState::Applied,
        },
    })
}
