//! What ends a run before it has an answer, and how one diagnostic is shown.

use std::fmt::Write as _;
use std::sync::Arc;

use clap::builder::styling::{AnsiColor, Style};
use ormsync_report::Outcome;
use ormsync_schema::{Diagnostic, Origin, Place, Severity, SourceFiles, Span};

/// Why a run could not go on: one or more messages, each with its place and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What is wrong, at least one.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The files that their places are in.
    pub(crate) files: SourceFiles,
}

/// What comes of a step that can end the run.
pub(crate) type Result<T> = std::result::Result<T, Box<Failure>>;

impl Failure {
    /// A failure with one message that has no place in a file.
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Box<Self> {
        Self::from_diagnostic(Diagnostic::error(code, message, Origin::nowhere()))
    }

    /// A failure with one message.
    pub(crate) fn from_diagnostic(diagnostic: Diagnostic) -> Box<Self> {
        Self::from_diagnostics(vec![diagnostic], SourceFiles::default())
    }

    /// A failure with several messages and the files they point into.
    pub(crate) fn from_diagnostics(diagnostics: Vec<Diagnostic>, files: SourceFiles) -> Box<Self> {
        Box::new(Self { diagnostics, files })
    }

    /// Adds what to do next, to the last message.
    #[must_use]
    pub(crate) fn with_help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        if let Some(last) = self.diagnostics.last_mut() {
            last.help = Some(help.into());
        }
        self
    }

    /// A question that could not be answered.
    pub(crate) fn exit_code(&self) -> u8 {
        Outcome::Unanswered.exit_code()
    }

    /// All messages as text.
    pub(crate) fn render(&self, colour: bool) -> String {
        self.diagnostics.iter().map(|diagnostic| render_diagnostic(diagnostic, &self.files, colour)).collect()
    }
}

/// One diagnostic as lines of text, with an excerpt where its file is known:
///
/// ```text
/// error[config-key]: unknown key `modles` in [sqlalchemy]
///   --> ormsync.toml:5:1
///    |
///  5 | modles = ["app/models"]
///    | ^^^^^^
///    = help: did you mean `models`?
/// ```
pub(crate) fn render_diagnostic(diagnostic: &Diagnostic, files: &SourceFiles, colour: bool) -> String {
    let paint = |style: Style, text: &str| if colour { format!("{style}{text}{style:#}") } else { text.to_owned() };
    let accent = severity_style(diagnostic.severity);
    let frame = Style::new().bold().fg_color(Some(AnsiColor::Blue.into()));
    let severity = format!("{}[{}]", diagnostic.severity.as_str(), diagnostic.code);
    let mut text = format!("{}: {}\n", paint(accent, &severity), paint(Style::new().bold(), &diagnostic.message));
    let mut margin = 2;
    if let Place::File { path, span } = &diagnostic.origin.place {
        if let Some(excerpt) = Excerpt::cut(files, path, *span) {
            margin = excerpt.line.to_string().len().max(2);
            let bar = paint(frame, &format!("{:margin$} |", ""));
            let number = paint(frame, &format!("{:>margin$} |", excerpt.line));
            let arrow = paint(frame, &format!("{:margin$}-->", ""));
            let carets = paint(accent, &"^".repeat(excerpt.width));
            let _ = write!(
                text,
                "{arrow} {path}:{line}:{column}\n{bar}\n{number} {source}\n{bar} {indent}{carets}\n",
                line = excerpt.line,
                column = excerpt.column,
                source = excerpt.text,
                indent = excerpt.indent,
            );
        } else {
            let _ = writeln!(text, "{} {path}", paint(frame, &format!("{:margin$}-->", "")));
        }
    }
    for line in diagnostic.help.iter().flat_map(|help| help.lines().enumerate()) {
        let lead = if line.0 == 0 { "= help: " } else { "        " };
        let _ = writeln!(text, "{:margin$} {}{}", "", paint(frame, lead), line.1);
    }
    text
}

fn severity_style(severity: Severity) -> Style {
    let colour = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Cyan,
    };
    Style::new().bold().fg_color(Some(colour.into()))
}

/// The first line of a span.
struct Excerpt {
    line: usize,
    column: usize,
    text: String,
    /// What stands before the carets: tabs kept, so that they stand under what they mean.
    indent: String,
    width: usize,
}

impl Excerpt {
    fn cut(files: &SourceFiles, path: &Arc<str>, span: Span) -> Option<Self> {
        let file = files.get(path)?;
        let position = file.position(span.start);
        let text = file.text().lines().nth(position.line - 1).unwrap_or_default().to_owned();
        let before = text.chars().take(position.column - 1);
        let indent = before.map(|character| if character == '\t' { '\t' } else { ' ' }).collect();
        let marked = file.slice(span).lines().next().unwrap_or_default().chars().count();
        let rest = text.chars().count().saturating_sub(position.column - 1);
        Some(Self { line: position.line, column: position.column, indent, width: marked.min(rest).max(1), text })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_diagnostic_shows_its_line() {
        let mut files = SourceFiles::default();
        let text = "[sqlalchemy]\n\tmodles = [\"app\"]\n";
        let path = files.insert("ormsync.toml", text);
        let at = text.find("modles").unwrap();
        let diagnostic = Diagnostic::error("config-key", "unknown key", Origin::file(&path, Span::new(at, at + 6)))
            .with_help("first\nsecond");
        assert_eq!(
            render_diagnostic(&diagnostic, &files, false),
            "error[config-key]: unknown key\n  --> ormsync.toml:2:2\n   |\n 2 | \tmodles = [\"app\"]\n   | \t^^^^^^\n   \
             = help: first\n           second\n"
        );
    }

    #[test]
    fn a_span_past_the_end_does_not_panic() {
        let mut files = SourceFiles::default();
        let path = files.insert("x.toml", "");
        let diagnostic = Diagnostic::error("code", "message", Origin::file(&path, Span::new(9, 12)));
        assert!(render_diagnostic(&diagnostic, &files, false).contains("x.toml:1:1"));
    }
}
