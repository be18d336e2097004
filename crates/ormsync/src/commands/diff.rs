//! `ormsync diff FROM TO`: any two sources.

use std::time::Instant;

use crate::command_line::{DiffOptions, GlobalOptions};
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
    match project() {
        Ok(project) => gate::run(&project, &options.gate, terminal, start),
        Err(failure) => {
            gate::report_failure(&failure, &options.gate, terminal)?;
            Err(failure)
        }
    }
}
