//! Where the servers are, and their own command-line clients, which load scripts the way a user
//! would: with `\connect`, `DELIMITER` and the line of the first error.

use std::env;
use std::io::Write as _;
use std::process::{Command, Stdio};

use url::Url;

use crate::case::Dialect;
use crate::judges::Judge;

/// One running server.
pub(crate) struct Server {
    judge: Judge,
    url: Url,
}

impl Server {
    /// The server of a dialect; none when it is waived.
    pub(crate) fn of(dialect: Dialect) -> Option<Self> {
        let judge = match dialect {
            Dialect::Postgresql => Judge::Postgres,
            Dialect::PostgresqlNewest => Judge::PostgresNewest,
            Dialect::Mysql => Judge::Mysql,
            Dialect::Mariadb => Judge::Mariadb,
            Dialect::Sqlite => panic!("SQLite has no server"),
        };
        if judge.waived() {
            return None;
        }
        let variable = format!("ORMSYNC_TEST_{}", judge.name().to_uppercase().replace('-', "_"));
        let Ok(text) = env::var(&variable) else {
            judge.missing(&format!("{variable} is not set, so there is no {dialect:?} server"))
        };
        let url = Url::parse(&text).unwrap_or_else(|error| panic!("{variable} is not a URL: {error}"));
        Some(Self { judge, url })
    }

    /// The URL of one of its databases.
    pub(crate) fn database_url(&self, name: &str) -> String {
        let mut url = self.url.clone();
        url.set_path(name);
        url.to_string()
    }

    /// Where it listens: host and port.
    pub(crate) fn address(&self) -> (String, u16) {
        let default = if self.is_postgres() { 5432 } else { 3306 };
        let host = self.url.host_str().unwrap_or("127.0.0.1").to_owned();
        (host, self.url.port().unwrap_or(default))
    }

    fn is_postgres(&self) -> bool {
        matches!(self.judge, Judge::Postgres | Judge::PostgresNewest)
    }

    /// Makes an empty database.
    pub(crate) fn create_database(&self, name: &str) -> Result<(), String> {
        self.run(self.home(), &format!("CREATE DATABASE {name}"))
    }

    /// Drops it, whoever is still connected.
    pub(crate) fn drop_database(&self, name: &str) -> Result<(), String> {
        let force = if self.is_postgres() { " WITH (FORCE)" } else { "" };
        self.run(self.home(), &format!("DROP DATABASE {name}{force}"))
    }

    /// The database to be in while another is made.
    fn home(&self) -> &str {
        if self.is_postgres() { "postgres" } else { "mysql" }
    }

    /// Runs a script in a database; stops at its first error.
    pub(crate) fn run(&self, database: &str, statements: &str) -> Result<(), String> {
        self.client(database, statements).map(drop)
    }

    /// Runs a query; rows are lines, columns are parted by tabs.
    pub(crate) fn query(&self, database: &str, statement: &str) -> Result<String, String> {
        self.client(database, statement)
    }

    fn client(&self, database: &str, statements: &str) -> Result<String, String> {
        let mut command = if self.is_postgres() { self.psql(database) } else { self.mariadb(database) };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| self.judge.missing(&format!("the client {command:?} does not start: {error}")));
        // The client may end at the first error, before it has read all.
        let mut input = child.stdin.take().expect("standard input is a pipe");
        let statements = statements.to_owned();
        let writer = std::thread::spawn(move || drop(input.write_all(statements.as_bytes())));
        let output = child.wait_with_output().map_err(|error| error.to_string())?;
        writer.join().map_err(|_| "the writer panicked".to_owned())?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    }

    fn psql(&self, database: &str) -> Command {
        let mut command = Command::new("psql");
        command
            .args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--field-separator=\t"])
            .args(["--set=ON_ERROR_STOP=1", "--file=-"])
            .arg(format!("--dbname={}", self.database_url(database)))
            .env("PGOPTIONS", "--client-min-messages=warning");
        command
    }

    /// MariaDB's client speaks to MySQL too.
    fn mariadb(&self, database: &str) -> Command {
        let (host, port) = self.address();
        let mut command = Command::new("mariadb");
        command
            .args(["--no-defaults", "--skip-ssl-verify-server-cert", "--batch", "--skip-column-names"])
            .args(["--protocol=tcp", "--default-character-set=utf8mb4", "--comments"])
            .arg(format!("--host={host}"))
            .arg(format!("--port={port}"))
            .arg(format!("--user={}", decoded(self.url.username())))
            .env("MYSQL_PWD", decoded(self.url.password().unwrap_or_default()))
            .arg(database);
        command
    }
}

/// A part of a URL without its `%20`s.
fn decoded(part: &str) -> String {
    url::form_urlencoded::parse(format!("={}", part.replace('+', "%2B")).as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect()
}
