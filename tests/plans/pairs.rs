//! Pairs of random schemas, one seed each: `ORMSYNC_TEST_SEED=n` begins there, `ORMSYNC_TEST_PAIRS=n` takes so many.

use std::env;

use ormsync_schema::Schema;

use crate::case::Dialect;
use crate::generator::{Dice, Flavour, changed, schema};
use crate::judges::scratch::Scratch;
use crate::plans::{facts, first_difference, introspect, script, send, there_and_back};

/// How many pairs are tried.
const PAIRS: u64 = 60;

/// A number that the environment gives.
pub(super) fn number(name: &str, default: u64) -> u64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Tries pairs: each on a database of its own, which holds the first schema.
pub(super) fn try_pairs(
    dialect: Dialect,
    flavour: Flavour,
    pairs: u64,
    try_pair: impl Fn(&Scratch, &Schema, &Schema, u64) -> Result<(), String>,
) {
    let first = number("ORMSYNC_TEST_SEED", 1);
    let count = number("ORMSYNC_TEST_PAIRS", pairs);
    let mut failures = Vec::new();
    for seed in first..first + count {
        let Some(database) = Scratch::new(dialect) else { return };
        let outcome =
            make_pair(&database, dialect, flavour, seed).and_then(|(from, to)| try_pair(&database, &from, &to, seed));
        if let Err(message) = outcome {
            failures.push((seed, message));
        }
    }
    let seeds: Vec<u64> = failures.iter().map(|(seed, _)| *seed).collect();
    let shown: Vec<String> = failures.iter().take(3).map(|(seed, message)| format!("seed {seed}: {message}")).collect();
    assert!(failures.is_empty(), "{} of {count} pairs fail, seeds {seeds:?}:\n{}", seeds.len(), shown.join("\n\n"));
}

/// Makes the first schema of a pair on the database, and gives it as the server has it, with the second one.
fn make_pair(database: &Scratch, dialect: Dialect, flavour: Flavour, seed: u64) -> Result<(Schema, Schema), String> {
    let empty = introspect(database, dialect);
    let server = empty.server.clone();
    let mut dice = Dice::new(seed);
    let from = schema(&mut dice, flavour, server.as_ref());
    let to = if seed.is_multiple_of(2) {
        changed(&mut dice, flavour, server.as_ref(), &from)
    } else {
        schema(&mut dice, flavour, server.as_ref())
    };
    let statements = script(&super::between(&empty, &from, dialect), dialect);
    send(database, dialect, &statements).map_err(|message| format!("from nothing: {message}\n\n{statements}"))?;
    let made = introspect(database, dialect);
    if let Some(difference) = first_difference(&facts(&made, dialect), &facts(&from, dialect)) {
        return Err(format!("from nothing: {difference}\n\n{statements}"));
    }
    // What the server says of a view is its own text, so the plan starts from that.
    Ok((made, to))
}

fn by_sql(dialect: Dialect, flavour: Flavour) {
    try_pairs(dialect, flavour, PAIRS, |database, from, to, _| there_and_back(database, from, to, dialect));
}

#[test]
fn postgresql() {
    by_sql(Dialect::Postgresql, Flavour::Postgresql);
}

#[test]
fn mysql() {
    by_sql(Dialect::Mysql, Flavour::Mysql);
}

#[test]
fn mariadb() {
    by_sql(Dialect::Mariadb, Flavour::Mariadb);
}

#[test]
fn sqlite() {
    by_sql(Dialect::Sqlite, Flavour::Sqlite);
}
