//! Sizes, forbidden text, fixtures that nothing runs, snapshots that nobody refers to.

use super::code::without_comments;
use super::{expect_none, files_below, root, shown, text};
use crate::case::{self, Case, folders};

/// A file with more lines is two files.
const MOST_LINES: usize = 800;

/// Paths of one machine, written in parts so that this file passes its own test.
const MACHINE_PATHS: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];

/// What leaves a test or a function undone.
const UNDONE: &[&str] = &[concat!("#[ig", "nore"), concat!("to", "do!("), concat!("unimpl", "emented!(")];

/// Example text where such a path is what is meant: (file, why).
const EXAMPLES: &[(&str, &str)] = &[];

fn sources() -> Vec<std::path::PathBuf> {
    ["crates", "tests", "scripts", ".ci"].iter().flat_map(|folder| files_below(folder)).collect()
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let mut long = Vec::new();
    for path in sources() {
        let shown = shown(&path);
        // Lists made by tools, and data.
        let made = shown.ends_with("package-lock.json")
            || shown == "scripts/judges/packages/models.txt"
            || shown.contains("/snapshots/")
            || shown.contains("/fixtures/");
        let lines = text(&path).map_or(0, |text| text.lines().count());
        if lines > MOST_LINES && !made {
            long.push(format!("{shown}: {lines} lines, {MOST_LINES} are the most"));
        }
    }
    expect_none("part these files by concern", &long);
}

#[test]
fn nothing_names_a_path_of_one_machine() {
    let mut found = Vec::new();
    let more = ["docs", "fixtures", "snapshots", "schemas", "grammars"];
    let mut paths: Vec<_> = more.iter().flat_map(|folder| files_below(folder)).chain(sources()).collect();
    paths.extend(
        ["README.md", "Cargo.toml", "build.rs"].map(|name| root().join(name)).into_iter().filter(|path| path.is_file()),
    );
    for path in paths {
        let shown = shown(&path);
        if EXAMPLES.iter().any(|(example, _)| *example == shown) {
            continue;
        }
        for (number, line) in text(&path).unwrap_or_default().lines().enumerate() {
            if MACHINE_PATHS.iter().any(|forbidden| starts_a_path(line, forbidden)) {
                found.push(format!("{shown}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    expect_none("these paths are only on the machine they were written on", &found);
}

/// Whether the path starts there, and is not the middle of a longer one.
fn starts_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(place, _)| {
        let before = line[..place].chars().next_back();
        before.is_none_or(|letter| !letter.is_alphanumeric() && !"_-.}".contains(letter))
    })
}

#[test]
fn nothing_is_left_undone() {
    let mut found = Vec::new();
    for path in sources().iter().filter(|path| path.extension().is_some_and(|it| it == "rs")) {
        for (number, line) in without_comments(&text(path).unwrap()).lines().enumerate() {
            if UNDONE.iter().any(|mark| line.contains(mark)) {
                found.push(format!("{}:{}: {}", shown(path), number + 1, line.trim()));
            }
        }
    }
    expect_none("finish these, or take them out", &found);
}

#[test]
fn every_fixture_is_a_case() {
    const INPUTS: &[&str] = &["schema.prisma", "models.py", "database.sql", "create.sql", "ormsync.toml"];
    let mut wrong = Vec::new();
    for area in folders(&case::fixtures()) {
        // Recordings of real servers for the tests of one crate, which run each folder.
        if area.ends_with("catalogue") {
            continue;
        }
        for folder in folders(&area) {
            let has_input = INPUTS.iter().any(|name| folder.join(name).exists());
            if has_input && !folder.join("case.toml").is_file() {
                wrong.push(format!("{}: no case.toml says what it is about", shown(&folder)));
            }
        }
    }
    for name in case::names() {
        match Case::read(&name) {
            Err(message) => wrong.push(message),
            Ok(case) if case.database().is_none() && case.prisma_schema().is_none() && case.models().is_none() => {
                wrong.push(format!("{name}: a case.toml without an input tests nothing"));
            }
            Ok(case) if case.database().is_some() && case.configuration().is_none() => {
                wrong.push(format!("{name}: a database.sql without an ormsync.toml is compared with nothing"));
            }
            Ok(_) => {}
        }
    }
    expect_none("fixtures that no test runs", &wrong);
}

#[test]
fn every_snapshot_belongs_to_a_test() {
    let code: String = sources()
        .iter()
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .filter_map(|path| text(path))
        .collect();
    let mut orphans = Vec::new();
    for path in files_below("snapshots") {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        // insta names a file `<module>__<name>.snap`, or only `<name>.snap`, and `name@input`.
        let name = stem.rsplit("__").next().unwrap_or(&stem).split('@').next().unwrap_or(&stem);
        let known = code.contains(name) || case::names().iter().any(|case| case.ends_with(name));
        if !known {
            orphans.push(shown(&path));
        }
    }
    expect_none("no test refers to these snapshots; remove them", &orphans);
}
