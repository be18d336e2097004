//! Law 6: models that we write, run by SQLAlchemy itself.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::case::{Case, Dialect, Verdict};
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, sqlalchemy};
use crate::laws::{case, source};
use crate::program::{Run, ormsync};

/// The release that runs what is written; it is written for both.
const VERSION: &str = "2.1";

/// What SQLAlchemy has no words for: the cases that hold some of it, by name and rule.
const WORDLESS: &[(&str, &str)] = &[
    // The engine's own numbering of a column outside the key.
    ("prisma-mysql/autoincrement-not-pk", "column-missing"),
    // A default that only the database knows.
    ("prisma-mysql/defaults-dbgenerated", "column-missing"),
    // Prefix lengths in a primary key.
    ("prisma-mysql/id-length", "primary-key"),
    // SQLAlchemy 2.0 has no JSONB on SQLite: JSON stores the same.
    ("laws/prisma-scalars-sqlite", "column-type-compatible"),
];

/// Models read and written again.
pub(crate) fn models_rewritten(name: &str, dialect: Dialect) {
    let case = case(name);
    let models = case.models().expect("only cases with models get this test");
    rewritten(&case, source("sqlalchemy", &models), dialect);
}

/// A Prisma schema written as models.
pub(crate) fn prisma_in_models(name: &str, dialect: Dialect) {
    let case = case(name);
    let schema = case.prisma_schema().expect("only cases with a Prisma schema get this test");
    rewritten(&case, source("prisma", &schema), dialect);
}

fn rewritten(case: &Case, from: OsString, dialect: Dialect) {
    if Judge::Sqlalchemy.waived() || case.file.verdict == Verdict::Unanswered {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("models.py");
    write(case, &from, dialect, &written);
    let text = fs::read_to_string(&written).unwrap();
    sqlalchemy::ruff(&written).unwrap_or_else(|message| panic!("ruff would change it:\n{message}\n{text}"));
    let Some(database) = Scratch::new(dialect) else {
        return;
    };
    if !text.contains("__tablename__") && !text.contains("Table(") {
        return;
    }
    let configured = sqlalchemy::configure_mappers("2.0", &written);
    configured.unwrap_or_else(|message| panic!("SQLAlchemy 2.0 refuses it: {message}\n{text}"));
    let made = sqlalchemy::create_all(VERSION, folder.path(), &written, database.url());
    made.unwrap_or_else(|message| panic!("SQLAlchemy {VERSION} refuses it: {message}\n{text}"));
    let mut command = ormsync();
    command.current_dir(&case.folder).arg("diff").arg(&from).arg(database.url());
    let run = Run::of(command.args(["--format", "json", "--fail-on", "note"]));
    let allowed: Vec<&str> = WORDLESS.iter().filter(|(name, _)| *name == case.name).map(|(_, rule)| *rule).collect();
    let findings = run.report().findings;
    // Where an engine's own SQL does not make what its schema says, the case has it.
    let is_claimed = |rule: &str| case.file.drift.iter().any(|claim| claim.rule == rule);
    let rest: Vec<_> =
        findings.iter().filter(|it| !allowed.contains(&it.rule.as_str()) && !is_claimed(&it.rule)).collect();
    assert!(rest.is_empty(), "{}: {} differences\n{run}\n{text}", case.name, rest.len());
}

fn write(case: &Case, from: &OsString, dialect: Dialect, to: &Path) {
    let mut command = ormsync();
    command.current_dir(&case.folder).arg("inspect").arg(from).args(["--dialect", dialect.name()]);
    let run = Run::of(command.args(["--format", "sqlalchemy", "--output"]).arg(to));
    assert_eq!(run.code, Some(0), "{run}");
}
