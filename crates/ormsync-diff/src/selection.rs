//! The part of the findings that a run asks for.

use globset::{Glob, GlobMatcher};
use ormsync_schema::{Diagnostic, ObjectPath, Origin};

use crate::tables::TableRow;
use crate::{Finding, rule_by_name};

/// Which findings are asked for: each word is a rule's name, or a glob of a table's name or of `table.column`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these: of the rules, if there are any, at the tables, if there are any.
    pub only: Vec<String>,
    /// All but these.
    pub except: Vec<String>,
}

/// The words of one list, told apart.
#[derive(Default)]
struct Words {
    rules: Vec<String>,
    patterns: Vec<GlobMatcher>,
}

/// Takes out what is not asked for. A word that is no rule and matches no table is an error: a gate that looks at
/// nothing because of a typing mistake must not be green.
pub(crate) fn select(
    findings: &mut Vec<Finding>,
    selection: &Selection,
    (rows, default_namespace): (&[TableRow<'_>], &str),
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut words = |given: &[String], option: &str| Words::new(given, option, (rows, default_namespace), diagnostics);
    let (only, except) = (words(&selection.only, "--only"), words(&selection.except, "--except"));
    findings.retain(|finding| {
        let is_asked = (only.rules.is_empty() || only.has_rule(finding))
            && (only.patterns.is_empty() || only.matches(&finding.at));
        is_asked && !except.has_rule(finding) && !except.matches(&finding.at)
    });
}

impl Words {
    fn new(
        given: &[String],
        option: &str,
        (rows, default_namespace): (&[TableRow<'_>], &str),
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut words = Self::default();
        for word in given {
            if rule_by_name(word).is_some() {
                words.rules.push(word.clone());
                continue;
            }
            let error = |message: String| {
                Diagnostic::error("selection", message, Origin::nowhere())
                    .with_help("it is a rule's name, or a glob of a table's name or of table.column")
            };
            match Glob::new(word) {
                Ok(glob) => {
                    let pattern = glob.compile_matcher();
                    let table = |row: &&TableRow<'_>| {
                        let namespace = if row.namespace == default_namespace { "" } else { row.namespace };
                        of_table(&pattern, word, &ObjectPath::table(namespace, row.name))
                    };
                    if !rows.iter().any(|row| table(&row)) {
                        diagnostics.push(error(format!("{option} {word}: there is no such rule, and no such table")));
                    }
                    words.patterns.push(pattern);
                }
                Err(wrong) => diagnostics.push(error(format!("{option} {word}: {}", wrong.kind()))),
            }
        }
        words
    }

    fn has_rule(&self, finding: &Finding) -> bool {
        self.rules.iter().any(|rule| rule == finding.rule.name)
    }

    fn matches(&self, at: &ObjectPath) -> bool {
        let Some(table) = &at.table else { return false };
        let table = ObjectPath::table(at.namespace.as_str(), table.as_str()).to_string();
        self.patterns.iter().any(|pattern| pattern.is_match(&table) || pattern.is_match(at.to_string()))
    }
}

/// Whether a pattern is about a table or may be about a column of it.
fn of_table(pattern: &GlobMatcher, word: &str, table: &ObjectPath) -> bool {
    let name = table.to_string();
    let table_of_column = word.rsplit_once('.').and_then(|(table, _)| Glob::new(table).ok());
    pattern.is_match(&name) || table_of_column.is_some_and(|glob| glob.compile_matcher().is_match(&name))
}
