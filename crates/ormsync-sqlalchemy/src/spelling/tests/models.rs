//! Whole modules. The expected ones were imported by SQLAlchemy 2.0.58 and 2.1.9, `create_all` made their
//! tables on the servers, and `ruff format` and `ruff check --select I,F` left them as they are.

use std::collections::BTreeMap;

use ormsync_schema::{
    Deferrability, Generated, GeneratedStorage, Identity, IdentityKind, Index, IndexKind, IndexPart, ObjectKind,
    ObjectPath, Partitioning, ReferentialAction, Schema, Spelling,
};

use super::*;
use crate::SqlAlchemySpelling;
use crate::spelling::write_models;

#[test]
fn postgresql() {
    assert_models(&postgresql_schema(), include_str!("models_postgresql.py"));
}

#[test]
fn mysql() {
    assert_models(&mysql_schema(), include_str!("models_mysql.py"));
}

#[test]
fn sqlite() {
    assert_models(&sqlite_schema(), include_str!("models_sqlite.py"));
}

#[test]
fn an_unknown_dialect_gives_nothing() {
    assert_eq!(write_models(&Schema::new("oracle")), "");
    let empty = write_models(&Schema::new("sqlite"));
    assert_eq!(empty, "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n");
}

#[test]
fn any_names_and_texts_give_python() {
    let nasty = [
        "",
        "\n",
        "a\"b'c\\",
        "None",
        "__x",
        "1",
        "é\u{301}",
        "²",
        "\u{2028}",
        "a.b",
        "-- \r\n#",
        "%s {x} :y",
        "List",
        "Base",
    ];
    for dialect in ["postgresql", "mysql", "sqlite"] {
        let mut tables = Vec::new();
        for name in nasty {
            let columns = nasty.iter().map(|name| {
                let mut column = with_default(dialect, column(dialect, "varchar(20)", true), "'x'");
                column.comment = Some((*name).to_owned());
                column.client.default = Some((*name).to_owned());
                (*name, column)
            });
            let mut table = table(columns.collect(), &nasty[..if name.is_empty() { 0 } else { 2 }]);
            table.comment = Some(name.to_owned());
            table.columns["1"].data_type = DataType::Unreadable("what\never\u{85}".to_owned());
            table.columns["a.b"].data_type = DataType::InlineEnum(texts(&nasty));
            table.checks = nasty.iter().map(|name| check(Some(name), name)).collect();
            table.indexes = nasty
                .iter()
                .map(|name| Index {
                    parts: vec![expression(name), descending(name)],
                    ..index(IndexKind::Plain, Some(name), &[])
                })
                .collect();
            table.foreign_keys = nasty.iter().map(|column| foreign_key(&[column], "", name, &[name])).collect();
            tables.push((name, table));
        }
        let schema = schema(dialect, tables);
        assert_python(&write_models(&schema));
        for (namespace, name, table) in schema.tables() {
            let kinds = [ObjectKind::Column, ObjectKind::Check, ObjectKind::Index, ObjectKind::ForeignKey];
            for path in kinds.iter().flat_map(|kind| nasty.map(|own| ObjectPath::in_table(*kind, namespace, name, own)))
            {
                let mut own = schema.clone();
                own.namespace_mut(namespace).tables.insert(name.to_owned(), table.clone());
                SqlAlchemySpelling.spell(&schema, &own, &path).iter().for_each(|text| assert_python(text));
                SqlAlchemySpelling
                    .spell(&schema, &Schema::new(dialect), &path)
                    .iter()
                    .for_each(|text| assert_python(text));
            }
        }
    }
}

fn assert_models(schema: &Schema, expected: &str) {
    let written = write_models(schema);
    assert_python(&written);
    assert!(written == expected, "written:\n{written}");
}

fn postgresql_schema() -> Schema {
    let is = |data_type: &str| column("postgresql", data_type, false);
    let may_be = |data_type: &str| column("postgresql", data_type, true);
    let with = |data_type: &str, default: &str| with_default("postgresql", is(data_type), default);
    let mut users = table(
        vec![
            ("id", is("serial")),
            ("email", is("citext")),
            ("displayName", may_be("varchar(191)")),
            ("isAdmin", with("boolean", "false")),
            ("role", with_default("postgresql", enum_column("public", "role", false), "'member'")),
            ("tags", with("text[]", "'{}'")),
            ("settings", with("jsonb", "'{\"theme\": \"dark\"}'")),
            ("uuid", with("uuid", "gen_random_uuid()")),
            ("metadata", may_be("json")),
            ("created_at", with("timestamptz(3)", "now()")),
            ("born", may_be("date")),
            ("payload", may_be("xml")),
        ],
        &["id"],
    );
    users.columns["born"].comment = Some("may be \"unknown\"".to_owned());
    users.comment = Some("People".to_owned());
    users.indexes = vec![
        index(IndexKind::UniqueConstraint, Some("users_email_key"), &["email"]),
        index(IndexKind::UniqueIndex, Some("users_uuid_key"), &["uuid"]),
        Index { method: Some("gin".to_owned()), ..index(IndexKind::Plain, Some("users_tags_idx"), &["tags"]) },
        Index {
            parts: vec![IndexPart::column("role"), descending("created_at")],
            ..index(IndexKind::Plain, Some("users_role_created_at_idx"), &[])
        },
        Index {
            parts: vec![expression("lower(\"displayName\")")],
            predicate: Some(Expression::written("born IS NOT NULL AND role <> 'banned'")),
            ..index(IndexKind::UniqueIndex, Some("users_lower_idx"), &[])
        },
        Index {
            parts: vec![IndexPart {
                operator_class: Some("text_pattern_ops".to_owned()),
                ..IndexPart::column("email")
            }],
            include: vec!["id".to_owned()],
            ..index(IndexKind::Plain, Some("users_email_pattern_idx"), &[])
        },
        index(IndexKind::Plain, Some("users_payload_idx"), &["payload"]),
    ];
    users.checks = vec![check(Some("users_email_check"), "email LIKE '%@%' AND email <> ':none'")];

    let mut invoices = table(
        vec![
            ("tenant", is("bigint")),
            ("number", is("integer")),
            ("user_id", may_be("integer")),
            ("net", is("numeric(18,8)")),
            ("gross", may_be("numeric(18,8)")),
            ("kind", enum_column("public", "Invoice Kind", true)),
            ("state", enum_column("billing", "state", true)),
            ("serial_number", is("bigint")),
            ("period", may_be("tstzrange")),
        ],
        &["tenant", "number"],
    );
    invoices.columns["gross"].generated =
        Some(Generated { expression: Expression::written("net * 1.19"), storage: GeneratedStorage::Stored }.into());
    invoices.columns["serial_number"].identity =
        Some(Identity { kind: IdentityKind::Always, start: Some(1000), increment: None, ..Identity::default() }.into());
    invoices.foreign_keys = vec![ForeignKey {
        name: Some("invoice_owner".to_owned()),
        on_delete: ReferentialAction::SetNull,
        on_update: ReferentialAction::Cascade,
        deferrability: Deferrability::InitiallyDeferred,
        ..foreign_key(&["user_id"], "public", "users", &["id"])
    }];
    invoices.indexes =
        vec![Index { nulls_not_distinct: true, ..index(IndexKind::UniqueConstraint, None, &["tenant", "user_id"]) }];

    let mut lines = table(
        vec![("tenant", is("bigint")), ("number", is("integer")), ("position", is("smallint")), ("text", is("text"))],
        &["position", "tenant", "number"],
    );
    lines.foreign_keys = vec![ForeignKey {
        on_delete: ReferentialAction::Cascade,
        ..foreign_key(&["tenant", "number"], "billing", "invoices", &["tenant", "number"])
    }];

    let mut friends = table(vec![("A", is("integer")), ("B", is("integer"))], &["A", "B"]);
    friends.foreign_keys = vec![
        ForeignKey { on_delete: ReferentialAction::Cascade, ..foreign_key(&["A"], "public", "users", &["id"]) },
        ForeignKey { on_delete: ReferentialAction::Cascade, ..foreign_key(&["B"], "public", "users", &["id"]) },
    ];
    friends.indexes = vec![index(IndexKind::Plain, Some("_Friends_B_index"), &["B"])];

    let mut log = table(vec![("at", with("timestamp", "now()")), ("What?", may_be("text"))], &[]);
    log.partitioning = Some(Partitioning::PartitionedBy("RANGE (at)".to_owned()));

    let mut schema = schema("postgresql", vec![("users", users), ("_Friends", friends), ("log-entries", log)]);
    schema.namespace_mut("public").enums = BTreeMap::from([
        ("role".to_owned(), enum_type(&["member", "admin", "banned"])),
        ("Invoice Kind".to_owned(), enum_type(&["pre-paid", "None"])),
    ]);
    schema.namespace_mut("billing").enums = BTreeMap::from([("state".to_owned(), enum_type(&["open", "paid"]))]);
    schema.namespace_mut("billing").tables =
        BTreeMap::from([("invoices".to_owned(), invoices), ("invoice_lines".to_owned(), lines)]);
    normal(schema)
}

fn mysql_schema() -> Schema {
    let is = |data_type: &str| column("mysql", data_type, false);
    let may_be = |data_type: &str| column("mysql", data_type, true);
    let with = |data_type: &str, default: &str| with_default("mysql", is(data_type), default);
    let mut flight = table(
        vec![
            ("id", is("varchar(191)")),
            ("offerId", is("varchar(191)")),
            ("number", is("int unsigned")),
            ("status", with("enum('PENDING','CONFIRMED','it''s')", "'PENDING'")),
            ("extras", may_be("set('meal','bag')")),
            ("refundable", with("tinyint(1)", "0")),
            ("notes", with("text", "('none')")),
            ("price", with("decimal(18,8)", "0")),
            ("fare", may_be("json")),
            ("createdAt", with("datetime(3)", "CURRENT_TIMESTAMP(3)")),
            ("updatedAt", with("datetime(3)", "CURRENT_TIMESTAMP(3)")),
            ("seen", with("datetime", "CURRENT_TIMESTAMP")),
            ("token", with("varchar(36)", "(uuid())")),
            ("total", may_be("decimal(18,8)")),
            ("vendorId", is("bigint")),
        ],
        &["id"],
    );
    flight.columns["updatedAt"].on_update = flight.columns["updatedAt"].default.clone().map(Box::new);
    flight.columns["offerId"].collation = Some("utf8mb4_bin".to_owned());
    flight.columns["total"].generated =
        Some(Generated { expression: Expression::written("`price` * 2"), storage: GeneratedStorage::Virtual }.into());
    flight.model = Some("Flight".to_owned());
    flight.indexes = vec![
        index(IndexKind::UniqueIndex, Some("Flight_offerId_key"), &["offerId"]),
        Index {
            parts: vec![IndexPart::column("status"), descending("createdAt")],
            ..index(IndexKind::Plain, Some("Flight_status_createdAt_idx"), &[])
        },
        Index { method: Some("fulltext".to_owned()), ..index(IndexKind::Plain, Some("Flight_notes_idx"), &["notes"]) },
        Index {
            parts: vec![IndexPart { prefix_length: Some(20), ..IndexPart::column("token") }],
            ..index(IndexKind::Plain, Some("Flight_token_idx"), &[])
        },
    ];
    flight.foreign_keys = vec![ForeignKey {
        name: Some("Flight_vendorId_fkey".to_owned()),
        on_update: ReferentialAction::Cascade,
        ..foreign_key(&["vendorId"], "", "vendors", &["id"])
    }];
    flight.checks = vec![check(Some("price_positive"), "(`price` >= 0)")];
    flight.options = BTreeMap::from([
        ("engine".to_owned(), "InnoDB".to_owned()),
        ("collation".to_owned(), "utf8mb4_unicode_ci".to_owned()),
    ]);
    let mut id = is("bigint");
    id.identity = Some(Identity::auto_increment().into());
    let mut vendors = table(vec![("id", id), ("code", is("char(3)")), ("geo", may_be("point"))], &["id"]);
    vendors.indexes = vec![index(IndexKind::UniqueIndex, None, &["code"])];
    let mut part = is("int");
    part.identity = Some(Identity::auto_increment().into());
    let parts = table(vec![("part", part), ("lot", is("int"))], &["part", "lot"]);
    let codes = table(vec![("code", is("int")), ("rate", may_be("double unsigned"))], &["code"]);
    normal(schema("mysql", vec![("Flight", flight), ("vendors", vendors), ("parts", parts), ("codes", codes)]))
}

fn sqlite_schema() -> Schema {
    let is = |data_type: &str| column("sqlite", data_type, false);
    let may_be = |data_type: &str| column("sqlite", data_type, true);
    let with = |data_type: &str, default: &str| with_default("sqlite", is(data_type), default);
    let mut account = table(
        vec![
            ("id", is("integer")),
            ("code", is("text")),
            ("isOpen", with("boolean", "true")),
            ("balance", with("decimal(10,2)", "0")),
            ("label", with("text", "'it''s'")),
            ("token", with("text", "(lower(hex(randomblob(16))))")),
            ("createdAt", with("datetime", "CURRENT_TIMESTAMP")),
            ("parentId", may_be("integer")),
            ("raw", may_be("blob")),
        ],
        &["id"],
    );
    account.foreign_keys = vec![ForeignKey {
        on_delete: ReferentialAction::Cascade,
        ..foreign_key(&["parentId"], "", "Account", &["id"])
    }];
    account.indexes = vec![
        index(IndexKind::UniqueConstraint, None, &["code"]),
        index(IndexKind::UniqueConstraint, None, &["label", "token"]),
        Index {
            predicate: Some(Expression::written("\"isOpen\"")),
            ..index(IndexKind::UniqueIndex, Some("Account_open"), &["label"])
        },
    ];
    account.checks = vec![check(None, "length(code) = 3")];
    normal(schema("sqlite", vec![("Account", account)]))
}
