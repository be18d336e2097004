//! The report for machines.

use ormsync_report::{Outcome, json};

use crate::scene::{drifted, in_step};

#[test]
fn drift() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../../snapshots/report");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("json", json(&drifted().report(Outcome::Unanswered))));
}

#[test]
fn it_is_json_and_ends_with_a_line_end() {
    for (scene, outcome) in [(in_step(), Outcome::InStep), (drifted(), Outcome::Drift)] {
        let text = json(&scene.report(outcome));
        assert!(text.ends_with("}\n"));
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["version"], 1);
        assert_eq!(document["verdict"], outcome.as_str());
    }
}

#[test]
fn answers_have_lines_and_columns() {
    let document: serde_json::Value = serde_json::from_str(&json(&drifted().report(Outcome::Drift))).unwrap();
    let answers = &document["findings"][0]["answers"];
    assert_eq!(answers[0]["file"], "commerce/prisma/schema.prisma");
    assert_eq!((&answers[0]["line"], &answers[0]["column"]), (&7.into(), &8.into()));
    assert_eq!(answers[2]["object"], "public.ExchangeRate.rate");
}
