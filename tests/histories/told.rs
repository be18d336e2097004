//! `ormsync status` without a database, and what each way of tampering with histories looks like.

use std::fs;

use tempfile::TempDir;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::program::{Run, ormsync};

/// A project with a history on each side, in step.
pub(super) struct Project {
    folder: TempDir,
    database: Scratch,
}

const FIRST: &str = "20260101000000_init";
const SECOND: &str = "20260102000000_more";
const INIT: &str =
    "-- CreateTable\nCREATE TABLE \"a\" (\n    \"id\" INTEGER NOT NULL PRIMARY KEY,\n    \"b\" TEXT\n);\n";
const MORE: &str = "-- CreateIndex\nCREATE INDEX \"a_b_idx\" ON \"a\"(\"b\");\n";

impl Project {
    fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap(), database: Scratch::new(Dialect::Sqlite).unwrap() };
        project.write("prisma/migrations/migration_lock.toml", &ormsync_prisma::lock_file("sqlite"));
        project.migration(FIRST, INIT);
        project.migration(SECOND, MORE);
        project.write("alembic.ini", "[alembic]\nscript_location = %(here)s/alembic\n");
        let table = "    op.create_table(\n        \"a\",\n        sa.Column(\"id\", sa.Integer(), nullable=False),\n        \
                     sa.Column(\"b\", sa.Text()),\n        sa.PrimaryKeyConstraint(\"id\"),\n    )\n";
        project.revision("001_init", "None", FIRST, table);
        project.revision("002_more", "\"001_init\"", SECOND, "    op.create_index(\"a_b_idx\", \"a\", [\"b\"])\n");
        project
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn migration(&self, name: &str, text: &str) {
        self.write(&format!("prisma/migrations/{name}/migration.sql"), text);
    }

    fn revision(&self, id: &str, down: &str, pair: &str, body: &str) {
        let mark = if pair.is_empty() { String::new() } else { format!("PRISMA_MIGRATION = \"{pair}\"\n") };
        let text = format!(
            "\"\"\"{id}\"\"\"\n\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision = \"{id}\"\n\
             down_revision = {down}\n{mark}\n\ndef upgrade():\n{body}\n\ndef downgrade():\n    pass\n"
        );
        self.write(&format!("alembic/versions/{id}.py"), &text);
    }

    fn remove(&self, name: &str) {
        let path = self.folder.path().join(name);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }

    fn status(&self, more: &[&str]) -> Run {
        let mut arguments = vec!["status", "--migrations", "prisma/migrations"];
        arguments.extend(more);
        Run::of(ormsync().current_dir(self.folder.path()).args(arguments))
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(ormsync().current_dir(self.folder.path()).args(arguments))
    }

    /// Records that both tools have applied what is named.
    fn applied(&self, migrations: &[(&str, &str)], revision: &str) {
        let table = ormsync_prisma::migrations_table("sqlite").unwrap();
        let mut script = format!("{table};\nCREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);\n");
        for (at, (name, text)) in migrations.iter().enumerate() {
            let sum = ormsync_prisma::checksum(text);
            script.push_str(&format!(
                "INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count) \
                 VALUES ('{at}', '{sum}', 1, '{name}', {at}, 1);\n"
            ));
        }
        script.push_str(&format!("INSERT INTO alembic_version VALUES ('{revision}');\n"));
        self.database.execute(&script).unwrap();
    }

    /// The codes of what is wrong, with a database.
    fn told(&self) -> Vec<String> {
        let run = self.status(&["--database", self.database.url(), "--format", "json"]);
        codes(&run)
    }

    fn told_offline(&self) -> Vec<String> {
        codes(&self.status(&["--no-database", "--dialect", "sqlite", "--format", "json"]))
    }
}

fn codes(run: &Run) -> Vec<String> {
    let document: serde_json::Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{run}"));
    let findings = document["findings"].as_array().unwrap();
    let codes: Vec<String> = findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect();
    let is_wrong = findings.iter().any(|finding| finding["severity"] == "error");
    assert_eq!(run.code, Some(i32::from(is_wrong)), "{run}");
    codes
}

#[test]
fn in_step() {
    let project = Project::new();
    project.applied(&[(FIRST, INIT), (SECOND, MORE)], "002_more");
    let run = project.status(&["--database", project.database.url()]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stdout.contains("+ 20260101000000_init   + 001_init\n"), "{run}");
    assert!(run.stdout.contains("Alembic: 2 migrations, 2 applied; the last is 002_more\n\nIn step.\n"), "{run}");
    let run = project.status(&["--no-database", "--dialect", "sqlite"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stdout.contains("  20260102000000_more     002_more\n"), "{run}");
}

#[test]
fn pending_on_both_sides() {
    let project = Project::new();
    project.applied(&[(FIRST, INIT)], "001_init");
    let run = project.status(&["--database", project.database.url()]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stdout.contains("  20260102000000_more (pending)     002_more (pending)\n"), "{run}");
    assert!(run.stdout.ends_with("Not in step.\nNext: npx prisma migrate deploy\n"), "{run}");
    assert_eq!(project.told(), ["migration-pending", "migration-pending"]);
}

#[test]
fn one_side_is_ahead() {
    let project = Project::new();
    project.migration("20260103000000_third", "ALTER TABLE \"a\" ADD COLUMN \"c\" TEXT;\n");
    let run = project.status(&["--no-database", "--dialect", "sqlite"]);
    assert!(
        run.stdout.contains("Prisma is 1 ahead of Alembic, which has no mirror of it: 20260103000000_third"),
        "{run}"
    );
    assert!(run.stdout.ends_with("Next: ormsync mirror\n"), "{run}");
    assert_eq!(project.told_offline(), ["migration-unmirrored"]);
}

/// Without marks, what does the same is a pair, whatever it is called.
#[test]
fn pairs_by_effect() {
    let project = Project::new();
    project.remove("alembic/versions/002_more.py");
    project.revision("0f2a", "\"001_init\"", "", "    op.create_index(\"a_b_idx\", \"a\", [\"b\"])\n");
    assert_eq!(project.told_offline(), [""; 0]);
}

#[test]
fn only_one_has_applied_it() {
    let project = Project::new();
    project.applied(&[(FIRST, INIT), (SECOND, MORE)], "001_init");
    assert_eq!(project.told(), ["migration-pending", "mirror-half-applied"]);
}

#[test]
fn edited_after_it_was_applied() {
    let project = Project::new();
    project.applied(&[(FIRST, "CREATE TABLE other (id INTEGER);"), (SECOND, MORE)], "002_more");
    assert_eq!(project.told(), ["migration-edited"]);
    // Other ends of lines are no edit.
    let project = Project::new();
    project.applied(&[(FIRST, &INIT.replace('\n', "\r\n")), (SECOND, MORE)], "002_more");
    assert_eq!(project.told(), [""; 0]);
}

#[test]
fn removed_after_it_was_applied() {
    let project = Project::new();
    project.applied(&[(FIRST, INIT), (SECOND, MORE)], "002_more");
    project.remove("prisma/migrations/20260102000000_more");
    assert_eq!(project.told(), ["migration-lost", "migration-unmirrored"]);
    let project = Project::new();
    project.applied(&[(FIRST, INIT), (SECOND, MORE)], "003_gone");
    assert_eq!(project.told()[0], "migration-lost");
}

#[test]
fn failed_and_rolled_back() {
    let project = Project::new();
    project.applied(&[(FIRST, INIT), (SECOND, MORE)], "002_more");
    project.database.execute("UPDATE _prisma_migrations SET finished_at = NULL WHERE id = '1';").unwrap();
    assert_eq!(project.told(), ["migration-failed", "mirror-half-applied"]);
    project.database.execute("UPDATE _prisma_migrations SET rolled_back_at = 1 WHERE id = '1';").unwrap();
    assert_eq!(project.told(), ["migration-rolled-back", "migration-pending", "mirror-half-applied"]);
}

#[test]
fn broken_files() {
    let project = Project::new();
    project.remove("prisma/migrations/20260102000000_more/migration.sql");
    assert!(project.told_offline().contains(&"migration-file".to_owned()));
    let project = Project::new();
    project.revision("003_other", "\"001_init\"", "", "    pass\n");
    assert_eq!(project.told_offline(), ["history-heads"]);
    let project = Project::new();
    project.revision("001_init", "\"002_more\"", FIRST, "    pass\n");
    assert!(project.told_offline().contains(&"revision-circle".to_owned()));
    let project = Project::new();
    project.remove("alembic/versions/001_init.py");
    assert!(project.told_offline().contains(&"history-gap".to_owned()));
    let project = Project::new();
    project.write("alembic/versions/002_more.py", "revision = (\n");
    assert!(project.told_offline().contains(&"revision-syntax".to_owned()));
    let project = Project::new();
    project.write("prisma/migrations/migration_lock.toml", &ormsync_prisma::lock_file("mysql"));
    assert!(project.told_offline().contains(&"migration-lock".to_owned()));
}

/// A statement that nobody understands is told with its place; only a server can say that it is wrong.
#[test]
fn broken_sql() {
    let project = Project::new();
    project.migration(SECOND, "CREATE INDX \"a_b_idx\" ON \"a\"(\"b\");\n");
    let told = project.told_offline();
    assert!(told.contains(&"migration-unreplayed".to_owned()), "{told:?}");
}

/// `-- Creates tables: …` is held against what is created.
#[test]
fn a_header_that_promises_too_much() {
    let project = Project::new();
    project.migration(FIRST, &format!("-- Creates tables: a, b_of_a\n{INIT}"));
    let told = project.told_offline();
    assert!(told.contains(&"migration-promise".to_owned()), "{told:?}");
}

/// The same of a revision's docstring, whose `Create Date` is told, too.
#[test]
fn a_docstring_that_promises_too_much() {
    let project = Project::new();
    let path = "alembic/versions/002_more.py";
    let text = fs::read_to_string(project.folder.path().join(path)).unwrap();
    let docstring =
        "More\n\nRevision ID: 002_more\nCreate Date: 2026-01-02 03:04:05.678901\n\nNew tables:\n- a\n- b_of_a (of a)\n";
    project.write(path, &text.replacen("\"\"\"002_more\"\"\"", &format!("\"\"\"{docstring}\"\"\""), 1));
    let run = project.status(&["--no-database", "--dialect", "sqlite", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let finding = &document["findings"][0];
    assert_eq!(finding["code"], "migration-promise", "{run}");
    assert!(
        finding["message"].as_str().unwrap().contains("the docstring of 002_more says that it creates b_of_a"),
        "{run}"
    );
    assert_eq!(document["rows"][1]["steps"][1]["written_at"], "2026-01-02 03:04:05.678901", "{run}");
}

/// Both sides, forwards and back on scratch databases, with rows.
#[test]
fn verified() {
    let project = Project::new();
    project.write("prisma/migrations/20260101000000_init/down.sql", "DROP TABLE \"a\";\n");
    project.write("prisma/migrations/20260102000000_more/down.sql", "DROP INDEX \"a_b_idx\";\n");
    for (id, down) in
        [("001_init", "op.drop_table(\"a\")"), ("002_more", "op.drop_index(\"a_b_idx\", table_name=\"a\")")]
    {
        let path = format!("alembic/versions/{id}.py");
        let text = fs::read_to_string(project.folder.path().join(&path)).unwrap();
        project.write(&path, &format!("{text}\n\ndef downgrade():\n    {down}\n"));
    }
    let run = project.run(&[
        "verify",
        "--migrations",
        "prisma/migrations",
        "--dialect",
        "sqlite",
        "--rows",
        "300",
        "--format",
        "json",
    ]);
    assert_eq!(run.code, Some(0), "{run}");
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    for side in document["sides"].as_array().unwrap() {
        assert_eq!((&side["rows"], &side["left"]), (&300.into(), &serde_json::json!([])), "{run}");
        assert_eq!(side["migrations"].as_array().unwrap().len(), 2);
    }
    // What a server refuses is told, and where.
    project.migration(SECOND, "ALTER TABLE \"nowhere\" ADD COLUMN \"c\" TEXT;\n");
    let run = project.run(&["verify", "--migrations", "prisma/migrations", "--dialect", "sqlite"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("verify-failed") && run.stderr.contains("20260102000000_more"), "{run}");
}

/// A SQLite file that the schema names and that no migration has made yet: nothing is applied.
#[test]
fn a_database_that_is_to_come() {
    let project = Project::new();
    project
        .write("prisma/schema.prisma", "datasource db {\n  provider = \"sqlite\"\n  url      = \"file:./dev.db\"\n}\n");
    let run = project.run(&["status"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stderr.contains("note[database-to-come]: there is no SQLite file prisma/dev.db yet"), "{run}");
    project.remove("alembic");
    project.remove("alembic.ini");
    let run = project.run(&["mirror"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stdout.contains("wrote alembic/versions/002_more.py\n"), "{run}");
    let run = project.run(&["mirror", "--baseline"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run}");
    assert!(run.stderr.contains("nothing is to be marked"), "{run}");
    assert!(!project.folder.path().join("prisma/dev.db").exists());
    // One that the command line names has to be there.
    let run = project.run(&["status", "--database", "sqlite:nowhere.db"]);
    assert_eq!(run.code, Some(2), "{run}");
}

/// A project whose ormsync.toml names no Prisma: what `mirror` writes is found afterwards, and the gate leaves it alone.
#[test]
fn a_side_that_the_configuration_does_not_name() {
    let project = Project::new();
    project.remove("prisma");
    project.write("models.py", "from sqlalchemy import MetaData\nmetadata = MetaData()\n");
    let file = "dialect = \"sqlite\"\n[sqlalchemy]\nmodels = [\"models.py\"]\nalembic = \"alembic.ini\"\n[database]\nurl = \"sqlite:shop.db\"\n";
    project.write("ormsync.toml", file);
    let run = project.run(&["mirror"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stderr.contains("write into ormsync.toml: [prisma] schema = \"prisma/schema.prisma\""), "{run}");
    let run = project.run(&["status"]);
    assert!(run.stdout.contains("Prisma: 2 migrations") && run.stdout.contains("Alembic: 2 migrations"), "{run}");
    let run = project.run(&["check"]);
    assert!(!run.stdout.contains("migration-") && !run.stderr.contains("migration-"), "{run}");
    // The other way round.
    project.write("ormsync.toml", "dialect = \"sqlite\"\n[prisma]\nschema = \"prisma/schema.prisma\"\n");
    project.remove("alembic");
    project.remove("alembic.ini");
    let run = project.run(&["mirror", "--no-database"]);
    assert!(
        run.stderr.contains("write into ormsync.toml: [sqlalchemy] alembic = \"alembic.ini\" (beside `models`)"),
        "{run}"
    );
    let run = project.run(&["status", "--no-database"]);
    assert!(run.stdout.contains("Prisma: 2 migrations") && run.stdout.contains("Alembic: 2 migrations"), "{run}");
    // Of several nothing is picked, and that is said.
    project.write("ormsync.toml", file);
    project.write("other/schema.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n");
    let run = project.run(&["status"]);
    assert!(
        run.stderr.contains("Prisma's migrations are left out: there are several, of prisma/schema.prisma"),
        "{run}"
    );
}

/// `status --scratch-url` runs both sides on a server.
#[test]
fn replayed_on_a_server() {
    let project = Project::new();
    let file = project.folder.path().join("scratch.db");
    let url = format!("sqlite:{}", file.display());
    let run = project.status(&["--no-database", "--dialect", "sqlite", "--scratch-url", &url]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stderr.contains("Alembic: the server makes of it what the replay without a server does"), "{run}");
    assert!(!file.exists(), "the scratch database is left");
}

/// Rows that refer to rows, once.
#[test]
fn seeded() {
    let project = Project::new();
    let tables = "CREATE TABLE a (id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('x', 'y')), code VARCHAR(3) UNIQUE);
        CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL UNIQUE REFERENCES a (id), self INTEGER REFERENCES b (id));";
    project.database.execute(tables).unwrap();
    let run = project.run(&["seed", "--database", project.database.url(), "--rows", "1200"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stdout.contains("b: 1200 rows\n"), "{run}");
    let run = project.run(&["seed", "--database", project.database.url()]);
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("is no scratch database"), "{run}");
}

/// A pair of which one was changed.
#[test]
fn a_pair_that_parted() {
    let project = Project::new();
    project.revision("002_more", "\"001_init\"", SECOND, "    op.create_index(\"a_b_idx\", \"a\", [\"id\"])\n");
    assert_eq!(project.told_offline(), ["mirror-differs"]);
}
