//! The registry: one plain table of all rules. Documentation, `explain`, the configuration's JSON
//! Schema and completions are made from it.

use std::fmt::Write as _;

use ormsync_schema::Severity;

use crate::rules;

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
pub static RULES: &[Rule] = &[
    rules::PROVIDER_MISMATCH,
    rules::TABLE_MISSING,
    rules::COLUMN_MISSING,
    rules::COLUMN_TYPE,
    rules::COLUMN_TYPE_COMPATIBLE,
    rules::COLUMN_NULLABLE,
    rules::COLUMN_DEFAULT,
    rules::COLUMN_AUTO_INCREMENT,
    rules::COLUMN_GENERATED,
    rules::COLUMN_COLLATION,
    rules::COLUMN_COMMENT,
    rules::TABLE_COMMENT,
    rules::TABLE_OPTIONS,
    rules::PRIMARY_KEY,
    rules::UNIQUE_MISSING,
    rules::UNIQUE_KIND,
    rules::INDEX_MISSING,
    rules::INDEX_DEFINITION,
    rules::INDEX_NAME,
    rules::FOREIGN_KEY_MISSING,
    rules::FOREIGN_KEY_TARGET,
    rules::FOREIGN_KEY_ACTION,
    rules::CHECK_MISSING,
    rules::CHECK_EXPRESSION,
    rules::EXCLUSION_MISSING,
    rules::EXCLUSION_DEFINITION,
    rules::ENUM_MISSING,
    rules::ENUM_LABELS,
    rules::ENUM_LABEL_ORDER,
    rules::TYPE_MISSING,
    rules::TYPE_DEFINITION,
    rules::VIEW_MISSING,
    rules::VIEW_DEFINITION,
    rules::SEQUENCE_MISSING,
    rules::SEQUENCE_DEFINITION,
    rules::EXTENSION_MISSING,
    rules::ROUTINE_MISSING,
    rules::TRIGGER_MISSING,
    rules::TRIGGER_DEFINITION,
    rules::POLICY_MISSING,
    rules::POLICY_DEFINITION,
    rules::ROW_SECURITY,
    rules::TABLE_PARTITIONING,
    rules::INSERT_HAZARD,
    rules::CLIENT_DEFAULT,
    rules::CLIENT_UPDATE,
    rules::TIME_SOURCE,
    rules::DECIMAL_AS_FLOAT,
    rules::FOREIGN_KEY_INDEX,
    rules::DELETE_RULE,
    rules::NAME_CASE,
    rules::IDENTIFIER_LENGTH,
    rules::RESERVED_WORD,
];

/// The rule of that name.
pub fn rule_by_name(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// A rule's page, as Markdown.
pub fn rule_markdown(rule: &Rule) -> String {
    let Rule { name, severity, summary, rationale, example, remedy } = rule;
    let severity = severity.as_str();
    format!(
        "# {name}\n\n{summary}\n\nDefault severity: **{severity}**.\n\n\
         ## Why it matters\n\n{rationale}\n\n## Example\n\n{example}\n\n## What to do\n\n{remedy}\n\n\
         ## Configuration\n\n```toml\n[rules]\n{name} = \"off\"   # error | warning | note | off\n```\n",
        example = example.trim()
    )
}

/// The index of all rules' pages, as Markdown.
pub fn rule_index_markdown() -> String {
    let mut text = String::from(
        "# Rules\n\nEvery finding falls under one of these rules. `ormsync explain RULE` prints the same page.\n\
         A rule's severity is set, or the rule switched off, under `[rules]` in ormsync.toml.\n\n\
         | rule | severity | meaning |\n| --- | --- | --- |\n",
    );
    for rule in RULES {
        _ = writeln!(text, "| [{0}]({0}.md) | {1} | {2} |", rule.name, rule.severity.as_str(), rule.summary);
    }
    text
}
