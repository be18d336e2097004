//! `ormsync inspect SOURCE`: the canonical schema as JSON.

use ormsync_report::Outcome;
use ormsync_schema::Severity;

use crate::command_line::{GlobalOptions, InspectOptions};
use crate::failure::{Failure, Result};
use crate::gate::write_file;
use crate::project::{Project, Settings};
use crate::read_sources::read_sources;
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &InspectOptions, terminal: &Terminal) -> Result<u8> {
    let settings = Settings::read(global)?;
    let project = Project::for_sources(&settings, &[&options.source], &options.dialect, None)?;
    let sources = read_sources(&project);
    terminal.diagnostics(&sources.diagnostics, &sources.files);
    let failed = sources.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    if let Some(read) = sources.read.first() {
        let json = serde_json::to_string_pretty(&read.schema)
            .map_err(|error| Failure::new("internal", format!("the schema could not be written as JSON: {error}")))?;
        match &options.output {
            Some(file) => write_file(file, &(json + "\n"))?,
            None => terminal.output(&(json + "\n"))?,
        }
    }
    Ok(if failed { Outcome::Unanswered } else { Outcome::InStep }.exit_code())
}
