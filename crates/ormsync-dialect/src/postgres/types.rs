//! Data types of PostgreSQL: one short spelling for each, and which of them store the same.
//!
//! Canonical names are the shortest that the server takes: `varchar`, `timestamptz`, `double precision`
//! has no shorter standard one and stays. Precisions that are the server's default (`timestamp(6)`) are
//! left out, lengths that it fills in (`char` is `char(1)`, `numeric(5)` is `numeric(5,0)`) are written.

use std::collections::BTreeSet;

use ormsync_schema::{DataType, NamedType, TypeArgument};

use super::facts;
use crate::Equivalence;
use crate::type_text::{Quoting, Token, TypeText, print_named, tokenise, words};

/// How PostgreSQL quotes in types.
const QUOTING: Quoting = Quoting { name: '"', backslash: false };

/// Fractional digits of times where none are written (documentation, "Date/Time Types").
const DEFAULT_TIME_PRECISION: i64 = 6;

/// Reads a type. A bare name that is no type of the server's own is a named type (an extension's, or
/// one that the schema defines: [`resolve`] tells); a name that needs quotes, or has a namespace, is
/// user-defined.
pub(super) fn parse(text: &str) -> DataType {
    read(text).unwrap_or_else(|| DataType::Unreadable(text.trim().to_owned()))
}

fn read(text: &str) -> Option<DataType> {
    let tokens = tokenise(text, QUOTING)?;
    let (tokens, is_array) = without_array_suffix(&tokens);
    let parts = TypeText::new(tokens)?;
    let element = match parts.head.as_slice() {
        [Token::Quoted(_), ..] | [_, Token::Symbol('.'), ..] => read_path(&parts)?,
        head => {
            let mut name = words(head)?;
            name.extend(words(&parts.tail)?);
            canonical(&name.join(" "), parts.type_arguments()?)?
        }
    };
    Some(if is_array && !matches!(element, DataType::Array(_)) { DataType::Array(Box::new(element)) } else { element })
}

/// Takes `[]`, `[3]`, `[][]`, `ARRAY` and `ARRAY[3]` off the end.
fn without_array_suffix(mut tokens: &[Token]) -> (&[Token], bool) {
    let mut is_array = false;
    loop {
        tokens = match tokens {
            [rest @ .., Token::Symbol('['), Token::Symbol(']')]
            | [rest @ .., Token::Symbol('['), Token::Number(_), Token::Symbol(']')] => rest,
            [rest @ .., Token::Word(word)] if !rest.is_empty() && word.eq_ignore_ascii_case("array") => rest,
            _ => return (tokens, is_array),
        };
        is_array = true;
    }
}

/// Reads a quoted or qualified name with optional arguments.
fn read_path(parts: &TypeText) -> Option<DataType> {
    let mut names = Vec::new();
    for (position, token) in parts.head.iter().enumerate() {
        match token {
            Token::Symbol('.') if position % 2 == 1 => {}
            Token::Word(word) if position % 2 == 0 => names.push(word.to_lowercase()),
            Token::Quoted(name) if position % 2 == 0 => names.push(name.clone()),
            _ => return None,
        }
    }
    if parts.head.len().is_multiple_of(2) || !parts.tail.is_empty() {
        return None;
    }
    let name = names.pop()?;
    let namespace = names.pop().unwrap_or_default();
    let arguments = parts.type_arguments()?;
    match namespace.as_str() {
        "pg_catalog" => canonical(if name == "char" { CHAR_WITH_QUOTES } else { &name }, arguments),
        "" if name == "char" => canonical(CHAR_WITH_QUOTES, arguments),
        "" if facts::is_plain_name(&name) && !is_keyword(&name) => canonical(&name, arguments),
        _ if arguments.is_empty() => Some(DataType::UserDefined { namespace, name }),
        _ => Some(named(path(&namespace, &name), arguments)),
    }
}

/// The one-byte internal type, which is not `char`.
const CHAR_WITH_QUOTES: &str = "\"char\"";

/// Names that mean a type only without quotes; in quotes they'd be someone's own type.
fn is_keyword(name: &str) -> bool {
    matches!(name, "integer" | "int" | "bigint" | "smallint" | "decimal" | "dec" | "boolean" | "character" | "real")
}

fn named(name: impl Into<String>, arguments: Vec<TypeArgument>) -> DataType {
    DataType::Named(NamedType { name: name.into(), arguments, modifiers: BTreeSet::new() })
}

/// The one spelling of a type given in any. `name` is in lower case with single spaces; none where
/// several words are no type.
fn canonical(name: &str, mut arguments: Vec<TypeArgument>) -> Option<DataType> {
    if let Some(element) = name.strip_prefix('_').filter(|element| is_internal_name(element)) {
        return Some(DataType::Array(Box::new(canonical(element, arguments)?)));
    }
    let first = arguments.first().cloned();
    let name = match name {
        "int" | "int4" | "integer" => "integer",
        "int8" | "bigint" => "bigint",
        "int2" | "smallint" => "smallint",
        "serial4" => "serial",
        "serial8" => "bigserial",
        "serial2" => "smallserial",
        "bool" | "boolean" => "boolean",
        "float4" | "real" => "real",
        "float8" | "double precision" => "double precision",
        "float" => {
            arguments.clear();
            if matches!(first, Some(TypeArgument::Number(..=24))) { "real" } else { "double precision" }
        }
        "numeric" | "decimal" | "dec" => {
            if arguments.len() == 1 {
                arguments.push(TypeArgument::Number(0));
            }
            "numeric"
        }
        "varchar"
        | "character varying"
        | "char varying"
        | "national character varying"
        | "national char varying"
        | "nchar varying" => "varchar",
        "char" | "character" | "nchar" | "national character" | "national char" => {
            or_one(&mut arguments);
            "char"
        }
        "bpchar" => {
            if arguments.is_empty() {
                "bpchar"
            } else {
                "char"
            }
        }
        "bit" => {
            or_one(&mut arguments);
            "bit"
        }
        "varbit" | "bit varying" => "varbit",
        "timestamp" | "timestamp without time zone" => time_type("timestamp", &mut arguments),
        "timestamptz" | "timestamp with time zone" => time_type("timestamptz", &mut arguments),
        "time" | "time without time zone" => time_type("time", &mut arguments),
        "timetz" | "time with time zone" => time_type("timetz", &mut arguments),
        "interval" => time_type("interval", &mut arguments),
        // The fields are part of the name: `interval day to second(3)`.
        fields if fields.strip_prefix("interval ").is_some_and(is_interval_fields) => {
            drop_default_precision(&mut arguments);
            fields
        }
        other if other.contains(' ') || other.is_empty() => return None,
        other => other,
    };
    Some(named(name, arguments))
}

fn or_one(arguments: &mut Vec<TypeArgument>) {
    if arguments.is_empty() {
        arguments.push(TypeArgument::Number(1));
    }
}

fn time_type(name: &'static str, arguments: &mut Vec<TypeArgument>) -> &'static str {
    drop_default_precision(arguments);
    name
}

fn drop_default_precision(arguments: &mut Vec<TypeArgument>) {
    // The server cuts a larger precision to the largest it has, with a warning.
    if matches!(arguments.as_slice(), [TypeArgument::Number(DEFAULT_TIME_PRECISION..)]) {
        arguments.clear();
    }
}

fn is_interval_fields(fields: &str) -> bool {
    matches!(
        fields,
        "year"
            | "month"
            | "day"
            | "hour"
            | "minute"
            | "second"
            | "year to month"
            | "day to hour"
            | "day to minute"
            | "day to second"
            | "hour to minute"
            | "hour to second"
            | "minute to second"
    )
}

/// Names under which the catalogue keeps element types of arrays (`_int4`).
fn is_internal_name(name: &str) -> bool {
    matches!(
        name,
        "int2"
            | "int4"
            | "int8"
            | "float4"
            | "float8"
            | "bool"
            | "text"
            | "varchar"
            | "bpchar"
            | "char"
            | "numeric"
            | "uuid"
            | "json"
            | "jsonb"
            | "date"
            | "time"
            | "timetz"
            | "timestamp"
            | "timestamptz"
            | "interval"
            | "bytea"
            | "inet"
            | "cidr"
            | "macaddr"
            | "bit"
            | "varbit"
            | "xml"
            | "money"
            | "oid"
            | "citext"
    )
}

/// Brings a type that a reader made, in any spelling, into the one spelling.
pub(super) fn canonicalise(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Named(named) => {
            let name = named.name.trim();
            // A reader that hands over the whole text as a name is understood too.
            if name.contains(['(', '[', '"']) && named.arguments.is_empty() {
                return parse(name);
            }
            let mut words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
            words.extend(named.modifiers.iter().cloned());
            canonical(&words.join(" "), named.arguments.clone()).unwrap_or_else(|| data_type.clone())
        }
        DataType::Array(element) => match canonicalise(element) {
            array @ DataType::Array(_) => array,
            element => DataType::Array(Box::new(element)),
        },
        other => other.clone(),
    }
}

/// The same in place. Nearly all types of a schema are in the one spelling already.
pub(super) fn make_canonical(data_type: &mut DataType) {
    if !is_canonical(data_type) {
        *data_type = canonicalise(data_type);
    }
}

/// Whether a type is certainly in the one spelling; what [`canonical`] changes depends on the arguments of some.
fn is_canonical(data_type: &DataType) -> bool {
    match data_type {
        DataType::Named(named) if named.modifiers.is_empty() => match named.name.as_str() {
            "text" | "integer" | "bigint" | "smallint" | "boolean" | "jsonb" | "json" | "uuid" | "varchar" | "real"
            | "double precision" | "bytea" | "date" => true,
            "numeric" => named.arguments.len() != 1,
            "timestamp" | "timestamptz" | "time" | "timetz" => {
                !matches!(named.arguments.as_slice(), [TypeArgument::Number(DEFAULT_TIME_PRECISION..)])
            }
            "char" | "bit" => !named.arguments.is_empty(),
            _ => false,
        },
        DataType::Named(_) => false,
        DataType::Array(element) => !matches!(**element, DataType::Array(_)) && is_canonical(element),
        _ => true,
    }
}

/// Writes a type.
pub(super) fn print(data_type: &DataType) -> String {
    match data_type {
        DataType::Named(named) => print_named(named),
        // Tables find the types of the default namespace without naming it.
        DataType::Enum { namespace, name } if namespace == facts::DEFAULT_NAMESPACE => facts::quote_if_needed(name),
        DataType::Enum { namespace, name } => path(namespace, name),
        DataType::UserDefined { namespace, name } if namespace.is_empty() => facts::quote_identifier(name),
        DataType::UserDefined { namespace, name } => path(namespace, name),
        // Not of this server; shown as MySQL writes them, so that a message can name them.
        DataType::InlineEnum(labels) => format!("enum({})", quoted_labels(labels)),
        DataType::InlineSet(labels) => format!("set({})", quoted_labels(labels)),
        DataType::Array(element) => format!("{}[]", print(element)),
        DataType::Unreadable(text) => text.clone(),
    }
}

fn path(namespace: &str, name: &str) -> String {
    if namespace.is_empty() {
        facts::quote_if_needed(name)
    } else {
        format!("{}.{}", facts::quote_if_needed(namespace), facts::quote_if_needed(name))
    }
}

fn quoted_labels(labels: &[String]) -> String {
    labels.iter().map(|label| facts::quote_text(label)).collect::<Vec<_>>().join(",")
}

/// Compares two types in normal form.
pub(super) fn compare(left: &DataType, right: &DataType) -> Equivalence {
    if left.is_unreadable() || right.is_unreadable() {
        return if left == right { Equivalence::Identical } else { Equivalence::Unknown };
    }
    if left == right {
        return Equivalence::Identical;
    }
    if is_unlimited_text(left) && is_unlimited_text(right) {
        return Equivalence::Compatible(
            "PostgreSQL stores text and varchar without a length in the same way".to_owned(),
        );
    }
    if let (DataType::Array(left), DataType::Array(right)) = (left, right) {
        return compare(left, right);
    }
    Equivalence::Different
}

fn is_unlimited_text(data_type: &DataType) -> bool {
    data_type
        .as_named()
        .is_some_and(|named| matches!(named.name.as_str(), "text" | "varchar") && named.arguments.is_empty())
}

/// The text of a type without its arguments, for comparing kinds: `varchar` of `varchar(3)`.
pub(super) fn kind(data_type: &DataType) -> Option<&str> {
    data_type.as_named().map(|named| named.name.as_str())
}
