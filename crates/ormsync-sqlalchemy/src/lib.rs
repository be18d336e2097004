//! Reads SQLAlchemy models from Python source, without importing it (or, when asked to, by having the project's own
//! Python import them), and writes declarations for suggested fixes.
//!
//! | folder | what |
//! | --- | --- |
//! | `program.rs` | finds and parses the files that the roots reach; the only part that touches the disk |
//! | `known/` | what well-known packages outside the project bring |
//! | `syntax.rs` | what is looked for in a syntax tree before it is evaluated |
//! | `release.rs` | which SQLAlchemy the project pins |
//! | `reserved.rs` | words that have to be quoted where they are names |
//! | `python/` | a partial evaluator: what the modules do when they are imported |
//! | `mapping/` | declarative classes and core tables, as SQLAlchemy would map them |
//! | `lower/` | the physical schema that SQLAlchemy's DDL compiler would make of them |
//! | `edit/` | changing a module's text, every other byte as it was |
//! | `alembic/` | Alembic's settings, the revisions of a project, and the schema that they make |
//! | `import/` | the other way to read: the project's own Python imports the models |
//! | `spelling/` | objects of the canonical schema as SQLAlchemy declarations, and plans as Alembic revisions |
//!
//! Nothing is imported or run but by [`read_by_import`]. What cannot be known from the source alone is *opaque*: a diagnostic with
//! its place, and an entry in the schema that keeps its absence from being taken for a fact.

mod alembic;
mod edit;
mod import;
mod known;
mod lower;
mod mapping;
mod program;
mod python;
mod release;
mod spelling;
mod suppressions;
mod syntax;

use std::path::PathBuf;

use ormsync_dialect::Dialect;
use ormsync_schema::{Diagnostic, Fact, Opaque, Origin, Place, Reading, Server, SourceFiles, Span};

pub use alembic::{
    AlembicHistory, AlembicSettings, FileTemplateError, MIRROR_VARIABLE, RECORD_COLUMN, RECORD_TABLE, ReplayOptions,
    Replayed, ReplayedRevision, ReplayedStep, Revision, RevisionFile, StatementReplay, Versions, VersionsError,
    alembic_history, move_version, records, replay,
};
pub use edit::{Call, Edit, EditError, Which, edit_models};
pub use import::{ImportOptions, Secrets, python_of, read_by_import};
pub use spelling::{
    RevisionBody, RevisionFrame, SqlAlchemySpelling, TemplateError, revision_body, write_models, write_revision,
};
pub use suppressions::suppressions;

/// The tables that Alembic makes in a database.
pub const OWN_TABLES: &[&str] = &["alembic_version"];

/// How to read models.
#[derive(Debug, Clone)]
pub struct ReadOptions<'a> {
    /// The dialect to lower for: models do not say.
    pub dialect: &'static dyn Dialect,
    /// The server, where it is known (MariaDB compiles some types differently).
    pub server: Option<&'a Server>,
    /// The namespace of tables without a schema of their own.
    pub default_namespace: Option<String>,
}

/// How much stack evaluating may use: Python nests deeper than a thread's usual stack allows.
const STACK: usize = 256 * 1024 * 1024;

/// Reads the models under `roots` (files, or packages: folders of `.py` files), following imports
/// inside the roots and their parent packages. What is missing or unreadable is a diagnostic.
pub fn read(roots: &[PathBuf], options: &ReadOptions<'_>) -> Reading {
    on_large_stack(|| {
        let release = release::Release::of_project(roots);
        read_program(options, release, |diagnostics, files| program::load(roots, diagnostics, files))
    })
}

/// Reads the models in one text, as if a file of that name held it. Imports of other files lead nowhere.
pub fn read_text(name: &str, text: &str, options: &ReadOptions<'_>) -> Reading {
    on_large_stack(|| {
        let release = release::Release::of_project(&[]);
        read_program(options, release, |diagnostics, files| program::load_text(name, text, diagnostics, files))
    })
}

fn on_large_stack<T: Send>(run: impl Fn() -> T + Sync) -> T {
    std::thread::scope(|scope| {
        match std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &run) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            // No thread to be had: most models are shallow enough for this one.
            Err(_) => run(),
        }
    })
}

fn read_program(
    options: &ReadOptions<'_>,
    release: release::Release,
    load: impl Fn(&mut Vec<Diagnostic>, &mut SourceFiles) -> program::Program,
) -> Reading {
    let mut diagnostics = Vec::new();
    let mut files = SourceFiles::default();
    let program = load(&mut diagnostics, &mut files);
    let mut evaluator = python::Evaluator::new(&program, lower::dialect_name(options), release);
    evaluator.run();
    let mut schema = lower::lower(&mut evaluator, options, release);
    for module in program.modules.iter().filter(|module| module.is_broken) {
        schema.opaque.push(Opaque {
            fact: Fact::Table,
            name: None,
            text: format!("{} does not parse", module.path),
            origin: Origin::file(&module.path, Span::new(0, 0)),
        });
    }
    diagnostics.append(&mut evaluator.diagnostics);
    drop_repeated(&mut diagnostics);
    Reading { schema, diagnostics, files }
}

/// A mixin's column is read once for every class that has it; what is wrong with it is said once.
fn drop_repeated(diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = std::collections::HashSet::new();
    diagnostics.retain(|diagnostic| {
        let place = match &diagnostic.origin.place {
            Place::File { path, span } => format!("{path}:{}:{}", span.start, span.end),
            Place::Catalogue { object } => object.clone(),
            Place::Nowhere => String::new(),
        };
        seen.insert((place, diagnostic.message.clone()))
    });
}
