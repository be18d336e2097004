//! Headlines: one sentence that stands alone, and says who says what.

use ormsync_schema::ObjectPath;

use crate::Source;
use crate::answer::Groups;
use crate::comparing::Saying;

/// How long an answer may be inside a headline.
const LONGEST_ANSWER: usize = 40;

/// How a headline is made.
pub(crate) enum Headline {
    /// `subject verb answer in A and B, answer in C`.
    Says {
        /// What it is about.
        subject: String,
        /// `is`, `has` …; empty where the answers have verbs of their own.
        verb: &'static str,
    },
    /// `subject claim in A, not in B and C`, where the group that makes the claim is known.
    Claims {
        /// What it is about.
        subject: String,
        /// `takes NULL`.
        claim: String,
        /// The group that makes the claim.
        group: usize,
    },
    /// `subject is missing in A (B and C have it)`.
    Missing {
        /// What it is about.
        subject: String,
    },
}

impl Headline {
    /// The path itself with a verb.
    pub(crate) fn says(at: &ObjectPath, verb: &'static str) -> Self {
        Self::Says { subject: at.to_string(), verb }
    }

    /// A headline about something that is called by its kind: `Index users(email)`.
    pub(crate) fn kind_says(kind: &str, at: &ObjectPath, verb: &'static str) -> Self {
        Self::Says { subject: format!("{kind} {at}"), verb }
    }

    /// The sentence.
    pub(crate) fn render(&self, sources: &[Source<'_>], at: &ObjectPath, groups: &Groups, says: &[Saying]) -> String {
        let labels = |group: usize| join_labels(sources, &groups.members[group]);
        match self {
            Self::Says { subject, verb } => {
                let parts: Vec<String> = groups
                    .members
                    .iter()
                    .enumerate()
                    .map(|(group, members)| format!("{} in {}", shorten(&says[members[0]].text), labels(group)))
                    .collect();
                let space = if verb.is_empty() { "" } else { " " };
                format!("{subject}{space}{verb} {}", parts.join(", "))
            }
            Self::Claims { subject, claim, group } => {
                let others: Vec<usize> = groups
                    .members
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| other != group)
                    .flat_map(|(_, members)| members.iter().copied())
                    .collect();
                format!("{subject} {claim} in {}, not in {}", labels(*group), join_labels(sources, &others))
            }
            Self::Missing { subject } => {
                let subject = if subject.is_empty() { at.to_string() } else { subject.clone() };
                let absent = groups.nothing.unwrap_or_default();
                let holders: Vec<usize> = groups
                    .members
                    .iter()
                    .enumerate()
                    .filter(|(group, _)| *group != absent)
                    .flat_map(|(_, members)| members.iter().copied())
                    .collect();
                let have = if holders.len() == 1 { "has" } else { "have" };
                format!("{subject} is missing in {} ({} {have} it)", labels(absent), join_labels(sources, &holders))
            }
        }
    }
}

/// `A`, `A and B`, `A, B and C`.
pub(crate) fn join_labels(sources: &[Source<'_>], members: &[usize]) -> String {
    let labels: Vec<&str> = members.iter().map(|source| sources[*source].label).collect();
    join_words(&labels)
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn join_words(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// An answer short enough for a headline, on one line.
pub(crate) fn shorten(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST_ANSWER) {
        None => text,
        Some(_) => {
            let end = text.char_indices().nth(LONGEST_ANSWER - 1).map_or(text.len(), |(at, _)| at);
            format!("{}…", text[..end].trim_end())
        }
    }
}
