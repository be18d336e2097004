//! `ormsync verify --apply-with`: the project's own Prisma and Alembic apply their histories on scratch databases.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::replayed::copy;
use crate::case::{Dialect, fixtures};
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, folder, prisma, sqlalchemy};
use crate::program::{Run, ormsync};

/// A project with Prisma's migrations and their mirrors, whose tools are the judges.
struct Project {
    folder: TempDir,
    /// The project's own database, which nothing may reach.
    own: Scratch,
    dialect: Dialect,
}

impl Project {
    fn new(fixture: &str, dialect: Dialect) -> Option<Self> {
        let own = Scratch::new(dialect).filter(|_| !Judge::Sqlalchemy.waived() && !Judge::Prisma.waived())?;
        let project = Self { folder: tempfile::tempdir().unwrap(), own, dialect };
        copy(&fixtures().join("histories").join(fixture).join("migrations"), &project.path("prisma/migrations"));
        project.configure("");
        project.write(
            "prisma.config.mjs",
            "export default {\n  schema: \"prisma/schema.prisma\",\n  datasource: { url: process.env.SHOP_URL },\n};\n",
        );
        let run = project.run(&["inspect", "prisma-migrations:prisma/migrations", "--format", "prisma"]);
        assert_eq!(run.code, Some(0), "{run}");
        project.write("prisma/schema.prisma", &run.stdout);
        // Where a project has its own Prisma.
        std::os::unix::fs::symlink(folder().join("prisma/node_modules"), project.path("node_modules")).unwrap();
        project.write("package.json", "{}\n");
        let run = project.run(&["mirror", "--no-database"]);
        assert_eq!(run.code, Some(0), "{run}");
        Some(project)
    }

    fn configure(&self, verify: &str) {
        let python = sqlalchemy::python("2.1");
        let text = format!(
            "dialect = \"{}\"\n[prisma]\nschema = \"prisma/schema.prisma\"\n[verify]\n\
             alembic_command = [\"{}\", \"-m\", \"alembic\"]\n{verify}\n",
            if self.dialect == Dialect::Mariadb { "mysql" } else { self.dialect.name() },
            python.display()
        );
        self.write("ormsync.toml", &text);
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs ormsync in an environment in which everything leads to the project's own database.
    fn run(&self, arguments: &[&str]) -> Run {
        let own = self.own.url().replacen("sqlite:", "file:", 1);
        let mut command = ormsync();
        command.current_dir(self.folder.path()).args(arguments).envs(prisma::variables());
        command.envs([("DATABASE_URL", own.as_str()), ("SHOP_URL", own.as_str())]);
        Run::of(&mut command)
    }

    fn verify(&self, more: &[&str]) -> Run {
        // A password that the server does not ask for, and that nobody is to see.
        let scratch = match self.dialect {
            Dialect::Sqlite => format!("sqlite:{}", self.path("scratch.db").display()),
            _ => self.own.url().replacen("postgres@", "postgres:geheimnis@", 1),
        };
        let run = self.run(&[&["verify", "--scratch-url", &scratch][..], more].concat());
        assert!(!run.stdout.contains("geheimnis") && !run.stderr.contains("geheimnis"), "{run}");
        assert!(!self.path("scratch.db").exists(), "the scratch database is left");
        let left = fs::read_dir(self.folder.path()).unwrap().flatten().map(|entry| entry.file_name());
        assert!(left.into_iter().all(|name| !name.to_string_lossy().starts_with(".ormsync")), "a file is left");
        assert_eq!(self.tables(), "", "the project's own database was changed");
        run
    }

    /// The tables of the project's own database.
    fn tables(&self) -> String {
        let run = Run::of(ormsync().args(["inspect", self.own.url(), "--format", "sql"]));
        run.stdout.lines().filter(|line| line.starts_with("CREATE TABLE")).map(str::to_owned).collect()
    }
}

fn sides(run: &Run) -> Vec<Value> {
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{run}"));
    let schema: Value = serde_json::from_str(include_str!("../../schemas/verify.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(wrong, [""; 0]);
    document["sides"].as_array().unwrap().clone()
}

fn applied_by_both(fixture: &str, dialect: Dialect) {
    let Some(project) = Project::new(fixture, dialect) else { return };
    let run =
        project.verify(&["--apply-with", "prisma,alembic", "--rows", "20", "--forwards-only", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(sides(&run).iter().all(|side| side["rows"].as_u64().unwrap() > 0), "{run}");
    let run = project.verify(&["--apply-with", "prisma,alembic", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run}");
    let sides = sides(&run);
    for (side, tool) in sides.iter().zip(["prisma", "alembic"]) {
        assert_eq!(side["applied_by"], tool, "{run}");
        let count = fs::read_dir(project.path("prisma/migrations")).unwrap().count() - 1;
        assert_eq!(side["migrations"].as_array().unwrap().len(), count, "{run}");
        assert_eq!(side["differences"], serde_json::json!([]), "{run}");
        assert!(side["bytes_after"].as_u64().unwrap() > 0, "{run}");
    }
    assert_eq!(sides[0]["target"]["reached"], true, "{run}");
    // Prisma has no way back of its own, and these no down.sql; Alembic takes every step of its own.
    assert_eq!((&sides[0]["left"], &sides[1]["left"]), (&Value::Null, &serde_json::json!([])), "{run}");
    assert!(sides[1]["migrations"][0]["back_milliseconds"].is_u64(), "{run}");
}

#[test]
fn by_both_on_postgresql() {
    applied_by_both("prisma-postgres", Dialect::Postgresql);
}

#[test]
fn by_both_on_sqlite() {
    applied_by_both("prisma-sqlite", Dialect::Sqlite);
}

/// What an alembic.ini says of the database is overridden, too; paths in it stay what they are.
#[test]
fn the_url_of_alembic_ini_is_overridden() {
    let Some(project) = Project::new("prisma-sqlite", Dialect::Sqlite) else { return };
    let text = fs::read_to_string(project.path("alembic/env.py")).unwrap();
    let of_settings = "config.get_main_option(\"sqlalchemy.url\")";
    project.write("alembic/env.py", &text.replace("os.environ.get(\"DATABASE_URL\") or ", ""));
    assert!(text.contains(of_settings));
    let own = project.own.url().replacen("sqlite:", "sqlite:///", 1);
    let ini = fs::read_to_string(project.path("alembic.ini")).unwrap();
    project.write("alembic.ini", &ini.replacen("[alembic]\n", &format!("[alembic]\nsqlalchemy.url = {own}\n"), 1));
    let run = project.verify(&["--apply-with", "alembic"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stdout.contains("Alembic, applied by its own command\n"), "{run}");
}

/// Where env.py goes its own way nothing is run, and it is said what to do.
#[test]
fn a_project_that_leads_elsewhere_is_not_touched() {
    let Some(project) = Project::new("prisma-sqlite", Dialect::Sqlite) else { return };
    let text = fs::read_to_string(project.path("alembic/env.py")).unwrap();
    let own = project.own.url().to_owned();
    project.write("alembic/env.py", &text.replace("os.environ.get(\"DATABASE_URL\")", &format!("\"{own}\"")));
    let run = project.verify(&["--apply-with", "alembic"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("verify-elsewhere") && run.stderr.contains("env.py connects to sqlite"), "{run}");
    assert!(run.stderr.contains("DATABASE_URL, SHOP_URL") && run.stderr.contains("[verify.environment]"), "{run}");

    // A variable of the project's own is listed.
    project.write("alembic/env.py", &text.replace("environ.get(\"DATABASE_URL\")", "environ[\"SHOP_FILE\"]"));
    let listed = "[verify.environment]\nSHOP_FILE = \"sqlite:{database}\"\n";
    project.configure(listed);
    let run = project.verify(&["--apply-with", "alembic"]);
    assert_eq!(run.code, Some(0), "{run}");
    // Or handed over by `-x`.
    let text = text.replace("os.environ.get(\"DATABASE_URL\")", "context.get_x_argument(as_dictionary=True)[\"url\"]");
    project.write("alembic/env.py", &text);
    let python = sqlalchemy::python("2.1");
    let command =
        format!("dialect = \"sqlite\"\n[verify]\nalembic_command = [\"{}\", \"-m\", \"alembic\", ", python.display());
    project.write("ormsync.toml", &format!("{command}\"-x\", \"url={{url}}\"]\n"));
    let run = project.verify(&["--migrations", "prisma/migrations", "--apply-with", "alembic"]);
    assert_eq!(run.code, Some(0), "{run}");

    project.configure("");
    project.write(
        "prisma.config.mjs",
        &format!("export default {{ schema: \"prisma/schema.prisma\", datasource: {{ url: \"file:{own}\" }} }};\n"),
    );
    let run = project.verify(&["--apply-with", "prisma"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("prisma.config.mjs names the database itself"), "{run}");
    // What can't be read of the configuration is seen when Prisma says where it is.
    let config = format!("const url = () => \"{}\";\n", own.replacen("sqlite:", "file:", 1));
    let config = config + "export default { schema: \"prisma/schema.prisma\", datasource: { url: url() } };\n";
    project.write("prisma.config.mjs", &config);
    let run = project.verify(&["--apply-with", "prisma"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("its command leads to another database than the scratch one"), "{run}");
}

/// A command that fails, that hangs, or that is not there: what it said, and what to do.
#[test]
fn commands_that_fail() {
    let Some(project) = Project::new("prisma-postgres", Dialect::Postgresql) else { return };
    project.write(
        "prisma/migrations/20260109080000_wrong/migration.sql",
        "ALTER TABLE \"nowhere\" ADD COLUMN \"a\" TEXT;\n",
    );
    let run = project.verify(&["--apply-with", "prisma"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("migrate deploy") && run.stderr.contains("No such table: nowhere"), "{run}");
    assert!(run.stderr.contains("20260109080000_wrong"), "{run}");
    fs::remove_dir_all(project.path("prisma/migrations/20260109080000_wrong")).unwrap();

    let first = first_revision(&project.path("alembic/versions"));
    let text = fs::read_to_string(&first).unwrap();
    fs::write(
        &first,
        text.replace("def upgrade() -> None:\n", "def upgrade() -> None:\n    raise ValueError(\"broken\")\n"),
    )
    .unwrap();
    let run = project.verify(&["--apply-with", "alembic"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("ValueError: broken") && run.stderr.contains("`"), "{run}");

    project.configure("prisma_command = [\"sh\", \"-c\", \"sleep 30\"]\ntime_limit = 1\n");
    let run = project.verify(&["--apply-with", "prisma"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("took longer than 1 s"), "{run}");
    project.configure("prisma_command = [\"./nowhere\"]\n");
    let run = project.verify(&["--apply-with", "prisma"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("can't be started") && run.stderr.contains("prisma_command"), "{run}");
    // A command that says that all is well and has done nothing.
    project.configure("prisma_command = [\"echo\", 'Datasource \"db\": PostgreSQL database \"{database}\"']\n");
    let run = project.verify(&["--apply-with", "prisma"]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("ended well, and the scratch database has no record of"), "{run}");
}

fn first_revision(folder: &Path) -> std::path::PathBuf {
    fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).filter(|path| path.is_file()).min().unwrap()
}
