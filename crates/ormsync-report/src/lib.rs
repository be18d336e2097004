//! Renders the outcome of a run: one file per output format.

pub mod audit;

mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod sarif;
mod standing;
mod text;

mod excerpt;
mod place;
mod sentences;
mod summary;

use std::time::Duration;

use ormsync_diff::Comparison;
use ormsync_schema::{Diagnostic, Severity, SourceFiles};

pub use github::github;
pub use gitlab::gitlab;
pub use json::{json, json_schema};
pub use junit::junit;
pub use markdown::{MARKDOWN_LIMIT, markdown};
pub use sarif::sarif;
pub use standing::{standing_json, standing_json_schema, standing_text};
pub use summary::{coverage_lines, coverage_text};
pub use text::{TextStyle, diagnostic_text, text};

/// All that an output format may show.
#[derive(Debug)]
pub struct Report<'a> {
    /// The dialect's name.
    pub dialect: &'a str,
    /// The findings and counts.
    pub comparison: &'a Comparison,
    /// What readers had to say, in the order of the sources.
    pub diagnostics: &'a [Diagnostic],
    /// How many of the diagnostics, the last ones, are about histories of migrations: drift, not questions without an answer.
    pub about_histories: usize,
    /// The files that origins point into.
    pub files: &'a SourceFiles,
    /// How long the run took.
    pub elapsed: Duration,
    /// The answer as a whole.
    pub outcome: Outcome,
    /// The least severity that fails.
    pub fail_on: Severity,
    /// Whether what was not understood leaves the question unanswered.
    pub strict: bool,
    /// The folder that paths start from, as the root of the repository sees it: empty for the root itself.
    pub folder: &'a str,
}

/// The answer of a run; its number is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing at or above the failing severity.
    InStep,
    /// Drift at or above the failing severity.
    Drift,
    /// Part of the question could not be answered.
    Unanswered,
}

impl Outcome {
    /// The process's exit code: 0, 1 or 2.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::InStep => 0,
            Self::Drift => 1,
            Self::Unanswered => 2,
        }
    }

    /// `in step`, `drift` or `unanswered`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InStep => "in step",
            Self::Drift => "drift",
            Self::Unanswered => "unanswered",
        }
    }
}
