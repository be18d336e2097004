//! What a reader has to say to the user about its input.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Origin;

/// How much a diagnostic or a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; never fails a gate by itself.
    Note,
    /// Probably wrong; fails only when asked to.
    Warning,
    /// Wrong: the gate fails, or (for a diagnostic) the question could not be answered in full.
    Error,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One message about an input: a syntax error, a construct that could not be read, an unknown option.
///
/// An `Error` means that part of the input was not understood and could hide drift: the run ends with
/// exit code 2. A `Warning` means something is opaque but named and counted; `--strict` fails on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// How much it weighs.
    pub severity: Severity,
    /// A stable kebab-case name such as `prisma-syntax` or `python-opaque`.
    pub code: String,
    /// One line that stands alone: what is wrong, and why.
    pub message: String,
    /// Where.
    pub origin: Origin,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic without help.
    pub fn new(severity: Severity, code: impl Into<String>, message: impl Into<String>, origin: Origin) -> Self {
        Self { severity, code: code.into(), message: message.into(), origin, help: None }
    }

    /// An error.
    pub fn error(code: impl Into<String>, message: impl Into<String>, origin: Origin) -> Self {
        Self::new(Severity::Error, code, message, origin)
    }

    /// A warning.
    pub fn warning(code: impl Into<String>, message: impl Into<String>, origin: Origin) -> Self {
        Self::new(Severity::Warning, code, message, origin)
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
