//! Real servers. `ORMSYNC_TEST_POSTGRES`, `ORMSYNC_TEST_MYSQL` and `ORMSYNC_TEST_MARIADB` are URLs of accounts that may
//! create databases and users; a missing one is a failure, unless `ORMSYNC_TEST_WITHOUT` names it.
#![allow(clippy::unwrap_used)]

#[path = "live/faults.rs"]
mod faults;
#[path = "live/mysql.rs"]
mod mysql;
#[path = "live/pooler.rs"]
mod pooler;
#[path = "live/postgres.rs"]
mod postgres;
#[path = "live/proxy.rs"]
mod proxy;
mod recording;
#[path = "live/tls.rs"]
mod tls;

use std::future::Future;
use std::time::Duration;

use ormsync_database::{DatabaseError, DatabaseUrl, ReadOptions, read};
use ormsync_schema::{Reading, Schema};

use recording::Recording;

/// The server's URL without a database or parameters: `scheme://user@host:port`.
fn server(variable: &str) -> String {
    let url = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set"));
    let authority_at = url.find("://").unwrap() + 3;
    let end = url[authority_at..].find(['/', '?']).map_or(url.len(), |at| authority_at + at);
    url[..end].to_owned()
}

/// Whether the user goes without the server of that variable; `scripts/test` tells it at the end.
fn waived(variable: &str) -> bool {
    let name = variable.trim_start_matches("ORMSYNC_TEST_").to_lowercase().replace('_', "-");
    std::env::var("ORMSYNC_TEST_WITHOUT").unwrap_or_default().split(',').any(|without| without == name)
}

/// A database name that no other run uses.
fn own_name(what: &str) -> String {
    format!("ormsync_database_{what}_{}", std::process::id())
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

async fn read_in(url: &str, namespaces: &[&str]) -> Result<Reading, DatabaseError> {
    // No test here is about a limit of time, and the machine may be busy with others.
    let options = ReadOptions {
        namespaces: namespaces.iter().map(|name| (*name).to_owned()).collect(),
        connect_timeout: Duration::from_secs(120),
        statement_timeout: Duration::from_secs(120),
        lock_timeout: Duration::from_secs(120),
    };
    read(&DatabaseUrl::parse(url).unwrap(), &options).await
}

/// The statements that the recording was made with.
fn statements(flavour: &str) -> String {
    std::fs::read_to_string(recording::folder(flavour).join("database.sql")).unwrap()
}

/// What is read now is what was recorded, where the server is of the version that was recorded. Other
/// versions print some expressions differently, so there only the tables are compared.
fn check_against_recording(flavour: &str, found: &Schema) {
    let recording = Recording::load(flavour);
    let (recorded, _) = recording.assemble();
    let names = |schema: &Schema| -> Vec<String> { schema.tables().map(|(_, name, _)| name.to_owned()).collect() };
    assert_eq!(names(found), names(&recorded));
    let server = found.server.as_ref().unwrap();
    if server.version.first() == recording.server.version.first() {
        for (namespace, name, table) in recorded.tables() {
            let found = found.table(namespace, name).unwrap();
            for (column, recorded) in &table.columns {
                assert_eq!(found.columns[column], *recorded, "{name}.{column}");
            }
            assert_eq!(found, table, "{name}");
        }
        assert_eq!(found.namespaces, recorded.namespaces);
    }
}
