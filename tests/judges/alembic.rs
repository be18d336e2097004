//! Alembic as a process that answers requests, one JSON document a line, for each version of SQLAlchemy. It is started at
//! the first request.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::judges::Judge;
use crate::judges::conversation::Conversation;
use crate::judges::sqlalchemy::ready_python;

static ENGINES: Mutex<BTreeMap<String, Conversation>> = Mutex::new(BTreeMap::new());

/// Runs `alembic upgrade` or `downgrade` with the revisions in `versions/` of a folder.
///
/// # Errors
///
/// Python's traceback.
pub(crate) fn run(version: &str, way: &str, url: &str, folder: &Path, revision: &str) -> Result<(), String> {
    request(version, json!({ "operation": way, "url": url, "folder": folder, "revision": revision })).map(drop)
}

/// What `alembic check` finds, a difference a line, where models said exactly what another database is; with types and
/// defaults compared.
///
/// # Errors
///
/// Python's traceback.
pub(crate) fn differences(url: &str, wanted: &str) -> Result<String, String> {
    request("2.1", json!({ "operation": "differences", "url": url, "wanted": wanted }))
}

/// What stands in the `upgrade()` that `alembic revision --autogenerate` writes for a database and models: operations, one a
/// line, in one order and spelling.
///
/// # Errors
///
/// Python's traceback.
pub(crate) fn autogenerate(url: &str, models: &Path) -> Result<String, String> {
    request("2.1", json!({ "operation": "autogenerate", "url": url, "models": models }))
}

/// The operations of a body of `upgrade()`, in the same order and spelling.
///
/// # Errors
///
/// Python's traceback.
pub(crate) fn operations(body: &str) -> Result<String, String> {
    request("2.1", json!({ "operation": "operations", "body": body }))
}

fn request(version: &str, question: Value) -> Result<String, String> {
    let mut engines = ENGINES.lock().unwrap_or_else(PoisonError::into_inner);
    let mut engine = engines.remove(version).unwrap_or_else(|| start(version));
    let answer: Answer = engine.ask(&question)?;
    engines.insert(version.to_owned(), engine);
    if answer.ok { Ok(answer.output) } else { Err(answer.output) }
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    output: String,
}

fn start(version: &str) -> Conversation {
    let python = ready_python(version);
    let mut command = Command::new(&python);
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/alembic_engine.py"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    Conversation::start("Alembic", &mut command).unwrap_or_else(|error| {
        Judge::Sqlalchemy.missing(&format!("Alembic does not start ({}): {error}", python.display()))
    })
}
