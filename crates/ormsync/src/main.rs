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
//! | `providers.rs`, `providers/` | what says which server is meant, beside the sources |
//! | `baseline.rs`, `changed_since.rs` | findings that are accepted, or were there before |
//! | `watch.rs` | checking again at each change |
//! | `gate.rs` | comparing, the answer as a whole, and writing it |
//! | `histories/` | the histories of migrations, what a database says of them, and what each migration does |
//! | `audit.rs` | what an audit asks of a live database besides its catalogue |
//! | `migrations/` | what a pair of migrations is called, and writing it |
//! | `failure.rs`, `terminal.rs` | what ends a run, and how it is shown |
//!
//! What is deliberately not here: what any dialect, ORM or rule means.

mod audit;
mod baseline;
mod changed_since;
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
mod histories;
mod migrations;
mod paths;
mod project;
mod providers;
mod read_sources;
mod snapshot;
mod source_argument;
mod suggestion;
mod terminal;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;
use ormsync_report::Outcome;

use crate::command_line::CommandLine;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// A large schema is many small allocations; docs/performance.md says what was seen of them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let command_line = CommandLine::parse();
    let terminal = Terminal::new(&command_line.global);
    let run = || commands::run(&command_line, &terminal);
    // A defect of ormsync is a question that was not answered, not an exit code of its own.
    let answer = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(Failure::new("internal", "ormsync failed inside").with_help("please report it with the lines above"))
    });
    let exit_code = answer.unwrap_or_else(|failure| {
        terminal.failure(&failure);
        Outcome::Unanswered.exit_code()
    });
    ExitCode::from(exit_code)
}
