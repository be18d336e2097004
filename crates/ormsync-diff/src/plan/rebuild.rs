//! Tables of servers that can't change a table in place.

use ormsync_schema::{IndexKind, Operation, QualifiedName, Table, TableChange, TableRebuild};

use super::Planner;
use super::order::Step;
use super::physical::comparable_table;

impl Planner<'_> {
    /// Adds columns in place where that is all there is and the server can; makes the table anew otherwise.
    pub(super) fn plan_rebuilt_table(&mut self, name: &QualifiedName, target: &Table) {
        let Some(table) = self.state.table(&name.namespace, &name.name).cloned() else { return };
        let added: Vec<String> =
            target.columns.keys().filter(|name| !table.columns.contains_key(*name)).cloned().collect();
        let mut grown = table.clone();
        for name in &added {
            grown.columns.insert(name.clone(), target.columns[name].clone());
        }
        let in_place = added.iter().all(|name| self.dialect.adds_in_place(&target.columns[name]));
        if !in_place || core(&grown, self) != core(target, self) {
            let rebuild = TableRebuild {
                from: table,
                to: target.clone(),
                values: Default::default(),
                values_back: Default::default(),
            };
            let change = TableChange::Rebuild(Box::new(rebuild));
            self.push(Step::RebuildTable, Operation::change(name.clone(), change));
            return;
        }
        for column_name in added {
            let column = Box::new(target.columns[&column_name].clone());
            self.change(Step::AlterTable, name, TableChange::AddColumn { name: column_name, column });
        }
        self.plan_triggers(name, target);
        self.plan_indexes(name, target);
    }
}

/// What is inside CREATE TABLE: all but triggers and the indexes that have statements of their own.
fn core(table: &Table, planner: &Planner<'_>) -> Table {
    let mut core = comparable_table(table, planner.dialect);
    core.triggers.clear();
    core.indexes.retain(|index| index.kind == IndexKind::UniqueConstraint);
    core
}
