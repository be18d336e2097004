//! The audit: its numbers, its documents and its page.

use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::Value;

use crate::case::{Case, Dialect};
use crate::judges::scratch::Scratch;
use crate::program::{Run, ormsync};

/// The documents of a project that needs no server.
mod documents;
/// What is said of histories.
mod histories;
/// Every number is what a query of the server says.
#[cfg(feature = "live")]
mod numbers;
/// The page in a browser.
#[cfg(feature = "live")]
mod pages;

/// A project with its database, of which audits are made.
pub(crate) struct Audited {
    /// The database.
    pub(crate) database: Scratch,
    case: Case,
    /// Where the audits are written.
    folder: tempfile::TempDir,
}

impl Audited {
    /// Loads the database of a project; none when its server is waived.
    pub(crate) fn new(project: &str, dialect: Dialect) -> Option<Self> {
        let case = Case::read(&format!("projects/{project}")).unwrap();
        let database = Scratch::new(dialect)?;
        database.load(&case.database().unwrap()).unwrap_or_else(|message| panic!("{message}"));
        Some(Self { database, case, folder: tempfile::tempdir().unwrap() })
    }

    /// The program, in the project's folder.
    pub(crate) fn program(&self) -> Command {
        let mut command = ormsync();
        command.current_dir(&self.case.folder).env("DATABASE_URL", self.database.url());
        command
    }

    /// Writes an audit in the form that the file's name ends with.
    pub(crate) fn write(&self, name: &str, options: &[&str]) -> (PathBuf, Run) {
        let file = self.folder.path().join(name);
        let run = Run::of(self.program().args(["audit", "--exit-zero", "--output"]).arg(&file).args(options));
        assert!(file.is_file(), "{run}");
        (file, run)
    }

    /// The audit as data.
    pub(crate) fn json(&self, options: &[&str]) -> Value {
        let (file, _) = self.write("audit.json", options);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        read(&text)
    }
}

/// An audit, which is as its JSON Schema says.
fn read(text: &str) -> Value {
    let audit: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let schema: Value = serde_json::from_str(include_str!("../../schemas/audit.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&audit).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new());
    audit
}
