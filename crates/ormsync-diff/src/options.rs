//! Comments and storage options of tables, and what sources say about the server as a whole.

use std::collections::BTreeSet;

use ormsync_schema::{Fact, ObjectKind, ObjectPath, Origin, Severity, Table};

use crate::answer::{Relation, Said, group};
use crate::comparing::{Comparing, Difference, Saying};
use crate::headline::Headline;
use crate::tables::TableRow;
use crate::words::partitioning_text;
use crate::{Rule, rules};

/// Compares the comments of a table.
pub(crate) fn compare_comments(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let answers: Vec<Said<&str>> = (0..row.slots.len())
        .map(|source| match row.table(source) {
            Some(table) if row.can_say(comparing, source, Fact::TableComment, "") => {
                Said::from_option(table.comment.as_deref())
            }
            _ => Said::Silent,
        })
        .collect();
    let Some(groups) = group(&answers, |left, right| Relation::of_equality(left == right)) else {
        return;
    };
    let says = answers
        .iter()
        .enumerate()
        .map(|(source, said)| match said.value() {
            Some(comment) => Saying::new(format!("comment {comment:?}"), &row.origin(source)),
            None => Saying::new("no comment", &row.origin(source)),
        })
        .collect();
    let at = row.own_path(comparing);
    comparing.report(Difference {
        rule: &rules::TABLE_COMMENT,
        headline: Headline::says(&at, "has"),
        at,
        owner: row.owner(comparing),
        groups,
        says,
        mapping: false,
        notes: Vec::new(),
        at_most: row.at_most(),
    });
}

/// Compares the storage options of a table: those that at least two sources give, since an option that
/// is not given is left to the server.
pub(crate) fn compare(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let keys: BTreeSet<&str> = (0..row.slots.len())
        .filter_map(|source| row.table(source))
        .flat_map(|table| table.options.keys().map(String::as_str))
        .collect();
    for key in keys {
        let answers: Vec<Said<&str>> = (0..row.slots.len())
            .map(|source| match row.table(source).and_then(|table| table.options.get(key)) {
                Some(value) if row.can_say(comparing, source, Fact::TableOptions, key) => Said::Value(value.as_str()),
                _ => Said::Silent,
            })
            .collect();
        let Some(groups) = group(&answers, |left, right| Relation::of_equality(left.eq_ignore_ascii_case(right)))
        else {
            continue;
        };
        let says = answers
            .iter()
            .enumerate()
            .map(|(source, said)| {
                Saying::new(format!("{key} {}", said.value().copied().unwrap_or_default()), &row.origin(source))
            })
            .collect();
        let at = row.own_path(comparing);
        comparing.report(Difference {
            rule: &rules::TABLE_OPTIONS,
            headline: Headline::says(&at, "has"),
            at,
            owner: row.owner(comparing),
            groups,
            says,
            mapping: false,
            notes: Vec::new(),
            at_most: row.at_most(),
        });
    }
}

/// Compares whether row-level security is on. Where the policies differ too, they are findings of their own.
pub(crate) fn compare_row_security(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let text = |table: &Table| {
        String::from(if table.row_security { "row-level security is on" } else { "row-level security is off" })
    };
    compare_said(comparing, row, (&rules::ROW_SECURITY, Fact::Policy, ""), |table| table.row_security, text);
}

/// Compares how a table is split or derived.
pub(crate) fn compare_partitioning(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let rule = (&rules::TABLE_PARTITIONING, Fact::Partitioning, "is");
    let text = |table: &Table| partitioning_text(table.partitioning.as_ref());
    compare_said(comparing, row, rule, |table| &table.partitioning, text);
}

/// Compares one thing that every table has in one way or another.
fn compare_said<'a, T: PartialEq>(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'a>,
    (rule, fact, verb): (&'static Rule, Fact, &'static str),
    value: impl Fn(&'a Table) -> T,
    text: impl Fn(&Table) -> String,
) {
    let answers: Vec<Said<T>> = (0..row.slots.len())
        .map(|source| match row.table(source) {
            Some(table) if row.can_say(comparing, source, fact, "") => Said::Value(value(table)),
            _ => Said::Silent,
        })
        .collect();
    let Some(groups) = group(&answers, |left, right| Relation::of_equality(left == right)) else { return };
    let says = (0..row.slots.len())
        .map(|source| row.table(source).map(|table| Saying::new(text(table), &table.origin)).unwrap_or_default())
        .collect();
    let at = row.own_path(comparing);
    let subject = if verb.is_empty() { format!("{at}:") } else { at.to_string() };
    comparing.report(Difference {
        rule,
        headline: Headline::Says { subject, verb },
        at,
        owner: row.owner(comparing),
        groups,
        says,
        mapping: false,
        notes: Vec::new(),
        at_most: row.at_most(),
    });
}

/// Whether all sources are written for the same kind of server.
pub(crate) fn compare_providers(comparing: &mut Comparing<'_>) {
    let answers: Vec<Said<&str>> =
        comparing.sources.iter().map(|source| Said::Value(source.schema.dialect.as_str())).collect();
    let Some(groups) = group(&answers, |left, right| Relation::of_equality(left == right)) else {
        return;
    };
    let says = comparing.sources.iter().map(|source| Saying::new(&source.schema.dialect, &Origin::nowhere())).collect();
    let at = ObjectPath { kind: ObjectKind::Schema, namespace: String::new(), table: None, name: None };
    comparing.report(Difference {
        rule: &rules::PROVIDER_MISMATCH,
        headline: Headline::Says { subject: "The schema".to_owned(), verb: "is for" },
        at,
        owner: None,
        groups,
        says,
        mapping: false,
        notes: vec!["types and defaults are compared as if all were for one kind of server".to_owned()],
        at_most: Severity::Error,
    });
}
