//! Primary keys, by their columns.

use ormsync_schema::{Fact, ObjectKind, PrimaryKey};

use crate::answer::{Relation, Said, group};
use crate::comparing::{Comparing, Difference, Saying};
use crate::headline::Headline;
use crate::indexes::{columns_text, report_names};
use crate::rules;
use crate::tables::TableRow;

/// Compares the primary keys of a table.
pub(crate) fn compare(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let keys: Vec<Option<&PrimaryKey>> =
        (0..row.slots.len()).map(|source| row.table(source).and_then(|table| table.primary_key.as_ref())).collect();
    let answers: Vec<Said<&PrimaryKey>> =
        keys.iter().enumerate().map(|(source, key)| answer(comparing, row, source, *key, &keys)).collect();
    let dialect = comparing.dialect;
    let same = |left: &&PrimaryKey, right: &&PrimaryKey| {
        let (left, right) = (columns(left), columns(right));
        let same = left.len() == right.len()
            && left.iter().zip(&right).all(|(left, right)| left == right || dialect.same_name(left, right));
        Relation::of_equality(same)
    };
    let Some(groups) = group(&answers, same) else {
        let names: Vec<_> =
            answers.iter().map(|said| said.value().and_then(|key| Some((key.name.as_deref()?, &key.origin)))).collect();
        let parts = answers.iter().find_map(Said::value).map(|key| columns_text(&key.parts)).unwrap_or_default();
        report_names(comparing, row, row.path(comparing, ObjectKind::PrimaryKey, &parts), "Primary key", &names);
        return;
    };
    let names: Vec<Option<String>> = keys.iter().map(|key| key.map(|key| columns_text(&key.parts))).collect();
    let parts = comparing.agreed_name(&names, row.owner(comparing));
    let says = keys
        .iter()
        .enumerate()
        .map(|(source, key)| match key {
            Some(key) => Saying::new(format!("primary key {}", columns_text(&key.parts)), &key.origin),
            None => Saying::new("no primary key", &row.origin(source)),
        })
        .collect();
    comparing.report(Difference {
        rule: &rules::PRIMARY_KEY,
        headline: Headline::says(&row.own_path(comparing), "has"),
        at: row.path(comparing, ObjectKind::PrimaryKey, &parts),
        owner: row.owner(comparing),
        groups,
        says,
        mapping: false,
        notes: Vec::new(),
        at_most: row.at_most(),
    });
}

fn answer<'a>(
    comparing: &Comparing<'_>,
    row: &TableRow<'_>,
    source: usize,
    key: Option<&'a PrimaryKey>,
    all: &[Option<&PrimaryKey>],
) -> Said<&'a PrimaryKey> {
    let may_hide = key.is_none() && !row.can_say(comparing, source, Fact::PrimaryKey, "");
    if row.table(source).is_none() || !comparing.says(source, Fact::PrimaryKey) || may_hide {
        return Said::Silent;
    }
    // Where a key's column is missing, that is the finding; the key follows from it.
    let others = all.iter().flatten().flat_map(|key| columns(key));
    if !row.has_columns(comparing, source, others) {
        return Said::Silent;
    }
    Said::from_option(key)
}

fn columns(key: &PrimaryKey) -> Vec<&str> {
    key.parts.iter().filter_map(|part| part.as_column()).collect()
}
