//! A fresh database for one test, dropped when the test is done with it, also when it fails.

use std::fs;
use std::path::Path;

use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row as _, SqliteConnection};
use tempfile::TempDir;

use crate::case::Dialect;
#[cfg(feature = "live")]
use crate::judges::servers::Server;

/// A database that nobody else uses.
pub(crate) struct Scratch {
    url: String,
    place: Place,
}

enum Place {
    /// A file in a folder that goes with it.
    File { _folder: TempDir },
    #[cfg(feature = "live")]
    Server { server: Server, name: String },
}

impl Scratch {
    /// Makes an empty database; none when its server is waived.
    pub(crate) fn new(dialect: Dialect) -> Option<Self> {
        match dialect {
            Dialect::Sqlite => Some(Self::file()),
            #[cfg(feature = "live")]
            _ => Self::on(Server::of(dialect)?),
            #[cfg(not(feature = "live"))]
            _ => panic!("{} needs a server: the feature `live`", dialect.name()),
        }
    }

    fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("scratch.sqlite").display());
        let scratch = Self { url, place: Place::File { _folder: folder } };
        // So that the file exists also when nothing is loaded into it.
        scratch.execute("PRAGMA user_version = 0").unwrap();
        scratch
    }

    #[cfg(feature = "live")]
    fn on(server: Server) -> Option<Self> {
        use std::sync::atomic::{AtomicU32, Ordering};
        use std::time::{SystemTime, UNIX_EPOCH};

        static COUNT: AtomicU32 = AtomicU32::new(0);
        let moment = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("ormsync_{moment:x}_{}_{count}", std::process::id());
        server.create_database(&name).unwrap_or_else(|message| panic!("{message}"));
        Some(Self { url: server.database_url(&name), place: Place::Server { server, name } })
    }

    /// Its URL, as a user of ormsync would write it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Runs a script file.
    ///
    /// # Errors
    ///
    /// What the server said.
    pub(crate) fn load(&self, script: &Path) -> Result<(), String> {
        let statements = fs::read_to_string(script).map_err(|error| format!("{}: {error}", script.display()))?;
        self.execute(&statements).map_err(|message| format!("{}: {message}", script.display()))
    }

    /// Runs a script.
    ///
    /// # Errors
    ///
    /// What the server said.
    pub(crate) fn execute(&self, statements: &str) -> Result<(), String> {
        match &self.place {
            Place::File { .. } => run_on_file(&self.url, statements),
            #[cfg(feature = "live")]
            Place::Server { server, name } => server.run(name, statements),
        }
    }

    /// Runs one query and gives its rows, as text, columns parted by tabs.
    ///
    /// # Errors
    ///
    /// What the server said.
    pub(crate) fn query(&self, statement: &str) -> Result<String, String> {
        match &self.place {
            Place::File { .. } => query_file(&self.url, statement),
            #[cfg(feature = "live")]
            Place::Server { server, name } => server.query(name, statement),
        }
    }
}

fn run_on_file(url: &str, statements: &str) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut connection =
            SqliteConnection::connect(&format!("{url}?mode=rwc")).await.map_err(|error| error.to_string())?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements))
            .execute(&mut connection)
            .await
            .map_err(|error| error.to_string())?;
        connection.close().await.map_err(|error| error.to_string())
    })
}

fn query_file(url: &str, statement: &str) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut connection = SqliteConnection::connect(url).await.map_err(|error| error.to_string())?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement)).fetch_all(&mut connection).await;
        let rows = rows.map_err(|error| error.to_string())?;
        // SQLite gives any value as text.
        let cell = |row: &SqliteRow, at: usize| row.get_unchecked::<Option<String>, _>(at).unwrap_or_default();
        let line = |row: &SqliteRow| (0..row.len()).map(|at| cell(row, at)).collect::<Vec<_>>().join("\t");
        Ok(rows.iter().map(line).collect::<Vec<_>>().join("\n"))
    })
}

impl Drop for Scratch {
    fn drop(&mut self) {
        match &self.place {
            Place::File { .. } => {}
            #[cfg(feature = "live")]
            Place::Server { server, name } => {
                // The server and all in it goes away too; a second panic would hide the first.
                let _ = server.drop_database(name);
            }
        }
    }
}
