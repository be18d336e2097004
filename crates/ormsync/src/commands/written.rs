//! Whole schemas in an ORM's language, and what changes between two of them.

use std::path::Path;

use ormsync_prisma::{WriteOptions, emulates_relations};
use ormsync_report::Outcome;
use ormsync_schema::{Schema, Severity};
use similar::TextDiff;

use crate::command_line::WrittenFormat;
use crate::failure::{Failure, Result};
use crate::gate::write_file;
use crate::project::Project;
use crate::read_sources::read_sources;
use crate::terminal::Terminal;

/// A schema as a user of the ORM would have written it.
/// The tables of the ORMs' own tooling are left out: neither maps them. Relations that Prisma emulates are in no
/// database, so they are written where they are asked for.
pub(super) fn written(format: WrittenFormat, schema: &Schema, emulated_relations: bool) -> String {
    let mut schema = schema.clone();
    for content in schema.namespaces.values_mut() {
        let own = ormsync_prisma::OWN_TABLES.iter().chain(ormsync_sqlalchemy::OWN_TABLES);
        own.for_each(|name| drop(content.tables.remove(*name)));
    }
    match format {
        WrittenFormat::Prisma => {
            ormsync_prisma::write_schema(&schema, &WriteOptions { emulated_relations, ..WriteOptions::default() })
        }
        WrittenFormat::Sqlalchemy => ormsync_sqlalchemy::write_models(&schema),
    }
}

/// `diff --format prisma`: both sources in one language, as a unified diff. What it can't say is no difference
/// here; the other formats tell.
pub(super) fn diff(project: &Project, format: WrittenFormat, output: Option<&Path>, terminal: &Terminal) -> Result<u8> {
    let sources = read_sources(project);
    terminal.diagnostics(&sources.diagnostics, &sources.files);
    let [from, to] = sources.read.as_slice() else {
        return Err(Failure::new("sources", "nothing was compared: one of the sources could not be read"));
    };
    let both_emulate = emulates_relations(&from.schema) && emulates_relations(&to.schema);
    let (old, new) = (written(format, &from.schema, both_emulate), written(format, &to.schema, both_emulate));
    let difference = TextDiff::from_lines(&old, &new);
    let text = difference.unified_diff().header(&from.side.label, &to.side.label).to_string();
    match output {
        Some(file) => write_file(file, &text)?,
        None => terminal.output(&text)?,
    }
    let failed = sources.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let outcome = match (failed, old == new) {
        (true, _) => Outcome::Unanswered,
        (false, true) => Outcome::InStep,
        (false, false) => Outcome::Drift,
    };
    Ok(outcome.exit_code())
}
