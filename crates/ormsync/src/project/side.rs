//! One source of a run, and where it is read from.

use std::path::{Path, PathBuf};

use ormsync_database::DatabaseUrl;
use ormsync_diff::Role;
use ormsync_prisma::PrismaSpelling;
use ormsync_schema::{Diagnostic, Origin, Spelling};
use ormsync_sqlalchemy::SqlAlchemySpelling;

use crate::paths;

/// One source of a run.
#[derive(Debug)]
pub(crate) struct Side {
    /// Its short name, unique in the run.
    pub(crate) name: String,
    /// Its name in sentences.
    pub(crate) label: String,
    /// What it is to the others.
    pub(crate) role: Role,
    /// Where it is read from.
    pub(crate) location: Location,
    /// Where the user said so.
    pub(crate) origin: Origin,
    /// How ormsync.toml would name it, where that is not its location: `env:NAME`.
    pub(crate) written: Option<String>,
    /// Models only: the project's own Python imports them.
    pub(crate) imports: bool,
}

/// Where a source is read from.
#[derive(Debug)]
pub(crate) enum Location {
    /// A Prisma schema: a file or a folder.
    Prisma(PathBuf),
    /// SQLAlchemy models: files and packages.
    SqlAlchemy(Vec<PathBuf>),
    /// Alembic's revisions: its alembic.ini, its pyproject.toml, or the folder of its scripts.
    Alembic(PathBuf),
    /// The folder of Prisma's migrations.
    PrismaMigrations(PathBuf),
    /// A file of SQL.
    Sql(PathBuf),
    /// A live database.
    Database {
        /// Its URL.
        url: Box<DatabaseUrl>,
        /// The namespaces the configuration names; empty: the URL's or the dialect's own.
        namespaces: Vec<String>,
    },
    /// A canonical schema in a file.
    Snapshot(PathBuf),
    /// Nothing: a database without tables.
    Empty,
    /// It cannot be read at all; the others still are.
    Unusable(Box<Diagnostic>),
}

impl Side {
    /// A side by the name of what it is read from.
    pub(crate) fn new(location: Location, origin: Origin) -> Self {
        let (name, label, role) = match &location {
            Location::Prisma(_) => ("prisma", "Prisma", Role::Declared),
            Location::SqlAlchemy(_) => ("sqlalchemy", "SQLAlchemy", Role::Declared),
            Location::Alembic(_) => ("alembic", "Alembic's revisions", Role::Declared),
            Location::PrismaMigrations(_) => ("prisma-migrations", "Prisma's migrations", Role::Declared),
            Location::Sql(_) => ("sql", "the SQL file", Role::Declared),
            Location::Database { .. } => ("database", "the database", Role::Live),
            Location::Snapshot(_) => ("snapshot", "the snapshot", Role::Declared),
            Location::Empty => ("empty", "an empty database", Role::Declared),
            Location::Unusable(_) => ("source", "the source", Role::Declared),
        };
        Self { name: name.to_owned(), label: label.to_owned(), role, location, origin, written: None, imports: false }
    }

    /// The Prisma side, wherever it is read from.
    pub(crate) fn prisma(location: Location, origin: Origin) -> Self {
        Self {
            name: "prisma".into(),
            label: "Prisma".into(),
            role: Role::Declared,
            location,
            origin,
            written: None,
            imports: false,
        }
    }

    /// The SQLAlchemy side, wherever it is read from.
    pub(crate) fn sqlalchemy(location: Location, origin: Origin) -> Self {
        Self {
            name: "sqlalchemy".into(),
            label: "SQLAlchemy".into(),
            role: Role::Declared,
            location,
            origin,
            written: None,
            imports: false,
        }
    }

    /// The database, wherever it is read from.
    pub(crate) fn database(location: Location, origin: Origin) -> Self {
        Self {
            name: "database".into(),
            label: "the database".into(),
            role: Role::Live,
            location,
            origin,
            written: None,
            imports: false,
        }
    }

    /// How this side writes objects, for suggested fixes.
    pub(crate) fn spelling(&self) -> Option<&'static dyn Spelling> {
        match (&self.location, self.name.as_str()) {
            (Location::Prisma(_), _) | (Location::Snapshot(_), "prisma") => Some(&PrismaSpelling),
            (Location::SqlAlchemy(_) | Location::Alembic(_), _) | (Location::Snapshot(_), "sqlalchemy") => {
                Some(&SqlAlchemySpelling)
            }
            _ => None,
        }
    }
}

impl Location {
    /// What kind of place it is, for machines.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Prisma(_) => "prisma",
            Self::SqlAlchemy(_) => "sqlalchemy",
            Self::Alembic(_) => "alembic",
            Self::PrismaMigrations(_) => "prisma-migrations",
            Self::Sql(_) => "sql",
            Self::Database { .. } => "database",
            Self::Snapshot(_) => "snapshot",
            Self::Empty => "empty",
            Self::Unusable(_) => "unusable",
        }
    }

    /// The place in one line, without passwords.
    pub(crate) fn describe(&self) -> String {
        let list = |roots: &[PathBuf]| roots.iter().map(|root| paths::display(root)).collect::<Vec<_>>().join(", ");
        match self {
            Self::Prisma(path)
            | Self::Alembic(path)
            | Self::PrismaMigrations(path)
            | Self::Sql(path)
            | Self::Snapshot(path) => paths::display(path),
            Self::SqlAlchemy(roots) => list(roots),
            Self::Database { url, .. } => url.to_string(),
            Self::Empty => "empty".to_owned(),
            Self::Unusable(_) => "not usable".to_owned(),
        }
    }

    /// The Prisma schema's folder, if it is one: Prisma takes relative SQLite files from there.
    pub(crate) fn prisma_folder(&self) -> Option<&Path> {
        match self {
            Self::Prisma(path) if path.is_dir() => Some(path),
            Self::Prisma(path) => Some(paths::folder_of(path)),
            _ => None,
        }
    }
}
