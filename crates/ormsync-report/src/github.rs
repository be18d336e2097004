//! The report as GitHub workflow commands, which show findings on the lines of a pull request.
//!
//! The form, and what must be escaped in it:
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use std::fmt::Write as _;

use ormsync_schema::Severity;

use crate::Report;
use crate::place::{Region, main_region, region};
use crate::sentences::explanation;
use crate::summary::{compared, counted, coverage_lines};

/// One command for each diagnostic and finding, then the counts as a line for the log.
pub fn github(report: &Report<'_>) -> String {
    let mut text = String::new();
    for diagnostic in report.diagnostics {
        let message = match &diagnostic.help {
            Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
            None => diagnostic.message.clone(),
        };
        let place = region(&diagnostic.origin, report);
        text.push_str(&command(diagnostic.severity, place.as_ref(), &diagnostic.code, &message));
    }
    for finding in &report.comparison.findings {
        let message = format!("{}\n{}", finding.headline, explanation(finding).join("\n"));
        let place = main_region(finding, report);
        text.push_str(&command(finding.severity, place.as_ref(), finding.rule.name, &message));
    }
    for line in coverage_lines(report) {
        _ = writeln!(text, "{line}");
    }
    _ = writeln!(text, "{}\n{}", compared(report), counted(report));
    text
}

fn command(severity: Severity, place: Option<&Region>, rule: &str, message: &str) -> String {
    let name = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(Region { path, lines }) = place {
        properties.push(format!("file={}", property(path)));
        if let Some(lines) = lines {
            properties.push(format!("line={}", lines.start_line));
            properties.push(format!("endLine={}", lines.end_line));
            // GitHub ignores columns of what goes over several lines.
            if lines.start_line == lines.end_line {
                properties.push(format!("col={}", lines.start_column));
                properties.push(format!("endColumn={}", lines.end_column));
            }
        }
    }
    properties.push(format!("title={}", property(&format!("ormsync {rule}"))));
    format!("::{name} {}::{}\n", properties.join(","), data(message))
}

/// A message: a command ends with its line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property's value: ends with a comma or a colon, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
