//! Mutations of tables as such, and of what is outside tables.

use std::collections::BTreeSet;

use ormsync_dialect::Dialect;
use ormsync_schema::{
    Column, DataType, EnumType, Extension, Fact, IndexPart, Origin, Partitioning, Policy, PrimaryKey, Schema, Sequence,
    Table, Trigger, TriggerEvent, TriggerTiming, View,
};

use super::mutation::{Mutation, Shape, TablePlace};

/// All mutations of a table as such.
pub(crate) fn of_table(
    place: &TablePlace,
    table: &Table,
    all: &[Schema],
    dialect: &'static dyn Dialect,
) -> Vec<Mutation> {
    let referred = all.iter().flat_map(Schema::tables).any(|(_, name, other)| {
        name != place.name && other.foreign_keys.iter().any(|key| key.referenced_table == place.name)
    });
    // A table goes with the foreign keys that lead to it, which is more than one fact.
    let mut all = if referred { Vec::new() } else { vec![dropped(place), renamed(place)] };
    let (comment, shape) = match table.comment {
        Some(_) => ("table comment changed", Shape::Changed),
        None => ("table comment added", Shape::Added),
    };
    let told = |table: &Table| Some(format!("{:?}", table.comment));
    all.push(place.mutation((comment, "table-comment", shape), &[Fact::TableComment], told, |table| {
        table.comment = Some("quokka".into());
    }));
    for option in table.options.keys() {
        let (option, wanted) = (option.clone(), option.clone());
        all.push(place.mutation(
            ("storage option changed", "table-options", Shape::Changed),
            &[Fact::TableOptions],
            move |table| table.options.get(&wanted).cloned(),
            move |table| _ = table.options.insert(option.clone(), "quokka".into()),
        ));
    }
    all.push(trigger(place));
    if dialect.name() == "postgresql" {
        all.extend(security(place));
    }
    for (name, column) in &table.columns {
        if let DataType::InlineEnum(labels) = &column.data_type {
            all.extend(inline_labels(place, name, labels));
        }
    }
    all
}

fn dropped(place: &TablePlace) -> Mutation {
    let gone = place.clone();
    let kind = ("table dropped", "table-missing", Shape::Removed);
    let mutation = place.mutation(kind, &[Fact::Table], |_| Some(String::new()), |_| {});
    let apply =
        Box::new(move |schema: &mut Schema| _ = schema.namespace_mut(&gone.namespace).tables.remove(&gone.name));
    Mutation { mapping: true, apply, ..mutation }
}

fn renamed(place: &TablePlace) -> Mutation {
    let gone = place.clone();
    let kind = ("table renamed", "table-missing", Shape::Removed);
    let mut mutation = place.mutation(kind, &[Fact::Table], |_| Some(String::new()), |_| {});
    mutation.at.push(format!("{}_", place.path));
    let apply = Box::new(move |schema: &mut Schema| {
        let tables = &mut schema.namespace_mut(&gone.namespace).tables;
        let table = tables.remove(&gone.name).unwrap();
        tables.insert(format!("{}_", gone.name), table);
    });
    Mutation { mapping: true, renamed: true, apply, ..mutation }
}

fn trigger(place: &TablePlace) -> Mutation {
    let at = (format!("{}.quokka", place.path), Vec::new());
    place.addition(("trigger added", "trigger-missing"), &[Fact::Trigger], at, |table| {
        table.triggers.insert(
            "quokka".into(),
            Trigger {
                timing: TriggerTiming::After,
                events: vec![TriggerEvent::Update],
                action: "quokka()".into(),
                for_each_row: true,
                origin: table.origin.clone(),
                ..Trigger::default()
            },
        );
    })
}

fn security(place: &TablePlace) -> Vec<Mutation> {
    let at = || (format!("{}.quokka", place.path), Vec::new());
    vec![
        place.addition(("row policy added", "policy-missing"), &[Fact::Policy], at(), |table| {
            let origin = table.origin.clone();
            let policy = Policy { command: "all".into(), origin, ..Policy::default() };
            table.policies.insert("quokka".into(), policy);
        }),
        place.addition(
            ("table partitioned", "table-partitioning"),
            &[Fact::Partitioning],
            (place.path.clone(), Vec::new()),
            |table| table.partitioning = Some(Partitioning::PartitionedBy("RANGE (quokka)".into())),
        ),
    ]
}

/// A change of a list of labels.
type ChangeLabels = fn(&mut Vec<String>);

/// Ways to change a list of labels, the last one of their order alone.
const LABELS: &[(&str, ChangeLabels)] = &[
    ("enum label dropped", |labels| _ = labels.pop()),
    ("enum label added", |labels| labels.push("quokka".into())),
    ("enum label renamed", |labels| labels[0] = "quokka".into()),
    ("enum labels in another order", |labels| labels.reverse()),
];

fn inline_labels(place: &TablePlace, name: &str, labels: &[String]) -> Vec<Mutation> {
    let mut all = Vec::new();
    for (kind, change) in LABELS.iter().filter(|_| labels.len() > 1) {
        let order = kind.ends_with("order");
        let rule = if order { "enum-label-order" } else { "enum-labels" };
        let mut mutation = place.on_column(name, (kind, rule, Shape::Changed), Fact::ColumnType, move |column| {
            if let DataType::InlineEnum(labels) = &mut column.data_type {
                change(labels);
            }
        });
        if order {
            mutation.facts.push(Fact::EnumLabelOrder);
        }
        all.push(mutation);
    }
    all
}

/// All mutations of what is outside tables.
pub(crate) fn of_schema(schema: &Schema, dialect: &'static dyn Dialect) -> Vec<Mutation> {
    let mut all = vec![table_added(dialect), sequence_added(dialect), view_added(dialect)];
    if dialect.name() == "postgresql" {
        all.push(extension_added());
    }
    for extension in schema.extensions.keys() {
        let (extension, wanted) = (extension.clone(), extension.clone());
        all.push(outside(
            ("extension dropped", "extension-missing", Shape::Removed),
            extension.clone(),
            &[Fact::Extension],
            move |schema| schema.extensions.get(&wanted).map(|_| String::new()),
            move |schema| _ = schema.extensions.remove(&extension),
        ));
    }
    let used = used_enums(schema);
    for (namespace, content) in &schema.namespaces {
        for (name, found) in &content.enums {
            all.extend(of_enum(namespace, name, found, used.contains(name), dialect));
        }
    }
    all
}

fn used_enums(schema: &Schema) -> BTreeSet<String> {
    schema
        .tables()
        .flat_map(|(_, _, table)| table.columns.values())
        .filter_map(|column| match &column.data_type {
            DataType::Enum { name, .. } => Some(name.clone()),
            _ => None,
        })
        .collect()
}

fn outside(
    (kind, rule, shape): (&'static str, &'static str, Shape),
    at: String,
    facts: &[Fact],
    value: impl Fn(&Schema) -> Option<String> + 'static,
    apply: impl Fn(&mut Schema) + 'static,
) -> Mutation {
    Mutation {
        kind,
        rule,
        touches: (at.clone(), Vec::new()),
        at: vec![at],
        shape,
        mapping: false,
        renamed: false,
        facts: facts.to_vec(),
        value: Box::new(value),
        apply: Box::new(apply),
    }
}

fn table_added(dialect: &'static dyn Dialect) -> Mutation {
    let kind = ("table added", "table-missing", Shape::Added);
    let there = |_: &Schema| Some(String::new());
    let mutation = outside(kind, "quokka".into(), &[Fact::Table], there, move |schema| {
        let origin = any_origin(schema);
        let mut table = Table { origin: origin.clone(), ..Table::default() };
        let column = Column::new(dialect.parse_type("integer"), false, origin.clone());
        table.columns.insert("quokka".into(), column);
        table.primary_key =
            Some(PrimaryKey { parts: vec![IndexPart::column("quokka")], origin, ..PrimaryKey::default() });
        schema.namespace_mut(dialect.default_namespace()).tables.insert("quokka".into(), table);
    });
    Mutation { mapping: true, ..mutation }
}

/// The place of some table, for what is added.
fn any_origin(schema: &Schema) -> Origin {
    schema.tables().next().map(|(_, _, table)| table.origin.clone()).unwrap_or_default()
}

fn sequence_added(dialect: &'static dyn Dialect) -> Mutation {
    let kind = ("sequence added", "sequence-missing", Shape::Added);
    outside(
        kind,
        "quokka".into(),
        &[Fact::Sequence],
        |_| Some(String::new()),
        move |schema| {
            let origin = any_origin(schema);
            let sequence = Sequence { origin, ..Sequence::default() };
            schema.namespace_mut(dialect.default_namespace()).sequences.insert("quokka".into(), sequence);
        },
    )
}

fn view_added(dialect: &'static dyn Dialect) -> Mutation {
    let kind = ("view added", "view-missing", Shape::Added);
    outside(
        kind,
        "quokka".into(),
        &[Fact::View],
        |_| Some(String::new()),
        move |schema| {
            let origin = any_origin(schema);
            let view = View { origin, ..View::default() };
            schema.namespace_mut(dialect.default_namespace()).views.insert("quokka".into(), view);
        },
    )
}

fn extension_added() -> Mutation {
    let kind = ("extension added", "extension-missing", Shape::Added);
    outside(
        kind,
        "quokka".into(),
        &[Fact::Extension],
        |_| Some(String::new()),
        |schema| {
            let extension = Extension { version: None, namespace: None, origin: any_origin(schema) };
            schema.extensions.insert("quokka".into(), extension);
        },
    )
}

fn of_enum(
    namespace: &str,
    name: &str,
    found: &EnumType,
    is_used: bool,
    dialect: &'static dyn Dialect,
) -> Vec<Mutation> {
    let path = if namespace == dialect.default_namespace() { name.to_owned() } else { format!("{namespace}.{name}") };
    let (namespace, name) = (namespace.to_owned(), name.to_owned());
    let mut all = Vec::new();
    for (kind, change) in LABELS.iter().filter(|_| found.labels.len() > 1) {
        let order = kind.ends_with("order");
        let rule = if order { "enum-label-order" } else { "enum-labels" };
        let facts: &[Fact] = if order { &[Fact::EnumType, Fact::EnumLabelOrder] } else { &[Fact::EnumType] };
        let (value, applied) = ((namespace.clone(), name.clone()), (namespace.clone(), name.clone()));
        all.push(outside(
            (kind, rule, Shape::Changed),
            path.clone(),
            facts,
            move |schema| {
                let labels = &schema.enum_type(&value.0, &value.1)?.labels;
                Some(if order {
                    labels.join(",")
                } else {
                    labels.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(",")
                })
            },
            move |schema| {
                let enums = &mut schema.namespace_mut(&applied.0).enums;
                change(&mut enums.get_mut(&applied.1).unwrap().labels);
            },
        ));
    }
    if is_used {
        let (value, applied) = ((namespace.clone(), name.clone()), (namespace, name));
        all.push(outside(
            ("enum type dropped", "enum-missing", Shape::Removed),
            path,
            &[Fact::EnumType],
            move |schema| schema.enum_type(&value.0, &value.1).map(|_| String::new()),
            move |schema| _ = schema.namespace_mut(&applied.0).enums.remove(&applied.1),
        ));
    }
    all
}
