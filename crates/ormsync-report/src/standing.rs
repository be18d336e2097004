//! Several histories of one database side by side: for people, and as JSON.

use std::fmt::Write as _;

use ormsync_diff::{Row, SideStanding, Standing, Step, StepState};
use ormsync_schema::SourceFiles;
use schemars::JsonSchema;
use serde::Serialize;

use crate::json::{DiagnosticEntry, PlaceEntry};
use crate::text::diagnostic_text;
use crate::{Outcome, TextStyle};

/// Version of the document's shape.
const VERSION: u32 = 1;

/// The standing as text: what is wrong, a row for each change, and what to do next.
pub fn standing_text(standing: &Standing, outcome: Outcome, files: &SourceFiles, style: TextStyle) -> String {
    let mut text = String::new();
    for finding in &standing.findings {
        _ = writeln!(text, "{}", diagnostic_text(finding, files, style));
    }
    text.push_str(&table(standing));
    for side in &standing.sides {
        _ = writeln!(text, "{}", side_text(side));
    }
    let answer = match outcome {
        Outcome::InStep => "In step.",
        Outcome::Drift => "Not in step.",
        Outcome::Unanswered => "Not answered.",
    };
    _ = writeln!(text, "\n{answer}");
    if let Some(next) = &standing.next {
        _ = writeln!(text, "Next: {next}");
    }
    text
}

/// A column for each side.
fn table(standing: &Standing) -> String {
    if standing.rows.is_empty() {
        return String::new();
    }
    let mut lines: Vec<Vec<String>> = vec![standing.sides.iter().map(|side| side.label.clone()).collect()];
    lines.extend(standing.rows.iter().map(cells));
    let width = |side: usize| lines.iter().map(|line| line[side].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..standing.sides.len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let padded: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        _ = writeln!(text, "{}", padded.join("   ").trim_end());
    }
    text.push('\n');
    text
}

fn cells(row: &Row) -> Vec<String> {
    row.steps.iter().map(|step| step.as_ref().map_or_else(|| "  -".to_owned(), cell)).collect()
}

fn cell(step: &Step) -> String {
    let (mark, word) = match step.state {
        None => (" ", ""),
        Some(StepState::Applied) => ("+", ""),
        Some(StepState::Pending) => (" ", " (pending)"),
        Some(StepState::Edited) => ("!", " (edited)"),
        Some(StepState::Failed) => ("!", " (failed)"),
        Some(StepState::RolledBack) => (" ", " (rolled back)"),
        Some(StepState::Lost) => ("!", " (no file)"),
    };
    format!("{mark} {}{word}", step.id)
}

/// `Prisma: 3 migrations, 2 applied; the last is …`.
fn side_text(side: &SideStanding) -> String {
    let plural = if side.migrations == 1 { "" } else { "s" };
    let mut text = format!("{}: {} migration{plural}", side.label, side.migrations);
    if let Some(applied) = side.applied {
        _ = write!(text, ", {applied} applied");
    }
    match side.heads.as_slice() {
        [] => {}
        [only] => _ = write!(text, "; the last is {only}"),
        several => _ = write!(text, "; heads are {}", several.join(", ")),
    }
    text
}

/// The standing as one JSON document, as `schemas/status.schema.json` describes it.
pub fn standing_json(standing: &Standing, outcome: Outcome, files: &SourceFiles) -> String {
    let document = Document::new(standing, outcome, files);
    let mut text = serde_json::to_string_pretty(&document).expect("the document has only strings, numbers and lists");
    text.push('\n');
    text
}

/// The JSON Schema of the document that [`standing_json`] gives.
pub fn standing_json_schema() -> String {
    let schema = schemars::schema_for!(Document<'_>);
    let mut text = serde_json::to_string_pretty(&schema).expect("a JSON Schema is JSON");
    text.push('\n');
    text
}

/// What `ormsync status` found.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Status")]
struct Document<'a> {
    /// Version of this document's shape: 1.
    version: u32,
    /// The answer as a whole: `in step`, `drift` or `unanswered`.
    #[schemars(extend("enum" = ["in step", "drift", "unanswered"]))]
    verdict: &'a str,
    /// The histories, in the order of every row's cells.
    sides: &'a [SideStanding],
    /// The migrations in their order: those that make the same change share a row.
    rows: Vec<RowEntry<'a>>,
    /// What is not as it should be.
    findings: Vec<DiagnosticEntry<'a>>,
    /// The command to run next.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

/// The migrations of all sides that make one change.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Row")]
struct RowEntry<'a> {
    /// By side; null where a side has no such migration.
    steps: Vec<Option<StepEntry<'a>>>,
}

/// A migration, and how it went.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Step")]
struct StepEntry<'a> {
    /// Its identifier.
    id: &'a str,
    /// How it went; absent where no database was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<StepState>,
    /// Whether it changes nothing, and so needs no mirror.
    is_empty: bool,
    /// When it was written, in ISO 8601 as its file says it (of a revision its `Create Date`); absent where only its name does.
    #[serde(skip_serializing_if = "Option::is_none")]
    written_at: Option<&'a str>,
    /// Its file.
    #[serde(flatten)]
    place: PlaceEntry<'a>,
}

impl<'a> Document<'a> {
    fn new(standing: &'a Standing, outcome: Outcome, files: &'a SourceFiles) -> Self {
        let step = |step: &'a Step| StepEntry {
            id: &step.id,
            state: step.state,
            is_empty: step.is_empty,
            written_at: step.written_at.as_deref(),
            place: PlaceEntry::new(&step.origin, files),
        };
        let row = |row: &'a Row| RowEntry { steps: row.steps.iter().map(|cell| cell.as_ref().map(step)).collect() };
        Self {
            version: VERSION,
            verdict: outcome.as_str(),
            sides: &standing.sides,
            rows: standing.rows.iter().map(row).collect(),
            findings: standing.findings.iter().map(|finding| DiagnosticEntry::new(finding, files)).collect(),
            next: standing.next.as_deref(),
        }
    }
}
