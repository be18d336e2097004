//! A small schema with every kind of object, and a short way to compare changed copies of it.

use crate::dialect::PLAIN;
use indexmap::IndexMap;
use ormsync_dialect::Dialect;
use ormsync_diff::{Comparison, Finding, Options, Role, Source, compare};
use ormsync_schema::{
    Check, Column, CompositeType, DataType, DefaultValue, Domain, EnumType, Exclusion, Expression, Extension,
    ForeignKey, Generated, GeneratedStorage, Identity, Index, IndexKind, Literal, Origin, Policy, PrimaryKey,
    ReferentialAction, Routine, RoutineKind, Schema, Sequence, Table, Trigger, TriggerEvent, TriggerTiming, View,
};

/// The dialect of all tests.
pub(crate) const DIALECT: &dyn Dialect = &PLAIN;

/// An expression in normal form.
pub(crate) fn normal(text: &str) -> Expression {
    Expression::in_normal_form(text)
}

/// A column that takes no NULL.
pub(crate) fn column(data_type: DataType) -> Column {
    Column::new(data_type, false, Origin::catalogue("column"))
}

/// A numeric constant as a default.
pub(crate) fn number(text: &str) -> Option<DefaultValue> {
    Some(DefaultValue::Literal(Literal::Number(text.to_owned())))
}

/// A table with these columns, of which the first is its primary key.
pub(crate) fn table(columns: impl IntoIterator<Item = (&'static str, Column)>) -> Table {
    let columns: IndexMap<String, Column> =
        columns.into_iter().map(|(name, column)| (name.to_owned(), column)).collect();
    let key = columns.keys().next().unwrap().clone();
    let parts = Index::on_columns(IndexKind::Plain, None, [key], Origin::nowhere()).parts;
    Table {
        columns,
        primary_key: Some(PrimaryKey { name: None, parts, origin: Origin::nowhere(), ..PrimaryKey::default() }),
        origin: Origin::catalogue("table"),
        ..Table::default()
    }
}

/// An index over columns.
pub(crate) fn index(kind: IndexKind, name: &str, columns: &[&str]) -> Index {
    Index::on_columns(
        kind,
        Some(name.to_owned()),
        columns.iter().map(|column| (*column).to_owned()),
        Origin::catalogue(name),
    )
}

/// A foreign key from one column to another table's `id`.
pub(crate) fn foreign_key(column: &str, table: &str) -> ForeignKey {
    ForeignKey {
        name: Some(format!("{column}_fkey")),
        columns: vec![column.to_owned()],
        referenced_namespace: "public".to_owned(),
        referenced_table: table.to_owned(),
        referenced_columns: vec!["id".to_owned()],
        on_delete: ReferentialAction::Cascade,
        on_update: ReferentialAction::NoAction,
        match_kind: ormsync_schema::MatchKind::Simple,
        deferrability: ormsync_schema::Deferrability::NotDeferrable,
        not_valid: false,
        origin: Origin::catalogue("foreign key"),
        ..ForeignKey::default()
    }
}

/// A shop: users, orders, an enum, a view, a sequence, an extension, a trigger.
pub(crate) fn shop() -> Schema {
    let mut schema = Schema::new("postgresql");
    schema.extensions.insert("citext".into(), Extension { version: None, namespace: None, origin: Origin::nowhere() });
    let public = schema.namespace_mut("public");
    public.enums.insert(
        "status".into(),
        EnumType { labels: vec!["open".into(), "paid".into()], comment: None, origin: Origin::catalogue("status") },
    );
    public.views.insert(
        "active_users".into(),
        View {
            definition: Some(normal("SELECT id FROM users")),
            materialised: false,
            columns: IndexMap::new(),
            comment: None,
            origin: Origin::nowhere(),
            ..View::default()
        },
    );
    public.sequences.insert(
        "invoice_number".into(),
        Sequence {
            start: None,
            increment: None,
            minimum: None,
            maximum: None,
            cycle: false,
            origin: Origin::nowhere(),
            ..Sequence::default()
        },
    );
    public.domains.insert(
        "email".into(),
        Domain {
            data_type: DataType::named("text"),
            nullable: true,
            not_null: None,
            checks: vec![Check { expression: normal("VALUE <> ''"), ..Check::default() }],
            collation: None,
            comment: None,
            default: None,
            origin: Origin::nowhere(),
        },
    );
    public.composite_types.insert(
        "address".into(),
        CompositeType {
            fields: [("city".to_owned(), DataType::named("text"))].into_iter().collect(),
            comment: None,
            origin: Origin::nowhere(),
        },
    );
    public.routines.insert(
        "write_log()".into(),
        Routine { kind: RoutineKind::Function, returns: Some("trigger".into()), ..Routine::default() },
    );
    public.tables.insert("users".into(), users());
    public.tables.insert("orders".into(), orders());
    schema
}

fn users() -> Table {
    let mut id = column(DataType::named("integer"));
    id.identity = Some(Identity::auto_increment().into());
    let mut email = column(DataType::with_arguments("varchar", [191]));
    email.comment = Some("where we write to".into());
    let mut users = table([("id", id), ("email", email), ("name", column(DataType::named("text")))]);
    users.columns["name"].nullable = true;
    users.indexes.push(index(IndexKind::UniqueIndex, "users_email_key", &["email"]));
    users.comment = Some("people".into());
    users.options.insert("engine".into(), "heap".into());
    users
}

fn orders() -> Table {
    let mut total = column(DataType::with_arguments("numeric", [18, 8]));
    total.default = number("0");
    let mut gross = column(DataType::named("integer"));
    gross.generated = Some(Generated { expression: normal("total * 2"), storage: GeneratedStorage::Stored }.into());
    let mut orders = table([
        ("id", column(DataType::named("integer"))),
        ("user_id", column(DataType::named("integer"))),
        ("status", column(DataType::Enum { namespace: "public".into(), name: "status".into() })),
        ("total", total),
        ("gross", gross),
    ]);
    orders.indexes.push(index(IndexKind::Plain, "orders_user_status_idx", &["user_id", "status"]));
    orders.foreign_keys.push(foreign_key("user_id", "users"));
    orders.checks.push(Check {
        name: Some("total_positive".into()),
        expression: normal("total >= 0"),
        not_enforced: false,
        not_valid: false,
        origin: Origin::catalogue("check"),
        ..Check::default()
    });
    orders.triggers.insert(
        "audit".into(),
        Trigger {
            timing: TriggerTiming::After,
            events: vec![TriggerEvent::Update],
            action: "write_log()".into(),
            for_each_row: true,
            disabled: false,
            origin: Origin::nowhere(),
            ..Trigger::default()
        },
    );
    orders.exclusions.push(Exclusion {
        name: Some("no_overlap".into()),
        definition: normal("EXCLUDE USING gist (user_id WITH =)"),
        origin: Origin::catalogue("exclusion"),
    });
    orders.row_security = true;
    orders.policies.insert(
        "own_rows".into(),
        Policy {
            command: "all".into(),
            using: Some(normal("user_id = me()")),
            with_check: None,
            origin: Origin::nowhere(),
            ..Policy::default()
        },
    );
    orders
}

/// A table of the default namespace.
pub(crate) fn table_of<'s>(schema: &'s mut Schema, name: &str) -> &'s mut Table {
    schema.namespace_mut("public").tables.get_mut(name).unwrap()
}

/// A copy of the shop, changed.
pub(crate) fn changed(change: impl FnOnce(&mut Schema)) -> Schema {
    let mut schema = shop();
    change(&mut schema);
    schema
}

/// The names and labels of the sources: two ORMs and the database.
const NAMES: [(&str, &str, Role); 3] =
    [("left", "Left", Role::Declared), ("right", "Right", Role::Declared), ("database", "the database", Role::Live)];

/// Compares two declared sources and a database.
pub(crate) fn three(left: &Schema, right: &Schema, database: &Schema, options: &Options) -> Comparison {
    let sources: Vec<Source<'_>> = NAMES
        .iter()
        .zip([left, right, database])
        .map(|((name, label, role), schema)| Source { name, kind: name, label, role: *role, schema, spelling: None })
        .collect();
    compare(&sources, DIALECT, options)
}

/// Compares a declared source (`left`) and a database.
pub(crate) fn two(left: &Schema, database: &Schema, options: &Options) -> Comparison {
    let sources = [
        Source { name: "left", kind: "left", label: "Left", role: Role::Declared, schema: left, spelling: None },
        Source {
            name: "database",
            kind: "database",
            label: "the database",
            role: Role::Live,
            schema: database,
            spelling: None,
        },
    ];
    compare(&sources, DIALECT, options)
}

/// Options with a truth.
pub(crate) fn truth(name: &str) -> Options {
    Options { truth: Some(name.to_owned()), ..Options::default() }
}

/// `rule at: verdict` of every finding.
pub(crate) fn told(comparison: &Comparison) -> Vec<String> {
    comparison.findings.iter().map(tell).collect()
}

fn tell(finding: &Finding) -> String {
    format!("{} {}: {}", finding.rule.name, finding.at, finding.verdict)
}
