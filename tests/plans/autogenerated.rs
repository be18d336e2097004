//! Our revisions beside what `alembic revision --autogenerate` writes for the same models on the same database.
//! `ORMSYNC_TEST_CHANGES=n` takes so many changes.

#![expect(clippy::print_stdout, reason = "figures, shown by --no-capture")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ormsync_diff::plan::plan_back;
use ormsync_sqlalchemy::revision_body;
use serde::Deserialize;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, alembic as engine};
use crate::plans::changes::{Way, read, ways};
use crate::plans::pairs::number;
use crate::plans::{alembic, between, dialect_of, introspect, script, send};
use crate::program::{Run, ormsync};

/// So many changes on each server, unless told.
const CHANGES: u64 = 16;

/// The differences that are known on a server, each with its reason.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Known {
    /// What ours says wherever it has to be said.
    lines: BTreeMap<String, String>,
    /// Changes in one direction.
    changes: BTreeMap<String, String>,
}

fn known_on(dialect: Dialect) -> Known {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/prisma-mysql-changes/autogenerate.toml");
    let mut known: BTreeMap<String, Known> = toml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    known.remove(dialect.name()).unwrap_or_default()
}

fn reads_like_autogenerate(dialect: Dialect) {
    let known = known_on(dialect);
    if Judge::Sqlalchemy.waived() || Judge::Prisma.waived() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let count = usize::try_from(number("ORMSYNC_TEST_CHANGES", CHANGES)).unwrap_or(usize::MAX);
    let (mut failures, mut met, mut same) = (Vec::new(), Vec::new(), 0);
    let ways = ways(dialect, folder.path(), count);
    for way in &ways {
        let Some(difference) = compare(way, folder.path(), dialect, &known) else { return };
        match difference {
            None => same += 1,
            Some(_) if known.changes.contains_key(&way.name) => met.push(way.name.clone()),
            Some(difference) => failures.push(format!("{}:\n{difference}", way.name)),
        }
    }
    println!("{}: {same} of {} are the same, {} differ as known", dialect.server(), ways.len(), met.len());
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
    let is_tried = |name: &str| ways.iter().any(|way| way.name == name);
    let gone: Vec<&String> = known.changes.keys().filter(|name| is_tried(name) && !met.contains(name)).collect();
    assert!(gone.is_empty(), "these are known to differ and do not: {gone:?}");
}

/// What parts the two; none where a judge is waived.
fn compare(way: &Way, folder: &Path, dialect: Dialect, known: &Known) -> Option<Option<String>> {
    let database = Scratch::new(dialect)?;
    let empty = introspect(&database, dialect);
    let statements = script(&between(&empty, &read(&way.from, &empty, dialect), dialect), dialect);
    send(&database, dialect, &statements).unwrap();
    let from = alembic::introspect_ours(&database, dialect);
    let there = between(&from, &read(&way.to, &empty, dialect), dialect);
    let back = plan_back(&there, dialect_of(dialect));
    let ours = engine::operations(&revision_body(&from, &there, &back).upgrade).unwrap();

    let models = folder.join("models.py");
    let mut command = ormsync();
    command.arg("inspect").arg(&way.to).args(["--dialect", dialect.name(), "--format", "sqlalchemy", "--output"]);
    let run = Run::of(command.arg(&models));
    assert_eq!(run.code, Some(0), "{run}");
    let theirs = engine::autogenerate(database.url(), &models).unwrap_or_else(|message| format!("refused: {message}"));
    let only = |left: &str, right: &str, mark: &str| {
        let lines = left.lines().filter(|line| !right.lines().any(|other| other == *line));
        lines.map(|line| format!("  {mark} {line}\n")).collect::<String>()
    };
    let ours: String =
        ours.lines().filter(|line| !known.lines.contains_key(*line)).map(|line| format!("{line}\n")).collect();
    let difference = only(&theirs, &ours, "Alembic") + &only(&ours, &theirs, "ours   ");
    Some((!difference.is_empty()).then_some(difference))
}

#[test]
fn on_mysql() {
    reads_like_autogenerate(Dialect::Mysql);
}

#[test]
fn on_postgresql() {
    reads_like_autogenerate(Dialect::Postgresql);
}

#[test]
fn on_sqlite() {
    reads_like_autogenerate(Dialect::Sqlite);
}
