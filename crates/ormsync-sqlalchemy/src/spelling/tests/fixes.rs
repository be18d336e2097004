//! Single declarations, as findings suggest them.

use ormsync_schema::{
    DefaultValue, Fact, Generated, GeneratedStorage, Identity, Index, IndexKind, IndexPart, ObjectKind, ObjectPath,
    ReferentialAction, Schema, Spelling,
};

use super::*;
use crate::SqlAlchemySpelling;

/// The fix, which has to be Python.
fn spelled(wanted: &Schema, own: &Schema, path: &ObjectPath) -> Option<String> {
    let text = SqlAlchemySpelling.spell(wanted, own, path)?;
    assert_python(&text);
    Some(text)
}

fn fix(wanted: &Schema, own: &Schema, kind: ObjectKind, table: &str, name: &str) -> String {
    spelled(wanted, own, &ObjectPath::in_table(kind, "", table, name)).unwrap()
}

fn rates(dialect: &str, wanted: Column, own: Column) -> (Schema, Schema) {
    let id = column(dialect, "bigint", false);
    let of = |rate: Column| {
        normal(schema(dialect, vec![("rates", table(vec![("id", id.clone()), ("rate", rate)], &["id"]))]))
    };
    (of(wanted), of(own))
}

#[test]
fn a_column_of_the_models_is_a_column() {
    for dialect in ["postgresql", "mysql", "sqlite"] {
        let (wanted, own) =
            rates(dialect, column(dialect, "numeric(18,8)", false), column(dialect, "numeric(10,2)", true));
        assert_eq!(fix(&wanted, &own, ObjectKind::Column, "rates", "rate"), "Column(Numeric(18, 8), nullable=False)");
    }
}

#[test]
fn names_match_as_the_server_matches_them() {
    let (wanted, own) = rates("mysql", column("mysql", "int", true), column("mysql", "bigint", true));
    assert_eq!(fix(&wanted, &own, ObjectKind::Column, "RATES", "Rate"), "Column(Integer)");
    let elsewhere = ObjectPath::in_table(ObjectKind::Column, "other", "rates", "rate");
    assert_eq!(spelled(&wanted, &own, &elsewhere), None);
    let missing = ObjectPath::in_table(ObjectKind::Column, "", "rates", "nothing");
    assert_eq!(spelled(&wanted, &own, &missing), None);
}

#[test]
fn what_only_the_models_can_say_stays() {
    let mut own = column("postgresql", "varchar", true);
    own.comment = Some("as listed".to_owned());
    own.client.attribute = Some("rate_name".to_owned());
    own.client.default = Some("\"EUR\"".to_owned());
    own.client.update = Some("onupdate=next_rate".to_owned());
    let mut wanted = column("postgresql", "text", false);
    wanted.default = Some(DefaultValue::Unreadable("?".to_owned()));
    own.default = Some(DefaultValue::Expression(Expression::written("current_user")));
    let (mut wanted, own) = rates("postgresql", wanted, own);
    let with_comment = fix(&wanted, &own, ObjectKind::Column, "rates", "rate");
    wanted.unsaid.insert(Fact::ColumnComment);
    assert_eq!(
        fix(&wanted, &own, ObjectKind::Column, "rates", "rate").replace("\n    ", "").replace(['\n', ' '], ""),
        "Column(\"rate\",Text,nullable=False,default=\"EUR\",onupdate=next_rate,\
         server_default=text(\"CURRENT_USER\"),comment=\"aslisted\",)",
    );
    assert!(!with_comment.contains("as listed"));
}

#[test]
fn what_was_not_understood_is_not_guessed() {
    let mut unread = column("postgresql", "text", true);
    unread.default = Some(DefaultValue::Unreadable("??".to_owned()));
    let (wanted, own) = rates("postgresql", unread, column("postgresql", "integer", true));
    // The models have no default, which is as good an answer as any.
    assert_eq!(fix(&wanted, &own, ObjectKind::Column, "rates", "rate"), "Column(Text)");
    let (wanted, own) = rates("postgresql", column("postgresql", "xml", true), column("postgresql", "text", true));
    assert_eq!(spelled(&wanted, &own, &ObjectPath::in_table(ObjectKind::Column, "", "rates", "rate")), None);
}

#[test]
fn a_column_that_is_missing_comes_with_its_attribute() {
    let is = |data_type: &str| column("postgresql", data_type, true);
    let mut flights = table(
        vec![
            ("id", column("postgresql", "text", false)),
            ("gate", is("varchar(8)")),
            ("class", is("text")),
            ("Seat No.", is("varchar(3)")),
            ("offer", column("postgresql", "uuid", false)),
            ("vendor_id", is("bigint")),
            ("state", with_default("postgresql", enum_column("public", "state", false), "'open'")),
            ("counter", is("integer")),
        ],
        &["id"],
    );
    flights.columns["counter"].identity = Some(Identity::auto_increment().into());
    flights.indexes =
        vec![index(IndexKind::UniqueIndex, Some("x"), &["offer"]), index(IndexKind::Plain, None, &["gate"])];
    flights.foreign_keys = vec![ForeignKey {
        on_delete: ReferentialAction::Cascade,
        ..foreign_key(&["vendor_id"], "public", "vendors", &["id"])
    }];
    let mut wanted = schema("postgresql", vec![("flights", flights)]);
    wanted.namespace_mut("public").enums.insert("state".to_owned(), enum_type(&["open", "shut"]));
    let wanted = normal(wanted);
    let own = schema("postgresql", vec![("flights", Table::default())]);
    let fix = |name: &str| fix(&wanted, &own, ObjectKind::Column, "flights", name);
    assert_eq!(fix("gate"), "gate = Column(String(8))");
    assert_eq!(fix("class"), "class_ = Column(\"class\", Text)");
    assert_eq!(fix("Seat No."), "seat_no = Column(\"Seat No.\", String(3))");
    assert_eq!(fix("offer"), "offer = Column(Uuid, nullable=False, unique=True, index=True)");
    assert_eq!(fix("vendor_id"), "vendor_id = Column(BigInteger, ForeignKey(\"vendors.id\", ondelete=\"CASCADE\"))");
    assert_eq!(
        fix("state"),
        "state = Column(\n    Enum(\"open\", \"shut\", name=\"state\"), nullable=False, server_default=\"open\"\n)",
    );
    assert_eq!(
        fix("counter"),
        "counter = Column(\n    Integer, nullable=False, server_default=text(\"nextval('flights_counter_seq')\")\n)",
    );
}

#[test]
fn uniqueness_stays_where_the_models_say_it() {
    let build = |data_type: &str, indexes: Vec<Index>| {
        let mut users = table(
            vec![("id", column("postgresql", "text", false)), ("email", column("postgresql", data_type, false))],
            &["id"],
        );
        users.indexes = indexes;
        normal(schema("postgresql", vec![("users", users)]))
    };
    let wanted = build("text", vec![index(IndexKind::UniqueIndex, Some("users_email_key"), &["email"])]);
    let with = |kind: IndexKind, name: Option<&str>| {
        let own = build("varchar", vec![index(kind, name, &["email"])]);
        fix(&wanted, &own, ObjectKind::Column, "users", "email")
    };
    assert_eq!(with(IndexKind::UniqueConstraint, None), "Column(Text, nullable=False, unique=True)");
    assert_eq!(with(IndexKind::UniqueConstraint, Some("own_line")), "Column(Text, nullable=False)");
    assert_eq!(
        with(IndexKind::UniqueIndex, Some("ix_users_email")),
        "Column(Text, nullable=False, unique=True, index=True)",
    );
    assert_eq!(with(IndexKind::Plain, Some("ix_users_email")), "Column(Text, nullable=False, index=True)");
}

#[test]
fn keys_are_numbered_unless_told_otherwise() {
    let key = |dialect: &str, data_type: &str, numbered: bool, columns: &[&str]| {
        let mut id = column(dialect, data_type, false);
        id.identity = numbered.then(|| Identity::auto_increment().into());
        let columns_of_table = columns.iter().map(|name| (*name, id.clone())).collect();
        let wanted = schema(dialect, vec![("t", table(columns_of_table, columns))]);
        fix(&wanted, &wanted, ObjectKind::Column, "t", "id")
    };
    assert_eq!(key("postgresql", "integer", true, &["id"]), "Column(Integer, primary_key=True)");
    assert_eq!(key("mysql", "bigint", false, &["id"]), "Column(BigInteger, primary_key=True, autoincrement=False)");
    assert_eq!(key("mysql", "int", true, &["id", "b"]), "Column(Integer, primary_key=True, autoincrement=True)");
    assert_eq!(key("mysql", "int", false, &["id", "b"]), "Column(Integer, primary_key=True)");
    assert_eq!(key("sqlite", "smallint", false, &["id"]), "Column(SmallInteger, primary_key=True)");
    assert_eq!(key("postgresql", "text", false, &["id"]), "Column(Text, primary_key=True)");
}

#[test]
fn defaults_are_what_the_server_has() {
    let default = |dialect: &str, data_type: &str, text: &str| {
        let wanted = with_default(dialect, column(dialect, data_type, true), text);
        let (wanted, own) = rates(dialect, wanted, column(dialect, "varchar(1)", true));
        let written = fix(&wanted, &own, ObjectKind::Column, "rates", "rate");
        let (_, default) = written.trim_end_matches(')').split_once("server_default=").unwrap();
        format!("{default})")
    };
    assert_eq!(default("postgresql", "boolean", "true"), "true()");
    assert_eq!(default("postgresql", "timestamp", "now()"), "func.now()");
    assert_eq!(default("postgresql", "timestamp", "CURRENT_TIMESTAMP(3)"), "text(\"CURRENT_TIMESTAMP(3)\")");
    assert_eq!(default("postgresql", "bytea", "'\\xff00'"), "text(\"'\\\\xff00'\")");
    assert_eq!(default("postgresql", "integer", "-1"), "text(\"-1\")");
    assert_eq!(default("mysql", "tinyint(1)", "1"), "true()");
    assert_eq!(default("mysql", "tinyint", "1"), "text(\"1\")");
    assert_eq!(default("mysql", "datetime", "CURRENT_TIMESTAMP"), "text(\"CURRENT_TIMESTAMP\")");
    assert_eq!(default("mysql", "datetime(6)", "CURRENT_TIMESTAMP(6)"), "text(\"CURRENT_TIMESTAMP(6)\")");
    assert_eq!(default("mysql", "json", "('[]')"), "text(\"('[]')\")");
    assert_eq!(default("sqlite", "boolean", "0"), "false()");
    assert_eq!(default("sqlite", "datetime", "CURRENT_TIMESTAMP"), "func.now()");
}

#[test]
fn on_update_is_part_of_the_default() {
    let now = DefaultValue::Now { precision: Some(3) };
    let mut wanted = column("mysql", "datetime(3)", true);
    wanted.on_update = Some(now.clone().into());
    let (nullable, own) = rates("mysql", wanted.clone(), column("mysql", "datetime", true));
    let written = fix(&nullable, &own, ObjectKind::Column, "rates", "rate");
    assert!(written.contains("server_default=text(\"NULL ON UPDATE CURRENT_TIMESTAMP(3)\")"), "{written}");
    wanted.nullable = false;
    let (without_words, own) = rates("mysql", wanted, column("mysql", "datetime", true));
    let path = ObjectPath::in_table(ObjectKind::Column, "", "rates", "rate");
    assert_eq!(spelled(&without_words, &own, &path), None);
}

#[test]
fn a_generated_column_is_computed() {
    let mut wanted = column("mysql", "int", true);
    wanted.generated =
        Some(Generated { expression: Expression::written("id + 1"), storage: GeneratedStorage::Virtual }.into());
    let (wanted, own) = rates("mysql", wanted, column("mysql", "int", true));
    assert_eq!(
        fix(&wanted, &own, ObjectKind::Column, "rates", "rate"),
        "Column(Integer, Computed(\"id + 1\", persisted=False))",
    );
    // A source without words for it does not want it gone.
    let mut silent = own.clone();
    silent.unsaid.insert(Fact::Generated);
    assert_eq!(
        fix(&silent, &wanted, ObjectKind::Column, "rates", "rate"),
        "Column(Integer, Computed(\"id + 1\", persisted=False))",
    );
}

#[test]
fn indexes_and_keys_are_found_by_their_columns() {
    let text = || column("postgresql", "text", false);
    let mut bookings = table(vec![("a", text()), ("b", text()), ("order", text())], &["a", "b"]);
    bookings.indexes = vec![
        index(IndexKind::Plain, Some("plain"), &["a", "b"]),
        index(IndexKind::UniqueConstraint, Some("bookings_a_b_key"), &["a", "b"]),
        index(IndexKind::UniqueConstraint, Some("chosen"), &["b", "a"]),
        Index {
            parts: vec![expression("lower(a)"), IndexPart::column("b"), descending("order")],
            ..index(IndexKind::Plain, Some("mixed"), &[])
        },
        Index { parts: vec![expression("(a || b)")], ..index(IndexKind::Plain, Some("joined"), &[]) },
    ];
    bookings.foreign_keys = vec![
        ForeignKey { on_delete: ReferentialAction::Cascade, ..foreign_key(&["a"], "public", "users", &["id"]) },
        foreign_key(&["a", "b"], "billing", "accounts", &["x", "y"]),
    ];
    bookings.checks = vec![check(Some("a_length"), "length(a) = 3"), check(None, "b > a")];
    let wanted = schema("postgresql", vec![("bookings", bookings)]);
    let mut own = schema("postgresql", vec![("bookings", Table::default())]);
    let find = |own: &Schema, kind, name| fix(&wanted, own, kind, "bookings", name);
    assert_eq!(find(&own, ObjectKind::Index, "(a, b)"), "Index(\"plain\", \"a\", \"b\")");
    assert_eq!(find(&own, ObjectKind::Index, "(b, a)"), "UniqueConstraint(\"b\", \"a\", name=\"chosen\")");
    let mixed = "Index(\"mixed\", text(\"lower(a)\"), \"b\", text('\"order\" DESC'))";
    assert_eq!(find(&own, ObjectKind::Index, "(lower(a), b, order)"), mixed);
    assert_eq!(find(&own, ObjectKind::Index, "(lower(a), b, order DESC)"), mixed);
    assert_eq!(find(&own, ObjectKind::Index, "((a || b))"), "Index(\"joined\", text(\"(a || b)\"))");
    assert_eq!(find(&own, ObjectKind::ForeignKey, "(a)"), "ForeignKey(\"users.id\", ondelete=\"CASCADE\")");
    assert_eq!(
        find(&own, ObjectKind::ForeignKey, "(a, b)"),
        "ForeignKeyConstraint([\"a\", \"b\"], [\"billing.accounts.x\", \"billing.accounts.y\"])",
    );
    assert_eq!(find(&own, ObjectKind::PrimaryKey, "(a, b)"), "PrimaryKeyConstraint(\"a\", \"b\")");
    assert_eq!(find(&own, ObjectKind::Check, "a_length"), "CheckConstraint(\"length(a) = 3\", name=\"a_length\")");
    assert_eq!(find(&own, ObjectKind::Check, "(b > a)"), "CheckConstraint(\"b > a\")");
    // Of two over the same columns, the one that the models lack.
    let plain = index(IndexKind::Plain, Some("ix"), &["a", "b"]);
    own.namespace_mut("public").tables.get_mut("bookings").unwrap().indexes.push(plain);
    assert_eq!(find(&own, ObjectKind::Index, "(a, b)"), "UniqueConstraint(\"a\", \"b\")");
}

#[test]
fn a_table_that_is_missing_is_a_class() {
    let mut vendors = table(
        vec![("id", column("postgresql", "integer", false)), ("Name", column("postgresql", "varchar(20)", true))],
        &["id"],
    );
    vendors.columns["id"].identity = Some(Identity::auto_increment().into());
    let wanted = normal(schema("postgresql", vec![("vendors", vendors)]));
    let path = ObjectPath::table("", "vendors");
    assert_eq!(
        spelled(&wanted, &Schema::new("postgresql"), &path).unwrap(),
        "class Vendor(Base):
    __tablename__ = \"vendors\"

    id: Mapped[int] = mapped_column(primary_key=True)
    Name: Mapped[str | None] = mapped_column(String(20))",
    );
}

#[test]
fn of_a_table_that_is_there_only_options_are_told() {
    let (mut wanted, own) = rates("mysql", column("mysql", "int", true), column("mysql", "int", true));
    let path = ObjectPath::table("", "rates");
    assert_eq!(spelled(&wanted, &own, &path), None);
    let table = wanted.namespace_mut("").tables.get_mut("rates").unwrap();
    table.options.insert("engine".to_owned(), "InnoDB".to_owned());
    table.comment = Some("by day".to_owned());
    assert_eq!(
        spelled(&wanted, &own, &path).unwrap(),
        "__table_args__ = {\"comment\": \"by day\", \"mysql_engine\": \"InnoDB\"}",
    );
    let mut own = own;
    own.namespace_mut("").tables.get_mut("rates").unwrap().checks.push(check(None, "rate > 0"));
    assert_eq!(
        spelled(&wanted, &own, &path).unwrap(),
        "__table_args__ = (..., {\"comment\": \"by day\", \"mysql_engine\": \"InnoDB\"})",
    );
}

#[test]
fn enum_types_are_labels() {
    let mut wanted = Schema::new("postgresql");
    wanted.namespace_mut("public").enums.insert("role".to_owned(), enum_type(&["a", "b"]));
    wanted.namespace_mut("billing").enums.insert("kind".to_owned(), enum_type(&["it's", "\"x\""]));
    let own = Schema::new("postgresql");
    let fix =
        |namespace: &str, name: &str| spelled(&wanted, &own, &ObjectPath::named(ObjectKind::EnumType, namespace, name));
    assert_eq!(fix("", "role").unwrap(), "Enum(\"a\", \"b\", name=\"role\")");
    assert_eq!(fix("billing", "kind").unwrap(), "Enum(\"it's\", '\"x\"', name=\"kind\", schema=\"billing\")");
    assert_eq!(fix("", "nothing"), None);
    let sequence = ObjectPath::named(ObjectKind::Sequence, "", "numbers");
    assert_eq!(spelled(&wanted, &own, &sequence), None);
}
