//! The tables that are not in step, part by part, for documents in which nothing opens.

use serde::Serialize;

use super::diagram::worst;
use super::model::{Audit, AuditTable, Row, State};
use crate::markdown::{code, fence};

/// A table, part by part.
#[derive(Debug, Serialize)]
pub(super) struct DetailView<'a> {
    name: &'a str,
    rows: Vec<RowView<'a>>,
    statements: Vec<StatementView<'a>>,
}

/// A column or another part, side by side.
#[derive(Debug, Serialize)]
struct RowView<'a> {
    kind: &'a str,
    name: &'a str,
    /// What each source says, as Markdown; those that differ are marked.
    cells: Vec<String>,
}

/// The statements of two sources as one block of Markdown.
#[derive(Debug, Serialize)]
struct StatementView<'a> {
    from: &'a str,
    to: &'a str,
    block: String,
}

/// Every table in which a source says something else than the others.
pub(super) fn details(audit: &Audit) -> Vec<DetailView<'_>> {
    audit.tables.iter().filter(|table| worst(table) != State::InStep).map(|table| detail(audit, table)).collect()
}

fn detail<'a>(audit: &'a Audit, table: &'a AuditTable) -> DetailView<'a> {
    let label = |name: &'a str| {
        audit.sources.iter().find(|source| source.name == name).map_or(name, |source| source.label.as_str())
    };
    DetailView {
        name: &table.name,
        rows: table.columns.iter().chain(&table.parts).map(row).collect(),
        statements: table
            .statements
            .iter()
            .map(|own| {
                let fence = fence(&own.text);
                let block = format!("{fence}diff\n{}\n{fence}", own.text.trim_end());
                StatementView { from: label(&own.from), to: label(&own.to), block }
            })
            .collect(),
    }
}

fn row(row: &Row) -> RowView<'_> {
    let cells = row.cells.iter().map(|cell| {
        let text = if cell.text.is_empty() { "—".to_owned() } else { code(&cell.text) };
        if cell.differs { format!("**≠** {text}") } else { text }
    });
    RowView { kind: &row.kind, name: &row.name, cells: cells.collect() }
}
