//! Where a change starts: a source that is named, the database, or what the histories lead to.

use ormsync_diff::plan::{PlanOptions, plan};
use ormsync_diff::{StepState, stand};
use ormsync_schema::{Origin, Schema};

use crate::command_line::{HistoryOptions, MigrateOptions, SourceOptions};
use crate::failure::{Failure, Result};
use crate::histories::{Histories, alembic_path};
use crate::project::{Location, Settings, Side, sides};
use crate::source_argument::recognise;
use crate::terminal::Terminal;

/// What `--from` calls the state of the histories.
const HISTORY: &str = "history";

/// What `--from` calls a database without tables.
const EMPTY: &str = "empty";

/// What the configured database is called.
const DATABASE: &str = "database";

/// Where a change starts.
pub(crate) struct Start {
    /// The source.
    pub(crate) side: Side,
    /// Whether what it has and the target does not declare may be somebody else's, so that it stays.
    pub(crate) keeps_undeclared: bool,
    /// What the target's own history has made, where it starts from a database and that is known: that does not stay.
    pub(crate) made: Option<Schema>,
}

impl Start {
    fn of(side: Side) -> Self {
        let keeps_undeclared = matches!(side.location, Location::Database { .. } | Location::Unusable(_));
        Self { side, keeps_undeclared, made: None }
    }

    /// A database, of which the target may take away what its own history has made.
    fn of_database(side: Side, options: &MigrateOptions, to: &Side, settings: &Settings) -> Self {
        Self { made: made_by(own_history(to), options, settings), ..Self::of(side) }
    }

    /// The source that was named; else the database; else, without a database, what the histories lead to.
    ///
    /// # Errors
    /// Where there is no such source, or the database that nobody named has not seen all migrations: what they change
    /// would be written once more.
    pub(crate) fn find(options: &MigrateOptions, to: &Side, settings: &Settings, terminal: &Terminal) -> Result<Self> {
        match options.from.as_deref() {
            Some(HISTORY) => of_histories(options, to, settings, terminal),
            Some(EMPTY) => Ok(empty()),
            Some(DATABASE) => Ok(Self::of_database(side(DATABASE, settings)?, options, to, settings)),
            Some(named) => side(named, settings).map(Self::of),
            None => {
                let found = sides(settings, &SourceOptions::default())?;
                match found.into_iter().find(|side| side.name == DATABASE) {
                    Some(database) => {
                        refuse_pending(options, settings)?;
                        Ok(Self::of_database(database, options, to, settings))
                    }
                    None => of_histories(options, to, settings, terminal),
                }
            }
        }
    }
}

fn empty() -> Start {
    Start { side: Side::new(Location::Empty, Origin::nowhere()), keeps_undeclared: false, made: None }
}

/// The history of the side that a change leads to.
fn own_history(to: &Side) -> &'static str {
    if to.name == "sqlalchemy" { "alembic" } else { "prisma" }
}

/// What a history leads to, from its files alone, where all of it can be replayed.
fn made_by(history: &str, options: &MigrateOptions, settings: &Settings) -> Option<Schema> {
    let mut histories = Histories::find(settings, &files_only(options)).ok()?;
    histories.replay();
    let end = histories.effects.ends.get(history)?;
    histories.effects.is_whole(history).then(|| end.clone())
}

fn files_only(options: &MigrateOptions) -> HistoryOptions {
    HistoryOptions { no_database: true, dialect: options.dialect.clone(), ..HistoryOptions::default() }
}

/// A side by its name, wherever it is configured or found, else any source.
///
/// # Errors
/// Where there is none.
pub(crate) fn side(text: &str, settings: &Settings) -> Result<Side> {
    if !matches!(text, "prisma" | "sqlalchemy" | "database") {
        return recognise(text, settings);
    }
    let found = sides(settings, &SourceOptions::default())?.into_iter().find(|side| side.name == text);
    found.ok_or_else(|| {
        Failure::new("source", format!("there is no source called {text}"))
            .with_help(format!("add a section [{text}] to ormsync.toml, or name a source with --from and --to"))
    })
}

/// The history of the side that the change leads to, which has made what that side may take away again; else the other's,
/// whose tables may be its own.
fn of_histories(options: &MigrateOptions, to: &Side, settings: &Settings, terminal: &Terminal) -> Result<Start> {
    let files_only = files_only(options);
    let Ok(mut histories) = Histories::find(settings, &files_only) else { return Ok(empty()) };
    let lengths: Vec<(String, usize)> =
        histories.histories().iter().map(|history| (history.name.clone(), history.migrations.len())).collect();
    let has = |name: &str| lengths.iter().any(|(history, length)| history == name && *length > 0);
    let own = own_history(to);
    let other = if own == "prisma" { "alembic" } else { "prisma" };
    let (chosen, is_own) = match (has(own), has(other)) {
        (true, _) => (own, true),
        (false, true) => (other, false),
        (false, false) => return Ok(empty()),
    };
    if has(own) && has(other) {
        histories.replay();
        tell_if_apart(&histories, [own, other], terminal);
    }
    let location = match (chosen, &histories.prisma, &histories.alembic) {
        ("prisma", Some(migrations), _) => Location::PrismaMigrations(migrations.folder.clone()),
        ("alembic", _, Some(_)) => alembic_path(settings, &files_only)?.map_or(Location::Empty, Location::Alembic),
        _ => Location::Empty,
    };
    let made = if is_own { made_by(own, options, settings) } else { None };
    // Of a history of its own that is not understood whole nobody knows what else it has.
    Ok(Start { side: Side::new(location, Origin::nowhere()), keeps_undeclared: !is_own || made.is_some(), made })
}

/// A pair that starts where one history ends does not fit behind the other, if that ends elsewhere.
fn tell_if_apart(histories: &Histories, [own, other]: [&str; 2], terminal: &Terminal) {
    let ends = &histories.effects.ends;
    let (Some(from), Some(to)) = (ends.get(own), ends.get(other)) else { return };
    if !(histories.effects.is_whole(own) && histories.effects.is_whole(other)) {
        return;
    }
    let project = &histories.project;
    let options = PlanOptions { ownership: project.options.ownership.clone(), ..PlanOptions::default() };
    if let Ok(apart) = plan(from, to, project.dialect, &options)
        && let Some(first) = apart.operations.first()
    {
        terminal.note(&format!(
            "the two histories do not lead to the same schema ({} parts them): this change starts where {} ends; \
             `ormsync status` shows where they part, and `ormsync mirror` writes what one of them lacks",
            first.subject(),
            if own == "prisma" { "Prisma's" } else { "Alembic's" },
        ));
    }
}

/// What is written and not applied yet is not in the database, and would be written again.
fn refuse_pending(options: &MigrateOptions, settings: &Settings) -> Result<()> {
    let history_options = HistoryOptions { dialect: options.dialect.clone(), ..HistoryOptions::default() };
    let Ok(mut histories) = Histories::find(settings, &history_options) else { return Ok(()) };
    if histories.histories().iter().all(|history| history.migrations.is_empty()) {
        return Ok(());
    }
    histories.read();
    let standing = stand(&histories.histories());
    let mut pending = Vec::new();
    for row in &standing.rows {
        let steps: Vec<_> = row.steps.iter().flatten().filter(|step| !step.is_empty).collect();
        let is_pending = steps.iter().any(|step| step.state == Some(StepState::Pending));
        if is_pending && !steps.iter().any(|step| step.state.is_some_and(StepState::is_applied)) {
            pending.extend(steps.first().map(|step| step.id.clone()));
        }
    }
    if pending.is_empty() {
        return Ok(());
    }
    let message = format!("the database has not seen all migrations: {}", pending.join(", "));
    Err(Failure::new("migrate", message).with_help(
        "apply them first, or write --from history to come behind them without a database; --from database starts from it as it is",
    ))
}
