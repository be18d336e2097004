//! Column defaults of SQLite: what `PRAGMA table_info` shows is the text of the declaration.

use ormsync_schema::{DataType, DefaultValue, Expression, Literal};

use super::expressions::GRAMMAR;
use super::types::Affinity;
use super::{facts, types};
use crate::Equivalence;
use crate::equality::keep_text;
use crate::expression::{self, Scope, Term};
use crate::literal::{canonical_json, canonical_number};

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
        Term::Call(name, arguments) if name == "current_timestamp" && arguments.is_empty() => {
            DefaultValue::Now { precision: None }
        }
        // A default can't name a column: a bare word and a word in double quotes are strings.
        Term::Column(path) if path.len() == 1 => DefaultValue::Literal(Literal::Text(path.concat())),
        other => DefaultValue::Expression(Expression::in_normal_form(other.print(&GRAMMAR))),
    }
}

/// Whether a default is NULL spelled out, which is no default at all.
pub(super) fn is_null(default: &DefaultValue) -> bool {
    matches!(default, DefaultValue::Expression(expression) if expression.text.eq_ignore_ascii_case("null"))
}

/// A default in normal form for a column of a type in normal form.
pub(super) fn normal(default: DefaultValue, data_type: &DataType) -> DefaultValue {
    match default {
        DefaultValue::Literal(literal) => DefaultValue::Literal(normal_literal(literal, data_type)),
        // The server writes seconds, whatever a reader says of digits.
        DefaultValue::Now { .. } => DefaultValue::Now { precision: None },
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
        Literal::Bytes(bytes) => return Literal::Bytes(bytes.to_lowercase()),
    };
    match constant_of_type(term, data_type) {
        Term::Number(number) => Literal::Number(number),
        Term::Text(text) => Literal::Text(text),
        other => Literal::Text(other.print(&GRAMMAR)),
    }
}

/// A constant as a column of a type stores it (documentation, "Type Affinity").
pub(super) fn constant_of_type(constant: Term, data_type: &DataType) -> Term {
    let is_json = data_type.as_named().is_some_and(|named| matches!(named.name.as_str(), "json" | "jsonb"));
    match (constant, Affinity::of_type(data_type)) {
        (Term::Text(text), _) if is_json => Term::Text(canonical_json(&text).unwrap_or(text)),
        (Term::Text(text), Some(Affinity::Integer | Affinity::Real | Affinity::Numeric)) => {
            // On a boolean column readers hand over the word.
            let is_boolean =
                data_type.as_named().is_some_and(|named| matches!(named.name.as_str(), "boolean" | "bool"));
            match text.to_lowercase().as_str() {
                "true" if is_boolean => Term::Number("1".to_owned()),
                "false" if is_boolean => Term::Number("0".to_owned()),
                _ => canonical_number(&text).map_or(Term::Text(text), Term::Number),
            }
        }
        (Term::Number(number), Some(Affinity::Text)) => Term::Text(number),
        (Term::Number(number), _) => Term::Number(canonical_number(&number).unwrap_or(number)),
        (constant, _) => constant,
    }
}

/// Writes a default.
pub(super) fn print(default: &DefaultValue) -> String {
    match default {
        DefaultValue::Literal(Literal::Text(text)) => facts::quote_text(text),
        DefaultValue::Literal(Literal::Number(number)) => number.clone(),
        DefaultValue::Literal(Literal::Boolean(boolean)) => if *boolean { "1" } else { "0" }.to_owned(),
        DefaultValue::Literal(Literal::Bytes(bytes)) => format!("X'{bytes}'"),
        DefaultValue::Now { .. } => "CURRENT_TIMESTAMP".to_owned(),
        // There are no sequences; a reader that met one says so itself.
        DefaultValue::NextValue { sequence, .. } => format!("nextval({})", facts::quote_text(sequence)),
        DefaultValue::Expression(expression) if expression.normal => format!("({})", expression.text),
        DefaultValue::Expression(expression) => expression.text.clone(),
        DefaultValue::Unreadable(text) => text.clone(),
    }
}

/// Compares two defaults in normal form.
pub(super) fn compare(left: &DefaultValue, right: &DefaultValue) -> Equivalence {
    crate::equality::compare_defaults(left, right)
}
