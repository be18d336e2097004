//! Random pairs as migrations and revisions, on databases that hold rows: `ORMSYNC_TEST_SEED=n` begins there,
//! `ORMSYNC_TEST_PAIRS=n` takes so many.

#![expect(clippy::print_stdout, reason = "figures, shown by --no-capture")]

use ormsync_schema::{Plan, Schema};
use ormsync_sqlalchemy::{RevisionFrame, revision_body, write_revision};

use crate::case::Dialect;
use crate::generator::Flavour;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, sqlalchemy};
use crate::plans::with_rows::{Change, Figures, Outcome};
use crate::plans::{between, introspect, pairs, script, send};

/// The SQLAlchemy that runs the revisions.
const VERSIONS: [&str; 2] = ["2.1", "2.0"];

/// How many random pairs are tried: each costs three or more databases.
const PAIRS: u64 = 8;

/// What a database holds without the two tools' own tables.
pub(super) fn introspect_ours(database: &Scratch, dialect: Dialect) -> Schema {
    let mut schema = introspect(database, dialect);
    for content in schema.namespaces.values_mut() {
        ormsync_sqlalchemy::OWN_TABLES.iter().for_each(|table| drop(content.tables.remove(*table)));
        content.tables.remove("_prisma_migrations");
    }
    schema
}

/// The revision of a plan.
pub(super) fn revision_of(from: &Schema, there: &Plan, back: &Plan) -> String {
    let frame = RevisionFrame {
        message: "from one schema to another".to_owned(),
        revision: "001_there".to_owned(),
        down_revisions: Vec::new(),
        create_date: "2026-11-21 09:30:00.000000".to_owned(),
        template: None,
        functions: String::new(),
    };
    write_revision(&frame, &revision_body(from, there, back)).unwrap()
}

fn try_pairs(dialect: Dialect, flavour: Flavour) {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let figures = std::cell::RefCell::new(Figures::default());
    pairs::try_pairs(dialect, flavour, PAIRS, |_, from, to, seed| {
        let empty = Schema { server: from.server.clone(), ..Schema::new(&from.dialect) };
        let statements = script(&between(&empty, from, dialect), dialect);
        let load = || {
            let database = Scratch::new(dialect)?;
            send(&database, dialect, &statements).unwrap();
            Some(database)
        };
        let place = folder.path().join(seed.to_string());
        let version = VERSIONS[usize::from(seed % 4 == 3)];
        let change = Change { dialect, from, to, renames: Default::default(), load: &load, folder: &place, version };
        match change.judge()? {
            Outcome::Held(held) => figures.borrow_mut().add(held),
            Outcome::Nothing => {}
            Outcome::Refused(message) | Outcome::Impossible(message) => return Err(message),
        }
        Ok(())
    });
    println!("{}: {}", dialect.server(), figures.into_inner());
    sqlalchemy::ruff(folder.path()).unwrap();
}

#[test]
fn postgresql() {
    try_pairs(Dialect::Postgresql, Flavour::Postgresql);
}

#[test]
fn mysql() {
    try_pairs(Dialect::Mysql, Flavour::Mysql);
}

#[test]
fn mariadb() {
    try_pairs(Dialect::Mariadb, Flavour::Mariadb);
}

#[test]
fn sqlite() {
    try_pairs(Dialect::Sqlite, Flavour::Sqlite);
}
