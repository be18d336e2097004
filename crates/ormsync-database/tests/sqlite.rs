//! Real SQLite files, made by the SQLite that is built in.
#![allow(clippy::unwrap_used)]

mod recording;

use std::path::Path;

use ormsync_database::{DatabaseUrl, ReadOptions, read};
use ormsync_schema::Reading;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection};

use recording::Recording;

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

async fn create(path: &Path, statements: &str) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true).foreign_keys(false);
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut connection).await.unwrap();
    connection
}

async fn read_file(path: &Path) -> Reading {
    let url = DatabaseUrl::parse(&format!("file:{}", path.display())).unwrap();
    read(&url, &ReadOptions::default()).await.unwrap()
}

#[test]
fn one_of_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("everything.db");
    let statements = std::fs::read_to_string(recording::folder("sqlite").join("database.sql")).unwrap();
    let reading = wait(async {
        create(&path, &statements).await.close().await.unwrap();
        read_file(&path).await
    });
    assert_eq!(reading.diagnostics, []);
    assert_eq!(reading.schema.namespaces, Recording::load("sqlite").assemble().0.namespaces);
}

#[test]
fn a_file_that_is_being_written_is_read_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for mode in ["delete", "wal"] {
        let path = folder.path().join(format!("{mode}.db"));
        let reading = wait(async {
            let mut writer = create(&path, &format!("PRAGMA journal_mode = {mode}; CREATE TABLE old (a INT)")).await;
            sqlx::raw_sql("BEGIN IMMEDIATE; CREATE TABLE new (a INT)").execute(&mut writer).await.unwrap();
            let reading = read_file(&path).await;
            sqlx::raw_sql("COMMIT").execute(&mut writer).await.unwrap();
            writer.close().await.unwrap();
            reading
        });
        let tables: Vec<_> = reading.schema.tables().map(|(_, name, _)| name).collect();
        assert_eq!(tables, ["old"], "{mode}");
    }
}

#[test]
fn nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    wait(async { create(&path, "CREATE TABLE t (a INT)").await.close().await.unwrap() });
    let before = std::fs::read(&path).unwrap();
    wait(read_file(&path));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the file");
}

/// `.cargo/config.toml` has it built so; without that, reading many tables takes a tenth longer.
#[test]
fn the_built_in_sqlite_does_not_count_its_memory() {
    let folder = tempfile::tempdir().unwrap();
    let options: Vec<String> = wait(async {
        let mut connection = create(&folder.path().join("a.db"), "SELECT 1").await;
        sqlx::query_scalar("PRAGMA compile_options").fetch_all(&mut connection).await.unwrap()
    });
    assert!(options.iter().any(|option| option == "DEFAULT_MEMSTATUS=0"), "{options:?}");
}
