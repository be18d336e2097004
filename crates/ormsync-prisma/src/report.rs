//! Collecting diagnostics about one file.

use std::sync::Arc;

use ormsync_schema::{Diagnostic, Origin, Span};

/// Takes messages about places in one file.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    path: &'a Arc<str>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(path: &'a Arc<str>, diagnostics: &'a mut Vec<Diagnostic>) -> Self {
        Self { path, diagnostics }
    }

    /// An error without help.
    pub(crate) fn error(&mut self, code: &str, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, message, Origin::file(self.path, span)));
    }

    /// An error with what to do next.
    pub(crate) fn error_with_help(
        &mut self,
        code: &str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.diagnostics.push(Diagnostic::error(code, message, Origin::file(self.path, span)).with_help(help));
    }

    /// A warning.
    pub(crate) fn warning(&mut self, code: &str, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(code, message, Origin::file(self.path, span)));
    }
}
