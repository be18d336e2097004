//! Foreign keys, by their columns and what they refer to.

use ormsync_schema::{Fact, ForeignKey, MatchKind, ObjectKind, ObjectPath};

use crate::answer::{Relation, Said, group};
use crate::comparing::{Comparing, Difference, Saying};
use crate::headline::Headline;
use crate::indexes::{deferrability_text, report_names};
use crate::matching::{Aspect, Round, compare_aspects, match_in_rounds};
use crate::tables::TableRow;
use crate::{Rule, rules};

/// Compares the foreign keys of a table.
pub(crate) fn compare(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let keys: Vec<&[ForeignKey]> = (0..row.slots.len())
        .map(|source| row.table(source).map(|table| table.foreign_keys.as_slice()).unwrap_or_default())
        .collect();
    let mut with_table = (0..row.slots.len()).filter(|source| row.table(*source).is_some()).map(|source| keys[source]);
    let first = with_table.next().unwrap_or_default();
    if with_table.all(|other| other == first) {
        return;
    }
    let columns = |key: &ForeignKey| Some(key.columns.join(",").to_lowercase());
    let columns_and_table =
        |key: &ForeignKey| Some(format!("{}>{}", key.columns.join(","), key.referenced_table).to_lowercase());
    let all =
        |key: &ForeignKey| Some(format!("{}>{}", key.columns.join(","), target_text(comparing, key)).to_lowercase());
    let same_columns = |left: &ForeignKey, right: &ForeignKey| same_names(comparing, &left.columns, &right.columns);
    let same_table = |left: &ForeignKey, right: &ForeignKey| {
        same_columns(left, right)
            && comparing.renamed.same(
                comparing.dialect,
                &left.referenced_namespace,
                &left.referenced_table,
                &right.referenced_table,
            )
    };
    let found = match_in_rounds(
        &keys,
        &[
            Round { key: &all, may: &same_table },
            Round { key: &columns_and_table, may: &same_table },
            Round { key: &columns, may: &same_columns },
        ],
    );
    for key in found {
        compare_one(comparing, row, &key);
    }
}

fn compare_one(comparing: &mut Comparing<'_>, row: &TableRow<'_>, found: &[Option<&ForeignKey>]) {
    let Some(first) = found.iter().flatten().next().copied() else {
        return;
    };
    let path = row.path(comparing, ObjectKind::ForeignKey, &format!("({})", first.columns.join(", ")));
    let answers: Vec<Said<&ForeignKey>> = (0..found.len())
        .map(|source| match found[source] {
            Some(key) => Said::Value(key),
            None => absence(comparing, row, source, first),
        })
        .collect();
    if let Some(groups) = group(&answers, |_, _| Relation::Same) {
        let says = (0..found.len())
            .map(|source| match found[source] {
                Some(key) => Saying::new(description(comparing, key), &key.origin),
                None => Saying::new("missing", &row.origin(source)),
            })
            .collect();
        comparing.report(Difference {
            rule: &rules::FOREIGN_KEY_MISSING,
            headline: Headline::Missing { subject: format!("Foreign key {path}") },
            at: path.clone(),
            owner: row.owner(comparing),
            groups,
            says,
            mapping: false,
            notes: Vec::new(),
            at_most: row.at_most(),
        });
    }
    differs_in_target(comparing, row, found, &path);
    differs_in_action(comparing, row, found, &path);
    let names: Vec<_> = found.iter().map(|key| key.and_then(|key| Some((key.name.as_deref()?, &key.origin)))).collect();
    report_names(comparing, row, path, "Foreign key", &names);
}

/// The answer of a source without the foreign key: it may lack a column or the table referred to, and
/// then that is the finding.
fn absence<'a>(comparing: &Comparing<'_>, row: &TableRow<'_>, source: usize, key: &ForeignKey) -> Said<&'a ForeignKey> {
    let own_columns = row.has_columns(comparing, source, key.columns.iter().map(String::as_str));
    let schema = comparing.sources[source].schema;
    let target = schema.table(&key.referenced_namespace, &key.referenced_table).is_some()
        || schema.tables().any(|(namespace, name, _)| {
            namespace == key.referenced_namespace
                && comparing.renamed.same(comparing.dialect, namespace, name, &key.referenced_table)
        });
    if own_columns && target {
        row.absence(comparing, source, Fact::ForeignKey, key.name.as_deref().unwrap_or_default())
    } else {
        Said::Silent
    }
}

fn differs_in_target(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'_>,
    found: &[Option<&ForeignKey>],
    path: &ObjectPath,
) {
    let dialect = comparing.dialect;
    let namespace = dialect.default_namespace();
    let renamed = comparing.renamed.clone();
    let target = |left: &ForeignKey, right: &ForeignKey| {
        Relation::of_equality(
            left.referenced_namespace == right.referenced_namespace
                && renamed.same(dialect, &left.referenced_namespace, &left.referenced_table, &right.referenced_table)
                && left.referenced_columns.len() == right.referenced_columns.len()
                && left
                    .referenced_columns
                    .iter()
                    .zip(&right.referenced_columns)
                    .all(|(left, right)| left == right || dialect.same_name(left, right)),
        )
    };
    let aspects = [
        Aspect {
            fact: Fact::ForeignKey,
            relate: &target,
            text: &|key: &ForeignKey| format!("refers to {}", target_text_in(namespace, key)),
        },
        Aspect {
            fact: Fact::Deferrability,
            relate: &|left: &ForeignKey, right: &ForeignKey| {
                Relation::of_equality(left.deferrability == right.deferrability)
            },
            text: &|key: &ForeignKey| format!("is {}", deferrability_text(key.deferrability)),
        },
        Aspect {
            fact: Fact::Deferrability,
            relate: &|left: &ForeignKey, right: &ForeignKey| Relation::of_equality(left.match_kind == right.match_kind),
            text: &|key: &ForeignKey| {
                String::from(match key.match_kind {
                    MatchKind::Simple => "has MATCH SIMPLE",
                    MatchKind::Full => "has MATCH FULL",
                })
            },
        },
    ];
    report_aspects(comparing, row, found, path, &rules::FOREIGN_KEY_TARGET, "", &aspects);
}

fn differs_in_action(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'_>,
    found: &[Option<&ForeignKey>],
    path: &ObjectPath,
) {
    let aspects = [
        Aspect {
            fact: Fact::ReferentialAction,
            relate: &|left: &ForeignKey, right: &ForeignKey| Relation::of_equality(left.on_delete == right.on_delete),
            text: &|key: &ForeignKey| format!("ON DELETE {}", key.on_delete.as_sql()),
        },
        Aspect {
            fact: Fact::ReferentialAction,
            relate: &|left: &ForeignKey, right: &ForeignKey| Relation::of_equality(left.on_update == right.on_update),
            text: &|key: &ForeignKey| format!("ON UPDATE {}", key.on_update.as_sql()),
        },
    ];
    report_aspects(comparing, row, found, path, &rules::FOREIGN_KEY_ACTION, "has", &aspects);
}

fn report_aspects(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'_>,
    found: &[Option<&ForeignKey>],
    path: &ObjectPath,
    rule: &'static Rule,
    verb: &'static str,
    aspects: &[Aspect<'_, ForeignKey>],
) {
    let can_say = |source: usize, fact: Fact| comparing.says(source, fact);
    let Some((groups, texts)) = compare_aspects(found, can_say, aspects) else {
        return;
    };
    let says = texts
        .into_iter()
        .enumerate()
        .map(|(source, text)| Saying {
            text,
            detail: found[source].map(|key| description(comparing, key)),
            origin: found[source].map(|key| key.origin.clone()).unwrap_or_default(),
        })
        .collect();
    comparing.report(Difference {
        rule,
        headline: Headline::kind_says("Foreign key", path, verb),
        at: path.clone(),
        owner: row.owner(comparing),
        groups,
        says,
        mapping: false,
        notes: Vec::new(),
        at_most: row.at_most(),
    });
}

fn same_names(comparing: &Comparing<'_>, left: &[String], right: &[String]) -> bool {
    left.len() == right.len()
        && left.iter().zip(right).all(|(left, right)| left == right || comparing.dialect.same_name(left, right))
}

fn target_text(comparing: &Comparing<'_>, key: &ForeignKey) -> String {
    target_text_in(comparing.dialect.default_namespace(), key)
}

/// `users(id)`, with the namespace where it is not the default one.
fn target_text_in(default_namespace: &str, key: &ForeignKey) -> String {
    let columns = key.referenced_columns.join(", ");
    if key.referenced_namespace == default_namespace || key.referenced_namespace.is_empty() {
        format!("{}({columns})", key.referenced_table)
    } else {
        format!("{}.{}({columns})", key.referenced_namespace, key.referenced_table)
    }
}

/// The whole foreign key in words.
fn description(comparing: &Comparing<'_>, key: &ForeignKey) -> String {
    format!(
        "foreign key to {}, ON DELETE {}, ON UPDATE {}",
        target_text(comparing, key),
        key.on_delete.as_sql(),
        key.on_update.as_sql()
    )
}
