//! How a change is asked for: concurrently, by an algorithm, guarded, in two phases.

use std::fs;
use std::path::PathBuf;

use crate::case::Dialect;
use crate::plans::migrate::Project;

impl Project {
    /// Runs `migrate` and gives the names of the migrations and the revisions that it wrote, in order.
    fn pairs(&self, arguments: &[&str]) -> (Vec<String>, Vec<String>) {
        let before = self.names();
        let run = self.ormsync(&[&["migrate", "--name", "change"], arguments].concat());
        assert_eq!(run.code, Some(0), "{run}");
        let after = self.names();
        let new = |before: &[String], after: Vec<String>| after.into_iter().filter(|it| !before.contains(it)).collect();
        (new(&before.0, after.0), new(&before.1, after.1))
    }

    fn names(&self) -> (Vec<String>, Vec<String>) {
        let names = |folder: &str| {
            let entries = fs::read_dir(self.path(folder)).into_iter().flatten().flatten();
            let mut names: Vec<String> =
                entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            names.retain(|name| name.contains("change"));
            names.sort();
            names
        };
        (names("prisma/migrations"), names("alembic/versions"))
    }

    fn migration(&self, name: &str) -> PathBuf {
        self.path("prisma/migrations").join(name)
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn is_done(&self) {
        let dry = self.ormsync(&["migrate", "--name", "again", "--dry-run"]);
        assert_eq!((dry.code, dry.stdout.as_str()), (Some(0), ""), "{dry}");
    }
}

const INDEXES: &str = "
model account {
  id   Int     @id
  name String  @unique @db.VarChar(40)
  note String? @db.VarChar(40)

  @@index([note, name])
}
";

/// Each index in a pair of its own, with one statement, which Prisma's engine sends without a transaction around it.
#[test]
fn indexes_are_made_while_others_write() {
    let Some(project) = Project::with(Dialect::Postgresql, INDEXES) else { return };
    let (migrations, revisions) = project.pairs(&["--concurrently"]);
    assert_eq!((migrations.len(), revisions.len()), (2, 2), "{migrations:?} {revisions:?}");
    assert!(migrations[0].ends_with("_change_account_name_key"), "{migrations:?}");
    let sql = project.text(&format!("prisma/migrations/{}/migration.sql", migrations[0]));
    assert!(sql.contains("CREATE UNIQUE INDEX CONCURRENTLY \"account_name_key\""), "{sql}");
    assert_eq!(sql.lines().filter(|line| line.ends_with(';')).count(), 1, "{sql}");
    let revision = project.text(&format!("alembic/versions/{}", revisions[0]));
    assert!(revision.contains("with op.get_context().autocommit_block():\n        op.create_index("), "{revision}");
    assert!(revision.contains("postgresql_concurrently=True"), "{revision}");
    crate::judges::sqlalchemy::ruff(&project.path("alembic/versions")).unwrap();

    for migration in &migrations {
        project.apply_with_prisma(&project.migration(migration));
    }
    project.is_done();
    assert_eq!(project.revision(), "001_init");
    // The revisions find what Prisma did.
    project.alembic("upgrade", "head");
    assert!(project.revision().starts_with("003_"), "{}", project.revision());
    project.alembic("downgrade", "base");
    assert_eq!(project.records(), "0");
    project.alembic("upgrade", "head");
    assert_eq!(project.records(), "2");
    project.is_done();
    for migration in migrations.iter().rev() {
        // As psql sends it: one by one.
        project.database.load(&project.migration(migration).join("down.sql")).unwrap();
    }
    assert_eq!((project.records().as_str(), project.revision().as_str()), ("0", "001_init"));
}

/// What goes with other changes: they stand in a pair before, and an index that a reference needs stays there.
#[test]
fn what_waits_for_an_index_stays_behind_it() {
    let models = "
model account {
  id      Int       @id
  name    String    @unique @db.VarChar(40)
  note    String?   @db.VarChar(40)
  booking booking[]

  @@index([note])
}

model booking {
  id   Int     @id
  name String  @db.VarChar(40)
  to   account @relation(fields: [name], references: [name])

  @@index([name])
}
";
    let Some(project) = Project::with(Dialect::Postgresql, models) else { return };
    let (migrations, _) = project.pairs(&["--concurrently"]);
    assert_eq!(migrations.len(), 2, "{migrations:?}");
    let first = project.text(&format!("prisma/migrations/{}/migration.sql", migrations[0]));
    assert!(
        first.contains("CREATE UNIQUE INDEX \"account_name_key\"") && first.contains("booking_name_idx"),
        "{first}"
    );
    assert!(migrations[1].ends_with("_change_account_note_idx"), "{migrations:?}");
    project.apply_with_prisma(&project.migration(&migrations[0]));
    project.apply_with_prisma(&project.migration(&migrations[1]));
    project.alembic("upgrade", "head");
    project.is_done();
}

fn by_algorithm(dialect: Dialect) {
    let models = "
model account {
  id    Int     @id
  name  String  @db.VarChar(40)
  note  String? @db.VarChar(60)
  added Int     @default(7)

  @@index([note])
}
";
    let Some(project) = Project::with(dialect, models) else { return };
    let (migrations, revisions) = project.pairs(&["--algorithm", "inplace", "--lock", "none"]);
    let sql = project.text(&format!("prisma/migrations/{}/migration.sql", migrations[0]));
    assert!(sql.contains(", ALGORITHM = INPLACE, LOCK = NONE;"), "{sql}");
    assert!(sql.contains("`account`(`note`) ALGORITHM = INPLACE LOCK = NONE;"), "{sql}");
    let revision = project.text(&format!("alembic/versions/{}", revisions[0]));
    assert!(revision.contains("ALGORITHM = INPLACE, LOCK = NONE"), "{revision}");
    project.apply_with_prisma(&project.migration(&migrations[0]));
    project.is_done();
    project.alembic("downgrade", "-1");
    project.alembic("upgrade", "head");
    project.is_done();
    // What can't be done so is refused by the server, and nothing is done.
    project.schema("model account {\n  id   BigInt  @id\n  name String  @db.VarChar(40)\n}");
    let (migrations, _) = project.pairs(&["--algorithm", "instant", "--allow-data-loss"]);
    let sql = project.text(&format!("prisma/migrations/{}/migration.sql", migrations[0]));
    let refused = crate::plans::send(&project.database, dialect, &sql).unwrap_err();
    assert!(refused.contains("ALGORITHM=INSTANT is not supported"), "{refused}");
}

#[test]
fn by_algorithm_on_mysql() {
    by_algorithm(Dialect::Mysql);
}

#[test]
fn by_algorithm_on_mariadb() {
    by_algorithm(Dialect::Mariadb);
}

#[test]
fn what_a_server_cannot_do_is_not_asked() {
    let Some(project) = Project::with(Dialect::Sqlite, INDEXES) else { return };
    for (option, word) in [(&["--concurrently"][..], "--concurrently"), (&["--lock", "none"], "--lock")] {
        let run = project.ormsync(&[&["migrate", "--name", "x"], option].concat());
        assert_eq!(run.code, Some(2), "{run}");
        assert!(run.stderr.contains(word) && run.stderr.contains("sqlite"), "{run}");
    }
}

const GUARDED: &str = "
model account {
  id      Int       @id
  name    String    @db.VarChar(40)
  note    String?   @db.VarChar(40)
  email   String?   @db.VarChar(80)
  phone   String?   @db.VarChar(20)
  booking booking[]

  @@index([name])
  @@index([email])
}

model booking {
  id         Int     @id
  account_id Int
  account    account @relation(fields: [account_id], references: [id])
}
";

/// Some of what is to be made is there already: a table, a column, an index, a key.
fn guarded(dialect: Dialect) {
    let Some(project) = Project::with(dialect, GUARDED) else { return };
    let (migrations, revisions) = project.pairs(&["--guard-existing"]);
    let already = "
ALTER TABLE account ADD COLUMN email VARCHAR(80);
CREATE INDEX account_name_idx ON account (name);
";
    let made_first = "
CREATE TABLE booking (id INTEGER NOT NULL, account_id INTEGER NOT NULL, CONSTRAINT booking_pkey PRIMARY KEY (id),
    CONSTRAINT booking_account_id_fkey FOREIGN KEY (account_id) REFERENCES account (id) ON UPDATE CASCADE ON DELETE RESTRICT);
";
    let revision = project.text(&format!("alembic/versions/{}", revisions[0]));
    assert!(revision.contains("if not has_column(\"account\", \"email\"):"), "{revision}");
    crate::judges::sqlalchemy::ruff(&project.path("alembic/versions")).unwrap();
    project.database.execute(&format!("{already}{made_first}")).unwrap();
    project.apply_with_prisma(&project.migration(&migrations[0]));
    project.is_done();
    project.alembic("downgrade", "-1");
    assert!(project.database.execute("SELECT count(*) FROM booking;").is_err());
    // Once more, from a database that has none of it, and back by our own file.
    project.apply_with_prisma(&project.migration(&migrations[0]));
    project.is_done();
    project.send(project.migration(&migrations[0]).join("down.sql"));
    assert!(project.database.execute("SELECT count(*) FROM booking;").is_err());
    project.send(project.migration(&migrations[0]).join("down.sql"));
    project.database.execute(&format!("{already}{made_first}")).unwrap();
    project.alembic("upgrade", "head");
    project.is_done();
    assert_eq!(project.value("SELECT count(*) FROM account"), "2");
}

#[test]
fn guarded_on_postgresql() {
    guarded(Dialect::Postgresql);
}

#[test]
fn guarded_on_mysql() {
    guarded(Dialect::Mysql);
}

#[test]
fn guarded_on_mariadb() {
    guarded(Dialect::Mariadb);
}

/// Columns that are there already would be lost with a table that is made anew.
#[test]
fn guarded_on_sqlite() {
    let Some(project) = Project::with(Dialect::Sqlite, GUARDED) else { return };
    let run = project.ormsync(&["migrate", "--name", "change", "--guard-existing"]);
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("--guard-existing: account has to be made anew"), "{run}");
}

/// `note` becomes `remark` and is required, `email` comes and is required, the other table goes.
const PHASES: &str = "
model account {
  id     Int    @id
  name   String @db.VarChar(40)
  remark String @db.VarChar(40)
  email  String @db.VarChar(80)

  @@index([remark])
}
";

/// Old programs go on between the two pairs, and what they write is there in the end.
fn phases(dialect: Dialect) {
    let Some(project) = Project::with(dialect, PHASES) else { return };
    let arguments = [
        "--expand-contract",
        "--drop-undeclared",
        "--rename",
        "account.note:remark",
        "--backfill",
        "account.remark=coalesce(note, 'none')",
        "--backfill",
        "account.email='nobody@example.org'",
    ];
    let refused = project.ormsync(&[&["migrate", "--name", "change"], &arguments[..]].concat());
    assert_eq!(refused.code, Some(2), "{refused}");
    assert!(refused.stderr.contains("drop the `leftover` table") && !refused.stderr.contains("`note`"), "{refused}");
    let (migrations, revisions) = project.pairs(&[&arguments[..], &["--allow-data-loss"]].concat());
    assert_eq!((migrations.len(), revisions.len()), (2, 2), "{migrations:?}");
    assert!(migrations[0].ends_with("_change_expand") && migrations[1].ends_with("_change_contract"), "{migrations:?}");
    crate::judges::sqlalchemy::ruff(&project.path("alembic/versions")).unwrap();
    let between = || {
        // The old shape, and the new one.
        project.database.execute("INSERT INTO account (id, name, note) VALUES (3, 'Old', 'old note');").unwrap();
        project
            .database
            .execute("INSERT INTO account (id, name, remark, email) VALUES (4, 'New', 'new', 'new@x');")
            .unwrap();
    };
    let is_contracted = || {
        let remark = |id: i32| project.value(&format!("SELECT remark FROM account WHERE id = {id}"));
        assert_eq!([1, 2, 3, 4].map(remark), ["none", "x", "old note", "new"]);
        assert_eq!(project.value("SELECT count(*) FROM account WHERE email = 'nobody@example.org'"), "3");
        assert!(project.database.execute("SELECT note FROM account;").is_err());
        project.is_done();
    };
    project.apply_with_prisma(&project.migration(&migrations[0]));
    assert_eq!(project.value("SELECT id FROM leftover"), "7");
    between();
    project.apply_with_prisma(&project.migration(&migrations[1]));
    is_contracted();
    project.alembic("upgrade", "head");
    project.alembic("downgrade", "001_init");
    let note = |id: i32| project.value(&format!("SELECT note FROM account WHERE id = {id}"));
    assert_eq!([2, 3, 4].map(note), ["x", "old note", "new"]);
    project.database.execute("DELETE FROM account WHERE id > 2;").unwrap();
    project.database.execute("UPDATE account SET note = NULL WHERE id = 1;").unwrap();
    let first = revisions[0].trim_end_matches(".py");
    project.alembic("upgrade", first);
    between();
    project.alembic("upgrade", "head");
    is_contracted();
    project.send(project.migration(&migrations[1]).join("down.sql"));
    assert_eq!([2, 3, 4].map(note), ["x", "old note", "new"]);
}

#[test]
fn phases_on_postgresql() {
    phases(Dialect::Postgresql);
}

#[test]
fn phases_on_mysql() {
    phases(Dialect::Mysql);
}

#[test]
fn phases_on_mariadb() {
    phases(Dialect::Mariadb);
}

#[test]
fn phases_on_sqlite() {
    phases(Dialect::Sqlite);
}
