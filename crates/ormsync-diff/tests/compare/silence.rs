//! What is unsaid or was not understood is neither equal nor drift.

use ormsync_diff::{Comparison, Options};
use ormsync_schema::{
    Column, DataType, DefaultValue, EnumType, Expression, Fact, Index, IndexKind, IndexPart, IndexTarget, Opaque,
    Origin, Schema, SortOrder,
};

use crate::builder::{changed, index, normal, shop, table_of, three, told, two};

fn compared(change: impl FnOnce(&mut Schema)) -> Comparison {
    two(&changed(change), &shop(), &Options::default())
}

fn nothing(comparison: &Comparison) {
    assert_eq!(told(comparison), Vec::<String>::new());
}

#[test]
fn what_a_source_has_no_words_for_is_never_missing() {
    nothing(&compared(|schema| {
        schema.unsaid = [
            Fact::Check,
            Fact::ColumnComment,
            Fact::TableComment,
            Fact::Generated,
            Fact::Trigger,
            Fact::View,
            Fact::Sequence,
            Fact::Extension,
            Fact::EnumLabelOrder,
            Fact::Identity,
            Fact::UniqueKind,
            Fact::IndexOrder,
            Fact::ForeignKey,
        ]
        .into();
        schema.extensions.clear();
        let public = schema.namespace_mut("public");
        public.views.clear();
        public.sequences.clear();
        public.enums.get_mut("status").unwrap().labels.reverse();
        let orders = table_of(schema, "orders");
        orders.checks.clear();
        orders.triggers.clear();
        orders.foreign_keys.clear();
        orders.columns["gross"].generated = None;
        orders.indexes[0].parts[0].order = SortOrder::Descending;
        let users = table_of(schema, "users");
        users.comment = None;
        users.columns["email"].comment = None;
        users.columns["id"].identity = None;
        users.indexes[0].kind = IndexKind::UniqueConstraint;
    }));
}

#[test]
fn a_silent_source_takes_no_side() {
    let silent = changed(|schema| {
        schema.unsaid.insert(Fact::Check);
        table_of(schema, "orders").checks.clear();
    });
    let without = changed(|schema| table_of(schema, "orders").checks.clear());
    let comparison = three(&silent, &without, &shop(), &Options::default());
    assert_eq!(told(&comparison), ["check-missing orders.total_positive: conflict"]);
    assert_eq!(comparison.findings[0].answers.len(), 2);
}

#[test]
fn unreadable_types_and_defaults_are_unknown() {
    let comparison = compared(|schema| {
        let orders = table_of(schema, "orders");
        orders.columns["total"].data_type = DataType::Unreadable("Money()".into());
        orders.columns["total"].default = Some(DefaultValue::Unreadable("make()".into()));
    });
    nothing(&comparison);
    assert_eq!(comparison.coverage[0].opaque, 2);
    assert_eq!(comparison.summary.opaque, 2);
}

#[test]
fn an_unknown_answer_does_not_hide_a_known_difference() {
    let unknown = changed(|schema| {
        table_of(schema, "users").columns["name"].data_type = DataType::Unreadable("Name()".into());
    });
    let other = changed(|schema| table_of(schema, "users").columns["name"].data_type = DataType::named("uuid"));
    assert_eq!(told(&three(&unknown, &other, &shop(), &Options::default())), ["column-type users.name: conflict"]);
}

#[test]
fn expressions_differ_only_when_both_were_understood() {
    nothing(&compared(|schema| {
        table_of(schema, "orders").checks[0].expression = Expression::written("(total) >= (0)::numeric");
    }));
    // A check without a name that could be the one with a name.
    nothing(&compared(|schema| {
        table_of(schema, "orders").checks[0].name = None;
        table_of(schema, "orders").checks[0].expression = Expression::written("is_fine(total)");
    }));
}

fn on_lower(text: Expression) -> Index {
    let mut lower = index(IndexKind::Plain, "users_lower_idx", &[]);
    lower.parts.push(IndexPart::new(IndexTarget::Expression(text)));
    lower
}

#[test]
fn expression_indexes_that_were_not_understood_may_be_the_same() {
    let left = changed(|schema| {
        let mut other = on_lower(Expression::written("lower((name)::text)"));
        other.name = Some("ix_lower".into());
        other.name.take();
        table_of(schema, "users").indexes.push(other);
    });
    let database = changed(|schema| table_of(schema, "users").indexes.push(on_lower(normal("lower(name)"))));
    nothing(&two(&left, &database, &Options::default()));
}

#[test]
fn expression_and_partial_indexes_are_not_missing_where_there_are_no_words_for_them() {
    let left = changed(|schema| {
        schema.unsaid.extend([Fact::IndexExpression, Fact::IndexPredicate]);
    });
    let database = changed(|schema| {
        let users = table_of(schema, "users");
        users.indexes.push(on_lower(normal("lower(name)")));
        let mut partial = index(IndexKind::UniqueIndex, "users_name_key", &["name"]);
        partial.predicate = Some(normal("name is not null"));
        users.indexes.push(partial);
    });
    nothing(&two(&left, &database, &Options::default()));
}

fn opaque(fact: Fact, name: Option<&str>) -> Opaque {
    Opaque { fact, name: name.map(str::to_owned), text: "**magic()".into(), origin: Origin::nowhere() }
}

#[test]
fn an_enum_that_no_known_column_uses_may_belong_to_a_table_that_was_not_read() {
    let unused = |schema: &mut Schema| {
        let labels = vec!["hot".into(), "cold".into()];
        let made = EnumType { labels, comment: None, origin: Origin::nowhere() };
        schema.namespace_mut("public").enums.insert("weather".into(), made);
    };
    let database = changed(unused);
    let compared = |change: &dyn Fn(&mut Schema)| told(&two(&changed(change), &database, &Options::default()));
    assert_eq!(compared(&|_| {}), ["enum-missing weather: conflict"]);
    assert_eq!(compared(&|schema| schema.opaque.push(opaque(Fact::Table, None))), Vec::<String>::new());
    assert_eq!(
        compared(&|schema| table_of(schema, "users").opaque.push(opaque(Fact::Column, Some("mood")))),
        Vec::<String>::new()
    );
}

#[test]
fn what_may_hide_in_an_opaque_part_is_not_missing() {
    nothing(&compared(|schema| {
        schema.namespace_mut("public").tables.remove("orders");
        schema.opaque.push(opaque(Fact::Table, None));
    }));
    nothing(&compared(|schema| {
        let users = table_of(schema, "users");
        users.columns.shift_remove("email");
        users.indexes.clear();
        users.opaque.push(opaque(Fact::Column, None));
    }));
    nothing(&compared(|schema| {
        let orders = table_of(schema, "orders");
        orders.indexes.clear();
        orders.opaque.push(opaque(Fact::Index, None));
    }));
    let comparison = compared(|schema| {
        schema.namespace_mut("public").tables.remove("orders");
        schema.opaque.push(opaque(Fact::Table, Some("carts")));
    });
    assert_eq!(told(&comparison), ["table-missing orders: conflict"]);
}

#[test]
fn what_is_there_is_compared_beside_an_opaque_part() {
    let comparison = compared(|schema| {
        let orders = table_of(schema, "orders");
        orders.columns["total"].nullable = true;
        orders.indexes[0].method = Some("brin".into());
        orders.opaque.extend([opaque(Fact::Index, None), opaque(Fact::Nullability, None)]);
    });
    assert_eq!(
        told(&comparison),
        ["column-nullable orders.total: conflict", "index-definition orders(user_id, status): conflict"]
    );
    nothing(&compared(|schema| {
        let orders = table_of(schema, "orders");
        orders.columns["total"].nullable = true;
        orders.opaque.push(opaque(Fact::Nullability, Some("total")));
    }));
}

#[test]
fn implicit_indexes_are_never_missing_and_never_extra() {
    nothing(&compared(|schema| {
        let mut implicit = index(IndexKind::Plain, "orders_user_id_fkey", &["user_id"]);
        implicit.implicit = true;
        table_of(schema, "orders").indexes.push(implicit);
    }));
}

#[test]
fn an_index_on_the_primary_key_is_fine() {
    nothing(&compared(|schema| {
        table_of(schema, "users").indexes.push(index(IndexKind::UniqueIndex, "users_id_key", &["id"]));
    }));
}

#[test]
fn a_view_that_is_mapped_like_a_table_is_there() {
    nothing(&compared(|schema| {
        let public = schema.namespace_mut("public");
        public.views.clear();
        let id = Column::new(DataType::named("integer"), false, Origin::nowhere());
        public.tables.insert("active_users".into(), crate::builder::table([("id", id)]));
    }));
}
