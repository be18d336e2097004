//! What the database has and the truth does not declare: it goes where this side's own history has made it, it stays
//! where somebody else has, and an index that is only called otherwise is not made twice.

use crate::case::Dialect;
use crate::plans::introspect;
use crate::plans::migrate::Project;

/// What the first migration makes.
const FIRST: &str = "
model account {
  id   Int     @id
  mail String  @unique @db.VarChar(80)
  note String? @db.VarChar(40)
}
";

/// What is declared afterwards.
const SECOND: &str = "
model account {
  id    Int    @id
  email String @unique @db.VarChar(80)
}
";

/// What somebody else does in between.
const THEIRS: &str = "
CREATE TABLE legacy (id INTEGER NOT NULL, CONSTRAINT legacy_pkey PRIMARY KEY (id));
ALTER TABLE account ADD COLUMN theirs INTEGER;
CREATE INDEX account_theirs_idx ON account (theirs);
INSERT INTO account (id, mail, note, theirs) VALUES (1, 'ada@example.org', 'x', 5);
";

/// A project behind its first migration and what somebody else did, with the second schema.
fn project(dialect: Dialect) -> Option<Project> {
    let project = Project::of_files(dialect, FIRST)?;
    project.migrate_to("init", &["--from", "empty"]);
    project.alembic("upgrade", "head");
    project.configure("");
    project.database.execute(THEIRS).unwrap();
    project.schema(SECOND);
    Some(project)
}

/// The table's columns and the names of its indexes, by the columns.
fn account(project: &Project) -> (Vec<String>, Vec<String>) {
    let schema = introspect(&project.database, project.dialect);
    let (_, _, table) = schema.tables().find(|(_, name, _)| *name == "account").unwrap();
    let index = |index: &ormsync_schema::Index| {
        format!("{}: {}", index.name.as_deref().unwrap_or_default(), index.columns().collect::<Vec<_>>().join(", "))
    };
    let mut columns: Vec<String> = table.columns.keys().cloned().collect();
    let mut indexes: Vec<String> = table.indexes.iter().map(index).collect();
    columns.sort();
    indexes.sort();
    (columns, indexes)
}

fn is_at_target(project: &Project) {
    let (columns, indexes) = account(project);
    assert_eq!(columns, ["email", "id", "theirs"]);
    assert_eq!(indexes, ["account_email_key: email", "account_theirs_idx: theirs"]);
    assert_eq!(project.value("SELECT email FROM account WHERE theirs = 5"), "ada@example.org");
    assert_eq!(project.value("SELECT count(*) FROM legacy"), "0");
}

fn what_the_history_made_goes(dialect: Dialect) {
    let Some(project) = project(dialect) else { return };
    let rename = ["migrate", "--name", "second", "--rename", "account.mail:email"];
    let run = project.ormsync(&rename);
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("the column `note`") && !run.stderr.contains("legacy"), "{run}");

    let migration = project.migrate_to("second", &[&rename[3..], &["--allow-data-loss"]].concat());
    project.apply_with_prisma(&migration);
    is_at_target(&project);
    project.send(migration.join("down.sql"));
    let (columns, indexes) = account(&project);
    assert_eq!(columns, ["id", "mail", "note", "theirs"]);
    assert_eq!(indexes, ["account_mail_key: mail", "account_theirs_idx: theirs"]);
    if dialect == Dialect::Sqlite {
        project.database.execute("UPDATE alembic_version SET version_num = '001_init';").unwrap();
    }
    project.alembic("upgrade", "head");
    is_at_target(&project);
    let run = project.ormsync(&["migrate", "--name", "again"]);
    if dialect == Dialect::Sqlite {
        // The table was made anew with all that was in it, so the history has made that, too. It does not go unasked.
        assert_eq!(run.code, Some(2), "{run}");
        assert!(run.stderr.contains("the column `theirs`"), "{run}");
    } else {
        assert_eq!(run.code, Some(0), "{run}");
        assert!(run.stderr.contains("account.theirs is not declared by this side"), "{run}");
        assert!(run.stderr.contains("there is nothing to migrate"), "{run}");
    }
    project.alembic("downgrade", "-1");
    assert_eq!(account(&project).0, columns);
}

/// What the other side declares stays, though this side's history has made it: a mirror makes what its side may never map.
fn what_the_other_side_declares_stays(dialect: Dialect) {
    let task = "\nmodel task {\n  id Int @id\n}\n";
    let Some(project) = Project::of_files(dialect, &format!("{FIRST}{task}")) else { return };
    project.migrate_to("init", &["--from", "empty"]);
    project.alembic("upgrade", "head");
    project.configure("[sqlalchemy]\nmodels = [\"models.py\"]\n");
    project.write(
        "models.py",
        "import sqlalchemy as sa\n\nmetadata = sa.MetaData()\n\
         sa.Table(\"account\", metadata, sa.Column(\"id\", sa.Integer, primary_key=True), sa.Column(\"note\", sa.String(40)))\n\
         sa.Table(\"task\", metadata, sa.Column(\"id\", sa.Integer, primary_key=True))\n",
    );
    project.schema(&FIRST.replace("  note String? @db.VarChar(40)\n", ""));
    for from in [&[][..], &["--from", "history"]] {
        let run = project.ormsync(&[&["migrate", "--name", "none", "--allow-data-loss"], from].concat());
        assert_eq!(run.code, Some(0), "{run}");
        assert!(run.stderr.contains("account.note is not declared by this side, but by another"), "{run}");
        assert!(run.stderr.contains("there is nothing to migrate"), "{run}");
    }
    // Models that can't be read may declare anything.
    project.write("models.py", "class Broken(:\n");
    let run = project.ormsync(&["migrate", "--name", "none", "--allow-data-loss"]);
    assert!(run.stderr.contains("could not be read whole") && run.stderr.contains("nothing to migrate"), "{run}");
    // Nobody declares them any more.
    project.write("models.py", "import sqlalchemy as sa\n\nmetadata = sa.MetaData()\nsa.Table(\"account\", metadata, sa.Column(\"id\", sa.Integer, primary_key=True))\n");
    let run = project.ormsync(&["migrate", "--name", "none", "--allow-data-loss", "--dry-run"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stdout.contains("the column `note`") && run.stdout.contains("the `task` table"), "{run}");
}

/// In two phases each name of the column has its own index while both are there.
fn phases_keep_both_indexes(dialect: Dialect) {
    let Some(project) = project(dialect) else { return };
    let more = ["--rename", "account.mail:email", "--expand-contract", "--allow-data-loss"];
    project.migrate_to("second", &more);
    project.alembic("upgrade", "+1");
    let (columns, indexes) = account(&project);
    assert_eq!(columns, ["email", "id", "mail", "note", "theirs"]);
    assert_eq!(indexes, ["account_email_key: email", "account_mail_key: mail", "account_theirs_idx: theirs"]);
    assert_eq!(project.value("SELECT email FROM account WHERE theirs = 5"), "ada@example.org");
    project.alembic("upgrade", "+1");
    is_at_target(&project);
    project.alembic("downgrade", "-1");
    assert_eq!(account(&project), (columns, indexes));
    project.alembic("downgrade", "-1");
    let (columns, indexes) = account(&project);
    assert_eq!(columns, ["id", "mail", "note", "theirs"]);
    assert_eq!(indexes, ["account_mail_key: mail", "account_theirs_idx: theirs"]);
    assert_eq!(project.value("SELECT mail FROM account WHERE theirs = 5"), "ada@example.org");
}

#[test]
fn on_postgresql() {
    what_the_history_made_goes(Dialect::Postgresql);
    phases_keep_both_indexes(Dialect::Postgresql);
    what_the_other_side_declares_stays(Dialect::Postgresql);
}

#[test]
fn on_mysql() {
    what_the_history_made_goes(Dialect::Mysql);
    phases_keep_both_indexes(Dialect::Mysql);
    what_the_other_side_declares_stays(Dialect::Mysql);
}

#[test]
fn on_mariadb() {
    what_the_history_made_goes(Dialect::Mariadb);
    phases_keep_both_indexes(Dialect::Mariadb);
    what_the_other_side_declares_stays(Dialect::Mariadb);
}

#[test]
fn on_sqlite() {
    what_the_history_made_goes(Dialect::Sqlite);
    phases_keep_both_indexes(Dialect::Sqlite);
    what_the_other_side_declares_stays(Dialect::Sqlite);
}
