//! Runs without ormsync.toml.

use std::path::Path;

use crate::project::{MODELS, Project, SCHEMA, SCRIPT};

#[test]
fn both_sides_and_the_database_are_found() {
    let project = Project::new(&[
        ("prisma/schema.prisma", SCHEMA),
        ("app/pyproject.toml", ""),
        ("app/models.py", MODELS),
        (".env", "DATABASE_URL=file:./notes.db\n"),
    ]);
    project.sqlite("notes.db", SCRIPT);
    let run = project.run(&["check"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    for part in ["prisma/schema.prisma", "app/models.py", "notes.db"] {
        assert!(run.stderr.contains(part), "{part}\n{}", run.stderr);
    }
}

#[test]
fn the_datasource_names_the_database_as_prisma_understands_it() {
    let schema = SCHEMA.replace("  provider = \"sqlite\"\n", "  provider = \"sqlite\"\n  url = env(\"NOTES_URL\")\n");
    let project = Project::new(&[
        ("prisma/schema.prisma", schema.as_str()),
        ("prisma/.env", "NOTES_URL=\"file:./notes.db\"\n"),
        ("models.py", MODELS),
    ]);
    project.sqlite("prisma/notes.db", SCRIPT);
    let run = project.run(&["check"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("prisma/notes.db"), "{}", run.stderr);
}

#[test]
fn that_no_database_was_found_is_said() {
    let project = Project::new(&[("schema.prisma", SCHEMA), ("models.py", MODELS)]);
    let run = project.run(&["check"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("no database is compared"), "{}", run.stderr);
}

#[test]
fn several_candidates_are_a_question_not_a_guess() {
    let project =
        Project::new(&[("web/schema.prisma", SCHEMA), ("packages/db/schema.prisma", SCHEMA), ("models.py", MODELS)]);
    let run = project.run(&["check"]);
    assert_eq!(run.code, 2);
    for part in ["2 Prisma schemas", "web/schema.prisma", "packages/db/schema.prisma", "--prisma"] {
        assert!(run.stderr.contains(part), "{part}\n{}", run.stderr);
    }
    let chosen = project.run(&["check", "--prisma", "web/schema.prisma"]);
    assert_eq!(chosen.code, 0, "{}{}", chosen.stdout, chosen.stderr);
}

#[test]
fn two_databases_are_a_question_too() {
    let project = Project::new(&[
        ("schema.prisma", SCHEMA),
        ("models.py", MODELS),
        ("alembic.ini", "[alembic]\nsqlalchemy.url = sqlite:///%(here)s/other.db\n"),
    ]);
    let run = project.run_in(Path::new(""), &["check"], &[("DATABASE_URL", "file:./notes.db")]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("other.db") && run.stderr.contains("notes.db"), "{}", run.stderr);
    assert_eq!(project.run(&["check", "--no-database"]).code, 0);
}

#[test]
fn nothing_or_one_side_is_not_in_step() {
    let empty = Project::new(&[]).run(&["check"]);
    assert_eq!(empty.code, 2);
    assert!(empty.stderr.contains("nothing to compare") && empty.stderr.contains("ormsync init"), "{}", empty.stderr);
    let one = Project::new(&[("schema.prisma", SCHEMA)]).run(&["check"]);
    assert_eq!(one.code, 2);
    assert!(one.stderr.contains("only source"), "{}", one.stderr);
}
