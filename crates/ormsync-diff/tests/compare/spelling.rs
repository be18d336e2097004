//! Suggested fixes, and names that the server folds.

use ormsync_diff::{Comparison, Options, Role, Source, compare};
use ormsync_schema::{DataType, ObjectPath, Schema, Spelling};

use crate::builder::{changed, column, shop, table_of, told, truth};
use crate::dialect::{FOLDING, PLAIN};

/// Writes the path and the type that is wanted.
struct Spells;

impl Spelling for Spells {
    fn spell(&self, wanted: &Schema, _: &Schema, path: &ObjectPath) -> Option<String> {
        let table = wanted.table("public", path.table.as_deref()?)?;
        let column = table.columns.get(path.name.as_deref()?);
        Some(format!("{path} as {:?}", column.map(|column| &column.data_type)))
    }
}

fn compared(left: &Schema, right: &Schema, database: &Schema, options: &Options) -> Comparison {
    let source =
        |name: &'static str, label, role, schema, spelling| Source { name, kind: name, label, role, schema, spelling };
    let sources = [
        source("left", "Left", Role::Declared, left, Some(&Spells as &dyn Spelling)),
        source("right", "Right", Role::Declared, right, Some(&Spells as &dyn Spelling)),
        source("database", "the database", Role::Live, database, None),
    ];
    compare(&sources, &PLAIN, options)
}

fn fixes(comparison: &Comparison) -> Vec<&str> {
    comparison.findings.iter().map(|finding| finding.fix.as_deref().unwrap_or("none")).collect()
}

fn retyped(name: &str) -> Schema {
    changed(|schema| table_of(schema, "users").columns["email"].data_type = DataType::named(name))
}

fn with_age() -> Schema {
    changed(|schema| {
        table_of(schema, "users").columns.insert("age".into(), column(DataType::named("integer")));
    })
}

#[test]
fn the_one_that_drifted_is_told_what_to_write() {
    let comparison = compared(&retyped("uuid"), &retyped("text"), &retyped("text"), &Options::default());
    assert_eq!(fixes(&comparison), [format!("users.email as {:?}", Some(DataType::named("text")))]);
    assert!(comparison.findings[0].answers[0].stands_alone);
}

#[test]
fn the_database_is_told_to_migrate() {
    let (new, old) = (retyped("text"), retyped("uuid"));
    assert_eq!(fixes(&compared(&new, &new, &old, &Options::default())), ["change users.email by a migration to: text"]);
    assert_eq!(
        fixes(&compared(&with_age(), &with_age(), &shop(), &Options::default())),
        ["apply the pending migration that adds users.age"]
    );
}

#[test]
fn nothing_undeclared_is_proposed_to_be_dropped() {
    let integer = format!("users.age as {:?}", Some(DataType::named("integer")));
    assert_eq!(
        fixes(&compared(&shop(), &shop(), &with_age(), &Options::default())),
        [format!("Left: {integer}\nRight: {integer}")]
    );
    assert_eq!(
        fixes(&compared(&with_age(), &shop(), &shop(), &Options::default())),
        ["remove it from Left, or add it everywhere else by a migration"]
    );
}

#[test]
fn a_truth_that_stands_alone_is_followed_by_the_others() {
    let text = format!("users.email as {:?}", Some(DataType::named("text")));
    let comparison = compared(&retyped("uuid"), &retyped("uuid"), &retyped("text"), &truth("database"));
    assert_eq!(told(&comparison), ["column-type users.email: database drifted"]);
    assert_eq!(fixes(&comparison), [format!("Left: {text}\nRight: {text}")]);
}

#[test]
fn a_conflict_is_settled_by_the_truth_only() {
    let (one, two, three) = (retyped("text"), retyped("uuid"), retyped("integer"));
    assert_eq!(fixes(&compared(&one, &two, &three, &Options::default())), ["none"]);
    let text = format!("users.email as {:?}", Some(DataType::named("text")));
    assert_eq!(
        fixes(&compared(&one, &two, &three, &truth("left"))),
        [format!("Right: {text}\nchange users.email by a migration to: text")]
    );
}

#[test]
fn names_that_the_server_folds_are_one_name() {
    let other = changed(|schema| {
        let public = schema.namespace_mut("public");
        let users = public.tables.remove("users").unwrap();
        public.tables.insert("USERS".into(), users);
        table_of(schema, "orders").foreign_keys[0].referenced_table = "USERS".into();
        let id = table_of(schema, "USERS").columns.shift_remove("email").unwrap();
        let users = table_of(schema, "USERS");
        users.columns.insert("eMail".into(), id);
        users.indexes[0] = crate::builder::index(ormsync_schema::IndexKind::UniqueIndex, "USERS_EMAIL_KEY", &["eMail"]);
    });
    let shop = shop();
    let source = |name: &'static str, schema| Source {
        name,
        kind: name,
        label: name,
        role: Role::Declared,
        schema,
        spelling: None,
    };
    let sources = [source("left", &shop), source("right", &other)];
    assert_eq!(told(&compare(&sources, &FOLDING, &Options::default())), Vec::<String>::new());
    // Elsewhere the table has another name; its references follow it, and are no second fact.
    assert_eq!(told(&compare(&sources, &PLAIN, &Options::default())), ["table-missing USERS: conflict"]);
}
