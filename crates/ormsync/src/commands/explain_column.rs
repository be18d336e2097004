//! `ormsync check --explain TABLE.COLUMN`: how each source's column is read, what normalising makes of it, and what the
//! results are to each other.

use std::fmt::Write as _;

use ormsync_dialect::{Dialect, Equivalence};
use ormsync_schema::{Column, DefaultValue, Origin, Place, Schema, SourceFiles};

use crate::failure::{Failure, Result};
use crate::project::Project;
use crate::read_sources::{Sources, read_raw_sources};
use crate::suggestion::nearest;
use crate::terminal::Terminal;

/// A source's column, before and after normalising.
struct Seen {
    label: String,
    raw: Column,
    settled: Column,
    normal: Column,
}

/// Explains a column, and gives the exit code: 0, whatever there is to say.
///
/// # Errors
/// When no source has such a column, or nothing can be written.
pub(super) fn run(project: &Project, column: &str, terminal: &Terminal) -> Result<u8> {
    let dialect = project.dialect;
    let Sources { read, files, diagnostics, .. } = read_raw_sources(project);
    terminal.diagnostics(&diagnostics, &files);
    let server = read.iter().find_map(|read| read.schema.server.clone()).or_else(|| project.assumed_server.clone());
    let mut known: Vec<String> = Vec::new();
    let mut seen = Vec::new();
    for side in &read {
        known.extend(names(&side.schema, dialect));
        let Some(raw) = find(&side.schema, column, dialect) else { continue };
        let with = |form: &dyn Fn(&mut Schema)| {
            let mut schema = side.schema.clone();
            form(&mut schema);
            find(&schema, column, dialect).unwrap_or_else(|| raw.clone())
        };
        let settled = with(&|schema| dialect.settle(schema, server.as_ref()));
        let normal = with(&|schema| dialect.normalise(schema, server.as_ref()));
        seen.push(Seen { label: side.side.label.clone(), raw, settled, normal });
    }
    if seen.is_empty() {
        let help = match nearest(column, known.iter().map(String::as_str)) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "write it as TABLE.COLUMN, by the names in the database".to_owned(),
        };
        let message = format!("--explain {column}: no source has such a column");
        return Err(Failure::new("usage", message).with_help(help));
    }
    let version = server.map(|server| format!(" ({} {})", server.product, server.version_text)).unwrap_or_default();
    let mut text = format!("{column} on {}{version}\n", dialect.name());
    for column in &seen {
        text.push_str(&of_source(column, dialect, &files));
    }
    text.push_str(&relations(&seen, dialect));
    terminal.output(&text)?;
    Ok(0)
}

/// The columns of a schema, as the option writes them.
fn names(schema: &Schema, dialect: &dyn Dialect) -> Vec<String> {
    let columns = schema.tables().flat_map(|(namespace, table, content)| {
        let prefix = if namespace == dialect.default_namespace() || namespace.is_empty() {
            String::new()
        } else {
            format!("{namespace}.")
        };
        content.columns.keys().map(move |column| format!("{prefix}{table}.{column}"))
    });
    columns.collect()
}

fn find(schema: &Schema, wanted: &str, dialect: &dyn Dialect) -> Option<Column> {
    let (table, column) = wanted.rsplit_once('.')?;
    let tables = schema.tables().filter(|(namespace, name, _)| {
        let is_default = *namespace == dialect.default_namespace() || namespace.is_empty();
        is_default && dialect.same_name(name, table) || format!("{namespace}.{name}") == table
    });
    let mut columns = tables.flat_map(|(_, _, content)| &content.columns);
    columns.find(|(name, _)| dialect.same_name(name, column)).map(|(_, column)| column.clone())
}

/// The steps of one source: each that changes nothing is left out.
fn of_source(seen: &Seen, dialect: &dyn Dialect, files: &SourceFiles) -> String {
    let mut text = format!("\n{}\n", seen.label);
    let mut step = |name: &str, said: &str| _ = writeln!(text, "  {name:<12} {said}");
    step("declared", &declared(&seen.raw.origin, files));
    let mut last = words(&seen.raw, dialect);
    step("read as", &last);
    for (name, column) in [("settled", &seen.settled), ("normal form", &seen.normal)] {
        let now = words(column, dialect);
        if now != last {
            step(name, &now);
        }
        last = now;
    }
    if let Some(default) = &seen.raw.client.default {
        step("on INSERT", &format!("the ORM fills in `{default}`"));
    }
    if let Some(update) = &seen.raw.client.update {
        step("on UPDATE", &format!("the ORM sets `{update}`"));
    }
    text
}

/// The place, and the line that is there.
fn declared(origin: &Origin, files: &SourceFiles) -> String {
    match &origin.place {
        Place::File { path, span } => match files.get(path) {
            Some(file) => {
                let position = file.position(span.start);
                let line = file.text().lines().nth(position.line.saturating_sub(1)).unwrap_or_default();
                format!("{path}:{}:{}  {}", position.line, position.column, line.trim())
            }
            None => path.to_string(),
        },
        Place::Catalogue { object } => format!("{object} in the catalogue"),
        Place::Nowhere => "follows from others".to_owned(),
    }
}

fn words(column: &Column, dialect: &dyn Dialect) -> String {
    let mut words = vec![dialect.type_text(&column.data_type)];
    words.push(String::from(if column.nullable { "null" } else { "not null" }));
    let default = |default: &DefaultValue| match default {
        DefaultValue::Unreadable(text) => format!("{text} (not understood)"),
        other => dialect.default_text(other),
    };
    words.extend(column.default.as_ref().map(|value| format!("default {}", default(value))));
    words.extend(column.on_update.as_ref().map(|value| format!("on update {}", default(value))));
    words.extend(column.identity.as_ref().map(|identity| format!("numbered by the database ({:?})", identity.kind)));
    words.extend(column.generated.as_ref().map(|generated| format!("generated as {}", generated.expression.text)));
    words.extend(column.collation.as_ref().map(|collation| format!("collation {collation}")));
    words.join(", ")
}

/// What each two sources' types and defaults are to each other.
fn relations(seen: &[Seen], dialect: &dyn Dialect) -> String {
    let mut text = String::new();
    for (at, left) in seen.iter().enumerate() {
        for right in &seen[at + 1..] {
            let types = dialect.compare_types(&left.normal.data_type, &right.normal.data_type);
            let defaults = match (&left.normal.default, &right.normal.default) {
                (Some(one), Some(other)) => told(&dialect.compare_defaults(one, other)),
                (None, None) => "none".to_owned(),
                _ => "different".to_owned(),
            };
            let nullability = if left.normal.nullable == right.normal.nullable { "identical" } else { "different" };
            _ = writeln!(text, "\n{} and {}", left.label, right.label);
            for (name, said) in [("type", told(&types)), ("nullability", nullability.to_owned()), ("default", defaults)]
            {
                _ = writeln!(text, "  {name:<12} {said}");
            }
        }
    }
    text
}

fn told(equivalence: &Equivalence) -> String {
    match equivalence {
        Equivalence::Identical => "identical".to_owned(),
        Equivalence::Compatible(why) => format!("compatible: {why}"),
        Equivalence::Different => "different".to_owned(),
        Equivalence::Unknown => "not understood".to_owned(),
    }
}
