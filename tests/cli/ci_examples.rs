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

/// The scripts of action.yml's steps: what stands indented under `run: |`.
fn steps() -> Vec<String> {
    let text = text_of("action.yml");
    let mut steps: Vec<String> = Vec::new();
    let mut indent = None;
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        match indent {
            Some(above) if line.trim().is_empty() || depth > above => {
                let step = steps.last_mut().unwrap();
                step.push_str(line.get(above + 2..).unwrap_or_default());
                step.push('\n');
            }
            _ => indent = None,
        }
        if line.trim() == "run: |" {
            indent = Some(depth);
            steps.push(String::new());
        }
    }
    steps
}

/// Runs a step as GitHub does: a file, by `bash --noprofile --norc -eo pipefail`.
fn run_step(step: &str, folder: &Path, variables: &[(&str, &Path)]) -> std::process::Output {
    let script = folder.join("step.sh");
    fs::write(&script, step).unwrap();
    let program = Path::new(crate::program::ormsync().get_program()).parent().unwrap().to_owned();
    let path = std::env::join_paths(
        [program].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(&script).current_dir(folder);
    command.env("PATH", path.unwrap()).env_remove("DATABASE_URL");
    for (name, value) in variables {
        command.env(name, value);
    }
    command.output().unwrap()
}

#[test]
fn the_action_s_steps_run_as_github_runs_them() {
    let steps = steps();
    assert_eq!(steps.len(), 2, "a changed action changes this test");
    for step in &steps {
        let check = Command::new("bash").args(["-n", "-c", step]).output().unwrap();
        assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
    }
    let project = Project::in_step();
    let folder = project.path();
    let nothing = Path::new("");
    let install = run_step(&steps[0], folder, &[("VERSION", nothing), ("HERE", nothing)]);
    assert!(install.status.success(), "it is installed already: {}", String::from_utf8_lossy(&install.stderr));

    let (output, summary) = (folder.join("output"), folder.join("summary"));
    let arguments = Path::new("--no-database --only 'Acc*'");
    let variables: &[(&str, &Path)] = &[
        ("ARGUMENTS", arguments),
        ("SARIF", Path::new("drift file.sarif")),
        ("RUNNER_TEMP", folder),
        ("GITHUB_OUTPUT", &output),
        ("GITHUB_STEP_SUMMARY", &summary),
    ];
    for (name_type, code) in [("String(40)", 0), ("String(20)", 1)] {
        project.file("models.py", &models(name_type));
        for file in [&output, &summary] {
            fs::write(file, "").unwrap();
        }
        let check = run_step(&steps[1], folder, variables);
        let said = String::from_utf8_lossy(&check.stdout);
        assert_eq!(check.status.code(), Some(code), "{said}{}", String::from_utf8_lossy(&check.stderr));
        assert_eq!(fs::read_to_string(&output).unwrap(), format!("exit-code={code}\n"));
        assert!(fs::read_to_string(&summary).unwrap().contains("ormsync"), "the summary has the report");
        assert_eq!(said.contains("::error file="), code == 1, "{said}");
        assert!(folder.join("drift file.sarif").is_file());
    }
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
