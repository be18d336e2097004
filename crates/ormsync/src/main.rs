//! The `ormsync` command: arguments, configuration, wiring, exit codes.
//!
//! | file | what |
//! | --- | --- |
//! | `command_line.rs` | the commands and their options |
//! | `commands/` | one file per command |
//! | `config.rs`, `config_keys.rs` | ormsync.toml |
//! | `environment.rs` | variables and `.env` files |
//! | `discovery/` | what is found without ormsync.toml |
//! | `project.rs`, `project/` | the sources, the dialect and the options of a run, from all of these |
//! | `source_argument.rs` | what a `SOURCE` on the command line means |
//! | `read_sources.rs` | reading all sources at once, a broken one beside the others |
//! | `gate.rs` | comparing, the answer as a whole, and writing it |
//! | `failure.rs`, `terminal.rs` | what ends a run, and how it is shown |
//!
//! What is deliberately not here: what any dialect, ORM or rule means.

mod command_line;
mod commands;
mod config;
mod config_keys;
mod discovery;
#[cfg(test)]
mod documentation;
mod environment;
mod failure;
mod gate;
mod paths;
mod project;
mod read_sources;
mod snapshot;
mod source_argument;
mod suggestion;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use crate::command_line::CommandLine;
use crate::terminal::Terminal;

fn main() -> ExitCode {
    let command_line = CommandLine::parse();
    let terminal = Terminal::new(&command_line.global);
    match commands::run(&command_line, &terminal) {
        Ok(exit_code) => ExitCode::from(exit_code),
        Err(failure) => {
            terminal.failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}
