//! What happens to real servers while they are read: sessions ended, tables dropped, too many at once, rights missing.
//! Each time the answer is right or an error; never a part of a schema taken for the whole.

use std::time::Duration;

use ormsync_database::DatabaseError;
use ormsync_schema::Reading;
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, PgConnection, Row as _};

use super::postgres::{Database, run};
use super::{mysql, own_name, read_in, server, wait, waived};

const POSTGRES: &str = "ORMSYNC_TEST_POSTGRES";

async fn execute(connection: &mut PgConnection, statements: &str) {
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(connection).await.unwrap();
}

/// Ends our session as soon as it waits for the lock that `administrator` holds.
async fn end_session_that_waits(administrator: &mut PgConnection) {
    let statement = "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity \
                     WHERE application_name = 'ormsync' AND wait_event_type = 'Lock' AND datname = current_database()";
    for _ in 0..5000 {
        // Within a transaction the view would not change.
        execute(administrator, "SELECT pg_stat_clear_snapshot()").await;
        let ended = sqlx::raw_sql(statement).fetch_one(&mut *administrator).await.unwrap();
        if ended.get_unchecked::<String, _>(0) != "0" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the reading never waited for the lock");
}

const LOCK: &str = "BEGIN; LOCK TABLE pg_catalog.pg_policy IN ACCESS EXCLUSIVE MODE";

#[test]
fn a_session_that_is_ended_is_begun_again_once() {
    if waived(POSTGRES) {
        return;
    }
    let database = Database::create("ended", "CREATE TABLE t (a int)");
    let url = database.url();
    let (once, twice) = wait(async {
        let mut administrator = PgConnection::connect(&url).await.unwrap();
        execute(&mut administrator, LOCK).await;
        let (once, ()) = tokio::join!(read_in(&url, &[]), async {
            end_session_that_waits(&mut administrator).await;
            execute(&mut administrator, "ROLLBACK").await;
        });
        execute(&mut administrator, LOCK).await;
        let (twice, ()) = tokio::join!(read_in(&url, &[]), async {
            end_session_that_waits(&mut administrator).await;
            end_session_that_waits(&mut administrator).await;
        });
        (once, twice)
    });
    assert_eq!(once.unwrap().schema.tables().count(), 1);
    let told = twice.unwrap_err().to_string();
    assert!(
        told.starts_with("the server ended the connection to ") && told.ends_with("\"policies\" (twice)"),
        "{told}"
    );
}

/// Two tables that are made and dropped together are both there or neither, each with all that it has.
fn expect_both_or_neither(reading: Result<Reading, DatabaseError>) -> usize {
    let schema = reading.unwrap().schema;
    let tables: Vec<_> = schema.tables().collect();
    for (_, name, table) in &tables {
        assert_eq!(table.columns.len(), 2, "{name}");
        assert!(table.primary_key.is_some(), "{name}");
    }
    tables.len()
}

#[test]
fn tables_that_come_and_go_meanwhile() {
    if waived(POSTGRES) {
        return;
    }
    let database = Database::create("come_and_go", "");
    let url = database.url();
    let found = wait(async {
        let mut other = PgConnection::connect(&url).await.unwrap();
        let (found, ()) = tokio::join!(
            async {
                let mut found = Vec::new();
                for _ in 0..15 {
                    found.push(expect_both_or_neither(read_in(&url, &[]).await));
                }
                found
            },
            async {
                for _ in 0..60 {
                    execute(
                        &mut other,
                        "BEGIN; CREATE TABLE a (id serial PRIMARY KEY, b int CHECK (b > 0)); \
                         CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a); COMMIT",
                    )
                    .await;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    execute(&mut other, "DROP TABLE a, b").await;
                }
            }
        );
        found
    });
    assert!(found.iter().all(|tables| matches!(tables, 0 | 2)), "{found:?}");
}

/// These servers have no snapshot of their catalogue: a table that is seen is seen whole, or an error is told.
#[test]
fn tables_that_come_and_go_on_mysql_and_mariadb() {
    for (_, variable) in mysql::servers() {
        let database =
            mysql::Database::create(variable, "come_and_go", "CREATE TABLE stays (id int PRIMARY KEY, b int)");
        let url = database.url();
        wait(async {
            let mut other = MySqlConnection::connect(&url).await.unwrap();
            let read = async {
                for _ in 0..10 {
                    match read_in(&url, &[]).await {
                        Ok(reading) => {
                            let stays = reading.schema.table("", "stays").unwrap();
                            assert_eq!(stays.columns.len(), 2);
                            let mut tables = reading.schema.tables();
                            assert!(
                                tables.all(|(_, _, table)| table.columns.len() == 2 && table.primary_key.is_some())
                            );
                        }
                        Err(error) => assert!(error.to_string().contains("change while they are read"), "{error}"),
                    }
                }
            };
            let change = async {
                for _ in 0..40 {
                    for statement in ["CREATE TABLE a (id int PRIMARY KEY, b int)", "DROP TABLE a"] {
                        sqlx::raw_sql(statement).execute(&mut other).await.unwrap();
                    }
                }
            };
            tokio::join!(read, change);
        });
    }
}

/// Checks what many readings at once gave: a whole schema, or that there is no connection left.
fn expect_whole_or_refused(readings: Vec<Result<Reading, DatabaseError>>, flavour: &str) {
    let mut whole = 0;
    for reading in readings {
        match reading {
            Ok(reading) => {
                assert_eq!(reading.schema.tables().count(), 3, "{flavour}");
                assert!(reading.schema.tables().all(|(_, _, table)| table.columns.len() == 2), "{flavour}");
                whole += 1;
            }
            Err(error) => assert!(error.to_string().ends_with("has no connection left"), "{flavour}: {error}"),
        }
    }
    assert!(whole >= 20, "{flavour}: only {whole} of 300 were let in");
}

const THREE_TABLES: &str = "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, x int); CREATE TABLE c (id int PRIMARY KEY, x int);";

/// The account may have 20 connections, so that others who use the server have some too.
#[test]
fn three_hundred_at_once() {
    if waived(POSTGRES) {
        return;
    }
    let role = own_name("many");
    let database = Database::create("many", &format!("{THREE_TABLES} CREATE ROLE {role} LOGIN CONNECTION LIMIT 20"));
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let readings = wait(futures_util::future::join_all((0..300).map(|_| read_in(&url, &[]))));
    run("postgres", &format!("DROP ROLE {role}"));
    expect_whole_or_refused(readings, "postgresql");
}

#[test]
fn three_hundred_at_once_on_mysql_and_mariadb() {
    for (flavour, variable) in mysql::servers() {
        let database = mysql::Database::create(variable, "many", THREE_TABLES);
        let (name, account) = (&database.name, format!("many_{}", std::process::id()));
        mysql::run(
            variable,
            "",
            &format!(
                "DROP USER IF EXISTS {account}; CREATE USER {account} IDENTIFIED BY 'x' WITH MAX_USER_CONNECTIONS 20; \
                 GRANT ALL ON {name}.* TO {account}"
            ),
        );
        let place = server(variable).split('@').nth(1).unwrap().to_owned();
        let url = format!("mysql://{account}:x@{place}/{name}");
        let readings = wait(futures_util::future::join_all((0..300).map(|_| read_in(&url, &[]))));
        mysql::run(variable, "", &format!("DROP USER {account}"));
        expect_whole_or_refused(readings, flavour);
    }
}

#[test]
fn a_catalogue_that_may_not_be_read() {
    if waived(POSTGRES) {
        return;
    }
    let role = own_name("blind");
    let database = Database::create(
        "blind",
        &format!("CREATE TABLE t (a int); CREATE ROLE {role} LOGIN; REVOKE SELECT ON pg_catalog.pg_policy FROM PUBLIC"),
    );
    let url = database.url().replace("postgres@", &format!("{role}@"));
    let error = wait(read_in(&url, &[])).unwrap_err();
    run("postgres", &format!("DROP ROLE {role}"));
    let told = error.to_string();
    assert!(told.contains("may not read the catalogue") && told.contains("pg_policy"), "{told}");
    assert!(error.help().contains("grant"), "{}", error.help());
}
