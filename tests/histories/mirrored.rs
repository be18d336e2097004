//! `ormsync mirror`: what one side lacks is written, and the real tools run it.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::replayed::{copy, deploy};
use crate::case::{Dialect, fixtures};
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, prisma, sqlalchemy};
use crate::program::{Run, ormsync};

/// A project with one history, and an empty database.
struct Project {
    folder: TempDir,
    database: Scratch,
    dialect: Dialect,
}

impl Project {
    fn new(dialect: Dialect) -> Option<Self> {
        let database = Scratch::new(dialect).filter(|_| !Judge::Sqlalchemy.waived() && !Judge::Prisma.waived())?;
        Some(Self { folder: tempfile::tempdir().unwrap(), database, dialect })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn ormsync(&self, arguments: &[&str], code: i32) -> Run {
        let run = Run::of(ormsync().current_dir(self.path()).args(arguments).env("DATABASE_URL", self.database.url()));
        assert_eq!(run.code, Some(code), "{run}");
        run
    }

    fn status(&self, code: i32) -> Run {
        let migrations = "prisma/migrations";
        self.ormsync(&["status", "--migrations", migrations, "--database", self.database.url()], code)
    }

    /// Alembic's own command line, with the env.py that is there.
    fn alembic(&self, arguments: &[&str]) {
        let url = self.database.url();
        let url = if self.dialect == Dialect::Sqlite { url.replacen("sqlite:", "file:", 1) } else { url.to_owned() };
        let output = Command::new(sqlalchemy::python("2.1"))
            .args(["-m", "alembic"])
            .args(arguments)
            .current_dir(self.path())
            .env("DATABASE_URL", url)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said));
    }

    /// Marks the mirrors of what a database has run, after having looked at what would; then both sides are in step.
    fn baseline(&self, database: &Scratch, table: &str) {
        let arguments = ["mirror", "--migrations", "prisma/migrations", "--baseline", "--database", database.url()];
        let run = self.ormsync(&arguments, 0);
        assert!(run.stdout.contains(table) && run.stderr.contains("--write runs it"), "{run}");
        let status = ["status", "--migrations", "prisma/migrations", "--database", database.url()];
        self.ormsync(&status, 1);
        let run = self.ormsync(&[&arguments[..], &["--write"]].concat(), 0);
        assert!(run.stdout.contains("marked") || run.stdout.contains("brought Alembic to"), "{run}");
        let run = self.ormsync(&status, 0);
        assert!(run.stdout.ends_with("In step.\n"), "{run}");
        let run = self.ormsync(&arguments, 0);
        assert!(run.stdout.is_empty() && run.stderr.contains("nothing is to be marked"), "{run}");
    }

    /// What a source says beside the database, as a list of differences.
    fn differences(&self, source: &str, database: &Scratch) -> String {
        let arguments = ["diff", source, database.url(), "--fail-on", "note", "--format", "json"];
        let run = Run::of(ormsync().current_dir(self.path()).args(arguments));
        let report = run.report();
        crate::program::list(report.findings)
    }
}

/// Keeps the records that `migrate deploy` would: the engine at hand has no MySQL.
fn record(migrations: &Path, database: &Scratch) {
    let mut script = format!("{};\n", ormsync_prisma::migrations_table("mysql").unwrap());
    for (at, migration) in ormsync_prisma::read_migrations(migrations).migrations.iter().enumerate() {
        let (sum, name) = (ormsync_prisma::checksum(&migration.text), &migration.name);
        script.push_str(&format!(
            "INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) \
             VALUES ('{at}', '{sum}', NOW(3), '{name}', 1);\n"
        ));
    }
    database.execute(&script).unwrap();
}

/// Prisma's migrations alone; then Alembic's mirrors make the same database, and take it away again.
fn from_prisma(fixture: &str, dialect: Dialect) {
    let Some(project) = Project::new(dialect) else { return };
    let migrations = project.path().join("prisma/migrations");
    copy(&fixtures().join("histories").join(fixture).join("migrations"), &migrations);
    let run = project.ormsync(&["mirror", "--migrations", "prisma/migrations", "--no-database"], 0);
    assert!(run.stdout.contains("wrote alembic.ini\n"), "{run}");
    sqlalchemy::ruff(&project.path().join("alembic")).unwrap();

    project.alembic(&["upgrade", "head"]);
    assert_eq!(project.differences("prisma-migrations:prisma/migrations", &project.database), "    nothing");
    // The one that Prisma made: ours is the same to us, whichever way it is read.
    let other = Scratch::new(dialect).unwrap();
    deploy(&migrations, &other, dialect);
    let run = Run::of(ormsync().args(["diff", other.url(), project.database.url(), "--fail-on", "note"]));
    assert_eq!(run.code, Some(0), "{run}");
    let run = project.status(0);
    assert!(run.stdout.ends_with("In step.\n"), "{run}");

    project.alembic(&["downgrade", "base"]);
    let left = Run::of(ormsync().args(["inspect", project.database.url(), "--format", "sql"]));
    let left: Vec<&str> = left
        .stdout
        .lines()
        .filter(|line| line.starts_with("CREATE TABLE") || line.starts_with("CREATE TYPE"))
        .collect();
    assert_eq!(left, [""; 0], "something is left");
    project.alembic(&["upgrade", "head"]);
    assert_eq!(project.differences("prisma-migrations:prisma/migrations", &project.database), "    nothing");

    // A database that Prisma has made is told so, and then Alembic has nothing to do.
    if matches!(dialect, Dialect::Mysql | Dialect::Mariadb) {
        record(&migrations, &other);
    }
    project.baseline(&other, "alembic_version");
    // Nothing is missing any more.
    let run = project.ormsync(&["mirror", "--migrations", "prisma/migrations", "--no-database"], 0);
    assert!(run.stdout.is_empty(), "{run}");
}

/// Alembic's revisions alone; then Prisma's mirrors make the same database.
fn from_alembic(fixture: &str, dialect: Dialect) {
    let Some(project) = Project::new(dialect) else { return };
    copy(&fixtures().join("histories").join(fixture).join("versions"), &project.path().join("alembic/versions"));
    fs::write(project.path().join("alembic.ini"), "[alembic]\nscript_location = %(here)s/alembic\n").unwrap();
    let named = if dialect == Dialect::Mariadb { "mysql" } else { dialect.name() };
    let run = project.ormsync(&["mirror", "--no-database", "--dialect", named], 0);
    for file in ["prisma/migrations/migration_lock.toml", "prisma/schema.prisma", "prisma.config.ts"] {
        assert!(run.stdout.contains(&format!("wrote {file}\n")), "{run}");
    }
    let migrations = project.path().join("prisma/migrations");
    deploy(&migrations, &project.database, dialect);
    let other = Scratch::new(dialect).unwrap();
    sqlalchemy::alembic("2.1", "upgrade", other.url(), &project.path().join("alembic"), "heads").unwrap();
    let run = Run::of(ormsync().args(["diff", other.url(), project.database.url(), "--fail-on", "note"]));
    assert_eq!(run.code, Some(0), "{run}");
    schema_is_of(&project, &other);
    let run = project.ormsync(&["status", "--no-database", "--dialect", named], 0);
    assert!(run.stdout.ends_with("In step.\n"), "{run}");
    // The database that Alembic has made is told so, and then Prisma has nothing to do.
    project.baseline(&other, "_prisma_migrations");
}

/// The schema.prisma that was written is what Prisma's engine finds in the database that Alembic made. To us it has fewer
/// words: no lengths on SQLite, and no unique constraints beside unique indexes.
fn schema_is_of(project: &Project, database: &Scratch) {
    let run = Run::of(ormsync().current_dir(project.path()).args([
        "diff",
        "prisma:prisma/schema.prisma",
        database.url(),
        "--fail-on",
        "warning",
    ]));
    assert_eq!(run.code, Some(0), "{run}");
    if matches!(project.dialect, Dialect::Postgresql | Dialect::Sqlite) {
        let schema = fs::read_to_string(project.path().join("prisma/schema.prisma")).unwrap();
        let external = if project.dialect == Dialect::Sqlite { "alembic_version" } else { "public.alembic_version" };
        let drift = prisma::drift(database.url(), &schema, &[external]).unwrap();
        assert_eq!(drift.trim(), "-- This is an empty migration.");
    }
}

#[test]
fn from_prisma_on_postgresql() {
    from_prisma("prisma-postgres", Dialect::Postgresql);
}

#[test]
fn from_prisma_on_sqlite() {
    from_prisma("prisma-sqlite", Dialect::Sqlite);
}

#[test]
fn from_prisma_on_mysql() {
    from_prisma("prisma-mysql", Dialect::Mysql);
}

#[test]
fn from_prisma_on_mariadb() {
    from_prisma("prisma-mysql", Dialect::Mariadb);
}

#[test]
fn from_alembic_on_postgresql() {
    from_alembic("alembic-branches", Dialect::Postgresql);
}

#[test]
fn from_alembic_on_mysql() {
    from_alembic("alembic-branches", Dialect::Mysql);
}

#[test]
fn from_alembic_on_mariadb() {
    from_alembic("alembic-branches", Dialect::Mariadb);
}

#[test]
fn from_alembic_on_sqlite() {
    from_alembic("alembic-branches", Dialect::Sqlite);
}
