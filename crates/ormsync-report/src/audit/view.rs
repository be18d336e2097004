//! What the documents for people show of an audit: every list and number that Markdown and HTML have in common.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ormsync_schema::Severity;
use serde::Serialize;

use super::diagram::{colour, is_slight, owner_label, owners, worst};
use super::model::{
    Audit, AuditDiagnostic, AuditFinding, AuditSource, AuditTable, DriftCount, IndexUse, Made, NamingStyle,
    OrphanCount, Promise, RedundantIndex, Relation, State, TableState, TableStorage, Trail,
};
use super::timeline::{HistoryView, TableHistoryView, TimelineRow, histories, table_histories, timeline};

/// An audit as its documents show it.
#[derive(Debug, Serialize)]
pub(super) struct View<'a> {
    made: &'a Made,
    verdict: &'a str,
    verdict_class: &'static str,
    dialect: &'a str,
    server: Option<&'a str>,
    has_live: bool,
    sources: &'a [AuditSource],
    counts: Vec<KindCounts>,
    drift: Vec<DriftView<'a>>,
    errors: usize,
    warnings: usize,
    notes: usize,
    states: Vec<StateCount>,
    findings: Vec<FindingView<'a>>,
    /// Findings about no table.
    elsewhere: Vec<FindingView<'a>>,
    hazards: Vec<FindingView<'a>>,
    diagnostics: &'a [AuditDiagnostic],
    tables: Vec<TableView<'a>>,
    owners: Vec<OwnerView<'a>>,
    writers: Vec<WriterView<'a>>,
    unmapped: Vec<&'a str>,
    cannot_insert: Vec<CannotInsert<'a>>,
    relations: &'a [Relation],
    unenforced: Vec<&'a Relation>,
    unindexed: Vec<&'a Relation>,
    orphans: Vec<OrphanView<'a>>,
    orphan_rows: u64,
    rows_looked_at: u64,
    /// Looks at rows that found something, or could not be had.
    bad_orphans: usize,
    redundant: &'a [RedundantIndex],
    unused: Vec<UseView<'a>>,
    largest: Vec<StorageView<'a>>,
    has_use: bool,
    personal: Vec<Personal<'a>>,
    personal_columns: usize,
    trails: &'a [Trail],
    without_trail: usize,
    retained: usize,
    money_as_float: &'a [String],
    naming: &'a [NamingStyle],
    histories: Vec<HistoryView<'a>>,
    history_findings: &'a [AuditDiagnostic],
    timeline: Vec<TimelineRow<'a>>,
    promises: &'a [Promise],
    broken_promises: usize,
    changes: Option<ChangesView<'a>>,
}

/// How many objects of one kind each source has.
#[derive(Debug, Serialize)]
struct KindCounts {
    kind: &'static str,
    /// None where a source has no words for such objects.
    numbers: Vec<Option<usize>>,
    /// Whether the sources have different numbers.
    differ: bool,
}

/// How many findings have one verdict.
#[derive(Debug, Serialize)]
struct DriftView<'a> {
    verdict: String,
    #[serde(flatten)]
    count: Severities<'a>,
}

#[derive(Debug, Serialize)]
struct Severities<'a> {
    errors: &'a usize,
    warnings: &'a usize,
    notes: &'a usize,
}

/// A finding, with its verdict in the words of sentences.
#[derive(Debug, Serialize)]
struct FindingView<'a> {
    severity: Severity,
    rule: &'a str,
    headline: &'a str,
    verdict_text: String,
    fix: Option<&'a str>,
}

/// How many tables are in a state.
#[derive(Debug, Serialize)]
struct StateCount {
    state: &'static str,
    /// Behind a number of tables.
    words: &'static str,
    class: String,
    symbol: &'static str,
    tables: usize,
}

/// A table's row.
#[derive(Debug, Serialize)]
struct TableView<'a> {
    name: &'a str,
    owner: &'a str,
    owner_label: &'a str,
    colour: usize,
    state: &'static str,
    class: String,
    symbol: &'static str,
    /// Whether all that is said of it are notes.
    slight: bool,
    cells: Vec<StateView<'a>>,
    histories: Vec<TableHistoryView<'a>>,
    findings: usize,
    worst_finding: &'static str,
    columns: usize,
    indexes: usize,
    foreign_keys: usize,
}

/// What one source is to the others in a table.
#[derive(Debug, Serialize)]
struct StateView<'a> {
    state: &'static str,
    class: String,
    symbol: &'static str,
    model: Option<&'a str>,
    place: &'a str,
    insert_lacks: &'a [String],
}

#[derive(Debug, Serialize)]
struct OwnerView<'a> {
    name: &'a str,
    label: &'a str,
    colour: usize,
    tables: usize,
}

/// What a source that is no database maps, and where it can insert.
#[derive(Debug, Serialize)]
struct WriterView<'a> {
    label: &'a str,
    maps: usize,
    inserts: usize,
}

#[derive(Debug, Serialize)]
struct CannotInsert<'a> {
    table: &'a str,
    source: &'a str,
    columns: &'a [String],
}

#[derive(Debug, Serialize)]
struct OrphanView<'a> {
    #[serde(flatten)]
    count: &'a OrphanCount,
    is_bad: bool,
}

#[derive(Debug, Serialize)]
struct UseView<'a> {
    table: &'a str,
    index: &'a str,
    size: String,
}

#[derive(Debug, Serialize)]
struct StorageView<'a> {
    table: &'a str,
    rows: Option<u64>,
    size: String,
    indexes: usize,
}

#[derive(Debug, Serialize)]
struct Personal<'a> {
    category: &'a str,
    columns: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ChangesView<'a> {
    since: &'a str,
    lists: Vec<ChangeList<'a>>,
}

#[derive(Debug, Serialize)]
struct ChangeList<'a> {
    title: &'static str,
    lines: &'a [String],
}

/// So many of the largest tables are listed.
const LARGEST: usize = 15;

impl<'a> View<'a> {
    /// What there is to show of an audit.
    pub(super) fn of(audit: &'a Audit) -> Self {
        let has_live = audit.sources.iter().any(|source| source.live);
        let severities =
            || audit.findings.iter().map(|it| it.severity).chain(audit.history_findings.iter().map(|it| it.severity));
        let count = |severity: Severity| severities().filter(|it| *it == severity).count();
        let findings = |wanted: &dyn Fn(&AuditFinding) -> bool| -> Vec<FindingView<'a>> {
            audit.findings.iter().filter(|it| wanted(it)).map(|it| finding(audit, it)).collect()
        };
        let of_relations =
            |wanted: &dyn Fn(&Relation) -> bool| audit.relations.iter().filter(|it| wanted(it)).collect();
        let is_orphaned = |count: &OrphanCount| count.orphans.is_some_and(|orphans| orphans > 0);
        let trails = &audit.compliance.trails;
        let is_without = |trail: &&Trail| trail.created.is_none() && trail.updated.is_none() && trail.triggers == 0;
        Self {
            made: &audit.made,
            verdict: &audit.verdict,
            verdict_class: match audit.verdict.as_str() {
                "in step" => "ok",
                "drift" => "bad",
                _ => "warn",
            },
            dialect: &audit.dialect,
            server: audit.server.as_deref(),
            has_live,
            sources: &audit.sources,
            counts: counts(audit),
            drift: audit.drift.iter().map(|count| drift(audit, count)).collect(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
            states: states(audit),
            findings: findings(&|_| true),
            elsewhere: findings(&|finding| finding.table.is_none()),
            hazards: findings(&|finding| finding.verdict == "hazard"),
            diagnostics: &audit.diagnostics,
            tables: tables(audit),
            owners: owner_views(audit),
            writers: writers(audit),
            unmapped: unmapped(audit),
            cannot_insert: cannot_insert(audit),
            relations: &audit.relations,
            unenforced: of_relations(&|relation| relation.enforced == Some(false)),
            unindexed: of_relations(&|relation| !relation.indexed),
            orphans: audit.orphans.iter().map(|count| OrphanView { count, is_bad: is_orphaned(count) }).collect(),
            orphan_rows: audit.orphans.iter().filter_map(|count| count.orphans).sum(),
            rows_looked_at: audit.orphans.iter().filter_map(|count| count.looked_at).sum(),
            bad_orphans: audit.orphans.iter().filter(|it| is_orphaned(it) || it.problem.is_some()).count(),
            redundant: &audit.redundant_indexes,
            unused: unused(&audit.index_use),
            largest: largest(audit),
            has_use: audit.index_use.iter().any(|index| index.scans.is_some()),
            personal: personal(audit),
            personal_columns: audit.compliance.personal.len(),
            trails,
            without_trail: trails.iter().filter(is_without).count(),
            retained: trails.iter().filter(|trail| trail.deleted.is_some()).count(),
            money_as_float: &audit.compliance.money_as_float,
            naming: &audit.compliance.naming,
            histories: histories(audit),
            history_findings: &audit.history_findings,
            timeline: timeline(audit),
            promises: &audit.promises,
            broken_promises: audit.promises.iter().filter(|promise| !promise.holds).count(),
            changes: audit.changes.as_ref().map(|changes| ChangesView {
                since: &changes.since,
                lists: changes.lists().into_iter().map(|(title, lines)| ChangeList { title, lines }).collect(),
            }),
        }
    }
}

fn class(state: State) -> String {
    state.as_str().replace(' ', "-")
}

/// A verdict in the words of sentences: with the sources' labels for their names.
fn verdict_text(audit: &Audit, verdict: &str) -> String {
    let label =
        |name: &str| audit.sources.iter().find(|source| source.name == name).map(|source| source.label.as_str());
    if let Some(names) = verdict.strip_prefix("unmapped in ") {
        let names: Vec<&str> = names.split(", ").map(|name| label(name).unwrap_or(name)).collect();
        return format!("unmapped in {}", names.join(", "));
    }
    match verdict.rsplit_once(' ') {
        Some((name, rest)) => format!("{} {rest}", label(name).unwrap_or(name)),
        None => verdict.to_owned(),
    }
}

fn drift<'a>(audit: &Audit, count: &'a DriftCount) -> DriftView<'a> {
    let DriftCount { verdict, errors, warnings, notes } = count;
    DriftView { verdict: verdict_text(audit, verdict), count: Severities { errors, warnings, notes } }
}

fn finding<'a>(audit: &Audit, finding: &'a AuditFinding) -> FindingView<'a> {
    FindingView {
        severity: finding.severity,
        rule: &finding.rule,
        headline: &finding.headline,
        verdict_text: verdict_text(audit, &finding.verdict),
        fix: finding.fix.as_deref(),
    }
}

fn counts(audit: &Audit) -> Vec<KindCounts> {
    /// Kinds that everybody asks for: that there are none is worth a line.
    const ALWAYS: [&str; 7] = ["tables", "columns", "indexes", "foreign keys", "triggers", "enum types", "views"];
    /// What is no object of the schema, and so no difference.
    const ASIDE: [&str; 2] = ["not understood", "ignored tables"];
    let of_sources: Vec<_> = audit.sources.iter().map(|source| source.counts.by_kind()).collect();
    let Some(first) = of_sources.first() else { return Vec::new() };
    let row = |at: usize| {
        let kind = first[at].0;
        let number = |(source, kinds): (&AuditSource, &[(&str, usize); 15])| {
            let has_words = kinds[at].1 > 0 || !source.unsaid.iter().any(|unsaid| unsaid == kind);
            has_words.then_some(kinds[at].1)
        };
        let numbers: Vec<Option<usize>> = audit.sources.iter().zip(&of_sources).map(number).collect();
        let said: Vec<usize> = numbers.iter().flatten().copied().collect();
        let differ = said.windows(2).any(|pair| pair[0] != pair[1]) && !ASIDE.contains(&kind);
        KindCounts { kind, numbers, differ }
    };
    let is_shown = |row: &KindCounts| row.numbers.iter().flatten().any(|it| *it > 0) || ALWAYS.contains(&row.kind);
    (0..first.len()).map(row).filter(is_shown).collect()
}

fn states(audit: &Audit) -> Vec<StateCount> {
    let words = |state: State| match state {
        State::InStep => "in step",
        State::Absent => "only in some sources",
        State::Conflict => "in conflict",
        State::Drifted => "drifted",
        State::Missing => "missing in a source",
    };
    let count = |state: State| StateCount {
        state: state.as_str(),
        words: words(state),
        class: class(state),
        symbol: colour(state).1,
        tables: audit.tables.iter().filter(|table| worst(table) == state).count(),
    };
    [State::InStep, State::Drifted, State::Missing, State::Conflict, State::Absent].map(count).into()
}

fn tables(audit: &Audit) -> Vec<TableView<'_>> {
    let owners = owners(audit);
    audit.tables.iter().map(|table| table_view(audit, table, &owners)).collect()
}

fn table_view<'a>(audit: &'a Audit, table: &'a AuditTable, owners: &[&str]) -> TableView<'a> {
    let state = worst(table);
    let severity = table.findings.iter().filter_map(|at| audit.findings.get(*at)).map(|it| it.severity).max();
    let real = real(audit, table);
    TableView {
        name: &table.name,
        owner: &table.owner,
        owner_label: owner_label(audit, &table.owner),
        colour: owners.iter().position(|owner| *owner == table.owner).unwrap_or(0) % 6,
        state: state.as_str(),
        class: class(state),
        symbol: colour(state).1,
        slight: is_slight(audit, table),
        cells: table.states.iter().map(state_view).collect(),
        histories: table_histories(audit, table),
        findings: table.findings.len(),
        worst_finding: severity.map_or("", Severity::as_str),
        columns: real.map_or(0, |real| real.columns),
        indexes: real.map_or(0, |real| real.indexes),
        foreign_keys: real.map_or(0, |real| real.foreign_keys),
    }
}

fn state_view(own: &TableState) -> StateView<'_> {
    StateView {
        state: own.state.as_str(),
        class: class(own.state),
        symbol: colour(own.state).1,
        model: own.model.as_deref(),
        place: &own.place,
        insert_lacks: &own.insert_lacks,
    }
}

fn is_there(state: &TableState) -> bool {
    !matches!(state.state, State::Missing | State::Absent)
}

fn is_live(audit: &Audit, name: &str) -> bool {
    audit.sources.iter().any(|source| source.live && source.name == name)
}

/// The table as it is: what the live database has, else the first source that has it.
fn real<'a>(audit: &Audit, table: &'a AuditTable) -> Option<&'a TableState> {
    let mut there = table.states.iter().filter(|state| is_there(state));
    let first = there.clone().next();
    there.find(|state| is_live(audit, &state.source)).or(first)
}

fn owner_views(audit: &Audit) -> Vec<OwnerView<'_>> {
    let tables = |owner: &str| audit.tables.iter().filter(|table| table.owner == owner).count();
    owners(audit)
        .into_iter()
        .enumerate()
        .map(|(at, name)| OwnerView { name, label: owner_label(audit, name), colour: at % 6, tables: tables(name) })
        .collect()
}

fn writers(audit: &Audit) -> Vec<WriterView<'_>> {
    let of = |source: &'_ AuditSource| {
        let states = audit.tables.iter().flat_map(|table| &table.states);
        let there = || states.clone().filter(|state| state.source == source.name && is_there(state));
        (there().count(), there().filter(|state| state.insert_lacks.is_empty()).count())
    };
    let declared = audit.sources.iter().filter(|source| !source.live);
    declared
        .map(|source| {
            let (maps, inserts) = of(source);
            WriterView { label: &source.label, maps, inserts }
        })
        .collect()
}

/// Tables that the live database has and no other source maps.
fn unmapped(audit: &Audit) -> Vec<&str> {
    let only_live = |table: &&AuditTable| {
        let mut there = table.states.iter().filter(|state| is_there(state)).peekable();
        there.peek().is_some() && there.all(|state| is_live(audit, &state.source))
    };
    audit.tables.iter().filter(only_live).map(|table| table.name.as_str()).collect()
}

fn cannot_insert(audit: &Audit) -> Vec<CannotInsert<'_>> {
    let mut found = Vec::new();
    for table in &audit.tables {
        for state in table.states.iter().filter(|state| is_there(state) && !state.insert_lacks.is_empty()) {
            let source = audit.sources.iter().find(|source| source.name == state.source);
            let source = source.map_or(state.source.as_str(), |source| &source.label);
            found.push(CannotInsert { table: &table.name, source, columns: &state.insert_lacks });
        }
    }
    found
}

/// Indexes that nobody read since the server began to count, and that promise nothing; the largest first.
fn unused(indexes: &[IndexUse]) -> Vec<UseView<'_>> {
    let mut unused: Vec<&IndexUse> = indexes.iter().filter(|index| index.scans == Some(0) && !index.unique).collect();
    unused.sort_by_key(|index| Reverse(index.bytes));
    let view = |index: &IndexUse| index.bytes.map(size_text).unwrap_or_default();
    unused.into_iter().map(|own| UseView { table: &own.table, index: &own.index, size: view(own) }).collect()
}

fn largest(audit: &Audit) -> Vec<StorageView<'_>> {
    let mut storage: Vec<&TableStorage> = audit.storage.iter().collect();
    storage.sort_by_key(|own| (Reverse(own.bytes), own.table.as_str()));
    storage.truncate(LARGEST);
    let indexes = |name: &str| {
        let table = audit.tables.iter().find(|table| table.name == name);
        table.and_then(|table| real(audit, table)).map_or(0, |real| real.indexes)
    };
    let size = |own: &TableStorage| own.bytes.map(size_text).unwrap_or_default();
    storage
        .into_iter()
        .map(|own| StorageView { table: &own.table, rows: own.rows, size: size(own), indexes: indexes(&own.table) })
        .collect()
}

fn personal(audit: &Audit) -> Vec<Personal<'_>> {
    let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for column in &audit.compliance.personal {
        kinds.entry(&column.category).or_default().push(format!("{}.{}", column.table, column.column));
    }
    kinds.into_iter().map(|(category, columns)| Personal { category, columns }).collect()
}

/// `1.5 MB`: with one digit behind the point from a kilobyte on, in steps of 1024.
fn size_text(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    // In tenths, so that nothing is lost on the way.
    let (mut tenths, mut unit) = (bytes.saturating_mul(10) / 1024, 0);
    while tenths >= 10 * 1024 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_words() {
        assert_eq!(size_text(0), "0 B");
        assert_eq!(size_text(1023), "1023 B");
        assert_eq!(size_text(8192), "8.0 kB");
        assert_eq!(size_text(1536 * 1024), "1.5 MB");
        assert_eq!(size_text(u64::MAX).split(' ').next_back(), Some("PB"));
    }
}
