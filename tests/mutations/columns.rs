//! Mutations of columns.

use ormsync_dialect::{Dialect, Equivalence};
use ormsync_schema::{
    Column, DataType, DefaultValue, Expression, Fact, Generated, GeneratedStorage, Identity, IdentityKind, Literal,
    NamedType, Table, TypeArgument,
};

use super::mutation::{Mutation, Shape, TablePlace};

/// All mutations of the columns of a table.
pub(crate) fn of_table(place: &TablePlace, table: &Table, dialect: &'static dyn Dialect) -> Vec<Mutation> {
    let mut all = additions(place, dialect);
    for (name, column) in &table.columns {
        if !takes_part(table, name) {
            all.push(dropped(place, name));
            all.push(renamed(place, name));
            all.extend(types(place, name, column, dialect));
        }
        if !in_primary_key(table, name) {
            all.extend(nullability(place, name, column));
        }
        all.extend(defaults(place, name, column, dialect));
        all.extend(generation(place, name, column, dialect));
        all.extend(words(place, name, column));
    }
    all
}

/// Whether keys, indexes or checks hang on the column, so that more than one fact would change with it.
fn takes_part(table: &Table, name: &str) -> bool {
    in_primary_key(table, name)
        || table.indexes.iter().any(|index| index.columns().any(|column| column == name) || index.predicate.is_some())
        || table.foreign_keys.iter().any(|key| key.columns.iter().any(|column| column == name))
        || table.checks.iter().any(|check| check.expression.text.contains(name))
        || table
            .columns
            .values()
            .any(|column| column.generated.as_ref().is_some_and(|generated| generated.expression.text.contains(name)))
}

fn in_primary_key(table: &Table, name: &str) -> bool {
    table.primary_key.iter().flat_map(|key| &key.parts).any(|part| part.as_column() == Some(name))
}

fn additions(place: &TablePlace, dialect: &'static dyn Dialect) -> Vec<Mutation> {
    [("column added", true), ("column added that takes no NULL", false)]
        .into_iter()
        .map(|(kind, nullable)| {
            let at = (format!("{}.quokka", place.path), vec!["quokka".to_owned()]);
            let addition = place.addition((kind, "column-missing"), &[Fact::Column], at, move |table| {
                let column = Column::new(dialect.parse_type("integer"), nullable, table.origin.clone());
                table.columns.insert("quokka".into(), column);
            });
            Mutation { mapping: true, ..addition }
        })
        .collect()
}

fn dropped(place: &TablePlace, name: &str) -> Mutation {
    let (wanted, gone) = (name.to_owned(), name.to_owned());
    let mutation = place.mutation(
        ("column dropped", "column-missing", Shape::Removed),
        &[Fact::Column],
        move |table| table.columns.get(&wanted).map(|_| String::new()),
        move |table| _ = table.columns.shift_remove(&gone),
    );
    on(mutation, place, name)
}

fn renamed(place: &TablePlace, name: &str) -> Mutation {
    let (wanted, gone) = (name.to_owned(), name.to_owned());
    let mutation = place.mutation(
        ("column renamed", "column-missing", Shape::Removed),
        &[Fact::Column],
        move |table| table.columns.get(&wanted).map(|_| String::new()),
        move |table| {
            let (at, _, column) = table.columns.shift_remove_full(&gone).unwrap();
            table.columns.shift_insert(at, format!("{gone}_"), column);
        },
    );
    let mut mutation = Mutation { renamed: true, ..on(mutation, place, name) };
    mutation.at.push(format!("{}.{name}_", place.path));
    mutation
}

fn on(mutation: Mutation, place: &TablePlace, name: &str) -> Mutation {
    Mutation {
        at: vec![format!("{}.{name}", place.path)],
        touches: (place.path.clone(), vec![name.to_owned()]),
        mapping: true,
        ..mutation
    }
}

/// Other types, as far as the dialect takes them for different ones.
fn types(place: &TablePlace, name: &str, column: &Column, dialect: &'static dyn Dialect) -> Vec<Mutation> {
    let mut candidates: Vec<(&'static str, DataType)> = Vec::new();
    if let DataType::Named(named) = &column.data_type {
        candidates.extend(with_other_arguments(named));
        let others: &[(&str, &str, &str)] = &[
            ("bigint", "type: narrower number", "integer"),
            ("bigint", "type: narrower number", "int"),
            ("int", "type: wider number", "bigint"),
            ("integer", "type: wider number", "bigint"),
            ("decimal", "type: float for a decimal", "double"),
            ("decimal", "type: float for a decimal", "real"),
            ("numeric", "type: float for a decimal", "double precision"),
            ("json", "type: text for JSON", "longtext"),
            ("json", "type: JSON in another form", "jsonb"),
            ("jsonb", "type: JSON in another form", "json"),
            ("jsonb", "type: text for JSON", "text"),
            ("uuid", "type: text for a UUID", "text"),
            ("text", "type: text cut short", "varchar(40)"),
            ("varchar", "type: number for text", "integer"),
            ("text", "type: number for text", "integer"),
            ("timestamp", "type: with a zone", "timestamptz"),
            ("timestamptz", "type: without a zone", "timestamp"),
            ("datetime", "type: text for a time", "varchar(40)"),
            ("datetime", "type: text for a time", "text"),
            ("timestamp", "type: text for a time", "text"),
            ("boolean", "type: number for a boolean", "integer"),
            ("boolean", "type: text for a boolean", "text"),
            ("tinyint", "type: number for a boolean", "int"),
        ];
        for (_, kind, text) in others.iter().filter(|(own, ..)| *own == named.name) {
            candidates.push((kind, dialect.parse_type(text)));
        }
    }
    match &column.data_type {
        DataType::Enum { .. } => candidates.push(("type: text for an enum", dialect.parse_type("text"))),
        DataType::InlineEnum(_) => candidates.push(("type: text for an enum", dialect.parse_type("varchar(191)"))),
        DataType::Array(element) => candidates.push(("type: one for many", (**element).clone())),
        single if dialect.name() == "postgresql" => {
            candidates.push(("type: many for one", DataType::Array(Box::new(single.clone()))));
        }
        _ => {}
    }
    candidates
        .into_iter()
        .filter(|(_, other)| dialect.compare_types(&column.data_type, other) == Equivalence::Different)
        .map(|(kind, other)| {
            place.on_column(name, (kind, "column-type", Shape::Changed), Fact::ColumnType, move |column| {
                column.data_type = other.clone();
            })
        })
        .collect()
}

fn with_other_arguments(named: &NamedType) -> Vec<(&'static str, DataType)> {
    let with = |position: usize, change: fn(i64) -> i64| {
        let mut other = named.clone();
        other.arguments[position] = TypeArgument::Number(change(named.number(position).unwrap()));
        DataType::Named(other)
    };
    let mut others = Vec::new();
    match (named.name.as_str(), named.number(0), named.number(1)) {
        ("decimal" | "numeric", Some(_), Some(scale)) => {
            others.push(("type: precision", with(0, |precision| precision + 1)));
            others.push(("type: scale", with(1, if scale > 0 { |scale| scale - 1 } else { |scale| scale + 1 })));
        }
        ("varchar" | "char", Some(_), _) => {
            others.push(("type: longer", with(0, |length| length + 1)));
            others.push(("type: shorter", with(0, |length| (length / 2).max(1))));
        }
        ("timestamp" | "timestamptz" | "datetime" | "time", Some(_), _) => {
            others.push(("type: fraction of seconds", with(0, |precision| (precision + 3) % 6)));
        }
        ("timestamp" | "timestamptz" | "time", None, _) => {
            others.push(("type: fraction of seconds", DataType::with_arguments(named.name.clone(), [0])));
        }
        _ => {}
    }
    if matches!(named.name.as_str(), "int" | "bigint" | "smallint") {
        let mut other = named.clone();
        if !other.modifiers.remove("unsigned") {
            other.modifiers.insert("unsigned".into());
        }
        others.push(("type: unsigned", DataType::Named(other)));
    }
    others
}

fn nullability(place: &TablePlace, name: &str, column: &Column) -> Option<Mutation> {
    let kind = if column.nullable { "NULL refused" } else { "NULL taken" };
    Some(place.on_column(name, (kind, "column-nullable", Shape::Changed), Fact::Nullability, |column| {
        column.nullable = !column.nullable;
    }))
}

fn defaults(place: &TablePlace, name: &str, column: &Column, dialect: &'static dyn Dialect) -> Vec<Mutation> {
    let mut all = Vec::new();
    let mut add = |kind, shape, default: Option<DefaultValue>| {
        all.push(place.on_column(name, (kind, "column-default", shape), Fact::Default, move |column| {
            column.default = default.clone();
        }));
    };
    let number = |text: &str| Some(DefaultValue::Literal(Literal::Number(text.into())));
    match &column.default {
        Some(DefaultValue::Literal(Literal::Number(_))) => {
            add("default dropped", Shape::Removed, None);
            add("default: another number", Shape::Changed, number("4711"));
        }
        Some(DefaultValue::Literal(Literal::Text(_))) => {
            add("default dropped", Shape::Removed, None);
            add("default: another text", Shape::Changed, Some(DefaultValue::Literal(Literal::Text("quokka".into()))));
        }
        Some(DefaultValue::Literal(Literal::Boolean(value))) => {
            let other = !*value;
            add("default: the other truth", Shape::Changed, Some(DefaultValue::Literal(Literal::Boolean(other))));
        }
        Some(DefaultValue::Now { .. }) => add("default: no time", Shape::Removed, None),
        None if column.identity.is_none() && column.generated.is_none() => {
            let is_number = column.data_type.as_named().is_some_and(|named| {
                matches!(named.name.as_str(), "int" | "integer" | "bigint" | "decimal" | "numeric" | "double precision")
            });
            let is_time = column
                .data_type
                .as_named()
                .is_some_and(|named| named.name.starts_with("timestamp") || named.name == "datetime");
            if is_number {
                add("default added", Shape::Added, number("4711"));
            } else if is_time && dialect.name() != "mysql" {
                add("default: a time", Shape::Added, Some(DefaultValue::Now { precision: None }));
            }
        }
        _ => {}
    }
    let value = column.default.clone();
    if column.on_update.is_some() {
        all.push(place.on_column(
            name,
            ("on update dropped", "column-default", Shape::Removed),
            Fact::OnUpdate,
            |it| {
                it.on_update = None;
            },
        ));
    } else if let Some(now @ DefaultValue::Now { .. }) = value.filter(|_| dialect.name() == "mysql") {
        all.push(place.on_column(
            name,
            ("on update added", "column-default", Shape::Added),
            Fact::OnUpdate,
            move |column| column.on_update = Some(now.clone().into()),
        ));
    }
    all
}

fn generation(place: &TablePlace, name: &str, column: &Column, dialect: &'static dyn Dialect) -> Vec<Mutation> {
    let mut all = Vec::new();
    let mut identity = |kind, shape, identity: Option<Identity>| {
        let kind = (kind, "column-auto-increment", shape);
        all.push(
            place.on_column(name, kind, Fact::Identity, move |column| column.identity = identity.clone().map(Box::new)),
        );
    };
    // On SQLite a column is numbered by being the primary key: no fact of its own.
    match (&column.identity, dialect.name()) {
        (_, "sqlite") => {}
        (Some(found), dialect) => {
            identity("not numbered", Shape::Removed, None);
            let kind = IdentityKind::Always;
            if found.kind != kind && dialect == "postgresql" {
                identity("numbered always", Shape::Changed, Some(Identity { kind, ..Identity::default() }));
            }
        }
        (None, _) if column.default.is_none() && !column.nullable && is_integer(column) => {
            identity("numbered", Shape::Added, Some(Identity::auto_increment()));
        }
        (None, _) => {}
    }
    let mut generated =
        |kind, shape, generated: Option<Generated>| {
            let kind = (kind, "column-generated", shape);
            all.push(place.on_column(name, kind, Fact::Generated, move |column| {
                column.generated = generated.clone().map(Box::new)
            }));
        };
    let expression = Expression::in_normal_form("(4711)");
    if let Some(found) = &column.generated {
        let storage = match found.storage {
            GeneratedStorage::Stored => GeneratedStorage::Virtual,
            GeneratedStorage::Virtual => GeneratedStorage::Stored,
        };
        generated("not generated", Shape::Removed, None);
        generated("generated, otherwise kept", Shape::Changed, Some(Generated { storage, ..*found.clone() }));
        generated("generated from something else", Shape::Changed, Some(Generated { expression, ..*found.clone() }));
    } else if column.default.is_none() && column.identity.is_none() {
        let storage = GeneratedStorage::Stored;
        generated("generated", Shape::Added, Some(Generated { expression, storage }));
    }
    all
}

fn is_integer(column: &Column) -> bool {
    column.data_type.as_named().is_some_and(|named| matches!(named.name.as_str(), "int" | "integer" | "bigint"))
}

fn words(place: &TablePlace, name: &str, column: &Column) -> Vec<Mutation> {
    let mut all = Vec::new();
    let (comment, shape) = match column.comment {
        Some(_) => ("column comment changed", Shape::Changed),
        None => ("column comment added", Shape::Added),
    };
    all.push(place.on_column(name, (comment, "column-comment", shape), Fact::ColumnComment, |column| {
        column.comment = Some("quokka".into());
    }));
    if column.comment.is_some() {
        all.push(place.on_column(
            name,
            ("column comment dropped", "column-comment", Shape::Removed),
            Fact::ColumnComment,
            |column| column.comment = None,
        ));
    }
    let is_text =
        column.data_type.as_named().is_some_and(|named| matches!(named.name.as_str(), "varchar" | "text" | "char"));
    if is_text && column.collation.is_none() {
        all.push(place.on_column(name, ("collation added", "column-collation", Shape::Added), Fact::Collation, |it| {
            it.collation = Some("quokka_ci".into());
        }));
    }
    if column.collation.is_some() {
        all.push(place.on_column(
            name,
            ("collation changed", "column-collation", Shape::Changed),
            Fact::Collation,
            |column| column.collation = Some("quokka_ci".into()),
        ));
    }
    all
}
