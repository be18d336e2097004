//! `ormsync explain [RULE]`: a rule's page, or the list of rules.

use std::fmt::Write as _;

use ormsync_diff::{RULES, Rule, rule_by_name};

use crate::command_line::ExplainOptions;
use crate::failure::{Failure, Result};
use crate::terminal::Terminal;

pub(super) fn run(options: &ExplainOptions, terminal: &Terminal) -> Result<u8> {
    let text = match &options.rule {
        // The command line takes known names only.
        Some(name) => page(rule_by_name(name).ok_or_else(|| Failure::new("usage", format!("unknown rule `{name}`")))?),
        None => list(),
    };
    terminal.output(&text)?;
    Ok(0)
}

fn page(rule: &Rule) -> String {
    let Rule { name, severity, summary, rationale, example, remedy } = rule;
    let severity = severity.as_str();
    format!(
        "# {name}\n\n{summary}\n\nDefault severity: {severity}. Set it in ormsync.toml:\n\n    [rules]\n    {name} = \
         \"{severity}\"    # error, warning, note or off\n\n## Why it matters\n\n{rationale}\n\n## Example\n\n{example}\n\n\
         ## How to fix it\n\n{remedy}\n",
        summary = summary.trim(),
        rationale = rationale.trim(),
        example = example.trim(),
        remedy = remedy.trim(),
    )
}

fn list() -> String {
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in RULES {
        let _ = writeln!(text, "{:width$}  {:7}  {}", rule.name, rule.severity.as_str(), rule.summary.trim());
    }
    text.push_str("\n`ormsync explain RULE` tells more about one. `[rules]` in ormsync.toml sets severities.\n");
    text
}
