//! What the documents for people show of an audit: every list and number that Markdown and HTML have in common.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ormsync_schema::Severity;
use serde::Serialize;

use super::diagram::{colour, owners, worst};
use super::model::{
    Audit, AuditDiagnostic, AuditFinding, AuditSource, AuditTable, DriftCount, History, IndexUse, Made, MigrationState,
    NamingStyle, OrphanCount, Promise, RedundantIndex, Relation, State, TableState, TableStorage, Trail,
};

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
    drift: &'a [DriftCount],
    errors: usize,
    warnings: usize,
    notes: usize,
    states: Vec<StateCount>,
    findings: &'a [AuditFinding],
    /// Findings about no table.
    elsewhere: Vec<&'a AuditFinding>,
    hazards: Vec<&'a AuditFinding>,
    diagnostics: &'a [AuditDiagnostic],
    tables: Vec<TableView<'a>>,
    owners: Vec<OwnerView<'a>>,
    unmapped: Vec<&'a str>,
    cannot_insert: Vec<CannotInsert<'a>>,
    relations: &'a [Relation],
    unenforced: Vec<&'a Relation>,
    unindexed: Vec<&'a Relation>,
    orphans: Vec<OrphanView<'a>>,
    orphan_rows: u64,
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
    promises: &'a [Promise],
    broken_promises: usize,
    changes: Option<ChangesView<'a>>,
}

/// How many objects of one kind each source has.
#[derive(Debug, Serialize)]
struct KindCounts {
    kind: &'static str,
    numbers: Vec<usize>,
    /// Whether the sources have different numbers.
    differ: bool,
}

/// How many tables are in a state.
#[derive(Debug, Serialize)]
struct StateCount {
    state: &'static str,
    class: String,
    symbol: &'static str,
    tables: usize,
}

/// A table's row.
#[derive(Debug, Serialize)]
struct TableView<'a> {
    name: &'a str,
    owner: &'a str,
    colour: usize,
    state: &'static str,
    class: String,
    symbol: &'static str,
    cells: Vec<StateView<'a>>,
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
    colour: usize,
    tables: usize,
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
struct HistoryView<'a> {
    #[serde(flatten)]
    history: &'a History,
    applied: usize,
    pending: usize,
    unmirrored: usize,
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
        let count = |severity: Severity| audit.findings.iter().filter(|it| it.severity == severity).count();
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
            drift: &audit.drift,
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
            states: states(audit),
            findings: &audit.findings,
            elsewhere: audit.findings.iter().filter(|finding| finding.table.is_none()).collect(),
            hazards: audit.findings.iter().filter(|finding| finding.verdict == "hazard").collect(),
            diagnostics: &audit.diagnostics,
            tables: tables(audit),
            owners: owner_views(audit),
            unmapped: unmapped(audit),
            cannot_insert: cannot_insert(audit),
            relations: &audit.relations,
            unenforced: of_relations(&|relation| relation.enforced == Some(false)),
            unindexed: of_relations(&|relation| !relation.indexed),
            orphans: audit.orphans.iter().map(|count| OrphanView { count, is_bad: is_orphaned(count) }).collect(),
            orphan_rows: audit.orphans.iter().filter_map(|count| count.orphans).sum(),
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
            histories: audit.histories.iter().map(history).collect(),
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

fn counts(audit: &Audit) -> Vec<KindCounts> {
    let of_sources: Vec<_> = audit.sources.iter().map(|source| source.counts.by_kind()).collect();
    let Some(first) = of_sources.first() else { return Vec::new() };
    let row = |at: usize| {
        let numbers: Vec<usize> = of_sources.iter().map(|kinds| kinds[at].1).collect();
        let differ = numbers.windows(2).any(|pair| pair[0] != pair[1]);
        KindCounts { kind: first[at].0, numbers, differ }
    };
    // Kinds that nobody has say nothing, except the first few, which everybody asks for.
    (0..first.len())
        .map(row)
        .filter(|row| row.numbers.iter().any(|number| *number > 0) || row.kind == "tables")
        .collect()
}

fn states(audit: &Audit) -> Vec<StateCount> {
    let count = |state: State| StateCount {
        state: state.as_str(),
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

fn table_view<'a>(audit: &Audit, table: &'a AuditTable, owners: &[&str]) -> TableView<'a> {
    let state = worst(table);
    let severity = table.findings.iter().filter_map(|at| audit.findings.get(*at)).map(|it| it.severity).max();
    let real = real(audit, table);
    TableView {
        name: &table.name,
        owner: &table.owner,
        colour: owners.iter().position(|owner| *owner == table.owner).unwrap_or(0) % 6,
        state: state.as_str(),
        class: class(state),
        symbol: colour(state).1,
        cells: table.states.iter().map(state_view).collect(),
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
        .map(|(at, name)| OwnerView { name, colour: at % 6, tables: tables(name) })
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

fn history(history: &History) -> HistoryView<'_> {
    let count = |state: MigrationState| history.migrations.iter().filter(|it| it.state == state).count();
    HistoryView {
        history,
        applied: count(MigrationState::Applied),
        pending: count(MigrationState::Pending),
        unmirrored: history.migrations.iter().filter(|migration| migration.mirror.is_none()).count(),
    }
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
