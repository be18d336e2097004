//! What all comparisons of single kinds share: the sources, what they have a say in, and the desk where
//! differences become findings.

use std::collections::BTreeMap;

use ormsync_dialect::{Dialect, Equivalence};
use ormsync_schema::{Expression, Fact, ObjectKind, ObjectPath, Opaque, Origin, Severity};

use crate::answer::{Groups, Relation, Said};
use crate::headline::{Headline, join_labels};
use crate::names::RenamedTables;
use crate::overrides::Overrides;
use crate::verdict::judge;
use crate::{Answer, Finding, Options, Role, Rule, Source, Verdict, fix};

/// A comparison under way.
pub(crate) struct Comparing<'a> {
    /// The sources.
    pub(crate) sources: &'a [Source<'a>],
    /// Their dialect.
    pub(crate) dialect: &'a dyn Dialect,
    /// What was found so far.
    pub(crate) findings: Vec<Finding>,
    /// Tables that seem to have two names.
    pub(crate) renamed: RenamedTables,
    truth: Option<usize>,
    severities: &'a BTreeMap<String, Option<Severity>>,
    overrides: Overrides<'a>,
}

/// One fact on which sources differ, before it is judged.
pub(crate) struct Difference {
    /// The rule it falls under.
    pub(crate) rule: &'static Rule,
    /// What it is about.
    pub(crate) at: ObjectPath,
    /// Who agrees with whom.
    pub(crate) groups: Groups,
    /// How the headline is made.
    pub(crate) headline: Headline,
    /// What every source says, by source; only those in a group are used.
    pub(crate) says: Vec<Saying>,
    /// Whether the question is if a table or column is there.
    pub(crate) mapping: bool,
    /// Sentences worth knowing.
    pub(crate) notes: Vec<String>,
    /// No heavier than this, whatever the rule says.
    pub(crate) at_most: Severity,
    /// The source that is right about this object, where that is known better than for the whole.
    pub(crate) owner: Option<usize>,
}

/// What one source says, in words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Saying {
    /// The answer.
    pub(crate) text: String,
    /// The object as a whole, where the answer is only a part of it.
    pub(crate) detail: Option<String>,
    /// Where.
    pub(crate) origin: Origin,
}

impl Saying {
    /// A saying without more detail.
    pub(crate) fn new(text: impl Into<String>, origin: &Origin) -> Self {
        Self { text: text.into(), detail: None, origin: origin.clone() }
    }
}

impl<'a> Comparing<'a> {
    /// Nothing found yet.
    pub(crate) fn new(
        sources: &'a [Source<'a>],
        dialect: &'a dyn Dialect,
        options: &'a Options,
        overrides: Overrides<'a>,
    ) -> Self {
        let truth = options.truth.as_deref().and_then(|name| sources.iter().position(|source| source.name == name));
        Self {
            sources,
            dialect,
            findings: Vec::new(),
            renamed: RenamedTables::default(),
            truth,
            severities: &options.severities,
            overrides,
        }
    }

    /// The same comparison with nothing found yet, for another thread.
    pub(crate) fn beside(&self) -> Self {
        Self { findings: Vec::new(), renamed: self.renamed.clone(), overrides: self.overrides.clone(), ..*self }
    }

    /// The source of that name.
    pub(crate) fn source_named(&self, name: &str) -> Option<usize> {
        self.sources.iter().position(|source| source.name == name)
    }

    /// Whether a source is a live database.
    pub(crate) fn is_live(&self, source: usize) -> bool {
        self.sources[source].role == Role::Live
    }

    /// Whether a source has words for a kind of fact.
    pub(crate) fn says(&self, source: usize, fact: Fact) -> bool {
        self.sources[source].schema.says(fact)
    }

    /// Whether all sources have words for a kind of fact.
    pub(crate) fn all_say(&self, fact: Fact) -> bool {
        self.sources.iter().all(|source| source.schema.says(fact))
    }

    /// The answer of a source that has no object of that name outside tables.
    pub(crate) fn absence<T>(&self, source: usize, fact: Fact, name: &str) -> Said<T> {
        // A sequence may be that of a column which was not read.
        let may_be_of_column = fact == Fact::Sequence && self.hides_columns(source);
        if self.says(source, fact) && !may_be_of_column && !hides(&self.sources[source].schema.opaque, fact, name) {
            Said::Nothing
        } else {
            Said::Silent
        }
    }

    /// Whether a source has tables or columns that were not read, so that there may be more of both than is known.
    pub(crate) fn hides_columns(&self, source: usize) -> bool {
        let schema = self.sources[source].schema;
        schema.opaque.iter().any(|opaque| opaque.fact == Fact::Table)
            || schema.tables().any(|(_, _, table)| {
                table.opaque.iter().any(|opaque| opaque.fact == Fact::Column)
                    || table.columns.values().any(|column| column.data_type.is_unreadable())
            })
    }

    /// The place of an object; empty namespace where it is the dialect's default one.
    pub(crate) fn namespace_in_path(&self, namespace: &str) -> String {
        if namespace == self.dialect.default_namespace() { String::new() } else { namespace.to_owned() }
    }

    /// The path of something outside tables.
    pub(crate) fn path(&self, kind: ObjectKind, namespace: &str, name: &str) -> ObjectPath {
        ObjectPath::named(kind, self.namespace_in_path(namespace), name)
    }

    /// Which group's answer is wanted: the truth's, else a majority's.
    pub(crate) fn wanted_group(&self, groups: &Groups, owner: Option<usize>) -> Option<usize> {
        let of_truth = owner.or(self.truth).and_then(|truth| groups.of(truth));
        of_truth.or_else(|| (groups.members[0].len() > groups.members[1].len()).then_some(0))
    }

    /// What an object is called in a path where sources call it differently: as the truth does, as most do,
    /// or else by the shortest name, so that it does not depend on the order of the sources.
    pub(crate) fn agreed_name(&self, names: &[Option<String>], owner: Option<usize>) -> String {
        let of_truth = owner.or(self.truth).and_then(|truth| names.get(truth)?.clone());
        let count = |name: &String| names.iter().flatten().filter(|other| *other == name).count();
        let most = names.iter().flatten().min_by_key(|name| (std::cmp::Reverse(count(name)), name.len(), *name));
        of_truth.or_else(|| most.cloned()).unwrap_or_default()
    }

    /// Judges a difference and keeps it, unless its rule is switched off.
    pub(crate) fn report(&mut self, difference: Difference) {
        let rule = difference.rule;
        let Some(severity) = self.severity(rule, &difference.at) else { return };
        let severity = severity.min(difference.at_most);
        let groups = &difference.groups;
        let verdict = judge(self.sources, groups, difference.mapping, difference.owner.or(self.truth));
        let headline = difference.headline.render(self.sources, &difference.at, groups, &difference.says);
        let answers = self.answers(&difference, &verdict);
        let fix = fix::suggest(self, &difference, &verdict);
        let mut notes = difference.notes;
        if !groups.unknown.is_empty() {
            notes.push(format!("what {} says here was not understood", join_labels(self.sources, &groups.unknown)));
        }
        self.findings.push(Finding { rule, severity, at: difference.at, headline, answers, verdict, fix, notes });
    }

    /// Keeps a hazard on which all sources agree, unless its rule is switched off. `saying` is what one source that has it
    /// says.
    pub(crate) fn report_hazard(
        &mut self,
        rule: &'static Rule,
        at: ObjectPath,
        headline: String,
        (source, saying): (usize, Saying),
        at_most: Severity,
    ) {
        let Some(severity) = self.severity(rule, &at) else { return };
        let answer = Answer {
            source: self.sources[source].name.to_owned(),
            label: self.sources[source].label.to_owned(),
            text: saying.text,
            detail: saying.detail,
            origin: saying.origin,
            stands_alone: true,
        };
        self.findings.push(Finding {
            rule,
            severity: severity.min(at_most),
            at,
            headline,
            answers: vec![answer],
            verdict: Verdict::Hazard,
            fix: None,
            notes: Vec::new(),
        });
    }

    /// Keeps a finding whose answers are not those of the sources alone, unless its rule is switched off.
    pub(crate) fn report_answers(
        &mut self,
        rule: &'static Rule,
        at: ObjectPath,
        headline: String,
        answers: Vec<Answer>,
        at_most: Severity,
    ) {
        let Some(severity) = self.severity(rule, &at) else { return };
        let severity = severity.min(at_most);
        let verdict = Verdict::Conflict;
        self.findings.push(Finding { rule, severity, at, headline, answers, verdict, fix: None, notes: Vec::new() });
    }

    /// The severity of a rule at an object; none where it is switched off.
    fn severity(&self, rule: &Rule, at: &ObjectPath) -> Option<Severity> {
        let here = self.overrides.severity(rule.name, at);
        here.or_else(|| self.severities.get(rule.name).copied()).unwrap_or(Some(rule.severity))
    }

    fn answers(&self, difference: &Difference, verdict: &Verdict) -> Vec<Answer> {
        let groups = &difference.groups;
        let truth_group = difference.owner.or(self.truth).and_then(|truth| groups.of(truth));
        let stands_alone = |source: usize| match verdict {
            Verdict::Conflict => truth_group.is_some() && groups.of(source) != truth_group,
            verdict => verdict.blames(self.sources[source].name),
        };
        (0..self.sources.len())
            .filter(|source| groups.of(*source).is_some())
            .map(|source| {
                let says = &difference.says[source];
                Answer {
                    source: self.sources[source].name.to_owned(),
                    label: self.sources[source].label.to_owned(),
                    text: says.text.clone(),
                    detail: says.detail.clone(),
                    origin: says.origin.clone(),
                    stands_alone: stands_alone(source),
                }
            })
            .collect()
    }
}

/// Whether an opaque part may hide a fact of that kind and name.
pub(crate) fn hides(opaque: &[Opaque], fact: Fact, name: &str) -> bool {
    opaque.iter().any(|opaque| opaque.fact == fact && opaque.name.as_deref().is_none_or(|hidden| hidden == name))
}

/// Whether an opaque part hides the fact of that very name.
pub(crate) fn hides_by_name(opaque: &[Opaque], fact: Fact, name: &str) -> bool {
    opaque.iter().any(|opaque| opaque.fact == fact && opaque.name.as_deref() == Some(name))
}

/// What two expressions are to each other: different only when both were understood.
pub(crate) fn relate_expressions(left: &Expression, right: &Expression) -> Relation {
    if left.text == right.text {
        Relation::Same
    } else if left.normal && right.normal {
        Relation::Different
    } else {
        Relation::Unknown
    }
}

/// The same of expressions that may be left out.
pub(crate) fn relate_optional_expressions(left: Option<&Expression>, right: Option<&Expression>) -> Relation {
    match (left, right) {
        (Some(left), Some(right)) => relate_expressions(left, right),
        (None, None) => Relation::Same,
        _ => Relation::Different,
    }
}

/// A dialect's answer as a relation; compatible is the same.
pub(crate) fn relation_of(equivalence: &Equivalence) -> Relation {
    match equivalence {
        Equivalence::Identical | Equivalence::Compatible(_) => Relation::Same,
        Equivalence::Different => Relation::Different,
        Equivalence::Unknown => Relation::Unknown,
    }
}
