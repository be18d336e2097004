//! The registry and the documentation made from it.

use std::fs;
use std::path::{Path, PathBuf};

use ormsync_diff::{RULES, rule_by_name, rule_index_markdown, rule_markdown};

#[test]
fn names_are_unique_and_found() {
    for rule in RULES {
        assert_eq!(rule_by_name(rule.name), Some(rule));
        assert_eq!(RULES.iter().filter(|other| other.name == rule.name).count(), 1, "{}", rule.name);
    }
    assert_eq!(rule_by_name("no-such-rule"), None);
}

#[test]
fn every_rule_is_explained() {
    for rule in RULES {
        assert!(rule.summary.ends_with('.') && !rule.summary.contains('\n'), "{}", rule.name);
        assert!(rule.rationale.len() > 120, "{}", rule.name);
        assert!(rule.example.contains("```"), "{}", rule.name);
        assert!(!rule.remedy.is_empty(), "{}", rule.name);
    }
}

/// `docs/rules` holds what the registry says. `ORMSYNC_BLESS=1` writes it anew.
#[test]
fn documentation_is_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules");
    let mut pages: Vec<(PathBuf, String)> =
        RULES.iter().map(|rule| (folder.join(format!("{}.md", rule.name)), rule_markdown(rule))).collect();
    pages.push((folder.join("README.md"), rule_index_markdown()));
    if std::env::var_os("ORMSYNC_BLESS").is_some() {
        fs::create_dir_all(&folder).unwrap();
        for (path, text) in &pages {
            fs::write(path, text).unwrap();
        }
    }
    for (path, text) in &pages {
        let found = fs::read_to_string(path).unwrap_or_default();
        assert_eq!(&found, text, "{} is stale: run this test with ORMSYNC_BLESS=1", path.display());
    }
    let files = fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, pages.len(), "a page without a rule in {}", folder.display());
}
