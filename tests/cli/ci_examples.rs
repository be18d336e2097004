//! The jobs of docs/ci.md, action.yml and the pre-commit hook: each `ormsync` command in them runs, on a project in step.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::project::{Project, SCHEMA, models};
use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::program::Run;

/// The files with commands, and how many each has.
const FILES: &[(&str, usize)] = &[("docs/ci.md", 6), (".pre-commit-hooks.yaml", 1)];

/// The commands of a file: what stands behind `run:`, `entry:` or a list's hyphen.
fn commands(text: &str) -> Vec<Vec<String>> {
    let of_line = |line: &str| {
        let line = line.trim().trim_start_matches("- ").trim_start_matches("run: ").trim_start_matches("entry: ");
        line.strip_prefix("ormsync ").map(|rest| rest.split_whitespace().map(str::to_owned).collect())
    };
    text.lines().filter_map(of_line).collect()
}

fn text_of(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

#[test]
fn there_are_commands() {
    for (file, count) in FILES {
        assert_eq!(commands(&text_of(file)).len(), *count, "{file}: a changed example changes this number");
    }
    let action = text_of("action.yml");
    assert!(action.contains("ormsync check --format github --format \"markdown="), "the action's command");
}

#[test]
fn the_action_s_command_runs() {
    let project = Project::in_step();
    let check = project.check(&["--format", "github", "--format", "markdown=summary.md", "--no-database"]);
    assert_eq!(check.code, Some(0), "{check}");
    assert!(project.path().join("summary.md").is_file());
}

#[test]
#[cfg(feature = "live")]
fn every_example_runs_on_postgresql() {
    every_example(Dialect::Postgresql);
}

#[test]
#[cfg(feature = "live")]
fn every_example_runs_on_mysql() {
    every_example(Dialect::Mysql);
}

#[test]
fn every_example_runs_on_sqlite() {
    every_example(Dialect::Sqlite);
}

/// Runs all examples on a project in step whose database is there.
fn every_example(server: Dialect) {
    let Some(database) = Scratch::new(server) else { return };
    let quote = if server == Dialect::Mysql { '`' } else { '"' };
    let text_type = if server == Dialect::Sqlite { "TEXT" } else { "varchar(40)" };
    database
        .execute(&format!(
            "CREATE TABLE {quote}Account{quote} (id integer NOT NULL PRIMARY KEY, name {text_type} NOT NULL);"
        ))
        .unwrap();
    let schema = SCHEMA.replace("postgresql", server.name());
    let schema = if server == Dialect::Sqlite { schema.replace(" @db.VarChar(40)", "") } else { schema };
    let name_type = if server == Dialect::Sqlite { "Text" } else { "String(40)" };
    for (file, _) in FILES {
        for arguments in commands(&text_of(file)) {
            let project = Project::in_step();
            project.file("schema.prisma", &schema);
            project.file("models.py", &models(name_type).replace("Integer, String", "Integer, String, Text"));
            project.append("ormsync.toml", "\n[database]\nurl = \"env:DATABASE_URL\"\n");
            repository(project.path());
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let run = Run::of(project.command(&arguments).env("DATABASE_URL", database.url()));
            assert_eq!(run.code, Some(0), "{file}: {run}");
            for written in arguments.iter().filter_map(|argument| argument.split_once('=')) {
                assert!(project.path().join(written.1).is_file(), "{file}: {} is not written\n{run}", written.1);
            }
        }
    }
}

/// Makes the project's folder a repository, as a checkout of a branch of `origin/main` is.
fn repository(folder: &Path) {
    let steps: [&[&str]; 4] = [
        &["init", "--quiet"],
        &["add", "--all"],
        &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "all"],
        &["update-ref", "refs/remotes/origin/main", "HEAD"],
    ];
    for step in steps {
        assert!(Command::new("git").current_dir(folder).args(step).status().unwrap().success());
    }
}
