//! What is called something else now: only what somebody declared. A rename is never guessed.

use std::collections::BTreeMap;

use ormsync_schema::{Expression, IndexTarget, Operation, QualifiedName, Schema, Table, TableChange};

use super::Planner;
use super::mentions::mentions;
use super::order::Step;

/// Declared renames.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renames {
    /// Tables: old to new.
    pub tables: Vec<(QualifiedName, QualifiedName)>,
    /// Columns: the table by its new name, old to new.
    pub columns: Vec<(QualifiedName, String, String)>,
    /// Enum types: old to new.
    pub enums: Vec<(QualifiedName, QualifiedName)>,
    /// Labels of enum types: the type by its new name, old to new.
    pub labels: Vec<(QualifiedName, String, String)>,
}

impl Planner<'_> {
    /// Carries the declared renames out. Whatever is planned later finds the new names.
    pub(super) fn rename(&mut self, renames: &Renames, target: &Schema) -> Result<(), String> {
        for (from, to) in &renames.enums {
            self.expect(self.state.enum_type(&from.namespace, &from.name).is_some(), "enum type", from)?;
            self.expect(target.enum_type(&to.namespace, &to.name).is_some(), "enum type", to)?;
            self.push(Step::Rename, Operation::RenameEnum { from: from.clone(), to: to.clone() });
        }
        for (from, to) in &renames.tables {
            self.expect(self.state.table(&from.namespace, &from.name).is_some(), "table", from)?;
            self.expect(target.table(&to.namespace, &to.name).is_some(), "table", to)?;
            self.push(Step::Rename, Operation::RenameTable { from: from.clone(), to: to.clone() });
        }
        for (table, from, to) in &renames.columns {
            let has = |schema: &Schema, column: &String| {
                schema.table(&table.namespace, &table.name).is_some_and(|table| table.columns.contains_key(column))
            };
            self.expect(has(&self.state, from), "column", &column_name(table, from))?;
            self.expect(has(target, to), "column", &column_name(table, to))?;
            if self.alterations.expressions_hold_names {
                self.free_name(table, from);
            }
            let change = TableChange::RenameColumn { from: from.clone(), to: to.clone() };
            self.change(Step::Rename, table, change);
        }
        for (name, from, to) in &renames.labels {
            self.rename_label(name, from, to)?;
        }
        Ok(())
    }

    fn expect(&self, is_there: bool, what: &str, name: &QualifiedName) -> Result<(), String> {
        if is_there { Ok(()) } else { Err(format!("a rename names the {what} {name}, which is not there")) }
    }

    fn rename_label(&mut self, name: &QualifiedName, from: &str, to: &str) -> Result<(), String> {
        let Some(old) = self.state.enum_type(&name.namespace, &name.name).cloned() else {
            return Err(format!("a rename names the enum type {name}, which is not there"));
        };
        let mut new = old.clone();
        let Some(label) = new.labels.iter_mut().find(|label| *label == from) else {
            return Err(format!("a rename names the label {from} of the enum type {name}, which is not there"));
        };
        to.clone_into(label);
        let renamed_labels = BTreeMap::from([(from.to_owned(), to.to_owned())]);
        let change = ormsync_schema::EnumChange {
            name: name.clone(),
            from: old,
            to: new,
            renamed_labels,
            users: Vec::new(),
            used_at_once: false,
        };
        self.push(Step::Rename, Operation::AlterEnum(change));
        Ok(())
    }

    /// Drops what keeps a column's name in an expression, on servers that then refuse to rename it. What the target
    /// wants of it is made again later.
    fn free_name(&mut self, table: &QualifiedName, column: &str) {
        let Some(content) = self.state.table(&table.namespace, &table.name).cloned() else { return };
        for check in content.checks.iter().filter(|check| mentions(&check.expression.text, column)) {
            self.change(Step::FreeNames, table, TableChange::DropCheck(check.clone()));
        }
        for index in &content.indexes {
            if index_mentions(index, column) {
                self.change(Step::FreeNames, table, TableChange::DropIndex(Box::new(index.clone())));
            }
        }
        for name in generated_from(&content, column) {
            let column = Box::new(content.columns[&name].clone());
            self.change(Step::FreeNames, table, TableChange::DropColumn { name, column });
        }
    }
}

fn column_name(table: &QualifiedName, column: &str) -> QualifiedName {
    QualifiedName::new(&table.namespace, format!("{}.{column}", table.name))
}

/// Whether an expression of an index speaks of a column.
pub(super) fn index_mentions(index: &ormsync_schema::Index, column: &str) -> bool {
    let parts = index.parts.iter().filter_map(|part| match &part.target {
        IndexTarget::Expression(expression) => Some(expression),
        IndexTarget::Column(_) => None,
    });
    parts.chain(&index.predicate).any(|Expression { text, .. }| mentions(text, column))
}

/// The columns that are generated from a column.
pub(super) fn generated_from(table: &Table, column: &str) -> Vec<String> {
    let uses = |other: &ormsync_schema::Column| {
        other.generated.as_ref().is_some_and(|generated| mentions(&generated.expression.text, column))
    };
    table.columns.iter().filter(|(_, other)| uses(other)).map(|(name, _)| name.clone()).collect()
}
