//! What an audit says of histories: how far each has come, what is pending, what has no mirror, and what they make of each
//! table. SQLite: no server is needed.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::program::{Run, ormsync};

const FIRST: &str = "20260101093000_init";
const SECOND: &str = "20260102093000_titles";
const THIRD: &str = "20260103093000_reviews";

const INIT: &str = "-- CreateTable\nCREATE TABLE \"trips\" (\n    \"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n    \"title\" TEXT NOT NULL\n);\n";
const TITLES: &str = "-- CreateIndex\nCREATE INDEX \"trips_title_idx\" ON \"trips\"(\"title\");\n";
const REVIEWS: &str = "-- CreateTable\nCREATE TABLE \"reviews\" (\n    \"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n    \"text\" TEXT NOT NULL\n);\n";

const SCHEMA: &str = "datasource db {\n  provider = \"sqlite\"\n}\n\nmodel trips {\n  id    Int    @id @default(autoincrement())\n  title String\n\n  @@index([title])\n}\n\n\
                      model reviews {\n  id   Int    @id @default(autoincrement())\n  text String\n}\n";
const MODELS: &str = "from sqlalchemy import Column, Index, Integer, MetaData, Table, Text\n\nmetadata = MetaData()\n\n\
                      Table(\"trips\", metadata, Column(\"id\", Integer, primary_key=True), Column(\"title\", Text, nullable=False), \
                      Index(\"trips_title_idx\", \"title\"))\n\
                      Table(\"reviews\", metadata, Column(\"id\", Integer, primary_key=True), Column(\"text\", Text, nullable=False))\n";
const TABLE: &str = "    op.create_table(\n        \"trips\",\n        sa.Column(\"id\", sa.Integer(), nullable=False),\n        \
                     sa.Column(\"title\", sa.Text(), nullable=False),\n        sa.PrimaryKeyConstraint(\"id\"),\n    )\n";

/// Two histories: Prisma's three migrations, of which two are applied, and Alembic's two revisions, of which one is.
pub(super) struct WithHistories {
    folder: TempDir,
    database: Scratch,
}

impl WithHistories {
    pub(super) fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap(), database: Scratch::new(Dialect::Sqlite).unwrap() };
        project.write("schema.prisma", SCHEMA);
        project.write("models.py", MODELS);
        project.write(
            "ormsync.toml",
            "dialect = \"sqlite\"\n[prisma]\nschema = \"schema.prisma\"\nmigrations = \"migrations\"\n[sqlalchemy]\nmodels = [\"models.py\"]\n\
             alembic = \"alembic.ini\"\n[database]\nurl = \"env:DATABASE_URL\"\n",
        );
        project.write("migrations/migration_lock.toml", &ormsync_prisma::lock_file("sqlite"));
        for (name, text) in [(FIRST, INIT), (SECOND, TITLES), (THIRD, REVIEWS)] {
            project.write(&format!("migrations/{name}/migration.sql"), text);
        }
        project.write("alembic.ini", "[alembic]\nscript_location = %(here)s/alembic\n");
        project.revision("001_init", "None", FIRST, TABLE);
        project.revision(
            "002_titles",
            "\"001_init\"",
            SECOND,
            "    op.create_index(\"trips_title_idx\", \"trips\", [\"title\"])\n",
        );
        let table = ormsync_prisma::migrations_table("sqlite").unwrap();
        let mut script =
            format!("{INIT}{TITLES}{table};\nCREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);\n");
        for (at, (name, text)) in [(FIRST, INIT), (SECOND, TITLES)].iter().enumerate() {
            let sum = ormsync_prisma::checksum(text);
            script.push_str(&format!(
                "INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count) \
                 VALUES ('{at}', '{sum}', 1, '{name}', {at}, 1);\n"
            ));
        }
        script.push_str("INSERT INTO alembic_version VALUES ('001_init');\n");
        project.database.execute(&script).unwrap();
        project
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn revision(&self, id: &str, down: &str, pair: &str, body: &str) {
        let text = format!(
            "\"\"\"{id}\"\"\"\n\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision = \"{id}\"\n\
             down_revision = {down}\nPRISMA_MIGRATION = \"{pair}\"\n\n\ndef upgrade():\n{body}\n\ndef downgrade():\n    pass\n"
        );
        self.write(&format!("alembic/versions/{id}.py"), &text);
    }

    /// Runs the program in the project.
    pub(super) fn run(&self, arguments: &[&str]) -> Run {
        let mut command = ormsync();
        Run::of(command.current_dir(self.folder.path()).env("DATABASE_URL", self.database.url()).args(arguments))
    }

    fn audit(&self, more: &[&str]) -> Value {
        let run = self.run(&[&["audit", "--format", "json"], more].concat());
        super::read(&run.stdout)
    }
}

/// A number of one row.
fn number(project: &WithHistories, query: &str) -> usize {
    project.database.query(query).unwrap().trim().parse().unwrap()
}

fn states(history: &Value) -> Vec<&str> {
    history["migrations"].as_array().unwrap().iter().map(|it| it["state"].as_str().unwrap()).collect()
}

#[test]
fn how_far_each_has_come() {
    let project = WithHistories::new();
    let audit = project.audit(&[]);
    let [prisma, alembic] = audit["histories"].as_array().unwrap().as_slice() else { panic!("{}", audit["histories"]) };
    assert_eq!(states(prisma), ["applied", "applied", "pending"]);
    assert_eq!(states(alembic), ["applied", "pending"]);
    let applied = states(prisma).iter().filter(|state| **state == "applied").count();
    assert_eq!(applied, number(&project, "SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL"));
    assert_eq!(
        alembic["stands_at"][0],
        project.database.query("SELECT version_num FROM alembic_version").unwrap().trim()
    );
    assert_eq!(prisma["stands_at"], json!([SECOND]));
    assert_eq!(prisma["heads"], json!([THIRD]));
    assert_eq!(prisma["migrations"][0]["at"], "2026-01-01 09:30");
    // Mirrors make the same change; the third has none.
    assert_eq!(prisma["migrations"][1]["mirrors"], json!(["002_titles"]));
    assert_eq!(prisma["migrations"][1]["change"], alembic["migrations"][1]["change"]);
    assert_eq!(prisma["migrations"][2]["unmirrored"], true);
}

#[test]
fn what_they_make_of_each_table() {
    let project = WithHistories::new();
    let audit = project.audit(&[]);
    let table = |name: &str| audit["tables"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap().clone();
    let trips = &table("trips")["histories"];
    assert_eq!((&trips[0]["state"], &trips[1]["state"]), (&json!("in-step"), &json!("in-step")), "{trips}");
    assert_eq!(trips[0]["migrations"], json!([FIRST, SECOND]));
    assert_eq!(trips[1]["migrations"], json!(["001_init", "002_titles"]));
    let reviews = &table("reviews")["histories"];
    assert_eq!((&reviews[0]["state"], &reviews[1]["state"]), (&json!("in-step"), &json!("missing")), "{reviews}");
    assert_eq!(reviews[1]["lacks"], json!(["the table"]));
}

#[test]
fn what_is_wrong_with_them_is_the_gate_s() {
    let project = WithHistories::new();
    let audit = project.audit(&[]);
    let codes = |audit: &Value| -> Vec<String> {
        let findings = audit["history_findings"].as_array().unwrap();
        findings.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect()
    };
    let told = codes(&audit);
    for code in ["migration-unmirrored", "history-behind", "migration-pending", "mirror-half-applied"] {
        assert!(told.iter().any(|own| own == code), "{code}: {told:?}");
    }
    let gate = project.run(&["check", "--format", "json"]);
    let checked: Value = serde_json::from_str(&gate.stdout).unwrap();
    assert_eq!(audit["verdict"], checked["verdict"], "{gate}");
    // Where all agree but the histories, they decide.
    project.database.execute(REVIEWS).unwrap();
    let gate = project.run(&["check"]);
    let run = project.run(&["audit", "--format", "markdown"]);
    assert_eq!(run.code, gate.code, "{run}\n{gate}");
    assert!(run.stdout.contains("no migration makes what SQLAlchemy declares"), "{run}");
    assert!(run.stdout.contains("– no mirror"), "{run}");
}

#[test]
fn what_changed_in_them() {
    let project = WithHistories::new();
    let older = project.folder.path().join("older.json");
    fs::write(&older, project.audit(&[]).to_string()).unwrap();
    project.database.execute("UPDATE alembic_version SET version_num = '002_titles'").unwrap();
    project.write("migrations/20260104093000_more/migration.sql", "ALTER TABLE \"trips\" ADD COLUMN \"note\" TEXT;\n");
    project.database.execute("ALTER TABLE trips ADD COLUMN note TEXT").unwrap();
    let changed = project.audit(&["--compare", older.to_str().unwrap()])["changes"].clone();
    assert_eq!(changed["histories"], json!(["Prisma: migrations 3 → 4", "Alembic: applied 1 → 2"]), "{changed}");
    assert_eq!(changed["new_columns"], json!(["trips.note"]), "{changed}");
    assert_eq!(changed["gone_columns"], json!([]), "{changed}");
}

/// A project without any has no such part, and nobody complains of it.
#[test]
fn none_is_no_finding() {
    let project = WithHistories::new();
    fs::remove_dir_all(project.folder.path().join("migrations")).unwrap();
    fs::remove_dir_all(project.folder.path().join("alembic")).unwrap();
    fs::remove_file(project.folder.path().join("alembic.ini")).unwrap();
    project.database.execute("DROP TABLE _prisma_migrations").unwrap();
    project.database.execute("DROP TABLE alembic_version").unwrap();
    let audit = project.audit(&[]);
    assert_eq!((&audit["histories"], &audit["history_findings"]), (&Value::Null, &Value::Null));
}
