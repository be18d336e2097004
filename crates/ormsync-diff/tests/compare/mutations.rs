//! One changed fact is exactly one finding, under the rule that is for it.

use ormsync_diff::{Options, RULES};
use ormsync_schema::{DataType, Deferrability, IdentityKind, IndexKind, ReferentialAction, Schema, SortOrder};

use crate::builder::{changed, column, foreign_key, index, normal, number, shop, table, table_of, three, told};

/// One changed fact.
pub(crate) struct Mutation {
    /// The fact.
    pub(crate) about: &'static str,
    /// The change.
    pub(crate) change: fn(&mut Schema),
    /// `rule at: verdict` when only the second of three sources is changed.
    pub(crate) finding: &'static str,
}

fn mutation(about: &'static str, change: fn(&mut Schema), finding: &'static str) -> Mutation {
    Mutation { about, change, finding }
}

/// All of them.
pub(crate) static MUTATIONS: std::sync::LazyLock<Vec<Mutation>> = std::sync::LazyLock::new(mutations);

fn users(schema: &mut Schema) -> &mut ormsync_schema::Table {
    table_of(schema, "users")
}

fn orders(schema: &mut Schema) -> &mut ormsync_schema::Table {
    table_of(schema, "orders")
}

fn tables(schema: &mut Schema) -> &mut std::collections::BTreeMap<String, ormsync_schema::Table> {
    &mut schema.namespace_mut("public").tables
}

fn mutations() -> Vec<Mutation> {
    let mut all = of_columns();
    all.extend(of_tables_and_keys());
    all.extend(of_indexes());
    all.extend(of_other_objects());
    all
}

fn of_columns() -> Vec<Mutation> {
    vec![
        mutation(
            "a column less",
            |schema| _ = users(schema).columns.shift_remove("name"),
            "column-missing users.name: unmapped in right",
        ),
        mutation(
            "a column less that has an index and a foreign key",
            |schema| {
                orders(schema).columns.shift_remove("user_id");
                orders(schema).indexes.clear();
                orders(schema).foreign_keys.clear();
            },
            "column-missing orders.user_id: unmapped in right",
        ),
        mutation(
            "a column more",
            |schema| _ = users(schema).columns.insert("age".into(), column(DataType::named("integer"))),
            "column-missing users.age: right drifted",
        ),
        mutation(
            "another precision",
            |schema| orders(schema).columns["total"].data_type = DataType::with_arguments("numeric", [10, 2]),
            "column-type orders.total: right drifted",
        ),
        mutation(
            "another name of the type",
            |schema| users(schema).columns["name"].data_type = DataType::named("varchar"),
            "column-type-compatible users.name: right drifted",
        ),
        mutation(
            "text instead of an enum, without the enum",
            |schema| {
                orders(schema).columns["status"].data_type = DataType::named("text");
                schema.namespace_mut("public").enums.clear();
            },
            "column-type orders.status: right drifted",
        ),
        mutation(
            "NULL",
            |schema| users(schema).columns["email"].nullable = true,
            "column-nullable users.email: right drifted",
        ),
        mutation(
            "no default",
            |schema| orders(schema).columns["total"].default = None,
            "column-default orders.total: right drifted",
        ),
        mutation(
            "another default",
            |schema| orders(schema).columns["total"].default = number("1"),
            "column-default orders.total: right drifted",
        ),
        mutation(
            "a value on update",
            |schema| {
                users(schema).columns["email"].on_update =
                    Some(ormsync_schema::DefaultValue::Now { precision: None }.into());
            },
            "column-default users.email: right drifted",
        ),
        mutation(
            "not numbered",
            |schema| users(schema).columns["id"].identity = None,
            "column-auto-increment users.id: right drifted",
        ),
        mutation(
            "numbered always",
            |schema| users(schema).columns["id"].identity.as_mut().unwrap().kind = IdentityKind::Always,
            "column-auto-increment users.id: right drifted",
        ),
        mutation(
            "not generated",
            |schema| orders(schema).columns["gross"].generated = None,
            "column-generated orders.gross: right drifted",
        ),
        mutation(
            "generated from something else",
            |schema| {
                orders(schema).columns["gross"].generated.as_mut().unwrap().expression = normal("total * 3");
            },
            "column-generated orders.gross: right drifted",
        ),
        mutation(
            "a collation",
            |schema| users(schema).columns["email"].collation = Some("C".into()),
            "column-collation users.email: right drifted",
        ),
        mutation(
            "no comment",
            |schema| users(schema).columns["email"].comment = None,
            "column-comment users.email: right drifted",
        ),
    ]
}

fn of_tables_and_keys() -> Vec<Mutation> {
    vec![
        mutation(
            "a table less",
            |schema| _ = tables(schema).remove("orders"),
            "table-missing orders: unmapped in right",
        ),
        mutation(
            "a table less that another one refers to",
            |schema| {
                tables(schema).remove("users");
                orders(schema).foreign_keys.clear();
            },
            "table-missing users: unmapped in right",
        ),
        mutation(
            "a table more",
            |schema| {
                tables(schema).insert("carts".into(), table([("id", column(DataType::named("integer")))]));
            },
            "table-missing carts: right drifted",
        ),
        mutation(
            "another comment",
            |schema| users(schema).comment = Some("customers".into()),
            "table-comment users: right drifted",
        ),
        mutation(
            "another engine",
            |schema| _ = users(schema).options.insert("engine".into(), "column store".into()),
            "table-options users: right drifted",
        ),
        mutation("no primary key", |schema| users(schema).primary_key = None, "primary-key users(id): right drifted"),
        mutation(
            "another primary key",
            |schema| {
                let parts = index(IndexKind::Plain, "", &["id", "email"]).parts;
                users(schema).primary_key.as_mut().unwrap().parts = parts;
            },
            "primary-key users(id): right drifted",
        ),
        mutation(
            "no foreign key",
            |schema| orders(schema).foreign_keys.clear(),
            "foreign-key-missing orders(user_id): right drifted",
        ),
        mutation(
            "a foreign key more",
            |schema| orders(schema).foreign_keys.push(foreign_key("gross", "users")),
            "foreign-key-missing orders(gross): right drifted",
        ),
        mutation(
            "a foreign key to another table",
            |schema| orders(schema).foreign_keys[0].referenced_table = "orders".into(),
            "foreign-key-target orders(user_id): right drifted",
        ),
        mutation(
            "a deferred foreign key",
            |schema| orders(schema).foreign_keys[0].deferrability = Deferrability::InitiallyDeferred,
            "foreign-key-target orders(user_id): right drifted",
        ),
        mutation(
            "another action",
            |schema| orders(schema).foreign_keys[0].on_delete = ReferentialAction::SetNull,
            "foreign-key-action orders(user_id): right drifted",
        ),
        mutation(
            "another name of a foreign key",
            |schema| orders(schema).foreign_keys[0].name = Some("fk_user".into()),
            "index-name orders(user_id): right drifted",
        ),
        mutation(
            "no check",
            |schema| orders(schema).checks.clear(),
            "check-missing orders.total_positive: right drifted",
        ),
        mutation(
            "another check",
            |schema| orders(schema).checks[0].expression = normal("total > 0"),
            "check-expression orders.total_positive: right drifted",
        ),
        mutation(
            "another name of a check",
            |schema| orders(schema).checks[0].name = Some("positive".into()),
            "index-name orders.total_positive: right drifted",
        ),
    ]
}

fn of_indexes() -> Vec<Mutation> {
    vec![
        mutation(
            "no unique index",
            |schema| users(schema).indexes.clear(),
            "unique-missing users(email): right drifted",
        ),
        mutation(
            "an index that is not unique",
            |schema| users(schema).indexes[0].kind = IndexKind::Plain,
            "unique-missing users(email): right drifted",
        ),
        mutation(
            "a constraint instead of an index",
            |schema| users(schema).indexes[0].kind = IndexKind::UniqueConstraint,
            "unique-kind users(email): right drifted",
        ),
        mutation(
            "no index",
            |schema| orders(schema).indexes.clear(),
            "index-missing orders(user_id, status): right drifted",
        ),
        mutation(
            "an index more",
            |schema| users(schema).indexes.push(index(IndexKind::Plain, "users_name_idx", &["name"])),
            "index-missing users(name): right drifted",
        ),
        mutation(
            "the other way round",
            |schema| orders(schema).indexes[0].parts[1].order = SortOrder::Descending,
            "index-definition orders(user_id, status): right drifted",
        ),
        mutation(
            "columns in another order",
            |schema| orders(schema).indexes[0].parts.reverse(),
            "index-definition orders(user_id, status): right drifted",
        ),
        mutation(
            "another method",
            |schema| orders(schema).indexes[0].method = Some("brin".into()),
            "index-definition orders(user_id, status): right drifted",
        ),
        mutation(
            "only for some rows",
            |schema| orders(schema).indexes[0].predicate = Some(normal("total > 0")),
            "index-definition orders(user_id, status): right drifted",
        ),
        mutation(
            "a prefix under another name",
            |schema| {
                orders(schema).indexes[0].parts[1].prefix_length = Some(10);
                orders(schema).indexes[0].name = Some("orders_user_status_idx".into());
            },
            "index-definition orders(user_id, status): right drifted",
        ),
        mutation(
            "another name",
            |schema| orders(schema).indexes[0].name = Some("ix_orders".into()),
            "index-name orders(user_id, status): right drifted",
        ),
    ]
}

fn of_other_objects() -> Vec<Mutation> {
    vec![
        mutation(
            "a label less",
            |schema| _ = schema.namespace_mut("public").enums.get_mut("status").unwrap().labels.pop(),
            "enum-labels status: right drifted",
        ),
        mutation(
            "labels in another order",
            |schema| schema.namespace_mut("public").enums.get_mut("status").unwrap().labels.reverse(),
            "enum-label-order status: right drifted",
        ),
        mutation(
            "an enum less although a column uses it",
            |schema| schema.namespace_mut("public").enums.clear(),
            "enum-missing status: right drifted",
        ),
        mutation(
            "a view less",
            |schema| schema.namespace_mut("public").views.clear(),
            "view-missing active_users: right drifted",
        ),
        mutation(
            "a sequence less",
            |schema| schema.namespace_mut("public").sequences.clear(),
            "sequence-missing invoice_number: right drifted",
        ),
        mutation("an extension less", |schema| schema.extensions.clear(), "extension-missing citext: right drifted"),
        mutation(
            "a trigger less",
            |schema| orders(schema).triggers.clear(),
            "trigger-missing orders.audit: right drifted",
        ),
        mutation(
            "another trigger",
            |schema| orders(schema).triggers.get_mut("audit").unwrap().disabled = true,
            "trigger-definition orders.audit: right drifted",
        ),
        mutation(
            "another view",
            |schema| {
                let public = schema.namespace_mut("public");
                public.views.get_mut("active_users").unwrap().definition = Some(normal("SELECT 1"));
            },
            "view-definition active_users: right drifted",
        ),
        mutation(
            "another sequence",
            |schema| {
                let sequences = &mut schema.namespace_mut("public").sequences;
                sequences.get_mut("invoice_number").unwrap().cycle = true;
            },
            "sequence-definition invoice_number: right drifted",
        ),
        mutation(
            "a domain less",
            |schema| schema.namespace_mut("public").domains.clear(),
            "type-missing email: right drifted",
        ),
        mutation(
            "another domain",
            |schema| schema.namespace_mut("public").domains.get_mut("email").unwrap().checks.clear(),
            "type-definition email: right drifted",
        ),
        mutation(
            "a composite type less",
            |schema| schema.namespace_mut("public").composite_types.clear(),
            "type-missing address: right drifted",
        ),
        mutation(
            "another composite type",
            |schema| {
                let address = schema.namespace_mut("public").composite_types.get_mut("address").unwrap();
                address.fields.insert("street".into(), DataType::named("text"));
            },
            "type-definition address: right drifted",
        ),
        mutation(
            "a routine less",
            |schema| schema.namespace_mut("public").routines.clear(),
            "routine-missing write_log(): right drifted",
        ),
        mutation(
            "no exclusion constraint",
            |schema| orders(schema).exclusions.clear(),
            "exclusion-missing orders.no_overlap: right drifted",
        ),
        mutation(
            "another exclusion constraint",
            |schema| orders(schema).exclusions[0].definition = normal("EXCLUDE USING gist (total WITH =)"),
            "exclusion-definition orders.no_overlap: right drifted",
        ),
        mutation(
            "no policy",
            |schema| orders(schema).policies.clear(),
            "policy-missing orders.own_rows: right drifted",
        ),
        mutation(
            "another policy",
            |schema| orders(schema).policies.get_mut("own_rows").unwrap().using = Some(normal("true")),
            "policy-definition orders.own_rows: right drifted",
        ),
        mutation(
            "policies without effect",
            |schema| orders(schema).row_security = false,
            "row-security orders: right drifted",
        ),
        mutation(
            "partitions",
            |schema| {
                orders(schema).partitioning = Some(ormsync_schema::Partitioning::PartitionedBy("RANGE (id)".into()));
            },
            "table-partitioning orders: right drifted",
        ),
        mutation(
            "another kind of server",
            |schema| schema.dialect = "mysql".into(),
            "provider-mismatch schema: right drifted",
        ),
    ]
}

#[test]
fn one_changed_fact_is_one_finding() {
    let shop = shop();
    for mutation in MUTATIONS.iter() {
        let comparison = three(&shop, &changed(mutation.change), &shop, &Options::default());
        assert_eq!(told(&comparison), [mutation.finding], "{}", mutation.about);
        let finding = &comparison.findings[0];
        assert_eq!(finding.severity, finding.rule.severity, "{}", mutation.about);
        assert!(finding.headline.chars().count() <= 120, "{}", finding.headline);
    }
}

#[test]
fn headlines() {
    let shop = shop();
    let headlines: Vec<String> = MUTATIONS
        .iter()
        .flat_map(|mutation| three(&shop, &changed(mutation.change), &shop, &Options::default()).findings)
        .map(|finding| {
            let answers: Vec<String> =
                finding.answers.iter().map(|answer| format!("{}: {}", answer.source, answer.text)).collect();
            format!("{}\n  {}\n  fix: {}", finding.headline, answers.join(" | "), finding.fix.unwrap_or_default())
        })
        .collect();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../../snapshots/diff");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("headlines", headlines.join("\n")));
}

/// Rules about names and deletions, which need real readers and servers: their cases are in `fixtures/rules/`.
const BY_FIXTURES: &[&str] = &["delete-rule", "identifier-length", "reserved-word"];

#[test]
fn every_rule_has_a_mutation() {
    let untested: Vec<&str> = RULES
        .iter()
        .map(|rule| rule.name)
        .filter(|rule| !BY_FIXTURES.contains(rule))
        .filter(|rule| !crate::hazards::rules().any(|tested| tested == *rule))
        .filter(|rule| !MUTATIONS.iter().any(|mutation| mutation.finding.split(' ').next() == Some(rule)))
        .collect();
    assert_eq!(untested, Vec::<&str>::new());
}
