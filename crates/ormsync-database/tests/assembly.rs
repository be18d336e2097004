//! The recorded rows of real servers (`fixtures/catalogue`) become the schema that was declared there. What is
//! expected here is claimed by hand, from the declarations in `database.sql`.
#![allow(clippy::unwrap_used)]

#[path = "assembly/mysql.rs"]
mod mysql;
#[path = "assembly/postgresql.rs"]
mod postgresql;
mod recording;
#[path = "assembly/sqlite.rs"]
mod sqlite;

use ormsync_dialect::CatalogueRow;
use ormsync_schema::{Schema, Table};
use serde_json::{Value, json};

use recording::Recording;

/// An object as JSON, without the places it came from.
fn said(object: &impl serde::Serialize) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.remove("origin");
                map.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(object).unwrap();
    strip(&mut value);
    value
}

/// Checks columns against what is claimed of them.
fn check_columns(table: &Table, claims: &[(&str, Value)]) {
    for (name, claim) in claims {
        let column = table.columns.get(*name).unwrap_or_else(|| panic!("there is no column {name}"));
        assert_eq!(said(column), *claim, "column {name}");
    }
}

/// Checks all objects of a list against what is claimed of them, by name.
fn check_named<T: serde::Serialize>(objects: &[T], claims: &[(&str, Value)]) {
    let by_name = |name: &Value| objects.iter().map(said).find(|object| object["name"] == *name);
    for (name, claim) in claims {
        let name = if name.is_empty() { Value::Null } else { json!(name) };
        let mut found = by_name(&name).unwrap_or_else(|| panic!("there is no {name}"));
        found.as_object_mut().unwrap().remove("name");
        assert_eq!(found, *claim, "{name}");
    }
    assert_eq!(objects.len(), claims.len(), "there are more than are claimed: {:?}", names(objects));
}

fn names<T: serde::Serialize>(objects: &[T]) -> Vec<Value> {
    objects.iter().map(|object| said(object)["name"].clone()).collect()
}

fn table<'schema>(schema: &'schema Schema, namespace: &str, name: &str) -> &'schema Table {
    schema.table(namespace, name).unwrap_or_else(|| panic!("there is no table {namespace}.{name}"))
}

fn named(name: &str) -> Value {
    json!({"named": {"name": name}})
}

fn sized(name: &str, arguments: &[i64]) -> Value {
    json!({"named": {"name": name, "arguments": arguments}})
}

fn parts(columns: &[&str]) -> Value {
    columns.iter().map(|column| json!({"target": {"column": column}})).collect()
}

#[test]
fn every_server_has_its_fixed_number_of_queries() {
    for (flavour, number) in [("postgresql", 13), ("mysql", 15), ("mariadb", 15), ("sqlite", 5)] {
        let recording = Recording::load(flavour);
        let queries = recording.dialect.catalogue_queries(&recording.server, &recording.scope);
        assert_eq!(queries.len(), number, "{flavour}");
        for query in queries {
            assert!(!query.sql.contains(['{', '}']), "a placeholder is left in {}", query.name);
            assert!(recording.rows.contains_key(query.name), "{} is not in the recording", query.name);
        }
    }
}

#[test]
fn normal_form_changes_nothing_the_second_time() {
    for flavour in ["postgresql", "mysql", "mariadb", "sqlite"] {
        let recording = Recording::load(flavour);
        let (mut once, _) = recording.assemble();
        recording.dialect.normalise(&mut once, Some(&recording.server));
        let mut twice = once.clone();
        recording.dialect.normalise(&mut twice, Some(&recording.server));
        assert_eq!(once, twice, "{flavour}");
    }
}

#[test]
fn rows_with_missing_cells_do_no_harm() {
    for flavour in ["postgresql", "mysql", "mariadb", "sqlite"] {
        let mut recording = Recording::load(flavour);
        for rows in recording.rows.values_mut() {
            let half = |mut row: CatalogueRow| {
                row.truncate(row.len() / 2);
                row
            };
            *rows = rows.iter().map(half).collect();
        }
        let _ = recording.assemble();
    }
}
