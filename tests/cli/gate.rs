//! What the gate can be asked: parts of the findings, accepted ones, new ones, why two columns are equal, again and again.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::project::{PASSWORD, Project, expect_no_password, expect_refusal, models};

/// A project with one error: `Account.name` is shorter in the models.
fn drifted() -> Project {
    let project = Project::in_step();
    project.file("models.py", &models("String(20)"));
    project
}

#[test]
fn exit_zero_tells_and_ends_with_0() {
    let project = drifted();
    let check = project.check(&["--exit-zero"]);
    assert_eq!(check.code, Some(0), "{check}");
    assert!(check.stdout.contains("column-type") && check.stdout.contains("drift: 1 error"), "{check}");
    project.file("models.py", "class Broken(:\n");
    assert_eq!(project.check(&["--exit-zero"]).code, Some(2), "what could not be answered is never 0");
}

#[test]
fn only_and_except_choose_rules_and_tables() {
    let project = drifted();
    for (arguments, code) in [
        (&["--only", "column-type"][..], 1),
        (&["--only", "Account"], 1),
        (&["--only", "Account.name"], 1),
        (&["--only", "Acc*", "--only", "column-type"], 1),
        (&["--only", "column-nullable"], 0),
        (&["--only", "Account.id"], 0),
        (&["--except", "column-type"], 0),
        (&["--except", "Account"], 0),
        (&["--except", "*.name"], 0),
    ] {
        let check = project.check(arguments);
        assert_eq!(check.code, Some(code), "{check}");
    }
}

#[test]
fn a_misspelt_selection_is_not_green() {
    expect_refusal(&drifted().check(&["--only", "Acount"]), &["--only Acount", "no such rule", "no such table"]);
    expect_refusal(&drifted().check(&["--except", "colum-type"]), &["--except colum-type"]);
}

#[test]
fn a_baseline_accepts_what_it_lists() {
    let project = drifted();
    let write = ["--baseline", "known.toml", "--write-baseline", "--reason", "old", "--owner", "ann"];
    assert_eq!(project.check(&write).code, Some(0));
    let check = project.check(&["--baseline", "known.toml", "--format", "json"]);
    assert_eq!(check.code, Some(0), "{check}");
    assert!(check.stdout.contains("\"accepted\": 1") && check.report().diagnostics.is_empty(), "{check}");

    // Lines move, and the finding is the same.
    let schema = std::fs::read_to_string(project.path().join("schema.prisma")).unwrap();
    project.file("schema.prisma", &format!("// one more line\n\n{schema}"));
    assert_eq!(project.check(&["--baseline", "known.toml"]).code, Some(0));

    // Another drift of the same column is another finding, and the old one is gone.
    project.file("models.py", &models("String(10)"));
    let check = project.check(&["--baseline", "known.toml", "--format", "json"]);
    assert_eq!(check.code, Some(1), "{check}");
    assert!(check.report().diagnostics.iter().any(|told| told.code == "baseline-gone"), "{check}");
}

#[test]
fn a_baseline_s_entries_need_a_reason_and_end() {
    let project = drifted();
    let write = ["--baseline", "known.toml", "--write-baseline", "--expires", "2020-01-31"];
    assert_eq!(project.check(&write).code, Some(0));
    let check = project.check(&["--baseline", "known.toml", "--format", "json"]);
    assert_eq!(check.code, Some(1), "an expired entry counts again\n{check}");
    assert!(check.report().diagnostics.iter().any(|told| told.code == "baseline-expired"), "{check}");

    let text = std::fs::read_to_string(project.path().join("known.toml")).unwrap();
    project.file("known.toml", &text.replace("2020", "2999"));
    let check = project.check(&["--baseline", "known.toml", "--format", "json"]);
    assert_eq!(check.code, Some(0), "{check}");
    let told = check.report().diagnostics;
    assert!(told.iter().any(|told| told.code == "baseline-reason" && told.file.as_deref() == Some("known.toml")));

    // What is said in the file is kept when it is written anew.
    assert_eq!(project.check(&["--baseline", "known.toml", "--write-baseline"]).code, Some(0));
    assert!(std::fs::read_to_string(project.path().join("known.toml")).unwrap().contains("2999-01-31"));
}

#[test]
fn a_wrong_baseline_is_told_with_its_place() {
    let project = drifted();
    expect_refusal(&project.check(&["--baseline", "none.toml"]), &["none.toml", "--write-baseline"]);
    project.file("known.toml", "[[accepted]]\nfingerprnt = \"x\"\n");
    expect_refusal(&project.check(&["--baseline", "known.toml"]), &["known.toml:2", "fingerprnt"]);
    expect_refusal(&project.check(&["--write-baseline"]), &["--baseline"]);
    expect_refusal(
        &project.check(&["--baseline", "known.toml", "--write-baseline", "--expires", "soon"]),
        &["2027-01-31"],
    );
}

fn git(project: &Project, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(project.path()).args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Makes the project a repository, with all its files as they are.
pub(super) fn commit(project: &Project) {
    git(project, &["init", "--quiet"]);
    git(project, &["add", "--all"]);
    git(project, &["commit", "--quiet", "--allow-empty", "--message", "as it is"]);
}

#[test]
fn changed_since_tells_what_is_new() {
    let project = drifted();
    commit(&project);
    let check = project.check(&["--changed-since", "HEAD", "--format", "json"]);
    assert_eq!(check.code, Some(0), "{check}");
    assert!(check.stdout.contains("\"older\": 1"), "{check}");

    let schema = std::fs::read_to_string(project.path().join("schema.prisma")).unwrap();
    project.file("schema.prisma", &schema.replace("  id   Int    @id\n", "  id   Int    @id\n  age  Int\n"));
    let check = project.check(&["--changed-since", "HEAD", "--format", "json"]);
    assert_eq!(check.code, Some(1), "{check}");
    let report = check.report();
    assert_eq!(report.findings.len(), 1, "{check}");
    assert_eq!((report.findings[0].rule.as_str(), report.findings[0].at.as_str()), ("column-missing", "Account.age"));

    // The repository is as it was.
    let status = Command::new("git").current_dir(project.path()).args(["status", "--short"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&status.stdout).trim(), "M schema.prisma");
}

#[test]
fn changed_since_says_why_it_can_t() {
    let project = drifted();
    expect_refusal(&project.check(&["--changed-since", "HEAD"]), &["--changed-since HEAD"]);
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", "models.py"]);
    git(&project, &["commit", "--quiet", "--message", "only models"]);
    expect_refusal(&project.check(&["--changed-since", "no-such-branch"]), &["no such revision", "fetch-depth"]);
    expect_refusal(&project.check(&["--changed-since", "HEAD"]), &["as it was at HEAD"]);
    expect_refusal(&project.check(&["--changed-since=--output=x"]), &["hyphen"]);
}

#[test]
fn a_column_is_explained_step_by_step() {
    let project = drifted();
    let explained = project.check(&["--explain", "Account.name"]);
    assert_eq!(explained.code, Some(0), "{explained}");
    for words in [
        "Account.name on postgresql",
        "schema.prisma:7:3  name String @db.VarChar(40)",
        "read as      varchar(40), not null",
        "read as      varchar(20), not null",
        "Prisma and SQLAlchemy",
        "type         different",
        "nullability  identical",
    ] {
        assert!(explained.stdout.contains(words), "no `{words}`\n{explained}");
    }
    expect_refusal(&project.check(&["--explain", "Account.nam"]), &["did you mean `Account.name`?"]);
}

/// A project that both tools migrate.
fn migrated_by_both() -> Project {
    let project = Project::in_step();
    for folder in ["migrations", "alembic"] {
        std::fs::create_dir(project.path().join(folder)).unwrap();
    }
    project.file("alembic.ini", "[alembic]\nscript_location = %(here)s/alembic\n");
    project.file("alembic/env.py", "# include_object is not here\ncontext.configure()\n");
    project.file("prisma.config.ts", "// alembic_version\nexport default {};\n");
    project
}

#[test]
fn missing_ignore_settings_of_both_tools_are_told() {
    let project = migrated_by_both();
    let codes = |project: &Project| -> Vec<String> {
        let check = project.check(&["--format", "json"]);
        assert_eq!(check.code, Some(0), "a note fails nothing\n{check}");
        check.report().diagnostics.into_iter().map(|told| told.code).collect()
    };
    assert_eq!(codes(&project), ["prisma-external-tables", "alembic-include-object"]);
    project.file("alembic/env.py", "context.configure(include_object=include_object)\n");
    project.file("prisma.config.ts", "export default { tables: { external: ['public.alembic_version'] } };\n");
    assert!(codes(&project).is_empty());
}

#[test]
fn the_ignore_settings_are_printed_alone() {
    let project = Project::in_step();
    let before = std::fs::read_to_string(project.path().join("ormsync.toml")).unwrap();
    let printed = project.run(&["init", "--print-ignores"]);
    assert_eq!(printed.code, Some(0), "{printed}");
    for words in ["external: [\"public.alembic_version\"]", "include_object", "\"_prisma_migrations\""] {
        assert!(printed.stdout.contains(words), "no `{words}`\n{printed}");
    }
    assert_eq!(std::fs::read_to_string(project.path().join("ormsync.toml")).unwrap(), before);
}

#[test]
fn what_says_the_server_never_shows_a_secret() {
    let project = Project::in_step();
    project.file(".env", &format!("API_KEY={PASSWORD}\nDATABASE_URL=mysql://root:{PASSWORD}@localhost/app\n"));
    for format in ["text", "json", "sarif", "markdown", "github", "gitlab", "junit"] {
        let check = project.check(&["--no-database", "--format", format]);
        assert!(check.stdout.contains("provider-mismatch"), "{check}");
        expect_no_password(&check);
    }
}

/// What stands in a file at the line that a report names.
fn line_of(project: &Project, file: &str, line: &str) -> String {
    let text = std::fs::read_to_string(project.path().join(file)).unwrap();
    text.lines().nth(line.parse::<usize>().unwrap() - 1).unwrap().trim().to_owned()
}

#[test]
fn commands_of_github_point_at_the_line_in_either_language() {
    let project = drifted();
    for (truth, line) in
        [("prisma", "name = mapped_column(String(20), nullable=False)"), ("sqlalchemy", "name String @db.VarChar(40)")]
    {
        let check = project.check(&["--truth", truth, "--format", "github"]);
        let command = check.stdout.lines().find(|line| line.starts_with("::error ")).unwrap();
        let property = |name: &str| {
            let (_, rest) = command.split_once(&format!("{name}=")).unwrap_or_else(|| panic!("no {name}: {command}"));
            rest.split([',', ':']).next().unwrap().to_owned()
        };
        let found = line_of(&project, &property("file"), &property("line"));
        assert_eq!(found, line, "{check}");
        let (from, to): (usize, usize) = (property("col").parse().unwrap(), property("endColumn").parse().unwrap());
        let text = std::fs::read_to_string(project.path().join(property("file"))).unwrap();
        let number: usize = property("line").parse().unwrap();
        let marked = &text.lines().nth(number - 1).unwrap()[from - 1..to - 1];
        assert!(["String(20)", "name String @db.VarChar(40)", "String @db.VarChar(40)"].contains(&marked), "{marked}");
    }
}

#[test]
fn sarif_and_gitlab_point_at_the_same_lines() {
    let project = drifted();
    let sarif: serde_json::Value =
        serde_json::from_str(&project.check(&["--truth", "prisma", "--format", "sarif"]).stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let place = |location: &serde_json::Value| {
        let physical = &location["physicalLocation"];
        let file = physical["artifactLocation"]["uri"].as_str().unwrap();
        line_of(&project, file, &physical["region"]["startLine"].to_string())
    };
    assert_eq!(place(&result["locations"][0]), "name = mapped_column(String(20), nullable=False)");
    assert_eq!(place(&result["relatedLocations"][0]), "name String @db.VarChar(40)");
    let quality: serde_json::Value =
        serde_json::from_str(&project.check(&["--truth", "sqlalchemy", "--format", "gitlab"]).stdout).unwrap();
    let location = &quality[0]["location"];
    let found = line_of(&project, location["path"].as_str().unwrap(), &location["lines"]["begin"].to_string());
    assert_eq!(found, "name String @db.VarChar(40)");
}

#[test]
fn a_monorepo_s_ci_speaks_of_the_projects_that_it_names() {
    let repository = tempfile::tempdir().unwrap();
    let folder = repository.path().join("services/shop");
    std::fs::create_dir_all(repository.path().join(".github/workflows")).unwrap();
    std::fs::create_dir_all(repository.path().join(".git")).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    let project = Project::in_step();
    for file in ["schema.prisma", "models.py", "ormsync.toml"] {
        std::fs::copy(project.path().join(file), folder.join(file)).unwrap();
    }
    let check = |workflow: &str| {
        std::fs::write(repository.path().join(".github/workflows/ci.yml"), workflow).unwrap();
        let mut command = crate::program::ormsync();
        crate::program::Run::of(command.current_dir(&folder).args(["check", "--format", "json"])).report().findings
    };
    let job = |folder: &str| {
        format!(
            "on: push\njobs:\n  test:\n    defaults:\n      run:\n        working-directory: {folder}\n    services:\n      db:\n        image: mysql:8\n"
        )
    };
    let found = check(&job("./services/shop"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].headline.contains("../../.github/workflows/ci.yml says the image mysql:8"), "{found:?}");
    assert!(check(&job("services/shopping")).is_empty(), "another project's");
    assert!(check(&job("other/services/shop")).is_empty(), "another project's");
}

#[test]
fn watch_checks_again_after_a_change() {
    let project = Project::in_step();
    let mut command = Command::new(project.command(&[]).get_program());
    command.current_dir(project.path()).args(["check", "--watch"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (sender, lines) = channel();
    for stream in [
        Box::new(child.stdout.take().unwrap()) as Box<dyn std::io::Read + Send>,
        Box::new(child.stderr.take().unwrap()),
    ] {
        let sender = sender.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
    }
    let wait_for = |words: &str| {
        loop {
            match lines.recv_timeout(Duration::from_secs(30)) {
                Ok(line) if line.contains(words) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    };
    let was_in_step = wait_for("watching for changes");
    project.file("models.py", &models("String(20)"));
    let saw_drift = wait_for("drift: 1 error");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(was_in_step && saw_drift, "in step: {was_in_step}, drift after the change: {saw_drift}");
}
