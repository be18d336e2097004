//! `ormsync inspect SOURCE --cross-check`: models from their source text against the same models imported.

use std::time::Instant;

use crate::command_line::{DocumentFormat, FailOn, Format, FormatChoice, GateOptions, InspectFormat, InspectOptions};
use crate::failure::{Failure, Result};
use crate::gate;
use crate::project::{Location, Project, Side};
use crate::terminal::Terminal;

/// Reads the project's one side both ways and compares; any difference, however small, is drift.
///
/// # Errors
/// When the side is no SQLAlchemy models, or the format is one that a comparison does not have.
pub(super) fn cross_check(
    mut project: Project,
    options: &InspectOptions,
    terminal: &Terminal,
    start: Instant,
) -> Result<u8> {
    let format = match options.format {
        None => Format::Text,
        Some(InspectFormat::Json) => Format::Document(DocumentFormat::Json),
        Some(InspectFormat::Prisma | InspectFormat::Sqlalchemy | InspectFormat::Sql | InspectFormat::Summary) => {
            return Err(Failure::new("usage", "a cross-check compares; it writes no schema")
                .with_help("leave out --cross-check, or give --format json"));
        }
    };
    project.sides = both_ways(&project.sides, &options.source)?;
    let gate = GateOptions {
        format: vec![FormatChoice { format, file: None }],
        output: options.output.clone(),
        fail_on: FailOn::Note,
        strict: false,
        truth: None,
        exit_zero: false,
        only: Vec::new(),
        except: Vec::new(),
    };
    gate::run(&project, &gate, terminal, start)
}

/// The side as its source text has it, and as Python has it.
fn both_ways(sides: &[Side], source: &str) -> Result<Vec<Side>> {
    let [Side { location: Location::SqlAlchemy(roots), origin, .. }] = sides else {
        return Err(Failure::new("usage", format!("{source}: only SQLAlchemy models can be read in two ways"))
            .with_help("give a Python file or package, or `sqlalchemy:PATH`"));
    };
    let side = |name: &str, label: &str, imports| Side {
        name: name.to_owned(),
        label: label.to_owned(),
        imports,
        ..Side::sqlalchemy(Location::SqlAlchemy(roots.clone()), origin.clone())
    };
    Ok(vec![side("source", "the source text", false), side("import", "the imported models", true)])
}
