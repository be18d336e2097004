//! Alembic's revisions as Prisma's migrations.

use ormsync_dialect::Dialect;
use ormsync_diff::plan::{PlanOptions, Renames, plan, plan_back};
use ormsync_prisma::MIRROR_MARK;
use ormsync_schema::{Diagnostic, History, Migration, Operation, Plan, Schema, Severity, TableChange};
use ormsync_sqlalchemy::ReplayedStep;

use super::super::effects::way;
use super::super::{Effect, Histories};
use super::{Mirrors, environment};
use crate::config;
use crate::failure::{Failure, Result};
use crate::migrations::coupling::Coupling;
use crate::migrations::revisions;
use crate::migrations::write::NewFile;
use crate::project::Settings;

/// Writes a migration for each of the revisions, one behind the other, behind the last one.
pub(super) fn write(
    settings: &Settings,
    histories: &Histories,
    tie: config::History,
    lacking: &[String],
    mirrors: &mut Mirrors,
) -> Result<()> {
    let Some((_, alembic)) = &histories.alembic else { return Ok(()) };
    let wanted: Vec<&Migration> =
        alembic.history.migrations.iter().filter(|migration| lacking.contains(&migration.id)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let dialect = histories.project.dialect;
    let end = histories.effects.ends.get("alembic").cloned().unwrap_or_else(|| Schema::new(dialect.name()));
    let folder = environment::of_prisma(settings, histories, &end, mirrors)?;
    let is_chain = is_chain(&alembic.history);
    if !is_chain && tie == config::History::Lockstep {
        mirrors.notes.push(
            "Alembic's history has branches: the mirrors do not move alembic_version; where Prisma runs first, \
             `ormsync mirror --baseline` brings it along"
                .to_owned(),
        );
    }
    let mut last = ormsync_prisma::migration_names(&folder).pop().unwrap_or_default();
    for revision in wanted {
        let effect = histories.effects.of("alembic", &revision.id);
        let effect = effect.ok_or_else(|| Failure::new("mirror", format!("{} was not replayed", revision.id)))?;
        refuse_unknown(revision, effect, histories)?;
        let subject = if revision.subject.is_empty() { &revision.id } else { &revision.subject };
        let mut moment = revisions::now();
        // They are applied in the order of their names.
        while moment.stamp().as_str() <= last.get(..14).unwrap_or_default() && last.as_str() < "2999" {
            moment = moment.next();
        }
        let name = format!("{}_{}", moment.stamp(), revisions::slug(subject));
        let coupling = Coupling {
            history: tie,
            dialect,
            migration: &name,
            revision: &revision.id,
            down_revision: revision.behind.first().map(String::as_str),
            alone: false,
        };
        let mut sql = format!("-- {MIRROR_MARK} Alembic revision {}\n\n", revision.id);
        sql.push_str(&there(&effect.steps, dialect, revision, &mut mirrors.diagnostics)?);
        let mut down = way_back(effect, dialect);
        // Branches are rows of their own in Alembic's table, which a statement for one can't tell apart.
        if is_chain {
            sql.push_str(&coupling.behind_migration());
            down.push_str(&coupling.behind_way_back());
        }
        let migration = folder.join(&name);
        mirrors.files.push(NewFile { path: migration.join("migration.sql"), text: sql });
        mirrors.files.push(NewFile { path: migration.join("down.sql"), text: down });
        last = name;
    }
    Ok(())
}

/// Whether each revision comes behind the one before it.
fn is_chain(history: &History) -> bool {
    let ids = history.migrations.iter().map(|migration| &migration.id);
    let expected = std::iter::once(None).chain(ids.map(Some));
    history
        .migrations
        .iter()
        .zip(expected)
        .all(|(migration, before)| migration.behind.iter().eq(before) && migration.needs.is_empty())
}

/// A mirror of what was not understood would do something else than its original.
fn refuse_unknown(revision: &Migration, effect: &Effect, histories: &Histories) -> Result<()> {
    if effect.problems.iter().all(|problem| problem.severity < Severity::Warning) {
        return Ok(());
    }
    let mut problems = effect.problems.clone();
    let message = format!("nothing was written: {} was not understood as a whole", revision.id);
    problems.push(Diagnostic::error("mirror", message, revision.origin.clone()).with_help(
        "write its mirror by hand, with the mark `-- ormsync: mirror of Alembic revision …` in the first line",
    ));
    Err(Failure::from_diagnostics(problems, histories.files.clone()))
}

/// The statements of a revision, and of its way back where that is understood.
///
/// # Errors
/// Where operations can't be written as statements.
pub(crate) fn statements_of(
    effect: &Effect,
    dialect: &dyn Dialect,
    revision: &Migration,
) -> Result<(String, Option<String>)> {
    let mut told = Vec::new();
    let up = there(&effect.steps, dialect, revision, &mut told)?;
    let back = effect.back.as_ref().map(|steps| there(steps, dialect, revision, &mut told)).transpose()?;
    Ok((up, back))
}

/// The statements of a revision in its order.
fn there(
    steps: &[ReplayedStep],
    dialect: &dyn Dialect,
    revision: &Migration,
    told: &mut Vec<Diagnostic>,
) -> Result<String> {
    let mut parts = Vec::new();
    for step in steps {
        match step {
            ReplayedStep::Operations { from, to, operations } => {
                let settled = |schema: &Schema| {
                    let mut schema = schema.clone();
                    schema.unsaid.clear();
                    crate::read_sources::leave_out_own_tables(&mut schema);
                    dialect.settle(&mut schema, None);
                    schema
                };
                let options = PlanOptions { renames: renames(operations), ..PlanOptions::default() };
                let mut plan = plan(&settled(from), &settled(to), dialect, &options)
                    .map_err(|problem| Failure::new("mirror", format!("{}: {problem}", revision.id)))?;
                say_nothing_of_character_sets(&mut plan);
                if !plan.is_empty() {
                    parts.push(ormsync_prisma::warnings_comment(&plan.warnings) + &script(&plan, dialect));
                }
            }
            ReplayedStep::Statement(text) => {
                let text = text.trim().trim_end_matches(';').trim_end();
                parts.push(format!("-- As the revision runs it\n{text};\n"));
            }
            ReplayedStep::Unknown(text) => {
                let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
                let message = format!("{} changes rows in a way that is known only when it runs: {line}", revision.id);
                let help = "its mirror has a comment in this place: write there in SQL what it does";
                told.push(Diagnostic::warning("mirror-rows", message, revision.origin.clone()).with_help(help));
                parts.push(format!("-- Not carried over, since it is known only when it runs:\n-- {line}\n"));
            }
        }
    }
    if parts.is_empty() {
        return Ok("-- This is an empty migration.\n".to_owned());
    }
    Ok(parts.join("\n"))
}

/// A table that a revision makes without a character set has the database's own, where Prisma's migrations name theirs.
fn say_nothing_of_character_sets(plan: &mut Plan) {
    if plan.dialect != "mysql" {
        return;
    }
    for operation in &mut plan.operations {
        if let Operation::CreateTable { table, .. } = operation
            && !table.options.contains_key("charset")
            && !table.options.contains_key("collation")
        {
            table.options.insert("charset".to_owned(), String::new());
        }
    }
}

fn script(plan: &Plan, dialect: &dyn Dialect) -> String {
    ormsync_dialect::script(&dialect.statements(plan))
}

/// The way back, as far as the schema goes.
fn way_back(effect: &Effect, dialect: &dyn Dialect) -> String {
    let back = way(&effect.before, &effect.after, dialect).map(|there| plan_back(&there, dialect));
    back.map(|back| ormsync_prisma::warnings_comment(&back.warnings) + &script(&back, dialect)).unwrap_or_default()
}

/// What operations call something else.
fn renames(operations: &[Operation]) -> Renames {
    let mut renames = Renames::default();
    for operation in operations {
        match operation {
            Operation::RenameTable { from, to } => renames.tables.push((from.clone(), to.clone())),
            Operation::RenameEnum { from, to } => renames.enums.push((from.clone(), to.clone())),
            Operation::ChangeTable { table, change: TableChange::RenameColumn { from, to } } => {
                renames.columns.push((table.clone(), from.clone(), to.clone()));
            }
            _ => {}
        }
    }
    // Columns are told by the table's last name.
    let tables = renames.tables.clone();
    for (table, _, _) in &mut renames.columns {
        if let Some((_, to)) = tables.iter().find(|(from, _)| from == table) {
            table.clone_from(to);
        }
    }
    renames
}
