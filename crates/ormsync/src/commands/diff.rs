//! `ormsync diff FROM TO`: any two sources.

use std::time::Instant;

use super::{statements, written};
use crate::command_line::{DiffOptions, Format, FormatChoice, GlobalOptions};
use crate::failure::Result;
use crate::gate;
use crate::project::{Project, Settings};
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &DiffOptions, terminal: &Terminal) -> Result<u8> {
    let start = Instant::now();
    let project = || {
        let settings = Settings::read(global)?;
        let sources = [options.from.as_str(), options.to.as_str()];
        Project::for_sources(&settings, &sources, &options.dialect, options.gate.truth.as_deref())
    };
    if let [FormatChoice { format: Format::Written(format), file }] = options.gate.format.as_slice() {
        let output = file.as_deref().or(options.gate.output.as_deref());
        return written::diff(&project()?, *format, output, terminal);
    }
    if let [FormatChoice { format: format @ (Format::Sql | Format::Alembic), file }] = options.gate.format.as_slice() {
        let output = file.as_deref().or(options.gate.output.as_deref());
        return statements::diff(&project()?, *format, options, output, terminal);
    }
    match project() {
        Ok(project) => gate::run(&project, &options.gate, terminal, start),
        Err(failure) => {
            gate::report_failure(&failure, &options.gate, terminal)?;
            Err(failure)
        }
    }
}
