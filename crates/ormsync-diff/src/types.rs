//! What columns store.

use ormsync_dialect::Equivalence;
use ormsync_schema::{DataType, Fact, ObjectKind};

use crate::answer::{Relation, Said, group};
use crate::columns::{ColumnFacts, summary};
use crate::comparing::relation_of;
use crate::headline::Headline;
use crate::rules;

/// Compares the types of a column; says whether they are different.
pub(crate) fn compare(facts: &mut ColumnFacts<'_, '_>) -> bool {
    let dialect = facts.comparing.dialect;
    let answers = facts.ask(Fact::ColumnType, |column| match &column.data_type {
        data_type if data_type.is_unreadable() => Said::Silent,
        data_type => Said::Value(data_type),
    });
    let relate = |left: &DataType, right: &DataType| match written_in_place(left, right) {
        true => Equivalence::Identical,
        false => dialect.compare_types(left, right),
    };
    let different = group(&answers, |left, right| relation_of(&relate(left, right)));
    let differ = different.is_some();
    let (rule, groups) = match different {
        Some(groups) => (&rules::COLUMN_TYPE, groups),
        None => {
            let by_name = group(&answers, |left, right| match relate(left, right) {
                Equivalence::Compatible(_) => Relation::Different,
                equivalence => relation_of(&equivalence),
            });
            match by_name {
                Some(groups) => (&rules::COLUMN_TYPE_COMPATIBLE, groups),
                None => return false,
            }
        }
    };
    let first_of = |group: usize| answers[groups.members[group][0]].value();
    let mut notes = Vec::new();
    if let (Some(left), Some(right)) = (first_of(0), first_of(1))
        && let Equivalence::Compatible(why) = relate(left, right)
    {
        notes.push(why);
    }
    let mut says = facts.sayings(Fact::ColumnType, |column| dialect.type_text(&column.data_type));
    for (source, saying) in says.iter_mut().enumerate() {
        saying.detail = facts.column.column(source).map(|column| summary(dialect, column));
    }
    let at = facts.row.path(facts.comparing, ObjectKind::Column, facts.column.name);
    facts.report(rule, groups, Some(Headline::says(&at, "is")), says, notes);
    differ
}

/// Whether both are written in place with their labels, which have rules of their own.
fn written_in_place(left: &DataType, right: &DataType) -> bool {
    matches!(
        (left, right),
        (DataType::InlineEnum(_), DataType::InlineEnum(_)) | (DataType::InlineSet(_), DataType::InlineSet(_))
    )
}
