//! Views, sequences, extensions and triggers: whether they are there.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_schema::{Fact, Namespace, ObjectKind, Origin};

use crate::answer::{Relation, Said, group};
use crate::comparing::{Comparing, Difference, Saying};
use crate::headline::Headline;
use crate::names::match_names;
use crate::ownership::{Owners, Ownership};
use crate::tables::TableRow;
use crate::{Rule, rules};

/// Compares what is not in tables.
pub(crate) fn compare(comparing: &mut Comparing<'_>, owners: &Owners) {
    let extensions = comparing
        .sources
        .iter()
        .map(|source| source.schema.extensions.iter().map(|(name, found)| (name.as_str(), &found.origin)).collect())
        .collect();
    let is_extension =
        Kind { rule: &rules::EXTENSION_MISSING, fact: Fact::Extension, kind: ObjectKind::Extension, word: "Extension" };
    report_missing(comparing, "", extensions, &is_extension, |_, _| true);

    let namespaces: BTreeSet<&str> =
        comparing.sources.iter().flat_map(|source| source.schema.namespaces.keys().map(String::as_str)).collect();
    let is_view = Kind { rule: &rules::VIEW_MISSING, fact: Fact::View, kind: ObjectKind::View, word: "View" };
    let is_sequence =
        Kind { rule: &rules::SEQUENCE_MISSING, fact: Fact::Sequence, kind: ObjectKind::Sequence, word: "Sequence" };
    for namespace in namespaces {
        let views = by_source(comparing, namespace, |content| names_of(&content.views, |view| &view.origin));
        let sources = comparing.sources;
        report_missing(comparing, namespace, views, &is_view, |source, name| {
            let mapped_as_table = sources[source].schema.table(namespace, name).is_some();
            !mapped_as_table && owners.of(namespace, name) != Ownership::Ignored
        });
        let sequences = by_source(comparing, namespace, |content| names_of(&content.sequences, |found| &found.origin));
        report_missing(comparing, namespace, sequences, &is_sequence, |_, name| {
            owners.of(namespace, name) != Ownership::Ignored
        });
    }
}

/// What a source says that has an object of which nothing but its name is compared.
pub(crate) const THERE: &str = "there";

struct Kind {
    rule: &'static Rule,
    fact: Fact,
    kind: ObjectKind,
    word: &'static str,
}

type Named<'a> = Vec<(&'a str, &'a Origin)>;

fn names_of<T>(objects: &BTreeMap<String, T>, origin: impl Fn(&T) -> &Origin) -> Named<'_> {
    objects.iter().map(|(name, object)| (name.as_str(), origin(object))).collect()
}

fn by_source<'a>(
    comparing: &Comparing<'a>,
    namespace: &str,
    names: impl Fn(&'a Namespace) -> Named<'a>,
) -> Vec<Named<'a>> {
    comparing
        .sources
        .iter()
        .map(|source| source.schema.namespaces.get(namespace).map(&names).unwrap_or_default())
        .collect()
}

/// Reports the objects that some sources lack. `concerns` tells whether a source without an object of a
/// name is to be asked at all.
fn report_missing(
    comparing: &mut Comparing<'_>,
    namespace: &str,
    names: Vec<Named<'_>>,
    kind: &Kind,
    concerns: impl Fn(usize, &str) -> bool,
) {
    for row in match_names(&names, comparing.dialect) {
        let name = row.name();
        let answers: Vec<Said<()>> = (0..row.slots.len())
            .map(|source| match row.get(source) {
                Some(_) => Said::Value(()),
                None if concerns(source, name) => comparing.absence(source, kind.fact, name),
                None => Said::Silent,
            })
            .collect();
        let Some(groups) = group(&answers, |(), ()| Relation::Same) else {
            continue;
        };
        let path = comparing.path(kind.kind, namespace, name);
        let says = (0..row.slots.len()).map(|source| saying(row.get(source), &Origin::nowhere())).collect();
        comparing.report(Difference {
            rule: kind.rule,
            headline: Headline::Missing { subject: format!("{} {path}", kind.word) },
            at: path,
            owner: None,
            groups,
            says,
            mapping: false,
            notes: Vec::new(),
            at_most: ormsync_schema::Severity::Error,
        });
    }
}

/// Compares the triggers of a table.
pub(crate) fn compare_triggers(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let names: Vec<Named<'_>> = (0..row.slots.len())
        .map(|source| {
            row.table(source).map(|table| names_of(&table.triggers, |trigger| &trigger.origin)).unwrap_or_default()
        })
        .collect();
    for found in match_names(&names, comparing.dialect) {
        let name = found.name();
        let answers: Vec<Said<()>> = (0..found.slots.len())
            .map(|source| match found.get(source) {
                Some(_) => Said::Value(()),
                None => row.absence(comparing, source, Fact::Trigger, name),
            })
            .collect();
        let Some(groups) = group(&answers, |(), ()| Relation::Same) else {
            continue;
        };
        let path = row.path(comparing, ObjectKind::Trigger, name);
        let says = (0..found.slots.len()).map(|source| saying(found.get(source), &row.origin(source))).collect();
        comparing.report(Difference {
            rule: &rules::TRIGGER_MISSING,
            headline: Headline::Missing { subject: format!("Trigger {path}") },
            at: path,
            owner: row.owner(comparing),
            groups,
            says,
            mapping: false,
            notes: Vec::new(),
            at_most: row.at_most(),
        });
    }
}

fn saying(origin: Option<&Origin>, parent: &Origin) -> Saying {
    match origin {
        Some(origin) => Saying::new(THERE, origin),
        None => Saying::new("missing", parent),
    }
}
