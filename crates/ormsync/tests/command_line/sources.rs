//! `ormsync diff` and `ormsync inspect`.

use crate::project::{CONFIG, MODELS, Project, SCHEMA, in_step};

#[test]
fn a_snapshot_stands_for_what_it_was_made_of() {
    let project = in_step();
    for source in ["prisma", "sqlalchemy", "database", "schema.prisma", "models.py", "notes.db", "sqlite:notes.db"] {
        let run = project.run(&["inspect", source, "--output", "snapshot.json"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{source}: {}", run.stderr);
        let diff = project.run(&["diff", source, "snapshot.json", "--fail-on", "note"]);
        assert_eq!(diff.code, 0, "{source}: {}{}", diff.stdout, diff.stderr);
    }
    let config = CONFIG.replace("schema.prisma", "snapshot:snapshot.json");
    project.write("ormsync.toml", &config);
    assert_eq!(project.run(&["check"]).code, 0);
}

#[test]
fn any_two_sources_are_compared() {
    let project = in_step();
    project.write("newer.prisma", &SCHEMA.replace("text String", "text String?"));
    let run = project.run(&["diff", "schema.prisma", "newer.prisma", "--format", "json"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["findings"][0]["rule"], "column-nullable");
    assert_eq!(json["findings"][0]["verdict"], "conflict");
    let run = project.run(&["diff", "schema.prisma", "newer.prisma", "--format", "json", "--truth", "from"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["findings"][0]["verdict"], "to drifted");
    assert_eq!(project.run(&["diff", "schema.prisma", "models.py"]).code, 0);
}

#[test]
fn models_alone_need_a_dialect() {
    let project = Project::new(&[("models.py", MODELS)]);
    let run = project.run(&["inspect", "models.py"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("--dialect"), "{}", run.stderr);
    let run = project.run(&["inspect", "models.py", "--dialect", "postgres"]);
    assert_eq!(run.code, 2, "the names are postgresql, mysql, mariadb and sqlite");
    let run = project.run(&["inspect", "models.py", "--dialect", "postgresql"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["dialect"], "postgresql");
}

#[test]
fn what_could_not_be_read_gives_2_and_the_rest() {
    let project = Project::new(&[("schema.prisma", &format!("{SCHEMA}\nmodel Broken {{\n  id Int @id\n  %%\n}}\n"))]);
    let run = project.run(&["inspect", "schema.prisma"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("schema.prisma:12:"), "{}", run.stderr);
    assert!(run.stdout.contains("\"Note\""), "{}", run.stdout);
}

#[test]
fn sources_that_are_no_sources_say_so() {
    let project = Project::new(&[
        ("a.sql", "CREATE TABL a (id INT);"),
        ("both/a.py", ""),
        ("both/a.prisma", ""),
        ("a.json", "{}"),
    ]);
    for (source, part) in [
        ("nowhere.prisma", "no such file"),
        ("a.sql", "--dialect"),
        ("sql:nowhere.sql", "no such file"),
        ("prisma-migrations:nowhere", "no such file or folder"),
        ("alembic:versions", "no such file or folder"),
        ("both", "prisma:both or sqlalchemy:both"),
        ("mongodb://h/d", "mongodb"),
        ("env:ORMSYNC_NOT_SET", "ORMSYNC_NOT_SET"),
        ("database", "no source called database"),
    ] {
        let run = project.run(&["inspect", source]);
        assert_eq!(run.code, 2, "{source}");
        assert!(run.stderr.contains(part), "{source}: {part}\n{}", run.stderr);
    }
    let run = project.run(&["inspect", "a.sql", "--dialect", "sqlite"]);
    assert!(run.code == 2 && run.stderr.contains("a.sql:1:1"), "{}", run.stderr);
    let run = project.run(&["inspect", "a.json", "--dialect", "sqlite"]);
    assert!(run.code == 2 && run.stderr.contains("no snapshot"), "{}", run.stderr);
}
