//! `ormsync demo [DIR]`: a small project with real drift, checked at once.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use clap::Parser as _;
use ormsync_report::Outcome;

use crate::command_line::{CheckOptions, Command, CommandLine, DemoOptions, GlobalOptions};
use crate::config::FILE_NAME;
use crate::failure::{Failure, Result};
use crate::gate::{self, write_file};
use crate::paths;
use crate::project::{Project, Settings};
use crate::terminal::Terminal;

/// The files of the demo, by path.
const FILES: &[(&str, &str)] = &[
    (FILE_NAME, include_str!("../../demo/ormsync.toml")),
    ("prisma/schema.prisma", include_str!("../../demo/prisma/schema.prisma")),
    ("app/models.py", include_str!("../../demo/app/models.py")),
    (SCRIPT, include_str!("../../demo/database.sql")),
];

/// What the demo's database is made from, and the database.
const SCRIPT: &str = "database.sql";
const DATABASE: &str = "shop.db";

/// How the first line of the demo's ormsync.toml begins: a folder with it is the demo's own.
const MARK: &str = "# The demo of ormsync";

pub(super) fn run(global: &GlobalOptions, options: &DemoOptions, terminal: &Terminal) -> Result<u8> {
    let start = Instant::now();
    let folder = paths::join(Path::new(""), &options.folder);
    let shown = paths::display(&folder);
    let again = is_demo(&folder);
    if again {
        terminal.note(&format!("{shown} is a demo already: its files stay, {DATABASE} is made anew from {SCRIPT}\n"));
    } else {
        refuse_other_folders(&folder)?;
        for (name, text) in FILES {
            write_file(&folder.join(name), text)?;
        }
        terminal.note(&format!("wrote a small shop with drift into {shown}\n"));
    }
    make_database(&folder)?;
    let config = folder.join(FILE_NAME);
    let settings = Settings::read(&GlobalOptions { config: Some(config.clone()), ..global.clone() })?;
    let check = check_options()?;
    let project = Project::for_check(&settings, &check.sources, &check.dialect, None)?;
    let exit_code = gate::run(&project, &check.gate, terminal, start)?;
    if !terminal.quiet {
        terminal.output(&next_steps(&folder, exit_code))?;
    }
    // That there is drift is what the demo is for.
    Ok(if exit_code == Outcome::Drift.exit_code() { Outcome::InStep.exit_code() } else { exit_code })
}

/// The options of a plain `ormsync check`.
fn check_options() -> Result<CheckOptions> {
    match CommandLine::try_parse_from(["ormsync", "check"]).map(|line| line.command) {
        Ok(Command::Check(options)) => Ok(options),
        _ => Err(Failure::new("internal", "`ormsync check` needs options")),
    }
}

fn is_demo(folder: &Path) -> bool {
    std::fs::read_to_string(folder.join(FILE_NAME)).is_ok_and(|text| text.starts_with(MARK))
}

fn refuse_other_folders(folder: &Path) -> Result<()> {
    let shown = paths::display(folder);
    match std::fs::read_dir(paths::openable(folder)).map(Iterator::count) {
        Ok(0) => Ok(()),
        Ok(_) => Err(Failure::new("demo", format!("the folder {shown} is not empty: nothing was written"))
            .with_help("name a new folder: `ormsync demo DIR`")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::new("demo", format!("{shown} cannot be written to: {error}"))
            .with_help("name a new folder: `ormsync demo DIR`")),
    }
}

/// Makes the database anew: beside the old one, which stays if the script fails.
fn make_database(folder: &Path) -> Result<()> {
    let script = folder.join(SCRIPT);
    let read = std::fs::read_to_string(&script).map_err(|error| {
        Failure::new("demo", format!("{} could not be read: {error}", paths::display(&script)))
            .with_help(format!("remove {} to begin again", paths::display(folder)))
    })?;
    let trouble = |error: &dyn std::fmt::Display| {
        Failure::new("demo", format!("{} could not be made: {error}", paths::display(&folder.join(DATABASE))))
    };
    let made = tempfile::Builder::new().prefix(".ormsync-").tempdir_in(folder).map_err(|error| trouble(&error))?;
    let new = made.path().join(DATABASE);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| trouble(&error))?;
    runtime.block_on(ormsync_database::create_sqlite(&new, &read)).map_err(|error| {
        trouble(&error).with_help(format!("put {} right; shop.db is as it was", paths::display(&script)))
    })?;
    std::fs::rename(&new, folder.join(DATABASE)).map_err(|error| trouble(&error))
}

fn next_steps(folder: &Path, exit_code: u8) -> String {
    let shown = paths::display(folder);
    let program = program();
    let config = format!("--config {shown}/{FILE_NAME}");
    if exit_code == Outcome::InStep.exit_code() {
        return format!("\nThe demo is in step: `{program} check {config}` gives exit code 0.\n");
    }
    let commands = [
        (format!("{program} check {config}"), "the same, as a gate: exit code 1"),
        (format!("{program} explain foreign-key-action"), "what a rule means"),
        (format!("{program} inspect database {config}"), "the database as ormsync sees it"),
        (format!("{program} demo {shown}"), "checks again, after repairs"),
    ];
    let width = commands.iter().map(|(command, _)| command.chars().count()).max().unwrap_or(0);
    let mut text = String::from("\nNext:\n");
    for (command, meaning) in commands {
        let _ = writeln!(text, "  {command:width$}  {meaning}");
    }
    let _ = write!(
        text,
        "\nTo repair it, do what the fixes say in {shown}/prisma/schema.prisma and {shown}/app/models.py, and add\n\
         the missing column to {shown}/{SCRIPT}; the last command makes {DATABASE} anew from it.\n"
    );
    text
}

/// How this program was called, so that the commands shown can be copied.
fn program() -> String {
    let called = std::env::args().next().unwrap_or_default();
    if called.contains(std::path::MAIN_SEPARATOR) { called } else { "ormsync".to_owned() }
}
