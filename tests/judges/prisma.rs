//! Prisma's schema engine as a process that answers requests, one JSON document a line.
//! It is started at the first request; a panic poisons it, so it is started anew after one.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::case::Dialect;
use crate::judges::conversation::Conversation;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, folder};

static ENGINE: Mutex<Option<Conversation>> = Mutex::new(None);

/// Whether Prisma takes the schema; if not, what it says.
pub(crate) fn validate(schema: &Path) -> Result<(), String> {
    request(json!({ "operation": "validate", "files": files(schema) })).map(drop)
}

/// The schema as Prisma formats it.
pub(crate) fn format(schema: &Path) -> Result<String, String> {
    request(json!({ "operation": "format", "files": files(schema) }))
}

/// The SQL that makes the schema from nothing. PostgreSQL and SQLite only: the engine that the
/// npm packages carry has no MySQL.
pub(crate) fn script(schema: &Path) -> Result<String, String> {
    request(json!({ "operation": "script", "files": files(schema) }))
}

/// The SQL that leads from one schema to another.
pub(crate) fn between(from: &Path, to: &Path) -> Result<String, String> {
    request(json!({ "operation": "between", "files": files(from), "to": files(to) }))
}

/// Applies migrations (name and text of `migration.sql`) that the history of a database has not, as `migrate deploy` does;
/// gives the names of those that were. PostgreSQL and SQLite only.
///
/// # Errors
///
/// What the server or the engine said.
pub(crate) fn apply(url: &str, migrations: &[(&str, &str)]) -> Result<String, String> {
    request(json!({ "operation": "apply", "url": url, "migrations": migrations }))
}

/// The SQL that would make a database what a schema says (`migrate diff --from-config-datasource --to-schema`), but for
/// tables that are somebody else's. PostgreSQL and SQLite only.
///
/// # Errors
///
/// What the server or the engine said.
pub(crate) fn drift(url: &str, schema: &str, external: &[&str]) -> Result<String, String> {
    request(json!({ "operation": "drift", "url": url, "files": [["schema.prisma", schema]], "external": external }))
}

/// The SQL that would make a database what a script makes from nothing (`migrate diff --from-config-datasource
/// --to-migrations`), but for tables that are somebody else's: the engine runs the script on a shadow database. On PostgreSQL
/// with the namespaces that it is to look at. PostgreSQL and SQLite only.
///
/// # Errors
///
/// What the server or the engine said.
pub(crate) fn apart(url: &str, script: &str, namespaces: &[&str], external: &[&str]) -> Result<String, String> {
    request(json!({
        "operation": "apart", "url": url, "script": script, "namespaces": namespaces, "external": external
    }))
}

/// Name and text of a schema's file, or of all files in its folder.
fn files(schema: &Path) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    collect(schema, &mut paths);
    paths.sort();
    paths
}

fn collect(path: &Path, found: &mut Vec<(String, String)>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            let inner = entry.unwrap().path();
            if inner.is_dir() || inner.extension().is_some_and(|it| it == "prisma") {
                collect(&inner, found);
            }
        }
    } else {
        found.push((path.display().to_string(), fs::read_to_string(path).unwrap()));
    }
}

/// Asks the engine; starts it if it isn't running.
fn request(question: Value) -> Result<String, String> {
    // A test that failed while it held the lock has left no half-read answer: see `Conversation`.
    let mut slot = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut engine = match slot.take() {
        Some(engine) => engine,
        None => start(),
    };
    let answer: Answer = engine.ask(&question)?;
    if !answer.panic {
        *slot = Some(engine);
    }
    if answer.ok { Ok(answer.output) } else { Err(answer.output) }
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    output: String,
    #[serde(default)]
    panic: bool,
}

fn start() -> Conversation {
    let judges = folder();
    let mut command = Command::new(judges.join("bin/node"));
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/prisma_engine.mjs"))
        .arg(judges.join("prisma"));
    Conversation::start("Prisma's engine", &mut command)
        .unwrap_or_else(|error| Judge::Prisma.missing(&format!("Prisma's engine does not start: {error}")))
}

/// Runs Prisma's own command line in a folder with a `prisma.config.mjs`, with the engine of its package; gives its exit code
/// and all that it says.
pub(crate) fn command_line(project: &Path, url: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let judges = folder();
    let output = Command::new(judges.join("bin/node"))
        .arg(judges.join("prisma/node_modules/prisma/build/index.js"))
        .args(arguments)
        .current_dir(project)
        .envs(variables())
        .env("DATABASE_URL", url.replacen("sqlite:", "file:", 1))
        .envs([("CHECKPOINT_DISABLE", "1"), ("PRISMA_HIDE_UPDATE_MESSAGE", "1"), ("NO_COLOR", "1"), ("CI", "1")])
        .output()
        .unwrap_or_else(|error| Judge::Prisma.missing(&format!("Prisma's command line does not start: {error}")));
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// What Prisma's command line needs of its environment: a Node.js, and the engine of its package in place of one that it would
/// fetch.
pub(crate) fn variables() -> Vec<(&'static str, String)> {
    let judges = folder();
    let search = std::env::var("PATH").unwrap_or_default();
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/prisma_schema_engine.mjs");
    vec![
        ("PATH", format!("{}:{search}", judges.join("bin").display())),
        ("ORMSYNC_JUDGES", judges.display().to_string()),
        ("PRISMA_SCHEMA_ENGINE_BINARY", engine.display().to_string()),
    ]
}

#[test]
fn tells_a_database_apart_from_a_script() {
    let table = r#"CREATE TABLE "item" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT);"#;
    let index = r#"CREATE INDEX "item_name_idx" ON "item"("name") WHERE id > 10;"#;
    for (dialect, namespaces, external, dropped) in [
        (Dialect::Sqlite, [].as_slice(), "theirs", r#""item_name_idx""#),
        (Dialect::Postgresql, &["public"], "public.theirs", r#""public"."item_name_idx""#),
        (Dialect::PostgresqlNewest, &["public"], "public.theirs", r#""public"."item_name_idx""#),
    ] {
        let Some(database) = Scratch::new(dialect) else { continue };
        database.execute(&format!("{table} {index} CREATE TABLE theirs (id INTEGER);")).unwrap();
        let apart = |script: &str| apart(database.url(), script, namespaces, &[external]).unwrap();
        assert_eq!(apart(&format!("{table}\n{index}")).trim(), "-- This is an empty migration.", "{dialect:?}");
        assert_eq!(apart(table).trim(), format!("-- DropIndex\nDROP INDEX {dropped};"), "{dialect:?}");
    }
}
