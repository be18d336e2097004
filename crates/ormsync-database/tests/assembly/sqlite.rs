//! The recorded catalogue of SQLite.

use super::*;

fn schema() -> Schema {
    let (schema, diagnostics) = Recording::load("sqlite").assemble();
    assert_eq!(diagnostics, []);
    schema
}

#[test]
fn columns() {
    let schema = schema();
    check_columns(
        table(&schema, "", "users"),
        &[
            (
                "id",
                json!({"data_type": named("integer"), "nullable": false, "identity": {"kind": "auto-increment", "never_again": true}}),
            ),
            ("email", json!({"data_type": named("text"), "nullable": false, "collation": "NOCASE"})),
            (
                "odd \"name",
                json!({"data_type": sized("varchar", &[10]), "nullable": true, "default": {"literal": {"text": "it's"}}}),
            ),
            (
                "g1",
                json!({"data_type": named("int"), "nullable": true, "generated": {"expression": {"text": "id * 2"}, "storage": "virtual"}}),
            ),
            (
                "g2",
                json!({"data_type": named("text"), "nullable": true, "generated": {"expression": {"text": "email || ', x'"}, "storage": "stored"}}),
            ),
            ("n", json!({"data_type": named("int"), "nullable": true})),
        ],
    );
    // INTEGER PRIMARY KEY DESC is no row id.
    assert_eq!(
        said(&table(&schema, "", "strict_one").columns["id"]),
        json!({"data_type": named("integer"), "nullable": false})
    );
    assert_eq!(said(&table(&schema, "", "strict_one").options), json!({"strict": "true"}));
    assert_eq!(said(&table(&schema, "", "child").options), json!({"without_rowid": "true"}));
    assert!(!schema.namespaces[""].tables.contains_key("docs_data"), "shadow tables are no tables");
    assert_eq!(said(&table(&schema, "", "docs").options), json!({"virtual": "fts5(title, body)"}));
}

#[test]
fn keys_and_indexes() {
    let schema = schema();
    assert_eq!(said(&table(&schema, "", "child2").primary_key), json!({"name": "pk2", "parts": parts(&["x", "y"])}));
    assert_eq!(said(&table(&schema, "", "child").primary_key), json!({"parts": parts(&["b", "a"])}));
    check_named(
        &table(&schema, "", "users").indexes,
        &[
            (
                "email_u",
                json!({"kind": "unique-constraint", "options": {"on_conflict": "ignore"}, "parts": parts(&["email"])}),
            ),
            (
                "",
                json!({"kind": "unique-constraint", "parts": [
                    {"target": {"column": "x"}},
                    {"target": {"column": "n"}, "order": "descending"}
                ]}),
            ),
            ("uu", json!({"kind": "unique-constraint", "parts": parts(&["n", "x"])})),
            (
                "i1",
                json!({"kind": "plain", "predicate": {"text": "flag AND x <> 'WHERE'"}, "parts": [
                    {"target": {"column": "email"}, "order": "descending", "collation": "BINARY"},
                    {"target": {"expression": {"text": "lower(x)"}}},
                    {"target": {"expression": {"text": "(n + 1)"}}, "order": "descending"}
                ]}),
            ),
            ("i2", json!({"kind": "unique-index", "parts": parts(&["odd \"name"])})),
            ("i3", json!({"kind": "plain", "parts": parts(&["email"])})),
        ],
    );
}

#[test]
fn constraints_and_the_rest() {
    let schema = schema();
    let checks: Vec<_> = table(&schema, "", "users").checks.iter().map(said).collect();
    assert_eq!(checks[0], json!({"expression": {"text": "flag IN (0,1)"}}));
    assert_eq!(checks[1]["name"], "chk");
    let foreign_keys: Vec<_> = table(&schema, "", "child").foreign_keys.iter().map(said).collect();
    assert_eq!(
        foreign_keys,
        [
            json!({
                "columns": ["uid"], "referenced_namespace": "", "referenced_table": "users", "referenced_columns": [],
                "on_delete": "cascade", "on_update": "no-action", "deferrability": "initially-deferred"
            }),
            json!({
                "name": "fk_c", "columns": ["a", "b"],
                "referenced_namespace": "", "referenced_table": "child2", "referenced_columns": ["x", "y"],
                "on_delete": "set-default", "on_update": "set-null", "match_kind": "full"
            }),
            json!({
                "columns": ["c"], "referenced_namespace": "", "referenced_table": "users", "referenced_columns": ["email"],
                "on_delete": "no-action", "on_update": "no-action"
            }),
        ]
    );
    let content = &schema.namespaces[""];
    assert_eq!(content.views["v"].definition.as_ref().unwrap().text, "SELECT id, email FROM users");
    assert!(content.views.contains_key("broken"));
    assert_eq!(
        said(&table(&schema, "", "users").triggers),
        json!({
            "trg": {
                "timing": "after", "events": ["update"], "for_each_row": true,
                "action": "OF email WHEN NEW.x > 1 BEGIN UPDATE users SET x = 1; SELECT 2; END"
            },
            "trg2": {"timing": "before", "events": ["delete"], "for_each_row": true, "action": "BEGIN SELECT 1; END"}
        })
    );
}

#[test]
fn schemas_are_refused() {
    let mut recording = Recording::load("sqlite");
    recording.scope.namespaces.push("public".to_owned());
    assert_eq!(recording.assemble().1[0].code, "database-namespace-missing");
}
