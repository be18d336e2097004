//! `ormsync mirror`: the migrations that one of the two histories lacks.

use ormsync_database::{ReadOptions, run_script};
use ormsync_schema::Severity;

use crate::command_line::{GlobalOptions, MirrorOptions};
use crate::failure::{Failure, Result};
use crate::histories::Histories;
use crate::histories::mirror::{baseline, mirrors};
use crate::migrations::write::write_all;
use crate::paths;
use crate::project::{Location, Settings};
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &MirrorOptions, terminal: &Terminal) -> Result<u8> {
    let settings = Settings::read(global)?;
    let mut histories = Histories::find(&settings, &options.histories)?;
    histories.replay();
    if options.baseline {
        return mark(&mut histories, options, terminal);
    }
    let mirrors = mirrors(&settings, &histories, options)?;
    terminal.diagnostics(&mirrors.diagnostics, &histories.files);
    if mirrors.files.is_empty() {
        terminal.note("no mirror is missing");
        return Ok(0);
    }
    if options.dry_run {
        for file in &mirrors.files {
            terminal.output(&format!("==> {} <==\n{}\n", paths::display(&file.path), file.text))?;
        }
        return Ok(0);
    }
    write_all(&mirrors.files)?;
    let written: String = mirrors.files.iter().map(|file| format!("wrote {}\n", paths::display(&file.path))).collect();
    if !terminal.quiet {
        terminal.output(&written)?;
    }
    mirrors.notes.iter().for_each(|note| terminal.note(note));
    Ok(0)
}

/// Marks mirrors as applied, or prints what would.
fn mark(histories: &mut Histories, options: &MirrorOptions, terminal: &Terminal) -> Result<u8> {
    histories.ask_database();
    let failed = histories.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    if failed {
        return Err(Failure::from_diagnostics(histories.diagnostics.clone(), histories.files.clone()));
    }
    if histories.is_database_to_come() {
        terminal.diagnostics(&histories.diagnostics, &histories.files);
        terminal.note("nothing is to be marked: in a database that is not there nothing is applied");
        return Ok(0);
    }
    let baseline = baseline(histories)?;
    if baseline.script.is_empty() {
        terminal.note("nothing is to be marked: each side says of the other's migrations what is so");
        return Ok(0);
    }
    if !options.write {
        terminal.output(&baseline.script)?;
        terminal.note("nothing was run: --write runs it");
        return Ok(0);
    }
    let url = histories.project.sides.iter().find_map(|side| match &side.location {
        Location::Database { url, .. } => Some(url),
        _ => None,
    });
    let url = url.ok_or_else(|| Failure::new("mirror", "--baseline: no database was read"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime
        .map_err(|error| Failure::new("database-connect", format!("no connection could be started: {error}")))?;
    let outcome = runtime.block_on(run_script(url, &ReadOptions::default(), &baseline.script));
    outcome.map_err(|error| {
        Failure::new("database-write", error.to_string())
            .with_help("without --write the statements are printed, to be run by hand")
    })?;
    let mut told: Vec<String> =
        baseline.migrations.iter().map(|name| format!("marked {name} as applied for Prisma\n")).collect();
    told.extend(baseline.revision.iter().map(|revision| format!("brought Alembic to {revision}\n")));
    if !terminal.quiet {
        terminal.output(&told.concat())?;
    }
    Ok(0)
}
