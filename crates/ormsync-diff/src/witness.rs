//! What else says which server a project is for: lock files, URLs, images.

use ormsync_schema::{ObjectKind, ObjectPath, Origin, Severity};

use crate::comparing::Comparing;
use crate::{Answer, rules};

/// A place beside the sources that says which server is meant.
#[derive(Debug, Clone)]
pub struct Witness {
    /// What says so, in words: a file's path.
    pub label: String,
    /// The dialects it is for, by name: a file with several services may be for several.
    pub dialects: Vec<String>,
    /// What it says: `postgresql`, `image mysql:8`.
    pub text: String,
    /// Where.
    pub origin: Origin,
    /// Whether a tool takes it at its word; else it may be for something beside the project.
    pub binding: bool,
}

/// Tells the witnesses that speak of another server than the sources, with all the others, as one finding.
pub(crate) fn compare(comparing: &mut Comparing<'_>, witnesses: &[Witness]) {
    let dialect = comparing.dialect.name();
    let contradicts = |witness: &Witness| !witness.dialects.iter().any(|name| name == dialect);
    if !witnesses.iter().any(contradicts) {
        return;
    }
    let is_binding = witnesses.iter().any(|witness| witness.binding && contradicts(witness));
    let others: Vec<String> = witnesses
        .iter()
        .filter(|witness| contradicts(witness))
        .map(|witness| format!("{} says {}", witness.label, witness.text))
        .collect();
    let sources: Vec<Answer> = comparing.sources.iter().map(|source| of_source(source, dialect)).collect();
    let answers = witnesses.iter().map(|witness| Answer {
        source: witness.label.clone(),
        label: witness.label.clone(),
        text: witness.text.clone(),
        detail: None,
        origin: witness.origin.clone(),
        stands_alone: contradicts(witness),
    });
    let at = ObjectPath { kind: ObjectKind::Schema, namespace: String::new(), table: None, name: None };
    let headline = format!("The sources are for {dialect}, and {}", others.join(", "));
    let at_most = if is_binding { Severity::Error } else { Severity::Warning };
    comparing.report_answers(&rules::PROVIDER_MISMATCH, at, headline, answers.chain(sources).collect(), at_most);
}

fn of_source(source: &crate::Source<'_>, dialect: &str) -> Answer {
    Answer {
        source: source.name.to_owned(),
        label: source.label.to_owned(),
        text: dialect.to_owned(),
        detail: None,
        origin: Origin::nowhere(),
        stands_alone: false,
    }
}
