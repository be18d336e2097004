//! Where `ormsync migrate` starts: without a database from what the migrations that are there lead to, and never from a
//! database that has not seen them all.

use std::path::PathBuf;

use crate::case::Dialect;
use crate::plans::migrate::Project;

const FIRST: &str = "
model account {
  id   Int    @id
  name String @db.VarChar(40)
}
";

const SECOND: &str = "
model account {
  id      Int       @id
  name    String    @db.VarChar(40)
  email   String?   @db.VarChar(80)
  booking booking[]

  @@unique([email])
}

model booking {
  id         Int     @id
  account_id Int
  account    account @relation(fields: [account_id], references: [id])
}
";

impl Project {
    fn newest(&self) -> PathBuf {
        let folders = std::fs::read_dir(self.path("prisma/migrations")).unwrap().flatten().map(|entry| entry.path());
        folders.filter(|path| path.is_dir()).max().unwrap()
    }

    fn writes(&self, arguments: &[&str]) {
        let run = self.ormsync(arguments);
        assert!(run.code == Some(0) && run.stdout.contains("wrote"), "{run}");
    }

    fn has_nothing_to_write(&self, from: &str) {
        let run = self.ormsync(&["migrate", "--name", "again", "--from", from, "--dry-run"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run}");
    }
}

/// Two pairs written one behind the other without a database; then each tool runs one of them.
fn without_a_database(dialect: Dialect) {
    let Some(project) = Project::of_files(dialect, FIRST) else { return };
    project.writes(&["migrate", "--name", "init"]);
    let first = project.newest();
    project.schema(SECOND);
    project.writes(&["migrate", "--name", "more"]);
    let second = project.newest();
    project.has_nothing_to_write("history");
    let revisions = project.path("alembic/versions");
    project.has_nothing_to_write(&format!("alembic:{}", revisions.display()));
    project.has_nothing_to_write(&format!("prisma-migrations:{}", project.path("prisma/migrations").display()));

    project.alembic("upgrade", "001_init");
    project.apply_with_prisma(&second);
    project.alembic("upgrade", "head");
    project.has_nothing_to_write(project.database.url());
    project.alembic("downgrade", "base");
    project.apply_with_prisma(&first);
    project.alembic("upgrade", "head");
    project.has_nothing_to_write(project.database.url());
}

/// A database that waits for a migration would have its change written twice.
fn behind_what_waits(dialect: Dialect) {
    let Some(project) = Project::of_files(dialect, FIRST) else { return };
    let settings = std::fs::read_to_string(project.path("ormsync.toml")).unwrap();
    project.write("ormsync.toml", &(settings + "[database]\nurl = \"env:DATABASE_URL\"\n"));
    project.writes(&["migrate", "--name", "init"]);
    let refused = project.ormsync(&["migrate", "--name", "more"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{refused}");
    assert!(refused.stderr.contains("the database has not seen all migrations: "), "{refused}");
    assert!(refused.stderr.contains("_init"), "{refused}");
    project.schema(SECOND);
    project.writes(&["migrate", "--name", "more", "--from", "history"]);
    project.alembic("upgrade", "head");
    project.has_nothing_to_write("database");
    project.has_nothing_to_write("history");
    let run = project.ormsync(&["migrate", "--name", "again"]);
    assert!(run.code == Some(0) && run.stdout.is_empty(), "{run}");
}

#[test]
fn on_postgresql() {
    without_a_database(Dialect::Postgresql);
    behind_what_waits(Dialect::Postgresql);
}

#[test]
fn on_mysql() {
    without_a_database(Dialect::Mysql);
    behind_what_waits(Dialect::Mysql);
}

#[test]
fn on_mariadb() {
    without_a_database(Dialect::Mariadb);
    behind_what_waits(Dialect::Mariadb);
}

#[test]
fn on_sqlite() {
    without_a_database(Dialect::Sqlite);
    behind_what_waits(Dialect::Sqlite);
}
