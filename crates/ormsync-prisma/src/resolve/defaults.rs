//! `@default`.

use super::attributes::Arguments;
use super::fields::Context;
use super::model::{DefaultKind, DefaultModel, EnumModel, FieldKind, FieldModel};
use crate::native::ScalarType;
use crate::report::Report;
use crate::syntax::{Argument, Arity, Attribute, Expression, ExpressionKind};

const CODE: &str = "prisma-default";

pub(super) fn resolve<'t>(
    field: &FieldModel<'t>,
    attribute: &'t Attribute,
    context: &Context<'_, 't>,
    report: &mut Report<'_>,
) -> Option<DefaultModel<'t>> {
    let mut arguments = Arguments::new(attribute, report);
    let value = arguments.required("value", report);
    if let Some(map) = arguments.named("map") {
        report.error(CODE, map.span, format!("{} has no names for defaults.", context.facts.display));
    }
    arguments.finish(report);
    let value = value?;
    let kind = match check(field, value, context) {
        Ok(kind) => kind,
        Err(message) => {
            report.error(CODE, value.span, message);
            DefaultKind::Unreadable(value)
        }
    };
    Some(DefaultModel { attribute, kind })
}

fn check<'t>(
    field: &FieldModel<'t>,
    value: &'t Expression,
    context: &Context<'_, 't>,
) -> Result<DefaultKind<'t>, String> {
    if let Some(("dbgenerated", arguments)) = value.as_function() {
        return database_generated(arguments);
    }
    match &field.kind {
        FieldKind::Unsupported(_) => Err("An unsupported field takes no default but `dbgenerated(\"…\")`.".to_owned()),
        FieldKind::Enum(position) => enum_default(value, field.arity(), &context.enums[*position]),
        FieldKind::Scalar(scalar) => match value.as_function() {
            Some((name, arguments)) => function(name, arguments, value, *scalar, field.arity()),
            None => literal(value, *scalar, field.arity()),
        },
        _ => Err("This field cannot have a default.".to_owned()),
    }
}

fn database_generated(arguments: &[Argument]) -> Result<DefaultKind<'_>, String> {
    let text = match arguments {
        [] => return Ok(DefaultKind::DatabaseGenerated(None)),
        [argument] => argument.value.as_ref().and_then(Expression::as_text),
        _ => None,
    };
    match text {
        Some(text) if !text.is_empty() => Ok(DefaultKind::DatabaseGenerated(Some(text))),
        _ => Err("`dbgenerated()` takes nothing, or one string that is not empty.".to_owned()),
    }
}

fn enum_default<'t>(value: &'t Expression, arity: Arity, model: &EnumModel<'t>) -> Result<DefaultKind<'t>, String> {
    let check_one = |element: &Expression| match element.as_constant() {
        Some(name) if model.label_of(name).is_some() => Ok(()),
        // A value may stand on a line that could not be read.
        Some(_) if model.incomplete => Err("This value of the enum could not be read.".to_owned()),
        Some(name) => Err(format!("The enum `{}` has no value `{name}`.", model.name())),
        None => Err(format!("The default of an enum is the name of one of its values, not {}.", element.form())),
    };
    match (&value.kind, arity) {
        (ExpressionKind::Array(elements), Arity::List) => elements.iter().try_for_each(check_one)?,
        (_, Arity::List) => return Err("The default of a list is a list.".to_owned()),
        _ => check_one(value)?,
    }
    Ok(DefaultKind::Literal(value))
}

fn function<'t>(
    name: &str,
    arguments: &[Argument],
    value: &'t Expression,
    scalar: ScalarType,
    arity: Arity,
) -> Result<DefaultKind<'t>, String> {
    let wrong_type = || Err(format!("`{name}()` is not for fields of type `{}`.", scalar.name()));
    let is_one_of = |allowed: &[ScalarType]| allowed.contains(&scalar);
    let kind = match name {
        "autoincrement" if is_one_of(&[ScalarType::Int, ScalarType::BigInt]) => DefaultKind::AutoIncrement,
        "now" if scalar == ScalarType::DateTime => DefaultKind::Now,
        "cuid" | "uuid" | "ulid" | "nanoid" if scalar == ScalarType::String => DefaultKind::Client(value),
        "autoincrement" | "now" | "cuid" | "uuid" | "ulid" | "nanoid" => return wrong_type(),
        "auto" | "sequence" => return Err(format!("`{name}()` is not for this provider.")),
        _ => return Err(format!("There is no function `{name}()` for defaults.")),
    };
    check_function_arguments(name, arguments)?;
    let _ = arity;
    Ok(kind)
}

fn check_function_arguments(name: &str, arguments: &[Argument]) -> Result<(), String> {
    let number = match arguments {
        [] => return Ok(()),
        [argument] => match argument.value.as_ref().map(|value| &value.kind) {
            Some(ExpressionKind::Number(text)) => text.parse::<u32>().ok(),
            _ => None,
        },
        _ => None,
    };
    let (fits, wanted) = match name {
        "cuid" => (matches!(number, Some(1 | 2)), "1 or 2"),
        "uuid" => (matches!(number, Some(4 | 7)), "4 or 7"),
        "nanoid" => (matches!(number, Some(2..=255)), "a length from 2 to 255"),
        _ => return Err(format!("`{name}()` takes no argument.")),
    };
    if fits { Ok(()) } else { Err(format!("`{name}()` takes nothing, or {wanted}.")) }
}

fn literal(value: &Expression, scalar: ScalarType, arity: Arity) -> Result<DefaultKind<'_>, String> {
    match (&value.kind, arity) {
        (ExpressionKind::Array(elements), Arity::List) => {
            elements.iter().try_for_each(|element| check_literal(element, scalar))?;
        }
        (_, Arity::List) => return Err("The default of a list is a list.".to_owned()),
        (ExpressionKind::Array(_), _) => return Err("The default of a single field is not a list.".to_owned()),
        _ => check_literal(value, scalar)?,
    }
    Ok(DefaultKind::Literal(value))
}

fn check_literal(value: &Expression, scalar: ScalarType) -> Result<(), String> {
    match (&value.kind, scalar) {
        (ExpressionKind::Text(_), ScalarType::String) => Ok(()),
        (ExpressionKind::Number(_), ScalarType::Float | ScalarType::Decimal) => Ok(()),
        (ExpressionKind::Number(text), ScalarType::Int | ScalarType::BigInt) => {
            text.parse::<i64>().map(|_| ()).map_err(|_| format!("`{text}` is not a whole number that fits."))
        }
        (ExpressionKind::Text(text), ScalarType::Decimal) => check_decimal(text),
        (ExpressionKind::Constant(word), ScalarType::Boolean) if word == "true" || word == "false" => Ok(()),
        (ExpressionKind::Text(text), ScalarType::DateTime) => crate::literal::parse_time(text)
            .map(|_| ())
            .ok_or_else(|| format!("`{text}` is not a time in RFC 3339 notation, such as 2020-01-31T12:00:00Z.")),
        (ExpressionKind::Text(text), ScalarType::Bytes) => {
            crate::literal::decode_base64(text).map(|_| ()).ok_or_else(|| format!("`{text}` is not Base64."))
        }
        (ExpressionKind::Text(text), ScalarType::Json) => {
            crate::literal::is_json(text).then_some(()).ok_or_else(|| "This string is not JSON.".to_owned())
        }
        _ => Err(format!("The default of a field of type `{}` is not {}.", scalar.name(), value.form())),
    }
}

fn check_decimal(text: &str) -> Result<(), String> {
    match crate::literal::shortest_number(text) {
        Some(_) => Ok(()),
        None => Err(format!("`{text}` is not a decimal number.")),
    }
}
