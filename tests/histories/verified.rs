//! `ormsync verify`: what it compares with, and which locks it tells of.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::case::Dialect;
#[cfg(feature = "live")]
use crate::judges::scratch::Scratch;
use crate::program::{Run, ormsync};

/// A project with a history on each side, a schema and models.
struct Project {
    folder: TempDir,
    dialect: Dialect,
}

const SCHEMA: &str = "datasource db {\n  provider = \"PROVIDER\"\n}\n\nmodel shop {\n  id   Int     @id\n  name String? @db.VarChar(40)\n}\n";
const MODELS: &str = "\
from sqlalchemy import Column, Integer, MetaData, String, Table

metadata = MetaData()
shop = Table(\"shop\", metadata, Column(\"id\", Integer, primary_key=True, autoincrement=False), Column(\"name\", String(40)))
";
const MIGRATION: &str = "CREATE TABLE shop (id INTEGER NOT NULL, name VARCHAR(40), PRIMARY KEY (id));\n";
const REVISION: &str = "\
import sqlalchemy as sa
from alembic import op

revision = \"001\"
down_revision = None


def upgrade():
    op.create_table(
        \"shop\",
        sa.Column(\"id\", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column(\"name\", sa.String(40)),
        sa.PrimaryKeyConstraint(\"id\"),
    )


def downgrade():
    op.drop_table(\"shop\")
";

impl Project {
    fn new(dialect: Dialect) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap(), dialect };
        let provider = if dialect == Dialect::Mariadb { "mysql" } else { dialect.name() };
        // SQLite has no lengths, and Prisma no words for them there.
        let is_sqlite = dialect == Dialect::Sqlite;
        let schema = SCHEMA.replace("PROVIDER", provider);
        project.write("prisma/schema.prisma", &if is_sqlite { schema.replace(" @db.VarChar(40)", "") } else { schema });
        let migration = if is_sqlite { MIGRATION.replace("VARCHAR(40)", "TEXT") } else { MIGRATION.to_owned() };
        project.write("prisma/migrations/20260101000000_init/migration.sql", &migration);
        project.write("prisma/migrations/20260101000000_init/down.sql", "DROP TABLE shop;\n");
        project.write("prisma/migrations/migration_lock.toml", &ormsync_prisma::lock_file(provider));
        project.write("models.py", MODELS);
        project.write("alembic.ini", "[alembic]\nscript_location = %(here)s/alembic\n");
        project.write("alembic/versions/001.py", REVISION);
        project.configure("");
        project
    }

    fn configure(&self, more: &str) {
        let dialect = self.dialect.name();
        let text = format!(
            "dialect = \"{dialect}\"\n[prisma]\nschema = \"prisma/schema.prisma\"\n[sqlalchemy]\nmodels = [\"models.py\"]\n\
             alembic = \"alembic.ini\"\n{more}"
        );
        self.write("ormsync.toml", &text);
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn verify(&self, more: &[&str], code: i32) -> (Run, Vec<Value>) {
        let mut command = ormsync();
        let run = Run::of(command.current_dir(self.folder.path()).args(["verify", "--format", "json"]).args(more));
        assert_eq!(run.code, Some(code), "{run}");
        let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{run}"));
        let sides = document["sides"].as_array().unwrap().clone();
        (run, sides)
    }
}

fn rules(side: &Value) -> Vec<&str> {
    side["target"]["findings"].as_array().unwrap().iter().map(|it| it["rule"].as_str().unwrap()).collect()
}

#[test]
fn what_is_declared_is_the_target() {
    let project = Project::new(Dialect::Sqlite);
    let (run, sides) = project.verify(&[], 0);
    for (side, place) in sides.iter().zip(["prisma/schema.prisma", "models.py"]) {
        assert_eq!((&side["target"]["place"], &side["target"]["reached"]), (&json!(place), &json!(true)), "{run}");
    }
    // A change of the schema, and of the models, that no migration makes.
    let schema = fs::read_to_string(project.folder.path().join("prisma/schema.prisma")).unwrap();
    project.write("prisma/schema.prisma", &schema.replace("  name ", "  city String?\n  name "));
    project
        .write("models.py", &format!("{MODELS}Table(\"more\", metadata, Column(\"id\", Integer, primary_key=True))\n"));
    let (run, sides) = project.verify(&[], 1);
    assert_eq!((rules(&sides[0]), rules(&sides[1])), (vec!["column-missing"], vec!["table-missing"]), "{run}");
    assert_eq!(sides[0]["differences"], json!([]), "{run}");
    project.verify(&["--no-target"], 0);
    // Severities and comments count as in a check.
    let allowed =
        schema.replace("  name ", "  city String? // ormsync: allow[column-missing] written by hand\n  name ");
    project.write("prisma/schema.prisma", &allowed);
    project.configure("[rules]\ntable-missing = \"warning\"\n");
    let (run, sides) = project.verify(&[], 0);
    assert_eq!(rules(&sides[1]), ["table-missing"], "{run}");
}

/// What another side's migrations make, or nobody's here, is no part of the target.
#[test]
fn tables_of_others_need_not_be_made() {
    let project = Project::new(Dialect::Sqlite);
    let more = "Table(\"cart\", metadata, Column(\"id\", Integer, primary_key=True))\n\
                Table(\"realm\", metadata, Column(\"id\", Integer, primary_key=True))\n";
    project.write("models.py", &format!("{MODELS}{more}"));
    let (run, sides) = project.verify(&[], 1);
    assert_eq!(rules(&sides[1]), ["table-missing", "table-missing"], "{run}");
    project.configure("[ownership]\nprisma = [\"cart\"]\nexternal = [\"realm\"]\n");
    let (run, sides) = project.verify(&[], 0);
    assert_eq!(rules(&sides[1]), [""; 0], "{run}");
    // What they make nevertheless has to be as it is declared.
    let made = MIGRATION.replace("VARCHAR(40)", "TEXT") + "CREATE TABLE cart (id TEXT NOT NULL PRIMARY KEY);\n";
    project.write("prisma/migrations/20260101000000_init/migration.sql", &made);
    project.write("prisma/migrations/20260101000000_init/down.sql", "DROP TABLE shop;\nDROP TABLE cart;\n");
    let schema =
        SCHEMA.replace("PROVIDER", "sqlite").replace(" @db.VarChar(40)", "") + "model cart {\n  id Int @id\n}\n";
    project.write("prisma/schema.prisma", &schema);
    let (run, sides) = project.verify(&[], 1);
    assert!(rules(&sides[0]).contains(&"column-type"), "{run}");
}

/// A revision of which only part is understood is not verified.
#[test]
fn what_is_not_understood_is_not_verified() {
    let project = Project::new(Dialect::Sqlite);
    let revision = "revision = \"002\"\ndown_revision = \"001\"\n\n\ndef upgrade():\n    raise ValueError(\"broken\")\n\n\ndef downgrade():\n    pass\n";
    project.write("alembic/versions/002.py", revision);
    let (run, _) = project.verify(&["--no-target"], 1);
    assert!(run.stderr.contains("verify-unread") && run.stderr.contains("--apply-with alembic"), "{run}");
}

/// SQLite locks the whole file, and says so.
#[test]
fn locks_on_sqlite() {
    let (run, sides) = Project::new(Dialect::Sqlite).verify(&[], 0);
    assert_eq!(sides[0]["migrations"][0]["locks"], json!(["EXCLUSIVE on the whole file"]), "{run}");
}

#[cfg(feature = "live")]
fn locks(dialect: Dialect, table: &str) {
    let Some(database) = Scratch::new(dialect) else { return };
    let project = Project::new(dialect);
    // Long enough to be seen.
    let rows = "INSERT INTO shop (id) SELECT a.n * 10000 + b.n * 100 + c.n FROM \
                (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2) a, digits b, digits c;\n";
    let digits = (0..100).map(|number| format!("({number})")).collect::<Vec<_>>().join(", ");
    let more = format!(
        "CREATE TABLE digits (n INTEGER NOT NULL);\nINSERT INTO digits VALUES {digits};\n{rows}\
         ALTER TABLE shop ADD COLUMN city VARCHAR(20);\nCREATE INDEX shop_name ON shop (name);\nDROP TABLE digits;\n"
    );
    project.write("prisma/migrations/20260102000000_more/migration.sql", &more);
    let (run, sides) = project.verify(&["--scratch-url", database.url(), "--forwards-only", "--no-target"], 0);
    let locks = &sides[0]["migrations"][1]["locks"];
    assert!(locks.as_array().is_some_and(|locks| locks.contains(&json!(table))), "{run}");
}

#[cfg(feature = "live")]
#[test]
fn locks_on_postgresql() {
    locks(Dialect::Postgresql, "AccessExclusiveLock on shop");
}

/// A migration that ends its transaction, as Prisma's own do where an enum loses a label, has let its locks go when it is asked.
#[cfg(feature = "live")]
#[test]
fn locks_of_a_migration_with_its_own_transaction() {
    let Some(database) = Scratch::new(Dialect::Postgresql) else { return };
    let project = Project::new(Dialect::Postgresql);
    let more = "BEGIN;\nALTER TABLE shop ADD COLUMN city text;\nCOMMIT;\n\nCREATE INDEX shop_name ON shop (name);\n";
    project.write("prisma/migrations/20260102000000_more/migration.sql", more);
    let (run, sides) = project.verify(&["--scratch-url", database.url(), "--forwards-only", "--no-target"], 0);
    assert_eq!(sides[0]["migrations"][1]["locks"], Value::Null, "{run}");
    assert!(sides[0]["locks_unknown"].as_str().unwrap().contains("ends transactions of its own"), "{run}");
}

#[cfg(feature = "live")]
#[test]
fn locks_on_mysql() {
    locks(Dialect::Mysql, "EXCLUSIVE on shop");
}

/// As it is installed MariaDB does not tell, and that is said; with the plugin that comes with it, it does.
#[cfg(feature = "live")]
#[test]
fn locks_on_mariadb() {
    let Some(server) = Scratch::new(Dialect::Mariadb) else { return };
    let project = Project::new(Dialect::Mariadb);
    let (run, sides) = project.verify(&["--scratch-url", server.url(), "--forwards-only", "--no-target"], 0);
    assert!(sides[0]["locks_unknown"].as_str().unwrap().contains("metadata_lock_info"), "{run}");
    server.execute("INSTALL SONAME 'metadata_lock_info'").unwrap();
    let outcome = std::panic::catch_unwind(|| locks(Dialect::Mariadb, "EXCLUSIVE on shop"));
    server.execute("UNINSTALL SONAME 'metadata_lock_info'").unwrap();
    outcome.unwrap();
}
