//! The options of `ormsync status` and `ormsync mirror`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::DialectOption;
use crate::config::History;

pub(super) const STATUS_ABOUT: &str = "\
Puts the two histories, Prisma's migrations and Alembic's revisions, side by side: which of them make the same change \
(by the mark that ormsync writes, else because they do the same, else by their names), which are applied in the \
database, what is edited, failed or missing, and the command to run next.

The histories are those that ormsync.toml names, or that lie around. Without a database (--no-database, or none is \
known) only the files are looked at.";

pub(super) const STATUS_EXAMPLES: &str = "\
Examples:
  ormsync status                                the database that ormsync.toml names
  ormsync status --no-database                  the files only
  ormsync status --database env:STAGING_URL --format json

Exit codes: 0 in step, 1 not in step, 2 the question could not be answered.";

pub(super) const MIRROR_ABOUT: &str = "\
Writes, for every migration that only one of the two histories has, the other's: Prisma migrations as Alembic \
revisions, Alembic revisions as Prisma migrations, one for one, with their names and in their order. Where one side \
has no migrations at all its environment is made, too: alembic.ini, env.py and script.py.mako, or the migrations \
folder with its lock file and, where there is no schema, a schema.prisma and a prisma.config.ts.

Operations are written in the other tool's words; what has no words there, and what changes rows, is carried over as \
SQL. What can't be carried is told. Nothing that is there is ever overwritten.

A mirrored revision looks whether Prisma has run the original, and records it for Prisma if not. For databases that \
have already run one side, --baseline prints the statements that mark the mirrors as applied; with --write it runs \
them.";

pub(super) const MIRROR_EXAMPLES: &str = "\
Examples:
  ormsync mirror                                write what is missing, on either side
  ormsync mirror --dry-run                      print it
  ormsync mirror --to alembic                   only Alembic's revisions
  ormsync mirror --baseline                     the statements for a database that has run one side
  ormsync mirror --baseline --write             run them

Exit codes: 0 written (or nothing is missing), 2 nothing could be written.";

/// Where histories are.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct HistoryOptions {
    /// The folder of Prisma's migrations
    #[arg(long, value_name = "PATH", help_heading = "Sources")]
    pub(crate) migrations: Option<PathBuf>,
    /// Alembic's settings: alembic.ini, pyproject.toml, or the folder with env.py
    #[arg(long, value_name = "PATH", help_heading = "Sources")]
    pub(crate) alembic: Option<PathBuf>,
    /// The database: a URL or env:NAME
    #[arg(long, value_name = "URL", conflicts_with = "no_database", help_heading = "Sources")]
    pub(crate) database: Option<String>,
    /// Leave the database out
    #[arg(long, help_heading = "Sources")]
    pub(crate) no_database: bool,
    #[command(flatten)]
    pub(crate) dialect: DialectOption,
}

/// `ormsync status`.
#[derive(Debug, Clone, Args)]
pub(crate) struct StatusOptions {
    #[command(flatten)]
    pub(crate) histories: HistoryOptions,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub(crate) format: StatusFormat,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

/// How the standing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusFormat {
    /// For people
    Text,
    /// For machines, as schemas/status.schema.json says
    Json,
}

/// `ormsync mirror`.
#[derive(Debug, Clone, Args)]
pub(crate) struct MirrorOptions {
    #[command(flatten)]
    pub(crate) histories: HistoryOptions,
    /// Write only the mirrors of this side
    #[arg(long, value_name = "SIDE")]
    pub(crate) to: Option<MirrorDirection>,
    /// Print what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How the two histories are tied; else as ormsync.toml says, else lockstep
    #[arg(long, value_name = "HOW")]
    pub(crate) history: Option<History>,
    /// Instead of writing mirrors, print what marks them as applied in a database that has run the originals
    #[arg(long, conflicts_with_all = ["dry_run", "to"], help_heading = "Databases that have run one side")]
    pub(crate) baseline: bool,
    /// With --baseline: run it
    #[arg(long, requires = "baseline", help_heading = "Databases that have run one side")]
    pub(crate) write: bool,
}

/// The side that mirrors are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MirrorDirection {
    /// Prisma's migrations
    Prisma,
    /// Alembic's revisions
    Alembic,
}
