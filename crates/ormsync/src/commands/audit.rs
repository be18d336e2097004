//! `ormsync audit`: the report on a shared database.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ormsync_diff::Selection;
use ormsync_report::audit::{
    Audit, AuditInput, Expectations, Extras, Made, audit, audit_html, audit_json, audit_markdown, changes_between,
    read_audit,
};
use ormsync_report::{Outcome, Report};
use ormsync_schema::Severity;

use crate::audit::{add_histories, count_orphans, extras};
use crate::command_line::{AuditFormat, AuditOptions, GlobalOptions};
use crate::failure::{Failure, Result};
use crate::gate::{Compared, compared, outcome, write_file};
use crate::paths;
use crate::project::{Project, Settings};
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &AuditOptions, terminal: &Terminal) -> Result<u8> {
    let start = Instant::now();
    refuse_overwriting(options.output.as_deref(), options.force)?;
    let older = options.compare.as_deref().map(older_audit).transpose()?;
    let settings = Settings::read(global)?;
    let project = Project::for_check(&settings, &options.sources, &options.dialect, options.truth.as_deref())?;
    let made = made(&settings);
    let expectations = settings.config.as_ref().map(|config| config.file.audit.clone()).unwrap_or_default();
    if let Some(problem) = expectations.problems().first() {
        return Err(Failure::new("config-value", format!("[audit] {problem}"))
            .with_help("write it as a glob of table.column: \"vendors.*\""));
    }
    let mut answer = compared(&project, Selection::default(), terminal, start);
    let mut extras = extras(&project, &mut answer.sources);
    let sources = (&options.sources, &options.dialect);
    add_histories(&settings, &project, sources, &mut answer.sources, &mut extras);
    let (mut audit, outcome) = audit_of(&project, &answer, (&made, &expectations, &extras), start);
    if options.with_data {
        let time = Duration::from_secs(options.data_seconds);
        audit.orphans = count_orphans(&project, &audit, options.data_rows, time, terminal)?;
    }
    audit.changes = older.map(|older| changes_between(&older, &audit));
    terminal.diagnostics(&answer.sources.diagnostics, &answer.sources.files);
    write(&audit, options, terminal)?;
    terminal.detail(&format!("written after {} ms", start.elapsed().as_millis()));
    // The process ends now: giving large schemas back piece by piece would take longer than needed.
    std::mem::forget(answer);
    Ok(exit_code(&audit, outcome, options))
}

/// Makes the audit of sources that were compared.
pub(super) fn audit_of(
    project: &Project,
    answer: &Compared<'_>,
    (made, expectations, extras): (&Made, &Expectations, &Extras),
    start: Instant,
) -> (Audit, Outcome) {
    let Compared { sources, comparison, options } = answer;
    let outcome = match outcome(comparison, &sources.diagnostics, Severity::Error, false) {
        Outcome::InStep if extras.history_findings.iter().any(|it| it.severity == Severity::Error) => Outcome::Drift,
        outcome => outcome,
    };
    let report = Report {
        dialect: project.dialect.name(),
        comparison,
        diagnostics: &sources.diagnostics,
        about_histories: 0,
        files: &sources.files,
        elapsed: start.elapsed(),
        outcome,
        fail_on: Severity::Error,
        strict: false,
        folder: &paths::in_repository(),
    };
    let read: Vec<_> = sources.read.iter().map(|side| side.source()).collect();
    let places: Vec<String> = sources.read.iter().map(|side| side.side.location.describe()).collect();
    let input = AuditInput {
        report: &report,
        sources: &read,
        places: &places,
        dialect: project.dialect,
        options,
        made,
        expectations,
        extras,
    };
    (audit(&input), outcome)
}

/// When it is made, by what, and of which project.
pub(super) fn made(settings: &Settings) -> Made {
    let folder = std::fs::canonicalize(paths::openable(&settings.folder())).unwrap_or_default();
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    Made {
        at: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        by: env!("CARGO_PKG_VERSION").to_owned(),
        project: name.unwrap_or_else(|| "database".to_owned()),
    }
}

/// A file that is there stays as it is unless its owner says otherwise.
///
/// # Errors
/// When there is one.
pub(super) fn refuse_overwriting(file: Option<&Path>, force: bool) -> Result<()> {
    match file {
        Some(file) if !force && file.exists() => {
            Err(Failure::new("output", format!("{} is there already: nothing was written", paths::display(file)))
                .with_help("--force overwrites it"))
        }
        _ => Ok(()),
    }
}

fn older_audit(file: &Path) -> Result<Audit> {
    let shown = paths::display(file);
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::new("audit", format!("{shown} could not be read: {error}"))
            .with_help("--compare wants the file that `ormsync audit --format json` wrote before")
    })?;
    read_audit(&text).map_err(|problem| {
        Failure::new("audit", format!("{shown} can't be compared with: {problem}"))
            .with_help("--compare wants the file that `ormsync audit --format json` wrote before")
    })
}

fn write(audit: &Audit, options: &AuditOptions, terminal: &Terminal) -> Result<()> {
    let by_name = options.output.as_deref().and_then(format_of);
    let rendered = match options.format.or(by_name).unwrap_or(AuditFormat::Html) {
        AuditFormat::Html => audit_html(audit),
        AuditFormat::Markdown => audit_markdown(audit),
        AuditFormat::Json => Ok(audit_json(audit)),
    };
    let text =
        rendered.map_err(|problem| Failure::new("internal", format!("the report could not be made: {problem}")))?;
    match &options.output {
        Some(file) => {
            write_file(file, &text)?;
            terminal.note(&format!("wrote {}: {}", paths::display(file), audit.verdict));
            Ok(())
        }
        None => terminal.output(&text),
    }
}

/// What a file's name says of the form of its contents.
fn format_of(file: &Path) -> Option<AuditFormat> {
    match file.extension()?.to_str()? {
        "html" | "htm" => Some(AuditFormat::Html),
        "md" | "markdown" => Some(AuditFormat::Markdown),
        "json" => Some(AuditFormat::Json),
        _ => None,
    }
}

/// As the gate ends; a promise that does not hold is the audit's own complaint.
fn exit_code(audit: &Audit, outcome: Outcome, options: &AuditOptions) -> u8 {
    let complains = outcome == Outcome::Drift || audit.promises.iter().any(|promise| !promise.holds);
    match outcome {
        Outcome::Unanswered => outcome.exit_code(),
        _ if complains && !options.exit_zero => Outcome::Drift.exit_code(),
        _ => Outcome::InStep.exit_code(),
    }
}
