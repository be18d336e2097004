//! `ormsync verify`: the histories run on scratch databases, and what they make compared.

use ormsync_database::DatabaseUrl;
use ormsync_schema::Severity;

use crate::command_line::{GlobalOptions, StatusFormat, VerifyOptions};
use crate::failure::{Failure, Result};
use crate::gate::write_file;
use crate::histories::Histories;
use crate::histories::verify::{Ran, Wanted, verify};
use crate::project::{Location, Settings};
use crate::source_argument::recognise;
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &VerifyOptions, terminal: &Terminal) -> Result<u8> {
    let settings = Settings::read(global)?;
    let mut histories = Histories::find(&settings, &options.histories())?;
    histories.replay();
    let url = scratch_url(&settings, options.scratch_url.as_deref(), histories.project.dialect.name())?;
    let wanted =
        Wanted { url: &url, rows: options.rows, since: options.since.as_deref(), back: !options.forwards_only };
    let all = verify(&settings, &histories, &wanted, terminal)?;
    for ran in &all {
        terminal.diagnostics(&ran.problems, &histories.files);
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

fn is_right(all: &[Ran]) -> bool {
    all.iter().all(|ran| {
        ran.differences.is_empty()
            && ran.left.as_ref().is_none_or(Vec::is_empty)
            && ran.problems.iter().all(|problem| problem.severity < Severity::Error)
    })
}

fn text(ran: &Ran) -> String {
    let width = ran.steps.iter().map(|step| step.id.chars().count()).max().unwrap_or_default();
    let mut text = format!("{}\n", ran.label);
    for step in &ran.steps {
        let back = step.back_milliseconds.map(|back| format!(", back {back} ms")).unwrap_or_default();
        let (before, after) = step.bytes;
        let id = &step.id;
        text.push_str(&format!(
            "  {id:width$}  {} ms{back}, {} kB to {} kB",
            step.milliseconds,
            before / 1024,
            after / 1024
        ));
        match step.locks.as_deref() {
            Some([]) => text.push_str(", no locks\n"),
            Some(locks) => text.push_str(&format!("; {}\n", locks.join(", "))),
            None => text.push('\n'),
        }
    }
    if ran.rows > 0 {
        text.push_str(&format!("  with {} made-up rows\n", ran.rows));
    }
    match ran.differences.as_slice() {
        [] => text.push_str("  the server makes of it what the replay without a server does\n"),
        several => {
            text.push_str("  the server makes something else of it than the replay without a server:\n");
            text.extend(several.iter().map(|difference| format!("    {difference}\n")));
        }
    }
    match ran.left.as_deref() {
        Some([]) => text.push_str("  the way back leaves nothing\n"),
        Some(left) => text.push_str(&format!("  the way back leaves {}\n", left.join(", "))),
        None => {}
    }
    text.push('\n');
    text
}

fn json(all: &[Ran]) -> String {
    let step = |step: &crate::histories::verify::RanStep| {
        serde_json::json!({
            "id": step.id,
            "milliseconds": u64::try_from(step.milliseconds).unwrap_or(u64::MAX),
            "back_milliseconds": step.back_milliseconds.map(|back| u64::try_from(back).unwrap_or(u64::MAX)),
            "bytes_before": step.bytes.0,
            "bytes_after": step.bytes.1,
            "locks": step.locks,
        })
    };
    let side = |ran: &Ran| {
        serde_json::json!({
            "name": ran.history,
            "label": ran.label,
            "migrations": ran.steps.iter().map(step).collect::<Vec<_>>(),
            "rows": ran.rows,
            "differences": ran.differences,
            "left": ran.left,
            "problems": ran.problems.iter().map(|problem| serde_json::json!({
                "severity": problem.severity,
                "code": problem.code,
                "message": problem.message,
            })).collect::<Vec<_>>(),
        })
    };
    let document = serde_json::json!({
        "version": 1,
        "verified": is_right(all),
        "sides": all.iter().map(side).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}
