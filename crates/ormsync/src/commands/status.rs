//! `ormsync status`: the histories side by side, and where a database stands.

use ormsync_diff::stand;
use ormsync_report::{Outcome, standing_json, standing_text};
use ormsync_schema::Severity;

use crate::command_line::{GlobalOptions, StatusFormat, StatusOptions};
use crate::failure::Result;
use crate::gate::write_file;
use crate::histories::Histories;
use crate::project::Settings;
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &StatusOptions, terminal: &Terminal) -> Result<u8> {
    let settings = Settings::read(global)?;
    let mut histories = Histories::find(&settings, &options.histories)?;
    histories.read();
    let standing = stand(&histories.histories());
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
