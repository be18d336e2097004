//! Which source stands alone.

use std::fmt;

use serde::Serialize;

use crate::answer::Groups;
use crate::{Role, Source};

/// What a difference says about the sources, by their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// One source says something else than all others.
    Drifted(String),
    /// The declared sources agree on something that the live one has not got.
    Behind(String),
    /// No two agree.
    Conflict,
    /// These sources have nothing there, the others do.
    Unmapped(Vec<String>),
    /// The sources agree, and it is a risk all the same.
    Hazard,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drifted(source) => write!(formatter, "{source} drifted"),
            Self::Behind(source) => write!(formatter, "{source} behind"),
            Self::Conflict => formatter.write_str("conflict"),
            Self::Hazard => formatter.write_str("hazard"),
            Self::Unmapped(sources) => write!(formatter, "unmapped in {}", sources.join(", ")),
        }
    }
}

impl Verdict {
    /// Whether the source of that name is one that has to change.
    pub fn blames(&self, source: &str) -> bool {
        match self {
            Self::Drifted(name) | Self::Behind(name) => name == source,
            Self::Conflict | Self::Hazard => false,
            Self::Unmapped(names) => names.iter().any(|name| name == source),
        }
    }
}

/// Judges a difference.
///
/// `mapping` says that the question is whether a table or column is there: what a declared source
/// lacks then is not drift, it is merely not mapped. `truth` is the index of the source that is right.
pub(crate) fn judge(sources: &[Source<'_>], groups: &Groups, mapping: bool, truth: Option<usize>) -> Verdict {
    let judge = Judge { sources, groups, mapping };
    if groups.answering() == 2 {
        judge.of_two(truth)
    } else if mapping && groups.nothing.is_some() && groups.members.len() == 2 {
        judge.of_mapping()
    } else {
        judge.of_many()
    }
}

struct Judge<'j> {
    sources: &'j [Source<'j>],
    groups: &'j Groups,
    mapping: bool,
}

impl Judge<'_> {
    fn is_live(&self, source: usize) -> bool {
        self.sources[source].role == Role::Live
    }

    fn name(&self, source: usize) -> String {
        self.sources[source].name.to_owned()
    }

    fn has_nothing(&self, source: usize) -> bool {
        self.groups.nothing.is_some() && self.groups.of(source) == self.groups.nothing
    }

    /// Two answers: only a declared truth can tell which one is wrong.
    fn of_two(&self, truth: Option<usize>) -> Verdict {
        let Some(truth) = truth.filter(|truth| self.groups.of(*truth).is_some()) else {
            return Verdict::Conflict;
        };
        let mut others = self.groups.members.iter().flatten().copied().filter(|source| *source != truth);
        others.next().map_or(Verdict::Conflict, |other| self.alone(other, self.has_nothing(truth)))
    }

    /// Whether a table or column is there, asked of three or more.
    fn of_mapping(&self) -> Verdict {
        let absent = self.groups.nothing.unwrap_or_default();
        let (without, with) = (&self.groups.members[absent], &self.groups.members[1 - absent]);
        let live_is_without = without.iter().any(|source| self.is_live(*source));
        match (with.as_slice(), without.as_slice()) {
            (_, [only]) if live_is_without => Verdict::Behind(self.name(*only)),
            ([only], _) if !self.is_live(*only) => Verdict::Drifted(self.name(*only)),
            _ if live_is_without => Verdict::Conflict,
            _ => Verdict::Unmapped(without.iter().map(|source| self.name(*source)).collect()),
        }
    }

    /// Any other fact, asked of three or more.
    fn of_many(&self) -> Verdict {
        match self.groups.members.as_slice() {
            [most, alone] if alone.len() == 1 && most.len() > 1 => self.alone(alone[0], self.has_nothing(most[0])),
            _ => Verdict::Conflict,
        }
    }

    /// One source against others that are right.
    fn alone(&self, source: usize, others_have_nothing: bool) -> Verdict {
        let name = self.name(source);
        if others_have_nothing {
            // What nobody else has was added here.
            Verdict::Drifted(name)
        } else if self.is_live(source) && self.has_nothing(source) {
            Verdict::Behind(name)
        } else if self.mapping && self.has_nothing(source) {
            Verdict::Unmapped(vec![name])
        } else {
            Verdict::Drifted(name)
        }
    }
}
