//! The audit as JSON, and what changed since an older one.

use std::collections::HashSet;

use super::model::{AUDIT_VERSION, Audit, AuditFinding, Changes};

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

/// What is in one audit and not in an older one.
pub fn changes_between(before: &Audit, now: &Audit) -> Changes {
    let findings = |of: &Audit, other: &Audit| -> Vec<String> {
        let known: HashSet<&str> = other.findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
        let is_new = |finding: &&AuditFinding| !known.contains(finding.fingerprint.as_str());
        of.findings.iter().filter(is_new).map(|finding| format!("{}: {}", finding.rule, finding.headline)).collect()
    };
    let tables = |of: &Audit, other: &Audit| -> Vec<String> {
        let known: HashSet<&str> = other.tables.iter().map(|table| table.name.as_str()).collect();
        of.tables.iter().map(|table| table.name.clone()).filter(|name| !known.contains(name.as_str())).collect()
    };
    let mut counts = Vec::new();
    for source in &now.sources {
        let Some(older) = before.sources.iter().find(|older| older.name == source.name) else { continue };
        let pairs = older.counts.by_kind().into_iter().zip(source.counts.by_kind());
        let changed = pairs.filter(|((_, older), (_, newer))| older != newer);
        counts.extend(changed.map(|((kind, older), (_, newer))| format!("{}: {kind} {older} → {newer}", source.label)));
    }
    Changes {
        since: before.made.at.clone(),
        new_findings: findings(now, before),
        gone_findings: findings(before, now),
        new_tables: tables(now, before),
        gone_tables: tables(before, now),
        counts,
    }
}

impl Changes {
    /// What changed, kind by kind; what did not is left out.
    pub fn lists(&self) -> Vec<(&'static str, &[String])> {
        let all: [(&'static str, &[String]); 5] = [
            ("New findings", &self.new_findings),
            ("Findings that are gone", &self.gone_findings),
            ("New tables", &self.new_tables),
            ("Tables that are gone", &self.gone_tables),
            ("Numbers", &self.counts),
        ];
        all.into_iter().filter(|(_, lines)| !lines.is_empty()).collect()
    }
}

/// Reads the JSON of an older audit.
///
/// # Errors
/// When it is no audit, or one of a version that is not known here.
pub fn read_audit(text: &str) -> Result<Audit, String> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
    match value.get("version").and_then(serde_json::Value::as_u64) {
        Some(version) if version == u64::from(AUDIT_VERSION) => {}
        Some(version) => return Err(format!("it is of version {version}, and only {AUDIT_VERSION} is known here")),
        None => return Err("it has no version: it is no audit".to_owned()),
    }
    serde_json::from_value(value).map_err(|error| format!("it is no audit: {error}"))
}
