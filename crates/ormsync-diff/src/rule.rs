//! The registry: one plain table of all rules. Documentation, `explain`, the configuration's JSON
//! Schema and completions are made from it.

use ormsync_schema::Severity;

/// A rule: one kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its kebab-case name.
    pub name: &'static str,
    /// Its severity where the configuration says nothing.
    pub severity: Severity,
    /// What it means, in one line.
    pub summary: &'static str,
    /// Why it matters.
    pub rationale: &'static str,
    /// An example with both sides, as Markdown.
    pub example: &'static str,
    /// How to fix it.
    pub remedy: &'static str,
}

/// All rules, in the order of documentation.
pub static RULES: &[Rule] = &[];

/// The rule of that name.
pub fn rule_by_name(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}
