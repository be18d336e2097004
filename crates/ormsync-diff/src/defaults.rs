//! What the database fills in on its own.

use ormsync_dialect::Dialect;
use ormsync_schema::{Column, DefaultValue, Fact, Literal, ObjectKind};

use crate::answer::{Groups, Relation, Said, group};
use crate::columns::ColumnFacts;
use crate::comparing::relation_of;
use crate::headline::Headline;
use crate::rules;

/// Compares the defaults of a column, and what it is set to on every update. Where the types differ already,
/// a default that is merely written as its type has it (`true` and `1`, a time with fewer digits) is no second fact.
pub(crate) fn compare(facts: &mut ColumnFacts<'_, '_>, types_differ: bool) {
    let dialect = facts.comparing.dialect;
    if let Some(groups) = differing(facts, Fact::Default, types_differ, |column| {
        // A column that the database numbers or computes has no default to compare.
        if column.identity.is_some() || column.generated.is_some() { None } else { Some(column.default.as_ref()) }
    }) {
        let notes = filled_by_client(facts, &groups);
        report(facts, groups, Fact::Default, notes, |column| match &column.default {
            Some(default) => format!("default {}", text(dialect, default)),
            None => "no default".to_owned(),
        });
    }
    if let Some(groups) = differing(facts, Fact::OnUpdate, types_differ, |column| Some(column.on_update.as_deref())) {
        report(facts, groups, Fact::OnUpdate, Vec::new(), |column| match &column.on_update {
            Some(value) => format!("on update {}", text(dialect, value)),
            None => "no value on update".to_owned(),
        });
    }
}

/// The default as the dialect writes it; what could not be read stays as it was.
pub(crate) fn text(dialect: &dyn Dialect, default: &DefaultValue) -> String {
    match default {
        DefaultValue::Unreadable(text) => text.clone(),
        readable => dialect.default_text(readable),
    }
}

/// Groups what the sources fill in. `value` is `None` where a source has no say.
fn differing<'a>(
    facts: &ColumnFacts<'_, 'a>,
    fact: Fact,
    types_differ: bool,
    value: impl Fn(&'a Column) -> Option<Option<&'a DefaultValue>>,
) -> Option<Groups> {
    let dialect = facts.comparing.dialect;
    let answers: Vec<Said<&DefaultValue>> = facts.ask(fact, |column| match value(column) {
        None | Some(Some(DefaultValue::Unreadable(_))) => Said::Silent,
        Some(None) => Said::Nothing,
        Some(Some(default)) => Said::Value(default),
    });
    group(&answers, |left, right| match relation_of(&dialect.compare_defaults(left, right)) {
        Relation::Different if types_differ && same_in_other_types(left, right) => Relation::Same,
        relation => relation,
    })
}

/// Whether two defaults are one, written for columns of different types.
fn same_in_other_types(left: &DefaultValue, right: &DefaultValue) -> bool {
    match (left, right) {
        (DefaultValue::Now { .. }, DefaultValue::Now { .. }) => true,
        (DefaultValue::Literal(left), DefaultValue::Literal(right)) => bare(left) == bare(right),
        _ => false,
    }
}

/// A constant without what its type adds to it.
fn bare(literal: &Literal) -> &str {
    let text = match literal {
        Literal::Text(text) | Literal::Number(text) | Literal::Bytes(text) => text,
        Literal::Boolean(true) => "1",
        Literal::Boolean(false) => "0",
    };
    match text {
        "true" => "1",
        "false" => "0",
        text => text,
    }
}

fn report(
    facts: &mut ColumnFacts<'_, '_>,
    groups: Groups,
    fact: Fact,
    notes: Vec<String>,
    text: impl Fn(&Column) -> String,
) {
    let says = facts.sayings(fact, text);
    let at = facts.row.path(facts.comparing, ObjectKind::Column, facts.column.name);
    facts.report(&rules::COLUMN_DEFAULT, groups, Some(Headline::says(&at, "has")), says, notes);
}

/// What declared sources fill in themselves where they have no default in the database: other writers
/// do not see it.
fn filled_by_client(facts: &ColumnFacts<'_, '_>, groups: &Groups) -> Vec<String> {
    let without = groups.nothing.map(|group| groups.members[group].as_slice()).unwrap_or_default();
    without
        .iter()
        .filter_map(|source| {
            let written = facts.column.column(*source)?.client.default.as_deref()?;
            let label = facts.comparing.sources[*source].label;
            Some(format!(
                "{label} fills it in on its own (`{written}`); the database and other writers do not see that"
            ))
        })
        .collect()
}
