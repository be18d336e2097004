//! Which source stands alone.

use ormsync_diff::Options;
use ormsync_schema::{DataType, Schema};

use crate::builder::{changed, column, index, shop, table_of, three, told, truth, two};

/// The verdicts of a comparison that has one finding or more.
fn verdicts(comparison: &ormsync_diff::Comparison) -> Vec<String> {
    comparison.findings.iter().map(|finding| finding.verdict.to_string()).collect()
}

#[test]
fn a_value() {
    let typed = |length: i64| {
        changed(|schema| {
            table_of(schema, "users").columns["email"].data_type = DataType::with_arguments("varchar", [length]);
        })
    };
    let (one, two, three_) = (typed(1), typed(2), typed(3));
    let none = Options::default();
    assert_eq!(verdicts(&three(&one, &two, &two, &none)), ["left drifted"]);
    assert_eq!(verdicts(&three(&two, &one, &two, &none)), ["right drifted"]);
    assert_eq!(verdicts(&three(&two, &two, &one, &none)), ["database drifted"]);
    assert_eq!(verdicts(&three(&one, &two, &three_, &none)), ["conflict"]);
    // Whoever stands alone did, whatever is declared to be right.
    assert_eq!(verdicts(&three(&two, &two, &one, &truth("database"))), ["database drifted"]);
}

#[test]
fn a_value_of_two() {
    let (left, database) = (shop(), changed(|schema| table_of(schema, "users").columns["email"].nullable = true));
    assert_eq!(verdicts(&two(&left, &database, &Options::default())), ["conflict"]);
    assert_eq!(verdicts(&two(&left, &database, &truth("left"))), ["database drifted"]);
    assert_eq!(verdicts(&two(&left, &database, &truth("database"))), ["left drifted"]);
}

/// Every way in which three sources can have and lack something: with it, in the order left, right,
/// database; and the verdict.
const PRESENCE: [([bool; 3], &str, &str); 6] = [
    ([true, true, false], "database behind", "database behind"),
    ([true, false, true], "unmapped in right", "right drifted"),
    ([false, true, true], "unmapped in left", "left drifted"),
    ([true, false, false], "left drifted", "left drifted"),
    ([false, true, false], "right drifted", "right drifted"),
    ([false, false, true], "unmapped in left, right", "database drifted"),
];

fn presence(has: [bool; 3], add: fn(&mut Schema)) -> Vec<String> {
    let [left, right, database] = has.map(|has| {
        changed(|schema| {
            if has {
                add(schema)
            }
        })
    });
    verdicts(&three(&left, &right, &database, &Options::default()))
}

#[test]
fn a_column_that_is_there_or_not() {
    for (has, mapping, _) in PRESENCE {
        let found = presence(has, |schema| {
            let users = table_of(schema, "users");
            users.columns.insert("age".into(), column(DataType::named("integer")));
            users.indexes.push(index(ormsync_schema::IndexKind::Plain, "users_age_idx", &["age"]));
        });
        assert_eq!(found, [mapping], "{has:?}");
    }
}

#[test]
fn a_table_that_is_there_or_not() {
    for (has, mapping, _) in PRESENCE {
        let found = presence(has, |schema| {
            let carts = crate::builder::table([("id", column(DataType::named("integer")))]);
            schema.namespace_mut("public").tables.insert("carts".into(), carts);
        });
        assert_eq!(found, [mapping], "{has:?}");
    }
}

#[test]
fn an_index_that_is_there_or_not() {
    for (has, _, other) in PRESENCE {
        let found = presence(has, |schema| {
            let index = index(ormsync_schema::IndexKind::Plain, "users_name_idx", &["name"]);
            table_of(schema, "users").indexes.push(index);
        });
        assert_eq!(found, [other], "{has:?}");
    }
}

#[test]
fn presence_of_two() {
    let with = shop();
    let without = changed(|schema| _ = table_of(schema, "users").columns.shift_remove("name"));
    let none = Options::default();
    assert_eq!(verdicts(&two(&with, &without, &none)), ["conflict"]);
    assert_eq!(verdicts(&two(&with, &without, &truth("left"))), ["database behind"]);
    assert_eq!(verdicts(&two(&with, &without, &truth("database"))), ["left drifted"]);
    assert_eq!(verdicts(&two(&without, &with, &truth("database"))), ["unmapped in left"]);
    assert_eq!(verdicts(&two(&without, &with, &truth("left"))), ["database drifted"]);
}

#[test]
fn a_missing_column_does_not_hide_that_the_others_differ() {
    let left = changed(|schema| _ = table_of(schema, "users").columns.shift_remove("name"));
    let right = changed(|schema| table_of(schema, "users").columns["name"].data_type = DataType::named("uuid"));
    assert_eq!(
        told(&three(&left, &right, &shop(), &Options::default())),
        ["column-missing users.name: unmapped in left", "column-type users.name: conflict"]
    );
}
