//! Findings that a comment in a source allows.

use ormsync_schema::{Diagnostic, Place, Span, Suppression};

use crate::names::nearest_rule;
use crate::{Finding, Source, rule_by_name};

/// Takes out of `findings` those that a comment allows, and gives them back; what is wrong with a comment is a
/// diagnostic: an unknown rule, no reason, nothing to allow.
pub(crate) fn suppress(
    findings: &mut Vec<Finding>,
    suppressions: &[Suppression],
    sources: &[Source<'_>],
    default_namespace: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Finding> {
    if suppressions.is_empty() {
        return Vec::new();
    }
    let mut used = vec![false; suppressions.len()];
    let (allowed, kept) = std::mem::take(findings).into_iter().partition(|finding| {
        let mut allows = false;
        for (at, suppression) in suppressions.iter().enumerate() {
            let rule = suppression.rules.iter().any(|rule| rule == finding.rule.name);
            if rule && is_about(suppression, finding, sources, default_namespace) {
                used[at] = true;
                allows = true;
            }
        }
        allows
    });
    *findings = kept;
    diagnostics.extend(suppressions.iter().zip(used).flat_map(|(suppression, used)| complaints(suppression, used)));
    allowed
}

/// Whether a comment stands at what a finding is about: one of its answers, or its table as a whole.
fn is_about(suppression: &Suppression, finding: &Finding, sources: &[Source<'_>], default_namespace: &str) -> bool {
    let Place::File { path, .. } = &suppression.origin.place else { return false };
    let target = suppression.target;
    let stands_at = |place: &Place| match place {
        Place::File { path: other, span } => other == path && contains(target, *span),
        _ => false,
    };
    let namespace = if finding.at.namespace.is_empty() { default_namespace } else { &finding.at.namespace };
    let mut tables = sources.iter().filter_map(|source| source.schema.table(namespace, finding.at.table.as_deref()?));
    finding.answers.iter().any(|answer| stands_at(&answer.origin.place))
        || tables.any(|table| stands_at(&table.origin.place))
}

fn contains(target: Span, span: Span) -> bool {
    (target.start..target.end).contains(&span.start)
}

fn complaints(suppression: &Suppression, used: bool) -> Vec<Diagnostic> {
    let warning = |code: &str, message: String| Diagnostic::warning(code, message, suppression.origin.clone());
    let mut all = Vec::new();
    for rule in suppression.rules.iter().filter(|rule| rule_by_name(rule).is_none()) {
        let help = match nearest_rule(rule) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "`ormsync explain` lists the rules".to_owned(),
        };
        all.push(warning("suppression-rule", format!("there is no rule `{rule}`")).with_help(help));
    }
    let rules = suppression.rules.join(", ");
    if !used && all.is_empty() {
        let message = format!("this allows {rules}, and there is no such finding here");
        all.push(warning("suppression-unused", message).with_help("remove the comment"));
    }
    if suppression.reason.is_empty() {
        let message = format!("this allows {rules} without a reason");
        all.push(warning("suppression-reason", message).with_help("say behind the bracket why it is right"));
    }
    all
}
