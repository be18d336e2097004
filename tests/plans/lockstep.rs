//! Lockstep with Prisma's own command line on PostgreSQL and SQLite: whichever tool goes first, each says the truth of the
//! other's history, also after a migration that failed.

use std::fs;

use crate::case::Dialect;
use crate::judges::{Judge, prisma};
use crate::plans::migrate::{Project, apply_as_prisma};

/// What Prisma is told of the tables that are not its own.
const CONFIGURATION: &str = r#"export default {
  schema: "prisma/schema.prisma",
  datasource: { url: process.env.DATABASE_URL },
  experimental: { externalTables: true },
  tables: { external: EXTERNAL },
};
"#;

const FIRST: &str = "20260101000000_init";

/// The project with a first migration that Prisma has been told is applied: its database was there before.
fn baselined(dialect: Dialect) -> Option<Project> {
    if Judge::Prisma.waived() {
        return None;
    }
    let project = Project::new(dialect)?;
    let external = if dialect == Dialect::Sqlite {
        r#"["alembic_version", "leftover"]"#
    } else {
        r#"["public.alembic_version", "public.leftover"]"#
    };
    project.write("prisma.config.mjs", &CONFIGURATION.replace("EXTERNAL", external));
    project.write(
        &format!("prisma/migrations/{FIRST}/migration.sql"),
        "-- CreateTable\nCREATE TABLE account (id INTEGER NOT NULL, name VARCHAR(40) NOT NULL, note VARCHAR(40), \
         CONSTRAINT account_pkey PRIMARY KEY (id));\n",
    );
    project.write("prisma/migrations/migration_lock.toml", &ormsync_prisma::lock_file(dialect.name()));
    if dialect == Dialect::Sqlite {
        // Through an adapter the engine does not make it for this command.
        let table = ormsync_prisma::migrations_table("sqlite").unwrap();
        project.database.execute(&format!("{table};")).unwrap();
    }
    project.prisma(&["migrate", "resolve", "--applied", FIRST], 0, "marked as applied");
    Some(project)
}

impl Project {
    /// Runs Prisma's command line, which has to end so and say that.
    fn prisma(&self, arguments: &[&str], code: i32, says: &str) {
        let (ended, said) = prisma::command_line(&self.path(""), self.database.url(), arguments);
        assert!(ended == Some(code) && said.contains(says), "{arguments:?} ended with {ended:?}:\n{said}");
    }

    fn deploy(&self) {
        self.prisma(&["migrate", "deploy"], 0, "All migrations have been successfully applied.");
    }

    fn prisma_is_up_to_date(&self) {
        self.prisma(&["migrate", "status"], 0, "Database schema is up to date!");
        self.prisma(&["migrate", "deploy"], 0, "No pending migrations to apply.");
    }

    fn prisma_sees_no_drift(&self) {
        let schema = ["--to-schema", "prisma/schema.prisma", "--exit-code"];
        let of_database = [&["migrate", "diff", "--from-config-datasource"][..], &schema[..]].concat();
        self.prisma(&of_database, 0, "No difference detected.");
        // The shadow database, which has nothing of Alembic's.
        let of_migrations = [&["migrate", "diff", "--from-migrations", "prisma/migrations"][..], &schema[..]].concat();
        self.prisma(&of_migrations, 0, "No difference detected.");
    }

    fn prisma_is_behind(&self, migration: &str) {
        self.prisma(&["migrate", "status"], 1, migration);
    }
}

fn prisma_first(dialect: Dialect) {
    let Some(project) = baselined(dialect) else { return };
    project.migrate(&[]);
    project.deploy();
    // On SQLite no statement can do something only where a table is there: the revision finds Prisma's record.
    let moved = if dialect == Dialect::Sqlite { "001_init" } else { "002_add_bookings" };
    assert_eq!(project.revision(), moved);
    project.alembic("upgrade", "head");
    assert_eq!(project.revision(), "002_add_bookings");
    project.is_at_target();
    project.prisma_is_up_to_date();
    project.prisma_sees_no_drift();
}

fn there_and_back(dialect: Dialect) {
    let Some(project) = baselined(dialect) else { return };
    let migration = project.migrate(&[]);
    let name = migration.file_name().unwrap().to_string_lossy().into_owned();
    // Back by Alembic, forward again by Prisma.
    project.alembic("upgrade", "head");
    project.alembic("downgrade", "-1");
    project.is_at_start();
    project.prisma_is_behind(&name);
    project.deploy();
    project.alembic("upgrade", "head");
    project.is_at_target();

    // Back by Prisma's own hands, forward again by Alembic.
    project.prisma(&["db", "execute", "--file", &format!("prisma/migrations/{name}/down.sql")], 0, "");
    project.is_at_start();
    project.prisma_is_behind(&name);
    if dialect == Dialect::Sqlite {
        project.database.execute("UPDATE alembic_version SET version_num = '001_init';").unwrap();
    }
    assert_eq!(project.revision(), "001_init");
    project.alembic("upgrade", "head");
    project.is_at_target();
    project.prisma_is_up_to_date();
}

fn alembic_first(dialect: Dialect) {
    let Some(project) = baselined(dialect) else { return };
    let migration = project.migrate(&[]);
    let name = migration.file_name().unwrap().to_string_lossy().into_owned();
    project.alembic("upgrade", "head");
    project.is_at_target();
    project.prisma_is_up_to_date();
    project.prisma_sees_no_drift();
    project.alembic("downgrade", "-1");
    project.is_at_start();
    project.prisma_is_behind(&name);
}

/// What Prisma is to be told that demands a name of each account.
const ONE_NAME_EACH: &str = "model account {\n  id    Int     @id\n  name  String  @db.VarChar(40)\n  note  String? @db.VarChar(40)\n  \
     email String? @db.VarChar(80)\n\n  @@unique([name])\n}\n";

/// The same where each statement is final, with what stands in for Prisma's engine.
fn fails_half_way_without_transactions(dialect: Dialect) {
    let Some(project) = Project::with(dialect, ONE_NAME_EACH) else { return };
    let table = ormsync_prisma::migrations_table("mysql").unwrap();
    project.database.execute(&format!("{table};")).unwrap();
    let migration = project.migrate_plain("one name each");
    let (name, text) = (
        migration.file_name().unwrap().to_string_lossy().into_owned(),
        fs::read_to_string(migration.join("migration.sql")).unwrap(),
    );
    project.database.execute("INSERT INTO account (id, name) VALUES (3, 'Ada');").unwrap();
    assert!(project.try_alembic("upgrade", "head").is_err());
    assert_eq!((project.revision().as_str(), project.records().as_str()), ("001_init", "0"));
    project.database.execute("ALTER TABLE account DROP COLUMN email;").unwrap();
    assert!(apply_as_prisma(&project.database, dialect, &name, &text).is_err());
    assert_eq!((project.revision().as_str(), project.records().as_str()), ("001_init", "0"));
    project.database.execute("ALTER TABLE account DROP COLUMN email;").unwrap();

    project.database.execute("DELETE FROM account WHERE id = 3;").unwrap();
    project.alembic("upgrade", "head");
    assert_eq!((project.revision().starts_with("002_"), project.records().as_str()), (true, "1"));
    project.alembic("downgrade", "-1");
    assert_eq!((project.revision().as_str(), project.records().as_str()), ("001_init", "0"));
    project.apply_with_prisma(&migration);
    assert_eq!((project.revision().starts_with("002_"), project.records().as_str()), (true, "1"));
    project.alembic("upgrade", "head");
    assert_eq!(project.records(), "1");
}

#[test]
fn fails_half_way_on_mysql() {
    fails_half_way_without_transactions(Dialect::Mysql);
}

#[test]
fn fails_half_way_on_mariadb() {
    fails_half_way_without_transactions(Dialect::Mariadb);
}

/// A migration that fails at its end: nobody says that it has been made, and once the rows are mended it can be.
fn fails_half_way(dialect: Dialect) {
    let Some(project) = baselined(dialect) else { return };
    project.schema(ONE_NAME_EACH);
    let migration = project.migrate_plain("one name each");
    let name = migration.file_name().unwrap().to_string_lossy().into_owned();
    project.database.execute("INSERT INTO account (id, name) VALUES (3, 'Ada');").unwrap();

    assert!(project.try_alembic("upgrade", "head").is_err());
    assert_eq!((project.revision().as_str(), project.records().as_str()), ("001_init", "1"));
    project.prisma_is_behind(&name);
    project.clear_what_is_left();

    project.prisma(&["migrate", "deploy"], 1, "name");
    assert_eq!((project.revision().as_str(), project.records().as_str()), ("001_init", "1"));
    project.prisma(&["migrate", "status"], 1, "have failed");
    project.clear_what_is_left();

    project.database.execute("DELETE FROM account WHERE id = 3;").unwrap();
    project.prisma(&["migrate", "resolve", "--rolled-back", &name], 0, "marked as rolled back");
    // Prisma's record of the failure does not keep Alembic from it.
    project.alembic("upgrade", "head");
    assert_eq!(project.records(), "2");
    project.prisma_is_up_to_date();
    project.alembic("downgrade", "-1");
    project.deploy();
    project.alembic("upgrade", "head");
    assert!(project.revision().starts_with("002_"));
    project.prisma_is_up_to_date();
}

impl Project {
    /// PostgreSQL takes back all of a migration that fails; on SQLite its driver has committed some, which is to be cleared
    /// by hand.
    fn clear_what_is_left(&self) {
        let has_email = self.database.execute("SELECT email FROM account;").is_ok();
        assert!(self.dialect == Dialect::Sqlite || !has_email);
        if has_email {
            self.database.execute("ALTER TABLE account DROP COLUMN email;").unwrap();
        }
        self.database.execute("DROP TABLE IF EXISTS new_account;").unwrap();
    }

    fn migrate_plain(&self, name: &str) -> std::path::PathBuf {
        let run = self.ormsync(&["migrate", "--name", name]);
        assert_eq!(run.code, Some(0), "{run}");
        let folders = fs::read_dir(self.path("prisma/migrations")).unwrap().flatten().map(|entry| entry.path());
        folders.filter(|path| path.is_dir()).max().unwrap()
    }
}

#[test]
fn prisma_first_on_postgresql() {
    prisma_first(Dialect::Postgresql);
}

#[test]
fn prisma_first_on_sqlite() {
    prisma_first(Dialect::Sqlite);
}

#[test]
fn there_and_back_on_postgresql() {
    there_and_back(Dialect::Postgresql);
}

#[test]
fn there_and_back_on_sqlite() {
    there_and_back(Dialect::Sqlite);
}

#[test]
fn alembic_first_on_postgresql() {
    alembic_first(Dialect::Postgresql);
}

#[test]
fn alembic_first_on_sqlite() {
    alembic_first(Dialect::Sqlite);
}

#[test]
fn fails_half_way_on_postgresql() {
    fails_half_way(Dialect::Postgresql);
}

#[test]
fn fails_half_way_on_sqlite() {
    fails_half_way(Dialect::Sqlite);
}
