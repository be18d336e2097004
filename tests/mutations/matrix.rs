//! The table of mutations in docs/accuracy.md.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::case;

/// The lines between which the table stands.
const BEGIN: &str = "<!-- mutations: begin (written by tests/mutations.rs with ORMSYNC_BLESS=1) -->";
const END: &str = "<!-- mutations: end -->";

/// One project on one server.
pub(crate) struct Row {
    /// Kinds of mutation that were applied.
    pub(crate) kinds: usize,
    line: String,
    key: String,
}

impl Row {
    /// `kinds` holds for each kind how many mutations had to be found, and how many had to be silent.
    pub(crate) fn new(project: &str, server: case::Dialect, kinds: &BTreeMap<&str, [usize; 2]>) -> Self {
        let sum = |column: usize| kinds.values().map(|counts| counts[column]).sum::<usize>();
        let (found, silent) = (sum(0), sum(1));
        let project = project.rsplit('/').next().unwrap_or(project);
        let key = format!("| {project} | {} |", server.name());
        let line = format!("{key} {} | {found} | {found} | {silent} | {silent} | 100 % |", kinds.len());
        Self { kinds: kinds.len(), line, key }
    }

    /// Fails when the documentation says something else; `ORMSYNC_BLESS=1` writes it anew.
    pub(crate) fn expect_in_documentation(&self) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/accuracy.md");
        let text = fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(BEGIN).expect("docs/accuracy.md has the mark where the table begins");
        let (table, after) = rest.split_once(END).expect("docs/accuracy.md has the mark where the table ends");
        if table.lines().any(|line| line == self.line) {
            return;
        }
        assert!(
            std::env::var_os("ORMSYNC_BLESS").is_some(),
            "docs/accuracy.md does not say: {}\nrun this test with ORMSYNC_BLESS=1",
            self.line
        );
        let mut lines: Vec<&str> =
            table.lines().filter(|line| line.starts_with('|') && !line.starts_with(&self.key)).collect();
        lines.push(&self.line);
        let heading = lines.len().min(2);
        let (head, rows) = lines.split_at_mut(heading);
        rows.sort_unstable();
        let table = [head.join("\n"), rows.join("\n")].join("\n");
        fs::write(&path, format!("{before}{BEGIN}\n\n{table}\n\n{END}{after}")).unwrap();
    }
}
