//! Baselines: known findings that are accepted for now, each with a reason, an owner, and, if it likes, an end.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use ormsync_diff::{Comparison, Finding};
use ormsync_schema::{Diagnostic, Origin, Severity, SourceFiles, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::value::Date;

use crate::command_line::BaselineOptions;
use crate::failure::{Failure, Result};
use crate::gate::write_file;
use crate::paths;

/// What is written above a new file.
const HEADER: &str = "\
# Findings that `ormsync check --baseline` accepts. An entry whose finding is gone is told, so that the list shrinks;
# one whose day has come counts again. `ormsync check --write-baseline` writes the file anew and keeps what is said here.
";

/// A file of accepted findings.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "ormsync baseline")]
struct BaselineFile {
    /// The accepted findings.
    #[schemars(with = "Vec<Accepted>")]
    accepted: Vec<Spanned<Accepted>>,
}

/// One accepted finding.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Accepted {
    /// What makes it the same finding in another run, as `--format json` tells it.
    fingerprint: String,
    /// The rule, for readers.
    rule: String,
    /// What it is about, for readers.
    at: String,
    /// Why it is accepted.
    #[serde(default)]
    reason: String,
    /// Who looks after it.
    #[serde(default)]
    owner: String,
    /// The first day on which it is no longer accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    expires: Option<Date>,
}

/// A list of accepted findings, to be written.
#[derive(Serialize)]
struct Written<'a> {
    accepted: Vec<&'a Accepted>,
}

/// A baseline as it was read.
#[derive(Debug, Default)]
pub(crate) struct Baseline {
    accepted: Vec<(Accepted, Origin)>,
}

impl Baseline {
    /// Reads a baseline and keeps its text for messages.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub(crate) fn read(path: &Path, files: &mut SourceFiles) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::new("baseline-file", format!("{} could not be read: {error}", paths::display(path)))
                .with_help("`ormsync check --baseline FILE --write-baseline` writes one")
        })?;
        let shared: Arc<str> = files.insert(paths::display(path), text.as_str());
        let file: BaselineFile = toml::from_str(&text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            let origin = Origin::file(&shared, Span::new(span.start, span.end));
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            Failure::from_diagnostics(vec![Diagnostic::error("baseline-file", message, origin)], files.clone())
        })?;
        let place = |accepted: Spanned<Accepted>| {
            let span = accepted.span();
            // The table's own span may reach over all its lines: its first is enough.
            let end = text[span.start..span.end].find('\n').map_or(span.end, |line| span.start + line);
            (accepted.into_inner(), Origin::file(&shared, Span::new(span.start, end)))
        };
        Ok(Self { accepted: file.accepted.into_iter().map(place).collect() })
    }

    /// Takes the accepted findings out of a comparison's; tells entries that are over, say too little, or are not needed.
    pub(crate) fn accept(&self, comparison: &mut Comparison, diagnostics: &mut Vec<Diagnostic>) {
        let today = jiff::Zoned::now().date();
        let mut entries: HashMap<&str, (&Accepted, &Origin)> = self
            .accepted
            .iter()
            .map(|(accepted, origin)| (accepted.fingerprint.as_str(), (accepted, origin)))
            .collect();
        let mut accepted = Vec::new();
        let mut kept = Vec::new();
        for finding in std::mem::take(&mut comparison.findings) {
            match entries.remove(finding.fingerprint().as_str()) {
                Some((entry, origin)) if entry.is_over(today) => {
                    let message = format!("the acceptance of {} {} is over", entry.rule, entry.at);
                    diagnostics.push(
                        Diagnostic::warning("baseline-expired", message, origin.clone())
                            .with_help(format!("mend it, or ask {} for another day", entry.owner_or("its owner"))),
                    );
                    kept.push(finding);
                }
                Some((entry, origin)) => {
                    if entry.reason.trim().is_empty() || entry.owner.trim().is_empty() {
                        let message = format!("{} {} is accepted without a reason or an owner", entry.rule, entry.at);
                        diagnostics.push(
                            Diagnostic::warning("baseline-reason", message, origin.clone())
                                .with_help("fill in `reason` and `owner`"),
                        );
                    }
                    accepted.push(finding);
                }
                None => kept.push(finding),
            }
        }
        let mut gone: Vec<_> = entries.into_values().collect();
        gone.sort_by_key(|(entry, _)| (&entry.at, &entry.rule));
        for (entry, origin) in gone {
            let message = format!("{} {} is accepted, and is not found any more", entry.rule, entry.at);
            diagnostics.push(
                Diagnostic::new(Severity::Note, "baseline-gone", message, origin.clone())
                    .with_help("remove the entry, or write the baseline anew with --write-baseline"),
            );
        }
        comparison.findings = kept;
        comparison.accepted = accepted;
        comparison.count_again();
    }

    /// Writes all these findings as accepted: those that are in the baseline as it says, the others as the options say.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(&self, path: &Path, findings: &[Finding], options: &BaselineOptions) -> Result<()> {
        let known: HashMap<&str, &Accepted> =
            self.accepted.iter().map(|(accepted, _)| (accepted.fingerprint.as_str(), accepted)).collect();
        let entry = |finding: &Finding| {
            let fingerprint = finding.fingerprint();
            known.get(fingerprint.as_str()).map_or_else(
                || Accepted {
                    fingerprint: fingerprint.clone(),
                    rule: finding.rule.name.to_owned(),
                    at: finding.at.to_string(),
                    reason: options.reason.clone().unwrap_or_default(),
                    owner: options.owner.clone().unwrap_or_default(),
                    expires: options.expires,
                },
                |known| (*known).clone(),
            )
        };
        let entries: Vec<Accepted> = findings.iter().map(entry).collect();
        let text = toml::to_string_pretty(&Written { accepted: entries.iter().collect() })
            .map_err(|error| Failure::new("internal", format!("the baseline could not be written: {error}")))?;
        write_file(path, &format!("{HEADER}\n{text}"))
    }
}

impl Accepted {
    fn is_over(&self, today: jiff::civil::Date) -> bool {
        self.expires.is_some_and(|date| {
            let today = (today.year(), today.month(), today.day());
            (i16::try_from(date.year).unwrap_or(i16::MAX), date.month as i8, date.day as i8) <= today
        })
    }

    fn owner_or<'a>(&'a self, otherwise: &'a str) -> &'a str {
        if self.owner.trim().is_empty() { otherwise } else { &self.owner }
    }
}

/// The JSON Schema of the file.
#[cfg(test)]
pub(crate) fn json_schema() -> schemars::Schema {
    schemars::schema_for!(BaselineFile)
}
