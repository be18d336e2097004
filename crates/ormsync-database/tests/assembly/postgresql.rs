//! The recorded catalogue of PostgreSQL.

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
            ("id", json!({"data_type": named("integer"), "nullable": false, "identity": {"kind": "auto-increment"}})),
            ("email", json!({"data_type": named("citext"), "nullable": false, "comment": "where"})),
            (
                "name",
                json!({"data_type": sized("varchar", &[191]), "nullable": true, "collation": "C", "default": {"literal": {"text": "it's"}}}),
            ),
            ("mood", json!({"data_type": mood, "nullable": false, "default": {"literal": {"text": "ok"}}})),
            ("moods", json!({"data_type": {"array": mood}, "nullable": false, "default": {"literal": {"text": "{}"}}})),
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
    let users = json!({"referenced_namespace": "public", "referenced_table": "users", "referenced_columns": ["id"]});
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
    assert_eq!(checks[1], json!({"name": "later", "expression": {"text": "((age)::integer < 50)"}, "not_valid": true}));
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
        json!({"data_type": named("integer"), "nullable": false, "checks": [
            {"name": "positive_check", "expression": {"text": "(VALUE > 0)"}},
            {"name": "small", "expression": {"text": "(VALUE < 100)"}}
        ]})
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
