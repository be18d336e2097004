//! `extract = "import"`: the project's own Python imports the models, and SQLAlchemy itself says what it makes of
//! them.
//!
//! | file | what |
//! | --- | --- |
//! | `collect.py`, `print.py` | what Python runs, as one text; it is part of this binary and is never written to a disk |
//! | `answer.rs` | what the script prints |
//! | `interpreter.rs` | which Python |
//! | `process.rs` | running it, for so long and no longer |
//! | `lower.rs` | from the answer to the canonical schema |
//! | `places.rs` | where in the files the answer's things are declared |
//! | `secrets.rs` | what must not be shown of Python's words |

mod answer;
mod interpreter;
mod lower;
mod places;
mod process;
mod secrets;
#[cfg(test)]
mod tests;

pub use secrets::Secrets;

use std::path::{Path, PathBuf};
use std::time::Duration;

use ormsync_schema::{Diagnostic, Fact, Opaque, Origin, Reading, Schema, SourceFiles};
use serde_json::json;

use crate::import::answer::{Answer, FORMAT, ImportError, Unusable};
use crate::import::interpreter::Interpreter;
use crate::import::places::Places;
use crate::import::process::{NoAnswer, Outcome};
use crate::lower::Compiler;
use crate::program::{self, Program};
use crate::release::Release;
use crate::{ReadOptions, drop_repeated};

/// How the project's own Python is asked.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The Python to run; else the active virtual environment's, the nearest one's beside or above the models, or
    /// the system's.
    pub python: Option<PathBuf>,
    /// The folder to run it in: imports start there, too.
    pub folder: PathBuf,
    /// How long it may take, imports and all.
    pub limit: Duration,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { python: None, folder: PathBuf::from("."), limit: Duration::from_secs(120) }
    }
}

/// The oldest SQLAlchemy that can be asked.
const OLDEST: &str = "1.4";

/// The end of standard error that is shown when nothing else is known, in lines.
const SHOWN_LINES: usize = 3;

/// The Python that the models under `roots` are imported with, for another tree of the same project which has no
/// environment of its own.
pub fn python_of(roots: &[PathBuf], import: &ImportOptions) -> PathBuf {
    interpreter(roots, import).path
}

fn interpreter(roots: &[PathBuf], import: &ImportOptions) -> Interpreter {
    let active = std::env::var_os("VIRTUAL_ENV").map(PathBuf::from);
    Interpreter::choose(import.python.as_deref(), active, roots)
}

/// Reads the models under `roots` by importing them with the project's own Python. What could not be imported is a
/// diagnostic of error severity; all else is still read. Nothing is written anywhere, and no server is asked; what
/// the models themselves do on import, they do.
pub fn read_by_import(roots: &[PathBuf], options: &ReadOptions<'_>, import: &ImportOptions) -> Reading {
    let mut diagnostics = Vec::new();
    let mut files = SourceFiles::default();
    let program = program::load(roots, &mut diagnostics, &mut files);
    // Python has its own words for files that do not parse.
    diagnostics.retain(|diagnostic| diagnostic.code != "python-syntax");
    let interpreter = interpreter(roots, import);
    let places = Places::of(&program, &files);
    let secrets = Secrets::of_environment();
    let schema = if program.modules.is_empty() {
        Ok(Schema::new(options.dialect.name()))
    } else {
        ask(&program, roots, options, import, &interpreter, &secrets).map(|answer| {
            let (mut schema, found) = lower::lower(&answer, options, &places);
            let failures = answer.errors.iter().map(|error| failure(error, &interpreter, &places, &secrets));
            diagnostics.extend(failures);
            diagnostics.extend(found);
            hide_unimported(&mut schema, &answer, &places);
            schema
        })
    };
    let schema = schema.unwrap_or_else(|diagnostic| {
        diagnostics.push(*diagnostic);
        Schema::new(options.dialect.name())
    });
    drop_repeated(&mut diagnostics);
    Reading { schema, diagnostics, files }
}

/// Any table may be in a file that could not be imported.
fn hide_unimported(schema: &mut Schema, answer: &Answer, places: &Places<'_>) {
    for error in &answer.errors {
        schema.opaque.push(Opaque {
            fact: Fact::Table,
            name: None,
            text: format!("{} could not be imported", error.file),
            origin: places.line(&error.file, error.line).unwrap_or_default(),
        });
    }
}

/// Runs the script and reads its answer.
fn ask(
    program: &Program,
    roots: &[PathBuf],
    options: &ReadOptions<'_>,
    import: &ImportOptions,
    interpreter: &Interpreter,
    secrets: &Secrets,
) -> Result<Answer, Box<Diagnostic>> {
    let compiler = Compiler::of(options);
    let here = std::env::current_dir().unwrap_or_default();
    let modules = program.modules.iter().filter(|module| module.is_root);
    let request = json!({
        "dialect": compiler.name(),
        "mariadb": compiler.is_mariadb(),
        "psycopg": Release::of_project(roots).uses_psycopg,
        "server_version": options.server.map(|server| &server.version),
        "files": modules.map(|module| here.join(Path::new(module.path.as_ref()))).collect::<Vec<_>>(),
        "search": program.search,
    });
    // A name without a folder is looked for on the path; anything else is relative to where *we* run.
    let python =
        if interpreter.path.components().count() > 1 { here.join(&interpreter.path) } else { interpreter.path.clone() };
    let outcome = process::run(&python, &here.join(&import.folder), &request.to_string(), import.limit);
    let answer = match outcome {
        Ok(outcome) => understood(&outcome, interpreter, secrets)?,
        Err(reason) => return Err(no_answer(&reason, import, interpreter, secrets)),
    };
    match answer.unusable {
        None => Ok(answer),
        Some(unusable) => Err(unusable_environment(unusable, &answer, interpreter)),
    }
}

fn understood(outcome: &Outcome, interpreter: &Interpreter, secrets: &Secrets) -> Result<Answer, Box<Diagnostic>> {
    if let Ok(answer) = serde_json::from_slice::<Answer>(&outcome.output)
        && answer.format == FORMAT
    {
        return Ok(answer);
    }
    let end = if outcome.status.success() { "ended without an answer" } else { "failed" };
    let complaint = last_lines(&outcome.complaint, secrets);
    let message = format!("{} {end} ({}){complaint}", shown(&interpreter.path), outcome.status);
    Err(Box::new(Diagnostic::error("python-import", message, Origin::nowhere()).with_help(format!(
        "that Python was taken because {}; `python` in [sqlalchemy] names another (3.7 or later), and \
         `extract = \"static\"` needs none",
        interpreter.reason
    ))))
}

/// The end of what was said, as a continuation of a sentence.
fn last_lines(complaint: &str, secrets: &Secrets) -> String {
    let lines: Vec<&str> = complaint.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
    if last.is_empty() { String::new() } else { format!(": {}", secrets.hidden(&last.join("; "))) }
}

fn no_answer(
    reason: &NoAnswer,
    import: &ImportOptions,
    interpreter: &Interpreter,
    secrets: &Secrets,
) -> Box<Diagnostic> {
    let python = shown(&interpreter.path);
    let (message, help) = match reason {
        NoAnswer::NotStarted(error) => (
            format!("the Python {python} does not start: {error}"),
            format!(
                "it was taken because {}; name the project's own with `python` in [sqlalchemy] of ormsync.toml",
                interpreter.reason
            ),
        ),
        NoAnswer::TooSlow(complaint) => (
            format!(
                "importing the models took longer than {} seconds and was stopped{}",
                import.limit.as_secs(),
                last_lines(complaint, secrets)
            ),
            "something in the models waits or works on import: guard it, or read them with `extract = \"static\"`"
                .to_owned(),
        ),
    };
    Box::new(Diagnostic::error("python-import", message, Origin::nowhere()).with_help(help))
}

fn unusable_environment(unusable: Unusable, answer: &Answer, interpreter: &Interpreter) -> Box<Diagnostic> {
    let python = format!("{} (Python {})", shown(&interpreter.path), answer.python);
    let message = match unusable {
        Unusable::Missing => format!("SQLAlchemy is not installed for {python}"),
        Unusable::Old => format!(
            "{python} has SQLAlchemy {}, which is older than {OLDEST}",
            answer.sqlalchemy.as_deref().unwrap_or("of an unknown version")
        ),
    };
    Box::new(Diagnostic::error("python-import", message, Origin::nowhere()).with_help(format!(
        "that Python was taken because {}; name the project's own with `python` in [sqlalchemy] of ormsync.toml, or \
         read the models with `extract = \"static\"`",
        interpreter.reason
    )))
}

/// A file that could not be imported, at the line of the project on which it happened.
fn failure(error: &ImportError, interpreter: &Interpreter, places: &Places<'_>, secrets: &Secrets) -> Diagnostic {
    let origin = places.line(&error.file, error.line).unwrap_or_default();
    let place = if origin.is_nowhere() { format!(" ({}, line {})", error.file, error.line) } else { String::new() };
    let first = error.message.lines().next().unwrap_or_default();
    let message = format!("the models could not be imported: {}: {}{place}", error.kind, secrets.hidden(first));
    let help = match &error.missing {
        Some(module) if error.kind == "ModuleNotFoundError" => format!(
            "install `{module}` for {}, name the project's own Python with `python` in [sqlalchemy], or run from the \
             folder that its imports start from",
            shown(&interpreter.path)
        ),
        _ => "importing these modules must work as it does in the application (settings and environment variables \
              included); `extract = \"static\"` imports nothing"
            .to_owned(),
    };
    Diagnostic::error("python-import", message, origin).with_help(help)
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
