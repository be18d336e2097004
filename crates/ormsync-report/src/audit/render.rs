//! The audit as JSON, and what changed since an older one.

use std::collections::{HashMap, HashSet};

use super::model::{AUDIT_VERSION, Audit, AuditDiagnostic, AuditFinding, AuditTable, Changes, History};

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
        let mut new: Vec<String> = of
            .findings
            .iter()
            .filter(is_new)
            .map(|finding| format!("{}: {}", finding.rule, finding.headline))
            .collect();
        let is_new =
            |finding: &&AuditDiagnostic| !other.history_findings.iter().any(|it| it.message == finding.message);
        let of_histories = of.history_findings.iter().filter(is_new);
        new.extend(of_histories.map(|finding| format!("{}: {}", finding.code, finding.message)));
        new
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
        new_columns: columns(now, before),
        gone_columns: columns(before, now),
        counts,
        histories: histories(before, now),
        promises: promises(before, now),
    }
}

/// The columns of one audit that another, which has their tables, has not got.
fn columns(of: &Audit, other: &Audit) -> Vec<String> {
    let tables: HashMap<&str, &AuditTable> = other.tables.iter().map(|table| (table.name.as_str(), table)).collect();
    let mut columns = Vec::new();
    for table in &of.tables {
        let Some(known) = tables.get(table.name.as_str()) else { continue };
        let known: HashSet<&str> = known.columns.iter().map(|row| row.name.as_str()).collect();
        let names = table.columns.iter().map(|row| row.name.as_str()).filter(|name| !known.contains(name));
        columns.extend(names.map(|name| format!("{}.{name}", table.name)));
    }
    columns
}

fn histories(before: &Audit, now: &Audit) -> Vec<String> {
    let numbers = |history: &History| {
        let applied = history.migrations.iter().filter(|migration| migration.state.is_applied()).count();
        (history.migrations.len(), applied)
    };
    let mut changed = Vec::new();
    for history in &now.histories {
        let older = before.histories.iter().find(|older| older.source == history.source);
        let ((was, had), (is, has)) = (older.map_or((0, 0), numbers), numbers(history));
        if was != is {
            changed.push(format!("{}: migrations {was} → {is}", history.label));
        }
        if had != has {
            changed.push(format!("{}: applied {had} → {has}", history.label));
        }
    }
    changed
}

fn promises(before: &Audit, now: &Audit) -> Vec<String> {
    let word = |holds: bool| if holds { "holds" } else { "does not hold" };
    let mut changed = Vec::new();
    for promise in &now.promises {
        let older = before.promises.iter().find(|older| older.what == promise.what);
        if let Some(older) = older.filter(|older| older.holds != promise.holds) {
            changed.push(format!("{}: {} → {}", promise.what, word(older.holds), word(promise.holds)));
        }
    }
    changed
}

impl Changes {
    /// What changed, kind by kind; what did not is left out.
    pub fn lists(&self) -> Vec<(&'static str, &[String])> {
        let all: [(&'static str, &[String]); 9] = [
            ("New findings", &self.new_findings),
            ("Findings that are gone", &self.gone_findings),
            ("New tables", &self.new_tables),
            ("Tables that are gone", &self.gone_tables),
            ("New columns", &self.new_columns),
            ("Columns that are gone", &self.gone_columns),
            ("Numbers", &self.counts),
            ("Histories", &self.histories),
            ("Promises", &self.promises),
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
