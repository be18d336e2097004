//! The report as SARIF 2.1.0, which code scanning and editors read.
//!
//! The form: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeMap;

use ormsync_diff::{Answer, Finding, RULES, Rule};
use ormsync_schema::{Diagnostic, Severity};
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, LogicalLocation, Message, MultiformatMessageString, Notification,
    PhysicalLocation, PropertyBag, Region as SarifRegion, ReportingConfiguration, ReportingDescriptor,
    ReportingDescriptorReference, Result as SarifResult, ResultLevel, Run, Sarif, Tool, ToolComponent,
};

use crate::place::{Region, in_order_of_change, region};
use crate::sentences::explanation;
use crate::{Outcome, Report};

/// The name of our fingerprint among a result's partial fingerprints; the number changes with what it is made of.
const FINGERPRINT: &str = "ormsync/v1";

/// The report as one SARIF log.
pub fn sarif(report: &Report<'_>) -> String {
    let driver = ToolComponent::builder()
        .name("ormsync")
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .information_uri(env!("CARGO_PKG_REPOSITORY"))
        .rules(RULES.iter().map(rule).collect::<Vec<_>>())
        .build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .column_kind(json!("unicodeCodePoints"))
        .invocations(vec![invocation(report)])
        .results(report.comparison.findings.iter().map(|finding| result(finding, report)).collect::<Vec<_>>())
        .properties(properties([
            ("dialect", json!(report.dialect)),
            ("verdict", json!(report.outcome.as_str())),
            ("coverage", json!(report.comparison.coverage)),
        ]))
        .build();
    let log = Sarif::builder()
        .schema("https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json")
        .version(json!("2.1.0"))
        .runs(vec![run])
        .build();
    let mut text = serde_json::to_string_pretty(&log).expect("the log has only strings, numbers and lists");
    text.push('\n');
    text
}

fn rule(rule: &Rule) -> ReportingDescriptor {
    let page = ormsync_diff::rule_markdown(rule);
    let help = MultiformatMessageString::builder().text(format!("{} {}", rule.rationale, rule.remedy)).markdown(page);
    ReportingDescriptor::builder()
        .id(rule.name)
        .short_description(MultiformatMessageString::builder().text(rule.summary).build())
        .full_description(MultiformatMessageString::builder().text(rule.rationale).build())
        .help(help.build())
        .default_configuration(ReportingConfiguration::builder().level(json!(level(rule.severity))).build())
        .build()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// What readers had to say, and whether the question was answered at all.
fn invocation(report: &Report<'_>) -> Invocation {
    Invocation::builder()
        .execution_successful(report.outcome != Outcome::Unanswered)
        .exit_code(i64::from(report.outcome.exit_code()))
        .tool_execution_notifications(
            report.diagnostics.iter().map(|diagnostic| notification(diagnostic, report)).collect::<Vec<_>>(),
        )
        .build()
}

fn notification(diagnostic: &Diagnostic, report: &Report<'_>) -> Notification {
    let text = match &diagnostic.help {
        Some(help) => format!("{}. {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let locations: Vec<Location> =
        region(&diagnostic.origin, report).iter().map(|place| location(place, None)).collect();
    Notification::builder()
        .message(message(text))
        .level(json!(level(diagnostic.severity)))
        .descriptor(ReportingDescriptorReference::builder().id(diagnostic.code.as_str()).build())
        .locations(locations)
        .build()
}

fn result(finding: &Finding, report: &Report<'_>) -> SarifResult {
    let in_files = in_order_of_change(finding);
    let place = |answer: &&Answer| region(&answer.origin, report).map(|place| (place, said(answer)));
    let mut places = in_files.iter().filter_map(place);
    let at = LogicalLocation::builder().fully_qualified_name(finding.at.to_string()).build();
    let main = match places.next() {
        Some((place, said)) => location(&place, Some(said)),
        None => Location::builder().build(),
    };
    let main = Location { logical_locations: Some(vec![at]), ..main };
    let related: Vec<Location> = places
        .enumerate()
        .map(|(at, (place, said))| Location { id: Some(at as i64 + 1), ..location(&place, Some(said)) })
        .collect();
    let index = RULES.iter().position(|rule| rule.name == finding.rule.name);
    SarifResult::builder()
        .rule_id(finding.rule.name)
        .rule_index(index.map_or(-1, |index| index as i64))
        .level(match finding.severity {
            Severity::Error => ResultLevel::Error,
            Severity::Warning => ResultLevel::Warning,
            Severity::Note => ResultLevel::Note,
        })
        .message(message(format!("{}\n{}", finding.headline, explanation(finding).join("\n"))))
        .locations(vec![main])
        .related_locations(related)
        .partial_fingerprints(BTreeMap::from([(FINGERPRINT.to_owned(), finding.fingerprint())]))
        .properties(properties([("verdict", json!(finding.verdict.to_string()))]))
        .build()
}

fn said(answer: &Answer) -> String {
    format!("{}: {}", answer.label, answer.text)
}

fn location(place: &Region, said: Option<String>) -> Location {
    let artifact = ArtifactLocation::builder().uri(uri(&place.path)).build();
    let mut physical = PhysicalLocation::builder().artifact_location(artifact).build();
    physical.region = place.lines.map(|lines| {
        SarifRegion::builder()
            .start_line(lines.start_line as i64)
            .start_column(lines.start_column as i64)
            .end_line(lines.end_line as i64)
            .end_column(lines.end_column as i64)
            .build()
    });
    let mut location = Location::builder().physical_location(physical).build();
    location.message = said.map(message);
    location
}

fn message(text: String) -> Message {
    Message::builder().text(text).build()
}

fn properties<const N: usize>(of: [(&str, Value); N]) -> PropertyBag {
    let additional: BTreeMap<String, Value> = of.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    PropertyBag::builder().additional_properties(additional).build()
}

/// What a path's characters become in a relative reference (RFC 3986, path-noscheme).
const PATH: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn uri(path: &str) -> String {
    percent_encoding::utf8_percent_encode(path, PATH).to_string()
}
