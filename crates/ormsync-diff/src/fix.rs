//! What to write, and where, to bring the sources together.

use ormsync_schema::ObjectKind;

use crate::Verdict;
use crate::comparing::{Comparing, Difference};
use crate::headline::join_words;
use crate::objects::THERE;

/// Suggests a fix for a difference, if there is one that can be told.
pub(crate) fn suggest(comparing: &Comparing<'_>, difference: &Difference, verdict: &Verdict) -> Option<String> {
    let advisor = Advisor { comparing, difference };
    let wanted = comparing.wanted_group(&difference.groups, difference.owner);
    match verdict {
        Verdict::Behind(_) => advisor.migrate(wanted?),
        Verdict::Unmapped(names) => {
            let sources: Vec<usize> = names.iter().filter_map(|name| comparing.source_named(name)).collect();
            advisor.write_in(&sources, 1 - difference.groups.nothing?)
        }
        Verdict::Drifted(name) => advisor.take_back(comparing.source_named(name)?, wanted?),
        Verdict::Conflict => advisor.follow(wanted?),
    }
}

struct Advisor<'f, 'a> {
    comparing: &'f Comparing<'a>,
    difference: &'f Difference,
}

impl Advisor<'_, '_> {
    /// The live database has to move: the declared sources are already there.
    fn migrate(&self, wanted: usize) -> Option<String> {
        if self.difference.groups.nothing == Some(wanted) {
            return None;
        }
        let at = &self.difference.at;
        let text = &self.difference.says[self.difference.groups.members[wanted][0]].text;
        let live_lacks_it = self.difference.groups.nothing.is_some() && self.difference.is_about_existence();
        Some(if live_lacks_it {
            format!("apply the pending migration that adds {}{at}", noun(at.kind))
        } else {
            format!("change {}{at} by a migration to: {text}", noun(at.kind))
        })
    }

    /// Each of these sources has to write what it lacks.
    fn write_in(&self, sources: &[usize], wanted: usize) -> Option<String> {
        let label = |source: usize| self.comparing.sources[source].label;
        let written: Vec<Option<String>> = sources.iter().map(|source| self.spell(*source, wanted)).collect();
        if self.difference.mapping && written.iter().all(Option::is_none) {
            let labels: Vec<&str> = sources.iter().map(|source| label(*source)).collect();
            return Some(format!("map it in {}, or say in [ownership] whose it is", join_words(&labels)));
        }
        if let ([only], [written]) = (sources, written.as_slice()) {
            return written.clone().or_else(|| self.take_back(*only, wanted));
        }
        let lines = sources.iter().zip(written).filter_map(|(source, written)| match written {
            Some(written) => Some(format!("{}: {written}", label(*source))),
            None => self.take_back(*source, wanted),
        });
        Some(lines.collect::<Vec<_>>().join("\n"))
    }

    /// One source stands alone: it takes what the others have.
    fn take_back(&self, source: usize, wanted: usize) -> Option<String> {
        if self.difference.groups.of(source) == Some(wanted) {
            return self.follow(wanted);
        }
        if self.difference.groups.nothing == Some(wanted) {
            return self.take_away(source);
        }
        if self.comparing.is_live(source) {
            return self.migrate(wanted);
        }
        let written = self.spell(source, wanted);
        Some(written.unwrap_or_else(|| self.in_words(self.comparing.sources[source].label, wanted)))
    }

    /// One source has something that nobody else has. Nothing undeclared is ever proposed for DROP.
    fn take_away(&self, source: usize) -> Option<String> {
        let holder = self.difference.groups.of(source)?;
        let label = self.comparing.sources[source].label;
        if !self.comparing.is_live(source) {
            return Some(format!("remove it from {label}, or add it everywhere else by a migration"));
        }
        let declared = self.difference.groups.members[self.difference.groups.nothing?]
            .iter()
            .find_map(|other| Some((self.comparing.sources[*other].label, self.spell(*other, holder)?)));
        Some(match declared {
            Some((other, text)) => format!("if it is wanted, declare it in {other}: {text}"),
            None => format!("if it is wanted, declare it; only {label} has it"),
        })
    }

    /// One group is right: all others follow it.
    fn follow(&self, wanted: usize) -> Option<String> {
        if self.difference.groups.nothing == Some(wanted) {
            return None;
        }
        let others: Vec<usize> = (0..self.comparing.sources.len())
            .filter(|other| self.difference.groups.of(*other).is_some_and(|group| group != wanted))
            .collect();
        self.write_in(&others, wanted)
    }

    /// What to do where the source has no way of writing it that could be shown.
    fn in_words(&self, label: &str, wanted: usize) -> String {
        let saying = &self.difference.says[self.difference.groups.members[wanted][0]];
        let all_of_it = matches!(self.difference.at.kind, ObjectKind::EnumType);
        let text = saying.detail.as_ref().filter(|_| all_of_it).unwrap_or(&saying.text);
        match (self.difference.is_about_existence(), text.as_str()) {
            (true, THERE) => format!("declare it in {label}"),
            (true, text) => format!("declare it in {label}: {text}"),
            (false, text) => format!("change it in {label} to: {text}"),
        }
    }

    /// How `source` would write what the group has.
    fn spell(&self, source: usize, group: usize) -> Option<String> {
        let wanted = self.comparing.sources[self.difference.groups.members[group][0]].schema;
        let source = &self.comparing.sources[source];
        source.spelling?.spell(wanted, source.schema, &self.difference.at)
    }
}

/// The word before an object that its path alone does not tell: `index users(email)`.
fn noun(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Table => "table ",
        ObjectKind::PrimaryKey => "primary key ",
        ObjectKind::Index => "index ",
        ObjectKind::ForeignKey => "foreign key ",
        ObjectKind::Check => "check ",
        ObjectKind::Exclusion => "exclusion constraint ",
        ObjectKind::Trigger => "trigger ",
        ObjectKind::EnumType => "enum ",
        ObjectKind::View => "view ",
        ObjectKind::Sequence => "sequence ",
        ObjectKind::Extension => "extension ",
        ObjectKind::UserType => "type ",
        ObjectKind::Policy => "policy ",
        ObjectKind::Routine => "routine ",
        ObjectKind::Column | ObjectKind::Schema => "",
    }
}

impl Difference {
    /// Whether the question is if the object is there at all.
    pub(crate) fn is_about_existence(&self) -> bool {
        matches!(self.headline, crate::headline::Headline::Missing { .. })
    }
}
