//! `ormsync erd`: the diagram of tables and relations.

use std::path::Path;
use std::time::Instant;

use ormsync_diff::Selection;
use ormsync_report::Outcome;
use ormsync_report::audit::{Audit, DiagramFormat, Expectations, Extras, around, diagram};
use ormsync_schema::Severity;

use super::audit::{audit_of, made, refuse_overwriting};
use crate::command_line::{ErdFormat, ErdOptions, GlobalOptions};
use crate::failure::{Failure, Result};
use crate::gate::{compared, write_file};
use crate::paths;
use crate::project::{Project, Settings, sides, too_few};
use crate::suggestion::nearest;
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &ErdOptions, terminal: &Terminal) -> Result<u8> {
    let start = Instant::now();
    refuse_overwriting(options.output.as_deref(), options.force)?;
    let settings = Settings::read(global)?;
    let project = project(&settings, options)?;
    let answer = compared(&project, Selection::default(), terminal, start);
    terminal.diagnostics(&answer.sources.diagnostics, &answer.sources.files);
    let nothing = (&made(&settings), &Expectations::default(), &Extras::default());
    let (mut audit, _) = audit_of(&project, &answer, nothing, start);
    if let Some(table) = &options.around {
        audit = near(&audit, table)?;
    }
    if answer.sources.read.is_empty() {
        return Err(Failure::new("sources", "nothing was drawn: no source could be read"));
    }
    let text = diagram(&audit, format(options));
    match &options.output {
        Some(file) => {
            write_file(file, &text)?;
            terminal.note(&format!("wrote {}: {} tables", paths::display(file), audit.tables.len()));
        }
        None => terminal.output(&text)?,
    }
    let failed = answer.sources.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    Ok(if failed { Outcome::Unanswered } else { Outcome::InStep }.exit_code())
}

fn project(settings: &Settings, options: &ErdOptions) -> Result<Project> {
    if let Some(source) = &options.source {
        return Project::for_sources(settings, &[source], &options.dialect, None);
    }
    let found = sides(settings, &options.sources)?;
    if found.is_empty() {
        return Err(too_few(&found, settings));
    }
    Project::for_sides(settings, found, &options.dialect)
}

fn near(audit: &Audit, table: &str) -> Result<Audit> {
    around(audit, table).ok_or_else(|| {
        let names = audit.tables.iter().map(|table| table.name.as_str());
        let help = match nearest(table, names) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "`ormsync inspect SOURCE --format summary` counts what there is".to_owned(),
        };
        Failure::new("usage", format!("--around {table}: no source has such a table")).with_help(help)
    })
}

fn format(options: &ErdOptions) -> DiagramFormat {
    let by_name = |file: &Path| match file.extension()?.to_str()? {
        "svg" => Some(ErdFormat::Svg),
        "mmd" | "mermaid" => Some(ErdFormat::Mermaid),
        "dot" | "gv" => Some(ErdFormat::Dot),
        _ => None,
    };
    let by_name = options.output.as_deref().and_then(by_name);
    match options.format.or(by_name).unwrap_or(ErdFormat::Svg) {
        ErdFormat::Svg => DiagramFormat::Svg,
        ErdFormat::Mermaid => DiagramFormat::Mermaid,
        ErdFormat::Dot => DiagramFormat::Dot,
    }
}
