//! From two schemas to the operations that lead from one to the other.
//!
//! Both schemas come *settled* ([`ormsync_dialect::Dialect::settle`]). What the target leaves unsaid, or could not be
//! read, stays as it is (`target`); then the two are compared object by object on a state that every operation is
//! carried out on at once, and the operations are put in order (`order`, the one place that knows why).

mod backfill;
mod concurrently;
mod foreign_keys;
mod indexes;
mod labels;
mod mentions;
mod order;
mod others;
mod phases;
mod physical;
mod rebuild;
mod renames;
mod routines;
mod tables;
mod target;
mod types;
mod views;
mod warnings;

use std::collections::BTreeMap;

use ormsync_dialect::{Alterations, Dialect};
use ormsync_schema::{Operation, Plan, QualifiedName, Schema, Server, TableChange, Warning};

use crate::OwnershipPatterns;
use crate::ownership::{Owners, Ownership};
use order::Step;

pub use backfill::{Backfill, with_backfills};
pub use concurrently::apart;
pub use phases::{Phases, in_phases};
pub use physical::physical;
pub use renames::Renames;

/// What a plan may do.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// What is called something else now.
    pub renames: Renames,
    /// Whether what the target does not declare is left alone: tables, columns, keys, types. For a FROM that is a
    /// live database, where it may be somebody else's.
    pub keep_undeclared: bool,
    /// What the target's own migrations have made, where they are known: of that, what the target does not declare any
    /// more goes all the same.
    pub made: Option<Schema>,
    /// What other sides declare: that stays, whoever has made it.
    pub declared_elsewhere: Vec<Schema>,
    /// Who writes which table's DDL. Tables of others are left alone.
    pub ownership: OwnershipPatterns,
    /// The source whose tables are planned, besides those that all share; none: all but what is external, observed or
    /// ignored.
    pub writer: Option<String>,
    /// The server the plan is for, where one is known.
    pub server: Option<Server>,
}

/// The operations that lead from one schema to another. Both must be settled for the same server.
///
/// # Errors
///
/// A rename that does not fit the schemas.
pub fn plan(from: &Schema, to: &Schema, dialect: &dyn Dialect, options: &PlanOptions) -> Result<Plan, String> {
    let server = options.server.clone().or_else(|| from.server.clone()).or_else(|| to.server.clone());
    let alterations = dialect.alterations(server.as_ref());
    let (mut state, mut target) = (from.clone(), to.clone());
    leave_out_others(options, &mut [&mut state, &mut target]);
    let name_scope = name_scope(to, dialect);
    let mut planner = Planner {
        dialect,
        server,
        alterations,
        operations: Vec::new(),
        warnings: Vec::new(),
        state,
        qualified_names: from.namespaces.len() > 1 || to.namespaces.len() > 1,
    };
    planner.rename(&options.renames, &target)?;
    planner.keep_undeclared(&mut target, options);
    target::complete(&planner.state, &mut target, false, dialect);
    planner.plan_all(&target);
    let mut plan = planner.finish();
    plan.name_scope = name_scope;
    Ok(plan)
}

/// The way back of a plan, with all warnings. Rows that are there have lost what a column held that comes back: where it takes
/// no NULL they get an empty value, and so do those that were left without one since, else nobody could go back.
pub fn plan_back(plan: &Plan, dialect: &dyn Dialect) -> Plan {
    let mut back = plan.reverse();
    back.operations = backfill::without_detours(back.operations);
    labels::tell_use_at_once(&mut back.operations);
    back.warnings = warnings::of(&back.operations, dialect);
    let empty = backfill::empty(&back, dialect);
    let told: Vec<Warning> = empty.iter().map(warnings::of_empty).collect();
    let empty: Vec<Backfill> = empty.into_iter().map(|(backfill, _)| backfill).collect();
    // What is filled is what the plan demands.
    let mut back = with_backfills(&back, &empty, dialect).unwrap_or(back);
    back.warnings.extend(told);
    back
}

/// Where a server that was asked looks for the names that it prints without their namespace: in all that was read, the
/// default namespace first, then in those of extensions. Nothing where that is the default namespace alone.
fn name_scope(schema: &Schema, dialect: &dyn Dialect) -> Vec<String> {
    if schema.server.is_none() || dialect.default_namespace().is_empty() {
        return Vec::new();
    }
    let extensions = schema.extensions.values().filter_map(|extension| extension.namespace.as_ref());
    let mut scope: Vec<String> = schema.namespaces.keys().cloned().collect();
    scope.sort_by_key(|name| name != dialect.default_namespace());
    for name in extensions {
        if !scope.contains(name) {
            scope.push(name.clone());
        }
    }
    if scope == [dialect.default_namespace()] { Vec::new() } else { scope }
}

/// Tables that somebody else writes are in neither schema, so that nothing is planned for them.
fn leave_out_others(options: &PlanOptions, schemas: &mut [&mut Schema]) {
    let owners = Owners::new(&options.ownership, &mut Vec::new());
    let is_ours = |namespace: &str, table: &str| match owners.of(namespace, table) {
        Ownership::Shared => true,
        Ownership::Source(source) => options.writer.as_ref().is_none_or(|writer| *writer == source),
        Ownership::External | Ownership::Observed | Ownership::Ignored => false,
    };
    for schema in schemas {
        for (namespace, content) in &mut schema.namespaces {
            content.tables.retain(|name, _| is_ours(namespace, name));
        }
    }
}

/// A plan in the making: the operations so far, and the schema as it is behind them.
struct Planner<'a> {
    dialect: &'a dyn Dialect,
    server: Option<Server>,
    alterations: Alterations,
    operations: Vec<(Step, Operation)>,
    warnings: Vec<Warning>,
    state: Schema,
    qualified_names: bool,
}

impl Planner<'_> {
    /// Adds an operation. The state is what the schema will be once all operations so far are done, in whatever
    /// order they come to stand.
    fn push(&mut self, step: Step, operation: Operation) {
        if let Err(problem) = operation.apply(&mut self.state) {
            // Nothing here plans what does not fit; should it, it is told rather than lost.
            self.warnings.push(warnings::not_planned(operation.subject(), problem));
            return;
        }
        self.operations.push((step, operation));
    }

    fn change(&mut self, step: Step, table: &QualifiedName, change: TableChange) {
        self.push(step, Operation::change(table.clone(), change));
    }

    /// Puts what may be somebody else's into the target, behind the renames.
    fn keep_undeclared(&self, target: &mut Schema, options: &PlanOptions) {
        if !options.keep_undeclared {
            return;
        }
        let Some(mut made) = options.made.clone() else {
            return target::complete(&self.state, target, true, self.dialect);
        };
        for (_, rename) in &self.operations {
            // What is not in it is not renamed in it either.
            let _ = rename.apply(&mut made);
        }
        for declared in &options.declared_elsewhere {
            made = others::without(&made, declared, target);
        }
        let others = others::without(&self.state, &made, target);
        target::complete(&others, target, true, self.dialect);
    }

    fn plan_all(&mut self, target: &Schema) {
        self.plan_namespaces_and_extensions(target);
        let disturbed = self.disturbed_tables(target);
        self.drop_views(target, &disturbed);
        self.plan_types(target);
        self.create_routines(target);
        self.plan_foreign_keys_that_go(target);
        for name in table_names(&self.state) {
            match target.table(&name.namespace, &name.name) {
                Some(table) => self.plan_table(&name, table, target),
                None => self.drop_table(&name),
            }
        }
        for name in order::creation_order(target) {
            if self.state.table(&name.namespace, &name.name).is_none()
                && let Some(table) = target.table(&name.namespace, &name.name)
            {
                self.create_table(&name, table);
            }
        }
        self.plan_foreign_keys_that_come(target);
        self.drop_types(target);
        self.own_sequences(target);
        self.create_views(target);
    }

    fn drop_table(&mut self, name: &QualifiedName) {
        let Some(table) = self.state.table(&name.namespace, &name.name).cloned() else { return };
        self.push(Step::DropTable, Operation::DropTable { name: name.clone(), table: Box::new(table) });
    }

    /// A new table. What has to wait for other tables, or is written as a statement of its own, comes behind it.
    fn create_table(&mut self, name: &QualifiedName, table: &ormsync_schema::Table) {
        let mut first = table.clone();
        let mut later = Vec::new();
        if !self.alterations.foreign_keys_in_table {
            // They are planned when all tables are there.
            first.foreign_keys.clear();
        }
        if !self.alterations.indexes_in_table {
            let (inside, outside) = std::mem::take(&mut first.indexes)
                .into_iter()
                .partition(|index| index.kind == ormsync_schema::IndexKind::UniqueConstraint);
            first.indexes = inside;
            later.extend(
                indexes_in_order(outside)
                    .into_iter()
                    .map(|index| (Step::CreateIndex, TableChange::AddIndex(Box::new(index)))),
            );
        }
        for (name, trigger) in triggers_in_order(std::mem::take(&mut first.triggers)) {
            later.push((Step::CreateTrigger, TableChange::CreateTrigger { name, trigger }));
        }
        for (name, policy) in std::mem::take(&mut first.policies) {
            later.push((Step::CreatePolicy, TableChange::CreatePolicy { name, policy }));
        }
        self.push(Step::CreateTable, Operation::CreateTable { name: name.clone(), table: Box::new(first) });
        for (step, change) in later {
            self.change(step, name, change);
        }
    }

    fn finish(mut self) -> Plan {
        order::sort(&mut self.operations);
        let mut plan = Plan::new(self.dialect.name(), self.server);
        plan.qualified_names = self.qualified_names;
        plan.operations = self.operations.into_iter().map(|(_, operation)| operation).collect();
        plan.warnings = warnings::of(&plan.operations, self.dialect);
        plan.warnings.extend(self.warnings);
        plan
    }
}

/// Indexes in the order of their declaration.
fn indexes_in_order(mut indexes: Vec<ormsync_schema::Index>) -> Vec<ormsync_schema::Index> {
    indexes.sort_by_key(|index| order::place(&index.origin));
    indexes
}

/// Triggers in the order in which they fire, where the server keeps one.
fn triggers_in_order(triggers: BTreeMap<String, ormsync_schema::Trigger>) -> Vec<(String, ormsync_schema::Trigger)> {
    let mut triggers: Vec<_> = triggers.into_iter().collect();
    triggers.sort_by_key(|(_, trigger)| trigger.place);
    triggers
}

fn table_names(schema: &Schema) -> Vec<QualifiedName> {
    /// File and offset.
    type Place = (std::sync::Arc<str>, usize);
    let mut names: Vec<(Option<Place>, QualifiedName)> = schema
        .tables()
        .map(|(namespace, name, table)| (order::place(&table.origin), QualifiedName::new(namespace, name)))
        .collect();
    names.sort();
    names.into_iter().map(|(_, name)| name).collect()
}

/// What an object map of one kind holds, by qualified name.
fn qualified<'a, T: 'a>(
    schema: &'a Schema,
    objects: impl Fn(&'a ormsync_schema::Namespace) -> &'a BTreeMap<String, T>,
) -> Vec<(QualifiedName, &'a T)> {
    schema
        .namespaces
        .iter()
        .flat_map(|(namespace, content)| {
            objects(content).iter().map(move |(name, object)| (QualifiedName::new(namespace, name), object))
        })
        .collect()
}
