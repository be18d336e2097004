//! The report at a terminal.

use ormsync_report::{Outcome, TextStyle, diagnostic_text, text};
use ormsync_schema::{Diagnostic, Origin, SourceFiles};

use crate::scene::{drifted, in_step};

const PLAIN: TextStyle = TextStyle { colour: false, width: 80 };

fn assert_snapshot(name: &str, text: String) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../../snapshots/report");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn drift() {
    assert_snapshot("drift", text(&drifted().report(Outcome::Unanswered), PLAIN));
}

#[test]
fn drift_in_colour() {
    let coloured = text(&drifted().report(Outcome::Drift), TextStyle { colour: true, width: 80 });
    assert!(coloured.contains("\u{1b}["));
    let mut plain = String::new();
    for (at, part) in coloured.split("\u{1b}[").enumerate() {
        plain.push_str(if at == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(plain, text(&drifted().report(Outcome::Drift), PLAIN), "colour must be all that colour adds");
}

#[test]
fn in_step_is_one_line_and_the_summary() {
    assert_snapshot("in_step", text(&in_step().report(Outcome::InStep), PLAIN));
}

#[test]
fn nothing_at_all() {
    let scene = in_step();
    let mut report = scene.report(Outcome::Unanswered);
    let comparison = ormsync_diff::Comparison::default();
    report.comparison = &comparison;
    assert_snapshot("nothing", text(&report, PLAIN));
}

#[test]
fn excerpts_are_cut_to_the_width() {
    let report = text(&drifted().report(Outcome::Drift), PLAIN);
    // Headlines are one line whatever the width: a terminal wraps them, a pipe wants them whole.
    let long: Vec<&str> = report.lines().filter(|line| line.contains(" | ") && line.chars().count() > 80).collect();
    assert_eq!(long, Vec::<&str>::new());
}

#[test]
fn places_that_are_not_in_the_file_do_not_panic() {
    let mut files = SourceFiles::default();
    let path = files.insert("a.prisma", "ä\nö");
    for (start, end) in [(0, 0), (1, 2), (5, 3), (0, 1000), (1000, 2000), (3, 4)] {
        let origin = Origin::file(&path, ormsync_schema::Span::new(start, end));
        let diagnostic = Diagnostic::error("code", "message", origin);
        assert!(diagnostic_text(&diagnostic, &files, PLAIN).starts_with("error[code]: message"));
        assert!(diagnostic_text(&diagnostic, &SourceFiles::default(), PLAIN).contains("a.prisma"));
    }
    let empty = files.insert("empty.prisma", "");
    let origin = Origin::file(&empty, ormsync_schema::Span::new(0, 0));
    assert!(diagnostic_text(&Diagnostic::error("code", "empty", origin), &files, PLAIN).contains("empty.prisma"));
}
