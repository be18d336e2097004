//! What ends a run before it has an answer.

use ormsync_schema::{Diagnostic, Origin, SourceFiles};

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
}
