//! The report as JSON.

use crate::Report;

/// The report as one JSON document, as `schemas/report.schema.json` describes it.
pub fn json(_report: &Report<'_>) -> String {
    String::new()
}
