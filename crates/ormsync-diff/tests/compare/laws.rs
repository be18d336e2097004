//! What holds for every comparison.

use ormsync_diff::Options;
use ormsync_schema::{DataType, Schema};

use crate::builder::{changed, column, shop, table, table_of, three, told, two};
use crate::mutations::MUTATIONS;

#[test]
fn a_schema_is_in_step_with_itself() {
    let shop = shop();
    let comparison = three(&shop, &shop, &shop, &Options::default());
    assert_eq!(told(&comparison), Vec::<String>::new());
    assert_eq!((comparison.summary.tables_compared, comparison.summary.identical), (2, 2));
    assert_eq!(comparison.coverage.len(), 3);
    assert_eq!((comparison.coverage[0].tables, comparison.coverage[0].columns), (2, 8));
}

#[test]
fn one_source_and_none_are_in_step() {
    let sources: [ormsync_diff::Source<'_>; 0] = [];
    let comparison = ormsync_diff::compare(&sources, crate::builder::DIALECT, &Options::default());
    assert!(comparison.findings.is_empty());
    let empty = Schema::new("postgresql");
    assert!(two(&empty, &empty, &Options::default()).findings.is_empty());
}

#[test]
fn comparisons_mirror() {
    for mutation in MUTATIONS.iter() {
        let (shop, other) = (shop(), changed(mutation.change));
        let facts = |comparison: ormsync_diff::Comparison| {
            let mut facts: Vec<String> =
                comparison.findings.iter().map(|found| format!("{} {}", found.rule.name, found.at)).collect();
            facts.sort();
            facts
        };
        let (forth, back) = (two(&shop, &other, &Options::default()), two(&other, &shop, &Options::default()));
        assert_eq!(facts(forth), facts(back), "{}", mutation.about);
    }
}

#[test]
fn findings_come_by_table_kind_and_name() {
    let shop = shop();
    let other = changed(|schema| {
        table_of(schema, "users").columns["name"].nullable = false;
        table_of(schema, "users").columns["email"].nullable = true;
        table_of(schema, "orders").indexes.clear();
        table_of(schema, "orders").columns["total"].default = None;
        schema.extensions.clear();
    });
    let places: Vec<String> =
        two(&shop, &other, &Options::default()).findings.iter().map(|finding| finding.at.to_string()).collect();
    assert_eq!(places, ["citext", "orders.total", "orders(user_id, status)", "users.email", "users.name"]);
}

#[test]
fn more_than_three_sources_are_compared_alike() {
    use ormsync_diff::{Role, Source, compare};
    let shop = shop();
    let other = changed(|schema| table_of(schema, "users").columns["email"].nullable = true);
    let names = ["a", "b", "c", "d", "e"];
    let sources: Vec<Source<'_>> = names
        .iter()
        .enumerate()
        .map(|(at, name)| Source {
            name,
            kind: name,
            label: name,
            role: Role::Declared,
            schema: if at == 3 { &other } else { &shop },
            spelling: None,
        })
        .collect();
    let comparison = compare(&sources, crate::builder::DIALECT, &Options::default());
    assert_eq!(told(&comparison), ["column-nullable users.email: d drifted"]);
    assert_eq!(comparison.findings[0].headline, "users.email takes NULL in d, not in a, b, c and e");
}

/// So many tables are shared out among the processors.
#[test]
fn many_tables_are_compared_as_each_is_alone() {
    let of_tables = |nullable: fn(usize) -> bool, numbers: std::ops::Range<usize>| {
        let mut schema = Schema::new("postgresql");
        for number in numbers {
            let mut table = table([("id", column(DataType::named("int"))), ("note", column(DataType::named("text")))]);
            table.columns["note"].nullable = nullable(number);
            schema.namespace_mut("public").tables.insert(format!("t{number:04}"), table);
        }
        schema
    };
    let compare = |numbers: std::ops::Range<usize>| {
        let (left, right) = (of_tables(|_| false, numbers.clone()), of_tables(|number| number % 3 == 0, numbers));
        two(&left, &right, &Options::default())
    };
    let together = compare(0..1000);
    assert_eq!((together.summary.tables_compared, together.summary.drifted), (1000, 334));
    let each: Vec<String> = (0..1000).flat_map(|number| told(&compare(number..number + 1))).collect();
    assert_eq!(told(&together), each);
}
