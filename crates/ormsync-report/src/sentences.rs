//! What a finding says in words, the same in every output.

use ormsync_diff::{Finding, Verdict};

/// The verdict in a sentence, with the sources called by their labels.
pub(crate) fn verdict_text(finding: &Finding) -> String {
    let label = |name: &str| {
        let answer = finding.answers.iter().find(|answer| answer.source == name);
        answer.map_or_else(|| name.to_owned(), |answer| answer.label.clone())
    };
    match &finding.verdict {
        Verdict::Drifted(name) => format!("{} drifted", label(name)),
        Verdict::Behind(name) => format!("{} is behind", label(name)),
        Verdict::Conflict if finding.answers.len() == 2 => {
            "conflict: the two disagree, and neither is declared to be the truth".to_owned()
        }
        Verdict::Conflict => "conflict: no two agree".to_owned(),
        Verdict::Unmapped(names) => {
            let labels: Vec<String> = names.iter().map(|name| label(name)).collect();
            let does = if labels.len() == 1 { "does" } else { "do" };
            format!("{} {does} not map it", join(&labels))
        }
    }
}

/// Everything a finding says beside its headline, a line each: the answers, the verdict, the notes, the fix.
pub(crate) fn explanation(finding: &Finding) -> Vec<String> {
    let mut lines: Vec<String> = finding
        .answers
        .iter()
        .map(|answer| format!("{}: {}", answer.source, answer.detail.as_deref().unwrap_or(&answer.text)))
        .collect();
    lines.push(format!("verdict: {}", verdict_text(finding)));
    lines.extend(finding.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(finding.fix.iter().map(|fix| format!("fix: {fix}")));
    lines
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn join(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
