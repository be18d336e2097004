//! Reading all sources at once. A source that cannot be read is told and left out; the others are still
//! compared.

mod replayed;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use ormsync_database::{DatabaseError, DatabaseUrl};
use ormsync_dialect::Dialect;
use ormsync_diff::{LongName, Role, Source, long_names};
use ormsync_schema::{Diagnostic, Origin, Reading, Schema, Server, SourceFiles};

use crate::project::{Location, Project, Side, mask_files, mask_url};
use crate::snapshot;

pub(crate) use replayed::{alembic_settings, leave_out_own_tables, replay_alembic};

/// What came of reading.
pub(crate) struct Sources<'a> {
    /// The sides that were read, each with its schema in normal form.
    pub(crate) read: Vec<ReadSide<'a>>,
    /// What readers had to say, in the order of the sides.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The files that origins point into.
    pub(crate) files: SourceFiles,
    /// Declared names that the server does not keep whole.
    pub(crate) long_names: Vec<LongName>,
}

/// A side and what it says.
pub(crate) struct ReadSide<'a> {
    /// The side.
    pub(crate) side: &'a Side,
    /// Its schema in normal form.
    pub(crate) schema: Schema,
    /// How long reading it took, without normalisation.
    pub(crate) elapsed: Duration,
}

impl ReadSide<'_> {
    /// The side as the comparison sees it.
    pub(crate) fn source(&self) -> Source<'_> {
        Source {
            name: &self.side.name,
            kind: self.side.location.kind(),
            label: &self.side.label,
            role: self.side.role,
            schema: &self.schema,
            spelling: self.side.spelling(),
        }
    }
}

/// Reads every side of a project, all at once, and brings their schemas into normal form.
pub(crate) fn read_sources(project: &Project) -> Sources<'_> {
    read_in_form(project, |dialect, schema, server| dialect.normalise(schema, server))
}

/// Reads every side of a project, and leaves their schemas as they are read.
pub(crate) fn read_raw_sources(project: &Project) -> Sources<'_> {
    read_in_form(project, |_, _, _| {})
}

/// Reads every side of a project and brings their schemas into the form that statements are written from.
pub(crate) fn read_settled_sources(project: &Project) -> Sources<'_> {
    read_in_form(project, |dialect, schema, server| dialect.settle(schema, server))
}

fn read_in_form(project: &Project, form: impl Fn(&dyn Dialect, &mut Schema, Option<&Server>) + Sync) -> Sources<'_> {
    let readings = read_all(project);
    let (diagnostics, files) = (project.warnings.clone(), project.files.clone());
    let mut sources = Sources { read: Vec::new(), diagnostics, files, long_names: Vec::new() };
    for (side, (reading, elapsed)) in project.sides.iter().zip(readings) {
        // An empty schema with errors is one that could not be read: compared, all of the others' tables would
        // be missing in it.
        let empty = reading.schema.tables().next().is_none();
        let lost = empty && reading.has_errors();
        let is_meant = matches!(side.location, Location::Empty);
        if empty && !is_meant && side.role == Role::Declared && reading.diagnostics.is_empty() {
            sources.diagnostics.push(declares_nothing(side));
        }
        sources.diagnostics.extend(reading.diagnostics);
        sources.files.extend(reading.files);
        if side.role == Role::Declared {
            // In normal form they are cut.
            sources.long_names.extend(long_names(&side.name, &reading.schema, project.dialect));
        }
        if !lost {
            sources.read.push(ReadSide { side, schema: reading.schema, elapsed });
        }
    }
    mask_files(&mut sources.files);
    leave_out_unread_namespaces(project, &mut sources);
    let server = sources.read.iter().find_map(|read| read.schema.server.clone());
    let server = server.or_else(|| project.assumed_server.clone());
    let bring_into_form = |read: &mut ReadSide<'_>| form(project.dialect, &mut read.schema, server.as_ref());
    if let [only] = sources.read.as_mut_slice() {
        bring_into_form(only);
    } else {
        thread::scope(|scope| {
            for read in &mut sources.read {
                scope.spawn(|| bring_into_form(read));
            }
        });
    }
    sources
}

/// Takes memory in pages of 4 KB from now on. The allocator asks for pages of 2 MB, which are cleared whole when they are first
/// touched; and what other programs gave back seconds ago (the job before, the tool that ran before) a virtual machine has to
/// get from its host again. For all that reading a database takes, that costs more than it saves (docs/performance.md).
#[cfg(target_os = "linux")]
fn take_small_pages() {
    // It is faster; nothing depends on it.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

#[cfg(not(target_os = "linux"))]
fn take_small_pages() {}

fn read_all(project: &Project) -> Vec<(Reading, Duration)> {
    let database = project.sides.iter().position(|side| matches!(side.location, Location::Database { .. }));
    if database.is_some() {
        take_small_pages();
    }
    // Set when the database has said which it is (or could not be read): models may be lowered differently for its server.
    let server: OnceLock<Option<Server>> = OnceLock::new();
    let database_server = || {
        let asked = database.is_some() && lowers_by_server(project.dialect);
        let told = if asked { server.wait().as_ref() } else { None };
        told.or(project.assumed_server.as_ref())
    };
    let read = &|index: usize, side: &Side| {
        let start = Instant::now();
        // A reader that panics is a defect, but not the end of the others; nobody must wait for it for ever.
        let servers = Servers { of_database: &database_server, tell: &|found| _ = server.set(Some(found.clone())) };
        let reading = catch_unwind(AssertUnwindSafe(|| read_side(project, side, &servers)));
        let reading = reading.unwrap_or_else(|_| failed(project, reader_failed(side)));
        if database == Some(index) {
            let _ = server.set(None);
        }
        (reading, start.elapsed())
    };
    // The first is read by this thread: the memory that one thread has used is not at hand for another.
    let mut readings: Vec<(Reading, Duration)> = thread::scope(|scope| {
        let mut sides = project.sides.iter().enumerate();
        let first = sides.next();
        let threads: Vec<_> = sides.map(|(index, side)| scope.spawn(move || read(index, side))).collect();
        let first = first.map(|(index, side)| read(index, side));
        let others = threads.into_iter().map(|thread| thread.join().expect("panics are caught inside"));
        first.into_iter().chain(others).collect()
    });
    if let Some(index) = database {
        read_declared_namespaces(project, index, &mut readings);
    }
    readings
}

/// Who asks for the database's server and who tells it.
struct Servers<'own, 'server> {
    /// The server that models are lowered for; waits until it is known.
    of_database: &'own dyn Fn() -> Option<&'server Server>,
    /// Ends the waiting.
    tell: &'own dyn Fn(&Server),
}

fn read_side(project: &Project, side: &Side, servers: &Servers<'_, '_>) -> Reading {
    let server = servers.of_database;
    match &side.location {
        Location::Prisma(path) => {
            let options = ormsync_prisma::ReadOptions { default_namespace: project.default_namespace.clone() };
            ormsync_prisma::read(path, &options)
        }
        Location::SqlAlchemy(roots) => {
            let default_namespace = project.default_namespace.clone();
            let options =
                ormsync_sqlalchemy::ReadOptions { dialect: project.dialect, server: server(), default_namespace };
            if side.imports {
                return without_passwords(ormsync_sqlalchemy::read_by_import(roots, &options, &project.import));
            }
            ormsync_sqlalchemy::read(roots, &options)
        }
        Location::Alembic(path) => replayed::alembic(project, side, path, server()),
        Location::PrismaMigrations(path) => replayed::prisma_migrations(project, path, server()),
        Location::Sql(path) => replayed::sql(project, side, path, server()),
        Location::Database { url, namespaces } => read_database(project, side, url, namespaces.clone(), servers.tell),
        Location::Snapshot(path) => snapshot::read(path, project.dialect.name()),
        Location::Empty => {
            let schema = Schema::new(project.dialect.name());
            Reading { schema, diagnostics: Vec::new(), files: SourceFiles::default() }
        }
        Location::Unusable(diagnostic) => failed(project, (**diagnostic).clone()),
    }
}

/// What Python says of a failure may hold the URL that the models connect to.
fn without_passwords(mut reading: Reading) -> Reading {
    for diagnostic in &mut reading.diagnostics {
        diagnostic.message = mask_url(&diagnostic.message);
    }
    reading
}

/// Whether the same models make different columns on different servers of the dialect: SQLAlchemy compiles
/// `JSON`, `Uuid` and others differently for MariaDB.
fn lowers_by_server(dialect: &dyn Dialect) -> bool {
    dialect.name() == "mysql"
}

fn read_database(
    project: &Project,
    side: &Side,
    url: &DatabaseUrl,
    namespaces: Vec<String>,
    tell: &dyn Fn(&Server),
) -> Reading {
    let options = ormsync_database::ReadOptions { namespaces, ..Default::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let read = match runtime {
        Ok(runtime) => {
            let answer = runtime.block_on(ormsync_database::read_and_tell(url, &options, tell));
            // A resolver of host names that never answers blocks a thread that cannot be ended: nobody waits for it.
            runtime.shutdown_background();
            answer
        }
        Err(error) => {
            let message = format!("no connection could be started: {error}");
            return failed(project, Diagnostic::error("database-connect", message, side.origin.clone()));
        }
    };
    read.unwrap_or_else(|error| {
        let (code, message, help) = match error {
            DatabaseError::Connect { message, help } => ("database-connect", message, help),
            DatabaseError::Catalogue { message, help } => ("database-catalogue", message, help),
        };
        failed(project, Diagnostic::error(code, message, side.origin.clone()).with_help(help))
    })
}

/// Reads the database again where the other sources declare tables in namespaces that it was not asked about,
/// and the configuration does not say which ones count.
fn read_declared_namespaces(project: &Project, database: usize, readings: &mut [(Reading, Duration)]) {
    let side = &project.sides[database];
    let Location::Database { url, .. } = &side.location else { return };
    let default = project.default_namespace.as_deref().unwrap_or(project.dialect.default_namespace());
    if !project.namespaces.is_empty() || default.is_empty() || readings[database].0.has_errors() {
        return;
    }
    let declared: BTreeSet<String> = readings
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != database)
        .flat_map(|(_, (reading, _))| reading.schema.namespaces.keys().cloned())
        .chain([default.to_owned()])
        .filter(|namespace| !namespace.is_empty())
        .collect();
    if declared.len() > 1 {
        let start = Instant::now();
        readings[database].0 = read_database(project, side, url, declared.into_iter().collect(), &|_| {});
        readings[database].1 += start.elapsed();
    }
}

/// Leaves out what lies in namespaces that the configuration does not list: the database was not asked about
/// them, so nothing can be said.
fn leave_out_unread_namespaces(project: &Project, sources: &mut Sources<'_>) {
    if project.namespaces.is_empty() || project.dialect.default_namespace().is_empty() {
        return;
    }
    for read in &mut sources.read {
        let listed = |namespace: &String| namespace.is_empty() || project.namespaces.contains(namespace);
        let (kept, left_out) =
            std::mem::take(&mut read.schema.namespaces).into_iter().partition(|(name, _)| listed(name));
        read.schema.namespaces = kept;
        let left_out: std::collections::BTreeMap<_, ormsync_schema::Namespace> = left_out;
        for (name, namespace) in left_out.iter().filter(|(_, namespace)| !namespace.tables.is_empty()) {
            let count = namespace.tables.len();
            let message = format!(
                "{} has {count} {} in the schema {name}, which `schemas` in [database] does not list: not compared",
                read.side.label,
                if count == 1 { "table" } else { "tables" },
            );
            let origin = namespace.tables.values().next().map(|table| table.origin.clone()).unwrap_or_default();
            let help = format!("add \"{name}\" to `schemas`, or remove `schemas` to read all that are declared");
            sources.diagnostics.push(Diagnostic::warning("schema-not-listed", message, origin).with_help(help));
        }
    }
}

/// A side without tables is read from the wrong place more often than it is meant.
fn declares_nothing(side: &Side) -> Diagnostic {
    let message = format!("{} ({}) declares no tables", side.label, side.location.describe());
    Diagnostic::warning("no-tables", message, side.origin.clone()).with_help("is that the right file or folder?")
}

fn reader_failed(side: &Side) -> Diagnostic {
    let message = format!("reading {} ({}) failed inside ormsync", side.label, side.location.describe());
    Diagnostic::error("internal", message, Origin::nowhere())
        .with_help("this is a defect of ormsync: please report it with the lines above")
}

fn failed(project: &Project, diagnostic: Diagnostic) -> Reading {
    Reading {
        schema: Schema::new(project.dialect.name()),
        diagnostics: vec![diagnostic],
        files: SourceFiles::default(),
    }
}
