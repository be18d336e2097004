//! `ormsync explain [RULE]`: a rule's page, or the list of rules.

use std::fmt::Write as _;

use ormsync_diff::{RULES, rule_by_name, rule_markdown};

use crate::command_line::ExplainOptions;
use crate::failure::{Failure, Result};
use crate::terminal::Terminal;

pub(super) fn run(options: &ExplainOptions, terminal: &Terminal) -> Result<u8> {
    let text = match &options.rule {
        // The command line takes known names only.
        Some(name) => {
            let rule = rule_by_name(name);
            rule_markdown(rule.ok_or_else(|| Failure::new("usage", format!("unknown rule `{name}`")))?)
        }
        None => list(),
    };
    terminal.output(&text)?;
    Ok(0)
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
