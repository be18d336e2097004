//! Reads Prisma schemas: `.prisma` text to syntax tree to canonical schema.

use std::path::Path;

use ormsync_schema::{ObjectPath, Origin, Reading, Schema, SourceFiles, Spelling};

/// The tables that Prisma's own tooling makes in a database.
pub const OWN_TABLES: &[&str] = &["_prisma_migrations"];

/// How to read a Prisma schema.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The namespace of models without `@@schema`, where the database URL names one (`?schema=`).
    pub default_namespace: Option<String>,
}

/// The datasource block of a schema.
#[derive(Debug, Clone)]
pub struct Datasource {
    /// `provider`, as written.
    pub provider: String,
    /// `url`, if it is there.
    pub url: Option<DatasourceUrl>,
    /// `directUrl`, if it is there: the one to introspect through.
    pub direct_url: Option<DatasourceUrl>,
    /// The block.
    pub origin: Origin,
}

/// A URL of a datasource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatasourceUrl {
    /// Written out.
    Literal(String),
    /// `env("NAME")`.
    Environment(String),
}

/// The datasource of a schema (file or folder), if it can be found; syntax errors elsewhere do not matter.
pub fn datasource(_path: &Path) -> Option<Datasource> {
    None
}

/// Reads a schema: a `.prisma` file, or a folder of them. A file that is missing or unreadable is an
/// error diagnostic like any other.
pub fn read(_path: &Path, _options: &ReadOptions) -> Reading {
    Reading { schema: Schema::new(""), diagnostics: Vec::new(), files: SourceFiles::default() }
}

/// Writes objects in Prisma's language, for suggested fixes.
#[derive(Debug, Clone, Copy, Default)]
pub struct PrismaSpelling;

impl Spelling for PrismaSpelling {
    fn spell(&self, _wanted: &Schema, _own: &Schema, _path: &ObjectPath) -> Option<String> {
        None
    }
}
