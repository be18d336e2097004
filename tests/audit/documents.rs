//! What the documents of a project look like, and how the two commands behave. SQLite: no server is needed.

use std::fs;

use serde_json::Value;

use super::Audited;
use crate::case::Dialect;
use crate::program::Run;

fn ledger() -> Audited {
    Audited::new("ledger-sqlite", Dialect::Sqlite).expect("SQLite is nobody's to waive")
}

/// What is another in every run has one name.
fn bound(settings: impl FnOnce()) {
    let mut own = insta::Settings::clone_current();
    own.set_snapshot_path("../../snapshots/audit");
    own.set_prepend_module_to_snapshot(false);
    own.set_omit_expression(true);
    own.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME");
    own.add_filter(r"sqlite:[^`\x22 ]*scratch\.sqlite", "sqlite:scratch.sqlite");
    own.add_filter(r"SQLite 3\.[0-9.]+", "SQLite 3");
    own.bind(settings);
}

#[test]
fn markdown_of_the_ledger() {
    let (file, run) = ledger().write_and_read("audit.md");
    bound(|| insta::assert_snapshot!("ledger_markdown", file));
    assert_eq!(run.code, Some(0), "{run}");
}

impl Audited {
    fn write_and_read(&self, name: &str) -> (String, Run) {
        let (file, run) = self.write(name, &[]);
        (fs::read_to_string(file).unwrap(), run)
    }
}

#[test]
fn json_of_the_ledger() {
    let (text, _) = ledger().write_and_read("audit.json");
    bound(|| insta::assert_snapshot!("ledger_json", text));
}

#[test]
fn diagrams_of_the_ledger() {
    let audited = ledger();
    for (format, snapshot) in [("mermaid", "ledger_mermaid"), ("dot", "ledger_dot"), ("svg", "ledger_svg")] {
        let run = Run::of(audited.program().args(["erd", "--format", format]));
        assert_eq!(run.code, Some(0), "{run}");
        bound(|| insta::assert_snapshot!(snapshot, run.stdout));
    }
}

#[test]
fn a_diagram_around_one_table() {
    let audited = ledger();
    let run = Run::of(audited.program().args(["erd", "database", "--format", "dot", "--around", "nobody"]));
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("no source has such a table"), "{run}");
    let all = audited.json(&[]);
    let relation = &all["relations"][0];
    let table = relation["from"].as_str().unwrap();
    let run = Run::of(audited.program().args(["erd", "database", "--format", "dot", "--around", table]));
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stdout.contains(relation["to"].as_str().unwrap()), "{run}");
}

#[test]
fn a_file_that_is_there_stays() {
    let audited = ledger();
    let (file, _) = audited.write("audit.html", &[]);
    fs::write(&file, "mine").unwrap();
    for command in ["audit", "erd"] {
        let run = Run::of(audited.program().args([command, "--output"]).arg(&file));
        assert_eq!(run.code, Some(2), "{run}");
        assert!(run.stderr.contains("is there already") && run.stderr.contains("--force"), "{run}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    }
    let run = Run::of(audited.program().args(["audit", "--exit-zero", "--force", "--output"]).arg(&file));
    assert_eq!(run.code, Some(0), "{run}");
    assert!(fs::read_to_string(&file).unwrap().starts_with("<!doctype html>"));
}

/// Nothing of a URL's password is in any form of the report.
#[test]
fn no_password_is_written() {
    let audited = ledger();
    let url = format!("{}?password=hunter2&mode=ro", audited.database.url());
    for format in ["html", "markdown", "json"] {
        let run = Run::of(audited.program().args(["audit", "--exit-zero", "--format", format, "--database", &url]));
        assert!(!run.stdout.contains("hunter2") && !run.stderr.contains("hunter2"), "{format}\n{run}");
    }
}

#[test]
fn the_exit_code_is_the_gate_s() {
    let audited = ledger();
    let gate = Run::of(audited.program().args(["check"]));
    let run = Run::of(audited.program().args(["audit", "--format", "json"]));
    assert_eq!(run.code, gate.code, "{run}");
    let audit: Value = serde_json::from_str(&run.stdout).unwrap();
    let told = audit["findings"].as_array().unwrap().len();
    let counted: u64 = audit["drift"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|count| ["errors", "warnings", "notes"].map(|severity| count[severity].as_u64().unwrap()))
        .sum();
    assert_eq!(counted, told as u64);
}

#[test]
fn what_changed_since_an_older_audit() {
    let audited = ledger();
    let (older, _) = audited.write("older.json", &[]);
    let same = audited.json(&["--compare", older.to_str().unwrap()]);
    for list in ["new_findings", "gone_findings", "new_tables", "gone_tables", "counts"] {
        assert_eq!(same["changes"][list], Value::Array(Vec::new()), "{list}");
    }
    audited.database.execute("CREATE TABLE brand_new (id integer PRIMARY KEY)").unwrap();
    let changed = audited.json(&["--compare", older.to_str().unwrap()]);
    assert_eq!(changed["changes"]["new_tables"][0], "brand_new");
    let counts = changed["changes"]["counts"].to_string();
    assert!(counts.contains("the database: tables"), "{counts}");

    fs::write(&older, "{\"version\": 7}").unwrap();
    let run = Run::of(audited.program().args(["audit", "--compare"]).arg(&older));
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("version 7"), "{run}");
}

#[test]
fn documents_are_held_against_what_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "schema.prisma",
        "datasource db {\n  provider = \"sqlite\"\n}\nmodel a {\n  id Int @id\n}\nmodel b {\n  id Int @id\n}\n",
    );
    write(
        "models.py",
        "from sqlalchemy import Column, Integer, MetaData, Table\nmetadata = MetaData()\n\
         Table(\"a\", metadata, Column(\"id\", Integer, primary_key=True))\n\
         Table(\"b\", metadata, Column(\"id\", Integer, primary_key=True))\n",
    );
    // Promises three tables and names two, one of which is not there.
    write(
        "ormsync.toml",
        "[prisma]\nschema = \"schema.prisma\"\n[sqlalchemy]\nmodels = [\"models.py\"]\n[audit]\nexpect = { tables = 3, columns = 2 }\n\
         tables = [\"a\", \"c\"]\n",
    );
    let run = Run::of(crate::program::ormsync().current_dir(folder.path()).args(["audit", "--format", "json"]));
    let audit: Value = serde_json::from_str(&run.stdout).unwrap();
    let promises: Vec<(&str, &str, bool)> = audit["promises"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["what"].as_str().unwrap(), it["found"].as_str().unwrap(), it["holds"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        promises,
        [
            ("tables", "2", false),
            ("columns", "2", true),
            ("tables that are named", "2", false),
            ("table a", "there", true),
            ("table c", "missing", false),
            ("table b", "there", false),
        ],
        "{run}"
    );
    assert_eq!(run.code, Some(1), "a promise that does not hold is the audit's complaint\n{run}");
}
