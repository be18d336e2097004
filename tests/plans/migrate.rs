//! `ormsync migrate`: the pair of migrations runs on real servers, whichever tool goes first, and each history tells the
//! truth of the other's.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, prisma, sqlalchemy};
use crate::plans::send;
use crate::program::{Run, ormsync};

/// What the database holds: two tables, with rows.
const FROM: &str = "
CREATE TABLE account (id INTEGER NOT NULL, name VARCHAR(40) NOT NULL, note VARCHAR(40), CONSTRAINT account_pkey PRIMARY KEY (id));
CREATE TABLE leftover (id INTEGER NOT NULL, CONSTRAINT leftover_pkey PRIMARY KEY (id));
INSERT INTO account (id, name, note) VALUES (1, 'Ada', NULL), (2, 'Grace', 'x');
INSERT INTO leftover (id) VALUES (7);
";

/// What it is to hold.
const TO: &str = "
model account {
  id      Int       @id
  name    String    @db.VarChar(40)
  note    String    @db.VarChar(40)
  email   String    @db.VarChar(80)
  booking booking[]

  @@index([name])
}

model booking {
  id         Int      @id
  account_id Int
  account    account  @relation(fields: [account_id], references: [id])
}
";

/// A project with one revision, whose database is at it.
pub(super) struct Project {
    folder: TempDir,
    pub(super) database: Scratch,
    pub(super) dialect: Dialect,
}

impl Project {
    pub(super) fn new(dialect: Dialect) -> Option<Self> {
        Self::with(dialect, TO)
    }

    /// The same, with other models as the truth.
    pub(super) fn with(dialect: Dialect, models: &str) -> Option<Self> {
        if Judge::Sqlalchemy.waived() {
            return None;
        }
        let database = Scratch::new(dialect)?;
        let project = Self { folder: tempfile::tempdir().unwrap(), database, dialect };
        project.schema(models);
        project.write("alembic.ini", "[alembic]\nscript_location = %(here)s/alembic\n");
        project.write(
            "alembic/versions/001_init.py",
            "revision = \"001_init\"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n",
        );
        project.write(
            "ormsync.toml",
            "truth = \"prisma\"\n[prisma]\nschema = \"prisma/schema.prisma\"\n[database]\nurl = \"env:DATABASE_URL\"\n",
        );
        project.database.execute(FROM).unwrap();
        project.alembic("upgrade", "head");
        Some(project)
    }

    /// A project whose database is empty and not configured, with no migration yet.
    pub(super) fn of_files(dialect: Dialect, models: &str) -> Option<Self> {
        if Judge::Sqlalchemy.waived() {
            return None;
        }
        let project = Self { folder: tempfile::tempdir().unwrap(), database: Scratch::new(dialect)?, dialect };
        project.schema(models);
        project.write("alembic.ini", "[alembic]\nscript_location = %(here)s/alembic\n");
        let settings = format!("dialect = \"{}\"\ntruth = \"prisma\"\n", dialect.name());
        project.write("ormsync.toml", &(settings + "[prisma]\nschema = \"prisma/schema.prisma\"\n"));
        fs::create_dir_all(project.path("alembic/versions")).unwrap();
        Some(project)
    }

    /// Names the database, and whatever else.
    pub(super) fn configure(&self, more: &str) {
        let dialect = if self.dialect == Dialect::Mariadb { "mariadb" } else { self.dialect.name() };
        let text = format!(
            "dialect = \"{dialect}\"\ntruth = \"prisma\"\n[prisma]\nschema = \"prisma/schema.prisma\"\n[database]\nurl = \"env:DATABASE_URL\"\n{more}"
        );
        self.write("ormsync.toml", &text);
    }

    /// Writes the truth.
    pub(super) fn schema(&self, models: &str) {
        let provider = if self.dialect == Dialect::Mariadb { "mysql" } else { self.dialect.name() };
        let models = if self.dialect == Dialect::Sqlite { strip_native_types(models) } else { models.to_owned() };
        self.write("prisma/schema.prisma", &format!("datasource db {{\n  provider = \"{provider}\"\n}}\n{models}"));
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn alembic(&self, way: &str, revision: &str) {
        self.try_alembic(way, revision).unwrap();
    }

    pub(super) fn try_alembic(&self, way: &str, revision: &str) -> Result<(), String> {
        sqlalchemy::alembic("2.1", way, self.database.url(), &self.path("alembic"), revision)
    }

    pub(super) fn ormsync(&self, arguments: &[&str]) -> Run {
        let mut command = ormsync();
        Run::of(command.current_dir(self.folder.path()).args(arguments).env("DATABASE_URL", self.database.url()))
    }

    /// Writes the pair, and gives the migration's folder.
    pub(super) fn migrate(&self, more: &[&str]) -> PathBuf {
        let backfills = ["--backfill", "account.note='none'", "--backfill", "account.email='nobody@example.org'"];
        self.migrate_to("Add bookings", &[&backfills[..], more].concat())
    }

    /// Writes pairs of that name, and gives the last migration's folder.
    pub(super) fn migrate_to(&self, name: &str, more: &[&str]) -> PathBuf {
        let run = self.ormsync(&[&["migrate", "--name", name], more].concat());
        assert_eq!(run.code, Some(0), "{run}");
        let mut folders: Vec<PathBuf> = fs::read_dir(self.folder.path().join("prisma/migrations"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        folders.pop().unwrap()
    }

    /// Runs a file as Prisma's engine does: whole, on one connection.
    pub(super) fn send(&self, file: PathBuf) {
        let text = fs::read_to_string(&file).unwrap();
        send(&self.database, self.dialect, &text).unwrap_or_else(|message| panic!("{message}\n\n{text}"));
    }

    /// Applies a migration as Prisma's engine does.
    pub(super) fn apply_with_prisma(&self, migration: &std::path::Path) {
        let name = migration.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(migration.join("migration.sql")).unwrap();
        apply_as_prisma(&self.database, self.dialect, &name, &text)
            .unwrap_or_else(|message| panic!("{message}\n\n{text}"));
    }

    /// One value, as text.
    pub(super) fn value(&self, query: &str) -> String {
        if self.dialect != Dialect::Sqlite {
            return self.database.query(query).unwrap().trim().to_owned();
        }
        use sqlx::{Connection as _, Row as _};
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut connection = sqlx::SqliteConnection::connect(self.database.url()).await.unwrap();
            let row = sqlx::query(sqlx::AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
            row.try_get::<String, _>(0).unwrap_or_else(|_| row.get::<i64, _>(0).to_string())
        })
    }

    pub(super) fn revision(&self) -> String {
        self.value("SELECT version_num FROM alembic_version")
    }

    pub(super) fn records(&self) -> String {
        self.value("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL")
    }

    pub(super) fn is_at_target(&self) {
        assert_eq!(self.value("SELECT count(*) FROM booking"), "0");
        assert_eq!(self.value("SELECT count(*) FROM account WHERE email = 'nobody@example.org'"), "2");
        assert_eq!(self.value("SELECT note FROM account WHERE id = 1"), "none");
        assert_eq!(self.value("SELECT note FROM account WHERE id = 2"), "x");
        // Nobody declares it, so nobody drops it.
        assert_eq!(self.value("SELECT id FROM leftover"), "7");
        let dry = self.ormsync(&["migrate", "--name", "again", "--dry-run"]);
        assert_eq!((dry.code, dry.stdout.as_str()), (Some(0), ""), "{dry}");
    }

    pub(super) fn is_at_start(&self) {
        assert!(self.database.execute("SELECT count(*) FROM booking;").is_err());
        assert!(self.database.execute("SELECT email FROM account;").is_err());
        assert_eq!(self.value("SELECT name FROM account WHERE id = 2"), "Grace");
    }
}

/// Applies a migration by Prisma's engine; on MySQL, for which there is none, what the engine does: the file, whole, on one
/// connection, and its record.
pub(super) fn apply_as_prisma(database: &Scratch, dialect: Dialect, name: &str, text: &str) -> Result<(), String> {
    let table = ormsync_prisma::migrations_table(crate::plans::dialect_of(dialect).name()).unwrap();
    database.execute(&format!("{table};"))?;
    let is_real = matches!(dialect, Dialect::Postgresql | Dialect::PostgresqlNewest | Dialect::Sqlite);
    if is_real && !Judge::Prisma.waived() {
        let applied = prisma::apply(database.url(), &[(name, text)])?;
        return if applied == name { Ok(()) } else { Err(format!("applied was {applied:?}")) };
    }
    send(database, dialect, text)?;
    let identifier = &name[..name.len().min(36)];
    let record = format!(
        "INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) \
         VALUES ('{identifier}', 'sum', CURRENT_TIMESTAMP, '{name}', 1);"
    );
    database.execute(&record)
}

fn strip_native_types(schema: &str) -> String {
    schema.lines().map(|line| line.split(" @db.").next().unwrap_or_default()).collect::<Vec<_>>().join("\n") + "\n"
}

/// Prisma applies, Alembic follows; Alembic goes back, and forward again; Prisma's file goes back.
fn lockstep(dialect: Dialect) {
    let Some(project) = Project::new(dialect) else { return };
    let migration = project.migrate(&[]);
    project.apply_with_prisma(&migration);
    // On SQLite no statement can do something only where a table is there.
    let moved = if dialect == Dialect::Sqlite { "001_init" } else { "002_add_bookings" };
    assert_eq!(project.revision(), moved);
    project.alembic("upgrade", "head");
    assert_eq!(project.revision(), "002_add_bookings");
    project.is_at_target();

    project.alembic("downgrade", "-1");
    assert_eq!((project.revision().as_str(), project.records().as_str()), ("001_init", "0"));
    project.is_at_start();

    project.alembic("upgrade", "head");
    assert_eq!((project.revision().as_str(), project.records().as_str()), ("002_add_bookings", "1"));
    project.is_at_target();

    project.send(migration.join("down.sql"));
    assert_eq!(project.records(), "0");
    project.is_at_start();
    if dialect == Dialect::Sqlite {
        project.database.execute("UPDATE alembic_version SET version_num = '001_init';").unwrap();
    }
    assert_eq!(project.revision(), "001_init");
    project.apply_with_prisma(&migration);
    project.is_at_target();
}

/// Alembic first, on a database that Prisma has not seen: its history says afterwards what Prisma's own would.
fn alembic_first(dialect: Dialect) {
    let Some(project) = Project::new(dialect) else { return };
    let migration = project.migrate(&[]);
    project.alembic("upgrade", "head");
    project.is_at_target();
    let name = migration.file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(project.value("SELECT migration_name FROM _prisma_migrations"), name);
    assert_eq!(project.value("SELECT length(checksum) FROM _prisma_migrations"), "64");
    project.alembic("downgrade", "-1");
    project.is_at_start();
}

/// The revision looks, and records nothing.
fn guarded(dialect: Dialect) {
    let Some(project) = Project::new(dialect) else { return };
    let migration = project.migrate(&["--history", "guarded"]);
    project.apply_with_prisma(&migration);
    assert_eq!(project.revision(), "001_init");
    project.alembic("upgrade", "head");
    assert_eq!((project.revision().as_str(), project.records().as_str()), ("002_add_bookings", "1"));
    project.is_at_target();
    project.alembic("downgrade", "-1");
    assert_eq!((project.revision().as_str(), project.records().as_str()), ("001_init", "0"));
    project.is_at_start();
}

#[test]
fn lockstep_on_postgresql() {
    lockstep(Dialect::Postgresql);
    alembic_first(Dialect::Postgresql);
    guarded(Dialect::Postgresql);
}

#[test]
fn lockstep_on_mysql() {
    lockstep(Dialect::Mysql);
    alembic_first(Dialect::Mysql);
    guarded(Dialect::Mysql);
}

#[test]
fn lockstep_on_mariadb() {
    lockstep(Dialect::Mariadb);
    alembic_first(Dialect::Mariadb);
    guarded(Dialect::Mariadb);
}

#[test]
fn lockstep_on_sqlite() {
    lockstep(Dialect::Sqlite);
    alembic_first(Dialect::Sqlite);
    guarded(Dialect::Sqlite);
}

/// What is written passes ruff, is never overwritten, and several heads are told.
#[test]
fn files_are_written_once() {
    let Some(project) = Project::new(Dialect::Sqlite) else { return };
    project.migrate(&[]);
    let versions = project.folder.path().join("alembic/versions");
    let text = fs::read_to_string(versions.join("002_add_bookings.py")).unwrap();
    assert!(text.contains("down_revision: str | Sequence[str] | None = \"001_init\""), "{text}");
    fs::remove_file(versions.join("001_init.py")).unwrap();
    sqlalchemy::ruff(&versions).unwrap();
    project.write("alembic/versions/003_other.py", "revision = \"003_other\"\ndown_revision = \"001_init\"\n");
    // The first pair is not applied.
    let more = ["migrate", "--name", "more", "--from", "database"];
    let run = project.ormsync(&more);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("several heads: 002_add_bookings (002_add_bookings.py), 003_other (003_other.py)"));
    let run = project.ormsync(&[&more[..], &["--head", "003_other", "--dry-run"]].concat());
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stdout.contains("alembic/versions/004_more.py") && run.stdout.contains("\"003_other\""));
}

/// Data goes only where somebody said so, and then with a warning in both files.
#[test]
fn losses_are_told() {
    let Some(project) = Project::new(Dialect::Postgresql) else { return };
    let arguments = ["migrate", "--name", "drop", "--drop-undeclared", "--dry-run"];
    let run = project.ormsync(&arguments);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("You are about to drop the `leftover` table"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    let run = project.ormsync(&[&arguments[..], &["--allow-data-loss"]].concat());
    assert_eq!(run.code, Some(0), "{run}");
    assert_eq!(run.stdout.matches("You are about to drop the `leftover` table").count(), 2, "{}", run.stdout);
}
