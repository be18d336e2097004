//! What is called something else now: only what somebody declared. A rename is never guessed.

use std::collections::BTreeMap;

use ormsync_schema::{
    Column, ColumnChange, DataType, Expression, IndexTarget, Operation, QualifiedName, Schema, Table, TableChange,
};

use super::Planner;
use super::backfill::table_path;
use super::mentions::mentions;
use super::order::Step;
use super::types::is_of;

/// Declared renames.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renames {
    /// Tables: old to new.
    pub tables: Vec<(QualifiedName, QualifiedName)>,
    /// Columns: the table by its new name, old to new.
    pub columns: Vec<(QualifiedName, String, String)>,
    /// Enum types: old to new.
    pub enums: Vec<(QualifiedName, QualifiedName)>,
    /// Labels of enum types: the type by its new name, old to new. A new one that the type has already takes over the rows
    /// of the old one.
    pub labels: Vec<(QualifiedName, String, String)>,
    /// The same for labels that are a column's own: the table and column by their new names, old to new.
    pub own_labels: Vec<(QualifiedName, String, String, String)>,
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
            self.keep_given_names(from, None);
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
            self.keep_given_names(table, Some(from));
            let change = TableChange::RenameColumn { from: from.clone(), to: to.clone() };
            self.change(Step::Rename, table, change);
        }
        for (name, from, to) in &renames.labels {
            self.rename_label(name, from, to)?;
        }
        for (table, column, from, to) in &renames.own_labels {
            self.rename_own_label(table, column, from, to)?;
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
        if old.labels.iter().any(|label| label == to) && old.labels.iter().any(|label| label == from) {
            self.merge_label(name, from, to);
            return Ok(());
        }
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

    /// Rows with the old label get the new one, so that nothing is in the way when the old one goes.
    fn merge_label(&mut self, name: &QualifiedName, from: &str, to: &str) {
        let mut statements = Vec::new();
        for (namespace, table, content) in self.state.tables() {
            let table = QualifiedName::new(namespace, table);
            for (column, content) in content.columns.iter().filter(|(_, column)| is_of(&column.data_type, name)) {
                let is_many = matches!(content.data_type, DataType::Array(_));
                statements.push(self.relabel(&table, column, is_many, (from, to)));
            }
        }
        for statement in statements {
            self.push(Step::Rename, Operation::RunStatement { statement, reverse: None });
        }
    }

    /// Where labels belong to a column, it has both while its rows go over.
    fn rename_own_label(&mut self, table: &QualifiedName, name: &str, from: &str, to: &str) -> Result<(), String> {
        let there = self.state.table(&table.namespace, &table.name).and_then(|table| table.columns.get(name)).cloned();
        let missing = || format!("a rename names the label {from} of {}, which is not there", column_name(table, name));
        let column = there.ok_or_else(missing)?;
        let DataType::InlineEnum(labels) = &column.data_type else { return Err(missing()) };
        if !labels.iter().any(|label| label == from) {
            return Err(missing());
        }
        let statement = self.relabel(table, name, false, (from, to));
        let is_new = !labels.iter().any(|label| label == to);
        let reverse = is_new.then(|| self.relabel(table, name, false, (to, from)));
        if is_new {
            let labels = labels.iter().cloned().chain([to.to_owned()]).collect();
            let wider = Column { data_type: DataType::InlineEnum(labels), ..column.clone() };
            let change = ColumnChange::new(name, column, wider);
            self.change(Step::Rename, table, TableChange::AlterColumn(Box::new(change)));
        }
        self.push(Step::Rename, Operation::RunStatement { statement, reverse });
        Ok(())
    }

    fn relabel(&self, table: &QualifiedName, column: &str, is_many: bool, (from, to): (&str, &str)) -> String {
        let path = table_path(table, self.qualified_names, self.dialect);
        let column = self.dialect.quote_identifier(column);
        let (from, to) = (self.dialect.quote_text(from), self.dialect.quote_text(to));
        if is_many {
            format!("UPDATE {path} SET {column} = array_replace({column}, {from}, {to}) WHERE {from} = ANY ({column})")
        } else {
            format!("UPDATE {path} SET {column} = {to} WHERE {column} = {from}")
        }
    }

    /// Says the names that the server has given to what belongs to a table's columns, or to one of them: they stay when it
    /// is renamed.
    fn keep_given_names(&mut self, table: &QualifiedName, only: Option<&str>) {
        let Some(content) = self.state.table(&table.namespace, &table.name).cloned() else { return };
        let renamed = |name: &String| only.is_none_or(|only| only == name);
        for (name, column) in content.columns.into_iter().filter(|(name, it)| renamed(name) && !it.inherited) {
            let said = self.dialect.with_given_names(&table.name, &name, &column, self.server.as_ref());
            if said != column {
                let change = ColumnChange::new(name, column, said);
                self.change(Step::Rename, table, TableChange::AlterColumn(Box::new(change)));
            }
        }
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
