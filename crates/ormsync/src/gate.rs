//! The gate: reading, comparing, the answer as a whole, and writing it.

use std::io::Write as _;
use std::path::Path;
use std::thread;
use std::time::Instant;

use ormsync_diff::{Comparison, Selection, compare};
use ormsync_report::{Outcome, Report, TextStyle};
use ormsync_schema::{Diagnostic, Origin, SUPPRESSION_MARK, Schema, Severity, SourceFiles};

use crate::command_line::{DocumentFormat, Format, FormatChoice, GateOptions};
use crate::failure::{Failure, Result};
use crate::paths;
use crate::project::Project;
use crate::read_sources::{Sources, read_sources};
use crate::terminal::Terminal;

/// What came of comparing a project's sources.
pub(crate) struct Answer {
    /// The findings and counts.
    pub(crate) comparison: Comparison,
    /// What readers and the comparison had to say.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What is wrong with histories of migrations: drift, not a question without an answer.
    pub(crate) histories: Vec<Diagnostic>,
    /// The files that origins point into.
    pub(crate) files: SourceFiles,
}

/// Reads and compares a project's sources, writes the report, and gives the exit code.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn run(project: &Project, options: &GateOptions, terminal: &Terminal, start: Instant) -> Result<u8> {
    // What is wrong with the options is told before anything is read.
    check_outputs(options)?;
    let answer = answer(project, options, terminal, start);
    tell(project, answer, options, terminal, start)
}

/// Whether the outputs that are asked for can be written at all.
///
/// # Errors
/// When two formats would go to one place, or one is none of a report's.
pub(crate) fn check_outputs(options: &GateOptions) -> Result<()> {
    Outputs::new(options).map(drop)
}

/// Reads and compares a project's sources.
pub(crate) fn answer(project: &Project, options: &GateOptions, terminal: &Terminal, start: Instant) -> Answer {
    let selection = Selection { only: options.only.clone(), except: options.except.clone() };
    let Compared { sources, comparison, .. } = compared(project, selection, terminal, start);
    // To give large schemas back takes a while, for which nobody needs to wait; without a thread they are given back here.
    let schemas: Vec<Schema> = sources.read.into_iter().map(|read| read.schema).collect();
    let _ = thread::Builder::new().spawn(move || drop(schemas));
    Answer { comparison, diagnostics: sources.diagnostics, histories: Vec::new(), files: sources.files }
}

/// A project's sources, with all that readers and the comparison had to say, and what came of comparing them.
pub(crate) struct Compared<'a> {
    /// The sources.
    pub(crate) sources: Sources<'a>,
    /// The findings and counts.
    pub(crate) comparison: Comparison,
    /// How they were compared.
    pub(crate) options: ormsync_diff::Options,
}

/// Reads and compares a project's sources.
pub(crate) fn compared<'a>(
    project: &'a Project,
    selection: Selection,
    terminal: &Terminal,
    start: Instant,
) -> Compared<'a> {
    terminal.detail(&format!("dialect: {}", project.dialect.name()));
    for side in &project.sides {
        terminal.detail(&format!("{}: {}", side.name, side.location.describe()));
    }
    let mut sources = read_sources(project);
    for side in &sources.read {
        terminal.detail(&format!("{}: read in {} ms", side.side.name, side.elapsed.as_millis()));
    }
    sources.diagnostics.extend(project.advice.iter().cloned());
    if let [only] = sources.read.as_slice()
        && project.sides.len() > 1
    {
        let message = format!("nothing was compared: only {} could be read", only.side.label);
        sources.diagnostics.push(Diagnostic::error("sources", message, Origin::nowhere()));
    }
    let read_at = start.elapsed();
    let long_names = std::mem::take(&mut sources.long_names);
    let options = ormsync_diff::Options { selection, long_names, ..options_of_comparison(project, &sources.files) };
    let read: Vec<_> = sources.read.iter().map(|side| side.source()).collect();
    let comparison = if read.len() < 2 { Comparison::default() } else { compare(&read, project.dialect, &options) };
    drop(read);
    let compared = start.elapsed().saturating_sub(read_at);
    terminal.detail(&format!("all read after {} ms, compared in {} ms", read_at.as_millis(), compared.as_millis()));
    sources.diagnostics.extend(comparison.diagnostics.iter().cloned());
    Compared { sources, comparison, options }
}

/// Writes the report of an answer, and gives the exit code.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn tell(
    project: &Project,
    answer: Answer,
    options: &GateOptions,
    terminal: &Terminal,
    start: Instant,
) -> Result<u8> {
    let Answer { comparison, mut diagnostics, histories, files } = answer;
    let fails = options.fail_on.severity();
    let outcome = match outcome(&comparison, &diagnostics, fails, options.strict) {
        Outcome::InStep if histories.iter().any(|finding| finding.severity >= fails) => Outcome::Drift,
        outcome => outcome,
    };
    let about_histories = histories.len();
    diagnostics.extend(histories);
    let report = Report {
        dialect: project.dialect.name(),
        comparison: &comparison,
        diagnostics: &diagnostics,
        about_histories,
        files: &files,
        elapsed: start.elapsed(),
        outcome,
        fail_on: options.fail_on.severity(),
        strict: options.strict,
        folder: &paths::in_repository(),
    };
    Outputs::new(options)?.write(&report, terminal)?;
    let is_forgiven = options.exit_zero && outcome == Outcome::Drift;
    Ok(if is_forgiven { 0 } else { outcome.exit_code() })
}

/// The project's options with the comments that allow findings, in whichever language they are written.
fn options_of_comparison(project: &Project, files: &SourceFiles) -> ormsync_diff::Options {
    let mut suppressions = ormsync_prisma::suppressions(&of_language(files, "prisma"));
    suppressions.extend(ormsync_sqlalchemy::suppressions(&of_language(files, "py")));
    ormsync_diff::Options { suppressions, ..project.options.clone() }
}

/// The files of a language, by the end of their names.
fn of_language(files: &SourceFiles, extension: &str) -> SourceFiles {
    let mut chosen = SourceFiles::default();
    for (path, file) in
        files.iter().filter(|(path, _)| Path::new(&***path).extension().is_some_and(|it| it == extension))
    {
        if file.text().contains(SUPPRESSION_MARK) {
            chosen.insert(path.clone(), file.text());
        }
    }
    chosen
}

/// The report of a run that could not begin, for machines: they get a document whatever happens.
pub(crate) fn report_failure(failure: &Failure, options: &GateOptions, terminal: &Terminal) -> Result<()> {
    let report = Report {
        dialect: "",
        comparison: &Comparison::default(),
        diagnostics: &failure.diagnostics,
        about_histories: 0,
        files: &failure.files,
        elapsed: std::time::Duration::ZERO,
        outcome: Outcome::Unanswered,
        fail_on: options.fail_on.severity(),
        strict: options.strict,
        folder: &paths::in_repository(),
    };
    let mut outputs = Outputs::new(options)?;
    outputs.choices.retain(|choice| matches!(choice.format, Format::Document(_)));
    outputs.write(&report, terminal)
}

/// The answer as a whole: what could not be read weighs most, then drift at or above the severity that fails.
pub(crate) fn outcome(
    comparison: &Comparison,
    diagnostics: &[Diagnostic],
    fails: Severity,
    is_strict: bool,
) -> Outcome {
    let refused = if is_strict { Severity::Warning } else { Severity::Error };
    let unread = diagnostics.iter().any(|diagnostic| diagnostic.severity >= refused);
    let opaque = is_strict && comparison.summary.opaque > 0;
    if unread || opaque {
        return Outcome::Unanswered;
    }
    match comparison.findings.iter().any(|finding| finding.severity >= fails) {
        true => Outcome::Drift,
        false => Outcome::InStep,
    }
}

/// The formats asked for, each with its destination.
struct Outputs {
    choices: Vec<FormatChoice>,
}

impl Outputs {
    /// What `--format` and `--output` say together.
    ///
    /// # Errors
    /// When two formats would go to one place.
    fn new(options: &GateOptions) -> Result<Self> {
        let mut choices = options.format.clone();
        if choices.iter().any(|choice| matches!(choice.format, Format::Written(_) | Format::Sql)) {
            return Err(Failure::new("usage", "a schema in an ORM's language cannot be combined with this")
                .with_help("`ormsync diff FROM TO --format prisma` stands alone"));
        }
        let mut without_file = choices.iter_mut().filter(|choice| choice.file.is_none());
        let first = without_file.next();
        if without_file.next().is_some() {
            return Err(Failure::new("usage", "two formats cannot go to one place")
                .with_help("give files to all but one: --format text --format json=drift.json"));
        }
        match (first, &options.output) {
            (Some(choice), Some(output)) => choice.file = Some(output.clone()),
            (None, Some(output)) => {
                let message = format!("--output {}: every format has its own file already", paths::display(output));
                return Err(Failure::new("usage", message).with_help("remove --output, or one of the =FILE"));
            }
            (_, None) => {}
        }
        Ok(Self { choices })
    }

    fn write(&self, report: &Report<'_>, terminal: &Terminal) -> Result<()> {
        for choice in &self.choices {
            match (&choice.file, choice.format) {
                (None, Format::Text) if terminal.quiet && is_silent(report) => {}
                (None, Format::Text) => terminal.output(&ormsync_report::text(report, terminal.text_style()))?,
                (Some(file), Format::Text) => {
                    write_file(file, &ormsync_report::text(report, TextStyle { colour: false, width: 100 }))?;
                }
                (_, Format::Document(DocumentFormat::Gitlab)) => {
                    // The form has no room for what was looked at.
                    ormsync_report::coverage_lines(report).iter().for_each(|line| terminal.note(line));
                    let text = document(report, DocumentFormat::Gitlab);
                    match &choice.file {
                        Some(file) => write_file(file, &text)?,
                        None => terminal.output(&text)?,
                    }
                }
                (None, Format::Document(format)) => terminal.output(&document(report, format))?,
                (Some(file), Format::Document(format)) => write_file(file, &document(report, format))?,
                // Refused before.
                (_, Format::Written(_) | Format::Sql | Format::Alembic) => {}
            }
        }
        Ok(())
    }
}

fn document(report: &Report<'_>, format: DocumentFormat) -> String {
    match format {
        DocumentFormat::Json => ormsync_report::json(report),
        DocumentFormat::Sarif => ormsync_report::sarif(report),
        DocumentFormat::Junit => ormsync_report::junit(report),
        DocumentFormat::Github => ormsync_report::github(report),
        DocumentFormat::Gitlab => ormsync_report::gitlab(report),
        DocumentFormat::Markdown => ormsync_report::markdown(report),
    }
}

/// Whether there is nothing wrong to tell.
fn is_silent(report: &Report<'_>) -> bool {
    report.outcome == Outcome::InStep && report.comparison.findings.is_empty() && report.diagnostics.is_empty()
}

/// Writes a file whole or not at all: into a new file beside it, which then takes its name.
///
/// # Errors
/// When its folder cannot be written to.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<()> {
    let written = (|| {
        let folder = paths::openable(paths::folder_of(path));
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(".ormsync-").tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        share(file.as_file())?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    })();
    written.map_err(|error: std::io::Error| {
        Failure::new("output", format!("{} could not be written: {error}", paths::display(path)))
    })
}

/// Temporary files are for their owner only; what is written here is as readable as any other file.
#[cfg(unix)]
pub(crate) fn share(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
pub(crate) fn share(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
