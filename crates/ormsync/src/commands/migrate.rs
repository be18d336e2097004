//! `ormsync migrate`: one change as a Prisma migration and an Alembic revision, forwards and back.

use ormsync_diff::Role;
use ormsync_diff::plan::{Backfill, PlanOptions, apart, in_phases, plan, plan_back, with_backfills};
use ormsync_schema::{Manner, Operation, Plan, QualifiedName, Schema, Severity, TableChange};

use super::statements::{renames, tell_what_is_not_planned};
use crate::command_line::{Algorithm, GlobalOptions, MigrateOptions, SourceOptions};
use crate::failure::{Failure, Result};
use crate::migrations::pair::{Change, Pairs};
use crate::migrations::revisions;
use crate::migrations::start::{Start, side};
use crate::migrations::write::write_all;
use crate::paths;
use crate::project::{Location, Project, Settings, sides};
use crate::read_sources::read_settled_sources;
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &MigrateOptions, terminal: &Terminal) -> Result<u8> {
    let slug = revisions::slug(&options.name);
    if slug.is_empty() {
        return Err(Failure::new("usage", format!("--name {}: there is no letter in it", options.name)));
    }
    let settings = Settings::read(global)?;
    let to = side(&target(options, &settings)?, &settings)?;
    if let Location::Database { .. } = to.location {
        return Err(Failure::new("migrate", "a database can't be what migrations lead to")
            .with_help("name the schema or the models with --to, or set `truth` in ormsync.toml"));
    }
    let Start { side: from, keeps_undeclared, made } = Start::find(options, &to, &settings, terminal)?;
    let truth = to.name.clone();
    let project = Project::for_sides(&settings, vec![from, to], &options.dialect)?;
    refuse_wrong_server(&project, options)?;
    let stays = keeps_undeclared && !options.drop_undeclared;
    let undeclared = Undeclared::new(stays, made, &truth, (&settings, options), terminal)?;
    let changes = plan_changes(&project, options, undeclared, terminal)?;
    if changes.is_empty() {
        terminal.note("already in step: there is nothing to migrate");
        return Ok(0);
    }
    let pairs = Pairs { settings: &settings, project: &project, options, moment: revisions::now(), slug: &slug };
    let files = pairs.files(&changes)?;
    if options.dry_run {
        for file in &files {
            terminal.output(&format!("==> {} <==\n{}\n", paths::display(&file.path), file.text))?;
        }
        return Ok(0);
    }
    write_all(&files)?;
    let written: String = files.iter().map(|file| format!("wrote {}\n", paths::display(&file.path))).collect();
    if !terminal.quiet {
        terminal.output(&written)?;
    }
    if changes.iter().any(|change| change.ending == CONTRACT) {
        terminal.note(
            "the second pair (…_contract) is for when no program uses the old shape any more: keep it back until then",
        );
    }
    Ok(0)
}

/// What the two phases are called, behind the name of the change.
const EXPAND: &str = "expand";
const CONTRACT: &str = "contract";

/// What only some servers can do is not asked of others.
fn refuse_wrong_server(project: &Project, options: &MigrateOptions) -> Result<()> {
    let able = project.dialect.alterations(None);
    let name = project.dialect.name();
    if options.concurrently && !able.concurrent_indexes {
        return Err(Failure::new("usage", format!("--concurrently: {name} makes no indexes while others write"))
            .with_help("on MySQL and MariaDB --algorithm inplace --lock none asks for the like"));
    }
    if (options.algorithm.is_some() || options.lock.is_some()) && !able.takes_algorithm {
        return Err(Failure::new("usage", format!("--algorithm and --lock: {name} knows no such words")));
    }
    if options.algorithm == Some(Algorithm::Instant) && options.lock.is_some() {
        return Err(Failure::new("usage", "--algorithm instant takes no --lock: there is nothing to lock"));
    }
    Ok(())
}

/// What the database has and the target does not declare.
struct Undeclared {
    /// Whether it stays, since it may be somebody else's.
    stays: bool,
    /// What is nobody else's: the target's own history has made it.
    made: Option<Schema>,
    /// What other sides declare: it stays, whoever has made it.
    elsewhere: Vec<Schema>,
}

impl Undeclared {
    /// Asks what the other sides declare, where something may go at all. Where one of them can't be read nothing goes.
    fn new(
        stays: bool,
        made: Option<Schema>,
        truth: &str,
        (settings, options): (&Settings, &MigrateOptions),
        terminal: &Terminal,
    ) -> Result<Self> {
        let mut others = sides(settings, &SourceOptions::default())?;
        others.retain(|side| side.role == Role::Declared && side.name != truth);
        if !stays || made.is_none() || others.is_empty() {
            return Ok(Self { stays, made, elsewhere: Vec::new() });
        }
        let project = Project::for_sides(settings, others, &options.dialect)?;
        let sources = read_settled_sources(&project);
        let failed = sources.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        if failed || sources.read.len() < project.sides.len() {
            let labels: Vec<&str> = project.sides.iter().map(|side| &*side.label).collect();
            terminal.note(&format!(
                "{} could not be read whole: what only the history has made stays, since it may be declared there",
                labels.join(", ")
            ));
            return Ok(Self { stays, made: None, elsewhere: Vec::new() });
        }
        Ok(Self { stays, made, elsewhere: sources.read.into_iter().map(|read| read.schema).collect() })
    }
}

/// The source that the migrations lead to: what was named, else the truth.
fn target(options: &MigrateOptions, settings: &Settings) -> Result<String> {
    let truth = settings.config.as_ref().and_then(|config| config.file.truth.as_ref());
    let truth = truth.map(|truth| truth.get_ref().as_str().to_owned());
    options.to.clone().or(truth).ok_or_else(|| {
        Failure::new("migrate", "nothing says which side is right")
            .with_help("set `truth = \"prisma\"` or \"sqlalchemy\" in ormsync.toml, or name a source with --to")
    })
}

fn plan_changes(
    project: &Project,
    options: &MigrateOptions,
    undeclared: Undeclared,
    terminal: &Terminal,
) -> Result<Vec<Change>> {
    let sources = read_settled_sources(project);
    terminal.diagnostics(&sources.diagnostics, &sources.files);
    let failed = sources.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let [from, to] = sources.read.as_slice() else {
        return Err(Failure::new("sources", "nothing was written: one of the sources could not be read"));
    };
    if failed {
        return Err(Failure::new("sources", "nothing was written: a source was not understood as a whole"));
    }
    let default_namespace = project.dialect.default_namespace();
    let plan_options = PlanOptions {
        renames: renames(&options.rename, &from.schema, default_namespace)?,
        keep_undeclared: undeclared.stays,
        made: undeclared.made,
        declared_elsewhere: undeclared.elsewhere,
        ownership: project.options.ownership.clone(),
        writer: Some(to.side.name.clone()).filter(|name| matches!(name.as_str(), "prisma" | "sqlalchemy")),
        server: from.schema.server.clone().or_else(|| to.schema.server.clone()),
    };
    let backfills = backfills(&options.backfill, &to.schema, default_namespace)?;
    let wrong_backfill = |problem: String| Failure::new("backfill", format!("--backfill {problem}"));
    let (to, dialect) = (&to.schema, project.dialect);
    let is_live = from.side.role == Role::Live;
    let mut from = from.schema.clone();
    if !is_live && !dialect.default_namespace().is_empty() {
        // Every database has it before the first migration.
        from.namespace_mut(dialect.default_namespace());
    }
    let from = &from;
    let mut plans = Vec::new();
    if options.expand_contract {
        let phases = in_phases(from, to, &backfills, dialect, &plan_options)
            .map_err(|problem| Failure::new("expand-contract", format!("--expand-contract: {problem}")))?;
        plans.push((EXPAND, from.clone(), phases.expand));
        plans.push((CONTRACT, phases.between, phases.contract));
        plans.retain(|(_, _, plan)| !plan.is_empty());
    } else {
        let there = plan(from, to, dialect, &plan_options).map_err(|problem| Failure::new("rename", problem))?;
        let there = with_backfills(&there, &backfills, dialect).map_err(wrong_backfill)?;
        plans.push(("", from.clone(), there));
    }
    tell_what_stays(to, &plans, terminal);
    let is_one = plans.len() == 1;
    let mut changes = Vec::new();
    for (phase, from, plan) in plans {
        tell_what_is_not_planned(&plan, terminal);
        refuse_losses(&plan, options)?;
        let plan = Plan { manner: manner(options), ..plan };
        refuse_unguarded(&plan)?;
        tell_what_is_not_asked(&plan, terminal);
        let parts = if options.concurrently { apart(&plan, &from, dialect) } else { vec![plan] };
        let mut state = from;
        for there in parts.into_iter().filter(|there| !there.is_empty()) {
            let behind = there.apply(&state).map_err(|error| Failure::new("plan", error.to_string()))?;
            let ending = [if is_one { "" } else { phase }, &index_ending(&there)];
            let ending = ending.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_");
            let mut back = plan_back(&there, dialect);
            // What the server grants on the way there it may not on the way back, which has to be possible at any price.
            (back.manner.algorithm, back.manner.lock) = (None, None);
            changes.push(Change { ending, back, from: state, there });
            state = behind;
        }
    }
    Ok(changes)
}

/// Columns of a declared table that stay though nothing declares them: whoever has just taken one out of the schema waits
/// for it to go.
fn tell_what_stays(to: &Schema, plans: &[(&str, Schema, Plan)], terminal: &Terminal) {
    let Some(end) = plans.last().and_then(|(_, from, plan)| plan.apply(from).ok()) else { return };
    let mut columns = Vec::new();
    for (namespace, name, table) in to.tables() {
        let there = end.table(namespace, name).into_iter().flat_map(|there| there.columns.keys());
        let undeclared = there.filter(|column| !table.columns.contains_key(*column) && table.opaque.is_empty());
        columns.extend(undeclared.map(|column| format!("{name}.{column}")));
    }
    if !columns.is_empty() {
        let (is, it) = if columns.len() == 1 { ("is", "it stays") } else { ("are", "they stay") };
        terminal.note(&format!(
            "{} {is} not declared by this side, but by another, or its history has not made it: {it} (--drop-undeclared drops all \
             that it does not declare)",
            columns.join(", "),
        ));
    }
}

/// What a plan of one index is called behind the others, by the index.
fn index_ending(plan: &Plan) -> String {
    match plan.operations.as_slice() {
        [Operation::ChangeTable { change: TableChange::AddIndex(index) | TableChange::DropIndex(index), .. }]
            if plan.manner.concurrently =>
        {
            revisions::slug(index.name.as_deref().unwrap_or_default())
        }
        _ => String::new(),
    }
}

/// How the server is to be asked.
fn manner(options: &MigrateOptions) -> Manner {
    Manner {
        concurrently: false,
        algorithm: options.algorithm.map(|algorithm| algorithm.word().to_owned()),
        lock: options.lock.map(|lock| lock.word().to_owned()),
        guarded: options.guard_existing,
    }
}

/// A table made anew takes the columns along that are known, and loses those that somebody else may have added.
fn refuse_unguarded(plan: &Plan) -> Result<()> {
    let is_rebuild =
        |operation: &&Operation| matches!(operation, Operation::ChangeTable { change: TableChange::Rebuild(_), .. });
    match plan.operations.iter().find(is_rebuild).filter(|_| plan.manner.guarded) {
        None => Ok(()),
        Some(operation) => {
            let table = operation.subject();
            let message =
                format!("--guard-existing: {table} has to be made anew, and would lose columns that are there already");
            Err(Failure::new("usage", message).with_help("read the database as it is with --from, and plan from that"))
        }
    }
}

/// Where something asked for is left out, since no server grants it.
fn tell_what_is_not_asked(plan: &Plan, terminal: &Terminal) {
    let manner = &plan.manner;
    let checks = |operation: &&Operation| {
        matches!(
            operation,
            Operation::ChangeTable { change: TableChange::AddForeignKey(_) | TableChange::AddCheck(_), .. }
        )
    };
    if manner.algorithm.is_some() || manner.lock.is_some() {
        for operation in plan.operations.iter().filter(checks) {
            terminal.note(&format!(
                "{}: the server can only copy the table for it, so nothing else is asked",
                operation.subject()
            ));
        }
    }
    if manner.guarded && plan.dialect == "sqlite" {
        terminal.note("SQLite's statements can only look for tables, views and indexes: columns are guarded in the revision alone");
    }
}

/// Data goes only where somebody said so.
fn refuse_losses(plan: &Plan, options: &MigrateOptions) -> Result<()> {
    let lost: Vec<&str> =
        plan.warnings.iter().filter(|warning| warning.kind.is_loss()).map(|warning| warning.text.as_str()).collect();
    if lost.is_empty() || options.allow_data_loss {
        return Ok(());
    }
    let message = format!("nothing was written, since data would be lost:\n  {}", lost.join("\n  "));
    Err(Failure::new("data-loss", message).with_help(
        "--allow-data-loss writes it with these warnings; what is only called something else is told with --rename OLD:NEW",
    ))
}

/// `table.column=EXPRESSION`.
fn backfills(texts: &[String], to: &Schema, default_namespace: &str) -> Result<Vec<Backfill>> {
    let one = |text: &String| {
        let wrong = || Failure::new("backfill", format!("--backfill {text}: write it as table.column=EXPRESSION"));
        let (path, expression) = text.split_once('=').ok_or_else(wrong)?;
        let (table, column) = path.trim().rsplit_once('.').ok_or_else(wrong)?;
        let table = match table.split_once('.') {
            Some((namespace, name)) => QualifiedName::new(namespace, name),
            None => QualifiedName::new(default_namespace, table),
        };
        let known = to.table(&table.namespace, &table.name).is_some_and(|table| table.columns.contains_key(column));
        if !known {
            let message = format!("--backfill {text}: there is no column {column} in {}", table.name);
            return Err(Failure::new("backfill", message));
        }
        Ok(Backfill { table, column: column.to_owned(), expression: expression.trim().to_owned() })
    };
    texts.iter().map(one).collect()
}
