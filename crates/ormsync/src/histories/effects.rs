//! What each migration does to the schema: the histories replayed without a server, step by step.

use std::collections::BTreeMap;

use ormsync_dialect::Dialect;
use ormsync_diff::plan::{PlanOptions, plan};
use ormsync_schema::{Diagnostic, Plan, Schema, Server, Severity};
use ormsync_sqlalchemy::ReplayedStep;

use super::Histories;
use crate::project::Project;
use crate::read_sources::{leave_out_own_tables, replay_alembic};

/// What the migrations of all histories do.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    by_migration: BTreeMap<(String, String), Effect>,
    /// By history: the schema behind its last migration, settled.
    pub(crate) ends: BTreeMap<String, Schema>,
}

/// What one migration does.
#[derive(Debug, Clone)]
pub(crate) struct Effect {
    /// The schema before it, settled.
    pub(crate) before: Schema,
    /// The schema behind it, settled.
    pub(crate) after: Schema,
    /// The statements that lead from one to the other, the same for equal changes; none where it changes no schema, or
    /// not all of it was understood.
    pub(crate) script: Option<String>,
    /// What was not understood of it.
    pub(crate) problems: Vec<Diagnostic>,
    /// What it does step by step, where its tool says it in operations.
    pub(crate) steps: Vec<ReplayedStep>,
    /// The same of its way back, where its tool has one that is understood.
    pub(crate) back: Option<Vec<ReplayedStep>>,
}

impl Effects {
    /// What a migration of a history does.
    pub(crate) fn of(&self, history: &str, migration: &str) -> Option<&Effect> {
        self.by_migration.get(&(history.to_owned(), migration.to_owned()))
    }
}

impl Effects {
    /// What of all migrations was not understood: warnings, since a server may well understand it.
    pub(crate) fn unreplayed(&self) -> Vec<Diagnostic> {
        let mut told: Vec<Diagnostic> = Vec::new();
        for problem in self.by_migration.values().flat_map(|effect| &effect.problems) {
            if problem.severity > Severity::Note
                && !told.iter().any(|it| it.message == problem.message && it.origin == problem.origin)
            {
                let severity = Severity::Warning;
                told.push(Diagnostic { severity, code: "migration-unreplayed".to_owned(), ..problem.clone() });
            }
        }
        told
    }

    /// Whether all migrations of a history were understood.
    pub(crate) fn is_whole(&self, history: &str) -> bool {
        let own = self.by_migration.iter().filter(|((of, _), _)| of == history);
        own.flat_map(|(_, effect)| &effect.problems).all(|problem| problem.severity < Severity::Warning)
    }
}

impl Effect {
    /// Whether the configuration says that nothing of what it changes is a side's business.
    pub(crate) fn is_no_business_of(&self, side: &str, project: &Project) -> bool {
        let options = PlanOptions {
            ownership: project.options.ownership.clone(),
            writer: Some(side.to_owned()),
            ..PlanOptions::default()
        };
        let is_known = self.script.is_some();
        is_known && plan(&self.before, &self.after, project.dialect, &options).is_ok_and(|plan| plan.is_empty())
    }
}

/// Replays all histories.
pub(super) fn of(histories: &Histories) -> Effects {
    let mut effects = Effects::default();
    let project = &histories.project;
    let server = project.assumed_server.as_ref();
    let settled = |schema: &Schema| settle(schema, project.dialect, server);
    if let Some(prisma) = &histories.prisma {
        let mut schema = Schema::new(project.dialect.name());
        schema.server = server.cloned();
        let mut before = settled(&schema);
        for migration in &prisma.migrations {
            let problems = ormsync_dialect::replay(&mut schema, &migration.text, &migration.origin);
            let after = settled(&schema);
            let effect = effect(before, &after, problems, Vec::new(), project.dialect);
            before = after;
            effects.by_migration.insert(("prisma".to_owned(), migration.name.clone()), effect);
        }
        effects.ends.insert("prisma".to_owned(), before);
    }
    if let Some((settings, _)) = &histories.alembic {
        let replayed = replay_alembic(project, settings, server, true);
        let mut end = settled(&replayed.reading.schema);
        for revision in replayed.revisions {
            let Some(schemas) = revision.schemas else { continue };
            let (before, after) = (settled(&schemas.0), settled(&schemas.1));
            // What could not be followed is told of the whole history, and hides something in the schema.
            let hidden = count_opaque(&after) > count_opaque(&before);
            let problems: Vec<Diagnostic> = if hidden {
                replayed.reading.diagnostics.iter().filter(|it| it.severity > Severity::Note).cloned().collect()
            } else {
                Vec::new()
            };
            let mut effect = effect(before, &after, problems, revision.steps, project.dialect);
            effect.back = revision.back;
            effects.by_migration.insert(("alembic".to_owned(), revision.id), effect);
        }
        end.unsaid.clear();
        effects.ends.insert("alembic".to_owned(), end);
    }
    effects
}

fn effect(
    before: Schema,
    after: &Schema,
    problems: Vec<Diagnostic>,
    steps: Vec<ReplayedStep>,
    dialect: &dyn Dialect,
) -> Effect {
    let is_known = problems.iter().all(|problem| problem.severity < Severity::Warning);
    // What no server keeps a record of is no part of what two migrations have in common.
    let kept = |schema: &Schema| {
        let mut schema = schema.clone();
        dialect.normalise(&mut schema, None);
        // Nor is what it makes and drops on its own.
        for content in schema.namespaces.values_mut() {
            content.tables.values_mut().for_each(|table| table.indexes.retain(|index| !index.implicit));
        }
        schema
    };
    let there = if is_known { way(&kept(&before), &kept(after), dialect) } else { None };
    let script = there.filter(|there| !there.is_empty());
    let script = script.map(|there| ormsync_dialect::script(&dialect.statements(&there)));
    Effect { before, after: after.clone(), script, problems, steps, back: None }
}

/// The plan from one settled schema to another.
pub(crate) fn way(before: &Schema, after: &Schema, dialect: &dyn Dialect) -> Option<Plan> {
    plan(before, after, dialect, &PlanOptions::default()).ok()
}

fn settle(schema: &Schema, dialect: &dyn Dialect, server: Option<&Server>) -> Schema {
    let mut schema = schema.clone();
    leave_out_own_tables(&mut schema);
    if !dialect.default_namespace().is_empty() {
        // Every database has it before the first migration, and nobody drops it.
        schema.namespace_mut(dialect.default_namespace());
    }
    schema.unsaid.clear();
    dialect.settle(&mut schema, server);
    schema
}

fn count_opaque(schema: &Schema) -> usize {
    schema.opaque.len() + schema.tables().map(|(_, _, table)| table.opaque.len()).sum::<usize>()
}
