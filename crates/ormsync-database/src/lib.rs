//! Reads live databases through sqlx. The only crate with sockets.

mod url;

use std::time::Duration;

use ormsync_schema::Reading;

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
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            namespaces: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
        }
    }
}

/// Why a database could not be read. Messages never hold a password.
#[derive(Debug, thiserror::Error)]
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

/// Reads the catalogue in a read-only transaction. The schema is not yet in normal form; its `server`
/// is filled in.
///
/// # Errors
/// When no connection is made or a catalogue query fails.
pub async fn read(_url: &DatabaseUrl, _options: &ReadOptions) -> Result<Reading, DatabaseError> {
    Err(DatabaseError::Connect { message: String::new(), help: String::new() })
}
