//! Labels of enum types that are used in the migration that adds them. PostgreSQL takes a new label only behind a commit
//! (`ALTER TYPE … ADD VALUE`, notes): where it is used before, the type is made anew.

use std::collections::BTreeSet;

use ormsync_schema::{
    Column, DefaultValue, EnumChange, Expression, Index, IndexTarget, Literal, Operation, QualifiedName, Schema, Table,
    TableChange,
};

use super::mentions::mentions;
use super::types::is_of;

/// Whether anything of the target uses one of these labels: a default, check, index, generated column or view.
pub(super) fn used_in(target: &Schema, name: &QualifiedName, labels: &BTreeSet<&str>) -> bool {
    let new = NewLabels { name, labels };
    target.tables().any(|(_, _, table)| new.are_used_by_table(table))
        || target.namespaces.values().any(|content| {
            content.views.values().any(|view| view.definition.as_ref().is_some_and(|query| new.are_in(&query.text)))
        })
}

/// Tells the changes of enum types whose new labels a later operation uses.
pub(super) fn tell_use_at_once(operations: &mut [Operation]) {
    for at in 0..operations.len() {
        let (before, behind) = operations.split_at_mut(at + 1);
        let Some(Operation::AlterEnum(change)) = before.last_mut() else { continue };
        let EnumChange { name, .. } = &*change;
        let labels: BTreeSet<&str> = change.added_labels().collect();
        let new = NewLabels { name, labels: &labels };
        let is_used = !labels.is_empty() && behind.iter().any(|operation| new.are_used_by(operation));
        change.used_at_once |= is_used;
    }
}

/// The labels that are added to a type.
struct NewLabels<'a> {
    name: &'a QualifiedName,
    labels: &'a BTreeSet<&'a str>,
}

impl NewLabels<'_> {
    fn are_used_by(&self, operation: &Operation) -> bool {
        match operation {
            Operation::CreateTable { table, .. } => self.are_used_by_table(table),
            Operation::CreateView { view, .. } => {
                view.definition.as_ref().is_some_and(|query| self.are_in(&query.text))
            }
            // An empty value is the type's first label, by its place.
            Operation::RunStatement { statement, .. } => self.are_in(statement) || mentions(statement, &self.name.name),
            Operation::ChangeTable { change, .. } => match change {
                TableChange::AddColumn { column, .. } => self.are_used_by_column(column),
                TableChange::AlterColumn(change) => self.are_used_by_column(&change.to),
                TableChange::AddCheck(check) => self.are_in(&check.expression.text),
                TableChange::AddIndex(index) => self.are_used_by_index(index),
                _ => false,
            },
            _ => false,
        }
    }

    fn are_used_by_table(&self, table: &Table) -> bool {
        let has_type = table.columns.values().any(|column| is_of(&column.data_type, self.name));
        has_type
            && (table.columns.values().any(|column| self.are_used_by_column(column))
                || table.checks.iter().any(|check| self.are_in(&check.expression.text))
                || table.indexes.iter().any(|index| self.are_used_by_index(index)))
    }

    fn are_used_by_column(&self, column: &Column) -> bool {
        let is_default = is_of(&column.data_type, self.name)
            && match &column.default {
                Some(DefaultValue::Literal(Literal::Text(text))) => {
                    self.labels.contains(text.as_str()) || self.are_in(text)
                }
                Some(DefaultValue::Expression(expression)) => self.are_in(&expression.text),
                _ => false,
            };
        is_default || column.generated.as_ref().is_some_and(|generated| self.are_in(&generated.expression.text))
    }

    fn are_used_by_index(&self, index: &Index) -> bool {
        let is_in = |expression: &Expression| self.are_in(&expression.text);
        let parts = index.parts.iter().filter_map(|part| match &part.target {
            IndexTarget::Expression(expression) => Some(expression),
            IndexTarget::Column(_) => None,
        });
        index.predicate.iter().chain(parts).any(is_in)
    }

    fn are_in(&self, text: &str) -> bool {
        self.labels.iter().any(|label| mentions(text, label) || mentions(text, &label.replace('\'', "''")))
    }
}
