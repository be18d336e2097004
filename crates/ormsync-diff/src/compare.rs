//! The comparison as a whole.

use std::collections::{BTreeMap, HashSet};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;

use ormsync_dialect::Dialect;
use ormsync_schema::{Diagnostic, ObjectKind, ObjectPath, Severity, Suppression};
use serde::Serialize;

use crate::comparing::Comparing;
use crate::overrides::Overrides;
use crate::ownership::Owners;
use crate::selection::{Selection, select};
use crate::suppress::suppress;
use crate::tables::TableRow;
use crate::{
    Coverage, Finding, LongName, Override, OwnershipPatterns, RULES, Source, Witness, columns, conditions, coverage,
    delete_rules, enums, foreign_keys, hazards, indexes, names_on_server, objects, options, primary_keys, tables,
    witness,
};

/// So few tables are compared in a few milliseconds: another thread would save next to nothing.
const LEAST_SHARE: usize = 100;

/// How to compare.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The source the user declared to be right, by its name.
    pub truth: Option<String>,
    /// Who writes which table's DDL.
    pub ownership: OwnershipPatterns,
    /// Severities set by the configuration; `None` switches a rule off.
    pub severities: BTreeMap<String, Option<Severity>>,
    /// Severities for some tables and columns only, which win over `severities`.
    pub overrides: Vec<Override>,
    /// Comments in the sources that allow findings.
    pub suppressions: Vec<Suppression>,
    /// What else says which server the project is for, beside its sources.
    pub witnesses: Vec<Witness>,
    /// Names that are longer than the server keeps them.
    pub long_names: Vec<LongName>,
    /// The part of the findings that is asked for.
    pub selection: Selection,
    /// Differences only, no hazards: what all sources agree on is not told.
    pub differences_only: bool,
}

/// What came of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The differences, ordered by table, then by kind and name.
    pub findings: Vec<Finding>,
    /// Those that a comment in a source allows, in the same order; they are not counted as findings.
    pub suppressed: Vec<Finding>,
    /// The tables that at least two sources were asked about, with and without findings.
    pub tables: Vec<ObjectPath>,
    /// How much of each source was compared, in the order of the sources.
    pub coverage: Vec<Coverage>,
    /// Those that a baseline accepts, in the same order; they are not counted as findings.
    pub accepted: Vec<Finding>,
    /// How many findings were there before the change that is looked at; they are not among the findings.
    pub older: usize,
    /// Counts.
    pub summary: Summary,
    /// What the comparison itself has to say: a glob in the configuration that is not one.
    pub diagnostics: Vec<Diagnostic>,
}

/// The counts of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Tables that at least two sources were asked about.
    pub tables_compared: usize,
    /// Of these, without any finding.
    pub identical: usize,
    /// Of these, with at least one finding.
    pub drifted: usize,
    /// Things that were not understood, over all sources.
    pub opaque: usize,
    /// Findings of error severity.
    pub errors: usize,
    /// Findings of warning severity.
    pub warnings: usize,
    /// Findings of note severity.
    pub notes: usize,
}

/// Compares any number of sources (one is in step with itself). All must be in `dialect`'s normal form.
pub fn compare(sources: &[Source<'_>], dialect: &dyn Dialect, options: &Options) -> Comparison {
    let mut diagnostics = Vec::new();
    let owners = Owners::new(&options.ownership, &mut diagnostics);
    let overrides = Overrides::new(&options.overrides, &mut diagnostics);
    let mut comparing = Comparing::new(sources, dialect, options, overrides);
    let (rows, ignored) = tables::rows(&comparing, &owners);

    options::compare_providers(&mut comparing);
    witness::compare(&mut comparing, &options.witnesses);
    objects::compare(&mut comparing, &owners);
    enums::compare(&mut comparing, &rows);
    tables::compare(&mut comparing, &rows);
    if !options.differences_only {
        hazards::tables_differing_by_case(&mut comparing, &rows);
        names_on_server::long(&mut comparing, &options.long_names);
    }
    let found = compare_tables(&comparing, &rows, options.differences_only);
    comparing.findings.extend(found);

    let mut findings = comparing.findings;
    select(&mut findings, &options.selection, (&rows, namespace_of(dialect)), &mut diagnostics);
    findings.sort_by_cached_key(sort_key);
    let namespace = dialect.default_namespace();
    let suppressed = suppress(&mut findings, &options.suppressions, sources, namespace, &mut diagnostics);
    let coverage: Vec<Coverage> =
        sources.iter().zip(ignored).map(|(source, ignored)| coverage::count(source, ignored)).collect();
    let tables = compared_tables(&rows, dialect);
    let summary = summarise(&tables, &findings, &coverage);
    Comparison { findings, suppressed, tables, coverage, summary, diagnostics, ..Comparison::default() }
}

/// What is found in the tables, in their order. Each is compared by itself: many are shared out among the processors.
fn compare_tables<'a>(comparing: &Comparing<'a>, rows: &[TableRow<'a>], differences_only: bool) -> Vec<Finding> {
    let compare_share = &|rows: &[TableRow<'a>]| {
        let mut comparing = comparing.beside();
        rows.iter().for_each(|row| compare_table(&mut comparing, row, differences_only));
        comparing.findings
    };
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let mut shares = rows.chunks(rows.len().div_ceil(processors).max(LEAST_SHARE));
    let own = shares.next().unwrap_or_default();
    thread::scope(|scope| {
        let begin = |share| thread::Builder::new().spawn_scoped(scope, move || compare_share(share));
        let others: Vec<_> = shares.map(|share| (share, begin(share))).collect();
        let mut findings = compare_share(own);
        for (share, begun) in others {
            findings.extend(match begun {
                Ok(begun) => begun.join().unwrap_or_else(|panic| resume_unwind(panic)),
                // There is no other thread to be had.
                Err(_) => compare_share(share),
            });
        }
        findings
    })
}

fn compare_table<'a>(comparing: &mut Comparing<'a>, row: &TableRow<'a>, differences_only: bool) {
    if row.holders() > 1 {
        compare_shared_table(comparing, row, differences_only);
    }
    if !differences_only {
        hazards::columns_differing_by_case(comparing, row);
    }
}

/// A table that several sources have.
fn compare_shared_table<'a>(comparing: &mut Comparing<'a>, row: &TableRow<'a>, differences_only: bool) {
    let told = comparing.findings.len();
    columns::compare(comparing, row);
    primary_keys::compare(comparing, row);
    indexes::compare(comparing, row);
    foreign_keys::compare(comparing, row);
    conditions::compare(comparing, row);
    objects::compare_triggers(comparing, row);
    objects::compare_policies(comparing, row);
    options::compare_row_security(comparing, row);
    options::compare_partitioning(comparing, row);
    options::compare_comments(comparing, row);
    options::compare(comparing, row);
    if !differences_only {
        hazards::compare(comparing, row, told);
        delete_rules::compare(comparing, row, told);
        names_on_server::reserved(comparing, row);
    }
}

impl Comparison {
    /// Counts anew, after findings were taken out.
    pub fn count_again(&mut self) {
        self.summary = summarise(&self.tables, &self.findings, &self.coverage);
    }
}

fn namespace_of(dialect: &dyn Dialect) -> &'static str {
    dialect.default_namespace()
}

/// What is outside tables first, then by table, kind and name.
fn sort_key(finding: &Finding) -> (bool, String, Option<String>, ObjectKind, Option<String>, usize) {
    let at = &finding.at;
    let rule = RULES.iter().position(|rule| rule.name == finding.rule.name).unwrap_or(RULES.len());
    (at.table.is_some(), at.namespace.clone(), at.table.clone(), at.kind, at.name.clone(), rule)
}

fn compared_tables(rows: &[TableRow<'_>], dialect: &dyn Dialect) -> Vec<ObjectPath> {
    rows.iter()
        .filter(|row| row.slots.iter().filter(|said| said.has_say()).count() > 1)
        .map(|row| {
            let namespace = if row.namespace == dialect.default_namespace() { "" } else { row.namespace };
            ObjectPath::table(namespace, row.name)
        })
        .collect()
}

fn summarise(tables: &[ObjectPath], findings: &[Finding], coverage: &[Coverage]) -> Summary {
    let with_findings: HashSet<(&str, Option<&str>)> =
        findings.iter().map(|finding| (finding.at.namespace.as_str(), finding.at.table.as_deref())).collect();
    let mut summary = Summary { opaque: coverage.iter().map(|coverage| coverage.opaque).sum(), ..Summary::default() };
    for table in tables {
        summary.tables_compared += 1;
        if with_findings.contains(&(table.namespace.as_str(), table.table.as_deref())) {
            summary.drifted += 1;
        } else {
            summary.identical += 1;
        }
    }
    for finding in findings {
        match finding.severity {
            Severity::Error => summary.errors += 1,
            Severity::Warning => summary.warnings += 1,
            Severity::Note => summary.notes += 1,
        }
    }
    summary
}
