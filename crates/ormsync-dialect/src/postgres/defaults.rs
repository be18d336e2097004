//! Column defaults of PostgreSQL: what `pg_get_expr` prints, what DDL says, and what ORMs mean.

use ormsync_schema::{DataType, DefaultValue, Expression, Literal};

use super::expressions::{Family, GRAMMAR};
use super::{facts, types};
use crate::Equivalence;
use crate::equality::keep_text;
use crate::expression::{self, Scope, Term};
use crate::literal::{TimeKind, canonical_interval, canonical_json, canonical_number, canonical_time, round_to_scale};

/// Reads a default.
pub(super) fn parse(text: &str, data_type: &DataType) -> DefaultValue {
    let data_type = types::canonicalise(data_type);
    match expression::read(text, &Scope::bare(&GRAMMAR)) {
        Some(term) => keep_text(normal(of_term(term), &data_type), text),
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
        // `'now'::text::date`, as old servers keep CURRENT_DATE.
        Term::Cast(inner, target) if *inner == Term::Text("now".to_owned()) => match Family::of(&target) {
            Family::Date => DefaultValue::Expression(normal_expression(&Term::Call("current_date".to_owned(), vec![]))),
            _ => DefaultValue::Now { precision: None },
        },
        Term::Cast(inner, target) if inner.is_constant() && keeps_value(&inner, &target) => of_term(*inner),
        Term::Array(elements) => match array_text(&elements) {
            Some(text) => DefaultValue::Literal(Literal::Text(text)),
            None => DefaultValue::Expression(normal_expression(&Term::Array(elements))),
        },
        Term::Call(name, arguments) => of_call(name, arguments),
        other => DefaultValue::Expression(normal_expression(&other)),
    }
}

/// Whether a cast of a constant leaves it what it is: not `1.5::integer`, not `'abc'::varchar(1)`.
fn keeps_value(constant: &Term, target: &DataType) -> bool {
    match (constant, Family::of(target)) {
        (Term::Number(number), Family::Number(0..=2)) => !number.contains('.'),
        (Term::Text(_), Family::Text | Family::FixedText) => {
            target.as_named().is_some_and(|named| named.arguments.is_empty() || named.name == "char")
        }
        _ => true,
    }
}

fn of_call(name: String, arguments: Vec<Term>) -> DefaultValue {
    match (name.as_str(), arguments.as_slice()) {
        ("now" | "localtimestamp", []) => DefaultValue::Now { precision: None },
        ("current_timestamp" | "localtimestamp", [Term::Number(digits)]) => {
            DefaultValue::Now { precision: digits.parse().ok() }
        }
        ("nextval", [sequence]) => match sequence_name(sequence) {
            Some((namespace, sequence)) => DefaultValue::NextValue { namespace, sequence },
            None => DefaultValue::Expression(normal_expression(&Term::Call(name, arguments))),
        },
        _ => DefaultValue::Expression(normal_expression(&Term::Call(name, arguments))),
    }
}

/// The sequence in `nextval('"S".t_id_seq'::regclass)`.
fn sequence_name(term: &Term) -> Option<(String, String)> {
    let text = match term {
        Term::Text(text) => text,
        Term::Cast(inner, _) => return sequence_name(inner),
        _ => return None,
    };
    let mut names = Vec::new();
    let mut rest = text.trim();
    loop {
        let (name, behind) = if let Some(quoted) = rest.strip_prefix('"') {
            let (name, behind) = quoted.split_once('"')?;
            (name.to_owned(), behind)
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            (rest[..end].to_lowercase(), &rest[end..])
        };
        names.push(name);
        match behind.strip_prefix('.') {
            Some(behind) => rest = behind,
            None if behind.is_empty() => break,
            None => return None,
        }
    }
    let sequence = names.pop().filter(|name| !name.is_empty())?;
    Some((names.pop().unwrap_or_default(), sequence))
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
        DefaultValue::Now { precision } => {
            // The column keeps so many digits; only a smaller number changes what is stored.
            let own = data_type.as_named().and_then(|named| named.number(0)).unwrap_or(6);
            DefaultValue::Now { precision: precision.filter(|digits| i64::from(*digits) < own) }
        }
        DefaultValue::NextValue { namespace, sequence } if namespace.is_empty() => {
            DefaultValue::NextValue { namespace: facts::DEFAULT_NAMESPACE.to_owned(), sequence }
        }
        DefaultValue::Expression(expression) if !expression.normal => {
            match expression::read(&expression.text, &Scope::bare(&GRAMMAR)) {
                Some(term) => keep_text(normal(of_term(term), data_type), &expression.text),
                None => DefaultValue::Expression(expression),
            }
        }
        // The day of the transaction's time, which a date column makes of it anyway.
        DefaultValue::Expression(expression) => match (expression.text.as_str(), Family::of(data_type)) {
            ("CURRENT_DATE", Family::Date) => DefaultValue::Now { precision: None },
            _ => DefaultValue::Expression(expression),
        },
        other => other,
    }
}

fn normal_literal(literal: Literal, data_type: &DataType) -> Literal {
    if let (DataType::Array(element), Literal::Text(text)) = (data_type, &literal) {
        return match array_elements(text).map(|elements| normal_elements(elements, element)) {
            Some(elements) => Literal::Text(print_array(&elements)),
            None => literal,
        };
    }
    let term = match literal {
        Literal::Text(text) => Term::Text(text),
        Literal::Number(number) => Term::Number(number),
        Literal::Boolean(boolean) => Term::Boolean(boolean),
        Literal::Bytes(bytes) => Term::Bytes(bytes.to_lowercase()),
    };
    match constant_of_type(term, data_type) {
        Term::Text(text) => Literal::Text(text),
        Term::Boolean(boolean) => Literal::Boolean(boolean),
        Term::Bytes(bytes) => Literal::Bytes(bytes),
        Term::Number(number) => Literal::Number(number),
        // `constant_of_type` gives constants for constants.
        other => Literal::Text(other.print(&GRAMMAR)),
    }
}

/// A constant in the form that a column of a type keeps it in; as it is where its text is not of that type.
pub(super) fn constant_of_type(constant: Term, data_type: &DataType) -> Term {
    let named = data_type.as_named();
    match (constant, types::kind(data_type)) {
        (
            Term::Text(text) | Term::Number(text),
            Some("smallint" | "integer" | "bigint" | "real" | "double precision" | "oid"),
        ) => canonical_number(&text).map_or(Term::Text(text), Term::Number),
        (Term::Text(text) | Term::Number(text), Some("numeric" | "money")) => match canonical_number(&text) {
            Some(number) => {
                let scale = named.and_then(|named| named.number(1)).and_then(|scale| usize::try_from(scale).ok());
                Term::Number(scale.map_or(number.clone(), |scale| round_to_scale(&number, scale)))
            }
            None => Term::Text(text),
        },
        (Term::Text(text), Some("boolean")) => read_boolean(&text).map_or(Term::Text(text), Term::Boolean),
        (Term::Number(number), Some("text" | "varchar" | "char" | "citext" | "bpchar")) => Term::Text(number),
        (Term::Boolean(boolean), Some("text" | "varchar" | "char" | "citext" | "bpchar")) => {
            Term::Text(boolean.to_string())
        }
        (Term::Text(text), Some("json" | "jsonb")) => Term::Text(canonical_json(&text).unwrap_or(text)),
        (Term::Text(text), Some("uuid")) => Term::Text(text.to_lowercase()),
        (Term::Text(text), Some("bytea")) => match text.strip_prefix("\\x") {
            Some(bytes) => Term::Bytes(bytes.to_lowercase()),
            None => Term::Bytes(text.bytes().map(|byte| format!("{byte:02x}")).collect()),
        },
        (Term::Text(text), Some(kind)) if kind.starts_with("interval") => {
            Term::Text(canonical_interval(&text).unwrap_or(text))
        }
        (Term::Text(text), Some(kind)) => {
            let time = match kind {
                "date" => TimeKind::Date,
                "time" => TimeKind::Time,
                "timestamp" => TimeKind::DateTime,
                "timestamptz" => TimeKind::Moment,
                _ => return Term::Text(text),
            };
            Term::Text(canonical_time(&text, time).unwrap_or(text))
        }
        (constant, _) => constant,
    }
}

/// What the server takes for a truth value (documentation, "Boolean Type"): any unique beginning of a word.
fn read_boolean(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "t" | "tr" | "tru" | "true" | "y" | "ye" | "yes" | "on" | "1" => Some(true),
        "f" | "fa" | "fal" | "fals" | "false" | "n" | "no" | "of" | "off" | "0" => Some(false),
        _ => None,
    }
}

fn normal_elements(elements: Vec<Option<String>>, data_type: &DataType) -> Vec<Option<String>> {
    let normal = |text: String| match normal_literal(Literal::Text(text), data_type) {
        Literal::Text(text) | Literal::Number(text) => text,
        Literal::Bytes(bytes) => format!("\\x{bytes}"),
        Literal::Boolean(boolean) => if boolean { "t" } else { "f" }.to_owned(),
    };
    elements.into_iter().map(|element| element.map(normal)).collect()
}

/// The elements of an array constant of one dimension, `{a,"b c",NULL}`; none where it is something else.
pub(super) fn array_elements(text: &str) -> Option<Vec<Option<String>>> {
    let inside = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut elements = Vec::new();
    if inside.trim().is_empty() {
        return Some(elements);
    }
    let mut rest = inside.chars().peekable();
    loop {
        while rest.next_if(|character| character.is_whitespace()).is_some() {}
        let mut element = String::new();
        if rest.next_if_eq(&'"').is_some() {
            loop {
                match rest.next()? {
                    '"' => break,
                    '\\' => element.push(rest.next()?),
                    other => element.push(other),
                }
            }
            elements.push(Some(element));
        } else {
            while let Some(character) = rest.next_if(|character| *character != ',') {
                match character {
                    '{' | '}' | '"' => return None,
                    '\\' => element.push(rest.next()?),
                    other => element.push(other),
                }
            }
            let element = element.trim_end();
            elements.push((!element.eq_ignore_ascii_case("null")).then(|| element.to_owned()));
        }
        while rest.next_if(|character| character.is_whitespace()).is_some() {}
        match rest.next() {
            None => return Some(elements),
            Some(',') => {}
            Some(_) => return None,
        }
    }
}

fn print_array(elements: &[Option<String>]) -> String {
    let print = |element: &Option<String>| match element {
        None => "NULL".to_owned(),
        Some(text) => {
            let plain = !text.is_empty()
                && !text.eq_ignore_ascii_case("null")
                && !text.contains(|character: char| character.is_whitespace() || "{},\"\\".contains(character));
            if plain { text.clone() } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
        }
    };
    format!("{{{}}}", elements.iter().map(print).collect::<Vec<_>>().join(","))
}

/// The text form of `ARRAY[…]` over constants.
pub(super) fn array_text(elements: &[Term]) -> Option<String> {
    let element = |term: &Term| match term {
        Term::Null => Some(None),
        Term::Text(text) | Term::Number(text) => Some(Some(text.clone())),
        Term::Boolean(boolean) => Some(Some(if *boolean { "t" } else { "f" }.to_owned())),
        Term::Cast(inner, _) => match inner.as_ref() {
            Term::Text(text) | Term::Number(text) => Some(Some(text.clone())),
            _ => None,
        },
        _ => None,
    };
    Some(print_array(&elements.iter().map(element).collect::<Option<Vec<_>>>()?))
}

/// Writes a default.
pub(super) fn print(default: &DefaultValue) -> String {
    match default {
        DefaultValue::Literal(Literal::Text(text)) => facts::quote_text(text),
        DefaultValue::Literal(Literal::Number(number)) => number.clone(),
        DefaultValue::Literal(Literal::Boolean(boolean)) => boolean.to_string(),
        DefaultValue::Literal(Literal::Bytes(bytes)) => format!("'\\x{bytes}'"),
        DefaultValue::Now { precision: None } => "CURRENT_TIMESTAMP".to_owned(),
        DefaultValue::Now { precision: Some(digits) } => format!("CURRENT_TIMESTAMP({digits})"),
        DefaultValue::NextValue { namespace, sequence } => {
            let mut path = facts::quote_if_needed(sequence);
            if !namespace.is_empty() && namespace != facts::DEFAULT_NAMESPACE {
                path = format!("{}.{path}", facts::quote_if_needed(namespace));
            }
            format!("nextval({})", facts::quote_text(&path))
        }
        DefaultValue::Expression(expression) => expression.text.clone(),
        DefaultValue::Unreadable(text) => text.clone(),
    }
}

/// Compares two defaults in normal form.
pub(super) fn compare(left: &DefaultValue, right: &DefaultValue) -> Equivalence {
    crate::equality::compare_defaults(left, right)
}
