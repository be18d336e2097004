//! Enum types and the labels of enums written in place.

use std::collections::{BTreeSet, HashMap};

use ormsync_schema::{DataType, EnumType, Fact, ObjectKind, Severity};

use crate::answer::{Groups, Relation, Said, group};
use crate::columns::ColumnFacts;
use crate::comparing::{Comparing, Difference, Saying};
use crate::headline::{Headline, shorten};
use crate::names::{NameRow, match_names};
use crate::rules;
use crate::tables::TableRow;

/// Compares the named enum types.
pub(crate) fn compare<'a>(comparing: &mut Comparing<'a>, tables: &[TableRow<'a>]) {
    let namespaces: BTreeSet<&str> =
        comparing.sources.iter().flat_map(|source| source.schema.namespaces.keys().map(String::as_str)).collect();
    let users = Users::new(tables);
    for namespace in namespaces {
        let enums: Vec<Vec<(&str, &EnumType)>> = comparing
            .sources
            .iter()
            .map(|source| match source.schema.namespaces.get(namespace) {
                Some(content) => content.enums.iter().map(|(name, found)| (name.as_str(), found)).collect(),
                None => Vec::new(),
            })
            .collect();
        for row in match_names(&enums, comparing.dialect) {
            report_missing(comparing, namespace, &row, &users);
            compare_labels(comparing, namespace, &row);
        }
    }
}

/// Who uses which enum type: by name, the columns.
struct Users<'t, 'a> {
    tables: &'t [TableRow<'a>],
    by_name: HashMap<(&'a str, &'a str), BTreeSet<(usize, &'a str)>>,
}

impl<'t, 'a> Users<'t, 'a> {
    fn new(tables: &'t [TableRow<'a>]) -> Self {
        let mut by_name: HashMap<_, BTreeSet<_>> = HashMap::new();
        for (at, row) in tables.iter().enumerate() {
            for table in (0..row.slots.len()).filter_map(|source| row.table(source)) {
                for (column, content) in &table.columns {
                    if let Some(name) = enum_name(&content.data_type) {
                        by_name.entry(name).or_default().insert((at, column.as_str()));
                    }
                }
            }
        }
        Self { tables, by_name }
    }

    fn of(&self, namespace: &str, row: &NameRow<'_, &EnumType>) -> BTreeSet<(usize, &'a str)> {
        let names = row.slots.iter().flatten().map(|(name, _)| *name);
        names.filter_map(|name| self.by_name.get(&(namespace, name))).flatten().copied().collect()
    }

    /// Whether a source has a column of this enum type although it has no such type.
    fn dangles(&self, source: usize, users: &BTreeSet<(usize, &str)>, name: &str) -> bool {
        users.iter().any(|(table, column)| {
            let column = self.tables[*table].table(source).and_then(|table| table.columns.get(*column));
            column.and_then(|column| enum_name(&column.data_type)).is_some_and(|(_, found)| found == name)
        })
    }
}

fn enum_name(data_type: &DataType) -> Option<(&str, &str)> {
    match data_type {
        DataType::Enum { namespace, name } => Some((namespace, name)),
        DataType::Array(element) => enum_name(element),
        _ => None,
    }
}

fn report_missing(comparing: &mut Comparing<'_>, namespace: &str, row: &NameRow<'_, &EnumType>, users: &Users<'_, '_>) {
    if row.slots.iter().all(Option::is_some) {
        return;
    }
    let name = row.name();
    let columns = users.of(namespace, row);
    let answers: Vec<Said<&EnumType>> = (0..row.slots.len())
        .map(|source| match row.get(source) {
            Some(found) => Said::Value(found),
            // Its columns are missing or of another type there: that is the finding.
            None if !columns.is_empty() && !users.dangles(source, &columns, name) => Said::Silent,
            // A column that was not read may have it.
            None if columns.is_empty() && comparing.hides_columns(source) => Said::Silent,
            None => comparing.absence(source, Fact::EnumType, name),
        })
        .collect();
    let Some(groups) = group(&answers, |_, _| Relation::Same) else {
        return;
    };
    let path = comparing.path(ObjectKind::EnumType, namespace, name);
    let notes = if columns.is_empty() { vec!["no column uses it".to_owned()] } else { Vec::new() };
    let says = (0..row.slots.len())
        .map(|source| match row.get(source) {
            Some(found) => Saying::new(found.labels.join(", "), &found.origin),
            None => Saying::new("missing", &ormsync_schema::Origin::nowhere()),
        })
        .collect();
    comparing.report(Difference {
        rule: &rules::ENUM_MISSING,
        headline: Headline::Missing { subject: format!("Enum {path}") },
        at: path,
        owner: None,
        groups,
        says,
        mapping: false,
        notes,
        at_most: if columns.is_empty() { Severity::Note } else { Severity::Error },
    });
}

fn compare_labels(comparing: &mut Comparing<'_>, namespace: &str, row: &NameRow<'_, &EnumType>) {
    let path = comparing.path(ObjectKind::EnumType, namespace, row.name());
    let ask = |fact: Fact| -> Vec<Said<&[String]>> {
        (0..row.slots.len())
            .map(|source| match row.get(source) {
                Some(found) if comparing.says(source, fact) => Said::Value(found.labels.as_slice()),
                _ => Said::Silent,
            })
            .collect()
    };
    let answers = [ask(Fact::EnumType), ask(Fact::EnumLabelOrder)];
    let Some(outcome) = Labels::compare(&answers[0], &answers[1]) else {
        return;
    };
    let says = (0..row.slots.len())
        .map(|source| match row.get(source) {
            Some(found) => outcome.saying(&found.labels, &found.origin),
            None => Saying::default(),
        })
        .collect();
    let rule = if outcome.order { &rules::ENUM_LABEL_ORDER } else { &rules::ENUM_LABELS };
    comparing.report(Difference {
        rule,
        headline: outcome.headline(&format!("Enum {path}")),
        at: path,
        owner: None,
        groups: outcome.groups,
        says,
        mapping: false,
        notes: Vec::new(),
        at_most: Severity::Error,
    });
}

/// Compares the labels of enums and sets written in place.
pub(crate) fn compare_inline(facts: &mut ColumnFacts<'_, '_>) {
    let labels = ask_labels(facts, Fact::ColumnType);
    let order = ask_labels(facts, Fact::EnumLabelOrder);
    let Some(outcome) = Labels::compare(&labels, &order) else {
        return;
    };
    let says = (0..facts.column.slots.len())
        .map(|source| match facts.column.column(source) {
            Some(column) => {
                outcome.saying(labels_of(&column.data_type).unwrap_or_default(), column.place_of(Fact::ColumnType))
            }
            None => Saying::default(),
        })
        .collect();
    let at = facts.row.path(facts.comparing, ObjectKind::Column, facts.column.name);
    let rule = if outcome.order { &rules::ENUM_LABEL_ORDER } else { &rules::ENUM_LABELS };
    let headline = outcome.headline(&at.to_string());
    facts.report(rule, outcome.groups, Some(headline), says, Vec::new());
}

fn ask_labels<'a>(facts: &ColumnFacts<'_, 'a>, fact: Fact) -> Vec<Said<&'a [String]>> {
    facts.ask(fact, |column| labels_of(&column.data_type).map_or(Said::Silent, Said::Value))
}

fn labels_of(data_type: &DataType) -> Option<&[String]> {
    match data_type {
        DataType::InlineEnum(labels) | DataType::InlineSet(labels) => Some(labels),
        _ => None,
    }
}

/// How labels differ.
struct Labels {
    groups: Groups,
    /// Only in their order.
    order: bool,
    /// The labels that all have; the others tell the difference.
    common: BTreeSet<String>,
    /// One side has all that the other has and more: the group that has more, and what.
    more: Option<(usize, BTreeSet<String>)>,
}

impl Labels {
    /// Compares labels as sets and, where they are the same, in their order.
    fn compare(labels: &[Said<&[String]>], order: &[Said<&[String]>]) -> Option<Self> {
        let set = |labels: &[String]| -> BTreeSet<String> { labels.iter().cloned().collect() };
        let same_set =
            |left: &&[String], right: &&[String]| Relation::of_equality(left == right || set(left) == set(right));
        if let Some(groups) = group(labels, same_set) {
            let sets: Vec<BTreeSet<String>> = groups
                .members
                .iter()
                .filter_map(|members| labels[members[0]].value().map(|labels| set(labels)))
                .collect();
            let common = sets.iter().skip(1).fold(sets[0].clone(), |common, set| &common & set);
            let rest: Vec<BTreeSet<String>> = sets.iter().map(|set| set - &common).collect();
            let more = match rest.as_slice() {
                [more, less] if less.is_empty() => Some((0, more.clone())),
                [less, more] if less.is_empty() => Some((1, more.clone())),
                _ => None,
            };
            return Some(Self { groups, order: false, common, more });
        }
        let groups = group(order, |left, right| Relation::of_equality(left == right))?;
        Some(Self { groups, order: true, common: BTreeSet::new(), more: None })
    }

    /// A source's labels: those that not all have, or all of them where only the order differs.
    fn saying(&self, labels: &[String], origin: &ormsync_schema::Origin) -> Saying {
        let all = labels.join(", ");
        if self.order {
            return Saying::new(all, origin);
        }
        let own: BTreeSet<String> = labels.iter().filter(|label| !self.common.contains(*label)).cloned().collect();
        let text = if own.is_empty() { all.clone() } else { list(&own) };
        Saying { text, detail: Some(all), origin: origin.clone() }
    }

    fn headline(&self, subject: &str) -> Headline {
        match &self.more {
            Some((group, more)) => Headline::Claims {
                subject: subject.to_owned(),
                claim: format!("has {} {}", if more.len() == 1 { "label" } else { "labels" }, shorten(&list(more))),
                group: *group,
            },
            None if self.order => Headline::Says { subject: subject.to_owned(), verb: "is ordered" },
            None => Headline::Says { subject: subject.to_owned(), verb: "has labels" },
        }
    }
}

fn list(labels: &BTreeSet<String>) -> String {
    labels.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
