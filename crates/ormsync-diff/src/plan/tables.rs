//! A table that is there before and behind.

use std::collections::BTreeSet;

use ormsync_dialect::Equivalence;
use ormsync_schema::{
    Check, Column, ColumnChange, ConstraintKind, DefaultValue, Expression, Index, Partitioning, QualifiedName, Schema,
    Table, TableChange,
};

use super::Planner;
use super::mentions::mentions;
use super::order::Step;
use super::physical::{bare_column, bare_table};
use super::renames::{generated_from, index_mentions};
use super::warnings::not_planned;

impl Planner<'_> {
    pub(super) fn plan_table(&mut self, name: &QualifiedName, target: &Table, schema: &Schema) {
        if self.alterations.rebuilds_tables {
            self.plan_rebuilt_table(name, target);
            return;
        }
        let moving = self.moving_columns(name, target, schema);
        self.free_columns(name, &moving);
        self.free_remade_columns(name, target);
        self.plan_triggers(name, target);
        self.plan_policies(name, target);
        self.plan_checks(name, target);
        self.plan_exclusions(name, target);
        self.plan_indexes(name, target);
        self.plan_columns_and_key(name, target);
        self.describe(name, target);
    }

    /// Columns whose type changes or that go, so that what is built on them has to make way.
    fn moving_columns(&self, name: &QualifiedName, target: &Table, schema: &Schema) -> BTreeSet<String> {
        let Some(table) = self.state.table(&name.namespace, &name.name) else { return BTreeSet::new() };
        let moves = |column_name: &String, column: &Column| match target.columns.get(column_name) {
            Some(wanted) => {
                is_remade(column, wanted)
                    || column.data_type != wanted.data_type
                    || column.collation != wanted.collation
                    || self.gets_new_type(&column.data_type, schema)
            }
            None => true,
        };
        table.columns.iter().filter(|(name, column)| moves(name, column)).map(|(name, _)| name.clone()).collect()
    }

    /// Drops what the server does not carry over when a column changes its type. What is wanted of it comes again.
    pub(super) fn free_columns(&mut self, name: &QualifiedName, moving: &BTreeSet<String>) {
        if moving.is_empty() || !self.alterations.views_hold_tables {
            return;
        }
        let Some(table) = self.state.table(&name.namespace, &name.name).cloned() else { return };
        let speaks = |text: &str| moving.iter().any(|column| mentions(text, column));
        for (trigger_name, trigger) in table.triggers.iter().filter(|(_, trigger)| speaks(&trigger.action)) {
            let (name_of_trigger, trigger) = (trigger_name.clone(), trigger.clone());
            self.change(Step::DropTrigger, name, TableChange::DropTrigger { name: name_of_trigger, trigger });
        }
        for (policy_name, policy) in &table.policies {
            if policy.using.iter().chain(&policy.with_check).any(|expression| speaks(&expression.text)) {
                let change = TableChange::DropPolicy { name: policy_name.clone(), policy: policy.clone() };
                self.change(Step::DropPolicy, name, change);
            }
        }
        for check in table.checks.iter().filter(|check| !check.inherited && speaks(&check.expression.text)) {
            self.change(Step::DropConstraint, name, TableChange::DropCheck(check.clone()));
        }
        let is_used = |index: &Index| moving.iter().any(|column| index_mentions(index, column));
        for index in table.indexes.iter().filter(|index| is_used(index)) {
            self.change(Step::DropIndex, name, TableChange::DropIndex(Box::new(index.clone())));
        }
        let generated: BTreeSet<String> = moving.iter().flat_map(|column| generated_from(&table, column)).collect();
        for generated_name in generated {
            let column = Box::new(table.columns[&generated_name].clone());
            self.change(Step::FreeColumns, name, TableChange::DropColumn { name: generated_name, column });
        }
    }

    /// Drops the indexes over columns that go and come again, which would go with them. What is wanted of them comes again.
    fn free_remade_columns(&mut self, name: &QualifiedName, target: &Table) {
        let Some(table) = self.state.table(&name.namespace, &name.name).cloned() else { return };
        let remade = remade_columns(&table, target);
        let is_over = |index: &&Index| index.columns().any(|column| remade.contains(column));
        for index in table.indexes.iter().filter(is_over).filter(|index| !index.implicit && !index.inherited) {
            self.change(Step::DropIndex, name, TableChange::DropIndex(Box::new(index.clone())));
        }
    }

    pub(super) fn plan_triggers(&mut self, name: &QualifiedName, target: &Table) {
        let Some(table) = self.state.table(&name.namespace, &name.name).cloned() else { return };
        for (trigger_name, trigger) in &table.triggers {
            if target.triggers.get(trigger_name) != Some(trigger) {
                let change = TableChange::DropTrigger { name: trigger_name.clone(), trigger: trigger.clone() };
                self.change(Step::DropTrigger, name, change);
            }
        }
        let there =
            self.state.table(&name.namespace, &name.name).map(|table| table.triggers.clone()).unwrap_or_default();
        let wanted = super::triggers_in_order(target.triggers.clone());
        for (trigger_name, trigger) in wanted.into_iter().filter(|(name, _)| !there.contains_key(name)) {
            let change = TableChange::CreateTrigger { name: trigger_name, trigger };
            self.change(Step::CreateTrigger, name, change);
        }
    }

    fn plan_policies(&mut self, name: &QualifiedName, target: &Table) {
        let Some(table) = self.state.table(&name.namespace, &name.name).cloned() else { return };
        for (policy_name, policy) in &table.policies {
            if target.policies.get(policy_name) != Some(policy) {
                let change = TableChange::DropPolicy { name: policy_name.clone(), policy: policy.clone() };
                self.change(Step::DropPolicy, name, change);
            }
        }
        let there =
            self.state.table(&name.namespace, &name.name).map(|table| table.policies.clone()).unwrap_or_default();
        for (policy_name, policy) in target.policies.iter().filter(|(name, _)| !there.contains_key(*name)) {
            let change = TableChange::CreatePolicy { name: policy_name.clone(), policy: policy.clone() };
            self.change(Step::CreatePolicy, name, change);
        }
    }

    fn plan_checks(&mut self, name: &QualifiedName, target: &Table) {
        let Some(table) = self.state.table(&name.namespace, &name.name).cloned() else { return };
        let mut coming = target.checks.clone();
        let is_taken =
            |name: &Option<String>| table.checks.iter().chain(&target.checks).filter(|it| it.name == *name).count();
        for check in table.checks.clone() {
            let by_name = coming.iter().position(|other| other.name == check.name);
            let Some(position) = by_name.filter(|position| self.is_same_check(name, &check, &coming[*position])) else {
                // A name that is taken, or will be, can't be had by renaming.
                let may_rename = is_taken(&check.name) == 1 && coming.iter().all(|it| is_taken(&it.name) == 1);
                self.replace_or_drop_check(name, check, &mut coming, may_rename);
                continue;
            };
            coming.remove(position);
        }
        for check in coming {
            self.change(Step::AddConstraint, name, TableChange::AddCheck(check));
        }
    }

    fn replace_or_drop_check(&mut self, name: &QualifiedName, check: Check, coming: &mut Vec<Check>, may_rename: bool) {
        let nameless = |check: &Check| Check { name: None, ..check.clone() };
        let renamed = coming.iter().position(|other| nameless(other) == nameless(&check));
        if may_rename
            && self.alterations.renames_constraints
            && let Some(position) = renamed
            && let (Some(from), Some(to)) = (&check.name, &coming[position].name)
        {
            let kind = ConstraintKind::Check;
            let change = TableChange::RenameConstraint { kind, from: from.clone(), to: to.clone() };
            self.change(Step::RenameConstraint, name, change);
            coming.remove(position);
            return;
        }
        self.change(Step::DropConstraint, name, TableChange::DropCheck(check));
    }

    /// The same, or not to be told apart since one of them is not understood.
    fn is_same_check(&mut self, table: &QualifiedName, left: &Check, right: &Check) -> bool {
        if left == right {
            return true;
        }
        let otherwise_same = Check { expression: right.expression.clone(), ..left.clone() } == *right;
        let unknown = otherwise_same && is_unknown(&left.expression, &right.expression);
        if unknown {
            let name = left.name.as_deref().unwrap_or_default();
            self.warnings.push(not_planned(format!("{table}.{name}"), "the two expressions could not be compared"));
        }
        unknown
    }

    fn plan_exclusions(&mut self, name: &QualifiedName, target: &Table) {
        let Some(table) = self.state.table(&name.namespace, &name.name).cloned() else { return };
        for exclusion in table.exclusions.iter().filter(|exclusion| !target.exclusions.contains(exclusion)) {
            self.change(Step::DropConstraint, name, TableChange::DropExclusion(exclusion.clone()));
        }
        for exclusion in target.exclusions.iter().filter(|exclusion| !table.exclusions.contains(exclusion)) {
            self.change(Step::AddConstraint, name, TableChange::AddExclusion(exclusion.clone()));
        }
    }

    /// All that can be one statement, in the order of its parts: the old key, columns that go, come and change, the
    /// new key.
    fn plan_columns_and_key(&mut self, name: &QualifiedName, target: &Table) {
        let Some(table) = self.state.table(&name.namespace, &name.name).cloned() else { return };
        let (bare, bare_target) = (bare_table(&table, self.dialect), bare_table(target, self.dialect));
        let nameless =
            |table: &Table| table.primary_key.clone().map(|key| ormsync_schema::PrimaryKey { name: None, ..key });
        let renamed = nameless(&bare) == nameless(&bare_target) && self.alterations.renames_constraints;
        let remade = remade_columns(&table, target);
        let is_remade = table
            .primary_key
            .iter()
            .flat_map(|key| &key.parts)
            .any(|part| part.as_column().is_some_and(|column| remade.contains(column)));
        let renamed = renamed && !is_remade;
        let new_key = is_remade || (bare.primary_key != bare_target.primary_key && !renamed);
        if let Some(key) = table.primary_key.as_ref().filter(|_| new_key) {
            self.change(Step::AlterTable, name, TableChange::DropPrimaryKey(key.clone()));
        }
        self.plan_columns(name, &table, target);
        if let Some(key) = target.primary_key.as_ref().filter(|_| new_key) {
            self.change(Step::AlterTable, name, TableChange::AddPrimaryKey(key.clone()));
        }
        if let (true, Some(from), Some(to)) = (renamed, &bare.primary_key, &bare_target.primary_key)
            && from.name != to.name
            && let (Some(from), Some(to)) = (from.name.clone(), to.name.clone())
        {
            let change = TableChange::RenameConstraint { kind: ConstraintKind::PrimaryKey, from, to };
            self.change(Step::RenameConstraint, name, change);
        }
    }

    fn plan_columns(&mut self, name: &QualifiedName, table: &Table, target: &Table) {
        let remade = remade_columns(table, target);
        let is_remade = |column_name: &String| remade.contains(column_name);
        for (column_name, column) in &table.columns {
            if !target.columns.contains_key(column_name) || is_remade(column_name) {
                let change = TableChange::DropColumn { name: column_name.clone(), column: Box::new(column.clone()) };
                self.change(Step::AlterTable, name, change);
            }
        }
        let mut added: Vec<(&String, &Column)> = target
            .columns
            .iter()
            .filter(|(column_name, _)| !table.columns.contains_key(*column_name) || is_remade(column_name))
            .collect();
        // Columns that are generated from others come behind them.
        added.sort_by_key(|(_, column)| column.generated.is_some());
        for (column_name, column) in added {
            let change = TableChange::AddColumn { name: column_name.clone(), column: Box::new(column.clone()) };
            self.change(Step::AlterTable, name, change);
        }
        for (column_name, from) in &table.columns {
            let Some(to) = target.columns.get(column_name).filter(|_| !is_remade(column_name)) else { continue };
            let to = self.with_unknown_facts(&format!("{name}.{column_name}"), from, to);
            if bare_column(from) != bare_column(&to) {
                let change = ColumnChange::new(column_name, from.clone(), to);
                self.change(Step::AlterTable, name, TableChange::AlterColumn(Box::new(change)));
            }
        }
    }

    /// The wanted column, where what can't be compared stays as it is.
    fn with_unknown_facts(&mut self, subject: &str, from: &Column, to: &Column) -> Column {
        let mut to = to.clone();
        let mut unknown = Vec::new();
        if self.dialect.compare_types(&from.data_type, &to.data_type) == Equivalence::Unknown {
            to.data_type = from.data_type.clone();
            unknown.push("types");
        }
        for (old, new) in
            [(from.default.as_ref(), to.default.as_mut()), (from.on_update.as_deref(), to.on_update.as_deref_mut())]
        {
            if let (Some(old), Some(new)) = (old, new)
                && self.dialect.compare_defaults(old, new) == Equivalence::Unknown
            {
                DefaultValue::clone_from(new, old);
                unknown.push("defaults");
            }
        }
        if let (Some(old), Some(new)) = (&from.generated, &mut to.generated) {
            new.clone_from(old);
        }
        for what in unknown {
            self.warnings.push(not_planned(subject.to_owned(), &format!("the two {what} could not be compared")));
        }
        to
    }

    fn describe(&mut self, name: &QualifiedName, target: &Table) {
        let Some(table) = self.state.table(&name.namespace, &name.name).cloned() else { return };
        if table.comment != target.comment {
            let change = TableChange::SetComment { from: table.comment, to: target.comment.clone() };
            self.change(Step::Describe, name, change);
        }
        if table.options != target.options {
            let change = TableChange::SetOptions { from: table.options, to: target.options.clone() };
            self.change(Step::Describe, name, change);
        }
        if table.row_security != target.row_security {
            self.change(Step::Describe, name, TableChange::SetRowSecurity { enabled: target.row_security });
        }
        let is_split = |side: &Option<Partitioning>| matches!(side, Some(Partitioning::PartitionedBy(_)));
        if table.partitioning != target.partitioning
            && (is_split(&table.partitioning) || is_split(&target.partitioning))
            && !self.alterations.splits_tables
        {
            self.warnings
                .push(not_planned(name.to_string(), "the server can't split a table that is there, or join it again"));
        } else if table.partitioning != target.partitioning {
            let change = TableChange::SetPartitioning { from: table.partitioning, to: target.partitioning.clone() };
            self.change(Step::AttachTable, name, change);
        }
        if table.partitions != target.partitions {
            self.warnings.push(not_planned(name.to_string(), "partitions are not changed by a plan"));
        }
    }
}

/// Columns that go and come again, and all that is built on them with them.
fn remade_columns(from: &Table, to: &Table) -> BTreeSet<String> {
    let is_remade =
        |(name, column): &(&String, &Column)| to.columns.get(*name).is_some_and(|wanted| is_remade(column, wanted));
    from.columns.iter().filter(is_remade).map(|(name, _)| name.clone()).collect()
}

/// Whether a column has to go and come again: no server turns every column into every generated one, or back.
pub(super) fn is_remade(from: &Column, to: &Column) -> bool {
    match (&from.generated, &to.generated) {
        (Some(from), Some(to)) => {
            from != to && !(from.storage == to.storage && is_unknown(&from.expression, &to.expression))
        }
        (from, to) => from.is_some() != to.is_some(),
    }
}

/// Whether two expressions differ and at least one of them was not understood.
pub(super) fn is_unknown(left: &Expression, right: &Expression) -> bool {
    left != right && !(left.normal && right.normal)
}
