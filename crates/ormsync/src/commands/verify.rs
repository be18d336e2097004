//! `ormsync verify`: the histories run on scratch databases, and what they make compared.

use ormsync_database::DatabaseUrl;

use super::verify_report::{is_right, json, text};
use crate::command_line::{GlobalOptions, StatusFormat, VerifyOptions};
use crate::failure::{Failure, Result};
use crate::gate::write_file;
use crate::histories::Histories;
use crate::histories::verify::{Wanted, verify};
use crate::project::{Location, Settings};
use crate::source_argument::recognise;
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &VerifyOptions, terminal: &Terminal) -> Result<u8> {
    let settings = Settings::read(global)?;
    let mut histories = Histories::find(&settings, &options.histories())?;
    histories.replay();
    let url = scratch_url(&settings, options.scratch_url.as_deref(), histories.project.dialect.name())?;
    let wanted = Wanted {
        url: &url,
        rows: options.rows,
        since: options.since.as_deref(),
        back: !options.forwards_only,
        apply_with: &options.apply_with,
        target: !options.no_target,
        dialect: options.dialect.dialect.clone(),
    };
    let all = verify(&settings, &histories, &wanted, terminal)?;
    for ran in &all {
        terminal.diagnostics(&ran.problems, &histories.files);
        if let Some(target) = &ran.target {
            terminal.diagnostics(&target.diagnostics, &target.files);
        }
    }
    let text = match options.format {
        StatusFormat::Text => {
            let answer = if is_right(&all) { "Verified.\n" } else { "Not verified.\n" };
            all.iter().map(text).collect::<String>() + answer
        }
        StatusFormat::Json => json(&all),
    };
    match &options.output {
        Some(path) => write_file(path, &text)?,
        None => terminal.output(&text)?,
    }
    Ok(u8::from(!is_right(&all)))
}

/// Where scratch databases are made: as told, and for SQLite else a file among the temporary ones.
///
/// # Errors
/// Where nothing is told and something has to be, or what is told leads to another kind of server.
pub(super) fn scratch_url(settings: &Settings, told: Option<&str>, dialect: &str) -> Result<DatabaseUrl> {
    let url = match told {
        Some(text) => database_url(settings, text, "--scratch-url")?,
        None if dialect == "sqlite" => {
            let file = std::env::temp_dir().join(format!("ormsync-scratch-{}.db", std::process::id()));
            DatabaseUrl::parse(&format!("sqlite:{}", file.display()))
                .map_err(|error| Failure::new("scratch", error.to_string()))?
        }
        None => {
            return Err(Failure::new("scratch", "no server is named for scratch databases").with_help(
                "--scratch-url postgresql://user@host/postgres: databases are made on it, and dropped again",
            ));
        }
    };
    if url.dialect.name() == dialect {
        return Ok(url);
    }
    let message = format!("--scratch-url leads to {}, and the histories are for {dialect}", url.dialect.name());
    Err(Failure::new("scratch", message).with_help("name a server of the kind that the histories are for"))
}

/// The database that an option names: a URL or env:NAME.
///
/// # Errors
/// Where it is no URL, or the variable is not set.
pub(super) fn database_url(settings: &Settings, text: &str, option: &str) -> Result<DatabaseUrl> {
    match recognise(text, settings)?.location {
        Location::Database { url, .. } => return Ok(*url),
        Location::Unusable(problem) => {
            return Err(Failure::new("database-url", format!("{option}: {}", problem.message)));
        }
        _ => {}
    }
    Err(Failure::new("database-url", format!("{option}: this is no database"))
        .with_help("write a URL, or env:NAME for a variable that has one"))
}
