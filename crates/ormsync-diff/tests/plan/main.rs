//! Laws of plans over random schemas. A failure names its seed: `seed` of [`laws_of`] runs that one alone.

#![allow(clippy::unwrap_used)]

mod generator;

use generator::{Dice, Flavour};
use ormsync_diff::plan::{PlanOptions, physical, plan};
use ormsync_schema::{Plan, Schema};
use proptest::prelude::*;

const FLAVOURS: [Flavour; 4] = [Flavour::Postgresql, Flavour::Mysql, Flavour::Mariadb, Flavour::Sqlite];

fn between(from: &Schema, to: &Schema, flavour: Flavour) -> Plan {
    let dialect = ormsync_dialect::by_name(flavour.dialect()).unwrap();
    let options = PlanOptions { server: Some(flavour.server()), ..PlanOptions::default() };
    plan(from, to, dialect, &options).unwrap()
}

/// `plan(a→b).apply(a) == b`, its reverse gives `a` again, and `plan(a→a)` does nothing.
fn laws_of(seed: u64, flavour: Flavour) {
    let dialect = ormsync_dialect::by_name(flavour.dialect()).unwrap();
    let server = flavour.server();
    let mut dice = Dice::new(seed);
    let from = generator::schema(&mut dice, flavour, Some(&server));
    let to = if dice.once_in(2) {
        generator::changed(&mut dice, flavour, Some(&server), &from)
    } else {
        generator::schema(&mut dice, flavour, Some(&server))
    };
    let show = |schema: &Schema| serde_json::to_string_pretty(&physical(schema, dialect)).unwrap();
    let there = between(&from, &to, flavour);
    let arrived = there.apply(&from).unwrap_or_else(|error| panic!("seed {seed} {flavour:?}: {error}\n{there:#?}"));
    assert_same(&show(&arrived), &show(&to), &format!("seed {seed} {flavour:?}: there"));
    let back = there.reverse();
    let home = back.apply(&arrived).unwrap_or_else(|error| panic!("seed {seed} {flavour:?}: {error}\n{back:#?}"));
    assert_same(&show(&home), &show(&from), &format!("seed {seed} {flavour:?}: back"));
    let nothing = between(&to, &to, flavour);
    assert!(nothing.is_empty(), "seed {seed} {flavour:?}: {:#?}", nothing.operations);
    let behind = between(&arrived, &to, flavour);
    assert!(behind.is_empty(), "seed {seed} {flavour:?}: {:#?}", behind.operations);
}

/// Two texts are equal; if not, the lines around the first difference are shown.
fn assert_same(left: &str, right: &str, what: &str) {
    let Some(at) = left.lines().zip(right.lines()).position(|(left, right)| left != right) else {
        assert_eq!(left.len(), right.len(), "{what}: one is longer");
        return;
    };
    let around = |text: &str| text.lines().skip(at.saturating_sub(12)).take(45).collect::<Vec<_>>().join("\n");
    panic!("{what}, line {at}:\n{}\n--- and not\n{}", around(left), around(right));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_leads_where_it_should_and_back(seed in any::<u64>()) {
        for flavour in FLAVOURS {
            laws_of(seed, flavour);
        }
    }
}

/// Seeds that once failed.
#[test]
fn what_once_failed() {
    for seed in [12_629_661_184_472_847_556] {
        for flavour in FLAVOURS {
            laws_of(seed, flavour);
        }
    }
}

#[test]
fn a_plan_reads_back_as_it_was_written() {
    let mut dice = Dice::new(7);
    for flavour in FLAVOURS {
        let from = generator::schema(&mut dice, flavour, Some(&flavour.server()));
        let to = generator::schema(&mut dice, flavour, Some(&flavour.server()));
        let plan = between(&from, &to, flavour);
        let text = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
    }
}
