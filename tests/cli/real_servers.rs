//! TLS and passwords as real servers ask for them.

use url::Url;

use super::project::{PASSWORD, Project, expect_no_password, expect_refusal};
use crate::case::Dialect;
use crate::judges::Judge;
use crate::judges::scratch::Scratch;
use crate::program::Run;

/// The URL of a database with another user in it.
fn as_user(url: &str, user: &str, password: Option<&str>, query: &str) -> String {
    let mut url = Url::parse(url).unwrap();
    url.set_username(user).unwrap();
    url.set_password(password).unwrap();
    url.set_query((!query.is_empty()).then_some(query));
    url.to_string()
}

fn inspect(url: &str) -> Run {
    Project::with_database(url).run(&["inspect", "database"])
}

/// Makes the role that `scripts/judges/postgres.sh` keeps a door for. Roles belong to the whole
/// server, and so do the doors: both tests may run at once, so neither drops it. False where the user goes
/// without the doors, which `scripts/test` tells at its end.
fn postgres_role(database: &Scratch, role: &str) -> bool {
    if Judge::PostgresDoors.waived() {
        return false;
    }
    let doors = database
        .query(&format!("SELECT count(*) FROM pg_hba_file_rules WHERE '{role}' = ANY(user_name)"))
        .unwrap_or_default();
    if matches!(doors.trim(), "" | "0") {
        Judge::PostgresDoors.missing(&format!(
            "the server has no rule for the role {role} in pg_hba.conf, as scripts/judges/postgres.sh writes them"
        ));
    }
    database
        .execute(&format!(
            "DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'; \
             EXCEPTION WHEN duplicate_object THEN NULL; WHEN unique_violation THEN NULL; END $$;"
        ))
        .unwrap();
    true
}

#[test]
fn postgres_that_requires_tls() {
    let Some(database) = Scratch::new(Dialect::Postgresql) else {
        return;
    };
    if !postgres_role(&database, "ormsync_tls") {
        return;
    }
    let url = |query| as_user(database.url(), "ormsync_tls", Some(PASSWORD), query);
    expect_refusal(&inspect(&url("sslmode=disable")), &["127.0.0.1", "sslmode"]);
    expect_refusal(&inspect(&url("sslmode=verify-full")), &["certificate"]);
    for query in ["", "sslmode=require"] {
        let answer = inspect(&url(query));
        assert_eq!(answer.code, Some(0), "{answer}");
        expect_no_password(&answer);
    }
}

#[test]
fn postgres_that_wants_a_password() {
    let Some(database) = Scratch::new(Dialect::Postgresql) else {
        return;
    };
    if !postgres_role(&database, "ormsync_password") {
        return;
    }
    let url = |password| as_user(database.url(), "ormsync_password", password, "");
    expect_refusal(&inspect(&url(None)), &["password"]);
    expect_refusal(&inspect(&url(Some("wrong-hunter2"))), &["password"]);
    let answer = inspect(&url(Some(PASSWORD)));
    assert_eq!(answer.code, Some(0), "{answer}");
    expect_no_password(&answer);
}

#[test]
fn mysql_and_mariadb_that_want_a_password() {
    for dialect in [Dialect::Mysql, Dialect::Mariadb] {
        let Some(database) = Scratch::new(dialect) else {
            continue;
        };
        let user = format!("ormsync_{}", std::process::id());
        database
            .execute(&format!("CREATE USER '{user}'@'%' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO '{user}'@'%';"))
            .unwrap();
        let url = |password| as_user(database.url(), &user, password, "");
        let (none, wrong, right) =
            (inspect(&url(None)), inspect(&url(Some("wrong-hunter2"))), inspect(&url(Some(PASSWORD))));
        database.execute(&format!("DROP USER '{user}'@'%'")).unwrap();
        expect_refusal(&none, &["password"]);
        expect_refusal(&wrong, &["password"]);
        assert_eq!(right.code, Some(0), "{right}");
        expect_no_password(&right);
    }
}

#[test]
fn mysql_that_requires_tls() {
    let Some(database) = Scratch::new(Dialect::Mysql) else {
        return;
    };
    let user = format!("ormsync_tls_{}", std::process::id());
    database
        .execute(&format!(
            "CREATE USER '{user}'@'%' IDENTIFIED BY '{PASSWORD}' REQUIRE SSL; GRANT ALL ON *.* TO '{user}'@'%';"
        ))
        .unwrap();
    let url = |query| as_user(database.url(), &user, Some(PASSWORD), query);
    let (without, with) = (inspect(&url("ssl-mode=DISABLED")), inspect(&url("ssl-mode=REQUIRED")));
    database.execute(&format!("DROP USER '{user}'@'%'")).unwrap();
    expect_refusal(&without, &["127.0.0.1"]);
    assert_eq!(with.code, Some(0), "{with}");
    expect_no_password(&with);
}

#[test]
fn a_database_that_does_not_exist() {
    for dialect in [Dialect::Postgresql, Dialect::Mysql, Dialect::Mariadb] {
        let Some(database) = Scratch::new(dialect) else {
            continue;
        };
        let mut url = Url::parse(database.url()).unwrap();
        url.set_path("no_such_database");
        expect_refusal(&inspect(url.as_str()), &["no_such_database"]);
    }
}

#[test]
fn a_provider_for_another_server() {
    let Some(database) = Scratch::new(Dialect::Mysql) else {
        return;
    };
    let project = Project::with_database(database.url());
    let answer = project.check(&[]);
    assert_ne!(answer.code, Some(0), "a PostgreSQL schema over a MySQL server\n{answer}");
    let said = format!("{}{}", answer.stdout, answer.stderr);
    assert!(said.contains("postgresql") && said.contains("mysql"), "{answer}");
}
