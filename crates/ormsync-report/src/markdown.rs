//! The report as Markdown, for the comment on a pull request.

use std::fmt::Write as _;

use ormsync_diff::Finding;
use ormsync_schema::Severity;

use crate::place::{Region, in_order_of_change, main_region, region};
use crate::sentences::verdict_text;
use crate::summary::{compared, counted};
use crate::text::by_table;
use crate::{Outcome, Report};

/// The longest a comment may be, in bytes; GitHub refuses bodies of more than 65,536 characters.
pub const MARKDOWN_LIMIT: usize = 65_000;

/// The report as Markdown, at most [`MARKDOWN_LIMIT`] bytes: what does not fit is counted at its end.
pub fn markdown(report: &Report<'_>) -> String {
    let mut text = String::new();
    _ = writeln!(text, "## {} ormsync: {}\n", mark(report.outcome), report.outcome.as_str());
    _ = writeln!(text, "{}  \n{}\n", escape(&compared(report)), escape(&counted(report)));
    let coverage = coverage_table(report);
    let mut entries: Vec<String> =
        report.diagnostics.iter().map(|diagnostic| diagnostic_entry(diagnostic, report)).collect();
    entries.extend(by_table(&report.comparison.findings).into_iter().map(|finding| finding_entry(finding, report)));
    let count = entries.len();
    // Room for the line that says how many were left out.
    let room = MARKDOWN_LIMIT.saturating_sub(coverage.len() + 200);
    for (at, entry) in entries.iter().enumerate() {
        if text.len() + entry.len() > room {
            _ = writeln!(
                text,
                "\n… and {} more that did not fit in here: see the report in the job's log.\n",
                count - at
            );
            break;
        }
        text.push_str(entry);
    }
    text.push_str(&coverage);
    text
}

fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::InStep => "✅",
        Outcome::Drift => "❌",
        Outcome::Unanswered => "⚠️",
    }
}

fn severity_mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "🔴",
        Severity::Warning => "🟠",
        Severity::Note => "🔵",
    }
}

fn diagnostic_entry(diagnostic: &ormsync_schema::Diagnostic, report: &Report<'_>) -> String {
    let severity = diagnostic.severity;
    let mut text = format!("- {} **{}** {}", severity_mark(severity), severity.as_str(), escape(&diagnostic.message));
    if let Some(place) = region(&diagnostic.origin, report) {
        _ = write!(text, " ({})", code(&place_text(&place)));
    }
    if let Some(help) = &diagnostic.help {
        _ = write!(text, ". {}", escape(help));
    }
    text.push('\n');
    text
}

fn finding_entry(finding: &Finding, report: &Report<'_>) -> String {
    let mut text = format!(
        "\n<details><summary>{} <b>{}</b> <code>{}</code> {}</summary>\n\n",
        severity_mark(finding.severity),
        finding.severity.as_str(),
        finding.rule.name,
        escape_html(&finding.headline),
    );
    text.push_str("| source | says | where |\n| --- | --- | --- |\n");
    for answer in &finding.answers {
        let place = region(&answer.origin, report).map(|place| code(&place_text(&place))).unwrap_or_default();
        let said = code(answer.detail.as_deref().unwrap_or(&answer.text));
        _ = writeln!(text, "| {} | {} | {} |", escape(&answer.label), said, place);
    }
    _ = writeln!(text, "\nVerdict: **{}**", escape(&verdict_text(finding)));
    for note in &finding.notes {
        _ = writeln!(text, "\nNote: {}", escape(note));
    }
    if let Some(fix) = &finding.fix {
        let language = fix_language(finding, report);
        let fence = fence(fix);
        _ = writeln!(text, "\nFix:\n\n{fence}{language}\n{fix}\n{fence}");
    }
    text.push_str("\n</details>\n");
    text
}

/// The name by which Markdown's highlighters know the language of the file that has to change: its extension.
fn fix_language(finding: &Finding, report: &Report<'_>) -> String {
    let stands_alone = in_order_of_change(finding).first().is_some_and(|answer| answer.stands_alone);
    let place = main_region(finding, report).filter(|_| stands_alone);
    place.and_then(|place| Some(place.path.rsplit_once('.')?.1.to_owned())).unwrap_or_else(|| "text".to_owned())
}

fn coverage_table(report: &Report<'_>) -> String {
    if report.comparison.coverage.is_empty() {
        return String::new();
    }
    let mut text = "\n<details><summary>What was looked at</summary>\n\n\
        | source | tables | columns | indexes | foreign keys | enums | opaque | ignored |\n\
        | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for source in &report.comparison.coverage {
        _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            escape(&source.label),
            source.tables,
            source.columns,
            source.indexes,
            source.foreign_keys,
            source.enums,
            source.opaque,
            source.ignored
        );
    }
    text.push_str("\n</details>\n");
    text
}

fn place_text(region: &Region) -> String {
    match region.lines {
        Some(lines) => format!("{}:{}", region.path, lines.start_line),
        None => region.path.clone(),
    }
}

/// Text as inline code that may hold back-ticks and, in a table, bars.
pub(crate) fn code(text: &str) -> String {
    let text = text.replace('\n', " ").replace('|', "\\|");
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    if ticks.len() == 1 { format!("`{text}`") } else { format!("{ticks} {text} {ticks}") }
}

/// A fence longer than any in the text.
pub(crate) fn fence(text: &str) -> String {
    "`".repeat((longest_run(text, '`') + 1).max(3))
}

fn longest_run(text: &str, of: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Prose in which nothing is markup.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in escape_html(text).chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '@') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', " ")
}
