//! Checking again whenever a file of the project changes.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Event, EventKind, RecursiveMode, Watcher as _};

use crate::failure::{Failure, Result};
use crate::paths;
use crate::project::{Location, Project};
use crate::terminal::Terminal;

/// Editors write a file in several steps: so long nothing must have happened.
const QUIET: Duration = Duration::from_millis(200);

/// Runs `check` now and after each change of what it read, until it is interrupted.
///
/// # Errors
/// When nothing can be watched.
pub(crate) fn watch(
    watched: impl Fn() -> Vec<PathBuf>,
    terminal: &Terminal,
    mut check: impl FnMut() -> Result<u8>,
) -> Result<u8> {
    let (sender, events) = channel();
    let failed = |error: notify::Error| Failure::new("watch", format!("nothing can be watched: {error}"));
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let is_change = event.as_ref().is_ok_and(|event| !matches!(event.kind, EventKind::Access(_)));
        if is_change {
            // When nobody listens any more, the program ends.
            let _ = sender.send(());
        }
    })
    .map_err(failed)?;
    let mut known: Vec<PathBuf> = Vec::new();
    loop {
        // A configuration that is wrong now may be right after the next change.
        if let Err(failure) = check() {
            terminal.failure(&failure);
        }
        for path in watched() {
            if !known.contains(&path) && watcher.watch(&path, RecursiveMode::Recursive).is_ok() {
                known.push(path);
            }
        }
        if known.is_empty() {
            return Err(Failure::new("watch", "there is no file to watch"));
        }
        terminal.note("watching for changes; Ctrl-C ends it");
        if !next_change(&events) {
            return Err(Failure::new("watch", "the system tells of no more changes"));
        }
    }
}

/// Waits for a change and for quiet after it; false when no more will come.
fn next_change(events: &Receiver<()>) -> bool {
    if events.recv().is_err() {
        return false;
    }
    loop {
        match events.recv_timeout(QUIET) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// What a project is read from: files are watched by their folders, since editors put a new file in an old one's place.
pub(crate) fn files_of(project: Option<&Project>, configuration: Option<&Path>) -> Vec<PathBuf> {
    let mut watched = Vec::new();
    let mut add = |path: &Path| {
        let folder = if path.is_dir() { path } else { paths::folder_of(path) };
        let folder = paths::openable(folder).to_owned();
        if !watched.contains(&folder) {
            watched.push(folder);
        }
    };
    configuration.into_iter().for_each(&mut add);
    for side in project.into_iter().flat_map(|project| &project.sides) {
        match &side.location {
            Location::Prisma(path)
            | Location::PrismaMigrations(path)
            | Location::Sql(path)
            | Location::Snapshot(path) => add(path),
            Location::SqlAlchemy(roots) => roots.iter().for_each(|root| add(root)),
            Location::Alembic(path) => {
                add(path);
                if let Ok(settings) = crate::read_sources::alembic_settings(path) {
                    settings.version_locations.iter().for_each(|folder| add(folder));
                }
            }
            Location::Database { url, .. } => url.file().into_iter().for_each(&mut add),
            Location::Empty | Location::Unusable(_) => {}
        }
    }
    watched
}
