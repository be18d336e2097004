//! The judges themselves: each can be had, takes what it should and refuses what it should.
//! When one of these fails, no other live test means anything.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, prisma, sqlalchemy};

const SERVERS: [Dialect; 4] = [Dialect::Postgresql, Dialect::PostgresqlNewest, Dialect::Mysql, Dialect::Mariadb];

/// A file of its own for each test.
fn file(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn a_scratch_database_is_empty_and_goes_away() {
    for dialect in SERVERS {
        let Some(first) = Scratch::new(dialect) else {
            continue;
        };
        first.execute("CREATE TABLE t (id INTEGER PRIMARY KEY);\nINSERT INTO t VALUES (7);").unwrap();
        assert_eq!(first.query("SELECT id FROM t").unwrap().trim(), "7");
        let second = Scratch::new(dialect).unwrap();
        assert!(second.query("SELECT id FROM t").is_err(), "{dialect:?}: databases share tables");
        let name = first.url().rsplit('/').next().unwrap().to_owned();
        drop(first);
        let left = second
            .query(&format!(
                "SELECT count(*) FROM information_schema.schemata WHERE schema_name = '{name}' OR catalog_name = '{name}'"
            ))
            .unwrap();
        assert_eq!(left.trim(), "0", "{dialect:?}: {name} was not dropped");
    }
}

#[test]
fn a_script_stops_at_its_first_error_and_tells_it() {
    for dialect in SERVERS {
        let Some(database) = Scratch::new(dialect) else {
            continue;
        };
        let message = database
            .execute(
                "CREATE TABLE a (id INTEGER);\nCREATE TABLE nonsense (id NO_SUCH_TYPE);\nCREATE TABLE b (id INTEGER);",
            )
            .unwrap_err()
            .to_lowercase();
        assert!(message.contains("no_such_type"), "{dialect:?}: {message}");
        assert!(database.query("SELECT * FROM a").is_ok(), "{dialect:?}");
        assert!(database.query("SELECT * FROM b").is_err(), "{dialect:?}");
    }
}

#[test]
fn text_outside_ascii_survives_the_way_to_the_server() {
    for dialect in SERVERS {
        let Some(database) = Scratch::new(dialect) else {
            continue;
        };
        database.execute("CREATE TABLE t (c VARCHAR(10) DEFAULT 'naïve ✓')").unwrap();
        database.execute("INSERT INTO t VALUES (DEFAULT)").unwrap();
        assert_eq!(database.query("SELECT c FROM t").unwrap().trim(), "naïve ✓", "{dialect:?}");
    }
}

#[test]
fn the_mysql_server_is_oracles_and_the_mariadb_server_is_not() {
    for (dialect, mariadb) in [(Dialect::Mysql, false), (Dialect::Mariadb, true)] {
        let Some(database) = Scratch::new(dialect) else {
            continue;
        };
        let version = database.query("SELECT VERSION()").unwrap();
        assert_eq!(version.contains("MariaDB"), mariadb, "{dialect:?}: {version}");
    }
}

#[test]
fn prisma_takes_good_schemas_and_refuses_bad_ones() {
    if Judge::Prisma.waived() {
        return;
    }
    let (_folder, good) = file(
        "schema.prisma",
        "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n\
         model A {\n  id Int @id\n  name String? @db.VarChar(40)\n}\n",
    );
    prisma::validate(&good).unwrap();
    let script = prisma::script(&good).unwrap();
    assert!(script.contains("\"name\" VARCHAR(40)"), "{script}");
    assert_eq!(prisma::format(&good).unwrap().matches("model A").count(), 1);
    assert!(prisma::between(&good, &good).unwrap().contains("empty migration"));

    let (_folder, bad) = file(
        "schema.prisma",
        "datasource db {\n  provider = \"mysql\"\n}\nmodel A {\n  id Int @id\n  data String? @db.Json\n}\n",
    );
    let message = prisma::validate(&bad).unwrap_err();
    assert!(message.contains("Json"), "{message}");
    // The engine goes on after a refusal.
    prisma::validate(&good).unwrap();
}

#[test]
fn prisma_reads_a_folder_of_schema_files() {
    if Judge::Prisma.waived() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.prisma"), "datasource db {\n  provider = \"sqlite\"\n}\n").unwrap();
    fs::write(folder.path().join("b.prisma"), "model B {\n  id Int @id\n}\n").unwrap();
    let script = prisma::script(folder.path()).unwrap();
    assert!(script.contains("CREATE TABLE \"B\""), "{script}");
    let database = Scratch::new(Dialect::Sqlite).unwrap();
    database.execute(&script).unwrap();
}

#[test]
fn sqlalchemy_makes_the_tables_of_a_package() {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let package = root.path().join("app/models");
    fs::create_dir_all(&package).unwrap();
    fs::write(root.path().join("app/__init__.py"), "").unwrap();
    fs::write(
        package.join("__init__.py"),
        "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n",
    )
    .unwrap();
    fs::write(
        package.join("user.py"),
        "from sqlalchemy.orm import Mapped, mapped_column\n\nfrom . import Base\n\n\n\
         class User(Base):\n    __tablename__ = \"user\"\n    id: Mapped[int] = mapped_column(primary_key=True)\n",
    )
    .unwrap();
    for version in ["2.0", "2.1"] {
        let printed = sqlalchemy::statements(version, root.path(), &package, "mysql").unwrap();
        assert!(printed.contains("id INTEGER NOT NULL AUTO_INCREMENT"), "{printed}");
        for dialect in [Dialect::Postgresql, Dialect::Mysql, Dialect::Mariadb, Dialect::Sqlite] {
            let Some(database) = Scratch::new(dialect) else {
                continue;
            };
            sqlalchemy::create_all(version, root.path(), &package, database.url())
                .unwrap_or_else(|message| panic!("{dialect:?}, {version}: {message}"));
            let again = "CREATE TABLE \"user\" (id INTEGER)"
                .replace('"', if dialect == Dialect::Postgresql { "\"" } else { "`" });
            assert!(database.execute(&again).is_err(), "{dialect:?}, {version}: the table was not made");
        }
    }
}

#[test]
fn models_that_do_not_import_are_told() {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let (folder, models) = file("models.py", "import no_such_module\n");
    let message = sqlalchemy::statements("2.1", folder.path(), &models, "sqlite").unwrap_err();
    assert!(message.contains("no_such_module"), "{message}");
}
