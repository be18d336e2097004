//! The command line as a user meets it: exit codes, and what bad input is answered.
//!
//! 0 in step, 1 drift, 2 the question could not be answered. Bad input gets a message with its place
//! and a remedy; it never panics, never hangs, and never prints a password.

/// Files, configuration, arguments.
mod bad_input;
/// The jobs of docs/ci.md.
mod ci_examples;
/// Servers that are not there, or not willing.
mod connections;
/// What the gate can be asked.
mod gate;
/// Models that Python imports.
#[cfg(feature = "live")]
mod imports;
/// A broken side does not hide the rest.
mod partial;
/// A project of a few files.
mod project;
/// TLS and passwords, against real servers.
#[cfg(feature = "live")]
mod real_servers;

use std::path::Path;

use crate::program::run;
use project::Project;

#[test]
fn a_project_in_step_is_0_and_drift_is_1() {
    let project = Project::in_step();
    let check = project.check(&[]);
    assert_eq!(check.code, Some(0), "{check}");

    project.file("models.py", &project::models("String(20)"));
    let check = project.check(&[]);
    assert_eq!(check.code, Some(1), "{check}");
    assert!(check.stdout.contains("column-type"), "findings go to standard output\n{check}");
    assert!(!check.stderr.contains("column-type"), "findings don't go to standard error\n{check}");
}

#[test]
fn without_a_command_or_with_a_wrong_one_it_is_2() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&[][..], &["no-such-command"], &["check", "--no-such-option"], &["diff", "only-one"]] {
        let answer = run(folder.path(), arguments);
        assert_eq!(answer.code, Some(2), "{answer}");
        assert!(answer.stderr.contains("Usage"), "{answer}");
    }
}

#[test]
fn help_and_version_are_0() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for command in ["check", "diff", "inspect", "init", "explain", "completions", "demo"] {
        let answer = run(folder, [command, "--help"]);
        assert_eq!(answer.code, Some(0), "{answer}");
        assert!(answer.stdout.contains("Usage"), "{answer}");
    }
    assert!(run(folder, ["--version"]).stdout.starts_with("ormsync "));
}

#[test]
fn a_misspelt_rule_is_told() {
    let answer = run(Path::new(env!("CARGO_MANIFEST_DIR")), ["explain", "colum-type"]);
    assert_eq!(answer.code, Some(2), "{answer}");
    assert!(answer.stderr.contains("column-type"), "the nearest name is offered\n{answer}");
}

#[test]
fn no_colour_reaches_a_pipe() {
    let project = Project::in_step();
    project.file("models.py", &project::models("String(20)"));
    let answer = crate::program::Run::of(project.command(&["check"]).env_remove("NO_COLOR"));
    assert!(!answer.stdout.contains('\u{1b}') && !answer.stderr.contains('\u{1b}'), "{answer}");
}
