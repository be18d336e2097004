//! Servers that refuse, are silent, lie or go away, and files that are none: one clear message each, never the
//! password. The servers are small ones of our own, so this runs without any.
#![allow(clippy::unwrap_used)]

mod fake;

use std::time::{Duration, Instant};

use ormsync_database::{DatabaseError, DatabaseUrl, ReadOptions, read};

use fake::FakeServer;

/// Reads, and gives message and help.
fn failure(url: &str) -> (String, String) {
    failure_within(Duration::from_secs(10), url)
}

fn failure_within(connect_timeout: Duration, url: &str) -> (String, String) {
    let url = DatabaseUrl::parse(url).unwrap();
    let options = ReadOptions { connect_timeout, ..ReadOptions::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(read(&url, &options)).unwrap_err();
    for shown in [format!("{error:?}"), error.to_string(), error.help().to_owned()] {
        assert!(!shown.contains("SECRET"), "{shown}");
    }
    assert!(!error.help().is_empty(), "no help with {error}");
    (error.to_string(), error.help().to_owned())
}

fn message(url: &str) -> String {
    failure(url).0
}

#[test]
fn nobody_listens() {
    let port = fake::free_port();
    for scheme in ["postgresql", "mysql"] {
        let told = message(&format!("{scheme}://u:SECRET@127.0.0.1:{port}/d"));
        assert_eq!(told, format!("connection refused by 127.0.0.1:{port}"));
    }
}

#[test]
fn nobody_answers() {
    let server = FakeServer::silent();
    for scheme in ["postgresql", "mysql"] {
        let start = Instant::now();
        let url = format!("{scheme}://u:SECRET@127.0.0.1:{}/d", server.port);
        let (told, _) = failure_within(Duration::from_millis(700), &url);
        assert_eq!(told, format!("no answer from 127.0.0.1:{} within 0.7 s", server.port));
        assert!(start.elapsed() < Duration::from_secs(3));
    }
    // The URL's own limit counts.
    let told = message(&format!("postgresql://u@127.0.0.1:{}/d?connect_timeout=1", server.port));
    assert!(told.ends_with("within 1 s"), "{told}");
}

#[test]
fn nobody_knows_the_host() {
    let told = message("postgresql://u:SECRET@no-such-host.invalid/d");
    // A resolver that does not answer at all is a time-out.
    assert!(
        told == "unknown host \"no-such-host.invalid\"" || told.starts_with("no answer from no-such-host.invalid:5432"),
        "{told}"
    );
}

#[test]
fn of_several_hosts_the_first_that_answers_counts() {
    let (closed, server) = (fake::free_port(), FakeServer::postgres_error("3D000", "database \"d\" does not exist"));
    let told = message(&format!("postgresql://u:SECRET@127.0.0.1:{closed},127.0.0.1:{}/d", server.port));
    assert!(told.ends_with("has no database \"d\""), "{told}");
    // Who says no is not passed over, and where nobody answers all are named.
    let told = message(&format!("postgresql://u:SECRET@127.0.0.1:{},127.0.0.1:{closed}/d", server.port));
    assert!(told.ends_with("has no database \"d\""), "{told}");
    let other = fake::free_port();
    let told = message(&format!("postgresql://u:SECRET@127.0.0.1:{closed},127.0.0.1:{other}/d"));
    assert_eq!(told, format!("connection refused by 127.0.0.1:{closed},127.0.0.1:{other}"));
    let starting = FakeServer::postgres_error("57P03", "the database system is starting up");
    let told = message(&format!("postgresql://u:SECRET@127.0.0.1:{},127.0.0.1:{}/d", starting.port, server.port));
    assert!(told.ends_with("has no database \"d\""), "{told}");
}

#[test]
fn there_is_no_socket() {
    let told = message("postgresql://u:SECRET@/d?host=/nowhere/at/all");
    assert!(told.starts_with("there is no socket /nowhere/at/all"), "{told}");
    let told = message("mysql://u:SECRET@localhost/d?socket=/nowhere/mysql.sock");
    assert!(told.starts_with("there is no socket /nowhere/mysql.sock"), "{told}");
}

#[test]
fn someone_else_listens() {
    let server = FakeServer::saying(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    for scheme in ["postgresql", "mysql"] {
        let (told, help) = failure(&format!("{scheme}://u:SECRET@127.0.0.1:{}/d?sslmode=disable", server.port));
        assert!(told.contains(&format!("127.0.0.1:{}", server.port)), "{told}");
        assert!(help.contains("listens"), "{told} / {help}");
    }
    let server = FakeServer::saying(b"");
    for scheme in ["postgresql", "mysql"] {
        let told = message(&format!("{scheme}://u:SECRET@127.0.0.1:{}/d", server.port));
        assert_eq!(told, format!("127.0.0.1:{} closed the connection before it was made", server.port));
    }
}

#[test]
fn postgres_says_no() {
    for (code, says, told, help) in [
        (
            "28P01",
            "password authentication failed for user \"u\"",
            "wrong password for user \"u\" at HOST (database \"d\")",
            "percent-encoded",
        ),
        ("3D000", "database \"d\" does not exist", "HOST has no database \"d\"", "migrations"),
        ("28000", "role \"u\" does not exist", "HOST has no role user \"u\"", "user"),
        (
            "28000",
            "no pg_hba.conf entry for host \"1.2.3.4\", user \"u\", database \"d\", no encryption",
            "HOST does not let user \"u\" into database \"d\" without TLS",
            "sslmode=require",
        ),
        (
            "28000",
            "no pg_hba.conf entry for host \"1.2.3.4\", user \"u\", database \"d\", SSL encryption",
            "HOST does not let user \"u\" into database \"d\" from here",
            "pg_hba.conf",
        ),
        ("53300", "sorry, too many clients already", "HOST has no connection left", "limit"),
        ("57P03", "the database system is starting up", "HOST is starting up or shutting down", "moment"),
        (
            "42501",
            "permission denied for database \"d\"",
            "user \"u\" may not connect to database \"d\" on HOST",
            "GRANT",
        ),
        // Whatever it is, a server that repeats the password is not repeated.
        ("XX000", "SECRET is odd", "HOST refused user \"u\" (database \"d\"): *** is odd", "server's own"),
    ] {
        let server = FakeServer::postgres_error(code, says);
        let found = failure(&format!("postgresql://u:SECRET@127.0.0.1:{}/d", server.port));
        let told = told.replace("HOST", &format!("127.0.0.1:{}", server.port));
        assert_eq!(found.0, told, "{code} {says}");
        assert!(found.1.contains(help), "{}", found.1);
    }
    let server = FakeServer::postgres_error("28P01", "password authentication failed for user \"u\"");
    let told = message(&format!("postgresql://u@127.0.0.1:{}/d", server.port));
    assert!(told.ends_with("wants a password for user \"u\", and the URL has none"), "{told}");
}

#[test]
fn mysql_says_no() {
    for (number, says, told, help) in [
        (
            1045,
            "Access denied for user 'u'@'h' (using password: YES)",
            "wrong password for user \"u\" at HOST (database \"d\")",
            "percent",
        ),
        (1049, "Unknown database 'd'", "HOST has no database \"d\"", "migrations"),
        (
            1044,
            "Access denied for user 'u'@'h' to database 'd'",
            "user \"u\" may not use database \"d\" on HOST",
            "GRANT",
        ),
        (1040, "Too many connections", "HOST has no connection left", "limit"),
        (
            1130,
            "Host 'h' is not allowed to connect",
            "HOST does not let this host in: Host 'h' is not allowed to connect",
            "hosts",
        ),
        (
            3159,
            "Connections using insecure transport are prohibited",
            "HOST does not let user \"u\" in without TLS",
            "sslmode=require",
        ),
    ] {
        let server = FakeServer::mysql_error(number, says);
        let found = failure(&format!("mysql://u:SECRET@127.0.0.1:{}/d", server.port));
        let told = told.replace("HOST", &format!("127.0.0.1:{}", server.port));
        assert_eq!(found.0, told, "{number} {says}");
        assert!(found.1.contains(help), "{}", found.1);
    }
    let server = FakeServer::mysql_error(1045, "Access denied");
    let told = message(&format!("mysql://u@127.0.0.1:{}/d", server.port));
    assert!(told.ends_with("wants a password for user \"u\", and the URL has none"), "{told}");
}

#[test]
fn a_server_that_is_too_old() {
    let server = FakeServer::postgres_of_version("9.6.24");
    let (told, help) = failure(&format!("postgresql://u:SECRET@127.0.0.1:{}/d?sslmode=disable", server.port));
    assert!(told.ends_with(" is PostgreSQL 9.6.24: too old to be read"), "{told}");
    assert_eq!(help, "ormsync reads PostgreSQL 12.0 and newer");
}

#[test]
fn tls_is_wanted_and_not_there() {
    // PostgreSQL's answer to the question for TLS: N.
    let server = FakeServer::saying_later(b"N");
    for mode in ["require", "verify-full"] {
        let (told, help) = failure(&format!("postgresql://u:SECRET@127.0.0.1:{}/d?sslmode={mode}", server.port));
        assert_eq!(told, format!("127.0.0.1:{} has no TLS, and the URL demands it", server.port));
        assert!(help.contains("sslmode"), "{help}");
    }
}

#[test]
fn a_certificate_file_that_is_not_there() {
    let server = FakeServer::saying_later(b"S");
    let url =
        format!("postgresql://u:SECRET@127.0.0.1:{}/d?sslmode=verify-full&sslrootcert=/nowhere/ca.pem", server.port);
    assert!(message(&url).contains("does not exist"), "{}", message(&url));
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();

    let missing = path("missing.db");
    assert_eq!(message(&format!("sqlite:{missing}")), format!("there is no SQLite file {missing}"));
    assert!(!folder.path().join("missing.db").exists(), "a file that is missing must not be made");

    let here = folder.path().display().to_string();
    assert_eq!(message(&format!("sqlite:{here}")), format!("{here} is a folder, not a SQLite file"));

    let text = path("text.db");
    std::fs::write(&text, "this is not a database, but long enough to be looked at as one\n".repeat(100)).unwrap();
    assert_eq!(message(&format!("sqlite:{text}")), format!("{text} is not a SQLite file"));
}

#[test]
fn an_empty_file_is_an_empty_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.db");
    std::fs::write(&path, "").unwrap();
    let url = DatabaseUrl::parse_in("file:./empty.db", folder.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let reading = runtime.block_on(read(&url, &ReadOptions::default())).unwrap();
    assert_eq!(reading.schema.tables().count(), 0);
    assert_eq!(reading.schema.server.unwrap().product, "SQLite");
    assert_eq!(std::fs::read(&path).unwrap(), b"");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the file");
}

#[test]
fn errors_of_connecting_are_told_from_errors_of_the_catalogue() {
    let url = DatabaseUrl::parse(&format!("postgresql://127.0.0.1:{}/d", fake::free_port())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(read(&url, &ReadOptions::default())).unwrap_err();
    assert!(matches!(error, DatabaseError::Connect { .. }));
}
