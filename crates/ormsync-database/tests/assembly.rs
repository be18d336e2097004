//! The recorded rows of real servers (`fixtures/catalogue`) become the schema that was declared there. What is
//! expected here is claimed by hand, from the declarations in `database.sql`.
#![allow(clippy::unwrap_used)]

mod recording;

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

mod postgresql {
    use super::*;

    fn schema() -> Schema {
        let (schema, diagnostics) = Recording::load("postgresql").assemble();
        assert_eq!(diagnostics, []);
        schema
    }

    #[test]
    fn tables_of_extensions_and_copies_are_left_out() {
        let schema = schema();
        let tables: Vec<_> = schema.tables().map(|(namespace, name, _)| format!("{namespace}.{name}")).collect();
        let expected = [
            "billing.invoices",
            "public.base",
            "public.base2",
            "public.derived",
            "public.events",
            "public.events_2024",
            "public.events_rest",
            "public.fast",
            "public.refers",
            "public.users",
        ];
        assert_eq!(tables, expected);
        let routines: Vec<_> = schema.namespaces["public"].routines.keys().collect();
        assert_eq!(routines, ["add(a integer, b integer)", "noop()", "touch()"]);
        let extensions: Vec<_> = schema.extensions.keys().collect();
        assert_eq!(extensions, ["btree_gist", "citext", "pg_trgm", "uuid-ossp"]);
        // serial's own sequences are facts of their columns.
        let sequences: Vec<_> = schema.namespaces["public"].sequences.keys().collect();
        assert_eq!(sequences, ["counter"]);
    }

    #[test]
    fn columns() {
        let schema = schema();
        let mood = json!({"enum": {"namespace": "public", "name": "mood"}});
        check_columns(
            table(&schema, "public", "users"),
            &[
                (
                    "id",
                    json!({"data_type": named("integer"), "nullable": false, "identity": {"kind": "auto-increment"}}),
                ),
                ("email", json!({"data_type": named("citext"), "nullable": false, "comment": "where"})),
                (
                    "name",
                    json!({"data_type": sized("varchar", &[191]), "nullable": true, "collation": "C", "default": {"literal": {"text": "it's"}}}),
                ),
                ("mood", json!({"data_type": mood, "nullable": false, "default": {"literal": {"text": "ok"}}})),
                (
                    "moods",
                    json!({"data_type": {"array": mood}, "nullable": false, "default": {"literal": {"text": "{}"}}}),
                ),
                ("matrix", json!({"data_type": {"array": named("integer")}, "nullable": true})),
                (
                    "home",
                    json!({"data_type": {"user-defined": {"namespace": "public", "name": "address"}}, "nullable": true}),
                ),
                (
                    "age",
                    json!({"data_type": {"user-defined": {"namespace": "public", "name": "positive"}}, "nullable": true}),
                ),
                (
                    "num",
                    json!({"data_type": named("bigint"), "nullable": false, "identity": {"kind": "by-default", "start": 100, "increment": 10}}),
                ),
                ("num2", json!({"data_type": named("bigint"), "nullable": false, "identity": {"kind": "always"}})),
                (
                    "counted",
                    json!({"data_type": named("bigint"), "nullable": true, "default": {"next-value": {"namespace": "public", "sequence": "counter"}}}),
                ),
                (
                    "search",
                    json!({"data_type": named("tsvector"), "nullable": true, "generated": {
                        "expression": {"text": "to_tsvector('english'::regconfig, (COALESCE(name, ''::character varying))::text)"},
                        "storage": "stored"
                    }}),
                ),
            ],
        );
        // A default that is more than nextval stays an expression.
        let counted = said(&table(&schema, "public", "users").columns["text_counted"]);
        assert!(counted["default"]["expression"].is_object(), "{counted}");
        let kind = said(&table(&schema, "billing", "invoices").columns["kind"]);
        assert_eq!(kind["data_type"], json!({"enum": {"namespace": "billing", "name": "Odd Kind"}}));
        assert_eq!(kind["default"], json!({"literal": {"text": "a'b"}}));
    }

    #[test]
    fn indexes_and_unique_constraints() {
        let schema = schema();
        let users = table(&schema, "public", "users");
        assert_eq!(said(&users.primary_key), json!({"name": "users_pkey", "parts": parts(&["id"])}));
        check_named(
            &users.indexes,
            &[
                (
                    "email_unique",
                    json!({"kind": "unique-constraint", "parts": parts(&["email"]), "deferrability": "initially-deferred"}),
                ),
                (
                    "name_unique",
                    json!({"kind": "unique-constraint", "parts": parts(&["name"]), "include": ["age"], "nulls_not_distinct": true}),
                ),
                (
                    "users_gin",
                    json!({"kind": "plain", "method": "gin", "parts": [
                        {"target": {"column": "data"}, "operator_class": "jsonb_path_ops"},
                        {"target": {"column": "search"}}
                    ]}),
                ),
                ("users_hash", json!({"kind": "plain", "method": "hash", "parts": parts(&["age"]), "comment": "fast"})),
                (
                    "users_lower",
                    json!({"kind": "plain", "predicate": {"text": "(flag AND (mood <> 'sad'::mood))"}, "parts": [
                        {"target": {"expression": {"text": "lower(email::text)"}}, "order": "descending"},
                        {"target": {"column": "amount"}, "order": "descending", "nulls": "last"}
                    ]}),
                ),
                (
                    "users_part",
                    json!({"kind": "unique-index", "parts": parts(&["public_id"]), "predicate": {"text": "(name IS NOT NULL)"}}),
                ),
                (
                    "users_pattern",
                    json!({"kind": "plain", "include": ["age", "flag"], "parts": [
                        {"target": {"column": "name"}, "operator_class": "text_pattern_ops"},
                        {"target": {"expression": {"text": "(amount + 1::numeric)"}}},
                        {"target": {"column": "name"}, "nulls": "first", "collation": "POSIX"}
                    ]}),
                ),
                (
                    "users_trgm",
                    json!({"kind": "plain", "method": "gin", "parts": [
                        {"target": {"column": "name"}, "operator_class": "gin_trgm_ops"}
                    ]}),
                ),
            ],
        );
        let invoices = table(&schema, "billing", "invoices");
        assert_eq!(said(&invoices.primary_key), json!({"name": "invoices_pkey", "parts": parts(&["b", "a"])}));
    }

    #[test]
    fn constraints() {
        let schema = schema();
        let invoices = table(&schema, "billing", "invoices");
        let users =
            json!({"referenced_namespace": "public", "referenced_table": "users", "referenced_columns": ["id"]});
        let to_users = |more: Value| {
            let mut claim = users.clone();
            claim.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            claim
        };
        check_named(
            &invoices.foreign_keys,
            &[
                (
                    "fk_late",
                    to_users(
                        json!({"columns": ["room"], "on_delete": "no-action", "on_update": "no-action", "not_valid": true}),
                    ),
                ),
                (
                    "fk_self",
                    json!({
                        "columns": ["parent_a", "parent_b"], "match_kind": "full",
                        "referenced_namespace": "billing", "referenced_table": "invoices", "referenced_columns": ["a", "b"],
                        "on_delete": "restrict", "on_update": "set-default"
                    }),
                ),
                (
                    "fk_user",
                    to_users(
                        json!({"columns": ["user_id"], "on_delete": "cascade", "on_update": "set-null", "deferrability": "initially-immediate"}),
                    ),
                ),
            ],
        );
        check_named(
            &invoices.exclusions,
            &[(
                "invoices_room_during_excl",
                json!({"definition": {"text": "EXCLUDE USING gist (room WITH =, during WITH &&)"}}),
            )],
        );
        let checks: Vec<_> = table(&schema, "public", "users").checks.iter().map(said).collect();
        assert_eq!(checks.len(), 3);
        assert_eq!(
            checks[1],
            json!({"name": "later", "expression": {"text": "((age)::integer < 50)"}, "not_valid": true})
        );
        // Not the hidden copies for the partitions of the table referred to.
        assert_eq!(names(&table(&schema, "public", "refers").foreign_keys), ["refers_event_id_at_fkey"]);
    }

    #[test]
    fn everything_else() {
        let schema = schema();
        let public = &schema.namespaces["public"];
        assert_eq!(said(&public.enums["mood"]), json!({"labels": ["sad", "ok", "happy"], "comment": "how one feels"}));
        assert_eq!(said(&schema.namespaces["billing"].enums["Odd Kind"]), json!({"labels": ["a'b", "c"]}));
        assert_eq!(
            said(&public.domains["positive"]),
            json!({"data_type": named("integer"), "nullable": false, "checks": [{"text": "(VALUE > 0)"}, {"text": "(VALUE < 100)"}]})
        );
        let fields: Vec<_> = public.composite_types["address"].fields.keys().collect();
        assert_eq!(fields, ["street", "zip", "moods"]);
        assert_eq!(
            said(&public.sequences["counter"]),
            json!({"start": 10, "increment": 5, "minimum": 2, "maximum": 1000, "cycle": true})
        );
        assert_eq!(public.views["happy"].comment.as_deref(), Some("those"));
        assert_eq!(public.views["happy"].columns.keys().collect::<Vec<_>>(), ["id", "email"]);
        assert!(public.views["totals"].materialised);
        let users = &public.tables["users"];
        assert_eq!(users.comment.as_deref(), Some("people"));
        assert!(users.row_security);
        assert_eq!(
            said(&users.policies),
            json!({
                "every": {"command": "all", "using": {"text": "true"}},
                "own": {"command": "update", "using": {"text": "(id = 1)"}, "with_check": {"text": "flag"}}
            })
        );
        assert_eq!(
            said(&users.triggers),
            json!({
                "users_touch": {
                    "timing": "before", "events": ["insert", "update"], "for_each_row": true,
                    "action": "OF name WHEN (new.flag) EXECUTE FUNCTION touch()"
                },
                "users_trunc": {
                    "timing": "after", "events": ["truncate"], "for_each_row": false, "disabled": true,
                    "action": "EXECUTE FUNCTION touch()"
                }
            })
        );
        assert_eq!(public.tables["events"].triggers.len(), 1);
        assert_eq!(public.tables["events_2024"].triggers.len(), 0);
        let partitioning = |name: &str| said(&public.tables[name].partitioning);
        assert_eq!(partitioning("events"), json!({"partitioned-by": "RANGE (at)"}));
        assert_eq!(partitioning("events_rest"), json!({"partition-of": {"parent": "events", "bounds": "DEFAULT"}}));
        assert_eq!(partitioning("derived"), json!({"inherits": ["base", "base2"]}));
        assert_eq!(said(&public.tables["fast"].options), json!({"fillfactor": "70", "unlogged": "true"}));
    }

    #[test]
    fn a_namespace_that_is_not_there_is_an_error() {
        let mut recording = Recording::load("postgresql");
        recording.scope.namespaces.push("nowhere".to_owned());
        let (_, diagnostics) = recording.assemble();
        assert_eq!(diagnostics[0].code, "database-namespace-missing");
        assert_eq!(diagnostics[0].message, "the database has no schema \"nowhere\"");
    }
}

mod mysql {
    use super::*;

    fn schema(flavour: &str) -> Schema {
        let (schema, diagnostics) = Recording::load(flavour).assemble();
        assert_eq!(diagnostics, []);
        schema
    }

    #[test]
    fn both_servers_say_the_same_columns() {
        for flavour in ["mysql", "mariadb"] {
            let schema = schema(flavour);
            let now = json!({"now": {"precision": 3}});
            let text = |text: &str| json!({"literal": {"text": text}});
            check_columns(
                table(&schema, "", "plain"),
                &[
                    ("code", json!({"data_type": sized("char", &[3]), "nullable": true, "collation": "ascii_bin"})),
                    (
                        "name",
                        json!({"data_type": sized("varchar", &[191]), "nullable": false, "default": text("it's \"q\" \\ x")}),
                    ),
                    (
                        "note",
                        json!({"data_type": named("text"), "nullable": true, "collation": "utf8mb4_bin", "comment": "a note's"}),
                    ),
                    (
                        "kind",
                        json!({"data_type": {"inline-enum": ["a", "b'c", "d,e"]}, "nullable": true, "default": text("a")}),
                    ),
                    (
                        "tags",
                        json!({"data_type": {"inline-set": ["x", "y"]}, "nullable": true, "default": text("x,y")}),
                    ),
                    (
                        "updated",
                        json!({"data_type": sized("datetime", &[3]), "nullable": true, "default": now, "on_update": now}),
                    ),
                    (
                        "ts",
                        json!({"data_type": named("timestamp"), "nullable": true, "default": text("2020-01-01 00:00:00")}),
                    ),
                    ("nul", json!({"data_type": sized("varchar", &[5]), "nullable": true})),
                    (
                        "txt_null",
                        json!({"data_type": sized("varchar", &[10]), "nullable": true, "default": text("NULL")}),
                    ),
                    ("emptys", json!({"data_type": sized("varchar", &[5]), "nullable": true, "default": text("")})),
                ],
            );
            let plain = table(&schema, "", "plain");
            assert_eq!(said(&plain.columns["id"].identity), json!({"kind": "auto-increment"}));
            assert!(plain.columns["inv"].invisible);
            assert_eq!(said(&plain.columns["neg"].default), json!({"literal": {"number": "-5"}}));
            assert_eq!(plain.columns["g2"].comment.as_deref(), Some("gen"));
            for (column, storage) in [("g1", "stored"), ("g2", "virtual")] {
                assert_eq!(said(&plain.columns[column].generated)["storage"], storage, "{flavour} {column}");
            }
            assert_eq!(plain.comment.as_deref(), Some("plain's"));
            assert_eq!(
                said(&table(&schema, "", "latin").options),
                json!({"engine": "MyISAM", "charset": "latin1", "collation": "latin1_swedish_ci", "row_format": "DYNAMIC"})
            );
        }
    }

    #[test]
    fn expressions_have_no_escapes_of_the_catalogue() {
        let mysql = schema("mysql");
        let plain = table(&mysql, "", "plain");
        let clauses: Vec<_> = plain.checks.iter().map(|check| check.expression.text.as_str()).collect();
        assert_eq!(clauses, [r"((`amount` > 0) and (`name` in (_utf8mb3'a',_utf8mb3'b\'c')))", "(`neg` < 0)"]);
        let expression = plain.columns["g2"].generated.as_ref().unwrap();
        assert_eq!(expression.expression.text, r"concat(`name`,_utf8mb3'-x\'y')");
        let mariadb = schema("mariadb");
        let expression = table(&mariadb, "", "plain").columns["g2"].generated.as_ref().unwrap();
        assert_eq!(expression.expression.text, r"concat(`name`,'-x\'y')");
    }

    #[test]
    fn indexes() {
        for flavour in ["mysql", "mariadb"] {
            let schema = schema(flavour);
            check_named(
                &table(&schema, "", "plain").indexes,
                &[
                    (
                        "descending",
                        json!({"kind": "plain", "parts": [
                            {"target": {"column": "created"}, "order": "descending"},
                            {"target": {"column": "neg"}}
                        ]}),
                    ),
                    ("ft", json!({"kind": "plain", "method": "fulltext", "parts": parts(&["note"])})),
                    ("h", json!({"kind": "plain", "parts": parts(&["y"]), "comment": "idx"})),
                    ("name_code", json!({"kind": "unique-index", "parts": parts(&["name", "code"])})),
                    (
                        "pre",
                        json!({"kind": "plain", "parts": [
                            {"target": {"column": "note"}, "prefix_length": 20},
                            {"target": {"column": "name"}, "prefix_length": 5}
                        ]}),
                    ),
                    ("sp", json!({"kind": "plain", "method": "spatial", "parts": parts(&["geo"])})),
                ],
            );
            let child = table(&schema, "", "child");
            assert_eq!(said(&child.primary_key), json!({"parts": parts(&["b", "a"])}));
            check_named(
                &child.indexes,
                &[("fk_p", json!({"kind": "plain", "parts": parts(&["p"]), "implicit": true}))],
            );
        }
        let mysql = schema("mysql");
        check_named(
            &table(&mysql, "", "mysql_only").indexes,
            &[
                (
                    "fn",
                    json!({"kind": "plain", "parts": [
                        {"target": {"expression": {"text": "lower(`b`)"}}},
                        {"target": {"expression": {"text": "(`a` + 1)"}}, "order": "descending"}
                    ]}),
                ),
                ("inv", json!({"kind": "unique-index", "parts": parts(&["a"]), "invisible": true})),
                (
                    "mv",
                    json!({"kind": "plain", "parts": [
                        {"target": {"expression": {"text": "cast(json_extract(`j`,_utf8mb3'$.x') as unsigned array)"}}}
                    ]}),
                ),
            ],
        );
        let mariadb = schema("mariadb");
        check_named(
            &table(&mariadb, "", "maria_only").indexes,
            &[("ig", json!({"kind": "plain", "parts": parts(&["a"]), "invisible": true}))],
        );
    }

    #[test]
    fn everything_else() {
        for flavour in ["mysql", "mariadb"] {
            let schema = schema(flavour);
            let child = table(&schema, "", "child");
            assert_eq!(names(&child.foreign_keys), ["child_ibfk_1", "fk_p"]);
            let foreign_key = said(&child.foreign_keys[1]);
            assert_eq!(foreign_key["on_delete"], "cascade");
            assert_eq!(foreign_key["on_update"], "set-null");
            assert_eq!(foreign_key["referenced_namespace"], "");
            let content = &schema.namespaces[""];
            let view = content.views["v"].definition.as_ref().unwrap();
            assert!(view.text.starts_with("select `plain`.`id` AS `id`"), "{}", view.text);
            assert_eq!(
                said(&table(&schema, "", "plain").triggers),
                json!({"trg": {"timing": "before", "events": ["insert"], "action": "SET NEW.neg = -1", "for_each_row": true}})
            );
            assert_eq!(said(&table(&schema, "", "parts").partitioning), json!({"partitioned-by": "RANGE (`y`)"}));
            assert_eq!(content.routines.len(), 2);
        }
        let mysql = schema("mysql");
        let soft = said(&table(&mysql, "", "mysql_only").checks);
        assert_eq!(
            soft,
            json!([{"name": "soft", "expression": {"text": "(`a` <> _utf8mb3'x\\'y')"}, "not_enforced": true}])
        );
        let mariadb = schema("mariadb");
        assert!(mariadb.namespaces[""].sequences.contains_key("seq"));
        let table = table(&mariadb, "", "maria_only");
        assert_eq!(said(&table.columns["a"].default), json!({"next-value": {"namespace": "", "sequence": "seq"}}));
        // A check at a column has the column's name and none of its own.
        assert_eq!(
            said(&table.checks),
            json!([{"expression": {"text": "json_valid(`j`)"}}, {"expression": {"text": "`lvl` > 3"}}])
        );
    }

    #[test]
    fn a_url_without_a_database_is_an_error() {
        let mut recording = Recording::load("mysql");
        recording.rows.clear();
        let (_, diagnostics) = recording.assemble();
        assert_eq!(diagnostics[0].code, "database-namespace-missing");
    }
}

mod sqlite {
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
                    json!({"data_type": named("integer"), "nullable": false, "identity": {"kind": "auto-increment"}}),
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
        assert_eq!(
            said(&table(&schema, "", "child2").primary_key),
            json!({"name": "pk2", "parts": parts(&["x", "y"])})
        );
        assert_eq!(said(&table(&schema, "", "child").primary_key), json!({"parts": parts(&["b", "a"])}));
        check_named(
            &table(&schema, "", "users").indexes,
            &[
                ("email_u", json!({"kind": "unique-constraint", "parts": parts(&["email"])})),
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
}

#[test]
fn every_server_has_its_fixed_number_of_queries() {
    for (flavour, number) in [("postgresql", 13), ("mysql", 13), ("mariadb", 13), ("sqlite", 5)] {
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
            for row in rows.iter_mut() {
                row.truncate(row.len() / 2);
            }
        }
        let _ = recording.assemble();
    }
}
