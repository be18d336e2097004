//! Runs the program as a user would, and reads its answer.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use serde::Deserialize;

/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The built program lies beside the folder of the test programs.
fn path() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join(format!("ormsync{EXE_SUFFIX}"));
    assert!(
        program.is_file(),
        "{} is not built: run `cargo build -p ormsync`, or `cargo test --workspace`, which builds it",
        program.display()
    );
    program
}

/// The program, with nothing of this machine's environment that would change its answers.
pub(crate) fn ormsync() -> Command {
    let mut command = Command::new(path());
    for (name, _) in std::env::vars() {
        if name == "DATABASE_URL" || name.starts_with("ORMSYNC_") || name.starts_with("PG") {
            command.env_remove(name);
        }
    }
    command.env("NO_COLOR", "1").timeout(PATIENCE);
    command
}

/// Runs it with these arguments in this folder.
pub(crate) fn run<I, S>(folder: &Path, arguments: I) -> Run
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    Run::of(ormsync().current_dir(folder).args(arguments))
}

/// One run and all it said.
pub(crate) struct Run {
    /// The exit code; none when it was killed.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
    command: String,
}

impl Run {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        let description = format!("{command:?}");
        let output: Output = command.output().unwrap();
        let run = Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("the program writes UTF-8"),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            command: description,
        };
        assert!(run.code.is_some(), "killed after {PATIENCE:?}, or by a signal\n{run}");
        assert!(run.code != Some(101) && !run.stderr.contains("panicked at"), "the program panicked\n{run}");
        run
    }

    /// The answer of `--format json`.
    pub(crate) fn report(&self) -> Report {
        match serde_json::from_str(&self.stdout) {
            Ok(report) => report,
            Err(error) => panic!("standard output is not the JSON of a report: {error}\n{self}"),
        }
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "$ {}\nexit code {:?}\n--- standard output\n{}\n--- standard error\n{}",
            self.command, self.code, self.stdout, self.stderr
        )
    }
}

/// The JSON of `check` and `diff`, as far as the tests look at it.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    /// in step, drift or unanswered.
    pub(crate) verdict: String,
    /// What was found.
    pub(crate) findings: Vec<Finding>,
    /// What could not be read.
    pub(crate) diagnostics: Vec<Complaint>,
}

/// One finding.
#[derive(Debug, Deserialize)]
pub(crate) struct Finding {
    /// The rule's name.
    pub(crate) rule: String,
    /// error, warning or note.
    pub(crate) severity: String,
    /// The physical name.
    pub(crate) at: String,
    /// The line that stands alone.
    pub(crate) headline: String,
    /// Who moved; absent when only two sources were compared without a truth.
    #[serde(default)]
    pub(crate) verdict: Option<String>,
}

/// One diagnostic.
#[derive(Debug, Deserialize)]
pub(crate) struct Complaint {
    /// error, warning or note.
    pub(crate) severity: String,
    /// Its stable name.
    pub(crate) code: String,
    /// What is wrong.
    pub(crate) message: String,
    /// Where.
    #[serde(default)]
    pub(crate) file: Option<String>,
    /// Where in it, from 1.
    #[serde(default)]
    pub(crate) line: Option<u32>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.verdict.as_deref().unwrap_or("no verdict");
        write!(f, "{}[{}] {} ({verdict}): {}", self.severity, self.rule, self.at, self.headline)
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} ({}:{})",
            self.severity,
            self.message,
            self.file.as_deref().unwrap_or("no file"),
            self.line.unwrap_or_default()
        )
    }
}

/// The lines of things that print, indented for a failure's message.
pub(crate) fn list<T: fmt::Display>(things: impl IntoIterator<Item = T>) -> String {
    let lines: Vec<String> = things.into_iter().map(|thing| format!("    {thing}")).collect();
    if lines.is_empty() { "    nothing".to_owned() } else { lines.join("\n") }
}
