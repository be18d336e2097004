//! The project's own Prisma and Alembic, told to work on a scratch database.
//!
//! | file | what |
//! | --- | --- |
//! | `variables.rs` | what leads them there |
//! | `process.rs` | running them, for so long and no longer |
//! | `settings_file.rs` | an alembic.ini that names another database |
//! | `prisma.rs`, `alembic.rs` | which command, and how it is proven where it has worked |
//!
//! **Nothing is run that changes a database before the tool itself has said, when it was asked for its status, that it is
//! connected to the scratch database**; and what it has done is looked for there afterwards.

pub(super) mod alembic;
pub(super) mod prisma;
mod process;
mod settings_file;
mod variables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ormsync_database::DatabaseUrl;
use ormsync_schema::{Diagnostic, Origin};
use ormsync_sqlalchemy::Secrets;

use crate::config::VerifySection;
use crate::paths;
use crate::project::Settings;
use crate::terminal::Terminal;

/// The end of what a command said that is shown, in lines.
const SHOWN_LINES: usize = 20;

/// How long one command may take where ormsync.toml does not say.
const LIMIT: Duration = Duration::from_secs(600);

/// A command line of the project's, and what it is told.
struct Tool {
    /// What it is called in sentences.
    label: &'static str,
    /// The program and its first words.
    words: Vec<String>,
    folder: PathBuf,
    variables: BTreeMap<String, String>,
    limit: Duration,
    secrets: Secrets,
}

/// How a command of a tool went that ended well.
struct Said {
    /// All that it said, secrets among it.
    text: String,
    milliseconds: u128,
}

impl Tool {
    /// Runs the tool with these arguments.
    fn run(&self, arguments: &[&str], terminal: &Terminal) -> Result<Said, Box<Diagnostic>> {
        let ended = self.ended(arguments, terminal)?;
        if ended.status.is_some_and(|status| status.success()) {
            return Ok(Said { text: ended.said, milliseconds: ended.took.as_millis() });
        }
        Err(self.failed(arguments, &ended))
    }

    /// That a command failed, or took too long.
    fn failed(&self, arguments: &[&str], ended: &process::Ended) -> Box<Diagnostic> {
        let how = match ended.status {
            Some(status) => format!("failed ({status})"),
            None => format!("took longer than {} s and was ended", self.limit.as_secs()),
        };
        let help = "that is the project's own command on the scratch database: run it by hand on an empty database to see more; \
                    [verify] of ormsync.toml names the command, its folder, its variables and its time_limit";
        self.problem(&format!("`{}` {how}", self.shown(arguments)), &ended.said).into_help(help)
    }

    /// The same, however it ends.
    fn ended(&self, arguments: &[&str], terminal: &Terminal) -> Result<process::Ended, Box<Diagnostic>> {
        terminal.detail(&format!("{}: {} (in {})", self.label, self.shown(arguments), paths::display(&self.folder)));
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).args(arguments).envs(&self.variables);
        command.current_dir(paths::openable(&self.folder));
        // No colours, no questions, no look at whether there is a newer one, and nothing written beside the modules.
        command.envs([
            ("NO_COLOR", "1"),
            ("CI", "1"),
            ("PRISMA_HIDE_UPDATE_MESSAGE", "1"),
            ("CHECKPOINT_DISABLE", "1"),
        ]);
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        process::run(&mut command, self.limit).map_err(|error| {
            let program = self.hidden(&self.words[0]);
            let message = format!("{}: the command {program} can't be started: {error}", self.label);
            let key = if self.label == "Prisma" { "prisma_command" } else { "alembic_command" };
            let help = format!("name the command in ormsync.toml: `{key} = [\"…\"]` in [verify]");
            Box::new(Diagnostic::error("verify-command", message, Origin::nowhere()).with_help(help))
        })
    }

    /// A command as people would write it, without passwords.
    fn shown(&self, arguments: &[&str]) -> String {
        let words: Vec<&str> = self.words.iter().map(String::as_str).chain(arguments.iter().copied()).collect();
        self.hidden(&words.join(" "))
    }

    fn hidden(&self, text: &str) -> String {
        self.secrets.hidden(text)
    }

    /// What went wrong, with the end of what was said; without secrets.
    fn problem(&self, what: &str, said: &str) -> Box<Diagnostic> {
        let (what, said) = (self.hidden(what), self.hidden(said));
        let lines: Vec<&str> = said.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).collect();
        let last = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
        let shown: String = last.iter().map(|line| format!("\n    {line}")).collect();
        let colon = if shown.is_empty() { "" } else { ":" };
        let message = format!("{}: {what}{colon}{shown}", self.label);
        Box::new(Diagnostic::error("verify-command", message, Origin::nowhere()))
    }

    /// That it works somewhere else than it should, or does not say where.
    fn elsewhere(&self, what: &str, said: &str) -> Box<Diagnostic> {
        let overridden: Vec<&str> = self.variables.keys().map(String::as_str).collect();
        let mut problem = self.problem(what, said);
        problem.code = "verify-elsewhere".to_owned();
        problem.into_help(&format!(
            "these variables lead to the scratch database: {}; where the project takes it from others, list them in \
             [verify.environment] of ormsync.toml, such as DB_URL = \"{{url}}\" or DB_NAME = \"{{database}}\"",
            overridden.join(", ")
        ))
    }
}

/// A diagnostic in a box, with help.
trait IntoHelp {
    fn into_help(self, help: &str) -> Self;
}

impl IntoHelp for Box<Diagnostic> {
    fn into_help(mut self, help: &str) -> Self {
        self.help = Some(help.to_owned());
        self
    }
}

/// `[verify]` of ormsync.toml.
fn section(settings: &Settings) -> VerifySection {
    settings.config.as_ref().map(|config| config.file.verify.clone()).unwrap_or_default()
}

fn limit_of(section: &VerifySection) -> Duration {
    section.time_limit.map_or(LIMIT, Duration::from_secs)
}

/// Values that must not be shown: those of the environment, what the project lists, and the scratch database's own password.
fn secrets_of(section: &VerifySection, scratch: &DatabaseUrl) -> Secrets {
    let listed = section.environment.values().filter(|text| !text.contains('{')).cloned();
    Secrets::of_environment().with(listed.chain(scratch.part("password")))
}

/// A program that ormsync.toml names: relative to that file where it is a path, else looked for as a shell would.
fn program_of(settings: &Settings, word: &str) -> String {
    if word.contains(['/', '\\']) { absolute(&paths::join(&settings.folder(), word)) } else { word.to_owned() }
}

/// Commands run in folders of their own.
fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned()
}
