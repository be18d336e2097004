//! What is read of a database that holds every kind of object: `fixtures/database/<server>/<case>/database.sql`
//! against `snapshots/database/`. A snapshot has a line for each column, key, index and so on, in normal form,
//! so that a reviewer can put it beside `pg_dump`, `SHOW CREATE TABLE` or `sqlite_schema`.

use std::fmt::Write as _;

use ormsync_schema::Schema;
use serde_json::{Map, Value};

use crate::case::{Dialect, fixtures};
use crate::judges::scratch::Scratch;
use crate::program::{Run, ormsync};

/// The schema of the database that a script makes; none when its server is waived.
fn inspect(server: Dialect, script: &str, namespaces: &[&str]) -> Option<Schema> {
    let database = Scratch::new(server)?;
    database
        .load(&fixtures().join("database").join(script).join("database.sql"))
        .unwrap_or_else(|error| panic!("{error}"));
    let folder = tempfile::tempdir().unwrap();
    let configuration = format!("[database]\nurl = {:?}\nschemas = {namespaces:?}\n", database.url());
    std::fs::write(folder.path().join("ormsync.toml"), configuration).unwrap();
    let run = Run::of(ormsync().current_dir(folder.path()).args(["inspect", "database"]));
    assert_eq!(run.code, Some(0), "{run}");
    assert_eq!(run.stderr, "", "nothing is left unread");
    Some(serde_json::from_str(&run.stdout).unwrap())
}

/// Checks what is read against the snapshot of that name.
fn check(name: &str, server: Dialect, script: &str, namespaces: &[&str]) {
    let Some(schema) = inspect(server, script, namespaces) else {
        return;
    };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/database");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, outline(&schema)));
}

#[cfg(feature = "live")]
const POSTGRESQL: &[&str] = &["public", "billing", "Odd Schema"];

#[cfg(feature = "live")]
#[test]
fn all_of_postgresql() {
    check("postgresql", Dialect::Postgresql, "postgresql/torture", POSTGRESQL);
}

#[cfg(feature = "live")]
#[test]
fn all_of_postgresql_on_the_newest() {
    check("postgresql_on_newest", Dialect::PostgresqlNewest, "postgresql/torture", POSTGRESQL);
}

#[cfg(feature = "live")]
#[test]
fn what_only_the_newest_postgresql_has() {
    check("postgresql_newest", Dialect::PostgresqlNewest, "postgresql/newest", &["public"]);
}

#[cfg(feature = "live")]
#[test]
fn all_of_mysql() {
    check("mysql", Dialect::Mysql, "mysql/torture", &[]);
}

#[cfg(feature = "live")]
#[test]
fn all_of_mariadb() {
    check("mariadb", Dialect::Mariadb, "mariadb/torture", &[]);
}

#[test]
fn all_of_sqlite() {
    check("sqlite", Dialect::Sqlite, "sqlite/torture", &[]);
}

/// One line for each object of a schema.
fn outline(schema: &Schema) -> String {
    let mut value = serde_json::to_value(schema).unwrap();
    let mut text = String::new();
    for kind in ["unsaid", "extensions", "opaque"] {
        let _ = writeln!(text, "{kind} {}", compact(value[kind].take()));
    }
    for (namespace, content) in entries(value["namespaces"].take()) {
        for (kind, objects) in entries(content) {
            for (name, object) in entries(objects) {
                let _ = writeln!(text, "\n{kind} {}{name}", qualified(&namespace));
                outline_object(&mut text, object, &|column| place(schema, &namespace, &kind, &name, column));
            }
        }
    }
    text
}

/// Where a column or field stands: JSON has forgotten it.
fn place(schema: &Schema, namespace: &str, kind: &str, name: &str, column: &str) -> Option<usize> {
    let content = &schema.namespaces[namespace];
    match kind {
        "tables" => content.tables[name].columns.get_index_of(column),
        "views" => content.views[name].columns.get_index_of(column),
        "composite_types" => content.composite_types[name].fields.get_index_of(column),
        _ => None,
    }
}

fn qualified(namespace: &str) -> String {
    if namespace.is_empty() { String::new() } else { format!("{namespace}.") }
}

/// The parts of an object that are lists or maps have a line for each entry, all else is one line.
fn outline_object(text: &mut String, object: Value, place: &dyn Fn(&str) -> Option<usize>) {
    const LISTS: &[&str] = &["indexes", "foreign_keys", "checks", "exclusions", "opaque", "partitions"];
    const MAPS: &[&str] = &["columns", "triggers", "policies", "fields"];
    let mut own = Map::new();
    let mut lines = Vec::new();
    for (key, value) in entries(object) {
        match value {
            Value::Array(items) if LISTS.contains(&key.as_str()) => {
                lines.extend(items.into_iter().map(|item| format!("{key}: {}", compact(item))));
            }
            Value::Object(items) if MAPS.contains(&key.as_str()) => {
                let mut items: Vec<(String, Value)> = items.into_iter().collect();
                items.sort_by_key(|(name, _)| place(name));
                lines.extend(items.into_iter().map(|(name, item)| format!("{key} {name}: {}", compact(item))));
            }
            value if key == "primary_key" => lines.push(format!("{key}: {}", compact(value))),
            value => drop(own.insert(key, value)),
        }
    }
    own.remove("origin");
    if !own.is_empty() {
        let _ = writeln!(text, "  {}", compact(Value::Object(own)));
    }
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
}

fn entries(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// JSON without origins; types of the server, columns and expressions in normal form as mere text.
fn compact(value: Value) -> String {
    shortened(value).to_string()
}

fn shortened(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(shortened).collect(),
        Value::Object(mut map) => {
            map.remove("origin");
            map.remove("places");
            if let (1, Some(named)) = (map.len(), map.get("named")) {
                return Value::String(type_text(named));
            }
            if map.get("normal") == Some(&Value::Bool(true)) {
                return map.remove("text").unwrap_or_default();
            }
            let is_part = map.len() == 1 && map.get("target").is_some_and(|target| target.get("column").is_some());
            if is_part {
                return map["target"]["column"].take();
            }
            map.into_iter().map(|(key, value)| (key, shortened(value))).collect()
        }
        other => other,
    }
}

/// `numeric(18,8)`, `int unsigned`.
fn type_text(named: &Value) -> String {
    let words = |key: &str, parting: &str| {
        let items = named[key].as_array().into_iter().flatten();
        items
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(parting)
    };
    let mut text = named["name"].as_str().unwrap_or_default().to_owned();
    let (arguments, modifiers) = (words("arguments", ","), words("modifiers", " "));
    if !arguments.is_empty() {
        let _ = write!(text, "({arguments})");
    }
    if !modifiers.is_empty() {
        let _ = write!(text, " {modifiers}");
    }
    text
}
