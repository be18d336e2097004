//! Databases for a moment, on a server that somebody names: made, used and dropped again.

use std::path::Path;
use std::time::Duration;

use ormsync_dialect::CatalogueRow;

use crate::session::Session;
use crate::url::{Address, ServerKind};
use crate::{DatabaseUrl, Failure, ReadOptions, RunError, create_sqlite};

/// How long one migration may take on a scratch database.
pub(crate) const LONGEST: Duration = Duration::from_secs(3600);

/// A database that [`create_scratch`] has made, and that nobody else uses.
#[derive(Debug)]
pub struct Scratch {
    /// Where it is.
    pub url: DatabaseUrl,
    /// The database that was connected to for making it; none for a file.
    home: Option<DatabaseUrl>,
    name: String,
}

/// Makes an empty database of that name (a plain word) beside the one that a URL names. Of a SQLite file the URL is the
/// scratch database itself: it must not be there yet.
///
/// # Errors
/// When no connection is made, the server refuses, or there is one of that name.
pub async fn create_scratch(url: &DatabaseUrl, name: &str) -> Result<Scratch, RunError> {
    match &url.address {
        Address::File(file) => {
            create_sqlite(Path::new(&file.path), "PRAGMA user_version = 0;")
                .await
                .map_err(|error| RunError(error.to_string()))?;
            Ok(Scratch { url: url.clone(), home: None, name: name.to_owned() })
        }
        Address::Server(_) => {
            let made = url.with_database(name);
            let statement = format!("CREATE DATABASE {}", url.dialect.quote_identifier(name));
            query(url, &statement).await?;
            Ok(Scratch { url: made, home: Some(url.clone()), name: name.to_owned() })
        }
    }
}

impl Scratch {
    /// Drops the database.
    ///
    /// # Errors
    /// When the server refuses, or the file can't be taken away.
    pub async fn drop_it(self) -> Result<(), RunError> {
        match &self.home {
            Some(home) => {
                let statement = format!("DROP DATABASE {}", home.dialect.quote_identifier(&self.name));
                query(home, &statement).await.map(drop)
            }
            None => match self.url.file() {
                Some(path) => std::fs::remove_file(path).map_err(|error| RunError(error.to_string())),
                None => Ok(()),
            },
        }
    }
}

/// Runs statements and gives the rows of all of them, as text.
///
/// # Errors
/// When no connection is made, or what the server said.
pub async fn query(url: &DatabaseUrl, statements: &str) -> Result<Vec<CatalogueRow>, RunError> {
    let options = ReadOptions { statement_timeout: LONGEST, ..ReadOptions::default() };
    let outcome = async {
        let mut session = Session::open_for_writing(url, &options).await?;
        let rows = session.rows("the script", statements.to_owned()).await?;
        session.leave().await;
        Ok(rows)
    };
    outcome.await.map_err(|failure: Failure| RunError(failure.describe(url).to_string()))
}

/// The query for how many bytes a database takes.
pub fn size_query(url: &DatabaseUrl) -> &'static str {
    match &url.address {
        Address::File(_) => "SELECT CAST(page_count * page_size AS TEXT) FROM pragma_page_count(), pragma_page_size()",
        Address::Server(server) if server.kind == ServerKind::Postgres => {
            "SELECT pg_database_size(current_database())::text"
        }
        Address::Server(_) => {
            "SELECT CAST(COALESCE(SUM(data_length + index_length), 0) AS CHAR) FROM information_schema.tables \
             WHERE table_schema = DATABASE()"
        }
    }
}
