//! The audit as data: what the JSON holds, and what Markdown, HTML and diagrams are rendered from.

mod histories;

use ormsync_schema::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use histories::{History, Migration, MigrationState, TableHistory, TableHistoryState};

/// Version of the document's shape. A reader refuses a number it does not know.
pub const AUDIT_VERSION: u32 = 1;

/// A shared database at a glance.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Audit {
    /// Version of this document's shape: 1.
    pub version: u32,
    /// When, and by what, it was made.
    pub made: Made,
    /// The answer of the gate: `in step`, `drift` or `unanswered`.
    pub verdict: String,
    /// The kind of database server the sources were compared for.
    pub dialect: String,
    /// The server and its version, where one was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The sources, in the order of the comparison.
    pub sources: Vec<AuditSource>,
    /// How many findings there are, by verdict.
    pub drift: Vec<DriftCount>,
    /// The findings, ordered by table, then by kind and name.
    pub findings: Vec<AuditFinding>,
    /// What readers had to say about their input.
    pub diagnostics: Vec<AuditDiagnostic>,
    /// The tables of all sources, side by side.
    pub tables: Vec<AuditTable>,
    /// What refers to what.
    pub relations: Vec<Relation>,
    /// Indexes that do nothing another one does not do.
    pub redundant_indexes: Vec<RedundantIndex>,
    /// Personal data, trails, money, names.
    pub compliance: Compliance,
    /// What documents promise, and what there is.
    pub promises: Vec<Promise>,
    /// How large the tables are, where the server says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub storage: Vec<TableStorage>,
    /// How large the indexes are and how often they were used, where the server says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub index_use: Vec<IndexUse>,
    /// Rows that refer to nothing, where they were counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orphans: Vec<OrphanCount>,
    /// The histories of migrations, where they were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub histories: Vec<History>,
    /// What is wrong with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history_findings: Vec<AuditDiagnostic>,
    /// What changed since an older audit, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
}

/// When, and by what, an audit was made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Made {
    /// The time, in UTC: `2026-11-21T09:30:00Z`.
    pub at: String,
    /// The version of ormsync.
    pub by: String,
    /// The project: its folder's name.
    pub project: String,
}

/// One source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditSource {
    /// Its short name, unique in the document.
    pub name: String,
    /// Its name in sentences.
    pub label: String,
    /// What kind of source it is.
    pub kind: String,
    /// Whether it is a live database.
    pub live: bool,
    /// Where it is read from: a path, or a URL without its password.
    pub place: String,
    /// How many objects of every kind it has.
    pub counts: Counts,
    /// The kinds of objects that it has no words for, as [`Counts::by_kind`] names them: it has none of them and lacks none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsaid: Vec<String>,
}

/// How many objects of every kind a source has, as far as it was understood; tables that are left out of the comparison
/// are counted as `ignored` alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Tables.
    pub tables: usize,
    /// Columns of these.
    pub columns: usize,
    /// Primary keys.
    pub primary_keys: usize,
    /// Indexes and unique constraints; primary keys and what a server makes for a foreign key are not among them.
    pub indexes: usize,
    /// Of these, unique ones.
    pub unique: usize,
    /// Foreign keys.
    pub foreign_keys: usize,
    /// Check constraints.
    pub checks: usize,
    /// Triggers.
    pub triggers: usize,
    /// Enum types.
    pub enums: usize,
    /// Views, materialised ones too.
    pub views: usize,
    /// Sequences that number no column.
    pub sequences: usize,
    /// Functions and procedures.
    pub routines: usize,
    /// Extensions.
    pub extensions: usize,
    /// Things met but not understood.
    pub opaque: usize,
    /// Tables left out of the comparison by configuration, or because they are a tool's own.
    pub ignored: usize,
}

impl Counts {
    /// Every kind with its number, in the order in which they are shown.
    pub fn by_kind(&self) -> [(&'static str, usize); 15] {
        [
            ("tables", self.tables),
            ("columns", self.columns),
            ("primary keys", self.primary_keys),
            ("indexes", self.indexes),
            ("of these unique", self.unique),
            ("foreign keys", self.foreign_keys),
            ("checks", self.checks),
            ("triggers", self.triggers),
            ("enum types", self.enums),
            ("views", self.views),
            ("sequences", self.sequences),
            ("routines", self.routines),
            ("extensions", self.extensions),
            ("not understood", self.opaque),
            ("ignored tables", self.ignored),
        ]
    }
}

/// How many findings have one verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DriftCount {
    /// The verdict: `NAME drifted`, `conflict`, `hazard` …
    pub verdict: String,
    /// Findings of error severity.
    pub errors: usize,
    /// Findings of warning severity.
    pub warnings: usize,
    /// Findings of note severity.
    pub notes: usize,
}

/// One finding of the gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditFinding {
    /// The rule it falls under.
    pub rule: String,
    /// Its severity, after configuration.
    pub severity: Severity,
    /// Which source stands alone.
    pub verdict: String,
    /// What makes it the same finding in another run.
    pub fingerprint: String,
    /// The table, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// What it is about: `table.column`, `table(column, column)`.
    pub at: String,
    /// One line that stands alone.
    pub headline: String,
    /// What every source that has a say answers.
    pub answers: Vec<Cell>,
    /// What to write, and where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// Sentences worth knowing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What one source says about one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// The source's short name.
    pub source: String,
    /// What it says; empty where it has nothing there.
    pub text: String,
    /// Whether it is one of those that differ.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub differs: bool,
    /// Where it says so: `file:line`, or the object in the catalogue.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
}

/// What a reader had to say about its input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditDiagnostic {
    /// An error means that part of the question could not be answered.
    pub severity: Severity,
    /// A stable name.
    pub code: String,
    /// One line that stands alone.
    pub message: String,
    /// Where.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// What a source is to the others in one table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It says the same as the others.
    #[default]
    InStep,
    /// It has no such table, and need not have it.
    Absent,
    /// The others say something else, and nobody stands alone.
    Conflict,
    /// It stands alone in something.
    Drifted,
    /// It has no such table.
    Missing,
}

impl State {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InStep => "in step",
            Self::Absent => "absent",
            Self::Conflict => "conflict",
            Self::Drifted => "drifted",
            Self::Missing => "missing",
        }
    }
}

/// One table, side by side.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditTable {
    /// Its name, behind its namespace where that is not the usual one.
    pub name: String,
    /// Who writes its DDL: `shared`, a source's name, `external`, `observed`.
    pub owner: String,
    /// What each source is to the others here, in the order of the sources.
    pub states: Vec<TableState>,
    /// What each history makes of it, in the order of the histories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub histories: Vec<TableHistory>,
    /// Its columns.
    pub columns: Vec<Row>,
    /// Its key, indexes, foreign keys, checks and triggers.
    pub parts: Vec<Row>,
    /// Its findings, by their place in the document's list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<usize>,
    /// The statements that make it, where those of two sources differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<StatementDiff>,
}

/// What a source is to the others in one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableState {
    /// The source's short name.
    pub source: String,
    /// What it is.
    pub state: State,
    /// Its own name for the table: a model or class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Where it declares it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// The columns that it leaves out and that every INSERT needs: it can't insert.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub insert_lacks: Vec<String>,
    /// How many columns it has there.
    #[serde(default)]
    pub columns: usize,
    /// How many indexes and unique constraints, counted as in [`Counts::indexes`].
    #[serde(default)]
    pub indexes: usize,
    /// How many foreign keys.
    #[serde(default)]
    pub foreign_keys: usize,
}

/// The statements that make a table in two sources, as one text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatementDiff {
    /// The source whose lines begin with `-`.
    pub from: String,
    /// The source whose lines begin with `+`.
    pub to: String,
    /// All lines of both; those that both have begin with a blank.
    pub text: String,
}

/// A column, or another part of a table, side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// `column`, `primary key`, `index`, `foreign key`, `check`, `trigger`.
    pub kind: String,
    /// Its name, or its columns.
    pub name: String,
    /// What each source says, in the order of the sources.
    pub cells: Vec<Cell>,
}

/// Rows of one table that refer to rows of another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Relation {
    /// The table that refers.
    pub from: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table referred to.
    pub to: String,
    /// Its columns; none where nobody says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_columns: Vec<String>,
    /// The sources that know of it.
    pub known_by: Vec<String>,
    /// Whether the live database enforces it; absent where none was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforced: Option<bool>,
    /// Whether an index serves it.
    pub indexed: bool,
}

/// An index that does nothing another one does not do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RedundantIndex {
    /// The source that has it.
    pub source: String,
    /// Its table.
    pub table: String,
    /// Its name, or its columns.
    pub index: String,
    /// The one that does the same, or more.
    pub covered_by: String,
    /// Whether it is the same one twice; else it is the beginning of the other.
    pub duplicate: bool,
}

/// How large a table is, by the server's own account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableStorage {
    /// The table.
    pub table: String,
    /// Its rows, as the server estimates them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Bytes on disk, with its indexes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// How large an index is and how often it was used, by the server's own account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndexUse {
    /// The table.
    pub table: String,
    /// The index.
    pub index: String,
    /// Bytes on disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How often it was read since the server began to count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scans: Option<u64>,
    /// Whether it promises uniqueness: it is of use then even if nobody reads it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
}

/// Rows of one table that refer to nothing, in a sample.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrphanCount {
    /// The table that refers.
    pub from: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table referred to.
    pub to: String,
    /// How many rows that refer to something were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<u64>,
    /// Of these, how many refer to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orphans: Option<u64>,
    /// Why they were not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// What is in one audit and not in an older one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// When the older audit was made.
    pub since: String,
    /// Findings that are new.
    pub new_findings: Vec<String>,
    /// Findings that are gone.
    pub gone_findings: Vec<String>,
    /// Tables that are new.
    pub new_tables: Vec<String>,
    /// Tables that are gone.
    pub gone_tables: Vec<String>,
    /// Columns that are new in tables that were there.
    #[serde(default)]
    pub new_columns: Vec<String>,
    /// Columns that are gone from tables that are still there.
    #[serde(default)]
    pub gone_columns: Vec<String>,
    /// Numbers of objects that are others now.
    pub counts: Vec<String>,
    /// What histories have now, and how far the database has come in them.
    #[serde(default)]
    pub histories: Vec<String>,
    /// Promises that hold now, or no longer.
    #[serde(default)]
    pub promises: Vec<String>,
}

/// Personal data, trails, money, names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Compliance {
    /// Columns that look like personal data.
    pub personal: Vec<PersonalColumn>,
    /// What each table keeps of its rows' history.
    pub trails: Vec<Trail>,
    /// Amounts of money that are stored as floats.
    pub money_as_float: Vec<String>,
    /// How tables and columns are named.
    pub naming: Vec<NamingStyle>,
}

/// A column that looks like personal data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PersonalColumn {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// What it seems to be: `contact`, `name`, `address` …
    pub category: String,
}

/// What a table keeps of its rows' history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trail {
    /// The table.
    pub table: String,
    /// The column with the time of creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// The column with the time of the last change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
    /// The column that says when a row is, or was, to be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<String>,
    /// How many triggers the live database has on it.
    pub triggers: usize,
}

/// How many names are written in one style.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NamingStyle {
    /// `tables` or `columns`.
    pub of: String,
    /// `lowercase` (one word, in any style), `snake_case`, `camelCase`, `PascalCase`, `UPPER_CASE`, `mixed`.
    pub style: String,
    /// How many.
    pub count: usize,
    /// Some of them.
    pub examples: Vec<String>,
}

/// What a document promises, and what there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Promise {
    /// What is promised: `tables`, `indexes`, or a table's name.
    pub what: String,
    /// What the configuration expects.
    pub promised: String,
    /// What was found.
    pub found: String,
    /// Whether both are the same.
    pub holds: bool,
}
