//! The lines that close a report: what was looked at, and what came of it.

use comfy_table::{CellAlignment, Table, presets};
use ormsync_diff::Coverage;
use ormsync_schema::{Diagnostic, Severity};

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
        "{}: {}, {}, {}{}{}",
        report.outcome.as_str(),
        count(summary.errors, "error"),
        count(summary.warnings, "warning"),
        count(summary.notes, "note"),
        set_aside(report),
        unanswered(report),
    )
}

/// What one source has, without a comparison: a table of counts.
pub fn coverage_text(coverage: &Coverage, dialect: &str) -> String {
    format!("{}\n\nread as {dialect}\n", coverage_table(std::slice::from_ref(coverage)))
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

/// How many findings do not count: a comment in a source or a baseline allows them, or they were there before.
fn set_aside(report: &Report<'_>) -> String {
    let comparison = report.comparison;
    let kinds = [
        (comparison.suppressed.len(), "allowed by comments"),
        (comparison.accepted.len(), "accepted by the baseline"),
        (comparison.older, "there before the change"),
    ];
    kinds.iter().filter(|(number, _)| *number > 0).map(|(number, why)| format!(", {number} {why}")).collect()
}

/// What was looked at, a line for each source.
pub fn coverage_lines(report: &Report<'_>) -> Vec<String> {
    let line = |source: &Coverage| {
        format!(
            "{}: {}, {}, {}, {}, {}, {} opaque, {} ignored",
            source.source,
            count(source.tables, "table"),
            count(source.columns, "column"),
            if source.indexes == 1 { "1 index".to_owned() } else { format!("{} indexes", source.indexes) },
            count(source.foreign_keys, "foreign key"),
            count(source.enums, "enum"),
            source.opaque,
            source.ignored,
        )
    };
    report.comparison.coverage.iter().map(line).collect()
}

/// What the diagnostics add: what could not be answered, and what is wrong with histories.
fn unanswered(report: &Report<'_>) -> String {
    let (reading, histories) = report.diagnostics.split_at(report.diagnostics.len() - report.about_histories);
    let errors = |diagnostics: &[Diagnostic], of: &str| {
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
        if errors == 0 { String::new() } else { format!("; {} {of}", count(errors, "error")) }
    };
    errors(reading, "while reading") + &errors(histories, "in the histories")
}

fn count(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
