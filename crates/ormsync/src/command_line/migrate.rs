//! The options of `ormsync migrate`.

use clap::{Args, ValueEnum};

use super::DialectOption;
use crate::config::History;

pub(super) const MIGRATE_ABOUT: &str = "\
Writes what leads from the database, or from where the histories end, to the truth (the side that ormsync.toml calls so): for Prisma \
migrations/<time>_<name>/migration.sql, with the way back as down.sql beside it, and for Alembic a revision with \
upgrade() and downgrade(). Both make the same change; neither overwrites a file, and either all are written or none.

What a database has and the truth does not declare is dropped only where the truth's own migrations have made it, and a rename \
is never guessed. Where data would be lost nothing is written, unless --allow-data-loss says so.

`history` in [migrate] says how the two know of each other. lockstep: whichever tool runs first records the \
other's migration, too. guarded: the revision looks whether Prisma's migration has run, and does nothing then. independent: no tie.";

pub(super) const MIGRATE_EXAMPLES: &str = "\
Examples:
  ormsync migrate --name add_bookings                        from the database to the truth
  ormsync migrate --name add_bookings --dry-run              print it
  ormsync migrate --name rename_users --rename users:accounts
  ormsync migrate --name require_email --backfill \"users.email='unknown'\"
  ormsync migrate --name call_it_email --rename users.mail:email --expand-contract   in two pairs
  ormsync migrate --name index_bookings --concurrently       each index in a pair of its own (PostgreSQL)
  ormsync migrate --name widen --algorithm inplace --lock none    (MySQL, MariaDB)
  ormsync migrate --name add_bookings --from history         behind the migrations that are there, without a database
  ormsync migrate --name more --from snapshot:released.json --to sqlalchemy --alembic-only

Exit codes: 0 written (or nothing to migrate), 2 nothing could be written.";

/// `ormsync migrate`.
#[derive(Debug, Clone, Args)]
pub(crate) struct MigrateOptions {
    /// What the change is called: the name of the files, and the revision's first line
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// Where it starts: a source as for `ormsync diff`, `history` for what the migrations that are there lead to, or `empty`;
    /// else the database, or without one the history
    #[arg(long, value_name = "SOURCE", help_heading = "Sources")]
    pub(crate) from: Option<String>,
    /// Where it leads: a source as for `ormsync diff`; else the truth
    #[arg(long, value_name = "SOURCE", help_heading = "Sources")]
    pub(crate) to: Option<String>,
    #[command(flatten)]
    pub(crate) dialect: DialectOption,
    /// Print what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write the Prisma migration only
    #[arg(long, conflicts_with = "alembic_only")]
    pub(crate) prisma_only: bool,
    /// Write the Alembic revision only
    #[arg(long)]
    pub(crate) alembic_only: bool,
    /// The Alembic revision to come behind, where there are several heads
    #[arg(long, value_name = "REVISION")]
    pub(crate) head: Option<String>,
    /// How the two histories are tied; else as ormsync.toml says, else lockstep
    #[arg(long, value_name = "HOW")]
    pub(crate) history: Option<History>,
    /// What is called something else now: a table or enum type as old:new, a column or label as table.old:new (by the
    /// table's new name), a label of a MySQL column as table.column.old:new; a label that is there already takes over the
    /// rows of the old one; may be given several times
    #[arg(long, value_name = "OLD:NEW", help_heading = "Data")]
    pub(crate) rename: Vec<String>,
    /// What rows that are there get in a column that becomes required, as an expression of the server; may be given several
    /// times
    #[arg(long, value_name = "TABLE.COLUMN=EXPRESSION", help_heading = "Data")]
    pub(crate) backfill: Vec<String>,
    /// Write it even where data is lost, with a warning for each loss in the files
    #[arg(long, help_heading = "Data")]
    pub(crate) allow_data_loss: bool,
    /// Also drop what the database has and neither the truth nor its migrations know. Without it that stays, as somebody
    /// else's
    #[arg(long, help_heading = "Data")]
    pub(crate) drop_undeclared: bool,
    /// Parts what would break programs that run: the first pair adds what is new beside what is old, the second takes
    /// the old away (renamed and dropped columns, dropped tables, columns that become required)
    #[arg(long, help_heading = "Programs that go on running")]
    pub(crate) expand_contract: bool,
    /// PostgreSQL: makes and drops indexes of tables that are there while others write, each in a pair of its own,
    /// since no transaction may surround it
    #[arg(long, help_heading = "Programs that go on running")]
    pub(crate) concurrently: bool,
    /// MySQL, MariaDB: the algorithm that tables have to be changed by; the server refuses what it can't do so
    #[arg(long, value_name = "ALGORITHM", help_heading = "Programs that go on running")]
    pub(crate) algorithm: Option<Algorithm>,
    /// MySQL, MariaDB: what tables that are changed may be locked against at most
    #[arg(long, value_name = "LOCK", help_heading = "Programs that go on running")]
    pub(crate) lock: Option<Lock>,
    /// For databases that have some of it already: what is there is not made again, what is gone not dropped. Looks for
    /// names alone
    #[arg(long)]
    pub(crate) guard_existing: bool,
}

/// How MySQL or MariaDB changes a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Algorithm {
    /// In the catalogue alone.
    Instant,
    /// Without a copy of the table (MariaDB).
    Nocopy,
    /// In place, rows made anew if need be.
    Inplace,
    /// By a copy of the table.
    Copy,
}

impl Algorithm {
    /// The server's word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Instant => "INSTANT",
            Self::Nocopy => "NOCOPY",
            Self::Inplace => "INPLACE",
            Self::Copy => "COPY",
        }
    }
}

/// What others can't do with a table while it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lock {
    /// Nothing: they read and write.
    None,
    /// They read.
    Shared,
    /// They wait.
    Exclusive,
}

impl Lock {
    /// The server's word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Shared => "SHARED",
            Self::Exclusive => "EXCLUSIVE",
        }
    }
}
