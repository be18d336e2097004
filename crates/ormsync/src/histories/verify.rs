//! Histories run on scratch databases: forwards from empty, with rows where that is asked for, and back again.

use std::collections::BTreeMap;
use std::time::Instant;

use ormsync_database::{DatabaseUrl, RunError, Scratch, create_scratch, query, size_query, with_locks};
use ormsync_diff::Selection;
use ormsync_schema::{Diagnostic, Origin, Severity};

use super::Histories;
use super::made_up::{self, MadeUp};
use super::mirror::statements_of;
use crate::command_line::DialectOption;
use crate::failure::{Failure, Result};
use crate::gate;
use crate::project::{Location, Project, Settings, Side};
use crate::terminal::Terminal;

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
}

/// How one history went.
pub(crate) struct Ran {
    /// Whose it is.
    pub(crate) history: &'static str,
    /// What it is called in sentences.
    pub(crate) label: &'static str,
    /// Its migrations, as far as they were run.
    pub(crate) steps: Vec<RanStep>,
    /// How many rows were made.
    pub(crate) rows: usize,
    /// How what the server made differs from what a replay without it makes, each a line; none where it does not.
    pub(crate) differences: Vec<String>,
    /// Tables that are left behind the whole way back; none where it was not taken to its end.
    pub(crate) left: Option<Vec<String>>,
    /// What went wrong, and where.
    pub(crate) problems: Vec<Diagnostic>,
}

/// One migration.
pub(crate) struct RanStep {
    pub(crate) id: String,
    /// How long it took, in milliseconds; its way back likewise.
    pub(crate) milliseconds: u128,
    pub(crate) back_milliseconds: Option<u128>,
    /// The size of the database in bytes, before and after.
    pub(crate) bytes: (u64, u64),
    /// The locks that it held on tables at its end; none where the server does not tell.
    pub(crate) locks: Option<Vec<String>>,
}

/// A migration as statements.
struct Step {
    id: String,
    there: String,
    back: Option<String>,
    origin: Origin,
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
    for (history, label, steps) in histories_as_statements(histories)? {
        let name = format!("ormsync_scratch_{history}_{}", std::process::id());
        let scratch = runtime.block_on(create_scratch(wanted.url, &name)).map_err(|error| no_scratch(&error))?;
        terminal.detail(&format!("{label}: on the scratch database {}", scratch.url));
        let ran = run(settings, histories, (history, label), &steps, &scratch, wanted, &runtime, terminal);
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

fn histories_as_statements(histories: &Histories) -> Result<Vec<(&'static str, &'static str, Vec<Step>)>> {
    let mut all = Vec::new();
    if let Some(prisma) = &histories.prisma {
        let step = |file: &ormsync_prisma::MigrationFile| Step {
            id: file.name.clone(),
            there: file.text.to_string(),
            back: file.down.clone(),
            origin: file.origin.clone(),
        };
        all.push(("prisma", "Prisma", prisma.migrations.iter().map(step).collect()));
    }
    if let Some((_, alembic)) = &histories.alembic {
        let mut steps = Vec::new();
        for migration in &alembic.history.migrations {
            let Some(effect) = histories.effects.of("alembic", &migration.id) else { continue };
            let (there, back) = statements_of(effect, histories.project.dialect, migration)?;
            steps.push(Step { id: migration.id.clone(), there, back, origin: migration.origin.clone() });
        }
        all.push(("alembic", "Alembic", steps));
    }
    Ok(all)
}

#[allow(clippy::too_many_arguments)]
fn run(
    settings: &Settings,
    histories: &Histories,
    (history, label): (&'static str, &'static str),
    steps: &[Step],
    scratch: &Scratch,
    wanted: &Wanted<'_>,
    runtime: &tokio::runtime::Runtime,
    terminal: &Terminal,
) -> Result<Ran> {
    let mut ran =
        Ran { history, label, steps: Vec::new(), rows: 0, differences: Vec::new(), left: None, problems: Vec::new() };
    let since = wanted.since.and_then(|since| steps.iter().position(|step| step.id == since));
    let rows_before = since.map_or_else(|| steps.len().saturating_sub(1), |at| at + 1);
    for (at, step) in steps.iter().enumerate() {
        if at == rows_before && wanted.rows > 0 {
            let made = runtime.block_on(made_up::fill(
                &scratch.url,
                &MadeUp { rows: wanted.rows, beside_rows: true },
                terminal,
            ));
            match made {
                Ok(filled) => ran.rows = filled.iter().map(|table| table.rows).sum(),
                Err(problem) => ran.problems.push(Diagnostic::warning("seed", problem, step.origin.clone())),
            }
        }
        match runtime.block_on(apply(&scratch.url, step)) {
            Ok(done) => ran.steps.push(done),
            Err(error) => {
                let message = format!("{label}: {} fails on the server: {error}", step.id);
                ran.problems.push(
                    Diagnostic::error("verify-failed", message, step.origin.clone())
                        .with_help("nothing behind it was run; the scratch database is dropped"),
                );
                return Ok(ran);
            }
        }
    }
    ran.differences = differences(settings, histories, history, &scratch.url, terminal)?;
    if wanted.back {
        runtime.block_on(go_back(&mut ran, steps, &scratch.url, histories))?;
    }
    Ok(ran)
}

async fn apply(url: &DatabaseUrl, step: &Step) -> std::result::Result<RanStep, RunError> {
    let before = size(url).await?;
    let with_locks = with_locks(url, &step.there);
    let start = Instant::now();
    let (rows, tells_locks) = match &with_locks {
        // What can't be in a transaction is run without one.
        Some(script) => match query(url, script).await {
            Ok(rows) => (rows, true),
            Err(_) => (query(url, &step.there).await?, false),
        },
        None => (query(url, &step.there).await?, false),
    };
    let milliseconds = start.elapsed().as_millis();
    let locks = tells_locks.then(|| strongest_locks(&rows));
    let bytes = (before, size(url).await?);
    Ok(RanStep { id: step.id.clone(), milliseconds, back_milliseconds: None, bytes, locks })
}

/// PostgreSQL's locks from the weakest to the strongest.
/// <https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES>
const LOCKS: &[&str] = &[
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
];

/// Of each table the strongest lock: it stands for the others.
fn strongest_locks(rows: &[ormsync_dialect::CatalogueRow]) -> Vec<String> {
    let mut strongest: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        if let [Some(word), Some(mode), Some(table)] = row.as_slice()
            && word == "lock"
            && let Some(strength) = LOCKS.iter().position(|lock| lock == mode)
        {
            let known = strongest.entry(table).or_insert(strength);
            *known = strength.max(*known);
        }
    }
    strongest.into_iter().map(|(table, strength)| format!("{} on {table}", LOCKS[strength])).collect()
}

async fn size(url: &DatabaseUrl) -> std::result::Result<u64, RunError> {
    let rows = query(url, size_query(url)).await?;
    let text = rows.into_iter().flatten().flatten().next().unwrap_or_default();
    // MySQL gives a decimal.
    Ok(text.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or_default())
}

/// The way back, step by step.
async fn go_back(ran: &mut Ran, steps: &[Step], url: &DatabaseUrl, histories: &Histories) -> Result<()> {
    for (step, done) in steps.iter().zip(&mut ran.steps).rev() {
        let Some(back) = &step.back else {
            let (message, help) = match ran.history {
                "prisma" => {
                    ("it has no down.sql", "`ormsync migrate` and `ormsync mirror` write one with every migration")
                }
                _ => ("its downgrade() is not understood, or raises", "write it with operations and constants"),
            };
            let message = format!("{}: {} has no way back that can be run: {message}", ran.label, step.id);
            ran.problems
                .push(Diagnostic::new(Severity::Note, "verify-back", message, step.origin.clone()).with_help(help));
            return Ok(());
        };
        let start = Instant::now();
        if let Err(error) = query(url, back).await {
            let message = format!("{}: the way back from {} fails on the server: {error}", ran.label, step.id);
            ran.problems.push(Diagnostic::error("verify-back", message, step.origin.clone()));
            return Ok(());
        }
        done.back_milliseconds = Some(start.elapsed().as_millis());
    }
    let read = ormsync_database::read(url, &ormsync_database::ReadOptions::default()).await;
    let mut reading = read.map_err(|error| Failure::new("scratch", error.to_string()))?;
    crate::read_sources::leave_out_own_tables(&mut reading.schema);
    let default = histories.project.dialect.default_namespace();
    let mut left: Vec<String> = reading.schema.tables().map(|(_, name, _)| format!("table {name}")).collect();
    for (namespace, content) in &reading.schema.namespaces {
        left.extend(content.enums.keys().map(|name| format!("type {name}")));
        left.extend(content.views.keys().map(|name| format!("view {name}")));
        if namespace != default && content.tables.is_empty() {
            left.push(format!("schema {namespace}"));
        }
    }
    ran.left = Some(left);
    Ok(())
}

/// How the scratch database differs from a replay without a server.
fn differences(
    settings: &Settings,
    histories: &Histories,
    history: &str,
    url: &DatabaseUrl,
    terminal: &Terminal,
) -> Result<Vec<String>> {
    let replayed = match (history, &histories.prisma, &histories.alembic) {
        ("prisma", Some(prisma), _) => Location::PrismaMigrations(prisma.folder.clone()),
        (_, _, Some((alembic, _))) => Location::Alembic(alembic.script_location.clone()),
        _ => return Ok(Vec::new()),
    };
    let database = Location::Database { url: Box::new(url.clone()), namespaces: Vec::new() };
    let sides = [replayed, database].map(|location| Side::new(location, Origin::nowhere()));
    let mut project = Project::for_sides(settings, sides.into(), &DialectOption::default())?;
    project.options.differences_only = true;
    let compared = gate::compared(&project, Selection::default(), terminal, Instant::now());
    Ok(compared.comparison.findings.iter().map(|finding| finding.headline.clone()).collect())
}
