//! `schemas/` holds the JSON Schemas of what is written. `ORMSYNC_BLESS=1` writes them anew.

use std::fs;
use std::path::Path;

fn assert_fresh(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas").join(name);
    if std::env::var_os("ORMSYNC_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "{} is stale: run this test with ORMSYNC_BLESS=1", path.display());
}

#[test]
fn of_the_report() {
    assert_fresh("report.schema.json", &ormsync_report::json_schema());
    assert_fresh("status.schema.json", &ormsync_report::standing_json_schema());
}

#[test]
fn of_the_audit() {
    assert_fresh("audit.schema.json", &ormsync_report::audit::audit_schema());
}

#[test]
fn of_the_canonical_schema() {
    let schema = schemars::schema_for!(ormsync_schema::Schema);
    let mut text = serde_json::to_string_pretty(&schema).unwrap();
    text.push('\n');
    assert_fresh("schema.schema.json", &text);
}
