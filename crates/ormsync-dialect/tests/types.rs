//! Types: one spelling for each, and what they are to each other.
#![allow(clippy::unwrap_used, missing_docs)]

use ormsync_dialect::{Dialect, Equivalence, MYSQL, POSTGRESQL, SQLITE};
use ormsync_schema::{Column, DataType, DefaultValue, Literal, Origin, Schema, Table};
use proptest::prelude::*;

fn check_spellings(dialect: &dyn Dialect, spellings: &[(&str, &str)]) {
    for (written, canonical) in spellings {
        let parsed = dialect.parse_type(written);
        assert!(!parsed.is_unreadable(), "{written} is unreadable");
        assert_eq!(dialect.type_text(&parsed), *canonical, "{written}");
        assert_eq!(dialect.parse_type(canonical), parsed, "{canonical} read again");
    }
}

#[test]
fn postgresql_has_one_spelling_for_each_type() {
    check_spellings(
        &POSTGRESQL,
        &[
            ("character varying(255)", "varchar(255)"),
            ("VARCHAR", "varchar"),
            ("CHARACTER", "char(1)"),
            ("bpchar", "bpchar"),
            ("char(3)", "char(3)"),
            ("int4", "integer"),
            ("INT", "integer"),
            ("bigint", "bigint"),
            ("decimal(18, 8)", "numeric(18,8)"),
            ("numeric(5)", "numeric(5,0)"),
            ("numeric", "numeric"),
            ("numeric(5,-2)", "numeric(5,-2)"),
            ("bool", "boolean"),
            ("float8", "double precision"),
            ("DOUBLE PRECISION", "double precision"),
            ("float(24)", "real"),
            ("float", "double precision"),
            ("timestamp(3) with time zone", "timestamptz(3)"),
            ("timestamp with time zone", "timestamptz"),
            ("timestamp(6) without time zone", "timestamp"),
            ("timestamptz(6)", "timestamptz"),
            ("time(0) without time zone", "time(0)"),
            ("time with time zone", "timetz"),
            ("interval", "interval"),
            ("interval day to second(3)", "interval day to second(3)"),
            ("interval(6)", "interval"),
            ("bit", "bit(1)"),
            ("bit varying(5)", "varbit(5)"),
            ("integer[]", "integer[]"),
            ("text[][]", "text[]"),
            ("integer ARRAY[3]", "integer[]"),
            ("_int4", "integer[]"),
            ("character varying(10)[]", "varchar(10)[]"),
            ("timestamp(3) with time zone[]", "timestamptz(3)[]"),
            ("\"Role\"", "\"Role\""),
            ("\"role\"", "role"),
            ("\"Role\"[]", "\"Role\"[]"),
            ("public.role", "public.role"),
            ("auth.\"Role\"", "auth.\"Role\""),
            ("pg_catalog.int8", "bigint"),
            ("\"char\"", "\"char\""),
            ("geometry(Point,4326)", "geometry(point,4326)"),
            ("vector(3)", "vector(3)"),
            ("extensions.vector(3)", "extensions.vector(3)"),
            ("citext", "citext"),
            ("serial8", "bigserial"),
        ],
    );
}

#[test]
fn mysql_has_one_spelling_for_each_type() {
    check_spellings(
        &MYSQL,
        &[
            ("INTEGER", "int"),
            ("int(11)", "int"),
            ("int(10) unsigned", "int unsigned"),
            ("int(5) unsigned zerofill", "int(5) unsigned zerofill"),
            ("INT ZEROFILL", "int(10) unsigned zerofill"),
            ("tinyint(1)", "tinyint(1)"),
            ("BOOL", "tinyint(1)"),
            ("tinyint(4)", "tinyint"),
            ("tinyint(1) unsigned", "tinyint unsigned"),
            ("varchar(191)", "varchar(191)"),
            ("character varying(5)", "varchar(5)"),
            (
                "varchar(5) character set latin1 collate latin1_bin",
                "varchar(5) character set latin1 collate latin1_bin",
            ),
            ("char", "char(1)"),
            ("decimal", "decimal(10,0)"),
            ("NUMERIC(8, 2) UNSIGNED", "decimal(8,2) unsigned"),
            ("double precision", "double"),
            ("real", "double"),
            ("float(53)", "double"),
            ("float(10)", "float"),
            ("float(7,4)", "float(7,4)"),
            ("datetime(0)", "datetime"),
            ("datetime(3)", "datetime(3)"),
            ("bit", "bit(1)"),
            ("varbinary(16)", "varbinary(16)"),
            ("text(100)", "text"),
            ("blob(100)", "tinyblob"),
            ("long varchar", "mediumtext"),
            ("year(4)", "year"),
            ("json", "json"),
            ("enum('a','it''s','b\\\\c', \"q\")", "enum('a','it''s','b\\\\c','q')"),
            ("ENUM('a,b','c)d')", "enum('a,b','c)d')"),
            ("set('x','y ')", "set('x','y')"),
            ("bigint(20) unsigned", "bigint unsigned"),
            ("point srid 4326", "point srid 4326"),
        ],
    );
}

#[test]
fn sqlite_keeps_what_is_declared() {
    check_spellings(
        &SQLITE,
        &[
            ("INTEGER", "integer"),
            ("VARCHAR(50)", "varchar(50)"),
            ("NUMERIC(10, 2)", "numeric(10,2)"),
            ("UNSIGNED BIG INT", "unsigned big int"),
            ("DATETIME", "datetime"),
            ("JSONB", "jsonb"),
            ("", ""),
        ],
    );
}

#[test]
fn what_is_no_type_is_unreadable() {
    for text in ["int(", "varchar(1", "enum('a", "a)b", "💥", "varchar((3))", "timestamp foo bar"] {
        for dialect in [&POSTGRESQL as &dyn Dialect, &MYSQL] {
            assert!(dialect.parse_type(text).is_unreadable(), "{text} on {}", dialect.name());
        }
    }
}

fn compare(dialect: &dyn Dialect, left: &str, right: &str) -> &'static str {
    let (left, right) = (dialect.parse_type(left), dialect.parse_type(right));
    let answer = dialect.compare_types(&left, &right);
    assert_eq!(answer, dialect.compare_types(&right, &left), "comparison is symmetric");
    match answer {
        Equivalence::Identical => "identical",
        Equivalence::Compatible(_) => "compatible",
        Equivalence::Different => "different",
        Equivalence::Unknown => "unknown",
    }
}

#[test]
fn types_are_identical_compatible_or_different() {
    for (left, right, answer) in [
        ("timestamp(6)", "timestamp", "identical"),
        ("decimal(5)", "numeric(5,0)", "identical"),
        ("varchar", "text", "compatible"),
        ("varchar[]", "text[]", "compatible"),
        ("varchar(5)", "text", "different"),
        ("char(5)", "varchar(5)", "different"),
        ("json", "jsonb", "different"),
        ("timestamp", "timestamptz", "different"),
        ("timestamp(3)", "timestamp", "different"),
        ("integer", "bigint", "different"),
        ("numeric", "numeric(10,2)", "different"),
        ("text", "uuid", "different"),
        ("integer", "💥", "unknown"),
    ] {
        assert_eq!(compare(&POSTGRESQL, left, right), answer, "{left} and {right} on PostgreSQL");
    }
    for (left, right, answer) in [
        ("bool", "tinyint(1)", "identical"),
        ("tinyint(4)", "tinyint(1)", "compatible"),
        ("timestamp", "datetime", "different"),
        ("datetime(3)", "datetime", "different"),
        ("int", "int unsigned", "different"),
        ("longtext", "json", "different"),
        ("char(36)", "varchar(36)", "different"),
        ("enum('a','b')", "enum('b','a')", "different"),
    ] {
        assert_eq!(compare(&MYSQL, left, right), answer, "{left} and {right} on MySQL");
    }
    for (left, right, answer) in [
        ("VARCHAR(50)", "varchar(50)", "identical"),
        ("VARCHAR(50)", "TEXT", "compatible"),
        ("BIGINT", "INTEGER", "compatible"),
        ("FLOAT", "REAL", "compatible"),
        ("DECIMAL", "NUMERIC(10, 2)", "compatible"),
        ("DATETIME", "TIMESTAMP", "compatible"),
        ("JSON", "JSONB", "compatible"),
        ("BOOLEAN", "DATETIME", "different"),
        ("DATETIME", "DATE", "different"),
        ("INTEGER", "BOOLEAN", "different"),
        ("TEXT", "BLOB", "different"),
        ("TEXT", "JSONB", "different"),
    ] {
        assert_eq!(compare(&SQLITE, left, right), answer, "{left} and {right} on SQLite");
    }
}

/// Type texts that look right, or nearly.
fn type_text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("varchar"),
        Just("character varying"),
        Just("int"),
        Just("timestamp"),
        Just("timestamp with time zone"),
        Just("decimal"),
        Just("enum"),
        Just("set"),
        Just("bit"),
        Just("text"),
        Just("double precision"),
        Just("\"Role\""),
        Just("public.role"),
        Just("tinyint"),
        Just("interval"),
        Just("float"),
        Just("vector"),
    ];
    let arguments = prop_oneof![
        Just(String::new()),
        (0i64..70).prop_map(|length| format!("({length})")),
        (0i64..40, 0i64..10).prop_map(|(precision, scale)| format!("({precision}, {scale})")),
        proptest::collection::vec("[a-z'\\\\ ]{0,4}", 0..4).prop_map(|labels| {
            let quoted: Vec<String> =
                labels.iter().map(|label| format!("'{}'", label.replace('\\', "\\\\").replace('\'', "''"))).collect();
            format!("({})", quoted.join(","))
        }),
    ];
    let tail = prop_oneof![
        Just(""),
        Just(" unsigned"),
        Just("[]"),
        Just(" with time zone"),
        Just(" zerofill"),
        Just(" collate utf8mb4_bin"),
    ];
    (word, arguments, tail).prop_map(|(word, arguments, tail)| format!("{word}{arguments}{tail}"))
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_the_same(text in type_text()) {
        for dialect in ormsync_dialect::all() {
            let parsed = dialect.parse_type(&text);
            prop_assert_eq!(dialect.parse_type(&dialect.type_text(&parsed)), parsed, "{} on {}", text, dialect.name());
        }
    }

    #[test]
    fn any_text_is_a_type_or_unreadable(text in ".{0,40}") {
        for dialect in ormsync_dialect::all() {
            let parsed = dialect.parse_type(&text);
            prop_assert_eq!(dialect.parse_type(&dialect.type_text(&parsed)), parsed);
            dialect.parse_default(&text, &DataType::named("text"));
        }
    }

    #[test]
    fn any_text_can_stand_in_a_default(text in "[-0-9é+:T. {}\"'\\\\,]{0,24}", date in "[0-9]{4}-[0-9]{2}-[0-9]{2}") {
        for dialect in ormsync_dialect::all() {
            for name in ["timestamptz", "timestamp", "date", "time", "interval", "integer[]", "decimal(5,2)", "bit(8)", "json", "blob"] {
                let data_type = dialect.parse_type(name);
                for text in [format!("{date} {text}"), text.clone(), format!("'{text}'")] {
                    let mut schema = Schema::new(dialect.name());
                    let mut table = Table::default();
                    let mut column = Column::new(data_type.clone(), true, Origin::default());
                    column.default = Some(DefaultValue::Literal(Literal::Text(text.clone())));
                    column.on_update = Some(dialect.parse_default(&text, &data_type).into());
                    table.columns.insert("x".to_owned(), column);
                    schema.namespace_mut(dialect.default_namespace()).tables.insert("t".to_owned(), table);
                    dialect.normalise(&mut schema, None);
                    let once = schema.clone();
                    dialect.normalise(&mut schema, None);
                    prop_assert_eq!(once, schema);
                }
            }
        }
    }
}

#[test]
fn an_empty_schema_is_in_normal_form() {
    for dialect in ormsync_dialect::all() {
        let mut schema = Schema::new(dialect.name());
        dialect.normalise(&mut schema, None);
        assert_eq!(schema, Schema::new(dialect.name()));
    }
}
