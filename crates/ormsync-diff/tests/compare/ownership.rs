//! Who has to have which table, severities, and names that are nearly the same.

use ormsync_diff::{Options, OwnershipPatterns};
use ormsync_schema::{DataType, Schema, Severity};

use crate::builder::{changed, column, shop, table_of, three, told, two};

fn owned(patterns: OwnershipPatterns) -> Options {
    Options { ownership: patterns, ..Options::default() }
}

fn by(source: &str, glob: &str) -> Options {
    owned(OwnershipPatterns { by_source: vec![(source.into(), vec![glob.into()])], ..OwnershipPatterns::default() })
}

fn without_orders() -> Schema {
    changed(|schema| _ = schema.namespace_mut("public").tables.remove("orders"))
}

#[test]
fn the_others_may_leave_an_owned_table_unmapped() {
    let (shop, without) = (shop(), without_orders());
    assert!(three(&shop, &without, &shop, &by("left", "ord*")).findings.is_empty());
    assert_eq!(told(&three(&without, &shop, &shop, &by("left", "ord*"))), ["table-missing orders: unmapped in left"]);
    assert_eq!(
        told(&three(&shop, &without, &without, &by("left", "ord*"))),
        ["table-missing orders: database behind"],
        "the owner is right about its table"
    );
}

#[test]
fn what_is_declared_is_verified_whoever_owns_it() {
    let shop = shop();
    let other = changed(|schema| {
        let orders = table_of(schema, "orders");
        orders.columns["total"].nullable = true;
        orders.indexes.clear();
        orders.columns.shift_remove("total");
        orders.columns.insert("extra".into(), column(DataType::named("text")));
        orders.checks.clear();
    });
    assert_eq!(
        told(&three(&shop, &other, &shop, &by("left", "orders"))),
        ["column-missing orders.extra: right drifted"]
    );
}

#[test]
fn a_column_that_the_other_side_cannot_do_without_is_a_note() {
    let shop = shop();
    let other = changed(|schema| {
        let orders = table_of(schema, "orders");
        orders.columns.shift_remove("status");
        orders.indexes.clear();
    });
    let comparison = three(&shop, &other, &shop, &by("left", "orders"));
    assert_eq!(told(&comparison), ["column-missing orders.status: unmapped in right"]);
    assert_eq!(comparison.findings[0].severity, Severity::Note);
}

#[test]
fn external_tables_need_not_be_mapped_and_are_verified() {
    let external = owned(OwnershipPatterns { external: vec!["orders".into()], ..OwnershipPatterns::default() });
    let (shop, without) = (shop(), without_orders());
    assert!(three(&without, &without, &shop, &external).findings.is_empty());
    let other = changed(|schema| table_of(schema, "orders").columns["total"].nullable = true);
    assert_eq!(
        told(&three(&without, &other, &shop, &external)),
        ["column-nullable orders.total: right drifted"],
        "nobody here writes its DDL, so the database is right"
    );
}

#[test]
fn observed_tables_make_notes() {
    let observed = owned(OwnershipPatterns { observed: vec!["orders".into()], ..OwnershipPatterns::default() });
    let comparison = three(&shop(), &without_orders(), &shop(), &observed);
    assert_eq!(told(&comparison), ["table-missing orders: unmapped in right"]);
    assert_eq!(comparison.findings[0].severity, Severity::Note);
}

#[test]
fn ignored_tables_are_counted() {
    let ignore = owned(OwnershipPatterns { ignore: vec!["public.ord*".into()], ..OwnershipPatterns::default() });
    let comparison = three(&shop(), &without_orders(), &shop(), &ignore);
    assert!(comparison.findings.is_empty());
    assert_eq!(comparison.coverage.iter().map(|coverage| coverage.ignored).collect::<Vec<_>>(), [1, 0, 1]);
    assert_eq!(comparison.summary.tables_compared, 1);
}

#[test]
fn bad_patterns_are_told() {
    let options = owned(OwnershipPatterns { external: vec!["a[".into()], ..OwnershipPatterns::default() });
    let comparison = two(&shop(), &shop(), &options);
    assert_eq!(comparison.diagnostics.len(), 1);
    assert_eq!(comparison.diagnostics[0].severity, Severity::Error);
}

#[test]
fn severities_come_from_the_configuration() {
    let other = changed(|schema| {
        table_of(schema, "users").columns["email"].nullable = true;
        table_of(schema, "users").columns["email"].comment = None;
    });
    let mut options = Options::default();
    options.severities.insert("column-nullable".into(), None);
    options.severities.insert("column-comment".into(), Some(Severity::Error));
    let comparison = two(&shop(), &other, &options);
    assert_eq!(told(&comparison), ["column-comment users.email: conflict"]);
    assert_eq!((comparison.summary.errors, comparison.summary.notes), (1, 0));
}

#[test]
fn look_alikes_are_noted() {
    let rename_table = changed(|schema| {
        let public = schema.namespace_mut("public");
        let orders = public.tables.remove("orders").unwrap();
        public.tables.insert("Order".into(), orders);
    });
    let comparison = two(&rename_table, &shop(), &Options::default());
    // One fact, told once.
    assert_eq!(told(&comparison), ["table-missing Order: conflict"]);
    assert_eq!(comparison.findings[0].notes, ["the database has `orders`: the same table under another name?"]);

    let rename_column = changed(|schema| {
        let users = table_of(schema, "users");
        let name = users.columns.shift_remove("email").unwrap();
        users.indexes.clear();
        users.columns.insert("eMail".into(), name);
    });
    let comparison = two(&rename_column, &shop(), &Options::default());
    assert_eq!(told(&comparison), ["column-missing users.eMail: conflict"]);
    assert_eq!(comparison.findings[0].notes, ["the database has `email`: the same column under another name?"]);

    // With two look-alikes nobody can tell which one is meant: all are told.
    let two_names = changed(|schema| {
        let users = table_of(schema, "users");
        let name = users.columns.shift_remove("name").unwrap();
        users.columns.insert("Name".into(), name.clone());
        users.columns.insert("name_".into(), name);
    });
    let comparison = two(&two_names, &shop(), &Options::default());
    assert_eq!(comparison.findings.len(), 3);
    let mut other_type = two_names;
    table_of(&mut other_type, "users").columns.shift_remove("name_");
    table_of(&mut other_type, "users").columns["Name"].data_type = ormsync_schema::DataType::named("integer");
    assert_eq!(two(&other_type, &shop(), &Options::default()).findings.len(), 2);
}
