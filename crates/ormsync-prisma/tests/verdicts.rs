//! Every schema under `fixtures/prisma/valid` is accepted, every one under `fixtures/prisma/invalid` is
//! refused for the reason and at the line that its first line names. Prisma's engine agrees on all verdicts
//! (they were recorded from it); adding a file adds a case.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use ormsync_prisma::{ReadOptions, read};
use ormsync_schema::{Diagnostic, Place, Reading, Severity};

fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/prisma").join(folder);
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn line_of(reading: &Reading, diagnostic: &Diagnostic) -> usize {
    let Place::File { path, span } = &diagnostic.origin.place else { return 0 };
    reading.files.get(path).map_or(0, |file| file.position(span.start).line)
}

fn describe(reading: &Reading) -> String {
    let lines = reading
        .diagnostics
        .iter()
        .map(|diagnostic| format!("    {}: {} {}", line_of(reading, diagnostic), diagnostic.code, diagnostic.message));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn valid_schemas_are_accepted() {
    let cases = cases("valid");
    assert!(cases.len() > 200, "only {} cases were found", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let reading = read(case, &ReadOptions::default());
        if !reading.diagnostics.is_empty() {
            wrong.push(format!("{}\n{}", case.display(), describe(&reading)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} were refused:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn invalid_schemas_are_refused_at_their_line() {
    let cases = cases("invalid");
    assert!(cases.len() > 300, "only {} cases were found", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let text = fs::read_to_string(case).unwrap();
        let head =
            text.lines().next().and_then(|line| line.strip_prefix("// error: ")).expect("a line `// error: code line`");
        let (code, line) = head.split_once(' ').unwrap();
        let line: usize = line.parse().unwrap();
        let reading = read(case, &ReadOptions::default());
        let found = reading.diagnostics.iter().any(|diagnostic| {
            diagnostic.severity == Severity::Error && diagnostic.code == code && line_of(&reading, diagnostic) == line
        });
        if !found {
            wrong.push(format!("{}: no {code} at line {line}, but\n{}", case.display(), describe(&reading)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} are not as claimed:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
