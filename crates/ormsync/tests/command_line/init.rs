//! `ormsync init`.

use crate::project::{MODELS, Project, SCHEMA, SCRIPT};

fn project() -> Project {
    let only_prisma = "\nmodel Cart {\n  id Int @id\n}\n";
    let only_models = "\n\nclass Job(Base):\n    __tablename__ = \"celery_job\"\n    id: Mapped[int] = mapped_column(primary_key=True)\n";
    let project = Project::new(&[
        ("prisma/schema.prisma", &format!("{SCHEMA}{only_prisma}")),
        ("prisma/migrations/migration_lock.toml", "provider = \"sqlite\"\n"),
        ("backend/alembic.ini", "[alembic]\nscript_location = alembic\n"),
        ("backend/models.py", &format!("{MODELS}{only_models}")),
        (".env", "DATABASE_URL=file:./notes.db\n"),
    ]);
    project.sqlite("notes.db", &format!("{SCRIPT}CREATE TABLE legacy (id INTEGER NOT NULL PRIMARY KEY);\n"));
    project
}

#[test]
fn what_is_found_is_written_with_proposals() {
    let project = project();
    let run = project.run(&["init"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let text = project.read("ormsync.toml");
    for line in [
        "dialect = \"sqlite\"",
        "schema = \"prisma/schema.prisma\"",
        "migrations = \"prisma/migrations\"",
        "models = [\"backend/models.py\"]",
        "alembic = \"backend/alembic.ini\"",
        "url = \"env:DATABASE_URL\"",
        "# prisma = [\"Cart\"]    # only Prisma has them",
        "# sqlalchemy = [\"celery_job\"]    # only SQLAlchemy has them",
        "# external = [\"legacy\"]    # only the database has them",
    ] {
        assert!(text.lines().any(|written| written == line), "{line}\n{text}");
    }
    for part in [
        "tables: { external: [\"alembic_version\", \"celery_job\"] }",
        "PRISMA_TABLES = {\"_prisma_migrations\", \"Cart\"}",
    ] {
        assert!(run.stdout.contains(part), "{part}\n{}", run.stdout);
    }
    let check = project.run(&["check", "--format", "json"]);
    assert_eq!(check.code, 1, "the file that was written is understood: {}", check.stderr);
}

#[test]
fn a_file_that_is_there_is_never_overwritten() {
    let project = project();
    project.write("ormsync.toml", "# mine\n");
    let run = project.run(&["init"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("--force"), "{}", run.stderr);
    assert_eq!(project.read("ormsync.toml"), "# mine\n");
    assert_eq!(project.run(&["init", "--force"]).code, 0);
    assert!(project.read("ormsync.toml").contains("[prisma]"));
}

#[test]
fn a_dry_run_writes_nothing() {
    let project = project();
    let run = project.run(&["init", "--dry-run"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("[sqlalchemy]"), "{}", run.stdout);
    assert!(!project.path("ormsync.toml").exists());
}

#[test]
fn with_nothing_there_nothing_is_written() {
    let project = Project::new(&[]);
    assert_eq!(project.run(&["init"]).code, 2);
    assert!(!project.path("ormsync.toml").exists());
}
