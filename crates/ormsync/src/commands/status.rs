//! `ormsync status`: the histories side by side, and where a database stands.

use ormsync_diff::stand;
use ormsync_report::{Outcome, standing_json, standing_text};
use ormsync_schema::{Diagnostic, Origin, Severity};

use crate::command_line::{GlobalOptions, StatusFormat, StatusOptions};
use crate::failure::Result;
use crate::gate::write_file;
use crate::histories::Histories;
use crate::histories::verify::{Wanted, verify};
use crate::project::Settings;
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &StatusOptions, terminal: &Terminal) -> Result<u8> {
    let settings = Settings::read(global)?;
    let mut histories = Histories::find(&settings, &options.histories)?;
    histories.read();
    let mut standing = stand(&histories.histories());
    standing.findings.extend(histories.of_effects());
    if let Some(told) = &options.scratch_url {
        standing.findings.extend(on_scratch(&settings, &histories, told, terminal)?);
    }
    terminal.diagnostics(&histories.diagnostics, &histories.files);
    let unread = histories.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let outcome = match (unread, standing.is_in_step()) {
        (true, _) => Outcome::Unanswered,
        (false, true) => Outcome::InStep,
        (false, false) => Outcome::Drift,
    };
    let files = &histories.files;
    match (&options.output, options.format) {
        (None, StatusFormat::Text) => {
            terminal.output(&standing_text(&standing, outcome, files, terminal.text_style()))?;
        }
        (None, StatusFormat::Json) => terminal.output(&standing_json(&standing, outcome, files))?,
        (Some(path), StatusFormat::Text) => {
            let style = ormsync_report::TextStyle { colour: false, width: 100 };
            write_file(path, &standing_text(&standing, outcome, files, style))?;
        }
        (Some(path), StatusFormat::Json) => write_file(path, &standing_json(&standing, outcome, files))?,
    }
    Ok(outcome.exit_code())
}

/// Whether a server makes of the histories what the replay without one does.
fn on_scratch(settings: &Settings, histories: &Histories, told: &str, terminal: &Terminal) -> Result<Vec<Diagnostic>> {
    let url = super::verify::scratch_url(settings, Some(told), histories.project.dialect.name())?;
    let wanted = Wanted { url: &url, rows: 0, since: None, back: false, apply_with: &[], target: false, dialect: None };
    let mut findings = Vec::new();
    for ran in verify(settings, histories, &wanted, terminal)? {
        findings.extend(ran.problems);
        if ran.differences.is_empty() {
            terminal.note(&format!("{}: the server makes of it what the replay without a server does", ran.label));
        }
        findings.extend(ran.differences.into_iter().map(|difference| {
            let message = format!("{}: the server makes something else than the replay: {difference}", ran.label);
            Diagnostic::error("replay-differs", message, Origin::nowhere())
                .with_help("the server is right: please report what was replayed wrongly, with the statement")
        }));
    }
    Ok(findings)
}
