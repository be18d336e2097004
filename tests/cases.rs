//! Each case against each server it is for: the check finds exactly what the case claims.
//! `build.rs` writes the tests, which call [`check`].

use crate::case::{Case, Claim, Dialect, Verdict};
use crate::judges::scratch::Scratch;
use crate::program::{Finding, Run, list, ormsync};

include!(concat!(env!("OUT_DIR"), "/cases.rs"));

/// Loads the case's database, runs the check, compares.
#[allow(dead_code, reason = "called by what build.rs writes, when there is a case")]
fn check(name: &str, dialect: Dialect) {
    let case = Case::read(name).unwrap_or_else(|message| panic!("{message}"));
    let Some(database) = Scratch::new(dialect) else {
        return;
    };
    let script = case.database().expect("only cases with a database.sql get this test");
    database.load(&script).unwrap_or_else(|message| panic!("{message}"));
    let configuration = case
        .configuration()
        .unwrap_or_else(|| panic!("{name}: a case with a database.sql needs an ormsync.toml that names its sources"));
    let run = Run::of(
        ormsync()
            .current_dir(&case.folder)
            .env("DATABASE_URL", database.url())
            .args(["check", "--format", "json", "--config"])
            .arg(configuration),
    );
    let report = run.report();
    expect_findings(&case.file.drift, &report.findings, &run);
    let (verdict, code) = match case.file.verdict {
        Verdict::InStep => ("in step", 0),
        Verdict::Drift => ("drift", 1),
        Verdict::Unanswered => ("unanswered", 2),
    };
    assert_eq!(
        (report.verdict.as_str(), run.code),
        (verdict, Some(code)),
        "the verdict and the exit code\ndiagnostics:\n{}\n{run}",
        list(&report.diagnostics)
    );
}

/// Fails with what is missing and what nobody claimed. Each claim answers to one finding, so two
/// findings on one thing need two claims.
pub(crate) fn expect_findings(claims: &[Claim], findings: &[Finding], run: &Run) {
    let mut unexpected: Vec<&Finding> = findings.iter().collect();
    let mut missing: Vec<String> = Vec::new();
    for claim in claims {
        match unexpected.iter().position(|finding| answers(claim, finding)) {
            Some(place) => drop(unexpected.remove(place)),
            None => missing
                .push(format!("{}[{}] {} ({}): {}", claim.severity, claim.rule, claim.at, claim.verdict, claim.about)),
        }
    }
    assert!(
        missing.is_empty() && unexpected.is_empty(),
        "claimed by case.toml and not found ({}):\n{}\n\nfound and not claimed ({}):\n{}\n\n{run}",
        missing.len(),
        list(&missing),
        unexpected.len(),
        list(unexpected)
    );
}

fn answers(claim: &Claim, finding: &Finding) -> bool {
    claim.rule == finding.rule
        && claim.at == finding.at
        && claim.severity == finding.severity
        && Some(&claim.verdict) == finding.verdict.as_ref()
}
