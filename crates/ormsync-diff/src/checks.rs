//! Check constraints: by name, else by what they check.

use std::collections::BTreeSet;

use ormsync_schema::{Check, Fact, ObjectKind};

use crate::answer::{Relation, Said, group};
use crate::comparing::{Comparing, Difference, Saying, relate_expressions};
use crate::headline::Headline;
use crate::indexes::report_names;
use crate::matching::{Aspect, Round, compare_aspects, match_in_rounds};
use crate::rules;
use crate::tables::TableRow;

/// Compares the checks of a table.
pub(crate) fn compare(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let checks: Vec<&[Check]> = (0..row.slots.len())
        .map(|source| row.table(source).map(|table| table.checks.as_slice()).unwrap_or_default())
        .collect();
    if checks.iter().all(|checks| checks.is_empty()) {
        return;
    }
    let columns = all_columns(row);
    let name = |check: &Check| check.name.as_ref().map(|name| name.to_lowercase());
    let expression = |check: &Check| Some(check.expression.text.clone());
    let mentions = |check: &Check| Some(mentioned(&columns, check).into_iter().collect::<Vec<_>>().join(","));
    let same_name = |left: &Check, right: &Check| match (&left.name, &right.name) {
        (Some(left), Some(right)) => left == right || comparing.dialect.same_name(left, right),
        _ => false,
    };
    let always = |_: &Check, _: &Check| true;
    // Two checks over the same columns of which one was not understood could be the same one.
    let maybe_same =
        |left: &Check, right: &Check| relate_expressions(&left.expression, &right.expression) == Relation::Unknown;
    let found = match_in_rounds(
        &checks,
        &[
            Round { key: &name, may: &same_name },
            Round { key: &expression, may: &always },
            Round { key: &mentions, may: &maybe_same },
        ],
    );
    for check in found {
        compare_one(comparing, row, &columns, &check);
    }
}

fn compare_one(comparing: &mut Comparing<'_>, row: &TableRow<'_>, columns: &BTreeSet<&str>, found: &[Option<&Check>]) {
    let Some(first) = found.iter().flatten().next().copied() else {
        return;
    };
    let name = found.iter().flatten().find_map(|check| check.name.as_deref());
    let names: Vec<Option<String>> = found.iter().map(|check| check.and_then(|check| check.name.clone())).collect();
    let agreed = comparing.agreed_name(&names, row.owner(comparing));
    let path = row.path(comparing, ObjectKind::Check, if agreed.is_empty() { "(check)" } else { &agreed });
    let mentioned = mentioned(columns, first);
    let answers: Vec<Said<&Check>> = (0..found.len())
        .map(|source| match found[source] {
            Some(check) => Said::Value(check),
            None if !row.has_columns(comparing, source, mentioned.iter().copied()) => Said::Silent,
            None => row.absence(comparing, source, Fact::Check, name.unwrap_or_default()),
        })
        .collect();
    let says: Vec<Saying> = (0..found.len())
        .map(|source| match found[source] {
            Some(check) => Saying::new(text(check), &check.origin),
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
        let headline = Headline::Missing { subject: format!("Check {path}") };
        report(&rules::CHECK_MISSING, groups, headline, says.clone());
    }
    let same = |left: &Check, right: &Check| match relate_expressions(&left.expression, &right.expression) {
        Relation::Same => Relation::of_equality(left.not_enforced == right.not_enforced),
        other => other,
    };
    let aspect = Aspect { fact: Fact::Check, relate: &same, text: &text };
    if let Some((groups, _)) = compare_aspects(found, |_, _| true, &[aspect]) {
        report(&rules::CHECK_EXPRESSION, groups, Headline::kind_says("Check", &path, "requires"), says);
    }
    let names: Vec<_> =
        found.iter().map(|check| check.and_then(|check| Some((check.name.as_deref()?, &check.origin)))).collect();
    report_names(comparing, row, path, "Check", &names);
}

fn text(check: &Check) -> String {
    let enforced = if check.not_enforced { ", not enforced" } else { "" };
    format!("{}{enforced}", check.expression.text)
}

fn all_columns<'a>(row: &TableRow<'a>) -> BTreeSet<&'a str> {
    (0..row.slots.len())
        .filter_map(|source| row.table(source))
        .flat_map(|table| table.columns.keys().map(String::as_str))
        .collect()
}

/// The columns of the table that a check mentions, as far as words tell.
fn mentioned<'c>(columns: &BTreeSet<&'c str>, check: &Check) -> BTreeSet<&'c str> {
    check
        .expression
        .text
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '$'))
        .filter_map(|word| columns.get(word).copied())
        .collect()
}
