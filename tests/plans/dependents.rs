//! What rests on a table or column stays when that is called otherwise, or goes and comes again.

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::plans::migrate::Project;
use crate::plans::{introspect, there_and_back};

/// A column that two indexes and a foreign key of another table rest on.
const TABLES: &str = "
CREATE TABLE parent (
  id INTEGER NOT NULL,
  code VARCHAR(20)CODE,
  note VARCHAR(20),
  CONSTRAINT parent_pkey PRIMARY KEY (id),
  CONSTRAINT parent_code_key UNIQUE (code)
);
CREATE INDEX parent_note_code_idx ON parent (note, code);
CREATE TABLE child (
  id INTEGER NOT NULL,
  parent_code VARCHAR(20),
  CONSTRAINT child_pkey PRIMARY KEY (id),
  CONSTRAINT child_parent_code_fkey FOREIGN KEY (parent_code) REFERENCES parent (code)
);
";

/// A column becomes a generated one: no server does that in place, and with the column all goes that rests on it.
fn a_column_comes_again(dialect: Dialect) {
    let (Some(database), Some(other)) = (Scratch::new(dialect), Scratch::new(dialect)) else { return };
    database.execute(&TABLES.replace("CODE", "")).unwrap();
    other.execute(&TABLES.replace("CODE", " GENERATED ALWAYS AS ('x') STORED")).unwrap();
    let (from, to) = (introspect(&database, dialect), introspect(&other, dialect));
    there_and_back(&database, &from, &to, dialect).unwrap();
    there_and_back(&other, &to, &from, dialect).unwrap();
}

#[test]
fn a_column_comes_again_on_postgresql() {
    a_column_comes_again(Dialect::Postgresql);
}

#[test]
fn a_column_comes_again_on_mysql() {
    a_column_comes_again(Dialect::Mysql);
}

#[test]
fn a_column_comes_again_on_mariadb() {
    a_column_comes_again(Dialect::Mariadb);
}

const FIRST: &str = "
model account {
  id     Int @id @default(autoincrement())
  number Int @default(autoincrement())
}
";

/// A sequence keeps its name when its table or column gets another, and is found by it when it goes in the same migration.
#[test]
fn a_sequence_keeps_its_name() {
    let renamed = FIRST.replace("account", "customer");
    let without_number = renamed.replace("number Int @default(autoincrement())", "position Int");
    for by_prisma in [true, false] {
        let Some(project) = Project::of_files(Dialect::Postgresql, FIRST) else { return };
        project.migrate_to("init", &["--from", "empty"]);
        project.alembic("upgrade", "head");
        project.configure("");
        project.schema(&without_number);
        let renames = ["--rename", "account:customer", "--rename", "customer.number:position"];
        let migration = project.migrate_to("renamed", &renames);
        if by_prisma {
            project.apply_with_prisma(&migration);
        } else {
            project.alembic("upgrade", "head");
        }
        let sequences = "SELECT string_agg(sequencename, ', ' ORDER BY 1) FROM pg_sequences";
        assert_eq!(project.value(sequences), "account_id_seq");
        project.database.execute("INSERT INTO customer (position) VALUES (7)").unwrap();
        let again = project.ormsync(&["migrate", "--name", "again", "--dry-run"]);
        assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""), "{again}");
        project.alembic("downgrade", "-1");
        assert_eq!(project.value(sequences), "account_id_seq, account_number_seq");
        project.database.execute("INSERT INTO account (id) VALUES (50)").unwrap();
    }
}
