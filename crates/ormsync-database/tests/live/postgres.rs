//! PostgreSQL.

use std::time::Duration;

use ormsync_database::{DatabaseUrl, ReadOptions, read};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::proxy::Proxy;
use super::{check_against_recording, own_name, patient, read_in, server, statements, wait, waived};

const VARIABLE: &str = "ORMSYNC_TEST_POSTGRES";

/// A database of our own, dropped in the end.
pub(super) struct Database {
    name: String,
}

impl Database {
    pub(super) fn create(what: &str, statements: &str) -> Self {
        let _ = server(VARIABLE);
        let database = Self { name: own_name(what) };
        run("postgres", &format!("DROP DATABASE IF EXISTS {}", database.name));
        run("postgres", &format!("CREATE DATABASE {}", database.name));
        run(&database.name, statements);
        database
    }

    pub(super) fn url(&self) -> String {
        format!("{}/{}", server(VARIABLE), self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = try_run("postgres", &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

pub(super) fn run(database: &str, statements: &str) {
    try_run(database, statements).unwrap();
}

fn try_run(database: &str, statements: &str) -> sqlx::Result<()> {
    wait(async {
        let mut connection = PgConnection::connect(&format!("{}/{database}", server(VARIABLE))).await?;
        sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut connection).await?;
        connection.close().await
    })
}

#[test]
fn one_of_everything() {
    if waived(VARIABLE) {
        return;
    }
    let database = Database::create("everything", &statements("postgresql"));
    let reading = wait(read_in(&database.url(), &["public", "billing"])).unwrap();
    assert_eq!(reading.diagnostics, []);
    check_against_recording("postgresql", &reading.schema);
}

/// A database or role may have settings of its own for how constants and names are printed.
#[test]
fn settings_of_the_database_change_nothing() {
    if waived(VARIABLE) {
        return;
    }
    let statements = format!(
        "{}; CREATE TABLE printed (a interval DEFAULT '1 day 02:03:04', b bytea DEFAULT '\\x00ff', c float8 DEFAULT 0.1, \
         d timestamptz DEFAULT '2024-02-03 04:05:06+00', e date DEFAULT '2024-02-03', f text DEFAULT 'a\\b', \
         g text CHECK (g <> 'x' AND length(g) > 1));",
        statements("postgresql")
    );
    let (plain, own) = (Database::create("plain", &statements), Database::create("own_settings", &statements));
    for setting in [
        "intervalstyle = 'iso_8601'",
        "bytea_output = 'escape'",
        "extra_float_digits = -5",
        "datestyle = 'German'",
        "timezone = 'Asia/Tokyo'",
        "standard_conforming_strings = off",
        "quote_all_identifiers = on",
        "search_path = billing",
    ] {
        run("postgres", &format!("ALTER DATABASE {} SET {setting}", own.name));
    }
    let read = |database: &Database| wait(read_in(&database.url(), &["public", "billing"])).unwrap().schema.namespaces;
    assert_eq!(read(&own), read(&plain));
}

#[test]
fn sixteen_statements_and_none_prepared() {
    if waived(VARIABLE) {
        return;
    }
    let database = Database::create("statements", &statements("postgresql"));
    let proxy = Proxy::to(&server(VARIABLE), 0);
    let url =
        format!("postgresql://postgres@127.0.0.1:{}/{}?sslmode=disable&pgbouncer=true&connection_limit=1", proxy.port, database.name);
    let found = wait(read_in(&url, &["public", "billing"])).unwrap();
    assert_eq!(found.schema.tables().count(), 10);
    let messages = proxy.messages();
    let number_of = |kind: u8| messages.iter().filter(|(found, _)| *found == kind).count();
    assert_eq!(number_of(b'Q'), 16, "queries");
    assert_eq!(number_of(b'P'), 0, "prepared statements");
    let (_, startup) = &messages[0];
    assert!(startup.contains("application_name\0ormsync\0"), "{startup:?}");
    assert!(messages.iter().any(|(_, text)| text.contains("BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ")));
}

#[test]
fn two_connections_see_what_one_sees() {
    if waived(VARIABLE) {
        return;
    }
    let role = own_name("alone");
    let tables = "DO $$ BEGIN FOR number IN 1..800 LOOP
            EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, name varchar(40) UNIQUE, day date DEFAULT now())', number);
        END LOOP; END $$;";
    let database = Database::create("connections", &format!("{tables} CREATE ROLE {role} LOGIN CONNECTION LIMIT 1"));
    let proxy = Proxy::to(&server(VARIABLE), 0);
    let url = format!("postgresql://postgres@127.0.0.1:{}/{}?sslmode=disable", proxy.port, database.name);
    let of_two = wait(read_in(&url, &[])).unwrap();
    let messages = proxy.messages();
    let of_one = wait(read_in(&format!("{url}&connection_limit=1"), &[])).unwrap();
    let of_role = wait(read_in(&database.url().replace("postgres@", &format!("{role}@")), &[])).unwrap();
    run("postgres", &format!("DROP ROLE {role}"));
    assert!(messages.iter().any(|(_, text)| text.contains("SET TRANSACTION SNAPSHOT")), "a second connection has helped");
    assert_eq!(of_one.schema.tables().count(), 800);
    assert_eq!(of_two.schema, of_one.schema);
    assert_eq!(of_two.schema, of_role.schema, "where there may be no second connection the first does all");
}

#[test]
fn a_connection_that_breaks_is_made_again_once() {
    if waived(VARIABLE) {
        return;
    }
    let database = Database::create("breaks", "CREATE TABLE t (a int)");
    let url = |proxy: &Proxy| {
        format!("postgresql://postgres:SECRET@127.0.0.1:{}/{}?sslmode=disable", proxy.port, database.name)
    };
    let proxy = Proxy::to(&server(VARIABLE), 1);
    let reading = wait(read_in(&url(&proxy), &[])).unwrap();
    assert_eq!(reading.schema.tables().count(), 1);
    let proxy = Proxy::to(&server(VARIABLE), 2);
    let error = wait(read_in(&url(&proxy), &[])).unwrap_err();
    let told = error.to_string();
    assert!(told.starts_with("the connection to postgresql://postgres:***@127.0.0.1:"), "{told}");
    assert!(told.ends_with("broke during the catalogue query \"indexes\" (twice)"), "{told}");
}

#[test]
fn a_schema_without_usage_is_told() {
    if waived(VARIABLE) {
        return;
    }
    let role = own_name("role");
    let database = Database::create(
        "usage",
        &format!(
            "CREATE ROLE {role} LOGIN; CREATE SCHEMA hidden; CREATE TABLE hidden.t (a int); CREATE TABLE t (a int)"
        ),
    );
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let reading = wait(read_in(&url, &["public", "hidden"])).unwrap();
    run("postgres", &format!("DROP ROLE {role}"));
    assert_eq!(reading.diagnostics.len(), 1);
    assert_eq!(reading.diagnostics[0].code, "database-no-permission");
    assert!(reading.diagnostics[0].message.contains("\"hidden\""), "{}", reading.diagnostics[0].message);
    assert!(reading.schema.table("hidden", "t").is_some());
}

#[test]
fn a_locked_catalogue_is_not_waited_for() {
    if waived(VARIABLE) {
        return;
    }
    let database = Database::create("locked", "CREATE TABLE t (a int)");
    let error = wait(async {
        let mut other = PgConnection::connect(&database.url()).await.unwrap();
        sqlx::raw_sql("BEGIN; LOCK TABLE pg_catalog.pg_policy IN ACCESS EXCLUSIVE MODE")
            .execute(&mut other)
            .await
            .unwrap();
        let options = ReadOptions { lock_timeout: Duration::from_millis(300), ..patient() };
        read(&DatabaseUrl::parse(&database.url()).unwrap(), &options).await.unwrap_err()
    });
    assert!(error.to_string().contains("waited too long for a lock"), "{error}");
}

#[test]
fn what_is_not_there() {
    if waived(VARIABLE) {
        return;
    }
    let base = server(VARIABLE);
    let error = wait(read_in(&format!("{base}/no_such_database"), &[])).unwrap_err();
    assert!(error.to_string().ends_with("has no database \"no_such_database\""), "{error}");
    let reading = wait(read_in(&format!("{base}/postgres?schema=nowhere"), &[])).unwrap();
    assert!(reading.has_errors());
    let nobody = base.replace("postgres@", "ormsync_nobody@");
    let error = wait(read_in(&format!("{nobody}/postgres"), &[])).unwrap_err();
    assert!(error.to_string().ends_with("has no role user \"ormsync_nobody\""), "{error}");
}
