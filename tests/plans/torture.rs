//! The databases that hold every kind of object (`fixtures/database/`): read, written as SQL, made again from that, and
//! read again, they are the same, to us and in the server's own words.

use crate::case::{Dialect, fixtures};
use crate::judges::scratch::Scratch;
use crate::plans::round_trip::round_trip;

/// `given` is what is no part of a schema but has to be there before.
fn comes_again(server: Dialect, script: &str, given: &str) {
    let (Some(original), Some(copy)) = (Scratch::new(server), Scratch::new(server)) else { return };
    original.load(&fixtures().join("database").join(script).join("database.sql")).unwrap();
    if !given.is_empty() {
        copy.execute(given).unwrap();
    }
    if let Err(message) = round_trip(&original, &copy, server) {
        panic!("{message}");
    }
}

/// A foreign server holds addresses and passwords.
const FOREIGN_SERVER: &str = "CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;";

#[test]
fn postgresql() {
    comes_again(Dialect::Postgresql, "postgresql/torture", FOREIGN_SERVER);
}

#[test]
fn postgresql_on_the_newest() {
    comes_again(Dialect::PostgresqlNewest, "postgresql/torture", FOREIGN_SERVER);
}

#[test]
fn what_only_the_newest_postgresql_has() {
    comes_again(Dialect::PostgresqlNewest, "postgresql/newest", "");
}

#[test]
fn mysql() {
    comes_again(Dialect::Mysql, "mysql/torture", "");
}

#[test]
fn mariadb() {
    comes_again(Dialect::Mariadb, "mariadb/torture", "");
}

#[test]
fn sqlite() {
    comes_again(Dialect::Sqlite, "sqlite/torture", "");
}
