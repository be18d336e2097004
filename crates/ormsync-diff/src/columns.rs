//! Which columns there are, and what each of them is.

use ormsync_dialect::Dialect;
use ormsync_schema::{Column, Fact, IdentityKind, ObjectKind, Origin, Severity};

use crate::answer::{Groups, Relation, Said, group};
use crate::comparing::{Comparing, Difference, Saying, hides_by_name, relate_expressions, relation_of};
use crate::headline::{Headline, join_labels};
use crate::names::{NameRow, is_similar, match_names};
use crate::tables::TableRow;
use crate::{Rule, defaults, enums, rules, types};

/// One column across the sources.
pub(crate) struct ColumnRow<'a> {
    /// Its name in the first source that has it.
    pub(crate) name: &'a str,
    /// What each source has.
    pub(crate) slots: Vec<Said<&'a Column>>,
}

impl<'a> ColumnRow<'a> {
    /// The column in a source.
    pub(crate) fn column(&self, source: usize) -> Option<&'a Column> {
        self.slots.get(source).and_then(|said| said.value().copied())
    }
}

/// Compares the columns of a table.
pub(crate) fn compare<'a>(comparing: &mut Comparing<'a>, row: &TableRow<'a>) {
    let columns: Vec<Vec<(&str, &Column)>> = (0..comparing.sources.len())
        .map(|source| match row.table(source) {
            Some(table) => table.columns.iter().map(|(name, column)| (name.as_str(), column)).collect(),
            None => Vec::new(),
        })
        .collect();
    let found = match_names(&columns, comparing.dialect);
    let second_names = second_names(comparing, row, &found);
    for (at, names) in found.iter().enumerate() {
        if agrees(names, row) {
            continue;
        }
        let column_row = column_row(comparing, row, names);
        if !second_names.contains(&at) {
            report_missing(comparing, row, &column_row, &found, at);
        }
        let mut facts = ColumnFacts { comparing, row, column: &column_row };
        let types_differ = types::compare(&mut facts);
        enums::compare_inline(&mut facts);
        facts.nullability();
        defaults::compare(&mut facts, types_differ);
        facts.identity();
        facts.generated();
        facts.collation();
        facts.comment();
    }
}

/// Whether all sources with the table have the column with the same facts; by far the usual case.
fn agrees(names: &NameRow<'_, &Column>, row: &TableRow<'_>) -> bool {
    let mut first: Option<&Column> = None;
    for (source, slot) in names.slots.iter().enumerate() {
        match (slot, first) {
            (None, _) if row.table(source).is_some() => return false,
            (None, _) => {}
            (Some((_, column)), None) => first = Some(column),
            (Some((_, column)), Some(first)) if !same_facts(first, column) => return false,
            (Some(_), Some(_)) => {}
        }
    }
    true
}

fn same_facts(left: &Column, right: &Column) -> bool {
    left.data_type == right.data_type
        && left.nullable == right.nullable
        && left.default == right.default
        && left.on_update == right.on_update
        && left.identity == right.identity
        && left.generated == right.generated
        && left.collation == right.collation
        && left.comment == right.comment
}

fn column_row<'a>(comparing: &Comparing<'_>, row: &TableRow<'_>, names: &NameRow<'a, &'a Column>) -> ColumnRow<'a> {
    let name = names.name();
    let needed = names.slots.iter().flatten().any(|(_, column)| needs_a_value(column));
    let slots = (0..names.slots.len())
        .map(|source| match names.get(source) {
            Some(column) => Said::Value(column),
            None if !row.can_say(comparing, source, Fact::Column, name) => Said::Silent,
            None if row.must_declare(comparing, source) || needed => Said::Nothing,
            None => Said::Silent,
        })
        .collect();
    ColumnRow { name, slots }
}

/// Whether an INSERT that does not name the column fails.
fn needs_a_value(column: &Column) -> bool {
    !column.nullable && column.default.is_none() && column.identity.is_none() && column.generated.is_none()
}

fn report_missing(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'_>,
    column: &ColumnRow<'_>,
    all: &[NameRow<'_, &Column>],
    at: usize,
) {
    let Some(groups) = group(&column.slots, |_, _| Relation::Same) else {
        return;
    };
    let lacking = groups.nothing.map(|group| groups.members[group].clone()).unwrap_or_default();
    let path = row.path(comparing, ObjectKind::Column, column.name);
    let says = (0..column.slots.len())
        .map(|source| match column.column(source) {
            Some(found) => Saying::new(summary(comparing.dialect, found), &found.origin),
            None => Saying::new("missing", &row.origin(source)),
        })
        .collect();
    let mut notes = similar_columns(comparing, &lacking, all, at);
    notes.extend(folded(row, column.name));
    let obliged = lacking.iter().any(|source| row.must_declare(comparing, *source));
    let at_most = if obliged { row.at_most() } else { Severity::Note };
    comparing.report(Difference {
        rule: &rules::COLUMN_MISSING,
        headline: Headline::Missing { subject: String::new() },
        at: path,
        owner: row.owner(comparing),
        groups,
        says,
        mapping: true,
        notes,
        at_most,
    });
}

/// Columns with a similar name in the sources that lack this one.
fn similar_columns(
    comparing: &Comparing<'_>,
    lacking: &[usize],
    all: &[NameRow<'_, &Column>],
    at: usize,
) -> Vec<String> {
    look_alikes(all, at)
        .filter_map(|other| {
            let names = &all[other];
            let there: Vec<usize> = lacking.iter().copied().filter(|source| names.get(*source).is_some()).collect();
            (!there.is_empty()).then(|| {
                let has = if there.len() == 1 { "has" } else { "have" };
                let labels = join_labels(comparing.sources, &there);
                format!("{labels} {has} `{}`: the same column under another name?", names.name())
            })
        })
        .collect()
}

/// Columns that no source has besides the one at `at`, with a similar name.
fn look_alikes<'n>(all: &'n [NameRow<'_, &Column>], at: usize) -> impl Iterator<Item = usize> + 'n {
    let own = &all[at];
    all.iter()
        .enumerate()
        .filter(move |(other, names)| {
            *other != at && names.is_disjoint_from(own) && is_similar(names.name(), own.name())
        })
        .map(|(other, _)| other)
}

/// Columns that are, as it seems, others under a second name: every source has the one or the other, they store the
/// same, and neither looks like a third one. That is one fact, told at the name that most have.
fn second_names(comparing: &Comparing<'_>, row: &TableRow<'_>, all: &[NameRow<'_, &Column>]) -> Vec<usize> {
    let incomplete: Vec<usize> = (0..all.len())
        .filter(|at| (0..row.slots.len()).any(|it| row.table(it).is_some() && all[*at].get(it).is_none()))
        .collect();
    let only_look_alike = |at: usize| {
        let mut others = look_alikes(all, at);
        others.next().filter(|_| others.next().is_none())
    };
    let mut second = Vec::new();
    for at in incomplete {
        let Some(other) = only_look_alike(at).filter(|other| at < *other && only_look_alike(*other) == Some(at)) else {
            continue;
        };
        let pair = [&all[at], &all[other]];
        let everywhere =
            (0..row.slots.len()).all(|it| row.table(it).is_none() || pair.iter().any(|names| names.get(it).is_some()));
        let types: Vec<_> =
            pair.iter().filter_map(|names| Some(&names.slots.iter().flatten().next()?.1.data_type)).collect();
        let same_type = types
            .windows(2)
            .all(|types| relation_of(&comparing.dialect.compare_types(types[0], types[1])) != Relation::Different);
        if everywhere && same_type {
            let names: Vec<Option<String>> = (0..row.slots.len())
                .map(|it| pair.iter().find(|names| names.get(it).is_some()).map(|names| names.name().to_owned()))
                .collect();
            let agreed = comparing.agreed_name(&names, row.owner(comparing));
            second.push(if all[at].name() == agreed { other } else { at });
        }
    }
    second
}

/// What hangs on a missing column and is not reported besides it.
fn folded(row: &TableRow<'_>, column: &str) -> Option<String> {
    let tables = || (0..row.slots.len()).filter_map(|source| row.table(source));
    let indexed = tables().any(|table| table.indexes.iter().any(|index| index.columns().any(|name| name == column)));
    let refers =
        tables().any(|table| table.foreign_keys.iter().any(|key| key.columns.iter().any(|name| name == column)));
    let what = match (indexed, refers) {
        (true, true) => "indexes and foreign keys",
        (true, false) => "indexes",
        (false, true) => "foreign keys",
        (false, false) => return None,
    };
    Some(format!("the {what} on it are not listed again"))
}

/// A column in a line: type, nullability, default.
pub(crate) fn summary(dialect: &dyn Dialect, column: &Column) -> String {
    let mut text = dialect.type_text(&column.data_type);
    text.push_str(if column.nullable { ", nullable" } else { ", not null" });
    if let Some(default) = &column.default {
        text.push_str(", default ");
        text.push_str(&defaults::text(dialect, default));
    }
    if column.identity.is_some() {
        text.push_str(", numbered by the database");
    }
    if column.generated.is_some() {
        text.push_str(", generated");
    }
    text
}

/// One column while its facts are asked for.
pub(crate) struct ColumnFacts<'c, 'a> {
    /// The comparison.
    pub(crate) comparing: &'c mut Comparing<'a>,
    /// The table.
    pub(crate) row: &'c TableRow<'a>,
    /// The column.
    pub(crate) column: &'c ColumnRow<'a>,
}

impl<'a> ColumnFacts<'_, 'a> {
    /// Asks every source that has the column and words for the fact. An opaque part of the table may hide
    /// a fact that seems to be absent; one that is about this very column hides what it says, too.
    pub(crate) fn ask<T>(&self, fact: Fact, answer: impl Fn(&'a Column) -> Said<T>) -> Vec<Said<T>> {
        (0..self.column.slots.len())
            .map(|source| match (self.column.column(source), self.row.table(source)) {
                (Some(column), Some(table)) if self.comparing.says(source, fact) => {
                    let name = self.column.name;
                    match answer(column) {
                        Said::Nothing if !self.row.can_say(self.comparing, source, fact, name) => Said::Silent,
                        _ if hides_by_name(&table.opaque, fact, name) => Said::Silent,
                        answer => answer,
                    }
                }
                _ => Said::Silent,
            })
            .collect()
    }

    /// Words for every source's answer, placed where the fact is stated.
    pub(crate) fn sayings(&self, fact: Fact, text: impl Fn(&'a Column) -> String) -> Vec<Saying> {
        (0..self.column.slots.len())
            .map(|source| match self.column.column(source) {
                Some(column) => Saying::new(text(column), column.place_of(fact)),
                None => Saying::new("missing", &Origin::nowhere()),
            })
            .collect()
    }

    /// Reports a difference about the column.
    pub(crate) fn report(
        &mut self,
        rule: &'static Rule,
        groups: Groups,
        headline: Option<Headline>,
        says: Vec<Saying>,
        notes: Vec<String>,
    ) {
        let at = self.row.path(self.comparing, ObjectKind::Column, self.column.name);
        let headline = headline.unwrap_or_else(|| Headline::says(&at, "is"));
        self.comparing.report(Difference {
            rule,
            headline,
            at,
            owner: self.row.owner(self.comparing),
            groups,
            says,
            mapping: false,
            notes,
            at_most: self.row.at_most(),
        });
    }

    /// Reports a difference whose headline is `table.column has …`.
    fn report_having(&mut self, rule: &'static Rule, groups: Groups, says: Vec<Saying>, notes: Vec<String>) {
        let at = self.row.path(self.comparing, ObjectKind::Column, self.column.name);
        self.report(rule, groups, Some(Headline::says(&at, "has")), says, notes);
    }

    fn nullability(&mut self) {
        let answers = self.ask(Fact::Nullability, |column| Said::Value(column.nullable));
        let Some(groups) = group(&answers, |left, right| Relation::of_equality(left == right)) else {
            return;
        };
        let says = self
            .sayings(Fact::Nullability, |column| String::from(if column.nullable { "takes NULL" } else { "not null" }));
        let at = self.row.path(self.comparing, ObjectKind::Column, self.column.name);
        let nullable = groups.members.iter().position(|members| answers[members[0]] == Said::Value(true));
        let headline = Headline::Claims {
            subject: at.to_string(),
            claim: "takes NULL".to_owned(),
            group: nullable.unwrap_or_default(),
        };
        self.report(&rules::COLUMN_NULLABLE, groups, Some(headline), says, Vec::new());
    }

    fn identity(&mut self) {
        let answers = self.ask(Fact::Identity, |column| Said::from_option(column.identity.as_ref()));
        let groups = group(&answers, |left, right| {
            let stated = |left: Option<i64>, right: Option<i64>| left.is_none() || right.is_none() || left == right;
            Relation::of_equality(
                left.kind == right.kind && stated(left.start, right.start) && stated(left.increment, right.increment),
            )
        });
        let Some(groups) = groups else {
            return;
        };
        // All of them number the column and let an INSERT give a number of its own.
        let alike = groups
            .members
            .iter()
            .flatten()
            .all(|source| answers[*source].value().is_some_and(|identity| identity.kind != IdentityKind::Always));
        let says = self.sayings(Fact::Identity, identity_text);
        let at = self.row.path(self.comparing, ObjectKind::Column, self.column.name);
        let at_most = if alike { Severity::Note } else { self.row.at_most() };
        self.comparing.report(Difference {
            rule: &rules::COLUMN_AUTO_INCREMENT,
            headline: Headline::says(&at, "is"),
            at,
            owner: self.row.owner(self.comparing),
            groups,
            says,
            mapping: false,
            notes: Vec::new(),
            at_most: at_most.min(self.row.at_most()),
        });
    }

    fn generated(&mut self) {
        let answers = self.ask(Fact::Generated, |column| Said::from_option(column.generated.as_ref()));
        let groups = group(&answers, |left, right| {
            if left.storage == right.storage {
                relate_expressions(&left.expression, &right.expression)
            } else {
                Relation::Different
            }
        });
        let Some(groups) = groups else {
            return;
        };
        let says = self.sayings(Fact::Generated, |column| match &column.generated {
            Some(generated) => {
                let stored = match generated.storage {
                    ormsync_schema::GeneratedStorage::Stored => "stored",
                    ormsync_schema::GeneratedStorage::Virtual => "virtual",
                };
                format!("generated as ({}) {stored}", generated.expression.text)
            }
            None => "not generated".to_owned(),
        });
        self.report(&rules::COLUMN_GENERATED, groups, None, says, Vec::new());
    }

    fn collation(&mut self) {
        let answers = self.ask(Fact::Collation, |column| Said::from_option(column.collation.as_deref()));
        let Some(groups) = group(&answers, |left, right| Relation::of_equality(left.eq_ignore_ascii_case(right)))
        else {
            return;
        };
        let says = self.sayings(Fact::Collation, |column| match &column.collation {
            Some(collation) => format!("collation {collation}"),
            None => "no collation of its own".to_owned(),
        });
        self.report_having(&rules::COLUMN_COLLATION, groups, says, Vec::new());
    }

    fn comment(&mut self) {
        let answers = self.ask(Fact::ColumnComment, |column| Said::from_option(column.comment.as_deref()));
        let Some(groups) = group(&answers, |left, right| Relation::of_equality(left == right)) else {
            return;
        };
        let says = self.sayings(Fact::ColumnComment, |column| match &column.comment {
            Some(comment) => format!("comment {comment:?}"),
            None => "no comment".to_owned(),
        });
        self.report_having(&rules::COLUMN_COMMENT, groups, says, Vec::new());
    }
}

fn identity_text(column: &Column) -> String {
    let Some(identity) = &column.identity else {
        return "not numbered".to_owned();
    };
    let mut text = String::from(match identity.kind {
        IdentityKind::AutoIncrement => "auto-increment",
        IdentityKind::ByDefault => "identity by default",
        IdentityKind::Always => "identity always",
    });
    if let Some(start) = identity.start {
        text.push_str(&format!(" from {start}"));
    }
    if let Some(increment) = identity.increment {
        text.push_str(&format!(" by {increment}"));
    }
    text
}
