//! ormsync.toml, `.env` and variables.

use std::path::Path;

use crate::project::{CONFIG, MODELS, Project, SCHEMA, SCRIPT, in_step};

#[test]
fn the_file_is_found_from_folders_below() {
    let project = in_step();
    project.write("deep/down/x.txt", "");
    let run = project.run_in(Path::new("deep/down"), &["check", "--verbose"], &[]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("prisma: ../../schema.prisma"), "{}", run.stderr);
}

#[test]
fn every_unknown_key_is_told_with_its_place() {
    let project = in_step();
    project.write(
        "ormsync.toml",
        "dialct = \"sqlite\"\n[prisma]\nschema = \"schema.prisma\"\n[rules]\nindex-nme = \"off\"\n",
    );
    let run = project.run(&["check"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    for part in ["ormsync.toml:1:1", "did you mean `dialect`?", "ormsync.toml:5:1", "did you mean `index-name`?"] {
        assert!(run.stderr.contains(part), "{part}\n{}", run.stderr);
    }
}

#[test]
fn what_cannot_be_read_says_so() {
    let project = in_step();
    for (text, part) in [
        ("dialect = ", "ormsync.toml:1:"),
        ("dialect = \"oracle\"", "oracle"),
        ("[prisma]\nmigrations = \"x\"", "schema"),
        ("[sqlalchemy]\nmodels = []", "names no files"),
        (
            "truth = \"sqlalchemy\"\n[prisma]\nschema = \"schema.prisma\"\n[database]\nurl = \"sqlite:notes.db\"",
            "no such source",
        ),
    ] {
        project.write("ormsync.toml", text);
        let run = project.run(&["check"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{text}");
        assert!(run.stderr.contains(part) && run.stderr.contains("--> ormsync.toml:"), "{text}\n{}", run.stderr);
    }
    let missing = project.run(&["check", "--config", "nowhere.toml"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("nowhere.toml") && missing.stderr.contains("ormsync init"), "{}", missing.stderr);
}

#[test]
fn the_database_may_come_from_a_variable_or_dot_env() {
    let project = in_step();
    project.write("ormsync.toml", &CONFIG.replace("sqlite:notes.db", "env:NOTES_URL"));
    let missing = project.run(&["check"]);
    assert_eq!(missing.code, 2);
    let told = format!("{}{}", missing.stdout, missing.stderr);
    for part in ["NOTES_URL", ".env", "ormsync.toml:8:7"] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    project.write(".env", "NOTES_URL=\"file:./notes.db\"\n");
    assert_eq!(project.run(&["check"]).code, 0);
    let run = project.run_in(Path::new(""), &["check"], &[("NOTES_URL", "sqlite:elsewhere.db")]);
    assert_eq!(run.code, 2, "the process's own variable counts more");
    assert!(run.stdout.contains("elsewhere.db"), "{}", run.stdout);
}

#[test]
fn a_source_that_cannot_be_read_does_not_hide_the_others() {
    let project = in_step();
    project.write("schema.prisma", &SCHEMA.replace("text String", "text String?"));
    let run = project.run(&["check", "--database", "sqlite:missing.db"]);
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("missing.db"), "{}", run.stdout);
    assert!(run.stdout.contains("column-nullable"), "{}", run.stdout);
}

#[test]
fn places_must_agree_on_the_dialect() {
    let project = in_step();
    project.write("ormsync.toml", &format!("dialect = \"mysql\"\n{CONFIG}"));
    let run = project.run(&["check", "--format", "json"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("error[provider-mismatch]"), "{}", run.stderr);
    for part in ["`dialect` in ormsync.toml says mysql", "schema.prisma says sqlite", "notes.db says sqlite"] {
        assert!(run.stderr.contains(part), "{part}\n{}", run.stderr);
    }
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["verdict"], "unanswered");
    assert_eq!(json["diagnostics"][0]["code"], "provider-mismatch");
}

#[test]
fn passwords_are_never_shown() {
    let project = Project::new(&[("schema.prisma", &SCHEMA.replace("sqlite", "postgresql")), ("models.py", MODELS)]);
    let url = "postgresql://someone:gehe1m@127.0.0.1:1/notes";
    project.write("ormsync.toml", &CONFIG.replace("sqlite:notes.db", url));
    project.write("broken.toml", &format!("[database]\nurl = \"{url}\" x\nurll = \"{url}\"\n"));
    for arguments in [
        &["check"][..],
        &["check", "--verbose", "--format", "json"],
        &["check", "--dialect", "mysql"],
        &["inspect", url],
        &["inspect", "postgresql://someone:gehe1m@127.0.0.1:port/x"],
        &["init", "--dry-run", "--database", url],
        &["check", "--config", "broken.toml"],
    ] {
        let run = project.run(arguments);
        let told = format!("{}{}", run.stdout, run.stderr);
        assert!(!told.contains("gehe1m"), "{arguments:?}\n{told}");
        assert!(arguments[0] == "init" || run.code == 2, "{arguments:?}\n{told}");
    }
}

#[test]
fn rules_and_fail_on_decide_the_exit_code() {
    let project = in_step();
    project.write("models.py", &MODELS.replace("mapped_column(Text)", "mapped_column(Text, server_default=\"\")"));
    assert_eq!(project.run(&["check"]).code, 0, "a default is a warning");
    assert_eq!(project.run(&["check", "--fail-on", "warning"]).code, 1);
    project.write("ormsync.toml", &format!("{CONFIG}\n[rules]\ncolumn-default = \"error\"\n"));
    assert_eq!(project.run(&["check"]).code, 1);
    project.write("ormsync.toml", &format!("{CONFIG}\n[rules]\ncolumn-default = \"off\"\n"));
    assert_eq!(project.run(&["check", "--fail-on", "note"]).code, 0);
}

#[test]
fn reports_go_where_they_are_told() {
    let project = in_step();
    let run = project.run(&["check", "--format", "text", "--format", "json=out/drift.json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!run.stdout.is_empty());
    let json: serde_json::Value = serde_json::from_str(&project.read("out/drift.json")).unwrap();
    assert_eq!(json["verdict"], "in step");
    let run = project.run(&["check", "--output", "drift.txt"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(!project.read("drift.txt").is_empty());
    let quiet = project.run(&["check", "--quiet"]);
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
}

#[test]
fn the_tools_own_tables_are_left_out() {
    let project = Project::new(&[("schema.prisma", SCHEMA), ("models.py", MODELS), ("ormsync.toml", CONFIG)]);
    let own =
        "CREATE TABLE _prisma_migrations (id TEXT PRIMARY KEY);\nCREATE TABLE alembic_version (version_num TEXT);\n";
    project.sqlite("notes.db", &format!("{SCRIPT}{own}"));
    let run = project.run(&["check", "--fail-on", "note"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
}
