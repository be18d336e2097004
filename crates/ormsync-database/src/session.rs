//! One connection: harmless, and every answer as text.

use std::future::Future;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use ormsync_dialect::{CatalogueAnswer, CatalogueQuery, CatalogueRow};
use ormsync_schema::Server;
use sqlx::{
    AssertSqlSafe, ColumnIndex, ConnectOptions as _, Connection as _, Database, Decode, Executor, MySqlConnection,
    PgConnection, Row as _, SqliteConnection, Type,
};

use crate::failure::{Failure, Step};
use crate::url::{Address, ServerAddress, ServerKind, TlsMode};
use crate::{DatabaseUrl, ReadOptions, connect, server};

/// How much longer than the server we wait for a statement that the server should have ended: then the
/// server is gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// How PostgreSQL prints constants and names in expressions, whatever a database or role has set for itself; and to compile
/// queries of the catalogue takes longer than to run them, and to sort the columns of 1,000 tables on disk (4 MB is the
/// default) takes longer than in memory. LOCAL: behind a transaction pooler the next transaction may be
/// another client's.
const POSTGRES_SETTINGS: &str = "SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL intervalstyle = postgres; \
     SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = hex; SET LOCAL extra_float_digits = 1; \
     SET LOCAL standard_conforming_strings = on; SET LOCAL quote_all_identifiers = off; SET LOCAL jit = off; \
     SET LOCAL work_mem = '64MB'";

/// What lets another session see what this one sees. A pooler or a name that leads to several servers may bring that one
/// to another server: it has no such snapshot and says so.
/// <https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION>
const EXPORT_SNAPSHOT: &str = "SELECT pg_catalog.pg_export_snapshot()";

/// Which server of those behind a name (a proxy, the readers of a cluster) this is. Their catalogue is in no snapshot: two
/// connections to one of them see what one would.
const WHICH_SERVER: &str = "SELECT CAST(CONCAT_WS(' ', @@hostname, @@port, @@server_id, @@datadir) AS CHAR)";

/// An open connection.
pub(crate) struct Session {
    connection: Driver,
    /// By what another session reaches the same as this one.
    companion: Option<String>,
    statement_timeout: Duration,
    lock_timeout: Duration,
}

enum Driver {
    Postgres(PgConnection),
    MySql(MySqlConnection),
    Sqlite(SqliteConnection),
}

impl Session {
    /// Connects, within the time that the URL or else the options give.
    pub(crate) async fn open(url: &DatabaseUrl, options: &ReadOptions) -> Result<Self, Failure> {
        let connection = match &url.address {
            Address::File(file) => {
                file.refuse_unless_readable()?;
                let limit = options.lock_timeout;
                let options = connect::sqlite(file, limit);
                within(limit + PATIENCE, options.connect(), Step::Connect).await.map(Driver::Sqlite)?
            }
            Address::Server(server) => Self::connect(server, options).await?,
        };
        Ok(Self {
            connection,
            companion: None,
            statement_timeout: options.statement_timeout,
            lock_timeout: options.lock_timeout,
        })
    }

    /// Connects so that a script may change what is there. A file that is not there is not made.
    pub(crate) async fn open_for_writing(url: &DatabaseUrl, options: &ReadOptions) -> Result<Self, Failure> {
        let Address::File(file) = &url.address else { return Self::open(url, options).await };
        file.refuse_unless_readable()?;
        let limit = options.lock_timeout;
        let connecting = connect::sqlite_for_writing(file, limit);
        let connection = within(limit + PATIENCE, connecting.connect(), Step::Connect).await.map(Driver::Sqlite)?;
        let (statement_timeout, lock_timeout) = (options.statement_timeout, options.lock_timeout);
        Ok(Self { connection, companion: None, statement_timeout, lock_timeout })
    }

    /// Connects to the first of the hosts that can be reached, each within the limit, as libpq does.
    async fn connect(server: &ServerAddress, options: &ReadOptions) -> Result<Driver, Failure> {
        let limit = server.connect_timeout.unwrap_or(options.connect_timeout);
        let mut outcome = None;
        for mut host in server.each() {
            let mut connected = Self::connect_to(&host, limit).await;
            if host.tls == TlsMode::Allow
                && let Err(failure) = &connected
                && !failure.is_of_the_host()
            {
                host.tls = TlsMode::Require;
                match Self::connect_to(&host, limit).await {
                    // Without TLS, too, the server had an answer, which says more.
                    Err(failure) if !failure.is_answer() => {}
                    with_tls => connected = with_tls,
                }
            }
            match connected {
                Err(failure) if failure.is_of_the_host() => outcome = Some(failure),
                answer => return answer,
            }
        }
        Err(outcome.expect("an address has at least one host"))
    }

    async fn connect_to(host: &ServerAddress, limit: Duration) -> Result<Driver, Failure> {
        match host.kind {
            ServerKind::Postgres => {
                let options = connect::postgres(host).disable_statement_logging();
                within(limit, options.connect(), Step::Connect).await.map(Driver::Postgres)
            }
            ServerKind::MySql => {
                let options = connect::mysql(host).disable_statement_logging();
                within(limit, options.connect(), Step::Connect).await.map(Driver::MySql)
            }
        }
    }

    /// Asks the server who it is.
    pub(crate) async fn server(&mut self) -> Result<Server, Failure> {
        let (product, sql) = match &self.connection {
            Driver::Postgres(_) => ("PostgreSQL", "SHOW server_version"),
            Driver::MySql(_) => ("MySQL", "SELECT CAST(VERSION() AS CHAR)"),
            Driver::Sqlite(_) => ("SQLite", "SELECT sqlite_version()"),
        };
        let rows = self.rows("version", sql.to_owned()).await?;
        let text = first_cell(rows).unwrap_or_default();
        Ok(server::from_version(product, &text))
    }

    /// Begins the read-only transaction, with timeouts, and keeps what [`Self::join`] needs.
    pub(crate) async fn begin(&mut self, server: &Server, url: &DatabaseUrl) -> Result<(), Failure> {
        let begin = self.beginning(server, None);
        if url.most_connections() == 1 {
            return self.rows("session", begin).await.map(|_| ());
        }
        let tell = if matches!(self.connection, Driver::Postgres(_)) { EXPORT_SNAPSHOT } else { WHICH_SERVER };
        match self.rows("session", format!("{begin}; {tell}")).await {
            Ok(rows) => self.companion = first_cell(rows),
            Err(failure) if failure.is_answer() => _ = self.rows("session", format!("ROLLBACK; {begin}")).await?,
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    /// Begins the read-only transaction, with timeouts, which no other connection joins.
    pub(crate) async fn begin_alone(&mut self, server: &Server) -> Result<(), Failure> {
        let begin = self.beginning(server, None);
        self.rows("session", begin).await.map(|_| ())
    }

    /// Another connection that reaches the same (on PostgreSQL sees the very same), and is set up by these statements. None where
    /// there can't be one.
    pub(crate) async fn join(
        companion: &str,
        (url, options): (&DatabaseUrl, &ReadOptions),
        server: &Server,
        set_up: &[CatalogueQuery],
    ) -> Option<Self> {
        let mut session = Self::open(url, options).await.ok()?;
        let mut ready = if matches!(session.connection, Driver::Postgres(_)) {
            let begin = session.beginning(server, Some(companion));
            session.rows("session", begin).await.is_ok()
        } else {
            let begin = session.beginning(server, None);
            let reached = session.rows("session", format!("{begin}; {WHICH_SERVER}")).await;
            reached.is_ok_and(|rows| first_cell(rows).is_some_and(|name| name == companion))
        };
        for query in set_up {
            ready = ready && session.answer(query.clone()).await.is_ok();
        }
        if !ready {
            session.close().await;
            return None;
        }
        Some(session)
    }

    /// What [`Self::join`] takes: the name of a snapshot, or that of the server.
    pub(crate) fn companion(&self) -> Option<String> {
        self.companion.clone()
    }

    /// The statements that begin the transaction.
    fn beginning(&self, server: &Server, snapshot: Option<&str>) -> String {
        let statement = self.statement_timeout.as_millis();
        let lock = self.lock_timeout.as_millis();
        match &self.connection {
            Driver::Postgres(_) => {
                let snapshot = snapshot.map(|name| format!("SET TRANSACTION SNAPSHOT '{name}'; ")).unwrap_or_default();
                format!(
                    "BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ; {snapshot}SET LOCAL statement_timeout = {statement}; \
                     SET LOCAL lock_timeout = {lock}; {POSTGRES_SETTINGS}"
                )
            }
            // The SQL mode decides how the server prints expressions: the queries want its plainest one.
            Driver::MySql(_) => {
                let statement = if server.product == "MariaDB" {
                    // Engine-independent statistics are looked up for each table that STATISTICS is asked about.
                    // <https://mariadb.com/docs/server/ha-and-performance/optimization-and-tuning/query-optimizations/statistics-for-optimizing-queries/engine-independent-table-statistics>
                    let limit = self.statement_timeout.as_secs_f64();
                    format!("max_statement_time = {limit}, SESSION use_stat_tables = never")
                } else {
                    format!("max_execution_time = {statement}")
                };
                format!(
                    "SET SESSION sql_mode = '', SESSION {statement}, SESSION lock_wait_timeout = {}; \
                     START TRANSACTION READ ONLY",
                    self.lock_timeout.as_secs().max(1)
                )
            }
            Driver::Sqlite(_) => "BEGIN".to_owned(),
        }
    }

    /// The rows of a query by its name, every value as text.
    pub(crate) async fn rows(&mut self, query: &'static str, sql: String) -> Result<Vec<CatalogueRow>, Failure> {
        self.run(query, sql, false).await.map(|answer| answer.iter().collect())
    }

    /// The rows of a catalogue query, unpacked where they come packed.
    pub(crate) async fn answer(&mut self, query: CatalogueQuery) -> Result<CatalogueAnswer, Failure> {
        self.run(query.name, query.sql, query.packed).await
    }

    async fn run(&mut self, query: &'static str, sql: String, packed: bool) -> Result<CatalogueAnswer, Failure> {
        let limit = self.statement_timeout + PATIENCE;
        let step = Step::Query(query);
        match &mut self.connection {
            Driver::Postgres(connection) => within(limit, texts(connection, sql, packed), step).await,
            Driver::MySql(connection) => within(limit, texts(connection, sql, packed), step).await,
            Driver::Sqlite(connection) => within(limit, texts(connection, sql, packed), step).await,
        }
    }

    /// Ends the transaction, also one that a failure has broken off.
    pub(crate) async fn roll_back(&mut self) -> Result<(), Failure> {
        self.rows("end", "ROLLBACK".to_owned()).await.map(|_| ())
    }

    /// Ends the transaction and says goodbye. A pooler throws a connection away that is left in a transaction.
    /// Nothing was changed, so nothing is lost where the server no longer listens.
    pub(crate) async fn close(mut self) {
        let commit = async { self.rows("end", "COMMIT".to_owned()).await };
        let _ = tokio::time::timeout(PATIENCE, commit).await;
        self.leave().await;
    }

    /// Says goodbye.
    pub(crate) async fn leave(self) {
        let goodbye = async {
            match self.connection {
                Driver::Postgres(connection) => connection.close().await,
                Driver::MySql(connection) => connection.close().await,
                Driver::Sqlite(connection) => connection.close().await,
            }
        };
        let _ = tokio::time::timeout(PATIENCE, goodbye).await;
    }
}

/// The first value that is not NULL.
pub(crate) fn first_cell(rows: Vec<CatalogueRow>) -> Option<String> {
    rows.into_iter().flatten().flatten().next()
}

/// Runs statements by the simple protocol, which prepares nothing, and gives the rows of all; packed ones as what they
/// hold.
async fn texts<'connection, Driver, Connection>(
    connection: &'connection mut Connection,
    sql: String,
    packed: bool,
) -> Result<CatalogueAnswer, sqlx::Error>
where
    Driver: Database,
    &'connection mut Connection: Executor<'connection, Database = Driver>,
    usize: ColumnIndex<Driver::Row>,
    for<'row> &'row str: Decode<'row, Driver> + Type<Driver>,
{
    let mut rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch(connection);
    let mut answer = CatalogueAnswer::default();
    while let Some(row) = rows.try_next().await? {
        let cells = (0..row.len()).map(|cell| row.try_get_unchecked::<Option<&str>, _>(cell));
        if packed {
            for rows in cells.flat_map(Result::transpose) {
                answer.push_json(rows?).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            }
        } else {
            answer.push_row(cells)?;
        }
    }
    Ok(answer)
}

async fn within<Value>(
    limit: Duration,
    work: impl Future<Output = Result<Value, sqlx::Error>>,
    step: Step,
) -> Result<Value, Failure> {
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Failure { step, cause: Some(Box::new(error)), tries: 1 }),
        Err(_) => Err(Failure { step: Step::TimedOut { during: Box::new(step), limit }, cause: None, tries: 1 }),
    }
}
