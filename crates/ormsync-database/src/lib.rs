//! Reads live databases through sqlx. The only crate with sockets.
//!
//! [`DatabaseUrl`] understands the URLs that Prisma, SQLAlchemy and people write; [`read`] connects, asks
//! the server for its version, runs the dialect's catalogue queries and has the dialect make a schema of
//! the rows. What is read is not changed: the session is read-only, statements and locks have
//! timeouts, nothing is prepared on the server (so poolers that hand one server connection to several
//! clients work), and a SQLite file that is not there is not created.
//!
//! | server | statements in a reading, whatever the number of tables |
//! | --- | --- |
//! | PostgreSQL | version, begin, 13 of the catalogue, end; begin, the first of the catalogue and end once more where a second connection helps |
//! | MySQL, MariaDB | the driver's own, version, begin, 15 of the catalogue, up to 5 for all that only SHOW CREATE tells, end; the driver's own, begin and end once more for each further connection: one where it helps, six for more than 400 tables on MariaDB |
//! | SQLite | version, begin, 5 of the catalogue, end |
//!
//! Deliberately not here: what the queries ask and what their rows mean (`ormsync-dialect`), and
//! anything that writes to a database, but for [`run_script`], [`run_with_locks`] and [`query`], which run what their caller
//! hands them, and [`create_scratch`].

mod connect;
mod create_sqlite;
mod failure;
mod lanes;
mod locks;
mod scratch;
mod server;
mod session;
mod table_rows;
mod url;

use std::time::{Duration, Instant};

use ormsync_dialect::{CatalogueQuery, CatalogueRow, CatalogueRows, CatalogueScope};
use ormsync_schema::{Reading, Server, SourceFiles};

pub(crate) use crate::failure::Failure;
use crate::session::Session;

pub use create_sqlite::create_sqlite;
pub use locks::{Locks, RanWithLocks, run_with_locks};
pub use scratch::{Scratch, create_scratch, query, size_query};
pub use table_rows::{RunError, TableQuery, TableRows, run_script, table_rows};
pub use url::{DatabaseUrl, UrlError};

/// How to read a database.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The namespaces to read; empty: the dialect's default one, or the one the URL names.
    pub namespaces: Vec<String>,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long one catalogue query may take.
    pub statement_timeout: Duration,
    /// How long one may wait for a lock. Catalogue reads want none that anything but DDL holds.
    pub lock_timeout: Duration,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            namespaces: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(5),
        }
    }
}

/// Why a database could not be read. Messages never hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseError {
    /// No connection: refused, unreachable, timed out, wrong password, TLS required, no such database.
    #[error("{message}")]
    Connect {
        /// What happened and where (host and port, user, database).
        message: String,
        /// What to do next.
        help: String,
    },
    /// Connected, but a catalogue query failed.
    #[error("{message}")]
    Catalogue {
        /// Which query and why.
        message: String,
        /// What to do next.
        help: String,
    },
}

impl DatabaseError {
    /// What to do next.
    pub fn help(&self) -> &str {
        match self {
            Self::Connect { help, .. } | Self::Catalogue { help, .. } => help,
        }
    }
}

/// What a server answered, before a schema is made of it.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// The server.
    pub server: Server,
    /// What was asked for.
    pub scope: CatalogueScope,
    /// The rows of every query.
    pub rows: CatalogueRows,
}

/// Reads the catalogue in a read-only transaction. The schema is not yet in normal form; its `server`
/// is filled in.
///
/// # Errors
/// When no connection is made or a catalogue query fails. A connection that breaks in the middle is
/// tried once more.
pub async fn read(url: &DatabaseUrl, options: &ReadOptions) -> Result<Reading, DatabaseError> {
    read_and_tell(url, options, |_| {}).await
}

/// As [`read`], and tells which server it is as soon as that is known, for those who wait for nothing else.
///
/// # Errors
/// As [`read`].
pub async fn read_and_tell(
    url: &DatabaseUrl,
    options: &ReadOptions,
    tell: impl Fn(&Server),
) -> Result<Reading, DatabaseError> {
    let attempt = async || {
        let Catalogue { server, scope, rows } = read_once(url, options, &tell).await?;
        let (schema, diagnostics) = url.dialect.assemble(&server, &scope, &rows);
        match url.dialect.half_read(&rows, &schema) {
            Some(table) => Err(Failure::changed(table)),
            None => Ok(Reading { schema, diagnostics, files: SourceFiles::default() }),
        }
    };
    twice(url, attempt).await
}

/// Reads the rows that [`read`] makes a schema of, for recording them.
///
/// # Errors
/// As [`read`].
pub async fn read_catalogue(url: &DatabaseUrl, options: &ReadOptions) -> Result<Catalogue, DatabaseError> {
    twice(url, async || read_once(url, options, &|_| {}).await).await
}

/// What came of one statement of [`ask`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Its rows.
    Rows(Vec<CatalogueRow>),
    /// The server refused it, or took longer than a statement may: why, without a password.
    Refused(String),
    /// The time was up before it.
    NoTime,
}

/// Runs statements that only read, each in a read-only transaction of its own: the names are for messages. None of them
/// takes longer than `options` allow, and none begins after `budget`.
///
/// # Errors
/// When no connection is made.
pub async fn ask(
    url: &DatabaseUrl,
    options: &ReadOptions,
    budget: Duration,
    queries: impl FnOnce(&Server) -> Vec<CatalogueQuery>,
) -> Result<Vec<Asked>, DatabaseError> {
    let start = Instant::now();
    let open = async {
        let mut session = Session::open(url, options).await?;
        let server = session.server().await?;
        server::refuse_too_old(&server)?;
        Ok((session, server))
    };
    let (mut session, server) = open.await.map_err(|failure: Failure| failure.describe(url))?;
    let mut answers = Vec::new();
    let mut is_lost = false;
    for CatalogueQuery { name, sql, .. } in queries(&server) {
        if is_lost || start.elapsed() >= budget {
            answers.push(Asked::NoTime);
            continue;
        }
        let answer = match session.begin_alone(&server).await {
            Ok(()) => session.rows(name, sql).await,
            Err(failure) => Err(failure),
        };
        // A statement that is still running holds the connection.
        is_lost = matches!(&answer, Err(failure) if failure.has_lost_the_connection());
        if !is_lost {
            is_lost = session.roll_back().await.is_err();
        }
        answers.push(match answer {
            Ok(rows) => Asked::Rows(rows),
            Err(failure) => Asked::Refused(failure.reason(url)),
        });
    }
    session.close().await;
    Ok(answers)
}

/// Tries again once where that may help.
async fn twice<T>(url: &DatabaseUrl, attempt: impl AsyncFn() -> Result<T, Failure>) -> Result<T, DatabaseError> {
    match attempt().await {
        Err(failure) if failure.is_passing() => attempt().await.map_err(Failure::second_time),
        outcome => outcome,
    }
    .map_err(|failure| failure.describe(url))
}

async fn read_once(url: &DatabaseUrl, options: &ReadOptions, tell: &impl Fn(&Server)) -> Result<Catalogue, Failure> {
    let mut session = Session::open(url, options).await?;
    let server = session.server().await?;
    server::refuse_too_old(&server)?;
    tell(&server);
    session.begin(&server, url).await?;
    let scope = scope(url, options);
    let queries = url.dialect.catalogue_queries(&server, &scope);
    let mut rows = lanes::read(&mut session, queries, (url, options), &server).await?;
    for query in url.dialect.further_catalogue_queries(&server, &rows) {
        let name = query.name;
        match session.answer(query).await {
            Err(failure) if failure.is_denial() || failure.is_gone() => {}
            answer => _ = rows.insert(name, answer?),
        }
    }
    session.close().await;
    Ok(Catalogue { server, scope, rows })
}

/// What was asked for, else what the URL names, else the dialect's default.
fn scope(url: &DatabaseUrl, options: &ReadOptions) -> CatalogueScope {
    let mut namespaces = options.namespaces.clone();
    if namespaces.is_empty() {
        namespaces.extend(url.namespace().map(str::to_owned));
    }
    CatalogueScope { namespaces }
}
