//! `ormsync completions SHELL`.

use clap::CommandFactory;

use crate::command_line::{CommandLine, CompletionsOptions};
use crate::failure::Result;
use crate::terminal::Terminal;

pub(super) fn run(options: &CompletionsOptions, terminal: &Terminal) -> Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut CommandLine::command(), "ormsync", &mut script);
    terminal.output(&String::from_utf8_lossy(&script))?;
    Ok(0)
}
