//! Severities of rules for some tables and columns only.

use std::collections::BTreeMap;

use globset::{Glob, GlobMatcher};
use ormsync_schema::{Diagnostic, ObjectPath, Origin, Severity};

/// Severities by rule for what a pattern matches; `None` switches a rule off there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Override {
    /// A glob of a table's name, `table.column`, or either with its namespace before it.
    pub pattern: String,
    /// The severities, by rule.
    pub severities: BTreeMap<String, Option<Severity>>,
}

/// [`Override`]s, ready to be asked: the longest pattern first, which is the most exact one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides<'a> {
    patterns: Vec<(GlobMatcher, &'a BTreeMap<String, Option<Severity>>)>,
}

impl<'a> Overrides<'a> {
    /// Compiles the patterns; what is not a glob becomes a diagnostic and matches nothing.
    pub(crate) fn new(overrides: &'a [Override], diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut sorted: Vec<&Override> = overrides.iter().collect();
        sorted.sort_by_key(|it| (std::cmp::Reverse(it.pattern.len()), &it.pattern));
        let mut patterns = Vec::new();
        for Override { pattern, severities } in sorted {
            match Glob::new(pattern) {
                Ok(glob) => patterns.push((glob.compile_matcher(), severities)),
                Err(error) => diagnostics.push(
                    Diagnostic::error(
                        "rules-pattern",
                        format!("`{pattern}` in [rules.overrides] is not a pattern: {}", error.kind()),
                        Origin::nowhere(),
                    )
                    .with_help("write a table's name, or table.column; `*` stands for any letters, `?` for one"),
                ),
            }
        }
        Self { patterns }
    }

    /// The severity that the most exact matching pattern gives a rule; none where no pattern does.
    pub(crate) fn severity(&self, rule: &str, at: &ObjectPath) -> Option<Option<Severity>> {
        if self.patterns.is_empty() {
            return None;
        }
        let names = names(at);
        self.patterns
            .iter()
            .filter(|(glob, _)| names.iter().any(|name| glob.is_match(name)))
            .find_map(|(_, severities)| severities.get(rule).copied())
    }
}

/// All names that a pattern may match: the table, its columns that take part, each with and without namespace.
fn names(at: &ObjectPath) -> Vec<String> {
    let mut names = Vec::new();
    let name = at.name.as_deref();
    match (&at.table, name) {
        (Some(table), name) => {
            names.push(table.clone());
            let columns = name.map(|name| name.trim_start_matches('(').trim_end_matches(')'));
            names.extend(columns.into_iter().flat_map(|it| it.split(", ")).map(|column| format!("{table}.{column}")));
        }
        (None, Some(name)) => names.push(name.to_owned()),
        (None, None) => {}
    }
    if !at.namespace.is_empty() {
        let qualified: Vec<String> = names.iter().map(|name| format!("{}.{name}", at.namespace)).collect();
        names.extend(qualified);
    }
    names
}
