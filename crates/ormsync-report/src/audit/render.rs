//! The audit as JSON, and what changed since an older one.

use super::model::Audit;

/// The audit as one JSON document, as `schemas/audit.schema.json` describes it.
pub fn audit_json(audit: &Audit) -> String {
    let mut text = serde_json::to_string_pretty(audit).expect("the document has only strings, numbers and lists");
    text.push('\n');
    text
}

/// The JSON Schema of the document that [`audit_json`] gives.
pub fn audit_schema() -> String {
    let schema = schemars::schema_for!(Audit);
    let mut text = serde_json::to_string_pretty(&schema).expect("a JSON Schema is JSON");
    text.push('\n');
    text
}

/// What changed between two audits, as Markdown.
pub fn changes_markdown(before: &Audit, now: &Audit) -> String {
    let changes = Changes::between(before, now);
    let mut text = String::new();
    for (title, lines) in changes.lists() {
        if !lines.is_empty() {
            text += &format!("{title}:\n\n");
            lines.iter().for_each(|line| text += &format!("- {line}\n"));
            text.push('\n');
        }
    }
    if text.is_empty() { "Nothing changed.\n".to_owned() } else { text }
}

/// What is in one audit and not in the other.
struct Changes {
    new_findings: Vec<String>,
    gone_findings: Vec<String>,
    new_tables: Vec<String>,
    gone_tables: Vec<String>,
    counts: Vec<String>,
}

impl Changes {
    fn between(before: &Audit, now: &Audit) -> Self {
        let findings = |of: &Audit, other: &Audit| -> Vec<String> {
            let is_new = |finding: &&super::AuditFinding| {
                !other.findings.iter().any(|known| known.fingerprint == finding.fingerprint)
            };
            of.findings.iter().filter(is_new).map(|finding| format!("{}: {}", finding.rule, finding.headline)).collect()
        };
        let tables = |of: &Audit, other: &Audit| -> Vec<String> {
            let is_new = |table: &&super::AuditTable| !other.tables.iter().any(|known| known.name == table.name);
            of.tables.iter().filter(is_new).map(|table| table.name.clone()).collect()
        };
        let mut counts = Vec::new();
        for source in &now.sources {
            let Some(older) = before.sources.iter().find(|older| older.name == source.name) else { continue };
            let pairs = older.counts.by_kind().into_iter().zip(source.counts.by_kind());
            let changed = pairs.filter(|((_, older), (_, newer))| older != newer);
            counts.extend(
                changed.map(|((kind, older), (_, newer))| format!("{}: {kind} {older} → {newer}", source.label)),
            );
        }
        Self {
            new_findings: findings(now, before),
            gone_findings: findings(before, now),
            new_tables: tables(now, before),
            gone_tables: tables(before, now),
            counts,
        }
    }

    fn lists(&self) -> Vec<(&'static str, &Vec<String>)> {
        vec![
            ("New findings", &self.new_findings),
            ("Findings that are gone", &self.gone_findings),
            ("New tables", &self.new_tables),
            ("Tables that are gone", &self.gone_tables),
            ("Counts", &self.counts),
        ]
    }
}
