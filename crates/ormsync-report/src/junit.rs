//! The report as JUnit XML, which every CI shows as test results.
//!
//! A table that was compared and has no finding is a test that passed. A finding is a test of its table: failed
//! when it fails the gate, else passed with its text as output. What leaves the question unanswered is a test in error.
//! No two tests have the same class and name: many readers keep one of them only.

use std::collections::HashMap;
use std::time::Duration;

use ormsync_diff::Finding;
use ormsync_schema::{Diagnostic, ObjectPath, Severity};
use quick_junit::{NonSuccessKind, Property, Report as Document, TestCase, TestCaseStatus, TestSuite, XmlString};

use crate::Report;
use crate::place::{Region, main_region, region};
use crate::sentences::explanation;
use crate::summary::coverage_lines;

/// The report as one XML document.
pub fn junit(report: &Report<'_>) -> String {
    let mut suite = TestSuite::new("ormsync");
    suite.set_time(report.elapsed);
    let mut cases: Vec<TestCase> = Vec::new();
    cases.extend(report.diagnostics.iter().map(|diagnostic| diagnostic_case(diagnostic, report)));
    cases.extend(opaque_case(report));
    cases.extend(report.comparison.findings.iter().map(|finding| finding_case(finding, report)));
    for table in &report.comparison.tables {
        let has_finding =
            |finding: &Finding| finding.at.table == table.table && finding.at.namespace == table.namespace;
        if !report.comparison.findings.iter().any(has_finding) {
            let mut case = TestCase::new("in step", TestCaseStatus::success());
            case.set_classname(class(table));
            cases.push(case);
        }
    }
    let mut known: HashMap<(Option<XmlString>, XmlString), usize> = HashMap::new();
    for mut case in cases {
        let count = known.entry((case.classname.clone(), case.name.clone())).or_default();
        *count += 1;
        if *count > 1 {
            case.name = format!("{} ({count})", case.name.as_str()).into();
        }
        case.set_time(Duration::ZERO);
        suite.add_test_case(case);
    }
    for (source, line) in report.comparison.coverage.iter().zip(coverage_lines(report)) {
        suite.add_property(Property::new(format!("coverage.{}", source.source), line));
    }
    let mut document = Document::new("ormsync");
    document.set_time(report.elapsed).add_test_suite(suite);
    document.to_string().expect("XmlString has taken out what XML cannot hold")
}

fn diagnostic_case(diagnostic: &Diagnostic, report: &Report<'_>) -> TestCase {
    let place = region(&diagnostic.origin, report);
    let lines = [Some(diagnostic.message.clone()), place.as_ref().map(place_text), diagnostic.help.clone()];
    let description = lines.into_iter().flatten().collect::<Vec<_>>().join("\n");
    let name = diagnostic.message.as_str();
    let refused = if report.strict { Severity::Warning } else { Severity::Error };
    let mut case = if diagnostic.severity >= refused {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(name).set_type(diagnostic.code.as_str()).set_description(description);
        TestCase::new(name, status)
    } else {
        let mut case = TestCase::new(name, TestCaseStatus::success());
        case.set_system_out(description);
        case
    };
    case.set_classname(format!("reading.{}", diagnostic.code));
    set_place(&mut case, place);
    case
}

/// What was not understood, where that is not to be passed over.
fn opaque_case(report: &Report<'_>) -> Option<TestCase> {
    let opaque = report.comparison.summary.opaque;
    (report.strict && opaque > 0).then(|| {
        let message = format!("{opaque} of what was read was not understood");
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(message.as_str()).set_type("opaque").set_description(coverage_lines(report).join("\n"));
        let mut case = TestCase::new("all is understood", status);
        case.set_classname("reading.opaque");
        case
    })
}

fn finding_case(finding: &Finding, report: &Report<'_>) -> TestCase {
    let mut lines = vec![finding.headline.clone()];
    let place = main_region(finding, report);
    lines.extend(place.as_ref().map(place_text));
    lines.extend(explanation(finding));
    let description = lines.join("\n");
    let name = format!("{} {}", finding.rule.name, finding.at);
    let mut case = if finding.severity >= report.fail_on {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(finding.headline.as_str()).set_type(finding.rule.name).set_description(description);
        TestCase::new(name, status)
    } else {
        let mut case = TestCase::new(name, TestCaseStatus::success());
        case.set_system_out(description);
        case
    };
    case.set_classname(class(&finding.at));
    set_place(&mut case, place);
    case
}

/// Not in the original form, but what GitLab and others read to link to the file.
fn set_place(case: &mut TestCase, place: Option<Region>) {
    if let Some(Region { path, lines }) = place {
        case.extra.insert("file".into(), path.into());
        if let Some(lines) = lines {
            case.extra.insert("line".into(), lines.start_line.to_string().into());
        }
    }
}

/// The table, or `schema` for what is outside tables.
fn class(at: &ObjectPath) -> String {
    match &at.table {
        Some(table) => ObjectPath::table(at.namespace.as_str(), table.as_str()).to_string(),
        None => "schema".to_owned(),
    }
}

fn place_text(region: &Region) -> String {
    match region.lines {
        Some(lines) => format!("{}:{}:{}", region.path, lines.start_line, lines.start_column),
        None => region.path.clone(),
    }
}
