//! Arguments, help, completions, explain.

use std::process::{Command, Stdio};

use crate::project::{Project, in_step};

#[test]
fn without_arguments_help_is_shown() {
    let run = Project::new(&[]).run(&[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("ormsync demo"), "{}", run.stderr);
}

#[test]
fn every_command_teaches() {
    for command in ["check", "diff", "inspect", "init", "explain", "completions", "demo"] {
        let run = Project::new(&[]).run(&[command, "--help"]);
        assert_eq!(run.code, 0, "{command}");
        assert!(run.stdout.lines().count() > 10, "{command}: {}", run.stdout);
    }
    assert!(Project::new(&[]).run(&["check", "--help"]).stdout.contains("Examples:"));
}

#[test]
fn usage_errors_give_2() {
    let project = in_step();
    for arguments in [
        &["chekc"][..],
        &["check", "--nope"],
        &["check", "--format", "xml"],
        &["check", "--fail-on", "never"],
        &["check", "--database", "sqlite:x", "--no-database"],
        &["check", "--format", "text", "--format", "json"],
        &["check", "--format", "json=a.json", "--output", "b.json"],
        &["diff", "prisma"],
        &["explain", "no-such-rule"],
        &["check", "--truth", "prism"],
    ] {
        let run = project.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}\n{}", run.stderr);
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(run.stderr.starts_with("error"), "{arguments:?}\n{}", run.stderr);
    }
    assert!(project.run(&["check", "--truth", "prism"]).stderr.contains("did you mean `prisma`?"));
    assert!(project.run(&["explain", "colum-type"]).stderr.contains("did you mean `column-type`?"));
}

#[test]
fn completions_are_made_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = Project::new(&[]).run(&["completions", shell]);
        assert_eq!(run.code, 0, "{shell}");
        assert!(run.stdout.contains("no-database"), "{shell}");
        // The scripts for the other shells complete no values of arguments.
        if ["bash", "zsh"].contains(&shell) {
            assert!(run.stdout.contains("foreign-key-action"), "{shell} completes rules");
        }
    }
}

#[test]
fn rules_are_explained() {
    let list = Project::new(&[]).run(&["explain"]);
    assert_eq!(list.code, 0);
    let rules: Vec<&str> = list.stdout.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(rules.len(), ormsync_diff::RULES.len());
    let page = Project::new(&[]).run(&["explain", "column-type"]);
    assert_eq!((page.code, page.stdout.lines().next()), (0, Some("# column-type")));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ormsync"))
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn colour_is_a_choice() {
    let project = in_step();
    project.write("schema.prisma", "datasource db {\n  provider = \"sqlite\"\n}\n\nmodel Other {\n  id Int @id\n}\n");
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let run = project.run_in("".as_ref(), arguments, variables);
        assert_eq!(run.code, 1, "{}", run.stderr);
        run.stdout.contains('\u{1b}')
    };
    assert!(!run(&["check"], &[]), "not a terminal");
    assert!(run(&["check", "--color", "always"], &[]));
    assert!(!run(&["check", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!run(&["check"], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
}
