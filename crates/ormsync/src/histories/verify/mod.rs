//! Histories run on scratch databases: forwards from empty, with rows where that is asked for, and back again.
//!
//! | file | what |
//! | --- | --- |
//! | `apply.rs` | one migration by its statements, measured |
//! | `tools/` | the project's own Prisma and Alembic, which do the same |
//! | `against.rs` | what has come of it, beside the replay and the target |

mod against;
mod apply;
mod tools;

use ormsync_database::{DatabaseUrl, Locks, ReadOptions, RunError, Scratch, create_scratch};
use ormsync_schema::{Diagnostic, Migration, Origin, Severity};
use tokio::runtime::Runtime;

use super::made_up::{self, MadeUp};
use super::mirror::statements_of;
use super::{Effect, Histories};
use crate::command_line::ApplyWith;
use crate::failure::{Failure, Result};
use crate::project::Settings;
use crate::terminal::Terminal;
use tools::alembic::AlembicTool;
use tools::prisma::PrismaTool;

pub(crate) use against::Target;
pub(crate) use apply::locks_of;

/// How histories are run.
pub(crate) struct Wanted<'w> {
    /// The server, or the SQLite file that is to be made.
    pub(crate) url: &'w DatabaseUrl,
    /// How many rows each table is given before the last migrations.
    pub(crate) rows: usize,
    /// The last migration that is run before the rows are made; else all but the last one.
    pub(crate) since: Option<&'w str>,
    /// Whether the way back is taken, too.
    pub(crate) back: bool,
    /// Whose own command applies its migrations; the others are applied by their statements.
    pub(crate) apply_with: &'w [ApplyWith],
    /// Whether the database is compared with what is declared.
    pub(crate) target: bool,
    /// The dialect that the command line names.
    pub(crate) dialect: Option<String>,
}

/// How one history went.
pub(crate) struct Ran {
    /// Whose it is.
    pub(crate) history: &'static str,
    /// What it is called in sentences.
    pub(crate) label: &'static str,
    /// What has applied it.
    pub(crate) applied_by: ApplyWith,
    /// Its migrations, as far as they were run.
    pub(crate) steps: Vec<RanStep>,
    /// The size of the database in bytes, before the first and behind the last.
    pub(crate) bytes: Option<(u64, u64)>,
    /// How many rows were made.
    pub(crate) rows: usize,
    /// How what the server made differs from what a replay without it makes, each a line; none where it does not.
    pub(crate) differences: Vec<String>,
    /// How it differs from what is declared today; none where that was not asked, nothing is declared, or not all was run.
    pub(crate) target: Option<Target>,
    /// Tables that are left behind the whole way back; none where it was not taken to its end.
    pub(crate) left: Option<Vec<String>>,
    /// What went wrong, and where.
    pub(crate) problems: Vec<Diagnostic>,
}

/// One migration.
pub(crate) struct RanStep {
    pub(crate) id: String,
    /// How long it took, in milliseconds; its way back likewise. With Alembic's command that is the whole command's time.
    pub(crate) milliseconds: u128,
    pub(crate) back_milliseconds: Option<u128>,
    /// The size of the database in bytes, before and after; none where one command has applied several.
    pub(crate) bytes: Option<(u64, u64)>,
    /// The locks that it took on tables; none where a command of the project's has applied it.
    pub(crate) locks: Option<Locks>,
}

/// A migration as statements.
struct Step {
    id: String,
    there: String,
    back: Option<String>,
    origin: Origin,
}

/// A history that is to be run.
struct Run {
    history: &'static str,
    label: &'static str,
    applied_by: ApplyWith,
    steps: Vec<Step>,
    /// What can't be run as it is written.
    problems: Vec<Diagnostic>,
}

/// Runs every history on a scratch database of its own.
///
/// # Errors
/// Where no scratch database can be made or dropped.
pub(crate) fn verify(
    settings: &Settings,
    histories: &Histories,
    wanted: &Wanted<'_>,
    terminal: &Terminal,
) -> Result<Vec<Ran>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime
        .map_err(|error| Failure::new("database-connect", format!("no connection could be started: {error}")))?;
    let mut all = Vec::new();
    for run in runs(histories, wanted)? {
        let name = format!("ormsync_scratch_{}_{}", run.history, std::process::id());
        let scratch = runtime.block_on(create_scratch(wanted.url, &name)).map_err(|error| no_scratch(&error))?;
        terminal.detail(&format!("{}: on the scratch database {}", run.label, scratch.url));
        let verifying = Verifying { settings, histories, wanted, scratch: &scratch, runtime: &runtime, terminal };
        let ran = verifying.run(&run);
        let dropped = runtime.block_on(scratch.drop_it());
        all.push(ran?);
        dropped.map_err(|error| Failure::new("scratch", format!("the scratch database {name} is left: {error}")))?;
    }
    Ok(all)
}

fn no_scratch(error: &RunError) -> Box<Failure> {
    Failure::new("scratch", format!("no scratch database could be made: {error}"))
        .with_help("name a server whose user may create databases, or for SQLite a file that is not there yet")
}

/// The histories, each with who applies it.
///
/// # Errors
/// Where a tool is to apply a history that is not there, or a revision can't be put in statements.
fn runs(histories: &Histories, wanted: &Wanted<'_>) -> Result<Vec<Run>> {
    let mut all = Vec::new();
    let with = |tool: ApplyWith| if wanted.apply_with.contains(&tool) { tool } else { ApplyWith::Ormsync };
    if let Some(prisma) = &histories.prisma {
        let step = |file: &ormsync_prisma::MigrationFile| Step {
            id: file.name.clone(),
            there: file.text.to_string(),
            back: file.down.clone(),
            origin: file.origin.clone(),
        };
        let steps = prisma.migrations.iter().map(step).collect();
        let problems = Vec::new();
        all.push(Run { history: "prisma", label: "Prisma", applied_by: with(ApplyWith::Prisma), steps, problems });
    }
    if let Some((_, alembic)) = &histories.alembic {
        let applied_by = with(ApplyWith::Alembic);
        let (mut steps, mut problems) = (Vec::new(), Vec::new());
        for migration in &alembic.history.migrations {
            let origin = migration.origin.clone();
            let (there, back) = match histories.effects.of("alembic", &migration.id) {
                // What Alembic itself runs need not be understood.
                _ if applied_by == ApplyWith::Alembic => (String::new(), None),
                Some(effect) => {
                    problems.extend(not_understood(effect, migration));
                    statements_of(effect, histories.project.dialect, migration)?
                }
                None => continue,
            };
            steps.push(Step { id: migration.id.clone(), there, back, origin });
        }
        all.push(Run { history: "alembic", label: "Alembic", applied_by, steps, problems });
    }
    for tool in wanted.apply_with {
        let is_there = *tool == ApplyWith::Ormsync || all.iter().any(|run| run.applied_by == *tool);
        if !is_there {
            let message = format!("--apply-with {}: there is no history for it to apply", tool.as_str());
            return Err(Failure::new("verify-command", message)
                .with_help("name the history with --migrations or --alembic, or in ormsync.toml"));
        }
    }
    Ok(all)
}

/// That a revision does more, or less, than what is run of it.
fn not_understood(effect: &Effect, migration: &Migration) -> Option<Diagnostic> {
    let first = effect.problems.iter().find(|problem| problem.severity >= Severity::Warning)?;
    let message =
        format!("Alembic: {} is not understood whole, and only what is was run: {}", migration.id, first.message);
    Some(
        Diagnostic::error("verify-unread", message, migration.origin.clone())
            .with_help("--apply-with alembic has Alembic itself run it"),
    )
}

/// One history on its scratch database.
struct Verifying<'v> {
    settings: &'v Settings,
    histories: &'v Histories,
    wanted: &'v Wanted<'v>,
    scratch: &'v Scratch,
    runtime: &'v Runtime,
    terminal: &'v Terminal,
}

/// Who applies the migrations.
enum Applier<'a> {
    Statements,
    Prisma(PrismaTool<'a>),
    Alembic(AlembicTool<'a>),
}

impl Verifying<'_> {
    fn run(&self, run: &Run) -> Result<Ran> {
        let mut ran = Ran {
            history: run.history,
            label: run.label,
            applied_by: run.applied_by,
            steps: Vec::new(),
            bytes: None,
            rows: 0,
            differences: Vec::new(),
            target: None,
            left: None,
            problems: run.problems.clone(),
        };
        let applier = match self.applier(run) {
            Ok(applier) => applier,
            Err(problem) => {
                ran.problems.push(*problem);
                return Ok(ran);
            }
        };
        if !self.forwards(run, &applier, &mut ran) {
            return Ok(ran);
        }
        let url = &self.scratch.url;
        ran.differences = against::replay(self.settings, self.histories, run.history, url, self.terminal)?;
        if self.wanted.target {
            ran.target = against::target(self.settings, run.history, url, self.wanted, self.terminal)?;
        }
        if self.wanted.back && self.backwards(run, &applier, &mut ran) {
            ran.left = Some(self.runtime.block_on(self.left())?);
        }
        Ok(ran)
    }

    fn applier(&self, run: &Run) -> std::result::Result<Applier<'_>, Box<Diagnostic>> {
        let url = &self.scratch.url;
        Ok(match (run.applied_by, &self.histories.alembic_path) {
            (ApplyWith::Prisma, _) => {
                Applier::Prisma(PrismaTool::new(self.settings, self.histories, url, self.terminal)?)
            }
            (ApplyWith::Alembic, Some(path)) => {
                Applier::Alembic(AlembicTool::new(self.settings, path, url, self.terminal)?)
            }
            (ApplyWith::Alembic, None) | (ApplyWith::Ormsync, _) => Applier::Statements,
        })
    }

    /// Applies all migrations, with rows before the last ones; whether that went to its end.
    fn forwards(&self, run: &Run, applier: &Applier<'_>, ran: &mut Ran) -> bool {
        let count = run.steps.len();
        let since = self.wanted.since.and_then(|since| run.steps.iter().position(|step| step.id == since));
        let rows_before = match since {
            _ if self.wanted.rows == 0 => count,
            Some(at) => at + 1,
            None => count.saturating_sub(1),
        };
        let size = || self.runtime.block_on(apply::size(&self.scratch.url)).ok();
        let before = size();
        for part in [0..rows_before, rows_before..count] {
            if part.start > 0 && part.start < count && self.wanted.rows > 0 {
                self.make_rows(&run.steps[part.start], ran);
            }
            if let Err(mut problem) = self.runtime.block_on(self.apply(run, applier, part, ran)) {
                let help = "nothing behind it was run; the scratch database is dropped";
                problem.help.get_or_insert_with(|| help.to_owned());
                ran.problems.push(problem);
                return false;
            }
        }
        ran.bytes = before.zip(size());
        true
    }

    fn make_rows(&self, before: &Step, ran: &mut Ran) {
        let wanted = MadeUp { rows: self.wanted.rows, beside_rows: true };
        match self.runtime.block_on(made_up::fill(&self.scratch.url, &wanted, self.terminal)) {
            Ok(filled) => ran.rows = filled.iter().map(|table| table.rows).sum(),
            Err(problem) => ran.problems.push(Diagnostic::warning("seed", problem, before.origin.clone())),
        }
    }

    async fn apply(
        &self,
        run: &Run,
        applier: &Applier<'_>,
        part: std::ops::Range<usize>,
        ran: &mut Ran,
    ) -> std::result::Result<(), Diagnostic> {
        match applier {
            Applier::Prisma(prisma) => match prisma.apply(&run.steps, part, self.terminal).await {
                Ok(done) => ran.steps.extend(done),
                Err((done, problem)) => {
                    ran.steps.extend(done);
                    return Err(*problem);
                }
            },
            Applier::Alembic(alembic) => {
                for step in &run.steps[part] {
                    ran.steps.push(alembic.apply(step, self.terminal).await.map_err(|problem| *problem)?);
                }
            }
            Applier::Statements => {
                for step in &run.steps[part] {
                    let done = apply::apply(&self.scratch.url, step).await.map_err(|error| {
                        let message = format!("{}: {} fails on the server: {error}", run.label, step.id);
                        Diagnostic::error("verify-failed", message, step.origin.clone())
                    })?;
                    ran.steps.push(done);
                }
            }
        }
        Ok(())
    }

    /// Takes the way back; whether it went to its end.
    fn backwards(&self, run: &Run, applier: &Applier<'_>, ran: &mut Ran) -> bool {
        let outcome = match (applier, &self.histories.alembic) {
            (Applier::Alembic(alembic), Some((_, files))) => {
                let way = alembic.back(&files.history, &mut ran.steps, self.terminal);
                self.runtime.block_on(way).map_err(|problem| *problem)
            }
            // Prisma has no way back of its own: down.sql is run as it is written.
            _ => self.runtime.block_on(self.back_by_statements(run, ran)),
        };
        match outcome {
            Ok(()) => true,
            Err(problem) => {
                ran.problems.push(problem);
                false
            }
        }
    }

    async fn back_by_statements(&self, run: &Run, ran: &mut Ran) -> std::result::Result<(), Diagnostic> {
        for (step, done) in run.steps.iter().zip(&mut ran.steps).rev() {
            let Some(back) = &step.back else {
                let (message, help) = match run.history {
                    "prisma" => {
                        ("it has no down.sql", "`ormsync migrate` and `ormsync mirror` write one with every migration")
                    }
                    _ => (
                        "its downgrade() is not understood, or raises",
                        "write it with operations and constants, or have Alembic itself run it: --apply-with alembic",
                    ),
                };
                let message = format!("{}: {} has no way back that can be run: {message}", run.label, step.id);
                return Err(
                    Diagnostic::new(Severity::Note, "verify-back", message, step.origin.clone()).with_help(help)
                );
            };
            done.back_milliseconds = Some(apply::back(&self.scratch.url, back).await.map_err(|error| {
                let message = format!("{}: the way back from {} fails on the server: {error}", run.label, step.id);
                Diagnostic::error("verify-back", message, step.origin.clone())
            })?);
        }
        Ok(())
    }

    /// What the way back has left.
    async fn left(&self) -> Result<Vec<String>> {
        let read = ormsync_database::read(&self.scratch.url, &ReadOptions::default()).await;
        let mut reading = read.map_err(|error| Failure::new("scratch", error.to_string()))?;
        crate::read_sources::leave_out_own_tables(&mut reading.schema);
        let default = self.histories.project.dialect.default_namespace();
        let mut left: Vec<String> = reading.schema.tables().map(|(_, name, _)| format!("table {name}")).collect();
        for (namespace, content) in &reading.schema.namespaces {
            left.extend(content.enums.keys().map(|name| format!("type {name}")));
            left.extend(content.views.keys().map(|name| format!("view {name}")));
            if namespace != default && content.tables.is_empty() {
                left.push(format!("schema {namespace}"));
            }
        }
        Ok(left)
    }
}
