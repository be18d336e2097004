//! One changed fact in one source is exactly one finding: of the right rule, with the right verdict, at the
//! right place; and none where nobody else has words for it.
//!
//! Every fixture project is read once (its three sources, the database from a real server), then one fact
//! of one source's canonical schema is changed at a time. The drift that the project has by itself is there
//! before and after; what a mutation touches has none. What is to be expected is derived here from who has a say,
//! and from nothing that the comparison says.

#![allow(dead_code, reason = "most projects need a server")]

/// Mutations of columns.
mod columns;
/// Mutations of indexes.
mod indexes;
/// Mutations of keys and checks.
mod keys;
/// The table in docs/accuracy.md.
mod matrix;
/// What a mutation is.
pub(crate) mod mutation;
/// Mutations of tables and of what is outside them.
mod objects;
/// Reading the projects.
pub(crate) mod readings;

use std::collections::{BTreeMap, BTreeSet};

use ormsync_diff::{Comparison, Finding};
use ormsync_schema::{Fact, ObjectKind, Opaque, Place, Schema};

use crate::case::{self, Case};
use crate::program::list;
use matrix::Row;
use mutation::{Mutation, Shape, TablePlace};
use readings::{NAMES, Readings};

/// So many places for one kind of mutation of one source.
const PLACES: usize = 4;

/// So many kinds of mutation a project must have places for.
const LEAST_KINDS: usize = 40;

#[test]
fn ledger_sqlite() {
    judge("projects/ledger-sqlite", case::Dialect::Sqlite);
}

#[cfg(feature = "live")]
mod live {
    use super::{case::Dialect, judge};

    #[test]
    fn marketplace_postgres() {
        judge("projects/marketplace-postgres", Dialect::Postgresql);
    }

    #[test]
    fn payments_postgres() {
        judge("projects/payments-postgres", Dialect::Postgresql);
    }

    #[test]
    fn travel_postgres() {
        judge("projects/travel-postgres", Dialect::Postgresql);
    }

    #[test]
    fn travel_mysql_on_mysql() {
        judge("projects/travel-mysql", Dialect::Mysql);
    }

    #[test]
    fn travel_mysql_on_mariadb() {
        judge("projects/travel-mysql", Dialect::Mariadb);
    }

    #[test]
    fn broken_mysql_on_mysql() {
        judge("projects/broken-mysql", Dialect::Mysql);
    }

    #[test]
    fn broken_mysql_on_mariadb() {
        judge("projects/broken-mysql", Dialect::Mariadb);
    }
}

/// Mutates a project in every way and fails with all that came out otherwise.
fn judge(name: &str, server: case::Dialect) {
    let case = Case::read(name).unwrap_or_else(|message| panic!("{message}"));
    let Some(readings) = Readings::of(&case, server) else { return };
    let project = Project::new(&readings);
    let mut wrong = Vec::new();
    let mut kinds: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (source, source_name) in NAMES.iter().enumerate() {
        let mut places: BTreeMap<(&str, bool), usize> = BTreeMap::new();
        for mutation in mutations(&readings, source) {
            let Some(expected) = project.expected(source, &mutation) else { continue };
            let seen = places.entry((mutation.kind, expected.is_some())).or_default();
            *seen += 1;
            if *seen > PLACES {
                continue;
            }
            kinds.entry(mutation.kind).or_default()[usize::from(expected.is_none())] += 1;
            if let Err(message) = project.check(source, &mutation, expected.as_deref()) {
                wrong.push(format!("{source_name}, {} at {}: {message}", mutation.kind, mutation.at[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{name} on {}, {} wrong:\n{}", server.name(), wrong.len(), list(&wrong));
    let row = Row::new(name, server, &kinds);
    assert!(row.kinds >= LEAST_KINDS, "{name} on {}: only {} kinds of mutation", server.name(), row.kinds);
    row.expect_in_documentation();
}

/// All mutations of a source, those of tables that all sources share.
pub(crate) fn mutations(readings: &Readings, source: usize) -> Vec<Mutation> {
    let (schema, dialect) = (&readings.schemas[source], readings.dialect);
    let mut all = objects::of_schema(schema, dialect);
    for (namespace, name, table) in schema.tables() {
        if readings.schemas.iter().any(|other| other.table(namespace, name).is_none()) {
            continue;
        }
        let is_default = namespace == dialect.default_namespace();
        let path = if is_default { name.to_owned() } else { format!("{namespace}.{name}") };
        let place = TablePlace { namespace: namespace.to_owned(), name: name.to_owned(), path };
        all.extend(columns::of_table(&place, table, dialect));
        all.extend(indexes::of_table(&place, table, dialect));
        all.extend(keys::of_table(&place, table, dialect));
        all.extend(objects::of_table(&place, table, &readings.schemas, dialect));
    }
    all
}

/// A project with what it has by itself.
struct Project<'r> {
    readings: &'r Readings,
    /// The drift before any mutation.
    base: BTreeSet<String>,
    /// The tables and columns that take part in it.
    touched: BTreeSet<(String, String)>,
}

impl<'r> Project<'r> {
    fn new(readings: &'r Readings) -> Self {
        let comparison = readings.compare(None);
        let mut touched = BTreeSet::new();
        for finding in &comparison.findings {
            let path = finding.at.to_string();
            let (table, columns) = match (path.split_once('('), path.rsplit_once('.')) {
                (Some((table, columns)), _) => (table, columns.trim_end_matches(')')),
                (None, Some((table, column))) if finding.at.name.is_some() => (table, column),
                _ => (path.as_str(), ""),
            };
            touched.insert((path.clone(), String::new()));
            touched.extend(columns.split(", ").map(|column| (table.to_owned(), column.to_owned())));
        }
        Self { readings, base: told(&comparison), touched }
    }

    /// The verdict to be expected, `None` for no finding; nothing at all where the mutation says nothing, since
    /// the source can't say it, or since the others don't agree with it before.
    fn expected(&self, source: usize, mutation: &Mutation) -> Option<Option<String>> {
        let (table, columns) = &mutation.touches;
        let touched = |column: &str| self.touched.contains(&(table.clone(), column.to_owned()));
        let whole = mutation.mapping && columns.is_empty();
        if whole && self.touched.iter().any(|(other, _)| other == table) {
            return None;
        }
        if touched("") || columns.iter().any(|column| touched(column)) || !self.says(source, mutation) {
            return None;
        }
        let before = (mutation.value)(&self.readings.schemas[source])?;
        let mut speakers = vec![source];
        for other in (0..NAMES.len()).filter(|other| *other != source) {
            let agrees = (mutation.value)(&self.readings.schemas[other]).is_some_and(|value| value == before);
            match (agrees, self.says(other, mutation)) {
                (true, true) => speakers.push(other),
                (false, true) => return None,
                (true, false) if self.says_but_for_the_predicate(other, mutation) => speakers.push(other),
                (_, false) => {}
            }
        }
        // What is missing next to something unread proves nothing; a new name is there all the same.
        if mutation.shape == Shape::Added {
            speakers.retain(|speaker| *speaker == source || !self.hides(*speaker, mutation));
        }
        let hidden = mutation.shape == Shape::Removed && self.hides(source, mutation);
        let leads = mutation.renamed && (hidden || self.readings.truth == Some(source));
        let shape = if leads { Shape::Added } else { mutation.shape };
        let silent = speakers.len() < 2 || (hidden && !leads);
        Some((!silent).then(|| self.verdict(source, (mutation.mapping, shape), &speakers)))
    }

    fn says(&self, source: usize, mutation: &Mutation) -> bool {
        mutation.facts.iter().all(|fact| self.readings.schemas[source].says(*fact))
    }

    /// Who declares an index has a say in whether it is there, also without words for which rows are in it.
    fn says_but_for_the_predicate(&self, source: usize, mutation: &Mutation) -> bool {
        let mut others = mutation.facts.iter().filter(|fact| **fact != Fact::IndexPredicate);
        mutation.rule.ends_with("-missing") && others.all(|fact| self.readings.schemas[source].says(*fact))
    }

    /// Whether something that could not be read may be what is missing after the mutation.
    fn hides(&self, source: usize, mutation: &Mutation) -> bool {
        let opaque = |opaque: &Opaque| opaque.name.is_none() && mutation.facts.contains(&opaque.fact);
        self.readings.schemas[source].opaque.iter().any(opaque)
    }

    fn verdict(&self, source: usize, (mapping, shape): (bool, Shape), speakers: &[usize]) -> String {
        let name = |source: usize| NAMES[source];
        let is_live = |source: usize| name(source) == "database";
        let drifted = |source: usize| format!("{} drifted", name(source));
        // Who has to change, and whether it has nothing there.
        let (alone, lacks) = match (speakers, self.readings.truth) {
            ([_, _], None) => return "conflict".to_owned(),
            ([_, _], Some(truth)) if !speakers.contains(&truth) => return "conflict".to_owned(),
            ([left, right], Some(truth)) => {
                let alone = if *left == truth { *right } else { *left };
                let lacks = if alone == source { Shape::Removed } else { Shape::Added };
                (alone, shape == lacks)
            }
            _ => (source, shape == Shape::Removed),
        };
        if speakers.len() == 3 && mapping && shape == Shape::Added && is_live(source) {
            return "unmapped in prisma, sqlalchemy".to_owned();
        }
        match (lacks, is_live(alone), mapping) {
            (true, true, _) => format!("{} behind", name(alone)),
            (true, false, true) => format!("unmapped in {}", name(alone)),
            _ => drifted(alone),
        }
    }

    /// Applies a mutation and compares what is found with what is to be.
    fn check(&self, source: usize, mutation: &Mutation, expected: Option<&str>) -> Result<(), String> {
        let mut schema = self.readings.schemas[source].clone();
        (mutation.apply)(&mut schema);
        self.readings.dialect.normalise(&mut schema, self.readings.server());
        let comparison = self.readings.compare(Some((source, &schema)));
        let found = told(&comparison);
        let gone: Vec<&String> = self.base.difference(&found).collect();
        let new: Vec<&Finding> =
            comparison.findings.iter().filter(|finding| !self.base.contains(&tell(finding))).collect();
        let shown = |findings: &[&Finding]| list(findings.iter().map(|finding| tell(finding)));
        if !gone.is_empty() {
            return Err(format!("another finding went away:\n{}", list(gone)));
        }
        match (expected, new.as_slice()) {
            (None, []) => Ok(()),
            (None, found) => Err(format!("nobody else has a say, and yet:\n{}", shown(found))),
            (Some(verdict), [found]) => {
                let is_right = found.rule.name == mutation.rule
                    && mutation.at.contains(&found.at.to_string())
                    && found.verdict.to_string() == verdict;
                if !is_right {
                    return Err(format!("expected {} ({verdict}), found:\n{}", mutation.rule, shown(&new)));
                }
                places(found, source, &schema)
            }
            (Some(verdict), found) => {
                Err(format!("expected one {} ({verdict}), found {}:\n{}", mutation.rule, found.len(), shown(found)))
            }
        }
    }
}

/// Whether every answer has a place that a user can look at, the mutated source's in its own files.
fn places(finding: &Finding, source: usize, schema: &Schema) -> Result<(), String> {
    // What follows from two objects (an implicit join table) or stands for the server has no place.
    let outside = finding.at.table.is_none() || finding.at.kind == ObjectKind::Table;
    let Some(answer) = finding.answers.iter().find(|answer| answer.source == NAMES[source]) else {
        return Err("the mutated source is not among the answers".to_owned());
    };
    match &answer.origin.place {
        Place::File { path, .. } if NAMES[source] != "database" => {
            let own = serde_json::to_string(schema).unwrap().contains(&format!("\"path\":\"{path}\""));
            own.then_some(()).ok_or_else(|| format!("{path} is no file of the source"))
        }
        Place::Catalogue { .. } if NAMES[source] == "database" => Ok(()),
        Place::Nowhere if outside || finding.at.to_string().starts_with('_') => Ok(()),
        place => Err(format!("the answer is at {place:?}")),
    }
}

fn told(comparison: &Comparison) -> BTreeSet<String> {
    comparison.findings.iter().map(tell).collect()
}

fn tell(finding: &Finding) -> String {
    format!("{} {}: {}", finding.rule.name, finding.at, finding.verdict)
}
