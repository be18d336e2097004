//! Each history under `fixtures/histories/`: what a replay without a server makes of it is what a database holds on which
//! the real tool has run it.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::case::{Dialect, fixtures, folders};
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, prisma, sqlalchemy};
use crate::plans::send;
use crate::program::{Run, list, ormsync};

/// What a history's `history.toml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    title: String,
    tool: Tool,
    dialects: Vec<Dialect>,
}

/// Whose history it is.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Tool {
    Prisma,
    Alembic,
}

/// Applies a folder of Prisma's migrations as Prisma would: by its engine, and on MySQL, where there is none, each file
/// whole.
pub(super) fn deploy(folder: &Path, database: &Scratch, dialect: Dialect) {
    let found = ormsync_prisma::read_migrations(folder);
    let is_real = matches!(dialect, Dialect::Postgresql | Dialect::PostgresqlNewest | Dialect::Sqlite);
    if is_real {
        let table = ormsync_prisma::migrations_table(crate::plans::dialect_of(dialect).name()).unwrap();
        database.execute(&format!("{table};")).unwrap();
        let migrations: Vec<(&str, &str)> =
            found.migrations.iter().map(|migration| (migration.name.as_str(), &*migration.text)).collect();
        let applied = prisma::apply(database.url(), &migrations).unwrap_or_else(|message| panic!("{message}"));
        assert_eq!(applied.lines().count(), migrations.len());
        return;
    }
    for migration in &found.migrations {
        send(database, dialect, &migration.text).unwrap_or_else(|message| panic!("{}: {message}", migration.name));
    }
}

/// Nothing is different, and everything was read.
pub(super) fn is_the_same(source: &str, database: &Scratch) {
    let mut command = ormsync();
    let run = Run::of(command.args(["diff", source, database.url(), "--format", "json", "--fail-on", "note"]));
    let report = run.report();
    assert!(report.findings.is_empty(), "differences:\n{}\n\n{run}", list(&report.findings));
    assert!(report.diagnostics.is_empty(), "not everything was replayed:\n{}", list(&report.diagnostics));
    assert_eq!(run.code, Some(0), "{run}");
}

/// Everything was read but for something in files that have these in their paths, and nothing else is different: what is not
/// understood is neither missing nor drift.
pub(super) fn is_the_same_but_for(source: &str, database: &Scratch, unreplayed: &[&str]) {
    let mut command = ormsync();
    let run = Run::of(command.args(["diff", source, database.url(), "--format", "json", "--fail-on", "note"]));
    let report = run.report();
    assert!(report.findings.is_empty(), "differences:\n{}\n\n{run}", list(&report.findings));
    let all: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let told: Vec<String> = all["diagnostics"].as_array().unwrap().iter().map(ToString::to_string).collect();
    for name in unreplayed {
        assert!(
            told.iter().any(|text| text.contains(name)),
            "{name} is replayed by now: strike it off the list\n{run}"
        );
    }
    let unlisted: Vec<&String> =
        told.iter().filter(|text| !unreplayed.iter().any(|name| text.contains(name))).collect();
    assert!(unlisted.is_empty(), "not everything was replayed: {unlisted:?}");
}

fn is_what_the_tool_makes(name: &str) {
    let folder = fixtures().join("histories").join(name);
    let fixture: Fixture = toml::from_str(&fs::read_to_string(folder.join("history.toml")).unwrap()).unwrap();
    assert!(!fixture.title.is_empty());
    for dialect in fixture.dialects.iter().flat_map(|dialect| dialect.servers()) {
        let judge = if fixture.tool == Tool::Prisma { Judge::Prisma } else { Judge::Sqlalchemy };
        let Some(database) = Scratch::new(*dialect).filter(|_| !judge.waived()) else { continue };
        match fixture.tool {
            Tool::Prisma => {
                deploy(&folder.join("migrations"), &database, *dialect);
                is_the_same(&format!("prisma-migrations:{}", folder.join("migrations").display()), &database);
            }
            Tool::Alembic => {
                let project = tempfile::tempdir().unwrap();
                copy(&folder, project.path());
                sqlalchemy::alembic("2.1", "upgrade", database.url(), project.path(), "heads").unwrap();
                is_the_same(&format!("alembic:{}", project.path().display()), &database);
            }
        }
    }
}

pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

macro_rules! histories {
    ($($test:ident: $name:literal;)*) => {
        $(
            #[test]
            fn $test() {
                is_what_the_tool_makes($name);
            }
        )*

        #[test]
        fn every_history_has_a_test() {
            let named = [$($name),*];
            let lying: Vec<String> = folders(&fixtures().join("histories"))
                .iter()
                .map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned())
                .filter(|name| !named.contains(&name.as_str()))
                .collect();
            assert!(lying.is_empty(), "no test for {lying:?}");
        }
    };
}

histories! {
    prisma_on_postgresql: "prisma-postgres";
    prisma_with_partitions: "prisma-postgres-partitions";
    keys_on_mysql: "prisma-mysql-keys";
    prisma_on_sqlite: "prisma-sqlite";
    prisma_on_mysql: "prisma-mysql";
    alembic_with_branches: "alembic-branches";
}
