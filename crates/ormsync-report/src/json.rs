//! The report as JSON.

use ormsync_diff::{Answer, Coverage, Finding};
use ormsync_schema::{Diagnostic, ObjectKind, Origin, Place, Severity, SourceFiles};
use schemars::JsonSchema;
use serde::Serialize;

use crate::Report;

/// Version of the document's shape.
const VERSION: u32 = 1;

/// The report as one JSON document, as `schemas/report.schema.json` describes it.
pub fn json(report: &Report<'_>) -> String {
    let document = Document::new(report);
    let mut text = serde_json::to_string_pretty(&document).expect("the document has only strings, numbers and lists");
    text.push('\n');
    text
}

/// The JSON Schema of the document that [`json`] gives.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(Document<'_>);
    let mut text = serde_json::to_string_pretty(&schema).expect("a JSON Schema is JSON");
    text.push('\n');
    text
}

/// What `ormsync check` and `ormsync diff` found.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Report")]
struct Document<'a> {
    /// Version of this document's shape: 1.
    version: u32,
    /// The answer as a whole: `in step`, `drift` or `unanswered`.
    #[schemars(extend("enum" = ["in step", "drift", "unanswered"]))]
    verdict: &'a str,
    /// The kind of database server the sources were compared for; empty when that is not known.
    dialect: &'a str,
    /// The sources, in the order of the comparison.
    sources: Vec<SourceEntry<'a>>,
    /// The differences, ordered by table, then by kind and name.
    findings: Vec<FindingEntry<'a>>,
    /// What readers had to say about their input.
    diagnostics: Vec<DiagnosticEntry<'a>>,
    /// Counts.
    summary: SummaryEntry,
}

/// One source.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Source")]
struct SourceEntry<'a> {
    /// Its short name, unique in the report; verdicts and answers use it.
    name: &'a str,
    /// What kind of source it is.
    kind: &'a str,
    /// Its name in sentences.
    label: &'a str,
    /// How much of it was read.
    coverage: CoverageEntry,
}

/// How much of a source was read.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Coverage")]
struct CoverageEntry {
    /// Tables.
    tables: usize,
    /// Columns.
    columns: usize,
    /// Indexes and unique constraints.
    indexes: usize,
    /// Foreign keys.
    foreign_keys: usize,
    /// Enum types.
    enums: usize,
    /// Things met but not understood.
    opaque: usize,
    /// Tables left out of the comparison by configuration.
    ignored: usize,
}

/// One difference.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct FindingEntry<'a> {
    /// The rule it falls under; `ormsync explain` tells more about it.
    rule: &'a str,
    /// Its severity, after configuration.
    severity: Severity,
    /// What makes it the same finding in another run: not its lines.
    fingerprint: String,
    /// What it is about: `table.column`, `table(column, column)` for keys and indexes.
    at: String,
    /// What kind of object that is.
    kind: ObjectKind,
    /// One line that stands alone.
    headline: &'a str,
    /// Which source stands alone: `NAME drifted`, `NAME behind`, `conflict`, `unmapped in NAME, NAME`; `hazard` where all agree.
    verdict: String,
    /// What every source that has a say answers, in the order of the sources.
    answers: Vec<AnswerEntry<'a>>,
    /// What to write, and where.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<&'a str>,
    /// Sentences worth knowing.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
}

/// What one source says.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Answer")]
struct AnswerEntry<'a> {
    /// The source's short name.
    source: &'a str,
    /// What it says.
    answer: &'a str,
    /// The object as a whole, where the answer is only a part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// Whether this source is one that has to change.
    stands_alone: bool,
    /// Where it says so.
    #[serde(flatten)]
    place: PlaceEntry<'a>,
}

/// A place in a file or in a database's catalogue.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Place")]
pub(crate) struct PlaceEntry<'a> {
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// The column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    /// The object in the database's catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'a str>,
}

/// What a reader had to say about its input.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Diagnostic")]
pub(crate) struct DiagnosticEntry<'a> {
    /// An error means that part of the question could not be answered.
    severity: Severity,
    /// A stable name.
    code: &'a str,
    /// One line that stands alone.
    message: &'a str,
    /// Where.
    #[serde(flatten)]
    place: PlaceEntry<'a>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

/// Counts.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Summary")]
struct SummaryEntry {
    /// Tables that at least two sources were asked about.
    tables_compared: usize,
    /// Of these, without any finding.
    identical: usize,
    /// Of these, with at least one finding.
    drifted: usize,
    /// Things that were not understood, over all sources.
    opaque: usize,
    /// Findings of error severity.
    errors: usize,
    /// Findings of warning severity.
    warnings: usize,
    /// Findings of note severity.
    notes: usize,
    /// Findings that a comment in a source allows; they are not among the findings.
    suppressed: usize,
    /// Findings that the baseline accepts; they are not among the findings.
    accepted: usize,
    /// Findings that were there before the change that is looked at; they are not among the findings.
    older: usize,
}

impl<'a> Document<'a> {
    fn new(report: &'a Report<'_>) -> Self {
        let summary = &report.comparison.summary;
        Self {
            version: VERSION,
            verdict: report.outcome.as_str(),
            dialect: report.dialect,
            sources: report.comparison.coverage.iter().map(SourceEntry::new).collect(),
            findings: report
                .comparison
                .findings
                .iter()
                .map(|finding| FindingEntry::new(finding, report.files))
                .collect(),
            diagnostics: report
                .diagnostics
                .iter()
                .map(|diagnostic| DiagnosticEntry::new(diagnostic, report.files))
                .collect(),
            summary: SummaryEntry {
                tables_compared: summary.tables_compared,
                identical: summary.identical,
                drifted: summary.drifted,
                opaque: summary.opaque,
                errors: summary.errors,
                warnings: summary.warnings,
                notes: summary.notes,
                suppressed: report.comparison.suppressed.len(),
                accepted: report.comparison.accepted.len(),
                older: report.comparison.older,
            },
        }
    }
}

impl<'a> SourceEntry<'a> {
    fn new(coverage: &'a Coverage) -> Self {
        Self {
            name: &coverage.source,
            kind: &coverage.kind,
            label: &coverage.label,
            coverage: CoverageEntry {
                tables: coverage.tables,
                columns: coverage.columns,
                indexes: coverage.indexes,
                foreign_keys: coverage.foreign_keys,
                enums: coverage.enums,
                opaque: coverage.opaque,
                ignored: coverage.ignored,
            },
        }
    }
}

impl<'a> FindingEntry<'a> {
    fn new(finding: &'a Finding, files: &SourceFiles) -> Self {
        Self {
            rule: finding.rule.name,
            severity: finding.severity,
            fingerprint: finding.fingerprint(),
            at: finding.at.to_string(),
            kind: finding.at.kind,
            headline: &finding.headline,
            verdict: finding.verdict.to_string(),
            answers: finding.answers.iter().map(|answer| AnswerEntry::new(answer, files)).collect(),
            fix: finding.fix.as_deref(),
            notes: &finding.notes,
        }
    }
}

impl<'a> AnswerEntry<'a> {
    fn new(answer: &'a Answer, files: &SourceFiles) -> Self {
        Self {
            source: &answer.source,
            answer: &answer.text,
            detail: answer.detail.as_deref(),
            stands_alone: answer.stands_alone,
            place: PlaceEntry::new(&answer.origin, files),
        }
    }
}

impl<'a> PlaceEntry<'a> {
    pub(crate) fn new(origin: &'a Origin, files: &SourceFiles) -> Self {
        let nowhere = Self { file: None, line: None, column: None, object: None };
        match &origin.place {
            Place::File { path, span } => {
                let position = files.get(path).map(|file| file.position(span.start));
                Self {
                    file: Some(path),
                    line: position.map(|position| position.line),
                    column: position.map(|position| position.column),
                    ..nowhere
                }
            }
            Place::Catalogue { object } => Self { object: Some(object), ..nowhere },
            Place::Nowhere => nowhere,
        }
    }
}

impl<'a> DiagnosticEntry<'a> {
    pub(crate) fn new(diagnostic: &'a Diagnostic, files: &SourceFiles) -> Self {
        Self {
            severity: diagnostic.severity,
            code: &diagnostic.code,
            message: &diagnostic.message,
            place: PlaceEntry::new(&diagnostic.origin, files),
            help: diagnostic.help.as_deref(),
        }
    }
}
