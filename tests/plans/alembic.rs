//! Plans as Alembic revisions, run by Alembic itself: `upgrade` leads where the plan does, `downgrade` back, and the
//! file is as `ruff format` would have it.

use std::fs;
use std::path::Path;

use ormsync_diff::plan::plan_back;
use ormsync_schema::Schema;
use ormsync_sqlalchemy::{RevisionFrame, revision_body, write_revision};

use crate::case::Dialect;
use crate::generator::Flavour;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, sqlalchemy};
use crate::plans::{between, dialect_of, facts, first_difference, introspect, pairs};

/// The SQLAlchemy that runs the revisions.
const VERSIONS: [&str; 2] = ["2.1", "2.0"];

/// How many random pairs are tried: each costs two starts of Alembic.
const PAIRS: u64 = 20;

/// What a database holds without Alembic's own table.
pub(super) fn introspect_ours(database: &Scratch, dialect: Dialect) -> Schema {
    let mut schema = introspect(database, dialect);
    for content in schema.namespaces.values_mut() {
        ormsync_sqlalchemy::OWN_TABLES.iter().for_each(|table| drop(content.tables.remove(*table)));
    }
    schema
}

/// The revision that leads from one schema to another.
pub(super) fn revision(from: &Schema, to: &Schema, dialect: Dialect) -> String {
    let plan = between(from, to, dialect);
    let back = plan_back(&plan, dialect_of(dialect));
    let frame = RevisionFrame {
        message: "from one schema to another".to_owned(),
        revision: "001_there".to_owned(),
        down_revisions: Vec::new(),
        create_date: "2026-11-21 09:30:00.000000".to_owned(),
        template: None,
        functions: String::new(),
    };
    write_revision(&frame, &revision_body(from, &plan, &back)).unwrap()
}

/// Runs the revision from `from` to `to` on a database that holds `from`, and back.
fn there_and_back(
    database: &Scratch,
    from: &Schema,
    to: &Schema,
    dialect: Dialect,
    folder: &Path,
    version: &str,
) -> Result<(), String> {
    let text = revision(from, to, dialect);
    let versions = folder.join("versions");
    fs::create_dir_all(&versions).unwrap();
    fs::write(versions.join("001_there.py"), &text).unwrap();
    for (way, revision, wanted) in [("upgrade", "head", to), ("downgrade", "base", from)] {
        sqlalchemy::alembic(version, way, database.url(), folder, revision)
            .map_err(|message| format!("{way}: {message}\n\n{text}"))?;
        let arrived = introspect_ours(database, dialect);
        if let Some(difference) = first_difference(&facts(&arrived, dialect), &facts(wanted, dialect)) {
            return Err(format!("{way}: {difference}\n\n{text}"));
        }
    }
    Ok(())
}

fn try_pairs(dialect: Dialect, flavour: Flavour) {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    pairs::try_pairs(dialect, flavour, PAIRS, |database, from, to, seed| {
        let version = VERSIONS[usize::from(seed % 4 == 3)];
        there_and_back(database, from, to, dialect, &folder.path().join(seed.to_string()), version)
    });
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
