//! Prisma's schema engine as a process that answers requests, one JSON document a line.
//! It is started at the first request; a panic poisons it, so it is started anew after one.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::judges::{Judge, folder};

static ENGINE: Mutex<Option<Engine>> = Mutex::new(None);

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
    // A test that failed while it held the lock has left no half-read answer: see `ask`.
    let mut slot = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut engine = match slot.take() {
        Some(engine) => engine,
        None => Engine::start(),
    };
    let answer = engine.ask(&question)?;
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

struct Engine {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Engine {
    fn start() -> Self {
        let judges = folder();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/prisma_engine.mjs");
        let mut process = Command::new(judges.join("bin/node"))
            .arg(program)
            .arg(judges.join("prisma"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| Judge::Prisma.missing(&format!("Prisma's engine does not start: {error}")));
        Self {
            questions: process.stdin.take().expect("standard input is a pipe"),
            answers: BufReader::new(process.stdout.take().expect("standard output is a pipe")),
            process,
        }
    }

    fn ask(&mut self, question: &Value) -> Result<Answer, String> {
        let mut line = String::new();
        writeln!(self.questions, "{question}")
            .and_then(|()| self.answers.read_line(&mut line))
            .map_err(|error| format!("Prisma's engine ended: {error}"))?;
        serde_json::from_str(&line).map_err(|error| format!("Prisma's engine answered {line:?}: {error}"))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
