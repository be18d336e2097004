//! The comparison as a whole.

use std::collections::BTreeMap;

use ormsync_dialect::Dialect;
use ormsync_schema::{Diagnostic, Severity};
use serde::Serialize;

use crate::{Coverage, Finding, OwnershipPatterns, Source};

/// How to compare.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The source the user declared to be right, by its name.
    pub truth: Option<String>,
    /// Who writes which table's DDL.
    pub ownership: OwnershipPatterns,
    /// Severities set by the configuration; `None` switches a rule off.
    pub severities: BTreeMap<String, Option<Severity>>,
}

/// What came of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The differences, ordered by table, then by severity.
    pub findings: Vec<Finding>,
    /// How much of each source was compared, in the order of the sources.
    pub coverage: Vec<Coverage>,
    /// Counts.
    pub summary: Summary,
    /// What the comparison itself has to say: a glob in the configuration that is not one.
    pub diagnostics: Vec<Diagnostic>,
}

/// The counts of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Tables that at least two sources were asked about.
    pub tables_compared: usize,
    /// Of these, without any finding.
    pub identical: usize,
    /// Of these, with at least one finding.
    pub drifted: usize,
    /// Things that were not understood, over all sources.
    pub opaque: usize,
    /// Findings of error severity.
    pub errors: usize,
    /// Findings of warning severity.
    pub warnings: usize,
    /// Findings of note severity.
    pub notes: usize,
}

/// Compares any number of sources (one is in step with itself). All must be in `dialect`'s normal form.
pub fn compare(_sources: &[Source<'_>], _dialect: &dyn Dialect, _options: &Options) -> Comparison {
    Comparison::default()
}
