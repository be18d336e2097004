//! `ormsync check`: the gate over all configured sources.

use std::time::Instant;

use crate::command_line::{CheckOptions, GlobalOptions};
use crate::failure::Result;
use crate::gate;
use crate::project::{Project, Settings};
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &CheckOptions, terminal: &Terminal) -> Result<u8> {
    let start = Instant::now();
    match project(global, options, terminal) {
        Ok(project) => gate::run(&project, &options.gate, terminal, start),
        Err(failure) => {
            gate::report_failure(&failure, &options.gate, terminal)?;
            Err(failure)
        }
    }
}

fn project(global: &GlobalOptions, options: &CheckOptions, terminal: &Terminal) -> Result<Project> {
    let settings = Settings::read(global)?;
    let project = Project::for_check(&settings, &options.sources, &options.dialect, options.gate.truth.as_deref())?;
    if !settings.names_sources() {
        let described = |side: &crate::project::Side| format!("{} ({})", side.label, side.location.describe());
        let sides: Vec<String> = project.sides.iter().map(described).collect();
        terminal.note(&format!("comparing {}", sides.join(", ")));
        if !project.sides.iter().any(|side| side.name == "database") && !options.sources.no_database {
            terminal.note("no database is compared: none was found; name one with --database URL");
        }
    }
    Ok(project)
}
