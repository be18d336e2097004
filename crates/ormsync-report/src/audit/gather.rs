//! From the sources and the findings to the audit.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ormsync_dialect::Dialect;
use ormsync_diff::{
    Finding, MatchedTable, Options, Ownership, Role, Source, Verdict, column_text, foreign_key_text, index_text,
    match_tables,
};
use ormsync_schema::{Column, Diagnostic, Fact, IndexPart, ObjectPath, Origin, Place, Severity, Table};

use super::model::{
    AUDIT_VERSION, Audit, AuditDiagnostic, AuditFinding, AuditSource, AuditTable, Cell, Counts, DriftCount, History,
    IndexUse, Made, Row, State, TableHistory, TableState, TableStorage,
};
use super::{Expectations, compliance, indexes, promises, relations, statements};
use crate::Report;

/// All that an audit is made of.
#[derive(Clone, Copy)]
pub struct AuditInput<'a> {
    /// The gate's report of the same sources.
    pub report: &'a Report<'a>,
    /// The sources, in normal form.
    pub sources: &'a [Source<'a>],
    /// Where each of them is read from: a path, or a URL without its password.
    pub places: &'a [String],
    /// Their dialect.
    pub dialect: &'a dyn Dialect,
    /// How they were compared.
    pub options: &'a Options,
    /// When, and by what, it is made.
    pub made: &'a Made,
    /// What documents promise, and what else to look for.
    pub expectations: &'a Expectations,
    /// What was asked of the live database besides its catalogue.
    pub extras: &'a Extras,
}

/// What was asked of a live database besides its catalogue; all of it may be empty.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    /// Sizes of tables.
    pub storage: Vec<TableStorage>,
    /// Sizes and use of indexes.
    pub index_use: Vec<IndexUse>,
    /// The histories of migrations.
    pub histories: Vec<History>,
    /// What is wrong with them.
    pub history_findings: Vec<Diagnostic>,
    /// What they make of each table, by its name as audits write it.
    pub table_histories: HashMap<String, Vec<TableHistory>>,
}

impl std::fmt::Debug for AuditInput<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AuditInput").field("report", self.report).finish_non_exhaustive()
    }
}

/// Makes the audit.
pub fn audit(input: &AuditInput<'_>) -> Audit {
    let matched = match_tables(input.sources, input.dialect, input.options);
    let findings = &input.report.comparison.findings;
    let mut by_table: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, finding) in findings.iter().enumerate() {
        if let Some(table) = table_of(&finding.at) {
            by_table.entry(table).or_default().push(at);
        }
    }
    let tables: Vec<AuditTable> = matched
        .iter()
        .map(|table| {
            let own = by_table.remove(&full_name(table)).unwrap_or_default();
            OneTable { input, table, findings: own }.audited()
        })
        .collect();
    let server = input.sources.iter().find_map(|source| source.schema.server.as_ref());
    let sources: Vec<AuditSource> = (0..input.sources.len()).map(|source| source_of(input, &matched, source)).collect();
    let mut audit = Audit {
        version: AUDIT_VERSION,
        made: input.made.clone(),
        verdict: input.report.outcome.as_str().to_owned(),
        dialect: input.report.dialect.to_owned(),
        server: server.map(|server| format!("{} {}", server.product, numbers(&server.version))),
        sources,
        drift: drift(findings, &input.extras.history_findings),
        findings: findings.iter().map(|finding| finding_of(input, finding)).collect(),
        diagnostics: diagnostics(input, input.report.diagnostics),
        tables,
        relations: relations::of(input, &matched),
        redundant_indexes: indexes::redundant(input, &matched),
        compliance: compliance::of(input, &matched),
        storage: known_tables(&matched, &input.extras.storage, |storage| &storage.table),
        index_use: indexes::in_use(&matched, &input.extras.index_use, input),
        histories: input.extras.histories.clone(),
        history_findings: diagnostics(input, &input.extras.history_findings),
        ..Audit::default()
    };
    audit.promises = promises::of(&audit, input.expectations);
    audit
}

/// What is said of tables that the audit is about.
fn known_tables<T: Clone>(tables: &[MatchedTable<'_>], said: &[T], name: impl Fn(&T) -> &str) -> Vec<T> {
    let names: BTreeSet<String> = tables.iter().map(full_name).collect();
    said.iter().filter(|said| names.contains(name(said))).cloned().collect()
}

/// `15.4`.
fn numbers(version: &[u32]) -> String {
    version.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// The name of the table that a finding is about.
fn table_of(at: &ObjectPath) -> Option<String> {
    let table = at.table.as_ref()?;
    Some(if at.namespace.is_empty() { table.clone() } else { format!("{}.{table}", at.namespace) })
}

/// A table's name, behind its namespace where that is not the usual one.
pub(super) fn full_name(table: &MatchedTable<'_>) -> String {
    if table.namespace.is_empty() { table.name.to_owned() } else { format!("{}.{}", table.namespace, table.name) }
}

/// What an index or key is made of: `(a, b)`.
pub(super) fn parts_name(parts: &[IndexPart]) -> String {
    let names: Vec<&str> = parts.iter().map(|part| part.as_column().unwrap_or("expression")).collect();
    format!("({})", names.join(", "))
}

/// The table as it is: the live one, else that of the first source that has it.
pub(super) fn real<'a>(input: &AuditInput<'_>, table: &MatchedTable<'a>) -> Option<(usize, &'a Table)> {
    let live = (0..table.tables.len()).find(|source| is_live(input, *source) && table.tables[*source].is_some());
    let source = live.or_else(|| table.tables.iter().position(Option::is_some))?;
    Some((source, table.tables[source]?))
}

pub(super) fn is_live(input: &AuditInput<'_>, source: usize) -> bool {
    input.sources[source].role == Role::Live
}

/// `file:line`, or the object in the catalogue.
pub(super) fn place_text(input: &AuditInput<'_>, origin: &Origin) -> String {
    match &origin.place {
        Place::File { path, span } => match input.report.files.get(path) {
            Some(file) => format!("{path}:{}", file.position(span.start).line),
            None => path.to_string(),
        },
        Place::Catalogue { object } => object.clone(),
        Place::Nowhere => String::new(),
    }
}

fn source_of(input: &AuditInput<'_>, matched: &[MatchedTable<'_>], at: usize) -> AuditSource {
    let source = &input.sources[at];
    let coverage = input.report.comparison.coverage.iter().find(|coverage| coverage.source == source.name);
    let mut counts = Counts {
        extensions: source.schema.extensions.len(),
        opaque: coverage.map_or(0, |coverage| coverage.opaque),
        ignored: coverage.map_or(0, |coverage| coverage.ignored),
        ..Counts::default()
    };
    for namespace in source.schema.namespaces.values() {
        counts.enums += namespace.enums.len();
        counts.views += namespace.views.len();
        counts.sequences += namespace.sequences.len();
        counts.routines += namespace.routines.len();
    }
    for table in matched.iter().filter_map(|table| table.tables[at]) {
        let own = || table.indexes.iter().filter(|index| !index.implicit);
        counts.tables += 1;
        counts.columns += table.columns.len();
        counts.primary_keys += usize::from(table.primary_key.is_some());
        counts.indexes += own().count();
        counts.unique += own().filter(|index| index.kind.is_unique()).count();
        counts.foreign_keys += table.foreign_keys.len();
        counts.checks += table.checks.len();
        counts.triggers += table.triggers.len();
    }
    AuditSource {
        name: source.name.to_owned(),
        label: source.label.to_owned(),
        kind: source.kind.to_owned(),
        live: is_live(input, at),
        place: input.places.get(at).cloned().unwrap_or_default(),
        counts,
        unsaid: unsaid(source),
    }
}

/// The kinds of objects that a source has no words for.
fn unsaid(source: &Source<'_>) -> Vec<String> {
    const KINDS: [(Fact, &str); 7] = [
        (Fact::Check, "checks"),
        (Fact::Trigger, "triggers"),
        (Fact::EnumType, "enum types"),
        (Fact::View, "views"),
        (Fact::Sequence, "sequences"),
        (Fact::Routine, "routines"),
        (Fact::Extension, "extensions"),
    ];
    KINDS.iter().filter(|(fact, _)| !source.schema.says(*fact)).map(|(_, kind)| (*kind).to_owned()).collect()
}

/// The name of the line with what is wrong with histories.
const HISTORIES: &str = "histories";

fn drift(findings: &[Finding], histories: &[Diagnostic]) -> Vec<DriftCount> {
    let mut counts: BTreeMap<String, DriftCount> = BTreeMap::new();
    let of_findings = findings.iter().map(|finding| (finding.verdict.to_string(), finding.severity));
    let of_histories = histories.iter().map(|finding| (HISTORIES.to_owned(), finding.severity));
    for (verdict, severity) in of_findings.chain(of_histories) {
        let count = counts.entry(verdict.clone()).or_insert_with(|| DriftCount { verdict, ..DriftCount::default() });
        match severity {
            Severity::Error => count.errors += 1,
            Severity::Warning => count.warnings += 1,
            Severity::Note => count.notes += 1,
        }
    }
    counts.into_values().collect()
}

fn finding_of(input: &AuditInput<'_>, finding: &Finding) -> AuditFinding {
    let answer = |answer: &ormsync_diff::Answer| Cell {
        source: answer.source.clone(),
        text: answer.text.clone(),
        differs: answer.stands_alone,
        place: place_text(input, &answer.origin),
    };
    AuditFinding {
        rule: finding.rule.name.to_owned(),
        severity: finding.severity,
        verdict: finding.verdict.to_string(),
        fingerprint: finding.fingerprint(),
        table: table_of(&finding.at),
        at: finding.at.to_string(),
        headline: finding.headline.clone(),
        answers: finding.answers.iter().map(answer).collect(),
        fix: finding.fix.clone(),
        notes: finding.notes.clone(),
    }
}

fn diagnostics(input: &AuditInput<'_>, diagnostics: &[Diagnostic]) -> Vec<AuditDiagnostic> {
    let of = |diagnostic: &Diagnostic| AuditDiagnostic {
        severity: diagnostic.severity,
        code: diagnostic.code.to_string(),
        message: diagnostic.message.clone(),
        place: place_text(input, &diagnostic.origin),
        help: diagnostic.help.clone(),
    };
    diagnostics.iter().map(of).collect()
}

/// One table on its way into the audit.
struct OneTable<'i, 'a> {
    input: &'i AuditInput<'i>,
    table: &'i MatchedTable<'a>,
    /// Its findings, by their place in the comparison.
    findings: Vec<usize>,
}

impl OneTable<'_, '_> {
    fn audited(self) -> AuditTable {
        let differs = self.own_findings().any(|finding| finding.verdict != Verdict::Hazard);
        AuditTable {
            name: full_name(self.table),
            owner: match &self.table.ownership {
                Ownership::Shared => "shared".to_owned(),
                Ownership::Source(source) => source.clone(),
                Ownership::External => "external".to_owned(),
                Ownership::Observed => "observed".to_owned(),
                Ownership::Ignored => "ignored".to_owned(),
            },
            states: (0..self.input.sources.len()).map(|source| self.state(source)).collect(),
            histories: self.input.extras.table_histories.get(&full_name(self.table)).cloned().unwrap_or_default(),
            columns: self.columns(),
            parts: self.parts(),
            statements: if differs { statements::of(self.input, self.table) } else { Vec::new() },
            findings: self.findings,
        }
    }

    fn own_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().map(|at| &self.input.report.comparison.findings[*at])
    }

    fn state(&self, source: usize) -> TableState {
        let name = self.input.sources[source].name;
        let Some(table) = self.table.tables[source] else {
            let is_missed = self
                .own_findings()
                .any(|finding| finding.at.name.is_none() && finding.answers.iter().any(|answer| answer.source == name));
            let state = if is_missed { State::Missing } else { State::Absent };
            return TableState { source: name.to_owned(), state, ..TableState::default() };
        };
        let mut state = State::InStep;
        for finding in self.own_findings().filter(|finding| finding.verdict != Verdict::Hazard) {
            let blamed = finding.answers.iter().any(|answer| answer.stands_alone);
            match finding.answers.iter().find(|answer| answer.source == name) {
                Some(answer) if answer.stands_alone => state = state.max(State::Drifted),
                Some(_) if !blamed => state = state.max(State::Conflict),
                _ => {}
            }
        }
        TableState {
            source: name.to_owned(),
            state,
            model: table.model.clone(),
            place: place_text(self.input, &table.origin),
            insert_lacks: if is_live(self.input, source) { Vec::new() } else { self.insert_lacks(source) },
            columns: table.columns.len(),
            indexes: table.indexes.iter().filter(|index| !index.implicit).count(),
            foreign_keys: table.foreign_keys.len(),
        }
    }

    /// The columns that every INSERT needs and that a source does not map.
    fn insert_lacks(&self, source: usize) -> Vec<String> {
        let Some((holder, _)) = real(self.input, self.table) else { return Vec::new() };
        let needed = |column: &Column| {
            let fills_in = column.default.is_some() || column.identity.is_some() || column.generated.is_some();
            !column.nullable && !fills_in
        };
        let columns = self.table.columns.iter().filter(|column| {
            column.columns[holder].is_some_and(needed) && column.columns[source].is_none_or(|own| own.client.ignored)
        });
        columns.map(|column| column.name.to_owned()).collect()
    }

    /// Whether a source is one of those that differ in something of that name.
    fn differs(&self, source: usize, name: &str) -> bool {
        let label = self.input.sources[source].name;
        self.own_findings().filter(|finding| finding.at.name.as_deref() == Some(name)).any(|finding| {
            let blamed = finding.answers.iter().any(|answer| answer.stands_alone);
            let own = finding.answers.iter().find(|answer| answer.source == label);
            finding.verdict != Verdict::Hazard && own.is_some_and(|answer| answer.stands_alone || !blamed)
        })
    }

    fn cell(&self, source: usize, name: &str, said: Option<(String, &Origin)>) -> Cell {
        let (text, place) = match said {
            Some((text, origin)) => (text, place_text(self.input, origin)),
            None => (String::new(), String::new()),
        };
        Cell { source: self.input.sources[source].name.to_owned(), text, differs: self.differs(source, name), place }
    }

    fn columns(&self) -> Vec<Row> {
        let of = |column: &ormsync_diff::MatchedColumn<'_>| Row {
            kind: "column".to_owned(),
            name: column.name.to_owned(),
            cells: column
                .columns
                .iter()
                .enumerate()
                .map(|(source, own)| {
                    let said = own.map(|own| (self.column_text(own), &own.origin));
                    self.cell(source, column.name, said)
                })
                .collect(),
        };
        self.table.columns.iter().map(of).collect()
    }

    /// What a source says of a column, with what its ORM does by itself.
    fn column_text(&self, column: &Column) -> String {
        let mut text = column_text(self.input.dialect, column);
        if let Some(default) = &column.client.default {
            text += &format!("; filled in by {default}");
        }
        if let Some(update) = &column.client.update {
            text += &format!("; set on update by {update}");
        }
        text
    }

    fn parts(&self) -> Vec<Row> {
        let mut rows: BTreeMap<PartKey, Vec<Option<(String, Origin)>>> = BTreeMap::new();
        let count = self.table.tables.len();
        let mut add = |rank: u8, kind: &'static str, name: String, source: usize, said: (String, Origin)| {
            rows.entry((rank, kind, name)).or_insert_with(|| vec![None; count])[source].get_or_insert(said);
        };
        for (source, table) in self.table.tables.iter().enumerate() {
            let Some(table) = table else { continue };
            if let Some(key) = &table.primary_key {
                add(
                    0,
                    "primary key",
                    parts_name(&key.parts),
                    source,
                    (named("primary key", &key.name), key.origin.clone()),
                );
            }
            for index in table.indexes.iter().filter(|index| !index.implicit) {
                let text = named(&index_text(index), &index.name);
                add(1, "index", parts_name(&index.parts), source, (text, index.origin.clone()));
            }
            for key in &table.foreign_keys {
                let name = format!("({})", key.columns.join(", "));
                add(2, "foreign key", name, source, (named(&foreign_key_text(key), &key.name), key.origin.clone()));
            }
            for check in &table.checks {
                let name = check.name.clone().unwrap_or_else(|| "(check)".to_owned());
                add(3, "check", name, source, (check.expression.text.clone(), check.origin.clone()));
            }
            for name in table.triggers.keys() {
                add(4, "trigger", name.clone(), source, ("trigger".to_owned(), table.origin.clone()));
            }
        }
        let row = |((_, kind, name), said): (PartKey, Vec<Option<(String, Origin)>>)| {
            let cell = |(source, said): (usize, &Option<(String, Origin)>)| {
                let said = said.as_ref().map(|(text, origin)| (text.clone(), origin));
                self.cell(source, &name, said)
            };
            Row { kind: kind.to_owned(), cells: said.iter().enumerate().map(cell).collect(), name: name.clone() }
        };
        rows.into_iter().map(row).collect()
    }
}

/// A part of a table: the rank that orders its kind, its kind, its name.
type PartKey = (u8, &'static str, String);

fn named(text: &str, name: &Option<String>) -> String {
    match name {
        Some(name) => format!("{text} ({name})"),
        None => text.to_owned(),
    }
}
