//! `ormsync inspect SOURCE`: the canonical schema as JSON, in an ORM's language, or in numbers.

use std::time::Instant;

use ormsync_diff::count;
use ormsync_report::{Outcome, coverage_text};
use ormsync_schema::Severity;

use super::cross_check::cross_check;
use super::statements;
use super::written::written;
use crate::command_line::{GlobalOptions, InspectFormat, InspectOptions, WrittenFormat};
use crate::failure::{Failure, Result};
use crate::gate::write_file;
use crate::project::{Project, Settings};
use crate::read_sources::{read_settled_sources, read_sources};
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &InspectOptions, terminal: &Terminal) -> Result<u8> {
    let start = Instant::now();
    let settings = Settings::read(global)?;
    let mut project = Project::for_sources(&settings, &[&options.source], &options.dialect, None)?;
    if let Some(python) = &options.python {
        project.import.python = Some(python.clone());
    }
    if options.cross_check {
        return cross_check(project, options, terminal, start);
    }
    let sources = match options.format {
        Some(InspectFormat::Sql) => read_settled_sources(&project),
        _ => read_sources(&project),
    };
    terminal.diagnostics(&sources.diagnostics, &sources.files);
    let failed = sources.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    if let Some(read) = sources.read.first() {
        let text = match options.format.unwrap_or(InspectFormat::Json) {
            InspectFormat::Json => {
                let json = serde_json::to_string_pretty(&read.schema).map_err(|error| {
                    Failure::new("internal", format!("the schema could not be written as JSON: {error}"))
                })?;
                json + "\n"
            }
            InspectFormat::Sql => statements::whole(&project, &read.schema, terminal),
            InspectFormat::Prisma => written(WrittenFormat::Prisma, &read.schema, true),
            InspectFormat::Sqlalchemy => written(WrittenFormat::Sqlalchemy, &read.schema, true),
            InspectFormat::Summary => coverage_text(&count(&read.source(), 0), &read.schema.dialect),
        };
        match &options.output {
            Some(file) => write_file(file, &text)?,
            None => terminal.output(&text)?,
        }
    }
    // The process ends now: giving a large schema back piece by piece would take a tenth of the time of reading it.
    std::mem::forget(sources);
    Ok(if failed { Outcome::Unanswered } else { Outcome::InStep }.exit_code())
}
