//! Collecting diagnostics about one file.

use std::sync::Arc;

use ormsync_schema::{Diagnostic, Origin, Severity, Span};

/// The code of notes on what only Prisma 8 has.
pub(crate) const PRISMA_8: &str = "prisma-8";

/// What is said of it.
pub(crate) fn of_prisma_8(what: &str) -> String {
    format!("{what} is of Prisma 8: it is passed over and not compared.")
}

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

    /// That something of Prisma 8's is passed over.
    pub(crate) fn of_prisma_8(&mut self, span: Span, what: &str) {
        let origin = Origin::file(self.path, span);
        self.diagnostics.push(Diagnostic::new(Severity::Note, PRISMA_8, of_prisma_8(what), origin));
    }

    /// A warning.
    pub(crate) fn warning(&mut self, code: &str, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(code, message, Origin::file(self.path, span)));
    }
}
