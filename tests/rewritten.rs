//! Law 6: what we read and write as models, SQLAlchemy itself runs, and the database that it makes is what was read.
//!
//! `ruff` finds nothing to do in the written file, and SQLAlchemy nothing to warn of when it works out all
//! relationships.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::case::{Case, Dialect, Verdict};
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, sqlalchemy};
use crate::laws::{case, source};
use crate::program::{Run, ormsync};

/// What SQLAlchemy has no words for: the cases that hold some of it, by name and rule.
const WORDLESS: &[(&str, &str)] = &[
    // A column outside the primary key that the server numbers.
    ("prisma-mysql/autoincrement-not-pk", "column-auto-increment"),
    // Prefix lengths in a primary key.
    ("prisma-mysql/id-length", "primary-key"),
    // SQLAlchemy 2.0 has no JSONB on SQLite: JSON stores the same.
    ("laws/prisma-scalars-sqlite", "column-type-compatible"),
];

/// Extensions of PostgreSQL that a case's own models make on an event: models that we write take them for given.
const EXTENSIONS: &[(&str, &str)] = &[
    ("sqlalchemy/exclude-constraints", "btree_gist"),
    ("sqlalchemy/known-sqlalchemy-utils-postgres", "ltree"),
    ("sqlalchemy/types-postgres-extensions", "citext"),
    ("sqlalchemy/types-postgres-extensions", "hstore"),
];

/// Models read and written again.
pub(crate) fn models_rewritten(name: &str, dialect: Dialect, version: &str) {
    let case = case(name);
    let models = case.models().expect("only cases with models get this test");
    rewritten(&case, source("sqlalchemy", &models), dialect, version);
}

/// A Prisma schema written as models.
pub(crate) fn prisma_in_models(name: &str, dialect: Dialect, version: &str) {
    let case = case(name);
    let schema = case.prisma_schema().expect("only cases with a Prisma schema get this test");
    rewritten(&case, source("prisma", &schema), dialect, version);
}

fn rewritten(case: &Case, from: OsString, dialect: Dialect, version: &str) {
    let is_refused = case.models().is_none() && case.file.refused_by.contains(&dialect);
    if Judge::Sqlalchemy.waived() || case.file.verdict == Verdict::Unanswered || is_refused {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("models.py");
    write(case, &from, dialect, &written);
    let text = fs::read_to_string(&written).unwrap();
    // The newest server is given the same text.
    if dialect != Dialect::PostgresqlNewest {
        sqlalchemy::ruff(&written).unwrap_or_else(|message| panic!("ruff would change it:\n{message}\n{text}"));
    }
    let Some(database) = Scratch::new(dialect) else {
        return;
    };
    for (_, extension) in EXTENSIONS.iter().filter(|(name, _)| *name == case.name && dialect.name() == "postgresql") {
        database.execute(&format!("CREATE EXTENSION IF NOT EXISTS {extension}")).unwrap();
    }
    if text.contains("__tablename__") || text.contains("Table(") {
        let made = sqlalchemy::create_written(version, folder.path(), &written, database.url());
        made.unwrap_or_else(|message| panic!("SQLAlchemy {version} refuses it: {message}\n{text}"));
    }
    let mut command = ormsync();
    command.current_dir(&case.folder).arg("diff").arg(&from).arg(database.url());
    let run = Run::of(command.args(["--format", "json", "--fail-on", "note"]));
    let allowed: Vec<&str> = WORDLESS.iter().filter(|(name, _)| *name == case.name).map(|(_, rule)| *rule).collect();
    let findings = run.report().findings;
    // Where an engine's own SQL does not make what its schema says, the case has it.
    let is_claimed = |rule: &str| case.database().is_none() && case.file.drift.iter().any(|claim| claim.rule == rule);
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
