//! What to write, and where, to bring the sources together.

use ormsync_schema::ObjectKind;

use crate::Verdict;
use crate::comparing::{Comparing, Difference};
use crate::headline::join_words;

/// Suggests a fix for a difference, if there is one that can be told.
pub(crate) fn suggest(comparing: &Comparing<'_>, difference: &Difference, verdict: &Verdict) -> Option<String> {
    let advisor = Advisor { comparing, difference };
    let wanted = comparing.wanted_group(&difference.groups, difference.owner);
    match verdict {
        Verdict::Behind(_) => advisor.migrate(wanted?),
        Verdict::Unmapped(names) => advisor.write_in(names, 1 - difference.groups.nothing?),
        Verdict::Drifted(name) => advisor.take_back(name, wanted?),
        Verdict::Conflict => advisor.follow_truth(wanted?),
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
    fn write_in(&self, names: &[String], wanted: usize) -> Option<String> {
        let written: Vec<(&str, String)> = names
            .iter()
            .filter_map(|name| self.comparing.source_named(name))
            .filter_map(|source| Some((self.comparing.sources[source].label, self.spell(source, wanted)?)))
            .collect();
        match written.as_slice() {
            [] => {
                let labels: Vec<&str> = names.iter().map(|name| self.label(name)).collect();
                let labels = join_words(&labels);
                Some(if self.difference.mapping {
                    format!("map it in {labels}, or say in [ownership] whose it is")
                } else {
                    let text = &self.difference.says[self.difference.groups.members[wanted][0]].text;
                    format!("in {labels}: {text}")
                })
            }
            [(_, only)] if names.len() == 1 => Some(only.clone()),
            several => {
                let lines: Vec<String> = several.iter().map(|(label, text)| format!("{label}: {text}")).collect();
                Some(lines.join("\n"))
            }
        }
    }

    /// One source stands alone: it takes what the others have.
    fn take_back(&self, name: &str, wanted: usize) -> Option<String> {
        let source = self.comparing.source_named(name)?;
        if self.difference.groups.of(source) == Some(wanted) {
            return self.follow(source, wanted);
        }
        if self.difference.groups.nothing == Some(wanted) {
            return self.take_away(source);
        }
        if self.comparing.is_live(source) {
            return self.migrate(wanted);
        }
        Some(self.spell(source, wanted).unwrap_or_else(|| {
            let text = &self.difference.says[self.difference.groups.members[wanted][0]].text;
            format!("in {}: {text}", self.comparing.sources[source].label)
        }))
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

    /// The source that stands alone is the one that is right: the others follow it.
    fn follow(&self, truth: usize, wanted: usize) -> Option<String> {
        if self.difference.groups.nothing == Some(wanted) {
            return None;
        }
        let others: Vec<String> = (0..self.comparing.sources.len())
            .filter(|other| *other != truth && self.difference.groups.of(*other).is_some_and(|group| group != wanted))
            .map(|other| self.comparing.sources[other].name.to_owned())
            .collect();
        self.write_in(&others, wanted)
    }

    /// No two agree, but one is right.
    fn follow_truth(&self, wanted: usize) -> Option<String> {
        let other = self.difference.groups.members.iter().enumerate().find(|(group, _)| *group != wanted)?.1[0];
        self.take_back(self.comparing.sources[other].name, wanted)
    }

    /// How `source` would write what the group has.
    fn spell(&self, source: usize, group: usize) -> Option<String> {
        let wanted = self.comparing.sources[self.difference.groups.members[group][0]].schema;
        let source = &self.comparing.sources[source];
        source.spelling?.spell(wanted, source.schema, &self.difference.at)
    }

    fn label(&self, name: &str) -> &str {
        self.comparing.sources.iter().find(|source| source.name == name).map_or("", |source| source.label)
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
        ObjectKind::Column | ObjectKind::Schema => "",
    }
}

impl Difference {
    /// Whether the question is if the object is there at all.
    pub(crate) fn is_about_existence(&self) -> bool {
        matches!(self.headline, crate::headline::Headline::Missing { .. })
    }
}
