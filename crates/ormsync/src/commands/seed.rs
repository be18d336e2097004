//! `ormsync seed`: made-up rows for an empty database.

use std::time::Instant;

use super::verify::database_url;
use crate::command_line::{GlobalOptions, SeedOptions};
use crate::failure::{Failure, Result};
use crate::histories::made_up::{MadeUp, fill};
use crate::project::Settings;
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &SeedOptions, terminal: &Terminal) -> Result<u8> {
    let start = Instant::now();
    let settings = Settings::read(global)?;
    let url = database_url(&settings, &options.database, "--database")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime
        .map_err(|error| Failure::new("database-connect", format!("no connection could be started: {error}")))?;
    let filled = runtime.block_on(fill(&url, &MadeUp { rows: options.rows, beside_rows: false }, terminal)).map_err(
        |problem| Failure::new("seed", problem).with_help("only an empty database is given rows: make one for it"),
    )?;
    for table in &filled {
        let note = table.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
        terminal.output(&format!("{}: {} rows{note}\n", table.table, table.rows))?;
    }
    let rows: usize = filled.iter().map(|table| table.rows).sum();
    terminal.note(&format!("{rows} rows in {:.1} s", start.elapsed().as_secs_f64()));
    Ok(0)
}
