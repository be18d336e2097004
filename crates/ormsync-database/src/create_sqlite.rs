//! Making a SQLite file from SQL: for demonstrations, benchmarks and tests. Nothing else here writes.

use std::path::Path;
use std::str::FromStr as _;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

use crate::DatabaseError;

/// Makes a new SQLite file and runs a script in it. The caller vouches for the script.
///
/// # Errors
/// When there is a file of that name already, when it cannot be made, or when the script fails.
pub async fn create_sqlite(path: &Path, script: &str) -> Result<(), DatabaseError> {
    let failed = |message: String| DatabaseError::Connect {
        message: format!("the SQLite file {} could not be made: {message}", path.display()),
        help: "is its folder there, and may it be written to?".to_owned(),
    };
    if path.exists() {
        return Err(failed("there is a file of that name".to_owned()));
    }
    // The journal in memory: a file that is made whole or thrown away needs no recovery.
    let options = SqliteConnectOptions::from_str("sqlite:")
        .map_err(|error| failed(error.to_string()))?
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Memory);
    let mut connection = options.connect().await.map_err(|error| failed(error.to_string()))?;
    let script = format!("BEGIN;\n{script}\nCOMMIT;");
    connection.execute(AssertSqlSafe(script)).await.map_err(|error| failed(error.to_string()))?;
    connection.close().await.map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn run(path: &Path, script: &str) -> Result<(), DatabaseError> {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(create_sqlite(path, script))
    }

    #[test]
    fn a_file_is_made_once() {
        let path = std::env::temp_dir().join(format!("ormsync-create-sqlite-{}.db", std::process::id()));
        let _ = std::fs::remove_file(&path);
        run(&path, "CREATE TABLE a (id INTEGER); CREATE TABLE b (id INTEGER);").unwrap();
        assert!(std::fs::read(&path).unwrap().starts_with(b"SQLite format 3\0"));
        assert!(run(&path, "SELECT 1;").unwrap_err().to_string().contains("there is a file"));
        std::fs::remove_file(&path).unwrap();
        assert!(run(&path, "CREATE TABL a (id INTEGER);").unwrap_err().to_string().contains("syntax error"));
        let _ = std::fs::remove_file(&path);
    }
}
