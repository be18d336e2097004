//! The report as JUnit XML, which every CI shows as test results.
//!
//! A table that was compared and has no finding is a test that passed. A finding is a test of its table: failed
//! when it fails the gate, else passed with its text as output. What could not be read is a test in error.

use ormsync_diff::Finding;
use ormsync_schema::{Diagnostic, ObjectPath, Severity};
use quick_junit::{NonSuccessKind, Property, Report as Document, TestCase, TestCaseStatus, TestSuite};

use crate::Report;
use crate::place::{Region, main_region, region};
use crate::sentences::explanation;
use crate::summary::coverage_lines;

/// The report as one XML document.
pub fn junit(report: &Report<'_>) -> String {
    let mut suite = TestSuite::new("ormsync");
    suite.set_time(report.elapsed);
    for diagnostic in report.diagnostics {
        suite.add_test_case(diagnostic_case(diagnostic, report));
    }
    for finding in &report.comparison.findings {
        suite.add_test_case(finding_case(finding, report));
    }
    for table in &report.comparison.tables {
        let has_finding =
            |finding: &Finding| finding.at.table == table.table && finding.at.namespace == table.namespace;
        if !report.comparison.findings.iter().any(has_finding) {
            let mut case = TestCase::new("in step", TestCaseStatus::success());
            case.set_classname(class(table));
            suite.add_test_case(case);
        }
    }
    for (source, line) in report.comparison.coverage.iter().zip(coverage_lines(report)) {
        suite.add_property(Property::new(format!("coverage.{}", source.source), line));
    }
    let mut document = Document::new("ormsync");
    document.set_time(report.elapsed).add_test_suite(suite);
    document.to_string().expect("XmlString has taken out what XML cannot hold")
}

fn diagnostic_case(diagnostic: &Diagnostic, report: &Report<'_>) -> TestCase {
    let place = region(&diagnostic.origin, report).as_ref().map(place_text);
    let lines = [Some(diagnostic.message.clone()), place, diagnostic.help.clone()];
    let description = lines.into_iter().flatten().collect::<Vec<_>>().join("\n");
    let name = diagnostic.message.as_str();
    let mut case = if diagnostic.severity == Severity::Error {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(name).set_type(diagnostic.code.as_str()).set_description(description);
        TestCase::new(name, status)
    } else {
        let mut case = TestCase::new(name, TestCaseStatus::success());
        case.set_system_out(description);
        case
    };
    case.set_classname(format!("reading.{}", diagnostic.code));
    case
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
    // Not in the original form, but what GitLab and others read to link to the file.
    if let Some(Region { path, lines }) = place {
        case.extra.insert("file".into(), path.into());
        if let Some(lines) = lines {
            case.extra.insert("line".into(), lines.start_line.to_string().into());
        }
    }
    case
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
