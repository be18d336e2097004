//! MySQL and MariaDB.

use ormsync_schema::Schema;
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection};

use super::proxy::listen_to_mysql;
use super::{check_against_recording, own_name, read_in, server, statements, wait, waived};

const SERVERS: [(&str, &str); 2] = [("mysql", "ORMSYNC_TEST_MYSQL"), ("mariadb", "ORMSYNC_TEST_MARIADB")];

pub(super) fn servers() -> impl Iterator<Item = (&'static str, &'static str)> {
    SERVERS.into_iter().filter(|(_, variable)| !waived(variable))
}

/// A database of our own with an account of the same name, dropped in the end.
pub(super) struct Database {
    variable: &'static str,
    pub(super) name: String,
}

impl Database {
    pub(super) fn create(variable: &'static str, what: &str, statements: &str) -> Self {
        let _ = server(variable);
        let database = Self { variable, name: own_name(what) };
        let name = &database.name;
        run(variable, "", &format!("DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} CHARACTER SET utf8mb4"));
        run(variable, &format!("/{name}"), statements);
        database
    }

    pub(super) fn url(&self) -> String {
        format!("{}/{}", server(self.variable), self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = try_run(self.variable, "", &format!("DROP DATABASE IF EXISTS {}", self.name));
    }
}

pub(super) fn run(variable: &str, path: &str, statements: &str) {
    try_run(variable, path, statements).unwrap();
}

fn try_run(variable: &str, path: &str, statements: &str) -> sqlx::Result<()> {
    wait(async {
        let mut connection = MySqlConnection::connect(&format!("{}{path}", server(variable))).await?;
        sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut connection).await?;
        connection.close().await
    })
}

#[test]
fn one_of_everything() {
    for (flavour, variable) in servers() {
        let database = Database::create(variable, "everything", &statements(flavour));
        let reading = wait(read_in(&database.url(), &[])).unwrap();
        assert_eq!(reading.diagnostics, [], "{flavour}");
        check_against_recording(flavour, &reading.schema);
        // By its name, without being connected to it, it is the same.
        let named = wait(read_in(&server(variable), &[&database.name])).unwrap();
        assert_eq!(named.schema.namespaces, reading.schema.namespaces);
    }
}

#[test]
fn what_an_account_may_not_see_is_not_missing() {
    for (flavour, variable) in servers() {
        let database = Database::create(
            variable,
            "hidden",
            "CREATE TABLE seen (a int, b int); CREATE TABLE partly (a int, b int); CREATE TABLE hidden (a int); \
             CREATE TRIGGER t BEFORE INSERT ON seen FOR EACH ROW SET NEW.a = 1; CREATE VIEW v AS SELECT a FROM seen",
        );
        let name = &database.name;
        let account = format!("reader_{}", std::process::id());
        run(
            variable,
            "",
            &format!(
                "DROP USER IF EXISTS {account}; CREATE USER {account} IDENTIFIED BY 'p@ss/w0rd'; \
                 GRANT SELECT ON {name}.seen TO {account}; GRANT SELECT (a) ON {name}.partly TO {account}"
            ),
        );
        let place = server(variable).split('@').nth(1).unwrap().to_owned();
        let url = format!("mysql://{account}:p%40ss%2Fw0rd@{place}/{name}");
        let partial = wait(read_in(&url, &[])).unwrap();
        run(variable, "", &format!("GRANT SELECT, SHOW VIEW, TRIGGER ON {name}.* TO {account}"));
        let whole = wait(read_in(&url, &[])).unwrap();
        let wrong = wait(read_in(&url.replace("w0rd", "word"), &[])).unwrap_err();
        let none = wait(read_in(&url.replace(":p%40ss%2Fw0rd", ""), &[])).unwrap_err();
        run(variable, "", &format!("DROP USER {account}"));

        assert_eq!(partial.diagnostics.len(), 1, "{flavour}");
        assert_eq!(partial.diagnostics[0].code, "database-no-permission");
        assert_eq!(partial.schema.opaque.len(), 1);
        let tables: Vec<_> = partial.schema.tables().map(|(_, name, _)| name).collect();
        assert_eq!(tables, ["partly", "seen"]);
        assert_eq!(partial.schema.table("", "partly").unwrap().opaque.len(), 1);
        assert_eq!(partial.schema.table("", "seen").unwrap().opaque.len(), 0);
        assert!(!partial.schema.says(ormsync_schema::Fact::Trigger));

        assert_eq!(whole.diagnostics, []);
        assert_eq!(whole.schema.tables().count(), 3);
        assert_eq!(whole.schema.table("", "seen").unwrap().triggers.len(), 1);
        assert!(whole.schema.says(ormsync_schema::Fact::Trigger));

        assert!(wrong.to_string().starts_with(&format!("wrong password for user \"{account}\"")), "{wrong}");
        assert!(none.to_string().ends_with("and the URL has none"), "{none}");
        assert!(!format!("{wrong:?}").contains("p@ss"));
    }
}

/// COM_QUERY, and COM_STMT_PREPARE (MySQL's documentation, "Command Phase").
const QUERY: u8 = 3;
const PREPARE: u8 = 0x16;

#[test]
fn a_fixed_number_of_statements_and_none_prepared() {
    for (flavour, variable) in servers() {
        let number_with = |what: &str, script: &str| {
            let database = Database::create(variable, what, script);
            let (port, commands) = listen_to_mysql(&server(variable));
            let url = format!("mysql://root@127.0.0.1:{port}/{}?sslmode=disable&connection_limit=1", database.name);
            wait(read_in(&url, &[])).unwrap();
            let commands = commands.lock().unwrap();
            assert_eq!(commands.iter().filter(|(kind, _)| *kind == PREPARE).count(), 0, "{flavour}");
            commands.iter().filter(|(kind, _)| *kind == QUERY).count()
        };
        let many: String = (0..50).map(|number| format!("CREATE TABLE t{number} (id int PRIMARY KEY);")).collect();
        assert_eq!(number_with("statements_none", "SELECT 1"), 19, "{flavour}");
        assert_eq!(number_with("statements_many", &many), 19, "{flavour}");
        if flavour == "mariadb" {
            assert_eq!(number_with("statements_sequences", "CREATE SEQUENCE a; CREATE SEQUENCE b"), 20);
        }
    }
}

/// What is read, and by how many connections.
fn read_counting_connections(
    variable: &'static str,
    account: &str,
    (name, parameters): (&str, &str),
) -> (Schema, usize) {
    let (port, commands) = listen_to_mysql(&server(variable));
    let url = format!("mysql://{account}@127.0.0.1:{port}/{name}?sslmode=disable{parameters}");
    let schema = wait(read_in(&url, &[])).unwrap().schema;
    let commands = commands.lock().unwrap();
    (schema, commands.iter().filter(|(_, text)| text.contains("START TRANSACTION READ ONLY")).count())
}

#[test]
fn several_connections_see_what_one_sees() {
    let columns: String = (0..40).map(|number| format!(", c{number} varchar(40) DEFAULT 'a'")).collect();
    let wide: String = (0..150)
        .map(|number| format!("CREATE TABLE t{number} (id int PRIMARY KEY{columns}, KEY (c1), KEY (c2, c3));"))
        .collect();
    let many: String = (0..401).map(|number| format!("CREATE TABLE t{number} (id int PRIMARY KEY);")).collect();
    for (flavour, variable) in servers() {
        let mut cases = vec![("wide", &wide, 150, vec![("", 2)])];
        if flavour == "mariadb" {
            // More than it keeps open.
            cases.push(("many", &many, 401, vec![("", 7), ("&connection_limit=3", 3)]));
        }
        for (what, tables, count, limits) in cases {
            let database = Database::create(variable, what, tables);
            let (of_one, begun) = read_counting_connections(variable, "root", (&database.name, "&connection_limit=1"));
            assert_eq!(begun, 1, "{flavour}, {what}");
            assert_eq!(of_one.tables().count(), count, "{flavour}, {what}");
            for (limit, connections) in limits {
                let (of_several, begun) = read_counting_connections(variable, "root", (&database.name, limit));
                assert_eq!(begun, connections, "{flavour}, {what}{limit}");
                assert_eq!(of_several, of_one, "{flavour}, {what}{limit}");
            }
        }
    }
}

/// Connections that the server refuses are done without.
#[test]
fn an_account_has_fewer_connections_than_are_wanted() {
    for (flavour, variable) in servers().filter(|(flavour, _)| *flavour == "mariadb") {
        let many: String = (0..401).map(|number| format!("CREATE TABLE t{number} (id int PRIMARY KEY);")).collect();
        let database = Database::create(variable, "few_connections", &many);
        let (name, account) = (&database.name, format!("few_{}", std::process::id()));
        for (most, connections) in [(1, 1), (2, 2)] {
            run(
                variable,
                "",
                &format!(
                    "DROP USER IF EXISTS {account}; GRANT ALL ON {name}.* TO {account} \
                     IDENTIFIED BY 'pw' WITH MAX_USER_CONNECTIONS {most}"
                ),
            );
            let (schema, begun) = read_counting_connections(variable, &format!("{account}:pw"), (name, ""));
            run(variable, "", &format!("DROP USER {account}"));
            assert_eq!(begun, connections, "{flavour}, {most}");
            assert_eq!(schema.tables().count(), 401, "{flavour}, {most}");
        }
    }
}

#[test]
fn what_is_not_there() {
    for (flavour, variable) in servers() {
        let base = server(variable);
        let error = wait(read_in(&format!("{base}/no_such_database"), &[])).unwrap_err();
        assert!(error.to_string().ends_with("has no database \"no_such_database\""), "{flavour}: {error}");
        let reading = wait(read_in(&base, &[])).unwrap();
        assert!(reading.has_errors(), "{flavour}: no database is named");
    }
}

#[test]
fn a_certificate_that_nobody_signed_is_refused_where_that_is_asked() {
    if SERVERS.into_iter().any(|(_, variable)| waived(variable)) {
        return;
    }
    // MySQL makes itself a certificate; MariaDB 10.11 has none unless told to.
    let base = server("ORMSYNC_TEST_MYSQL");
    wait(read_in(&format!("{base}/mysql?sslmode=require"), &[])).unwrap();
    for parameters in ["sslmode=verify-ca", "sslaccept=strict"] {
        let error = wait(read_in(&format!("{base}/mysql?{parameters}"), &[])).unwrap_err();
        assert!(error.to_string().contains("the certificate of"), "{error}");
    }
    let error = wait(read_in(&format!("{}/mysql?sslmode=require", server("ORMSYNC_TEST_MARIADB")), &[])).unwrap_err();
    assert!(error.to_string().ends_with("has no TLS, and the URL demands it"), "{error}");
}
