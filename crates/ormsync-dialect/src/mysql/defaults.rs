//! Column defaults of MySQL and MariaDB.
//!
//! [`parse`] takes a default as DDL writes it, which is also how MariaDB's catalogue shows it. MySQL's
//! `information_schema` shows constants without their quotes (`it's`): there only `EXTRA`
//! (`DEFAULT_GENERATED`) tells a constant from an expression, and a constant's text is to be handed
//! over as a [`Literal::Text`], which the normal form turns into what the column's type makes of it.

use ormsync_schema::{DataType, DefaultValue, Expression, Literal};

use super::expressions::GRAMMAR;
use super::{facts, types};
use crate::Equivalence;
use crate::equality::keep_text;
use crate::expression::{self, Scope, Term};
use crate::literal::{TimeKind, canonical_json, canonical_number, canonical_time, round_to_scale};

/// Reads a default.
pub(super) fn parse(text: &str, data_type: &DataType) -> DefaultValue {
    match expression::read(text, &Scope::bare(&GRAMMAR)) {
        Some(term) => keep_text(normal(of_term(term), &types::canonicalise(data_type)), text),
        None => DefaultValue::Unreadable(text.trim().to_owned()),
    }
}

/// The kind of default that a term is.
fn of_term(term: Term) -> DefaultValue {
    match term {
        Term::Text(text) => DefaultValue::Literal(Literal::Text(text)),
        Term::Number(number) => DefaultValue::Literal(Literal::Number(number)),
        Term::Boolean(boolean) => DefaultValue::Literal(Literal::Boolean(boolean)),
        Term::Bytes(bytes) => DefaultValue::Literal(Literal::Bytes(bytes)),
        Term::Cast(inner, target) if is_bit(&target) => match *inner {
            Term::Text(bits) => DefaultValue::Literal(of_bits(&bits)),
            inner => DefaultValue::Expression(normal_expression(&Term::Cast(Box::new(inner), target))),
        },
        Term::Call(name, arguments) if name == "now" => match arguments.as_slice() {
            [] => DefaultValue::Now { precision: None },
            [Term::Number(digits)] => DefaultValue::Now { precision: digits.parse().ok() },
            _ => DefaultValue::Expression(normal_expression(&Term::Call(name, arguments))),
        },
        // MariaDB's sequences: `nextval(`db`.`s`)`.
        Term::Call(name, arguments) if name == "nextval" => match arguments.as_slice() {
            [Term::Column(path)] => match path.last() {
                Some(sequence) => DefaultValue::NextValue { namespace: String::new(), sequence: sequence.clone() },
                None => DefaultValue::Expression(normal_expression(&Term::Call(name, arguments))),
            },
            _ => DefaultValue::Expression(normal_expression(&Term::Call(name, arguments))),
        },
        other => DefaultValue::Expression(normal_expression(&other)),
    }
}

/// `b'101'` as a number.
fn of_bits(bits: &str) -> Literal {
    match u64::from_str_radix(bits, 2) {
        Ok(number) => Literal::Number(number.to_string()),
        Err(_) if bits.is_empty() => Literal::Number("0".to_owned()),
        Err(_) => Literal::Text(format!("b'{bits}'")),
    }
}

fn normal_expression(term: &Term) -> Expression {
    Expression::in_normal_form(term.print(&GRAMMAR))
}

/// Whether a default is NULL spelled out, which is no default at all.
pub(super) fn is_null(default: &DefaultValue) -> bool {
    matches!(default, DefaultValue::Expression(expression) if expression.text.eq_ignore_ascii_case("null"))
}

/// A default in normal form for a column of a type in normal form.
pub(super) fn normal(default: DefaultValue, data_type: &DataType) -> DefaultValue {
    match default {
        DefaultValue::Literal(literal) => DefaultValue::Literal(normal_literal(literal, data_type)),
        // The server takes no other precision than the column's (MySQL), or cuts to it (MariaDB).
        DefaultValue::Now { .. } => {
            let digits = data_type.as_named().and_then(|named| named.number(0));
            DefaultValue::Now { precision: digits.and_then(|digits| u32::try_from(digits).ok()) }
        }
        DefaultValue::Expression(expression) if !expression.normal => {
            match expression::read(&expression.text, &Scope::bare(&GRAMMAR)) {
                Some(term) => keep_text(normal(of_term(term), data_type), &expression.text),
                None => DefaultValue::Expression(expression),
            }
        }
        other => other,
    }
}

fn normal_literal(literal: Literal, data_type: &DataType) -> Literal {
    let term = match literal {
        Literal::Text(text) => Term::Text(text),
        Literal::Number(number) => Term::Number(number),
        Literal::Boolean(boolean) => Term::Number(if boolean { "1" } else { "0" }.to_owned()),
        Literal::Bytes(bytes) => Term::Bytes(bytes.to_lowercase()),
    };
    match constant_of_type(term, data_type) {
        Term::Text(text) => Literal::Text(text),
        Term::Number(number) => Literal::Number(number),
        Term::Bytes(bytes) => Literal::Bytes(bytes),
        other => Literal::Text(other.print(&GRAMMAR)),
    }
}

/// Whether a type holds text.
pub(super) fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::InlineEnum(_) | DataType::InlineSet(_))
        || data_type.as_named().is_some_and(|named| {
            matches!(named.name.as_str(), "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext")
        })
}

fn is_bit(data_type: &DataType) -> bool {
    data_type.as_named().is_some_and(|named| named.name == "bit")
}

/// A constant in the form that a column of a type keeps it in; as it is where its text is not of that type.
pub(super) fn constant_of_type(constant: Term, data_type: &DataType) -> Term {
    if is_text(data_type) {
        return match constant {
            Term::Number(text) => Term::Text(text),
            other => other,
        };
    }
    let Some(named) = data_type.as_named() else { return constant };
    match (constant, named.name.as_str()) {
        (
            Term::Text(text) | Term::Number(text),
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "float" | "double" | "year",
        ) => match text.to_lowercase().as_str() {
            // Readers hand over what an ORM says of a truth value.
            "true" => Term::Number("1".to_owned()),
            "false" => Term::Number("0".to_owned()),
            _ => canonical_number(&text).map_or(Term::Text(text), Term::Number),
        },
        (Term::Text(text) | Term::Number(text), "decimal") => match canonical_number(&text) {
            Some(number) => {
                let scale = named.number(1).and_then(|scale| usize::try_from(scale).ok()).unwrap_or(0);
                Term::Number(round_to_scale(&number, scale))
            }
            None => Term::Text(text),
        },
        (Term::Text(text), "bit") => {
            let bits =
                text.strip_prefix("b'").or_else(|| text.strip_prefix("B'")).and_then(|rest| rest.strip_suffix('\''));
            match bits.map(of_bits) {
                Some(Literal::Number(number)) => Term::Number(number),
                _ => canonical_number(&text).map_or(Term::Text(text), Term::Number),
            }
        }
        (Term::Bytes(bytes), "bit") => {
            u64::from_str_radix(&bytes, 16).map_or(Term::Bytes(bytes), |number| Term::Number(number.to_string()))
        }
        (Term::Text(text), "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob") => {
            match text.strip_prefix("0x").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
                // `information_schema` shows bytes so.
                Some(digits) => Term::Bytes(digits.to_lowercase()),
                None => Term::Bytes(text.bytes().map(|byte| format!("{byte:02x}")).collect()),
            }
        }
        (Term::Text(text), "json") => Term::Text(canonical_json(&text).unwrap_or(text)),
        (Term::Text(text), "uuid") => Term::Text(text.to_lowercase()),
        (Term::Text(text), kind) => {
            let time = match kind {
                "date" => TimeKind::Date,
                "time" => TimeKind::Time,
                "datetime" | "timestamp" => TimeKind::DateTime,
                _ => return Term::Text(text),
            };
            Term::Text(canonical_time(&text, time).unwrap_or(text))
        }
        (constant, _) => constant,
    }
}

/// Writes a default. Expressions stand in parentheses, as DDL wants them.
pub(super) fn print(default: &DefaultValue) -> String {
    match default {
        DefaultValue::Literal(Literal::Text(text)) => facts::quote_text(text),
        DefaultValue::Literal(Literal::Number(number)) => number.clone(),
        DefaultValue::Literal(Literal::Boolean(boolean)) => if *boolean { "1" } else { "0" }.to_owned(),
        DefaultValue::Literal(Literal::Bytes(bytes)) => format!("X'{bytes}'"),
        DefaultValue::Now { precision: None } => "CURRENT_TIMESTAMP".to_owned(),
        DefaultValue::Now { precision: Some(digits) } => format!("CURRENT_TIMESTAMP({digits})"),
        DefaultValue::NextValue { sequence, .. } => format!("nextval({})", facts::quote_if_needed(sequence)),
        DefaultValue::Expression(expression) if expression.normal => format!("({})", expression.text),
        DefaultValue::Expression(expression) => expression.text.clone(),
        DefaultValue::Unreadable(text) => text.clone(),
    }
}

/// Compares two defaults in normal form.
pub(super) fn compare(left: &DefaultValue, right: &DefaultValue) -> Equivalence {
    crate::equality::compare_defaults(left, right)
}
