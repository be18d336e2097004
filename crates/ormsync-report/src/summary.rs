//! The lines that close a report: what was looked at, and what came of it.

use comfy_table::{CellAlignment, Table, presets};
use ormsync_diff::Coverage;
use ormsync_schema::Severity;

use crate::Report;

/// Coverage by source, then the counts.
pub(crate) fn summary(report: &Report<'_>) -> String {
    let mut lines = Vec::new();
    if !report.comparison.coverage.is_empty() {
        lines.push(coverage_table(&report.comparison.coverage));
        lines.push(String::new());
    }
    lines.push(compared(report));
    lines.push(counted(report));
    lines.push(String::new());
    lines.join("\n")
}

/// `18 tables compared (postgresql) in 42 ms: 16 identical, 2 drifted, 1 opaque`.
pub(crate) fn compared(report: &Report<'_>) -> String {
    let summary = &report.comparison.summary;
    let dialect = if report.dialect.is_empty() { String::new() } else { format!(" ({})", report.dialect) };
    format!(
        "{} compared{dialect} in {}: {} identical, {} drifted, {} opaque",
        count(summary.tables_compared, "table"),
        elapsed(report),
        summary.identical,
        summary.drifted,
        summary.opaque,
    )
}

/// `drift: 2 errors, 1 warning, 1 note`.
pub(crate) fn counted(report: &Report<'_>) -> String {
    let summary = &report.comparison.summary;
    format!(
        "{}: {}, {}, {}{}",
        report.outcome.as_str(),
        count(summary.errors, "error"),
        count(summary.warnings, "warning"),
        count(summary.notes, "note"),
        unanswered(report),
    )
}

fn coverage_table(coverage: &[Coverage]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["source", "tables", "columns", "indexes", "foreign keys", "enums", "opaque", "ignored"]);
    for source in coverage {
        let numbers = [
            source.tables,
            source.columns,
            source.indexes,
            source.foreign_keys,
            source.enums,
            source.opaque,
            source.ignored,
        ];
        table.add_row(std::iter::once(source.source.clone()).chain(numbers.iter().map(usize::to_string)));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn elapsed(report: &Report<'_>) -> String {
    let milliseconds = report.elapsed.as_millis();
    if milliseconds < 1000 { format!("{milliseconds} ms") } else { format!("{:.1} s", report.elapsed.as_secs_f64()) }
}

/// How many diagnostics say that part of the question could not be answered.
fn unanswered(report: &Report<'_>) -> String {
    let errors = report.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    if errors == 0 { String::new() } else { format!("; {} while reading", count(errors, "error")) }
}

fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
