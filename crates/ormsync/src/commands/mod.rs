//! One file per command.

mod audit;
mod check;
mod completions;
mod cross_check;
mod demo;
mod diff;
mod erd;
mod explain;
mod explain_column;
mod init;
mod inspect;
mod migrate;
mod mirror;
mod seed;
mod statements;
mod status;
mod verify;
pub(crate) mod verify_report;
mod written;

use crate::command_line::{Command, CommandLine};
use crate::failure::Result;
use crate::terminal::Terminal;

/// Runs a command and gives the exit code.
///
/// # Errors
/// When the question cannot be answered at all.
pub(crate) fn run(command_line: &CommandLine, terminal: &Terminal) -> Result<u8> {
    let global = &command_line.global;
    match &command_line.command {
        Command::Check(options) => check::run(global, options, terminal),
        Command::Diff(options) => diff::run(global, options, terminal),
        Command::Inspect(options) => inspect::run(global, options, terminal),
        Command::Migrate(options) => migrate::run(global, options, terminal),
        Command::Status(options) => status::run(global, options, terminal),
        Command::Mirror(options) => mirror::run(global, options, terminal),
        Command::Verify(options) => verify::run(global, options, terminal),
        Command::Seed(options) => seed::run(global, options, terminal),
        Command::Audit(options) => audit::run(global, options, terminal),
        Command::Erd(options) => erd::run(global, options, terminal),
        Command::Init(options) => init::run(global, options, terminal),
        Command::Explain(options) => explain::run(options, terminal),
        Command::Completions(options) => completions::run(options, terminal),
        Command::Demo(options) => demo::run(global, options, terminal),
    }
}
