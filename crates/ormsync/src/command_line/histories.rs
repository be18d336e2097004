//! The options of `ormsync status`, `mirror`, `verify` and `seed`.

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
  ormsync status --scratch-url env:SCRATCH_URL  does the server make of the histories what the replay does?

Exit codes: 0 in step, 1 not in step, 2 the question could not be answered.";

pub(super) const VERIFY_ABOUT: &str = "\
Runs each history on a scratch database of its own, which it makes on the server of --scratch-url and drops again \
(for SQLite without one, a temporary file): forwards from empty, and back step by step. It tells how long each migration \
takes, how large the database is before and after, which locks it takes on tables, whether the server makes what the \
replay without a server does, whether that is what the schema and the models declare (as `check` would compare them: with \
[ownership] and [rules]), and whether the way back leaves something.

With --rows the tables are given made-up rows before the last migrations, so that those run on a database that is in use.

Prisma's migrations are run as their migration.sql and down.sql say. Of Alembic's revisions the operations and \
statements of upgrade() and downgrade() are run as ormsync understands them: no Python is started, and env.py is not asked.

With --apply-with the project's own commands do the applying: `prisma migrate deploy`, `alembic upgrade` and `alembic \
downgrade`, found in the nearest node_modules and in the project's Python, or named in [verify] of ormsync.toml. Every \
variable of the environment and of .env that holds the URL of a database of that kind is overridden for them, those that \
Prisma's settings and ormsync.toml name, DATABASE_URL, those of [verify.environment], and `sqlalchemy.url` of alembic.ini \
(in a copy beside it). Before anything is applied, `prisma migrate status` or `alembic current --verbose` has to say that \
it is connected to the scratch database; afterwards _prisma_migrations or alembic_version there has to say that it was.";

pub(super) const VERIFY_EXAMPLES: &str = "\
Examples:
  ormsync verify --scratch-url postgresql://postgres@localhost/postgres
  ormsync verify --scratch-url env:SCRATCH_URL --rows 1000
  ormsync verify --scratch-url env:SCRATCH_URL --apply-with prisma,alembic
  ormsync verify --since 20260301120000_release --rows 100 --format json

Exit codes: 0 all of it runs, and makes what it should, 1 not, 2 the question could not be answered.";

pub(super) const SEED_ABOUT: &str = "\
Fills the tables of an empty database with made-up rows: references lead to rows that are there, unique columns have a \
value of their own in each row, enums their labels, and simple checks are met (lists of values, bounds, lengths, one \
column smaller than another). The same schema gets the same rows. Tables in a circle of references are filled together \
where none of them may be NULL, on PostgreSQL and SQLite; MySQL looks at each row at once. A table that can't be filled \
is told with the reason. A database that has rows is refused.";

pub(super) const SEED_EXAMPLES: &str = "\
Examples:
  ormsync seed --database postgresql://postgres@localhost/scratch --rows 1000
  ormsync seed --database sqlite:scratch.db

Exit codes: 0 done, 2 it could not be done.";

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
    /// Leave out histories that lie around and that ormsync.toml, where it names sources, does not name.
    #[arg(skip)]
    pub(crate) only_named: bool,
}

/// `ormsync status`.
#[derive(Debug, Clone, Args)]
pub(crate) struct StatusOptions {
    #[command(flatten)]
    pub(crate) histories: HistoryOptions,
    /// Run the histories on this server, too, on scratch databases, and say whether it makes what the replay does: a URL or
    /// env:NAME
    #[arg(long, value_name = "URL", help_heading = "Sources")]
    pub(crate) scratch_url: Option<String>,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub(crate) format: StatusFormat,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

/// `ormsync verify`.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyOptions {
    /// The folder of Prisma's migrations
    #[arg(long, value_name = "PATH", help_heading = "Sources")]
    pub(crate) migrations: Option<PathBuf>,
    /// Alembic's settings: alembic.ini, pyproject.toml, or the folder with env.py
    #[arg(long, value_name = "PATH", help_heading = "Sources")]
    pub(crate) alembic: Option<PathBuf>,
    /// The server on which scratch databases are made: a URL or env:NAME; for SQLite a file that is not there yet
    #[arg(long, value_name = "URL", help_heading = "Sources")]
    pub(crate) scratch_url: Option<String>,
    #[command(flatten)]
    pub(crate) dialect: DialectOption,
    /// Give each table so many rows before the last migrations
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) rows: usize,
    /// The last migration of the last release: rows are made behind it; else behind all but the last one
    #[arg(long, value_name = "MIGRATION")]
    pub(crate) since: Option<String>,
    /// Do not take the way back
    #[arg(long)]
    pub(crate) forwards_only: bool,
    /// Whose own command applies its history, on the scratch database; the other is applied by ormsync
    #[arg(long, value_name = "TOOL", value_delimiter = ',', default_value = "ormsync")]
    pub(crate) apply_with: Vec<ApplyWith>,
    /// Do not compare what the histories make with the schema and the models
    #[arg(long)]
    pub(crate) no_target: bool,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub(crate) format: StatusFormat,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

impl VerifyOptions {
    /// Where the histories are; no database of the project is looked at.
    pub(crate) fn histories(&self) -> HistoryOptions {
        HistoryOptions {
            migrations: self.migrations.clone(),
            alembic: self.alembic.clone(),
            database: None,
            no_database: true,
            dialect: self.dialect.clone(),
            only_named: false,
        }
    }
}

/// What applies a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ApplyWith {
    /// ormsync itself, by the statements of the migrations
    Ormsync,
    /// The project's own `prisma migrate deploy`
    Prisma,
    /// The project's own `alembic upgrade` and `alembic downgrade`, with its env.py
    Alembic,
}

impl ApplyWith {
    /// The word on the command line and in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ormsync => "ormsync",
            Self::Prisma => "prisma",
            Self::Alembic => "alembic",
        }
    }
}

/// `ormsync seed`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SeedOptions {
    /// The database, which has tables and no rows: a URL or env:NAME
    #[arg(long, value_name = "URL")]
    pub(crate) database: String,
    /// How many rows each table gets
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) rows: usize,
}

/// How the standing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusFormat {
    /// For people
    Text,
    /// For machines, as schemas/status.schema.json says, or schemas/verify.schema.json
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
