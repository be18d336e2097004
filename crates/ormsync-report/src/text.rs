//! The report for people at a terminal.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer};
use ormsync_diff::Finding;
use ormsync_schema::{Diagnostic, Place, Severity, SourceFiles};

use crate::excerpt::excerpt;
use crate::place::{in_order_of_change, is_in_file};
use crate::sentences::{join, verdict_text};
use crate::summary::summary;
use crate::{Outcome, Report};

/// How text is laid out.
#[derive(Debug, Clone, Copy)]
pub struct TextStyle {
    /// Whether to colour.
    pub colour: bool,
    /// The terminal's width in columns.
    pub width: usize,
}

/// The report as text: findings with excerpts of the files, then the summary.
pub fn text(report: &Report<'_>, style: TextStyle) -> String {
    let renderer = renderer(style);
    let mut text = String::new();
    for diagnostic in report.diagnostics {
        _ = writeln!(text, "{}\n", render_diagnostic(diagnostic, report.files, &renderer));
    }
    for finding in by_table(&report.comparison.findings) {
        _ = writeln!(text, "{}\n", render_finding(finding, report.files, &renderer));
    }
    if report.comparison.findings.is_empty() && report.outcome == Outcome::InStep {
        text.push_str(&in_step(report));
    }
    text.push_str(&summary(report));
    text
}

/// A table's findings together; the table and the finding that matter most first.
pub(crate) fn by_table(findings: &[Finding]) -> Vec<&Finding> {
    let same_table = |left: &Finding, right: &Finding| {
        left.at.namespace == right.at.namespace && left.at.table == right.at.table && left.at.table.is_some()
    };
    let mut tables: Vec<Vec<&Finding>> =
        findings.chunk_by(same_table).map(|findings| findings.iter().collect()).collect();
    for findings in &mut tables {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    }
    tables.sort_by_key(|findings| findings.iter().map(|finding| std::cmp::Reverse(finding.severity)).min());
    tables.concat()
}

/// One diagnostic in the look of the report, ending with a line end.
pub fn diagnostic_text(diagnostic: &Diagnostic, files: &SourceFiles, style: TextStyle) -> String {
    let mut text = render_diagnostic(diagnostic, files, &renderer(style));
    text.push('\n');
    text
}

fn renderer(style: TextStyle) -> Renderer {
    // Links need a terminal that knows them, which nobody has asked.
    let renderer = if style.colour { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
    renderer.term_width(style.width)
}

fn level<'a>(severity: Severity) -> Level<'a> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

fn render_diagnostic(diagnostic: &Diagnostic, files: &SourceFiles, renderer: &Renderer) -> String {
    let title = level(diagnostic.severity).primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str());
    let place = match &diagnostic.origin.place {
        Place::Catalogue { object } => Some(Element::from(Level::NOTE.with_name("in the database").message(object))),
        _ => excerpt(&diagnostic.origin, files, AnnotationKind::Primary, ""),
    };
    let help = diagnostic.help.as_deref().map(|help| Element::from(Level::HELP.message(help)));
    renderer.render(&[Group::with_title(title).elements(place).elements(help)])
}

fn render_finding(finding: &Finding, files: &SourceFiles, renderer: &Renderer) -> String {
    let title = level(finding.severity).primary_title(finding.headline.as_str()).id(finding.rule.name);
    let mut group = Group::with_title(title);
    for (position, answer) in in_order_of_change(finding).into_iter().enumerate() {
        let kind = if position == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        group = group.elements(excerpt(&answer.origin, files, kind, &answer.text));
    }
    for answer in finding.answers.iter().filter(|answer| !is_in_file(answer)) {
        let text = answer.detail.as_deref().unwrap_or(&answer.text);
        group = group.element(Level::NOTE.with_name(answer.source.as_str()).message(text));
    }
    group = group.element(Level::INFO.with_name("verdict").message(verdict_text(finding)));
    for note in &finding.notes {
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(fix) = &finding.fix {
        group = group.element(Level::HELP.with_name("fix").message(fix));
    }
    renderer.render(&[group])
}

fn in_step(report: &Report<'_>) -> String {
    let labels: Vec<String> = report.comparison.coverage.iter().map(|coverage| coverage.label.clone()).collect();
    match labels.as_slice() {
        [] => "In step.\n\n".to_owned(),
        [only] => format!("In step: {only} is the only source.\n\n"),
        several => format!("In step: {} agree.\n\n", join(several)),
    }
}
