//! The normal form of schemas: names that servers generate, numbering, keys, indexes of foreign keys. Names
//! are what PostgreSQL 15, MySQL 9.7, MariaDB 10.11 and SQLite 3.40 gave to the same tables.
#![allow(clippy::unwrap_used, missing_docs)]

use ormsync_dialect::{Dialect, MYSQL, POSTGRESQL, SQLITE};
use ormsync_schema::{
    Check, Column, DataType, DefaultValue, EnumType, Expression, ForeignKey, Identity, IdentityKind, Index, IndexKind,
    IndexPart, IndexTarget, Literal, NullsOrder, Origin, PrimaryKey, ReferentialAction, Schema, Server, SortOrder,
    Table,
};
use proptest::prelude::*;

/// A schema of one dialect under construction.
struct Draft {
    dialect: &'static dyn Dialect,
    schema: Schema,
}

impl Draft {
    fn new(dialect: &'static dyn Dialect) -> Self {
        Self { dialect, schema: Schema::new(dialect.name()) }
    }

    /// A table with columns `name type [not null]`, the first of them its primary key.
    fn table(mut self, name: &str, columns: &[&str]) -> Self {
        let mut table = Table::default();
        for text in columns {
            let (column, data_type) = text.split_once(' ').unwrap();
            let (data_type, nullable) =
                data_type.strip_suffix(" not null").map_or((data_type, true), |rest| (rest, false));
            let data_type = self.dialect.parse_type(data_type);
            table.columns.insert(column.to_owned(), Column::new(data_type, nullable, Origin::default()));
        }
        let key = IndexPart::column(table.columns.keys().next().unwrap());
        table.primary_key =
            Some(PrimaryKey { name: None, parts: vec![key], origin: Origin::default(), ..PrimaryKey::default() });
        self.schema.namespace_mut(self.dialect.default_namespace()).tables.insert(name.to_owned(), table);
        self
    }

    fn with(mut self, name: &str, change: impl FnOnce(&mut Table)) -> Self {
        change(self.schema.namespace_mut(self.dialect.default_namespace()).tables.get_mut(name).unwrap());
        self
    }

    fn normal(self) -> Schema {
        self.normal_on(None)
    }

    fn normal_on(mut self, server: Option<&Server>) -> Schema {
        self.dialect.normalise(&mut self.schema, server);
        let once = self.schema.clone();
        self.dialect.normalise(&mut self.schema, server);
        assert_eq!(once, self.schema, "the normal form is its own normal form");
        once
    }
}

fn index(kind: IndexKind, columns: &[&str]) -> Index {
    Index::on_columns(kind, None, columns.iter().map(|name| (*name).to_owned()), Origin::default())
}

fn foreign_key(columns: &[&str], table: &str) -> ForeignKey {
    ForeignKey {
        name: None,
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        referenced_namespace: String::new(),
        referenced_table: table.to_owned(),
        referenced_columns: Vec::new(),
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        match_kind: Default::default(),
        deferrability: Default::default(),
        not_valid: false,
        origin: Origin::default(),
        ..ForeignKey::default()
    }
}

fn check(text: &str) -> Check {
    Check {
        name: None,
        expression: Expression::written(text),
        not_enforced: false,
        not_valid: false,
        origin: Origin::default(),
        ..Check::default()
    }
}

fn names<'a>(names: impl IntoIterator<Item = &'a Option<String>>) -> Vec<&'a str> {
    names.into_iter().map(|name| name.as_deref().unwrap_or("-")).collect()
}

fn mariadb(major: u32, minor: u32) -> Server {
    Server {
        product: "MariaDB".to_owned(),
        version: vec![major, minor, 1],
        version_text: format!("{major}.{minor}.1-MariaDB"),
    }
}

#[test]
fn postgresql_names_constraints() {
    let schema = Draft::new(&POSTGRESQL)
        .table("p", &["id integer", "a integer", "b integer"])
        .table("t", &["id serial", "a integer", "b integer", "c text", "d text", "Mixed integer"])
        .with("t", |table| {
            table.checks =
                ["a > 0", "a > 1", "b > a", "a > 0 and b > 0", "1 > 0", "t.a > 5", "a is not null and a > 3"]
                    .map(check)
                    .to_vec();
            for columns in [&["c"][..], &["Mixed"], &["c", "d"]] {
                table.indexes.push(index(IndexKind::UniqueConstraint, columns));
            }
            table.indexes.push(index(IndexKind::Plain, &["a"]));
            table.indexes.push(index(IndexKind::UniqueIndex, &["a"]));
            let mut expressions = index(IndexKind::Plain, &[]);
            for text in ["lower(c)", "lower(d)", "a + b", "case when a > 1 then 1 end"] {
                expressions.parts.push(IndexPart::new(IndexTarget::Expression(Expression::written(text))));
            }
            table.indexes.push(expressions);
            table.foreign_keys = vec![
                foreign_key(&["a"], "p"),
                foreign_key(&["a", "b"], "p"),
                foreign_key(&["a"], "p"),
                foreign_key(&["Mixed"], "p"),
            ];
        })
        .normal();
    let table = schema.table("public", "t").unwrap();
    assert_eq!(table.primary_key.as_ref().unwrap().name.as_deref(), Some("t_pkey"));
    assert_eq!(
        names(table.checks.iter().map(|check| &check.name)),
        ["t_a_check", "t_a_check1", "t_check", "t_check1", "t_check2", "t_a_check2", "t_a_check3"]
    );
    assert_eq!(
        names(table.indexes.iter().map(|index| &index.name)),
        ["t_c_key", "t_Mixed_key", "t_c_d_key", "t_a_idx", "t_a_idx1", "t_lower_lower1_expr_case_idx"]
    );
    assert_eq!(
        names(table.foreign_keys.iter().map(|key| &key.name)),
        ["t_a_fkey", "t_a_b_fkey", "t_a_fkey1", "t_Mixed_fkey"]
    );
    assert_eq!(table.foreign_keys[0].referenced_columns, ["id"]);
    assert_eq!(table.foreign_keys[0].referenced_namespace, "public");
    let id = &table.columns["id"];
    assert_eq!(id.data_type, DataType::named("integer"));
    assert_eq!(id.identity, Some(Identity::auto_increment().into()));
    assert!(!id.nullable);
}

#[test]
fn postgresql_makes_one_of_equal_constraints() {
    let schema = Draft::new(&POSTGRESQL)
        .table("t", &["id integer", "a integer", "b integer"])
        .with("t", |table| {
            for columns in [&["id"][..], &["a", "b"], &["a", "b"], &["b", "a"]] {
                table.indexes.push(index(IndexKind::UniqueConstraint, columns));
            }
        })
        .normal();
    let table = schema.table("public", "t").unwrap();
    assert_eq!(names(table.indexes.iter().map(|index| &index.name)), ["t_a_b_key", "t_b_a_key"]);
}

#[test]
fn postgresql_cuts_names_to_63_bytes() {
    let long = "a".repeat(70);
    let cut = "a".repeat(63);
    let schema = Draft::new(&POSTGRESQL)
        .table(&long, &["id integer", &format!("{long} integer")])
        .with(&long, |table| {
            table.foreign_keys = vec![foreign_key(&[&long], &long)];
            table.indexes.push(Index { name: Some("ä".repeat(40)), ..index(IndexKind::Plain, &[&long]) });
        })
        .normal();
    let table = schema.table("public", &cut).unwrap();
    assert!(table.columns.contains_key(&cut));
    assert_eq!(table.foreign_keys[0].columns.concat(), cut);
    assert_eq!(table.foreign_keys[0].referenced_table, cut);
    assert_eq!(table.foreign_keys[0].referenced_columns, ["id"]);
    assert_eq!(table.indexes[0].name.as_deref(), Some("ä".repeat(31).as_str()));
}

#[test]
fn postgresql_finds_enums_and_sequences() {
    let schema = Draft::new(&POSTGRESQL)
        .table("t", &["id bigint", "role role", "roles \"Role\"[]", "other auth.kind", "n integer"])
        .with("t", |table| {
            table.columns["id"].default =
                Some(DefaultValue::Expression(Expression::written("nextval('t_id_seq'::regclass)")));
            table.columns["n"].default = Some(DefaultValue::Expression(Expression::written("nextval('numbers')")));
            table.columns["role"].default = Some(DefaultValue::Expression(Expression::written("'admin'::role")));
        });
    let mut draft = schema;
    for (namespace, name) in [("public", "role"), ("public", "Role"), ("auth", "kind")] {
        let declared = EnumType { labels: vec!["admin".to_owned()], comment: None, origin: Origin::default() };
        draft.schema.namespace_mut(namespace).enums.insert(name.to_owned(), declared);
    }
    let schema = draft.normal();
    let table = schema.table("public", "t").unwrap();
    let an_enum = |namespace: &str, name: &str| DataType::Enum { namespace: namespace.into(), name: name.into() };
    assert_eq!(table.columns["role"].data_type, an_enum("public", "role"));
    assert_eq!(table.columns["roles"].data_type, DataType::Array(Box::new(an_enum("public", "Role"))));
    assert_eq!(table.columns["other"].data_type, an_enum("auth", "kind"));
    assert_eq!(table.columns["role"].default, Some(DefaultValue::Literal(Literal::Text("admin".to_owned()))));
    assert_eq!(table.columns["id"].identity, Some(Identity::auto_increment().into()));
    assert_eq!(table.columns["id"].default, None);
    let numbers = DefaultValue::NextValue { namespace: "public".to_owned(), sequence: "numbers".to_owned() };
    assert_eq!(table.columns["n"].default, Some(numbers));
}

#[test]
fn postgresql_leaves_out_what_an_index_has_anyway() {
    let schema = Draft::new(&POSTGRESQL)
        .table("t", &["id integer", "name varchar(10)", "data jsonb", "tags text[]"])
        .with("t", |table| {
            let mut plain = index(IndexKind::Plain, &["id", "name"]);
            plain.method = Some("BTREE".to_owned());
            plain.parts[0].nulls = Some(NullsOrder::Last);
            plain.parts[1].order = SortOrder::Descending;
            plain.parts[1].nulls = Some(NullsOrder::First);
            plain.parts[1].operator_class = Some("text_ops".to_owned());
            let mut gin = index(IndexKind::Plain, &["data"]);
            gin.method = Some("gin".to_owned());
            gin.parts[0].operator_class = Some("jsonb_path_ops".to_owned());
            let mut pattern = index(IndexKind::Plain, &["name"]);
            pattern.parts[0].operator_class = Some("text_pattern_ops".to_owned());
            pattern.parts[0].nulls = Some(NullsOrder::First);
            table.indexes = vec![plain, gin, pattern];
        })
        .normal();
    let indexes = &schema.table("public", "t").unwrap().indexes;
    assert_eq!((&indexes[0].method, indexes[0].parts[0].nulls, indexes[0].parts[1].nulls), (&None, None, None));
    assert_eq!(indexes[0].parts[1].operator_class, None);
    assert_eq!(indexes[1].parts[0].operator_class.as_deref(), Some("jsonb_path_ops"));
    assert_eq!(indexes[2].parts[0].operator_class.as_deref(), Some("text_pattern_ops"));
    assert_eq!(indexes[2].parts[0].nulls, Some(NullsOrder::First));
}

fn mysql_tables() -> Draft {
    Draft::new(&MYSQL)
        .table("p", &["id int", "a int", "b int"])
        .table("c", &["id int", "pa int", "pb int", "pc int", "pd int", "x int", "s varchar(20)"])
        .with("c", |table| {
            table.indexes = vec![
                index(IndexKind::UniqueConstraint, &["x"]),
                index(IndexKind::UniqueConstraint, &["x"]),
                index(IndexKind::Plain, &["pa", "pb"]),
                index(IndexKind::Plain, &["s"]),
            ];
            table.foreign_keys = vec![
                foreign_key(&["pa"], "p"),
                ForeignKey { on_delete: ReferentialAction::Restrict, ..foreign_key(&["pb"], "p") },
                ForeignKey { name: Some("named_fk".to_owned()), ..foreign_key(&["pc"], "p") },
                foreign_key(&["pd"], "p"),
                foreign_key(&["pd", "pa"], "p"),
            ];
            table.checks = vec![
                check("s in ('a', 'b')"),
                Check { name: Some("own".to_owned()), ..check("x < 9") },
                check("x <> 3"),
            ];
        })
}

/// Seen on MySQL 9.7 and MariaDB 10.11 (`fixtures/histories/prisma-mysql-keys`).
#[test]
fn mysql_makes_one_index_for_keys_of_the_same_columns() {
    let named = |name: &str| ForeignKey { name: Some(name.to_owned()), ..foreign_key(&["a"], "p") };
    let schema = Draft::new(&MYSQL)
        .table("p", &["id int"])
        .table("c", &["id int", "a int"])
        .with("c", |table| table.foreign_keys = vec![named("first"), named("last")])
        .normal();
    assert_eq!(names(schema.table("", "c").unwrap().indexes.iter().map(|index| &index.name)), ["last"]);
}

#[test]
fn mysql_names_keys_and_makes_indexes() {
    let schema = mysql_tables().normal();
    let table = schema.table("", "c").unwrap();
    let indexes: Vec<(&str, Vec<&str>, bool)> = table
        .indexes
        .iter()
        .map(|index| (index.name.as_deref().unwrap(), index.columns().collect(), index.implicit))
        .collect();
    assert_eq!(
        indexes,
        [
            ("x", vec!["x"], false),
            ("x_2", vec!["x"], false),
            ("pa", vec!["pa", "pb"], false),
            ("s", vec!["s"], false),
            ("pb", vec!["pb"], true),
            ("named_fk", vec!["pc"], true),
            ("pd", vec!["pd", "pa"], true),
        ]
    );
    assert!(table.indexes.iter().all(|index| index.kind != IndexKind::UniqueConstraint));
    assert_eq!(
        names(table.foreign_keys.iter().map(|key| &key.name)),
        ["c_ibfk_1", "c_ibfk_2", "named_fk", "c_ibfk_3", "c_ibfk_4"]
    );
    assert_eq!(table.foreign_keys[1].on_delete, ReferentialAction::NoAction);
    assert_eq!(names(table.checks.iter().map(|check| &check.name)), ["c_chk_1", "own", "c_chk_2"]);
    assert_eq!(table.primary_key.as_ref().unwrap().name, None);

    let schema = mysql_tables().normal_on(Some(&mariadb(10, 11)));
    let table = schema.table("", "c").unwrap();
    // Only a check of the table has a name there, and a reader does not tell which ones are.
    assert_eq!(names(table.checks.iter().map(|check| &check.name)), ["-", "own", "-"]);
}

#[test]
fn mysql_needs_no_index_where_the_key_begins_so() {
    let schema = Draft::new(&MYSQL)
        .table("p", &["id int"])
        .table("e", &["a int", "b int"])
        .with("e", |table| {
            table.primary_key.as_mut().unwrap().parts.push(IndexPart::column("b"));
            table.foreign_keys = vec![foreign_key(&["a"], "p"), foreign_key(&["b"], "p")];
        })
        .normal();
    let indexes: Vec<_> =
        schema.table("", "e").unwrap().indexes.iter().map(|index| index.name.clone().unwrap()).collect();
    assert_eq!(indexes, ["b"]);
}

#[test]
fn mariadb_keeps_json_as_text_with_a_check() {
    let draft = || {
        Draft::new(&MYSQL).table("t", &["id int", "j longtext", "plain longtext"]).with("t", |table| {
            table.columns["j"].collation = Some("utf8mb4_bin".to_owned());
            table.checks = vec![Check { name: Some("j".to_owned()), ..check("json_valid(`j`)") }];
        })
    };
    let schema = draft().normal_on(Some(&mariadb(10, 11)));
    let table = schema.table("", "t").unwrap();
    assert_eq!(table.columns["j"].data_type, DataType::named("json"));
    assert_eq!(table.columns["j"].collation, None);
    assert_eq!(table.columns["plain"].data_type, DataType::named("longtext"));
    assert!(table.checks.is_empty());
    let schema = draft().normal();
    assert_eq!(schema.table("", "t").unwrap().checks.len(), 1, "MySQL has a type of its own");
}

#[test]
fn mariadb_before_10_8_sorts_all_indexes_upwards() {
    let draft = || {
        Draft::new(&MYSQL).table("t", &["id int", "a int"]).with("t", |table| {
            let mut descending = index(IndexKind::Plain, &["a"]);
            descending.parts[0].order = SortOrder::Descending;
            table.indexes.push(descending);
        })
    };
    let order = |server: &Server| draft().normal_on(Some(server)).table("", "t").unwrap().indexes[0].parts[0].order;
    assert_eq!(order(&mariadb(10, 6)), SortOrder::Ascending);
    assert_eq!(order(&mariadb(10, 11)), SortOrder::Descending);
}

#[test]
fn mysql_precision_of_now_is_the_columns() {
    let schema = Draft::new(&MYSQL)
        .table("t", &["id int", "a datetime(3)", "b timestamp"])
        .with("t", |table| {
            for column in ["a", "b"] {
                table.columns[column].default = Some(DefaultValue::Now { precision: None });
                table.columns[column].on_update =
                    Some(DefaultValue::Expression(Expression::written("current_timestamp(6)")).into());
            }
        })
        .normal();
    let columns = &schema.table("", "t").unwrap().columns;
    assert_eq!(columns["a"].default, Some(DefaultValue::Now { precision: Some(3) }));
    assert_eq!(columns["a"].on_update.as_deref(), Some(&DefaultValue::Now { precision: Some(3) }));
    assert_eq!(columns["b"].on_update.as_deref(), Some(&DefaultValue::Now { precision: None }));
    assert_eq!(MYSQL.default_text(columns["a"].default.as_ref().unwrap()), "CURRENT_TIMESTAMP(3)");
}

#[test]
fn sqlite_keeps_no_names_and_numbers_row_ids() {
    let schema = Draft::new(&SQLITE)
        .table("p", &["id INTEGER", "x TEXT"])
        .table("t", &["id BIGINT not null", "p_id INTEGER", "name VARCHAR(50)"])
        .with("t", |table| {
            table.columns["id"].identity = Some(Identity::auto_increment().into());
            table.foreign_keys = vec![ForeignKey { name: Some("fk".to_owned()), ..foreign_key(&["p_id"], "p") }];
            let generated = Some("sqlite_autoindex_t_1".to_owned());
            table.indexes = vec![Index { name: generated, ..index(IndexKind::UniqueConstraint, &["name"]) }];
            table.primary_key.as_mut().unwrap().name = Some("pk".to_owned());
        })
        .normal();
    let id = &schema.table("", "p").unwrap().columns["id"];
    assert_eq!(id.identity.as_ref().unwrap().kind, IdentityKind::AutoIncrement);
    assert!(!id.nullable);
    let table = schema.table("", "t").unwrap();
    assert_eq!(table.columns["id"].identity, None, "only INTEGER numbers itself");
    assert_eq!(table.foreign_keys[0].name, None);
    assert_eq!(table.foreign_keys[0].referenced_columns, ["id"]);
    assert_eq!(table.indexes[0].name, None);
    assert_eq!(table.primary_key.as_ref().unwrap().name, None);
}

#[test]
fn readers_may_use_any_alias() {
    for (dialect, spellings) in [
        (
            &POSTGRESQL as &'static dyn Dialect,
            [("int4", "integer"), ("character varying", "text"), ("decimal", "numeric")],
        ),
        (&MYSQL, [("INTEGER", "int"), ("boolean", "tinyint(1)"), ("int(11) unsigned", "int unsigned")]),
        (&SQLITE, [("Integer", "INTEGER"), ("VARCHAR( 50 )", "varchar(50)"), ("Text", "TEXT")]),
    ] {
        for (alias, canonical) in spellings {
            let mut draft = Draft::new(dialect).table("t", &["id integer", "x integer"]);
            draft = draft.with("t", |table| table.columns["x"].data_type = DataType::named(alias));
            let schema = draft.normal();
            let found = &schema.tables().next().unwrap().2.columns["x"].data_type;
            let wanted = dialect.parse_type(canonical);
            assert_ne!(
                dialect.compare_types(found, &wanted),
                ormsync_dialect::Equivalence::Different,
                "{alias}: {found:?}"
            );
        }
    }
}

#[test]
fn a_default_of_null_is_none() {
    for dialect in ormsync_dialect::all() {
        let text = dialect.parse_type("varchar(5)");
        for null in ["NULL", "null", "(NULL)"] {
            let mut draft = Draft::new(dialect).table("t", &["id integer", "x varchar(5)"]);
            draft = draft.with("t", |table| table.columns["x"].default = Some(dialect.parse_default(null, &text)));
            assert_eq!(
                draft.normal().tables().next().unwrap().2.columns["x"].default,
                None,
                "{null} on {}",
                dialect.name()
            );
        }
    }
}

fn any_default() -> impl Strategy<Value = Option<DefaultValue>> {
    prop_oneof![
        Just(None),
        "[a-z0-9'\\\\{}, .:-]{0,10}".prop_map(|text| Some(DefaultValue::Literal(Literal::Text(text)))),
        "-?[0-9]{1,4}(\\.[0-9]{0,4})?".prop_map(|number| Some(DefaultValue::Literal(Literal::Number(number)))),
        any::<bool>().prop_map(|boolean| Some(DefaultValue::Literal(Literal::Boolean(boolean)))),
        Just(Some(DefaultValue::Now { precision: Some(4) })),
        prop_oneof![
            Just("now()"),
            Just("'x'::text"),
            Just("(1 + 2) * 3"),
            Just("nextval('t_a_seq')"),
            Just("gen("),
            Just("uuid()"),
            Just("current_date")
        ]
        .prop_map(|text| Some(DefaultValue::Expression(Expression::written(text)))),
    ]
}

fn any_type() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("integer"),
        Just("varchar(20)"),
        Just("text"),
        Just("decimal(10,2)"),
        Just("boolean"),
        Just("timestamp(3)"),
        Just("json"),
        Just("date"),
        Just("bigint"),
        Just("text[]"),
        Just("serial"),
        Just("bit(3)"),
        Just("double precision"),
        Just("uuid"),
        Just("Role"),
        Just("datetime(3)"),
        Just("tinyint(1)"),
        Just("enum('a','b')"),
        Just("interval"),
    ]
}

proptest! {
    #[test]
    fn normalising_twice_is_normalising_once(
        columns in proptest::collection::vec((any_type(), any_default(), any::<bool>()), 1..6),
        keys in proptest::collection::vec((0usize..6, 0usize..6, 0usize..3), 0..6),
    ) {
        for dialect in ormsync_dialect::all() {
            for server in [None, Some(mariadb(10, 6))] {
                let mut draft = Draft::new(dialect).table("t", &["id integer"]);
                draft = draft.with("t", |table| {
                    for (position, (data_type, default, nullable)) in columns.iter().enumerate() {
                        let mut column = Column::new(dialect.parse_type(data_type), *nullable, Origin::default());
                        column.default.clone_from(default);
                        table.columns.insert(format!("c{position}"), column);
                    }
                    for (first, second, kind) in &keys {
                        let columns = [format!("c{first}"), format!("c{second}")];
                        let columns = [columns[0].as_str(), columns[1].as_str()];
                        match kind {
                            0 => table.indexes.push(index(IndexKind::UniqueConstraint, &columns[..1])),
                            1 => table.foreign_keys.push(foreign_key(&columns, "t")),
                            _ => table.checks.push(check(&format!("{} > {} and NOT (c1 in (1, 2))", columns[0], columns[1]))),
                        }
                    }
                });
                draft.normal_on(server.as_ref());
            }
        }
    }
}
