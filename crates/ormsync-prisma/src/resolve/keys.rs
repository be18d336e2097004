//! Ids, uniques and indexes: `@id`, `@unique`, `@@id`, `@@unique`, `@@index`, `@@fulltext`.

use ormsync_schema::Fact;

use super::attributes::{Arguments, Attributes, elements};
use super::fields::Context;
use super::model::{FieldKind, Key, KeyKind, KeyPart, Model, OperatorClass, Predicate};
use crate::native::ScalarType;
use crate::report::Report;
use crate::syntax::{Argument, Attribute, Expression, ExpressionKind};

const CODE: &str = "prisma-key";

/// The keys that stand at fields.
pub(super) fn of_fields(model: &mut Model<'_>, report: &mut Report<'_>) {
    for position in 0..model.fields.len() {
        let field = model.fields[position].field;
        if matches!(model.fields[position].kind, FieldKind::Relation(_)) {
            continue;
        }
        if let Some(attribute) = field.attribute("id") {
            let key = of_field(KeyKind::Id, attribute, position, model, report);
            if model.primary_key.is_some() {
                report.error(
                    CODE,
                    attribute.span,
                    "Only one field of a model is its `@id`; for several there is `@@id`.",
                );
            } else {
                model.primary_key = Some(key);
            }
        }
        if let Some(attribute) = field.attribute("unique") {
            let key = of_field(KeyKind::Unique, attribute, position, model, report);
            model.keys.push(key);
        }
    }
}

fn of_field<'t>(
    kind: KeyKind,
    attribute: &'t Attribute,
    field: usize,
    model: &Model<'t>,
    report: &mut Report<'_>,
) -> Key<'t> {
    let mut arguments = Arguments::new(attribute, report);
    let map = arguments.text("map", report);
    let mut part = KeyPart { field, descending: None, length: None, operator_class: None };
    if let Some(length) = arguments.named("length") {
        part.length = expect_length(length, report);
    }
    if let Some(sort) = arguments.named("sort") {
        part.descending = expect_sort(sort, report);
    }
    let predicate = (kind == KeyKind::Unique)
        .then(|| arguments.named("where"))
        .flatten()
        .and_then(|value| predicate(value, model, report));
    refuse_clustered(&mut arguments, report);
    arguments.finish(report);
    Key { kind, attribute, parts: vec![part], client_name: None, map, method: None, predicate }
}

/// The keys that stand in the block.
pub(super) fn of_block<'t>(
    model: &mut Model<'t>,
    attributes: &mut Attributes<'t>,
    context: &Context<'_, 't>,
    report: &mut Report<'_>,
) {
    if let Some(attribute) = attributes.single("id", report) {
        if model.primary_key.is_some() {
            report.error(CODE, attribute.span, "A model has one id: either an `@id` or this `@@id`.");
        }
        if let Some(key) = of_attribute(KeyKind::Id, attribute, model, report) {
            model.primary_key.get_or_insert(key);
        }
    }
    for (kind, name) in [(KeyKind::Index, "index"), (KeyKind::Unique, "unique"), (KeyKind::Fulltext, "fulltext")] {
        for attribute in attributes.repeated(name) {
            if let Some(key) = of_attribute(kind, attribute, model, report) {
                model.keys.push(key);
            }
        }
    }
    check_previews(model, context, report);
}

fn check_previews(model: &Model<'_>, context: &Context<'_, '_>, report: &mut Report<'_>) {
    for key in model.keys.iter().filter(|key| key.predicate.is_some()) {
        if !context.facts.has_partial_indexes {
            report.error(CODE, key.attribute.span, format!("{} has no partial indexes.", context.facts.display));
        } else if !context.configuration.previews("partialIndexes") {
            report.error_with_help(
                "prisma-preview-feature",
                key.attribute.span,
                "Partial indexes need a preview feature.",
                "Add \"partialIndexes\" to `previewFeatures` of the generator.",
            );
        }
    }
}

fn of_attribute<'t>(
    kind: KeyKind,
    attribute: &'t Attribute,
    model: &mut Model<'t>,
    report: &mut Report<'_>,
) -> Option<Key<'t>> {
    let mut arguments = Arguments::new(attribute, report);
    let fields = arguments.required("fields", report);
    let parts = fields.and_then(|fields| parts(fields, attribute, model, report));
    let map = arguments.text("map", report);
    let name = if kind == KeyKind::Fulltext { None } else { arguments.text("name", report) };
    let mut key = Key {
        kind,
        attribute,
        parts: Vec::new(),
        client_name: name.filter(|_| kind != KeyKind::Index),
        map,
        method: None,
        predicate: None,
    };
    if kind == KeyKind::Index {
        // Before Prisma 3, `name` was the name in the database; indexes still take it.
        if let (Some(_), Some(_)) = (name, map) {
            report.error(CODE, attribute.span, "`name` is an old word for `map` here; only one of them may be given.");
        }
        key.map = map.or(name);
        key.method = arguments.named("type").and_then(|value| expect_method(value, report));
    }
    if matches!(kind, KeyKind::Index | KeyKind::Unique) {
        let value = arguments.named("where");
        key.predicate = value.and_then(|value| predicate(value, model, report));
    }
    if let Some(name) = key.client_name
        && !name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
    {
        report.error(CODE, attribute.span, "`name` is a name in the client; it has letters, digits and `_` only.");
    }
    if kind != KeyKind::Fulltext {
        refuse_clustered(&mut arguments, report);
    }
    arguments.finish(report);
    match parts {
        Some(parts) => {
            key.parts = parts;
            Some(key)
        }
        None => {
            let fact = if kind == KeyKind::Id { Fact::PrimaryKey } else { Fact::Index };
            model.opaque.push((fact, None, attribute.span));
            None
        }
    }
}

fn refuse_clustered(arguments: &mut Arguments<'_>, report: &mut Report<'_>) {
    if let Some(value) = arguments.named("clustered") {
        report.error(CODE, value.span, "Clustered keys are for SQL Server only.");
    }
}

/// The columns of a key; none and an error where one of them is not a column.
fn parts<'t>(
    fields: &'t Expression,
    attribute: &Attribute,
    model: &Model<'t>,
    report: &mut Report<'_>,
) -> Option<Vec<KeyPart<'t>>> {
    let mut parts: Vec<KeyPart<'_>> = Vec::with_capacity(elements(fields).len());
    let mut complete = true;
    for element in elements(fields) {
        match part(element, model, report) {
            Some(part) if parts.iter().any(|earlier| earlier.field == part.field) => {
                let name = model.fields[part.field].name();
                report.error(CODE, element.span, format!("The field `{name}` is listed twice."));
                complete = false;
            }
            Some(part) => parts.push(part),
            None => complete = false,
        }
    }
    if complete && parts.is_empty() {
        report.error(CODE, attribute.span, "This list of fields is empty.");
        complete = false;
    }
    complete.then_some(parts)
}

fn part<'t>(element: &'t Expression, model: &Model<'t>, report: &mut Report<'_>) -> Option<KeyPart<'t>> {
    let (name, arguments): (&str, &[Argument]) = match &element.kind {
        ExpressionKind::Constant(name) => (name, &[]),
        ExpressionKind::Function(name, arguments) => (name, arguments),
        _ => {
            report.error(CODE, element.span, format!("A key lists fields, not {}.", element.form()));
            return None;
        }
    };
    let field = column_field(name, element, model, report)?;
    let mut part = KeyPart { field, descending: None, length: None, operator_class: None };
    for argument in arguments {
        let (Some(name), Some(value)) = (&argument.name, &argument.value) else { continue };
        match name.text.as_str() {
            "sort" => part.descending = expect_sort(value, report),
            // The engine passes over a negative length here.
            "length" if matches!(&value.kind, ExpressionKind::Number(text) if is_negative(text)) => {}
            "length" => part.length = expect_length(value, report),
            "ops" => part.operator_class = expect_operator_class(value, report),
            // The engine ignores what it does not know here.
            _ => {}
        }
    }
    Some(part)
}

pub(super) fn column_field(
    name: &str,
    element: &Expression,
    model: &Model<'_>,
    report: &mut Report<'_>,
) -> Option<usize> {
    let Some(position) = model.field_index(name) else {
        // The field may stand on a line that could not be read; that line has its own message.
        if model.block.bad_members.is_empty() {
            report.error(CODE, element.span, format!("`{}` has no field `{name}`.", model.name()));
        }
        return None;
    };
    match &model.fields[position].kind {
        FieldKind::Relation(_) => {
            report.error_with_help(
                CODE,
                element.span,
                format!("`{name}` leads to another model; it is not a column."),
                "Name the fields that its `@relation` lists under `fields`.",
            );
            None
        }
        _ => Some(position),
    }
}

fn expect_sort(value: &Expression, report: &mut Report<'_>) -> Option<bool> {
    match value.as_constant() {
        Some("Asc") => Some(false),
        Some("Desc") => Some(true),
        _ => {
            report.error(CODE, value.span, "`sort` is `Asc` or `Desc`.");
            None
        }
    }
}

fn is_negative(number: &str) -> bool {
    number.parse::<i64>().is_ok_and(i64::is_negative)
}

fn expect_length(value: &Expression, report: &mut Report<'_>) -> Option<u32> {
    let number = match &value.kind {
        // The engine wraps numbers around that are too large; no server takes them either way.
        ExpressionKind::Number(text) => {
            let number = text.trim_start_matches('-').parse::<i64>().ok();
            number.map(|number| u32::try_from(number).unwrap_or(u32::MAX))
        }
        _ => None,
    };
    if number.is_none() {
        report.error(CODE, value.span, "`length` is a whole number.");
    }
    number
}

fn expect_method<'t>(value: &'t Expression, report: &mut Report<'_>) -> Option<&'t str> {
    match value.as_constant() {
        Some(method @ ("BTree" | "Hash" | "Gist" | "Gin" | "SpGist" | "Brin")) => Some(method),
        _ => {
            report.error(CODE, value.span, "`type` is `BTree`, `Hash`, `Gist`, `Gin`, `SpGist` or `Brin`.");
            None
        }
    }
}

fn expect_operator_class<'t>(value: &'t Expression, report: &mut Report<'_>) -> Option<OperatorClass<'t>> {
    let found = match &value.kind {
        ExpressionKind::Constant(name) => Some(OperatorClass::Known(name)),
        ExpressionKind::Function(name, arguments) if name == "raw" => match arguments.as_slice() {
            [argument] => argument.value.as_ref().and_then(Expression::as_text).map(OperatorClass::Raw),
            _ => None,
        },
        _ => None,
    };
    if found.is_none() {
        report.error(CODE, value.span, "`ops` is the name of an operator class that Prisma knows, or `raw(\"…\")`.");
    }
    found
}

fn predicate<'t>(value: &'t Expression, model: &Model<'t>, report: &mut Report<'_>) -> Option<Predicate<'t>> {
    match &value.kind {
        ExpressionKind::Function(name, arguments) if name == "raw" => {
            // The engine reads the first argument only.
            let text = arguments.first().and_then(|argument| argument.value.as_ref()).and_then(Expression::as_text);
            if text.is_none_or(str::is_empty) {
                report.error(CODE, value.span, "`raw()` takes one string that is not empty.");
                return None;
            }
            text.map(Predicate::Raw)
        }
        ExpressionKind::Object(members) if !members.is_empty() => {
            let mut conditions = Vec::new();
            for (name, value) in members {
                conditions.push(condition(&name.text, value, model, report)?);
            }
            Some(Predicate::Conditions(conditions))
        }
        _ => {
            report.error(CODE, value.span, "`where` is `raw(\"…\")` or an object such as `{ active: true }`.");
            None
        }
    }
}

fn condition<'t>(
    name: &str,
    value: &'t Expression,
    model: &Model<'_>,
    report: &mut Report<'_>,
) -> Option<(usize, bool, &'t Expression)> {
    let field = column_field(name, value, model, report)?;
    let (is_negated, operand) = match &value.kind {
        ExpressionKind::Object(members) => match members.as_slice() {
            [(key, operand)] if key.text == "not" => (true, operand),
            _ => {
                report.error(CODE, value.span, "A condition is a value, or `{ not: value }`.");
                return None;
            }
        },
        _ => (false, value),
    };
    let kind = &model.fields[field].kind;
    let fits = match &operand.kind {
        ExpressionKind::Text(_) => {
            matches!(kind, FieldKind::Enum(_) | FieldKind::Scalar(ScalarType::String | ScalarType::DateTime))
        }
        ExpressionKind::Number(_) => matches!(
            kind,
            FieldKind::Scalar(ScalarType::Int | ScalarType::BigInt | ScalarType::Float | ScalarType::Decimal)
        ),
        ExpressionKind::Constant(word) => match word.as_str() {
            "true" | "false" => matches!(kind, FieldKind::Scalar(ScalarType::Boolean)),
            word => word == "null",
        },
        _ => false,
    };
    if !fits {
        report.error_with_help(
            CODE,
            operand.span,
            format!("This value does not go with the type of `{name}`."),
            "Give a string, a number, `true`, `false` or `null`; or write the condition as `raw(\"…\")`.",
        );
        return None;
    }
    Some((field, is_negated, operand))
}
