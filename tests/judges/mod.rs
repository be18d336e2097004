//! The judges: servers, Prisma's engine, SQLAlchemy. They decide what is true; we are compared with them.
//!
//! `scripts/test` (or `eval "$(scripts/judges/up)"`) installs and starts them and says through the
//! environment where they are. A judge that is missing fails the test that asks for it, unless
//! `ORMSYNC_TEST_WITHOUT` names it; what is left out is told at the end of `scripts/test`.

/// Alembic's engine, one process for many requests.
#[cfg(feature = "live")]
pub(crate) mod alembic;
/// A headless Chromium that opens a page and judges it.
#[cfg(feature = "live")]
pub(crate) mod chromium;
/// A judge that runs as a process and answers.
#[cfg(feature = "live")]
mod conversation;
/// Prisma's schema engine, one process for many requests.
#[cfg(feature = "live")]
pub(crate) mod prisma;
/// A database of its own for each test.
pub(crate) mod scratch;
/// Where the servers are, and their command-line clients.
#[cfg(feature = "live")]
pub(crate) mod servers;
/// SQLAlchemy's `metadata.create_all`.
#[cfg(feature = "live")]
pub(crate) mod sqlalchemy;

#[cfg(feature = "live")]
pub(crate) use waiver::{Judge, folder};

#[cfg(feature = "live")]
mod waiver {
    use std::env;
    use std::path::PathBuf;

    /// Something that decides what is true.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Judge {
        /// A PostgreSQL server.
        Postgres,
        /// Doors for two roles of a PostgreSQL server, by password and by TLS only: one that is handed in may lack them.
        PostgresDoors,
        /// The newest PostgreSQL server.
        PostgresNewest,
        /// A MariaDB server.
        Mariadb,
        /// A server of Oracle's MySQL.
        Mysql,
        /// SQLAlchemy, both versions.
        Sqlalchemy,
        /// Prisma's schema engine.
        Prisma,
        /// A browser.
        Chromium,
    }

    impl Judge {
        /// As `ORMSYNC_TEST_WITHOUT` writes it.
        pub(crate) fn name(self) -> &'static str {
            match self {
                Self::Postgres => "postgres",
                Self::PostgresDoors => "postgres-doors",
                Self::PostgresNewest => "postgres-newest",
                Self::Mariadb => "mariadb",
                Self::Mysql => "mysql",
                Self::Sqlalchemy => "sqlalchemy",
                Self::Prisma => "prisma",
                Self::Chromium => "chromium",
            }
        }

        /// Whether the user goes without it.
        pub(crate) fn waived(self) -> bool {
            let without = env::var("ORMSYNC_TEST_WITHOUT").unwrap_or_default();
            without.split(',').any(|name| name == self.name())
        }

        /// Ends the test that asked for a judge that isn't there.
        pub(crate) fn missing(self, what: &str) -> ! {
            panic!(
                "{what}. Run the tests by scripts/test, or first `eval \"$(scripts/judges/up)\"`; \
                 to go without this judge: ORMSYNC_TEST_WITHOUT={}",
                self.name()
            )
        }
    }

    /// The folder that `scripts/judges/install` fills.
    pub(crate) fn folder() -> PathBuf {
        if let Some(folder) = env::var_os("ORMSYNC_JUDGES") {
            return folder.into();
        }
        let cache = env::var_os("XDG_CACHE_HOME")
            .map_or_else(|| PathBuf::from(env::var_os("HOME").expect("HOME is set")).join(".cache"), PathBuf::from);
        cache.join("ormsync-judges")
    }
}
