//! Comments that allow a finding: `ormsync: allow(rule) reason`.

use crate::{Origin, Span};

/// A comment in a source that allows findings of some rules about what it stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The rules it allows, by name.
    pub rules: Vec<String>,
    /// Why; empty where it does not say.
    pub reason: String,
    /// The bytes of the same file that hold what it stands at: the declaration on its line, or else the next one.
    pub target: Span,
    /// The comment.
    pub origin: Origin,
}

/// The word that such comments begin with.
pub const SUPPRESSION_MARK: &str = "ormsync:";

/// The rules and the reason that a comment's text (without the signs that make it a comment) states, with round or
/// square brackets; none when it is an ordinary comment.
pub fn parse_suppression(text: &str) -> Option<(Vec<String>, String)> {
    let rest = text.trim().strip_prefix(SUPPRESSION_MARK)?.trim_start().strip_prefix("allow")?.trim_start();
    let (rules, reason) = match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(')')?,
        None => rest.strip_prefix('[')?.split_once(']')?,
    };
    let rules = rules.split(',').map(|rule| rule.trim().to_owned()).filter(|rule| !rule.is_empty()).collect();
    let reason = reason.trim_start_matches([':', '-', '–', ' ']).trim();
    Some((rules, reason.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::parse_suppression;

    #[test]
    fn both_kinds_of_brackets_are_read() {
        let read = |text| parse_suppression(text).map(|(rules, reason)| (rules.join("|"), reason));
        assert_eq!(read(" ormsync: allow(column-type) rounded"), Some(("column-type".into(), "rounded".into())));
        assert_eq!(read("ormsync: allow[a, b]: why not"), Some(("a|b".into(), "why not".into())));
        assert_eq!(read("ormsync: allow(a)"), Some(("a".into(), String::new())));
        assert_eq!(read("ormsync: deny(a)"), None);
        assert_eq!(read("ormsync: allow(a"), None);
        assert_eq!(read("about ormsync: allow(a)"), None);
    }
}
