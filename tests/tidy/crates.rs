//! `schema ← dialect ← {prisma, sqlalchemy, diff, database} ← report ← ormsync`: arrows point one way,
//! and a third ORM or a fourth dialect is nothing that the middle of the house would notice.

use std::fs;

use super::code::without_comments_and_tests;
use super::{expect_none, files_below, root, shown, text};
use crate::case::folders;

/// The crates, each with its place in the drawing: it may use what stands left of it.
const RANKS: &[(&str, u8)] = &[
    ("ormsync-schema", 0),
    ("ormsync-dialect", 1),
    ("ormsync-prisma", 2),
    ("ormsync-sqlalchemy", 2),
    ("ormsync-diff", 2),
    ("ormsync-database", 2),
    ("ormsync-report", 3),
    ("ormsync", 4),
];

const DIALECT_NAMES: &[&str] = &["postgres", "mysql", "mariadb", "sqlite"];
const ORM_NAMES: &[&str] = &["prisma", "sqlalchemy"];

/// Crates whose code may not say these names.
const SILENT: &[(&str, &[&str])] = &[
    ("ormsync-schema", DIALECT_NAMES),
    ("ormsync-diff", DIALECT_NAMES),
    ("ormsync-report", DIALECT_NAMES),
    ("ormsync-schema", ORM_NAMES),
    ("ormsync-dialect", ORM_NAMES),
    ("ormsync-diff", ORM_NAMES),
    ("ormsync-report", ORM_NAMES),
];

/// Where a name is data for the reader and decides nothing: (file or folder, name, why).
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

fn rank(name: &str) -> Option<u8> {
    RANKS.iter().find(|(known, _)| *known == name).map(|(_, rank)| *rank)
}

#[test]
fn arrows_between_crates_point_one_way() {
    let mut wrong = Vec::new();
    for folder in folders(&root().join("crates")) {
        let manifest: toml::Table = fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap();
        let Some(own) = rank(name) else {
            wrong.push(format!("{name} has no place in the drawing: give it one in RANKS"));
            continue;
        };
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let used = manifest.get(kind).and_then(toml::Value::as_table);
            for other in used.into_iter().flat_map(|table| table.keys()) {
                if rank(other).is_some_and(|other| other >= own) {
                    wrong.push(format!("{name} uses {other} ({kind})"));
                }
            }
        }
    }
    expect_none("these arrows point the wrong way", &wrong);
}

#[test]
fn only_the_database_crate_has_sockets() {
    let mut wrong = Vec::new();
    for folder in folders(&root().join("crates")) {
        let manifest: toml::Table = fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap();
        let uses_sqlx = manifest.get("dependencies").is_some_and(|table| table.get("sqlx").is_some());
        if uses_sqlx && name != "ormsync-database" {
            wrong.push(name.to_owned());
        }
    }
    expect_none("only ormsync-database connects to servers; these use sqlx too", &wrong);
}

#[test]
fn the_middle_of_the_house_names_no_dialect_and_no_orm() {
    let mut wrong = Vec::new();
    for (name, forbidden) in SILENT {
        for path in files_below(&format!("crates/{name}/src")) {
            let shown = shown(&path);
            let test = shown.ends_with("/tests.rs") || shown.contains("/tests/");
            if !shown.ends_with(".rs") || test {
                continue;
            }
            let code = without_comments_and_tests(&text(&path).unwrap()).to_lowercase();
            for (number, line) in code.lines().enumerate() {
                for word in forbidden.iter().filter(|word| line.contains(*word)) {
                    let excepted = EXCEPTIONS.iter().any(|(place, name, _)| shown.starts_with(place) && name == word);
                    if !excepted {
                        wrong.push(format!("{shown}:{}: {word}", number + 1));
                    }
                }
            }
        }
    }
    expect_none(
        "these crates must work for any ORM and any dialect; take the name from the source or the dialect",
        &wrong,
    );
}

#[test]
fn no_exception_outlives_its_reason() {
    let mut wrong = Vec::new();
    for (place, name, why) in EXCEPTIONS {
        let needed = files_below("crates").iter().any(|path| {
            shown(path).starts_with(place) && text(path).is_some_and(|text| text.to_lowercase().contains(name))
        });
        if !needed || why.is_empty() {
            wrong.push(format!("{place}: {name}"));
        }
    }
    expect_none("these exceptions are not needed, or don't say why", &wrong);
}
