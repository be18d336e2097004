//! `ormsync migrate`: one change as a Prisma migration and an Alembic revision, forwards and back.

use ormsync_diff::Role;
use ormsync_diff::plan::{Backfill, PlanOptions, plan, plan_back, with_backfills};
use ormsync_schema::{Plan, QualifiedName, Schema, Severity};
use ormsync_sqlalchemy::{RevisionFrame, revision_body, write_revision};

use super::statements::{renames, tell_what_is_not_planned};
use crate::command_line::{GlobalOptions, MigrateOptions, SourceOptions};
use crate::config::History;
use crate::failure::{Failure, Result};
use crate::migrations::coupling::Coupling;
use crate::migrations::place::{AlembicPlace, PrismaPlace};
use crate::migrations::revisions::{self, Moment};
use crate::migrations::write::{NewFile, write_all};
use crate::paths;
use crate::project::{Location, Project, Settings, Side, sides};
use crate::read_sources::read_settled_sources;
use crate::source_argument::recognise;
use crate::terminal::Terminal;

/// What a plan is made from and what came of it.
struct Change {
    from: Schema,
    there: Plan,
    back: Plan,
}

pub(super) fn run(global: &GlobalOptions, options: &MigrateOptions, terminal: &Terminal) -> Result<u8> {
    let slug = revisions::slug(&options.name);
    if slug.is_empty() {
        return Err(Failure::new("usage", format!("--name {}: there is no letter in it", options.name)));
    }
    let settings = Settings::read(global)?;
    let from = side(options.from.as_deref().unwrap_or("database"), &settings)?;
    let to = side(&target(options, &settings)?, &settings)?;
    if let Location::Database { .. } = to.location {
        return Err(Failure::new("migrate", "a database can't be what migrations lead to")
            .with_help("name the schema or the models with --to, or set `truth` in ormsync.toml"));
    }
    let project = Project::for_sides(&settings, vec![from, to], &options.dialect)?;
    let change = plan_change(&project, options, terminal)?;
    if change.there.is_empty() {
        terminal.note("already in step: there is nothing to migrate");
        return Ok(0);
    }
    let files = files(&settings, &project, &change, options, (revisions::now(), &slug))?;
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
    Ok(0)
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

/// A side by its name, wherever it is configured or found, else any source.
fn side(text: &str, settings: &Settings) -> Result<Side> {
    if !matches!(text, "prisma" | "sqlalchemy" | "database") {
        return recognise(text, settings);
    }
    let found = sides(settings, &SourceOptions::default())?.into_iter().find(|side| side.name == text);
    found.ok_or_else(|| {
        Failure::new("source", format!("there is no source called {text}"))
            .with_help(format!("add a section [{text}] to ormsync.toml, or name a source with --from and --to"))
    })
}

fn plan_change(project: &Project, options: &MigrateOptions, terminal: &Terminal) -> Result<Change> {
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
        // What is in a database and not declared may be somebody else's.
        keep_undeclared: from.side.role == Role::Live && !options.drop_undeclared,
        ownership: project.options.ownership.clone(),
        writer: Some(to.side.name.clone()).filter(|name| matches!(name.as_str(), "prisma" | "sqlalchemy")),
        server: from.schema.server.clone().or_else(|| to.schema.server.clone()),
    };
    let there = plan(&from.schema, &to.schema, project.dialect, &plan_options)
        .map_err(|problem| Failure::new("rename", problem))?;
    let backfills = backfills(&options.backfill, &to.schema, default_namespace)?;
    let there = with_backfills(&there, &backfills, project.dialect)
        .map_err(|problem| Failure::new("backfill", format!("--backfill {problem}")))?;
    tell_what_is_not_planned(&there, terminal);
    refuse_losses(&there, options)?;
    let back = plan_back(&there, project.dialect);
    Ok(Change { from: from.schema.clone(), there, back })
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

/// The files of the pair.
fn files(
    settings: &Settings,
    project: &Project,
    change: &Change,
    options: &MigrateOptions,
    (moment, slug): (Moment, &str),
) -> Result<Vec<NewFile>> {
    let section = settings.config.as_ref().map(|config| &config.file.migrate);
    let is_pair = !options.prisma_only && !options.alembic_only;
    let history = options.history.or_else(|| section.and_then(|section| section.history)).unwrap_or(History::Lockstep);
    let history = if is_pair { history } else { History::Independent };
    let mut sql = script(project, &change.there);
    let mut down = script(project, &change.back);
    let mut body = revision_body(&change.from, &change.there, &change.back);
    let prisma = (!options.alembic_only)
        .then(|| PrismaPlace::find(settings, &sides(settings, &SourceOptions::default())?, moment, slug))
        .transpose()?;
    let alembic = (!options.prisma_only)
        .then(|| {
            let names = section.and_then(|section| section.revision);
            AlembicPlace::find(settings, options.head.as_deref(), names, (moment, slug, &body.upgrade))
        })
        .transpose()?;
    let mut functions = String::new();
    if let Some(place) = &prisma {
        let coupling = Coupling {
            history,
            dialect: project.dialect,
            migration: &place.name,
            revision: alembic.as_ref().map_or("", |alembic| &alembic.revision),
            down_revision: alembic.as_ref().and_then(|alembic| alembic.down_revision.as_deref()),
        };
        sql.push_str(&coupling.behind_migration());
        down.push_str(&coupling.behind_way_back());
        if alembic.is_some() {
            functions = coupling.couple(&mut body, &sql)?;
        }
    }
    let mut files = Vec::new();
    if let Some(place) = &prisma {
        let lock = place.folder.join("migration_lock.toml");
        if !paths::openable(&lock).exists() {
            files.push(NewFile { path: lock, text: ormsync_prisma::lock_file(project.dialect.name()) });
        }
        files.push(NewFile { path: place.migration().join("migration.sql"), text: sql });
        files.push(NewFile { path: place.migration().join("down.sql"), text: down });
    }
    if let Some(place) = alembic {
        let frame = RevisionFrame {
            message: options.name.clone(),
            revision: place.revision,
            down_revisions: place.down_revision.into_iter().collect(),
            create_date: moment.create_date(),
            template: place.template.as_ref().map(|(_, text)| text.clone()),
            functions,
        };
        let text = write_revision(&frame, &body).map_err(|error| {
            let path = place.template.map(|(path, _)| paths::display(&path)).unwrap_or_default();
            Failure::new("revision-template", format!("{path}: {error}"))
                .with_help("--prisma-only leaves the revision out")
        })?;
        files.push(NewFile { path: place.path, text });
    }
    Ok(files)
}

fn script(project: &Project, plan: &Plan) -> String {
    let statements = ormsync_dialect::script(&project.dialect.statements(plan));
    ormsync_prisma::warnings_comment(&plan.warnings) + &statements
}
