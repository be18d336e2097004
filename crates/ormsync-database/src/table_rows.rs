//! The rows of a few small tables that other tools keep in a database, and scripts that put something into them.

use crate::session::Session;
use crate::url::{Address, ServerKind};
use crate::{DatabaseError, DatabaseUrl, Failure, ReadOptions, twice};

/// A table to read whole. Names are plain words that need no quotes.
#[derive(Debug, Clone, Copy)]
pub struct TableQuery<'q> {
    /// The table.
    pub table: &'q str,
    /// The columns that rows are to have.
    pub columns: &'q [&'q str],
    /// The column that rows are in the order of.
    pub order: &'q str,
}

/// Rows as text; none where there is no such table.
pub type TableRows = Option<Vec<Vec<Option<String>>>>;

/// Reads tables in one read-only transaction, each where the connection finds it by its plain name (the namespace that
/// the URL names, else the usual one).
///
/// # Errors
/// When no connection is made, or a table that is there can't be read.
pub async fn table_rows(
    url: &DatabaseUrl,
    options: &ReadOptions,
    queries: &[TableQuery<'_>],
) -> Result<Vec<TableRows>, DatabaseError> {
    twice(url, async || {
        let mut session = Session::open(url, options).await?;
        let server = session.server().await?;
        session.begin_alone(&server).await?;
        let mut tables = Vec::new();
        for query in queries {
            tables.push(rows_of(&mut session, url, query).await?);
        }
        session.close().await;
        Ok(tables)
    })
    .await
}

async fn rows_of(session: &mut Session, url: &DatabaseUrl, query: &TableQuery<'_>) -> Result<TableRows, Failure> {
    let dialect = url.dialect;
    let name = dialect.quote_text(query.table);
    let namespace = url.namespace().map(|namespace| dialect.quote_text(namespace));
    let kind = match &url.address {
        Address::Server(server) => Some(server.kind),
        Address::File(_) => None,
    };
    let exists = match kind {
        Some(ServerKind::Postgres) => format!(
            "SELECT table_name::text FROM information_schema.tables WHERE table_name = {name} AND table_schema = {}",
            namespace.as_deref().unwrap_or("current_schema()")
        ),
        Some(ServerKind::MySql) => format!(
            "SELECT CAST(table_name AS CHAR) FROM information_schema.tables WHERE table_name = {name} \
             AND table_schema = DATABASE()"
        ),
        None => format!("SELECT name FROM sqlite_master WHERE type = 'table' AND name = {name}"),
    };
    if session.rows("the tools' own tables", exists).await?.is_empty() {
        return Ok(None);
    }
    let text = if kind == Some(ServerKind::MySql) { "CHAR" } else { "TEXT" };
    let columns: Vec<String> = query.columns.iter().map(|column| format!("CAST({column} AS {text})")).collect();
    let table = match (kind, url.namespace()) {
        (Some(ServerKind::Postgres), Some(namespace)) => {
            format!("{}.{}", dialect.quote_identifier(namespace), dialect.quote_identifier(query.table))
        }
        _ => dialect.quote_identifier(query.table),
    };
    let sql = format!("SELECT {} FROM {table} ORDER BY {}", columns.join(", "), query.order);
    session.rows("the tools' own tables", sql).await.map(Some)
}

/// Why a script was not run to its end. The message holds no password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RunError(pub String);

/// Runs a script of the caller's: the only thing here that writes to a database that is there.
///
/// # Errors
/// When no connection is made, or what the server said. What was run before may have stayed.
pub async fn run_script(url: &DatabaseUrl, options: &ReadOptions, script: &str) -> Result<(), RunError> {
    let outcome = async {
        let mut session = Session::open_for_writing(url, options).await?;
        session.rows("the script", script.to_owned()).await?;
        session.leave().await;
        Ok(())
    };
    outcome.await.map_err(|failure: Failure| RunError(failure.describe(url).to_string()))
}
