//! The recorded catalogue of MySQL and MariaDB.

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
                ("tags", json!({"data_type": {"inline-set": ["x", "y"]}, "nullable": true, "default": text("x,y")})),
                (
                    "updated",
                    json!({"data_type": sized("datetime", &[3]), "nullable": true, "default": now, "on_update": now}),
                ),
                (
                    "ts",
                    json!({"data_type": named("timestamp"), "nullable": true, "default": text("2020-01-01 00:00:00")}),
                ),
                ("nul", json!({"data_type": sized("varchar", &[5]), "nullable": true})),
                ("txt_null", json!({"data_type": sized("varchar", &[10]), "nullable": true, "default": text("NULL")})),
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
    assert_eq!(clauses, [r"((`amount` > 0) and (`name` in (_utf8mb4'a',_utf8mb4'b\'c')))", "(`neg` < 0)"]);
    let expression = plain.columns["g2"].generated.as_ref().unwrap();
    assert_eq!(expression.expression.text, r"concat(`name`,_utf8mb4'-x\'y')");
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
        check_named(&child.indexes, &[("fk_p", json!({"kind": "plain", "parts": parts(&["p"]), "implicit": true}))]);
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
                    {"target": {"expression": {"text": "cast(json_extract(`j`,_utf8mb4'$.x') as unsigned array)"}}}
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
        json!([{"name": "soft", "expression": {"text": "(`a` <> _utf8mb4'x\\'y')"}, "not_enforced": true}])
    );
    let mariadb = schema("mariadb");
    assert_eq!(mariadb.namespaces[""].sequences["seq"].start, Some(5));
    let table = table(&mariadb, "", "maria_only");
    assert_eq!(said(&table.columns["a"].default), json!({"next-value": {"namespace": "", "sequence": "seq"}}));
    // A check at a column has the column's name and none of its own.
    assert_eq!(
        said(&table.checks),
        json!([
            {"expression": {"text": "json_valid(`j`)"}, "column": "j"},
            {"expression": {"text": "`lvl` > 3"}, "column": "lvl"}
        ])
    );
}

#[test]
fn a_url_without_a_database_is_an_error() {
    let mut recording = Recording::load("mysql");
    recording.rows.clear();
    let (_, diagnostics) = recording.assemble();
    assert_eq!(diagnostics[0].code, "database-namespace-missing");
}

/// A table that goes and comes again between two queries is seen by one of them only.
#[test]
fn a_table_that_was_read_half_is_noticed() {
    for flavour in ["mysql", "mariadb"] {
        let mut recording = Recording::load(flavour);
        let is_of_plain = |row: &CatalogueRow| row[1].as_deref() == Some("plain");
        let half_read = |recording: &Recording| {
            let (schema, _) = recording.assemble();
            recording.dialect.half_read(&recording.rows, &schema)
        };
        assert_eq!(half_read(&recording), None, "{flavour}");
        for query in ["tables", "columns", "indexes", "remaining"] {
            let whole = recording.rows[query].clone();
            let without = whole.iter().filter(|row| !is_of_plain(row)).collect();
            assert_ne!(whole, without, "{flavour}: nothing to leave out of {query}");
            recording.rows.insert(query, without);
            assert_eq!(half_read(&recording).as_deref(), Some("plain"), "{flavour}: {query}");
            recording.rows.insert(query, whole);
        }
    }
}

/// What is made when reading has begun may be read half, too: it is left for the next time.
#[test]
fn a_table_that_came_later_is_not_read() {
    for flavour in ["mysql", "mariadb"] {
        let mut recording = Recording::load(flavour);
        let listed = recording.rows["listed"].iter().filter(|row| row[1].as_deref() != Some("plain")).collect();
        recording.rows.insert("listed", listed);
        let (schema, diagnostics) = recording.assemble();
        assert_eq!(diagnostics, [], "{flavour}");
        assert!(schema.table("", "plain").is_none(), "{flavour}");
        assert!(schema.table("", "child").is_some(), "{flavour}");
        assert_eq!(recording.dialect.half_read(&recording.rows, &schema), None, "{flavour}");
    }
}
