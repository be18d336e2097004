//! The reports that CI systems read: each in full as a snapshot, and as its reader sees it.

use ormsync_report::{MARKDOWN_LIMIT, Outcome, Report, github, gitlab, junit, markdown, sarif};
use ormsync_schema::Severity;
use serde_json::Value;

use crate::scene::{drifted, in_step};

fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../../snapshots/report");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

type Format = fn(&Report<'_>) -> String;

/// Every format and its name.
const FORMATS: [(&str, Format); 5] =
    [("sarif", sarif), ("junit", junit), ("github", github), ("gitlab", gitlab), ("markdown", markdown)];

#[test]
fn drift() {
    for (name, format) in FORMATS {
        let mut text = format(&drifted().report(Outcome::Unanswered));
        if name == "sarif" {
            // The registry is told in full; its own documentation shows what it says.
            let mut log: Value = serde_json::from_str(&text).unwrap();
            log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap().truncate(1);
            for result in log["runs"][0]["results"].as_array_mut().unwrap() {
                result["ruleIndex"] = "a place in the registry".into();
            }
            text = serde_json::to_string_pretty(&log).unwrap();
        }
        assert_snapshot(name, &text);
    }
}

#[test]
fn in_step_says_so() {
    for (name, format) in FORMATS {
        let text = format(&in_step().report(Outcome::InStep));
        let said = match name {
            "sarif" => "\"executionSuccessful\": true",
            "junit" => "failures=\"0\" errors=\"0\"",
            "gitlab" => "[]",
            _ => "in step",
        };
        assert!(text.contains(said), "{name}: {text}");
        assert!(text.ends_with('\n'), "{name}");
    }
}

#[test]
fn sarif_is_valid_by_the_official_schema() {
    let mut schema: Value = serde_json::from_str(include_str!("../fixtures/sarif-2.1.0.schema.json")).unwrap();
    // The official pattern of the language is no regular expression: a `]` too many. We write no language.
    for definition in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][definition]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    let validator = jsonschema::draft7::new(&schema).unwrap();
    for (scene, outcome) in [(in_step(), Outcome::InStep), (drifted(), Outcome::Drift)] {
        let log: Value = serde_json::from_str(&sarif(&scene.report(outcome))).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
    let broken = serde_json::json!({ "version": "2.1.0", "runs": [{ "results": [] }] });
    assert!(!validator.is_valid(&broken), "the validator must be able to refuse");
}

#[test]
fn sarif_points_into_both_files() {
    let log: Value = serde_json::from_str(&sarif(&drifted().report(Outcome::Drift))).unwrap();
    let result = &log["runs"][0]["results"][0];
    let place = |location: &Value| {
        let physical = &location["physicalLocation"];
        (physical["artifactLocation"]["uri"].clone(), physical["region"]["startLine"].clone())
    };
    assert_eq!(place(&result["locations"][0]), ("backend/app/models/fx.py".into(), 8.into()));
    assert_eq!(place(&result["relatedLocations"][0]), ("commerce/prisma/schema.prisma".into(), 7.into()));
}

#[test]
fn fingerprints_do_not_know_lines() {
    let fingerprints = |report: &Report<'_>| -> Vec<String> {
        let log: Value = serde_json::from_str(&sarif(report)).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.iter().map(|result| result["partialFingerprints"]["ormsync/v1"].to_string()).collect()
    };
    let before = fingerprints(&drifted().report(Outcome::Drift));
    let moved = fingerprints(&crate::scene::drifted_further_down().report(Outcome::Drift));
    assert_eq!(before, moved);
    let distinct: std::collections::BTreeSet<&String> = before.iter().collect();
    assert_eq!(distinct.len(), before.len(), "two findings, two fingerprints");
}

#[test]
fn junit_parses_and_counts() {
    let text = junit(&drifted().report(Outcome::Drift));
    let document = quick_junit::Report::deserialize_from_str(&text).unwrap();
    assert_eq!((document.tests, document.failures, document.errors), (8, 2, 2));
    let passed = document.test_suites[0].test_cases.iter().find(|case| case.name.as_str() == "in step").unwrap();
    assert_eq!(passed.classname.as_ref().unwrap().as_str(), "Hotel");

    let scene = drifted();
    let mut strict = scene.report(Outcome::Drift);
    strict.fail_on = Severity::Note;
    let document = quick_junit::Report::deserialize_from_str(&junit(&strict)).unwrap();
    assert_eq!(document.failures, 4);

    // What leaves the question unanswered is never a test that passed.
    strict.strict = true;
    let document = quick_junit::Report::deserialize_from_str(&junit(&strict)).unwrap();
    assert_eq!(document.errors, 2 + 1 + 1, "two errors, a warning, and what was not understood");
    let mut names = std::collections::BTreeSet::new();
    for case in &document.test_suites[0].test_cases {
        assert!(names.insert((case.classname.clone(), case.name.clone())), "{} twice", case.name.as_str());
    }
}

#[test]
fn github_commands_are_a_line_each() {
    let scene = drifted();
    let mut report = scene.report(Outcome::Drift);
    report.folder = "services/shop";
    let text = github(&report);
    let commands: Vec<&str> = text.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(commands.len(), 3 + 4);
    // What was looked at in each source, and the counts.
    assert_eq!(text.lines().count(), commands.len() + 3 + 2);
    let rate = commands.iter().find(|line| line.contains("title=ormsync column-type")).unwrap();
    let expected = "::error file=services/shop/backend/app/models/fx.py,line=8,endLine=8,col=12,endColumn=33,";
    assert!(rate.starts_with(expected), "{rate}");
}

#[test]
fn gitlab_has_what_it_asks_for() {
    let entries: Vec<Value> = serde_json::from_str(&gitlab(&drifted().report(Outcome::Drift))).unwrap();
    assert_eq!(entries.len(), 3 + 4);
    let fingerprints: std::collections::BTreeSet<&str> =
        entries.iter().map(|entry| entry["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(fingerprints.len(), entries.len());
    for entry in &entries {
        assert!(!entry["description"].as_str().unwrap().is_empty());
        assert!(!entry["check_name"].as_str().unwrap().is_empty());
        assert!(["info", "minor", "major", "critical"].contains(&entry["severity"].as_str().unwrap()));
        assert!(!entry["location"]["path"].as_str().unwrap().is_empty());
        assert!(entry["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
    }
}

#[test]
fn markdown_keeps_to_its_limit() {
    let scene = crate::scene::drifted_many_times(5_000);
    let text = markdown(&scene.report(Outcome::Drift));
    assert!(text.len() <= MARKDOWN_LIMIT, "{}", text.len());
    assert!(text.contains("more that did not fit in here"));
    assert!(text.contains("What was looked at"));
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}
