//! The changes whose SQL the real engine wrote for MySQL (`fixtures/prisma-mysql-changes`), there and back.

#![expect(clippy::print_stdout, reason = "figures, shown by --no-capture")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ormsync_prisma::ReadOptions;
use ormsync_schema::Schema;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, prisma, sqlalchemy};
use crate::plans::pairs::number;
use crate::plans::with_rows::{Change, Figures, Outcome};
use crate::plans::{alembic, between, dialect_of, introspect, script, send};

/// So many changes are tried with rows on each server, unless `ORMSYNC_TEST_CHANGES=n` takes others: both ways of all of
/// them are 92.
const CHANGES: u64 = 6;

/// Where the changes are.
pub(super) fn changes() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/prisma-mysql-changes");
    let mut found: Vec<(String, PathBuf)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "there are no changes");
    found
}

/// A side of a change, told to a dialect: the file that it is written to; none where Prisma does not take it so.
pub(super) fn told(changes: &Path, side: &str, dialect: Dialect, file: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(changes.join(format!("{side}.prisma"))).unwrap();
    let provider = if dialect == Dialect::Mariadb { "mysql" } else { dialect.name() };
    fs::write(file, text.replace("\"mysql\"", &format!("\"{provider}\""))).unwrap();
    prisma::validate(file).is_ok().then(|| file.to_owned())
}

/// A Prisma schema, settled for a server.
pub(super) fn read(file: &Path, like: &Schema, dialect: Dialect) -> Schema {
    let reading = ormsync_prisma::read(file, &ReadOptions::default());
    let mut schema = reading.schema;
    dialect_of(dialect).settle(&mut schema, like.server.as_ref());
    schema
}

/// The differences that are known, each with its reason, by the name of the case.
pub(super) type Known = BTreeMap<&'static str, &'static str>;

pub(super) fn judge(failures: &[String], known: &Known, met: &[String]) {
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
    let gone: Vec<&&str> = known.keys().filter(|name| !met.iter().any(|it| it == **name)).collect();
    assert!(gone.is_empty(), "these are known to differ and do not: {gone:?}");
}

/// A change in one direction.
pub(super) struct Way {
    /// Its name and `forward` or `back`.
    pub(super) name: String,
    pub(super) from: PathBuf,
    pub(super) to: PathBuf,
}

/// The changes of a dialect in both directions, as files in a folder, and of these what the seed takes.
pub(super) fn ways(dialect: Dialect, folder: &Path, count: usize) -> Vec<Way> {
    let mut ways = Vec::new();
    for (name, path) in changes() {
        let told = |side: &str| told(&path, side, dialect, &folder.join(format!("{name}-{side}.prisma")));
        let (Some(from), Some(to)) = (told("from"), told("to")) else { continue };
        ways.push(Way { name: format!("{name} forward"), from: from.clone(), to: to.clone() });
        ways.push(Way { name: format!("{name} back"), from: to, to: from });
    }
    let all = ways.len();
    let first = usize::try_from(number("ORMSYNC_TEST_SEED", 1)).unwrap_or_default() * 13 % all.max(1);
    ways.rotate_left(first);
    ways.truncate(count);
    ways
}

/// Changes of databases with rows, by our SQL and through Alembic.
fn with_rows(dialect: Dialect) {
    if Judge::Sqlalchemy.waived() || Judge::Prisma.waived() {
        return;
    }
    let Some(database) = Scratch::new(dialect) else { return };
    let empty = introspect(&database, dialect);
    let folder = tempfile::tempdir().unwrap();
    let count = usize::try_from(number("ORMSYNC_TEST_CHANGES", CHANGES)).unwrap_or(usize::MAX);
    let (mut failures, mut figures) = (Vec::new(), Figures::default());
    for (number, way) in ways(dialect, folder.path(), count).into_iter().enumerate() {
        let statements = script(&between(&empty, &read(&way.from, &empty, dialect), dialect), dialect);
        let load = || {
            let database = Scratch::new(dialect)?;
            send(&database, dialect, &statements).unwrap();
            Some(database)
        };
        let Some(loaded) = load() else { return };
        let from = alembic::introspect_ours(&loaded, dialect);
        let to = read(&way.to, &empty, dialect);
        let place = folder.path().join(format!("revisions/{number}"));
        let change = Change {
            dialect,
            from: &from,
            to: &to,
            renames: Default::default(),
            load: &load,
            folder: &place,
            version: "2.1",
        };
        match change.judge() {
            Ok(Outcome::Held(held)) => figures.add(held),
            Ok(Outcome::Nothing) => {}
            Ok(Outcome::Refused(message) | Outcome::Impossible(message)) | Err(message) => {
                failures.push(format!("{}: {message}", way.name))
            }
        }
    }
    println!("{}: {figures}", dialect.server());
    let shown: Vec<&str> = failures.iter().map(String::as_str).take(4).collect();
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), shown.join("\n\n"));
    sqlalchemy::ruff(&folder.path().join("revisions")).unwrap();
}

#[test]
fn with_rows_on_mysql() {
    with_rows(Dialect::Mysql);
}

#[test]
fn with_rows_on_mariadb() {
    with_rows(Dialect::Mariadb);
}

#[test]
fn with_rows_on_postgresql() {
    with_rows(Dialect::Postgresql);
}

#[test]
fn with_rows_on_sqlite() {
    with_rows(Dialect::Sqlite);
}
