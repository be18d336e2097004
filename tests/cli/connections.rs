//! Servers that are not there, say nothing, or say nonsense. Played by small listeners of our own, so
//! that no network and no real server is needed.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::project::{PASSWORD, Project, expect_no_password, expect_refusal};

/// Longer than any connect timeout a user would stand.
const LONGEST: Duration = Duration::from_secs(30);

const SCHEMES: [&str; 2] = ["postgresql", "mysql"];

/// A server that does this with everyone who connects. It ends with the test process.
fn server(behaviour: fn(TcpStream)) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || behaviour(stream));
        }
    });
    port
}

fn url(scheme: &str, port: u16) -> String {
    format!("{scheme}://scott:{PASSWORD}@127.0.0.1:{port}/shop")
}

#[test]
fn a_refused_connection() {
    // Bound and given back: nobody listens there now.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for scheme in SCHEMES {
        let project = Project::with_database(&url(scheme, port));
        expect_refusal(&project.run(&["inspect", "database"]), &["127.0.0.1", &port.to_string()]);
    }
}

#[test]
fn a_server_that_never_answers() {
    let port = server(|stream| {
        std::thread::sleep(Duration::from_secs(120));
        drop(stream);
    });
    for scheme in SCHEMES {
        let project = Project::with_database(&url(scheme, port));
        let start = Instant::now();
        expect_refusal(&project.run(&["inspect", "database"]), &["127.0.0.1"]);
        assert!(start.elapsed() < LONGEST, "{scheme}: gave up only after {:?}", start.elapsed());
    }
}

#[test]
fn a_server_that_hangs_up() {
    let port = server(drop);
    for scheme in SCHEMES {
        let project = Project::with_database(&url(scheme, port));
        expect_refusal(&project.run(&["inspect", "database"]), &["127.0.0.1"]);
    }
}

#[test]
fn something_else_than_a_database() {
    let port = server(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        let _ = stream.read(&mut [0; 64]);
    });
    for scheme in SCHEMES {
        let project = Project::with_database(&url(scheme, port));
        expect_refusal(&project.run(&["inspect", "database"]), &["127.0.0.1"]);
    }
}

#[test]
fn a_host_that_does_not_exist() {
    for scheme in SCHEMES {
        let project = Project::with_database(&format!("{scheme}://scott:{PASSWORD}@no-such-host.invalid/shop"));
        expect_refusal(&project.run(&["inspect", "database"]), &["no-such-host.invalid"]);
    }
}

#[test]
fn the_password_is_never_printed() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for scheme in SCHEMES {
        for password in [PASSWORD, "h%75nter2"] {
            let url = format!("{scheme}://scott:{password}@127.0.0.1:{port}/shop");
            let project = Project::with_database("env:DATABASE_URL");
            project.file(".env", &format!("DATABASE_URL=\"{url}\"\n"));
            for arguments in [
                &["check"][..],
                &["check", "--verbose"],
                &["check", "--format", "json"],
                &["inspect", "database"],
                &["inspect", &url],
                &["diff", "prisma", &url],
                &["check", "--database", &url],
                &["init", "--dry-run", "--database", &url],
                // Mistakes in the URL itself are told too.
                &["inspect", &url.replace("127.0.0.1", "127.0.0.1:x")],
                &["inspect", &url.replace("://", ":/")],
            ] {
                expect_no_password(&project.run(arguments));
            }
        }
    }
}

#[test]
fn an_unreachable_database_ends_the_check_with_2() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let project = Project::with_database(&url("postgresql", port));
    let answer = project.check(&["--format", "json"]);
    expect_refusal(&answer, &["127.0.0.1"]);
}
