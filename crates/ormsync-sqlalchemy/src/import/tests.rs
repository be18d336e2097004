//! Pythons that do not answer: shell scripts in their place.

#![allow(clippy::unwrap_used)]
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ormsync_dialect::POSTGRESQL;
use tempfile::TempDir;

use super::*;

/// Reads a module with a Python that runs `script` instead.
fn reading(script: &str) -> (Reading, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("python");
    fs::write(&python, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let models = folder.path().join("models.py");
    fs::write(&models, "import sqlalchemy\n\nbroken = 1\n").unwrap();
    let import =
        ImportOptions { python: Some(python), folder: folder.path().to_owned(), limit: Duration::from_millis(700) };
    let options = ReadOptions { dialect: &POSTGRESQL, server: None, default_namespace: None };
    let reading = read_by_import(&[models], &options, &import);
    (reading, folder)
}

/// The one message there is, which must be an error with help.
fn complaint(script: &str) -> String {
    let (reading, _folder) = reading(script);
    assert_eq!(reading.diagnostics.len(), 1, "{:#?}", reading.diagnostics);
    assert!(reading.has_errors());
    assert!(reading.diagnostics[0].help.is_some());
    reading.diagnostics[0].message.clone()
}

#[test]
fn a_python_that_is_not_there_is_told() {
    let options = ReadOptions { dialect: &POSTGRESQL, server: None, default_namespace: None };
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().join("models.py");
    fs::write(&models, "").unwrap();
    let import = ImportOptions { python: Some(PathBuf::from("/nowhere/python")), ..ImportOptions::default() };
    let reading = read_by_import(&[models], &options, &import);
    assert!(reading.diagnostics[0].message.contains("/nowhere/python does not start"), "{:?}", reading.diagnostics);
}

#[test]
fn garbage_and_failures_are_told() {
    let told = complaint("echo 'Welcome to the models!'");
    assert!(told.contains("ended without an answer"), "{told}");
    let told = complaint("echo 'SyntaxError: invalid syntax' >&2; exit 1");
    assert!(told.contains("failed") && told.ends_with("SyntaxError: invalid syntax"), "{told}");
    let told = complaint("echo 'no route to postgresql://me:geheim@host/db' >&2; exit 1");
    assert!(told.contains("me:***@host") && !told.contains("geheim"), "{told}");
    let told = complaint(r#"echo '{"format": 99, "python": "3.11", "tables": [], "errors": []}'"#);
    assert!(told.contains("without an answer"), "{told}");
}

#[test]
fn a_process_that_does_not_end_is_stopped() {
    let start = Instant::now();
    let told = complaint("echo waiting >&2; exec sleep 60");
    assert!(told.contains("took longer than"), "{told}");
    assert!(start.elapsed() < Duration::from_secs(10));
    // One that leaves a child behind with its pipes is not waited for either.
    let told = complaint("sleep 20 & echo done");
    assert!(told.contains("took longer than"), "{told}");
    assert!(start.elapsed() < Duration::from_secs(15));
}

#[test]
fn environments_without_sqlalchemy_are_told() {
    let missing = r#"{"format": 1, "python": "3.12", "unusable": "missing", "tables": [], "errors": []}"#;
    let told = complaint(&format!("echo '{missing}'"));
    assert!(told.contains("SQLAlchemy is not installed") && told.contains("Python 3.12"), "{told}");
    let old =
        r#"{"format": 1, "python": "3.7", "sqlalchemy": "1.3.24", "unusable": "old", "tables": [], "errors": []}"#;
    let told = complaint(&format!("echo '{old}'"));
    assert!(told.contains("SQLAlchemy 1.3.24, which is older than 1.4"), "{told}");
}

#[test]
fn an_import_error_has_its_place() {
    let script = r#"
here=$(cd "$(dirname "$0")" && pwd -P)
echo '{"format": 1, "python": "3.12", "tables": [], "errors": [{"file": "'$here'/models.py", "line": 3,
  "type": "ModuleNotFoundError", "message": "No module named broken", "missing": "broken"}]}'
"#;
    let (reading, _folder) = reading(script);
    let diagnostic = &reading.diagnostics[0];
    let ormsync_schema::Place::File { path, span } = &diagnostic.origin.place else { panic!("{diagnostic:?}") };
    assert_eq!(reading.files.get(path).unwrap().slice(*span), "broken = 1");
    assert!(diagnostic.help.as_ref().unwrap().contains("install `broken`"));
    assert_eq!(reading.schema.opaque.len(), 1);
}
