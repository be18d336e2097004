//! One difference, ready to be shown.

use ormsync_schema::{ObjectPath, Origin, Severity};
use sha2::{Digest as _, Sha256};

use crate::{Rule, Verdict};

/// One fact on which sources disagree.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule it falls under.
    pub rule: &'static Rule,
    /// Its severity, after configuration.
    pub severity: Severity,
    /// What it is about.
    pub at: ObjectPath,
    /// One line that stands alone: the object, and who says what.
    pub headline: String,
    /// What every source that has a say answers, in the order of the sources.
    pub answers: Vec<Answer>,
    /// Which source stands alone.
    pub verdict: Verdict,
    /// What to write, and where, to bring the sources together.
    pub fix: Option<String>,
    /// Sentences worth knowing: a suspected rename, why two types are compatible.
    pub notes: Vec<String>,
}

impl Finding {
    /// What makes it the same finding in another run, as 32 hexadecimal digits: its rule, its object and what
    /// the sources answer. Lines, severities, wording and suggestions are no part of it.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for part in [self.rule.name, &self.at.to_string()] {
            hash.update(part);
            hash.update([0]);
        }
        let mut answers: Vec<(&str, &str)> =
            self.answers.iter().map(|answer| (answer.source.as_str(), answer.text.as_str())).collect();
        answers.sort_unstable();
        for (source, text) in answers {
            hash.update(source);
            hash.update([0]);
            hash.update(text);
            hash.update([0]);
        }
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What one source says about a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The source's short name.
    pub source: String,
    /// The source's name in sentences.
    pub label: String,
    /// What it says, in the dialect's words: `decimal(18,8)`, `not null`, `missing`.
    pub text: String,
    /// The object as a whole, where the answer is only a part of it: `decimal(18,8), not null`.
    pub detail: Option<String>,
    /// Where it says so; for something missing, its nearest parent.
    pub origin: Origin,
    /// Whether this source is one that has to change.
    pub stands_alone: bool,
}
