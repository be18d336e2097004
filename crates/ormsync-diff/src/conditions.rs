//! Constraints whose whole is one expression, checks and exclusions: by name, else by what they require.

use std::collections::BTreeSet;

use ormsync_schema::{Check, Exclusion, Expression, Fact, ObjectKind, Origin, Table};

use crate::answer::{Relation, Said, group};
use crate::comparing::{Comparing, Difference, Saying, relate_expressions};
use crate::headline::Headline;
use crate::indexes::report_names;
use crate::matching::{Aspect, Round, compare_aspects, match_in_rounds};
use crate::tables::TableRow;
use crate::{Rule, rules};

/// What sets the kinds of such constraints apart.
struct Kind {
    object: ObjectKind,
    fact: Fact,
    noun: &'static str,
    verb: &'static str,
    /// What one without a name is called in a path.
    nameless: &'static str,
    missing: &'static Rule,
    differs: &'static Rule,
    conditions: fn(&Table) -> Vec<Condition<'_>>,
}

/// One constraint, in the terms of both kinds.
struct Condition<'a> {
    name: Option<&'a str>,
    expression: &'a Expression,
    /// The columns that it mentions, as far as words tell; none where that tells nothing.
    mentions: BTreeSet<&'a str>,
    not_enforced: bool,
    /// In words.
    text: String,
    origin: &'a Origin,
}

const CHECKS: Kind = Kind {
    object: ObjectKind::Check,
    fact: Fact::Check,
    noun: "Check",
    verb: "requires",
    nameless: "(check)",
    missing: &rules::CHECK_MISSING,
    differs: &rules::CHECK_EXPRESSION,
    conditions: |table| table.checks.iter().map(|check| of_check(table, check)).collect(),
};

const EXCLUSIONS: Kind = Kind {
    object: ObjectKind::Exclusion,
    fact: Fact::Exclusion,
    noun: "Exclusion",
    verb: "is",
    nameless: "(exclusion)",
    missing: &rules::EXCLUSION_MISSING,
    differs: &rules::EXCLUSION_DEFINITION,
    conditions: |table| table.exclusions.iter().map(of_exclusion).collect(),
};

/// Compares the checks and exclusion constraints of a table.
pub(crate) fn compare(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    for kind in [CHECKS, EXCLUSIONS] {
        let of_source = |source| row.table(source).map(kind.conditions).unwrap_or_default();
        let conditions: Vec<Vec<Condition<'_>>> = (0..row.slots.len()).map(of_source).collect();
        if !conditions.iter().all(Vec::is_empty) {
            compare_kind(comparing, row, &kind, &conditions);
        }
    }
}

fn of_check<'a>(table: &'a Table, check: &'a Check) -> Condition<'a> {
    let text = &check.expression.text;
    let words = text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '$'));
    let column = |word| table.columns.get_key_value(word).map(|(name, _)| name.as_str());
    Condition {
        name: check.name.as_deref(),
        expression: &check.expression,
        mentions: words.filter_map(column).collect(),
        not_enforced: check.not_enforced,
        text: format!("{text}{}", if check.not_enforced { ", not enforced" } else { "" }),
        origin: &check.origin,
    }
}

fn of_exclusion(exclusion: &Exclusion) -> Condition<'_> {
    let text = exclusion.definition.text.as_str();
    Condition {
        name: exclusion.name.as_deref(),
        expression: &exclusion.definition,
        mentions: BTreeSet::new(),
        not_enforced: false,
        text: text.strip_prefix("EXCLUDE ").unwrap_or(text).to_owned(),
        origin: &exclusion.origin,
    }
}

fn compare_kind(comparing: &mut Comparing<'_>, row: &TableRow<'_>, kind: &Kind, conditions: &[Vec<Condition<'_>>]) {
    let dialect = comparing.dialect;
    let name = |condition: &Condition<'_>| condition.name.map(str::to_lowercase);
    let expression = |condition: &Condition<'_>| Some(condition.expression.text.clone());
    let mentions = |condition: &Condition<'_>| Some(condition.mentions.iter().copied().collect::<Vec<_>>().join(","));
    let same_name = |left: &Condition<'_>, right: &Condition<'_>| match (left.name, right.name) {
        (Some(left), Some(right)) => left == right || dialect.same_name(left, right),
        _ => false,
    };
    let always = |_: &Condition<'_>, _: &Condition<'_>| true;
    // Two over the same columns of which one was not understood could be the same one.
    let maybe_same = |left: &Condition<'_>, right: &Condition<'_>| {
        relate_expressions(left.expression, right.expression) == Relation::Unknown
    };
    let conditions: Vec<&[Condition<'_>]> = conditions.iter().map(Vec::as_slice).collect();
    let found = match_in_rounds(
        &conditions,
        &[
            Round { key: &name, may: &same_name },
            Round { key: &expression, may: &always },
            Round { key: &mentions, may: &maybe_same },
        ],
    );
    for condition in found {
        compare_one(comparing, row, kind, &condition);
    }
}

fn compare_one(comparing: &mut Comparing<'_>, row: &TableRow<'_>, kind: &Kind, found: &[Option<&Condition<'_>>]) {
    let Some(first) = found.iter().flatten().next() else { return };
    let names: Vec<Option<String>> =
        found.iter().map(|condition| condition.and_then(|condition| condition.name.map(str::to_owned))).collect();
    let agreed = comparing.agreed_name(&names, row.owner(comparing));
    let path = row.path(comparing, kind.object, if agreed.is_empty() { kind.nameless } else { &agreed });
    let answers: Vec<Said<&Condition<'_>>> = (0..found.len())
        .map(|source| match found[source] {
            Some(condition) => Said::Value(condition),
            None if !row.has_columns(comparing, source, first.mentions.iter().copied()) => Said::Silent,
            None => row.absence(comparing, source, kind.fact, &agreed),
        })
        .collect();
    let says: Vec<Saying> = (0..found.len())
        .map(|source| match found[source] {
            Some(condition) => Saying::new(condition.text.as_str(), condition.origin),
            None => Saying::new("missing", &row.origin(source)),
        })
        .collect();
    let mut report = |rule, groups, headline, says| {
        comparing.report(Difference {
            rule,
            headline,
            at: path.clone(),
            owner: row.owner(comparing),
            groups,
            says,
            mapping: false,
            notes: Vec::new(),
            at_most: row.at_most(),
        });
    };
    if let Some(groups) = group(&answers, |_, _| Relation::Same) {
        let headline = Headline::Missing { subject: format!("{} {path}", kind.noun) };
        report(kind.missing, groups, headline, says.clone());
    }
    let same = |left: &Condition<'_>, right: &Condition<'_>| match relate_expressions(left.expression, right.expression)
    {
        Relation::Same => Relation::of_equality(left.not_enforced == right.not_enforced),
        other => other,
    };
    let aspect = Aspect { fact: kind.fact, relate: &same, text: &|condition| condition.text.clone() };
    if let Some((groups, _)) = compare_aspects(found, |_, _| true, &[aspect]) {
        report(kind.differs, groups, Headline::kind_says(kind.noun, &path, kind.verb), says);
    }
    let names: Vec<_> = found
        .iter()
        .map(|condition| condition.and_then(|condition| Some((condition.name?, condition.origin))))
        .collect();
    report_names(comparing, row, path, kind.noun, &names);
}
