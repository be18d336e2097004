//! Who writes a table's DDL, and what that means for findings about it.

use globset::{Glob, GlobSet, GlobSetBuilder};
use ormsync_schema::{Diagnostic, Origin};

/// The globs of `[ownership]`, by owner. Patterns match a table's name, or `namespace.table` when they hold a dot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnershipPatterns {
    /// Tables owned by one source, by the source's name.
    pub by_source: Vec<(String, Vec<String>)>,
    /// Nobody here writes their DDL; declared shapes are still verified.
    pub external: Vec<String>,
    /// Notes only.
    pub observed: Vec<String>,
    /// Left out. The tools' own tables belong here; whoever wires the sources adds them.
    pub ignore: Vec<String>,
}

impl OwnershipPatterns {
    /// Who owns each of some tables, by namespace and name. What is no pattern matches nothing.
    pub fn owners<'t>(&self, tables: impl Iterator<Item = (&'t str, &'t str)>) -> Vec<Ownership> {
        let owners = Owners::new(self, &mut Vec::new());
        tables.map(|(namespace, table)| owners.of(namespace, table)).collect()
    }
}

/// Who owns a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ownership {
    /// All sources must map it.
    Shared,
    /// This source writes its DDL; the others may map it, and are then verified.
    Source(String),
    /// Nobody here writes its DDL; declared shapes are verified.
    External,
    /// Everything about it is a note.
    Observed,
    /// Left out.
    Ignored,
}

/// [`OwnershipPatterns`], ready to be asked.
#[derive(Debug)]
pub(crate) struct Owners {
    ignore: Patterns,
    observed: Patterns,
    external: Patterns,
    by_source: Vec<(String, Patterns)>,
}

#[derive(Debug, Default)]
struct Patterns {
    plain: GlobSet,
    qualified: GlobSet,
}

impl Owners {
    /// Compiles the patterns; what is not a glob becomes a diagnostic and matches nothing.
    pub(crate) fn new(patterns: &OwnershipPatterns, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut compile = |owner: &str, globs: &[String]| Patterns::new(owner, globs, diagnostics);
        Self {
            ignore: compile("ignore", &patterns.ignore),
            observed: compile("observed", &patterns.observed),
            external: compile("external", &patterns.external),
            by_source: patterns
                .by_source
                .iter()
                .map(|(source, globs)| (source.clone(), compile(source, globs)))
                .collect(),
        }
    }

    /// Who owns a table. The most lenient answer wins: what is ignored is ignored, whoever else claims it.
    pub(crate) fn of(&self, namespace: &str, table: &str) -> Ownership {
        let matches = |patterns: &Patterns| patterns.match_table(namespace, table);
        if matches(&self.ignore) {
            Ownership::Ignored
        } else if matches(&self.observed) {
            Ownership::Observed
        } else if matches(&self.external) {
            Ownership::External
        } else {
            self.by_source
                .iter()
                .find(|(_, patterns)| matches(patterns))
                .map_or(Ownership::Shared, |(source, _)| Ownership::Source(source.clone()))
        }
    }
}

impl Patterns {
    fn new(owner: &str, globs: &[String], diagnostics: &mut Vec<Diagnostic>) -> Self {
        let (mut plain, mut qualified) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for text in globs {
            match Glob::new(text) {
                Ok(glob) if text.contains('.') => _ = qualified.add(glob),
                Ok(glob) => _ = plain.add(glob),
                Err(error) => diagnostics.push(bad_glob(owner, text, error.kind().to_string().as_str())),
            }
        }
        let mut build = |set: &GlobSetBuilder| {
            set.build().unwrap_or_else(|error| {
                diagnostics.push(bad_glob(owner, error.glob().unwrap_or_default(), &error.kind().to_string()));
                GlobSet::empty()
            })
        };
        Self { plain: build(&plain), qualified: build(&qualified) }
    }

    fn match_table(&self, namespace: &str, table: &str) -> bool {
        self.plain.is_match(table)
            || (!self.qualified.is_empty() && self.qualified.is_match(format!("{namespace}.{table}")))
    }
}

fn bad_glob(owner: &str, text: &str, why: &str) -> Diagnostic {
    Diagnostic::error(
        "ownership-pattern",
        format!("`{text}` in [ownership] {owner} is not a pattern: {why}"),
        Origin::nowhere(),
    )
    .with_help("write a table's name; `*` stands for any letters, `?` for one, `[ab]` for one of these")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(diagnostics: &mut Vec<Diagnostic>) -> Owners {
        let patterns = OwnershipPatterns {
            by_source: vec![("left".into(), vec!["cart_*".into(), "auth.*".into()])],
            external: vec!["keycloak_*".into()],
            observed: vec!["legacy_*".into()],
            ignore: vec!["spatial_ref_sys".into(), "cart_[".into()],
        };
        Owners::new(&patterns, diagnostics)
    }

    #[test]
    fn patterns_match_names_and_qualified_names() {
        let owners = owners(&mut Vec::new());
        assert_eq!(owners.of("public", "cart_items"), Ownership::Source("left".into()));
        assert_eq!(owners.of("auth", "sessions"), Ownership::Source("left".into()));
        assert_eq!(owners.of("public", "sessions"), Ownership::Shared);
        assert_eq!(owners.of("public", "keycloak_realm"), Ownership::External);
        assert_eq!(owners.of("public", "legacy_users"), Ownership::Observed);
        assert_eq!(owners.of("public", "spatial_ref_sys"), Ownership::Ignored);
    }

    #[test]
    fn a_bad_pattern_is_told() {
        let mut diagnostics = Vec::new();
        owners(&mut diagnostics);
        assert_eq!(diagnostics.len(), 1);
        assert!(diagnostics[0].message.contains("`cart_[`"), "{}", diagnostics[0].message);
    }
}
