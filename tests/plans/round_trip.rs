//! A database is read, written as SQL, made again from that, and read again: nothing may be lost on the way.

use std::path::PathBuf;

use ormsync_diff::plan::physical;

use crate::case::{Case, Dialect, names};
use crate::judges::scratch::Scratch;
use crate::plans::dump::dump;
use crate::plans::{dialect_of, facts, first_difference, introspect, script, send};

/// The scripts of all cases with a database for a server, with the case's name.
fn databases(dialect: Dialect) -> Vec<(String, PathBuf)> {
    names()
        .into_iter()
        .filter_map(|name| Case::read(&name).ok())
        .filter(|case| case.file.dialects.contains(&dialect))
        .filter_map(|case| Some((case.name.clone(), case.database()?)))
        .collect()
}

fn round_trips(dialect: Dialect) {
    let mut failures = Vec::new();
    let databases = databases(dialect);
    assert!(!databases.is_empty(), "there is no case for {}", dialect.name());
    for (name, file) in databases {
        let (Some(original), Some(copy)) = (Scratch::new(dialect), Scratch::new(dialect)) else { return };
        original.load(&file).unwrap();
        if let Err(message) = round_trip(&original, &copy, dialect) {
            failures.push(format!("{name}: {message}"));
        }
    }
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n\n"));
}

pub(super) fn round_trip(original: &Scratch, copy: &Scratch, dialect: Dialect) -> Result<(), String> {
    let schema = introspect(original, dialect);
    let empty = introspect(copy, dialect);
    let plan = super::between(&empty, &schema, dialect);
    let statements = script(&plan, dialect);
    send(copy, dialect, &statements).map_err(|message| format!("{message}\n\n{statements}"))?;
    let again = introspect(copy, dialect);
    if let Some(difference) = first_difference(&facts(&again, dialect), &facts(&schema, dialect)) {
        return Err(format!("{difference}\n\n{statements}"));
    }
    // The first one's own words for everything, beside what we understood of them.
    assert_eq!(physical(&again, dialect_of(dialect)), physical(&schema, dialect_of(dialect)));
    let (left, right) = (dump(copy, dialect)?, dump(original, dialect)?);
    match first_difference(&left, &right) {
        Some(difference) => Err(format!("the server's own words: {difference}\n\n{statements}")),
        None => Ok(()),
    }
}

#[test]
fn postgresql() {
    round_trips(Dialect::Postgresql);
}

#[test]
fn mysql() {
    round_trips(Dialect::Mysql);
}

#[test]
fn mariadb() {
    round_trips(Dialect::Mariadb);
}

#[test]
fn sqlite() {
    round_trips(Dialect::Sqlite);
}
