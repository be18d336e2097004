//! The report as GitLab's Code Quality, which shows findings in a merge request.
//!
//! The form: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use ormsync_schema::{Diagnostic, Origin, Place, Severity};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::Report;
use crate::place::{Region, main_region, region};
use crate::sentences::explanation;

/// One entry for each diagnostic and finding.
pub fn gitlab(report: &Report<'_>) -> String {
    let diagnostics = report.diagnostics.iter().map(|diagnostic| Entry {
        description: diagnostic.message.clone(),
        check_name: &diagnostic.code,
        fingerprint: diagnostic_fingerprint(diagnostic),
        severity: match diagnostic.severity {
            Severity::Error => "critical",
            other => severity(other),
        },
        location: Location::new(region(&diagnostic.origin, report), &diagnostic.origin),
    });
    let findings = report.comparison.findings.iter().map(|finding| Entry {
        description: format!("{} ({})", finding.headline, explanation(finding).join("; ")),
        check_name: finding.rule.name,
        fingerprint: finding.fingerprint(),
        severity: severity(finding.severity),
        location: Location::new(
            main_region(finding, report),
            finding.answers.last().map_or(&Origin::nowhere(), |answer| &answer.origin),
        ),
    });
    let entries: Vec<Entry<'_>> = diagnostics.chain(findings).collect();
    let mut text = serde_json::to_string_pretty(&entries).expect("the entries have only strings and numbers");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Begin,
}

#[derive(Serialize)]
struct Begin {
    begin: usize,
}

impl Location {
    /// GitLab refuses an entry without a path; what is in no file is told by its object in the database.
    fn new(region: Option<Region>, origin: &Origin) -> Self {
        let Some(Region { path, lines }) = region else {
            let path = match &origin.place {
                Place::Catalogue { object } => format!("database/{object}"),
                _ => "ormsync.toml".to_owned(),
            };
            return Self { path, lines: Begin { begin: 1 } };
        };
        Self { path, lines: Begin { begin: lines.map_or(1, |lines| lines.start_line) } }
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Note => "info",
    }
}

/// What makes a diagnostic the same one in another run; not its line.
fn diagnostic_fingerprint(diagnostic: &Diagnostic) -> String {
    let place = match &diagnostic.origin.place {
        Place::File { path, .. } => path.as_ref(),
        Place::Catalogue { object } => object,
        Place::Nowhere => "",
    };
    let digest = Sha256::digest([diagnostic.code.as_str(), &diagnostic.message, place].join("\u{0}"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
