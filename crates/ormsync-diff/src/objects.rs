//! What is known by its name: views, sequences, extensions, types, routines, triggers, policies. Whether it is there,
//! and whether it is the same.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_schema::{
    Domain, Extension, Fact, Namespace, ObjectKind, ObjectPath, Origin, Policy, Routine, Sequence, Severity, Trigger,
    View,
};

use crate::answer::{Relation, Said, group};
use crate::comparing::{Comparing, Difference, Saying, relate_optional_expressions, relation_of};
use crate::headline::Headline;
use crate::names::{NameRow, match_names};
use crate::ownership::{Owners, Ownership};
use crate::tables::TableRow;
use crate::words::{composite_text, domain_text, policy_text, sequence_text, trigger_text};
use crate::{Rule, rules};

/// What a source says that has an object of which nothing but its name is compared.
pub(crate) const THERE: &str = "there";

/// How objects of one kind are compared.
struct Kind<'k, T> {
    kind: ObjectKind,
    word: &'static str,
    origin: &'k dyn Fn(&T) -> &Origin,
    fact: Fact,
    missing: &'static Rule,
    definition: Option<Definition<'k, T>>,
}

/// How what is in an object is compared.
struct Definition<'k, T> {
    rule: &'static Rule,
    fact: Fact,
    relate: &'k dyn Fn(&T, &T) -> Relation,
    text: &'k dyn Fn(&T) -> String,
}

/// Compares what is not in tables.
pub(crate) fn compare(comparing: &mut Comparing<'_>, owners: &Owners) {
    let extensions = comparing
        .sources
        .iter()
        .map(|source| by_name(&source.schema.extensions))
        .collect::<Vec<Named<'_, Extension>>>();
    let kind = Kind {
        kind: ObjectKind::Extension,
        word: "Extension",
        origin: &|extension: &Extension| &extension.origin,
        fact: Fact::Extension,
        missing: &rules::EXTENSION_MISSING,
        definition: None,
    };
    compare_outside(comparing, "", &extensions, &kind, |_, _| true);

    let namespaces: BTreeSet<&str> =
        comparing.sources.iter().flat_map(|source| source.schema.namespaces.keys().map(String::as_str)).collect();
    for namespace in namespaces {
        compare_views(comparing, owners, namespace);
        compare_sequences(comparing, owners, namespace);
        compare_types(comparing, namespace);
        compare_routines(comparing, namespace);
    }
}

fn compare_views(comparing: &mut Comparing<'_>, owners: &Owners, namespace: &str) {
    let views = in_namespace(comparing, namespace, |content| by_name(&content.views));
    let same = |left: &View, right: &View| match left.materialised == right.materialised {
        true => relate_optional_expressions(left.definition.as_ref(), right.definition.as_ref()),
        false => Relation::Different,
    };
    let text = |view: &View| {
        let kind = if view.materialised { "materialised, " } else { "" };
        format!("{kind}{}", view.definition.as_ref().map_or("an unknown query", |query| query.text.as_str()))
    };
    let kind = Kind {
        kind: ObjectKind::View,
        word: "View",
        origin: &|view: &View| &view.origin,
        fact: Fact::View,
        missing: &rules::VIEW_MISSING,
        definition: Some(Definition {
            rule: &rules::VIEW_DEFINITION,
            fact: Fact::ViewDefinition,
            relate: &same,
            text: &text,
        }),
    };
    let sources = comparing.sources;
    compare_outside(comparing, namespace, &views, &kind, |source, name| {
        // Mapping a view like a table is common, and no drift.
        let mapped_as_table = sources[source].schema.table(namespace, name).is_some();
        !mapped_as_table && owners.of(namespace, name) != Ownership::Ignored
    });
}

fn compare_sequences(comparing: &mut Comparing<'_>, owners: &Owners, namespace: &str) {
    let sequences = in_namespace(comparing, namespace, |content| by_name(&content.sequences));
    // What one of them leaves to the server says nothing.
    let stated = |left: Option<i64>, right: Option<i64>| left.is_none() || right.is_none() || left == right;
    let same = |left: &Sequence, right: &Sequence| {
        Relation::of_equality(
            stated(left.start, right.start)
                && stated(left.increment, right.increment)
                && stated(left.minimum, right.minimum)
                && stated(left.maximum, right.maximum)
                && left.cycle == right.cycle,
        )
    };
    let kind = Kind {
        kind: ObjectKind::Sequence,
        word: "Sequence",
        origin: &|sequence: &Sequence| &sequence.origin,
        fact: Fact::Sequence,
        missing: &rules::SEQUENCE_MISSING,
        definition: Some(Definition {
            rule: &rules::SEQUENCE_DEFINITION,
            fact: Fact::Sequence,
            relate: &same,
            text: &sequence_text,
        }),
    };
    compare_outside(comparing, namespace, &sequences, &kind, |_, name| {
        owners.of(namespace, name) != Ownership::Ignored
    });
}

fn compare_types(comparing: &mut Comparing<'_>, namespace: &str) {
    let dialect = comparing.dialect;
    let domains = in_namespace(comparing, namespace, |content| by_name(&content.domains));
    let same_domain = |left: &Domain, right: &Domain| {
        if left.nullable != right.nullable || left.checks.len() != right.checks.len() {
            return Relation::Different;
        }
        let checks = left.checks.iter().zip(&right.checks);
        let checks =
            checks.map(|(left, right)| relate_optional_expressions(Some(&left.expression), Some(&right.expression)));
        checks.fold(relation_of(&dialect.compare_types(&left.data_type, &right.data_type)), Relation::and)
    };
    let kind = Kind {
        kind: ObjectKind::UserType,
        word: "Domain",
        origin: &|domain: &Domain| &domain.origin,
        fact: Fact::UserType,
        missing: &rules::TYPE_MISSING,
        definition: Some(Definition {
            rule: &rules::TYPE_DEFINITION,
            fact: Fact::UserType,
            relate: &same_domain,
            text: &|domain: &Domain| domain_text(dialect, domain),
        }),
    };
    compare_outside(comparing, namespace, &domains, &kind, |_, _| true);

    let composites = in_namespace(comparing, namespace, |content| by_name(&content.composite_types));
    let kind = Kind {
        kind: ObjectKind::UserType,
        word: "Composite type",
        origin: &|composite: &ormsync_schema::CompositeType| &composite.origin,
        fact: Fact::UserType,
        missing: &rules::TYPE_MISSING,
        definition: Some(Definition {
            rule: &rules::TYPE_DEFINITION,
            fact: Fact::UserType,
            relate: &|left: &ormsync_schema::CompositeType, right| {
                Relation::of_equality(left.fields.iter().eq(right.fields.iter()))
            },
            text: &|composite: &ormsync_schema::CompositeType| composite_text(dialect, composite),
        }),
    };
    compare_outside(comparing, namespace, &composites, &kind, |_, _| true);
}

fn compare_routines(comparing: &mut Comparing<'_>, namespace: &str) {
    let routines = in_namespace(comparing, namespace, |content| by_name(&content.routines));
    let kind = Kind {
        kind: ObjectKind::Routine,
        word: "Routine",
        origin: &|routine: &Routine| &routine.origin,
        fact: Fact::Routine,
        missing: &rules::ROUTINE_MISSING,
        definition: None,
    };
    compare_outside(comparing, namespace, &routines, &kind, |_, _| true);
}

/// Compares the triggers of a table.
pub(crate) fn compare_triggers(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let same = |left: &Trigger, right: &Trigger| {
        Relation::of_equality(
            left.timing == right.timing
                && left.events == right.events
                && left.for_each_row == right.for_each_row
                && left.disabled == right.disabled
                && left.action == right.action,
        )
    };
    let kind = Kind {
        kind: ObjectKind::Trigger,
        word: "Trigger",
        origin: &|trigger: &Trigger| &trigger.origin,
        fact: Fact::Trigger,
        missing: &rules::TRIGGER_MISSING,
        definition: Some(Definition {
            rule: &rules::TRIGGER_DEFINITION,
            fact: Fact::Trigger,
            relate: &same,
            text: &trigger_text,
        }),
    };
    let triggers = in_table(row, |table| &table.triggers);
    compare_in_table(comparing, row, &triggers, &kind);
}

/// Compares the row-level security policies of a table.
pub(crate) fn compare_policies(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let same = |left: &Policy, right: &Policy| {
        Relation::of_equality(left.command.eq_ignore_ascii_case(&right.command))
            .and(relate_optional_expressions(left.using.as_ref(), right.using.as_ref()))
            .and(relate_optional_expressions(left.with_check.as_ref(), right.with_check.as_ref()))
    };
    let kind = Kind {
        kind: ObjectKind::Policy,
        word: "Policy",
        origin: &|policy: &Policy| &policy.origin,
        fact: Fact::Policy,
        missing: &rules::POLICY_MISSING,
        definition: Some(Definition {
            rule: &rules::POLICY_DEFINITION,
            fact: Fact::Policy,
            relate: &same,
            text: &policy_text,
        }),
    };
    let policies = in_table(row, |table| &table.policies);
    compare_in_table(comparing, row, &policies, &kind);
}

type Named<'a, T> = Vec<(&'a str, &'a T)>;

fn by_name<T>(objects: &BTreeMap<String, T>) -> Named<'_, T> {
    objects.iter().map(|(name, object)| (name.as_str(), object)).collect()
}

fn in_namespace<'a, T>(
    comparing: &Comparing<'a>,
    namespace: &str,
    objects: impl Fn(&'a Namespace) -> Named<'a, T>,
) -> Vec<Named<'a, T>> {
    comparing
        .sources
        .iter()
        .map(|source| source.schema.namespaces.get(namespace).map(&objects).unwrap_or_default())
        .collect()
}

fn in_table<'a, T>(
    row: &TableRow<'a>,
    objects: impl Fn(&'a ormsync_schema::Table) -> &'a BTreeMap<String, T>,
) -> Vec<Named<'a, T>> {
    (0..row.slots.len())
        .map(|source| row.table(source).map(|table| by_name(objects(table))).unwrap_or_default())
        .collect()
}

/// Compares objects outside tables. `concerns` tells whether a source without an object of a name is to be
/// asked at all.
fn compare_outside<T>(
    comparing: &mut Comparing<'_>,
    namespace: &str,
    objects: &[Named<'_, T>],
    kind: &Kind<'_, T>,
    concerns: impl Fn(usize, &str) -> bool,
) {
    for row in match_names(objects, comparing.dialect) {
        let name = row.name();
        let place = Place {
            at: comparing.path(kind.kind, namespace, name),
            owner: None,
            at_most: Severity::Error,
            parents: vec![Origin::nowhere(); row.slots.len()],
        };
        let absence = |comparing: &Comparing<'_>, source: usize| match concerns(source, name) {
            true => comparing.absence(source, kind.fact, name),
            false => Said::Silent,
        };
        compare_one(comparing, &row, kind, &place, absence);
    }
}

/// Compares objects of a table.
fn compare_in_table<T>(
    comparing: &mut Comparing<'_>,
    table: &TableRow<'_>,
    objects: &[Named<'_, T>],
    kind: &Kind<'_, T>,
) {
    for row in match_names(objects, comparing.dialect) {
        let name = row.name();
        let place = Place {
            at: table.path(comparing, kind.kind, name),
            owner: table.owner(comparing),
            at_most: table.at_most(),
            parents: (0..row.slots.len()).map(|source| table.origin(source)).collect(),
        };
        let absence = |comparing: &Comparing<'_>, source: usize| table.absence(comparing, source, kind.fact, name);
        compare_one(comparing, &row, kind, &place, absence);
    }
}

/// Where an object is, and what follows from that.
struct Place {
    at: ObjectPath,
    owner: Option<usize>,
    at_most: Severity,
    /// Where its parent is declared, by source.
    parents: Vec<Origin>,
}

fn compare_one<T>(
    comparing: &mut Comparing<'_>,
    row: &NameRow<'_, &T>,
    kind: &Kind<'_, T>,
    place: &Place,
    absence: impl Fn(&Comparing<'_>, usize) -> Said<()>,
) {
    let sources = 0..row.slots.len();
    let report = |comparing: &mut Comparing<'_>, rule, headline, groups, says| {
        comparing.report(Difference {
            rule,
            headline,
            at: place.at.clone(),
            owner: place.owner,
            groups,
            says,
            mapping: false,
            notes: Vec::new(),
            at_most: place.at_most,
        });
    };
    let there: Vec<Said<()>> = sources
        .clone()
        .map(|source| match row.get(source) {
            Some(_) => Said::Value(()),
            None => absence(comparing, source),
        })
        .collect();
    if let Some(groups) = group(&there, |(), ()| Relation::Same) {
        let says = sources.clone().map(|source| match row.get(source) {
            Some(object) => Saying::new(THERE, (kind.origin)(object)),
            None => Saying::new("missing", &place.parents[source]),
        });
        let headline = Headline::Missing { subject: format!("{} {}", kind.word, place.at) };
        report(comparing, kind.missing, headline, groups, says.collect());
    }
    let Some(definition) = &kind.definition else { return };
    let answers: Vec<Said<&T>> = sources
        .clone()
        .map(|source| match row.get(source) {
            Some(object) if comparing.says(source, definition.fact) => Said::Value(object),
            _ => Said::Silent,
        })
        .collect();
    if let Some(groups) = group(&answers, |left, right| (definition.relate)(left, right)) {
        let says = sources.map(|source| match row.get(source) {
            Some(object) => Saying::new((definition.text)(object), (kind.origin)(object)),
            None => Saying::default(),
        });
        report(comparing, definition.rule, Headline::kind_says(kind.word, &place.at, "is"), groups, says.collect());
    }
}
