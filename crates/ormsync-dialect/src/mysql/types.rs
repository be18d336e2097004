//! Data types of MySQL and MariaDB: one short spelling for each, and which of them store the same.
//!
//! Display widths are dropped as MySQL 8.0.19 does, except where something reads them: `tinyint(1)`,
//! which drivers take for a boolean, and zero-filled columns. Arguments that the server fills in are
//! written (`decimal` is `decimal(10,0)`), precisions of zero are not (`datetime(0)` is `datetime`).

use std::collections::BTreeSet;

use ormsync_schema::{DataType, NamedType, TypeArgument};

use super::facts;
use crate::Equivalence;
use crate::type_text::{Quoting, Token, TypeText, print_arguments, tokenise, words};

/// How MySQL quotes in types.
const QUOTING: Quoting = Quoting { name: '`', backslash: true };

/// Reads a type. Character sets and collations behind a type stay as modifiers (the normal form moves
/// them to the column); behind `enum` and `set`, whose labels leave no room, they are not kept.
pub(super) fn parse(text: &str) -> DataType {
    read(text).unwrap_or_else(|| DataType::Unreadable(text.trim().to_owned()))
}

fn read(text: &str) -> Option<DataType> {
    let parts = TypeText::new(&tokenise(text, QUOTING)?)?;
    if let [Token::Word(word)] = parts.head.as_slice() {
        if word.eq_ignore_ascii_case("enum") {
            return Some(DataType::InlineEnum(labels(&parts)?));
        }
        if word.eq_ignore_ascii_case("set") {
            return Some(DataType::InlineSet(labels(&parts)?));
        }
    }
    let arguments = parts.type_arguments()?;
    let mut tokens = parts.head;
    tokens.extend(parts.tail);
    canonical(&tokens, arguments)
}

fn labels(parts: &TypeText) -> Option<Vec<String>> {
    let label = |tokens: &Vec<Token>| match tokens.as_slice() {
        // The server drops trailing blanks of labels when the table is made.
        [Token::Text(label)] => Some(label.trim_end_matches(' ').to_owned()),
        _ => None,
    };
    parts.arguments.as_ref()?.iter().map(label).collect()
}

/// The one spelling of a type given in any: words of the name and of the attributes, and arguments.
fn canonical(tokens: &[Token], arguments: Vec<TypeArgument>) -> Option<DataType> {
    let name_length = (1..=3).rev().find(|length| {
        tokens.get(..*length).and_then(words).is_some_and(|name| *length == 1 || is_compound_name(&name.join(" ")))
    })?;
    let name = words(&tokens[..name_length])?.join(" ");
    let mut modifiers = read_modifiers(&tokens[name_length..])?;
    let (name, arguments) = canonical_name(&name, arguments, &modifiers);
    if modifiers.contains("zerofill") {
        modifiers.insert("unsigned".to_owned());
    }
    // `boolean` and text types have no sign; what is left there is someone's mistake and is kept.
    Some(DataType::Named(NamedType { name, arguments, modifiers }))
}

fn is_compound_name(name: &str) -> bool {
    matches!(
        name,
        "double precision"
            | "character varying"
            | "char varying"
            | "char byte"
            | "national char"
            | "national character"
            | "national varchar"
            | "national char varying"
            | "national character varying"
            | "nchar varchar"
            | "nchar varying"
            | "long varchar"
            | "long varbinary"
            | "long char varying"
            | "long character varying"
    )
}

/// Attributes behind the name. Collations and character sets are `collate x` and `character set x`.
fn read_modifiers(mut tokens: &[Token]) -> Option<BTreeSet<String>> {
    let mut modifiers = BTreeSet::new();
    while let [first, rest @ ..] = tokens {
        let Token::Word(word) = first else { return None };
        tokens = match (word.to_lowercase().as_str(), rest) {
            ("signed", rest) => rest,
            (plain @ ("unsigned" | "zerofill" | "binary" | "ascii" | "unicode"), rest) => {
                modifiers.insert(plain.to_owned());
                rest
            }
            ("collate", [Token::Word(name) | Token::Quoted(name) | Token::Text(name), rest @ ..]) => {
                modifiers.insert(format!("collate {}", facts::character_set(name)));
                rest
            }
            ("charset", [Token::Word(name) | Token::Quoted(name) | Token::Text(name), rest @ ..]) => {
                modifiers.insert(format!("character set {}", facts::character_set(name)));
                rest
            }
            (
                "character" | "char",
                [Token::Word(set), Token::Word(name) | Token::Quoted(name) | Token::Text(name), rest @ ..],
            ) if set.eq_ignore_ascii_case("set") => {
                modifiers.insert(format!("character set {}", facts::character_set(name)));
                rest
            }
            ("srid", [Token::Number(number), rest @ ..]) => {
                modifiers.insert(format!("srid {number}"));
                rest
            }
            _ => return None,
        };
    }
    Some(modifiers)
}

/// Name and arguments in the one spelling.
fn canonical_name(
    name: &str,
    arguments: Vec<TypeArgument>,
    modifiers: &BTreeSet<String>,
) -> (String, Vec<TypeArgument>) {
    let number = |position: usize| match arguments.get(position) {
        Some(TypeArgument::Number(number)) => Some(*number),
        _ => None,
    };
    let none = Vec::new;
    let one = |value: i64| vec![TypeArgument::Number(value)];
    let or_one = |arguments: &Vec<TypeArgument>| if arguments.is_empty() { one(1) } else { arguments.clone() };
    let (name, arguments) = match name {
        "bool" | "boolean" => ("tinyint", one(1)),
        "tinyint" | "int1" if number(0) == Some(1) && !modifiers.contains("unsigned") => ("tinyint", one(1)),
        "tinyint" | "int1" => ("tinyint", width(&arguments, modifiers, 3)),
        "smallint" | "int2" => ("smallint", width(&arguments, modifiers, 5)),
        "mediumint" | "int3" | "middleint" => ("mediumint", width(&arguments, modifiers, 8)),
        "int" | "integer" | "int4" => ("int", width(&arguments, modifiers, 10)),
        "bigint" | "int8" => ("bigint", width(&arguments, modifiers, 20)),
        "decimal" | "numeric" | "dec" | "fixed" => {
            let precision = TypeArgument::Number(number(0).unwrap_or(10));
            ("decimal", vec![precision, TypeArgument::Number(number(1).unwrap_or(0))])
        }
        // `REAL_AS_FLOAT` is not a mode that anybody leaves on.
        "double" | "double precision" | "real" | "float8" => ("double", arguments),
        "float" | "float4" => match (number(0), number(1)) {
            (Some(25..), None) => ("double", none()),
            (_, None) => ("float", none()),
            _ => ("float", arguments),
        },
        "char" | "character" | "nchar" | "national char" | "national character" => ("char", or_one(&arguments)),
        "varchar"
        | "character varying"
        | "char varying"
        | "varcharacter"
        | "nvarchar"
        | "national varchar"
        | "national char varying"
        | "national character varying"
        | "nchar varchar"
        | "nchar varying" => ("varchar", arguments),
        "binary" | "char byte" => ("binary", or_one(&arguments)),
        "bit" => ("bit", or_one(&arguments)),
        "text" => (sized("text", number(0)), none()),
        "blob" => (sized("blob", number(0)), none()),
        "long" | "long varchar" | "long char varying" | "long character varying" => ("mediumtext", none()),
        "long varbinary" => ("mediumblob", none()),
        "datetime" | "timestamp" | "time" if number(0) == Some(0) => (name, none()),
        "year" => ("year", none()),
        "geometrycollection" => ("geomcollection", none()),
        "vector" if arguments.is_empty() => ("vector", one(2048)),
        other => (other, arguments),
    };
    (name.to_owned(), arguments)
}

/// A display width: kept only where zeros are filled up to it.
fn width(arguments: &[TypeArgument], modifiers: &BTreeSet<String>, default: i64) -> Vec<TypeArgument> {
    match (modifiers.contains("zerofill"), arguments) {
        (false, _) => Vec::new(),
        (true, []) => vec![TypeArgument::Number(default)],
        (true, written) => written.to_vec(),
    }
}

/// The smallest of the four text or blob types that holds `length`; without a length the plain one.
/// Lengths of `text` are in characters of up to four bytes.
fn sized(kind: &'static str, length: Option<i64>) -> &'static str {
    let bytes = |length: i64| if kind == "text" { length.saturating_mul(4) } else { length };
    match (kind, length.map(bytes)) {
        (_, None | Some(..=0)) => kind,
        ("text", Some(..=255)) => "tinytext",
        ("text", Some(..=65_535)) => "text",
        ("text", Some(..=16_777_215)) => "mediumtext",
        ("text", Some(_)) => "longtext",
        (_, Some(..=255)) => "tinyblob",
        (_, Some(..=65_535)) => "blob",
        (_, Some(..=16_777_215)) => "mediumblob",
        (_, Some(_)) => "longblob",
    }
}

/// Brings a type that a reader made, in any spelling, into the one spelling.
pub(super) fn canonicalise(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Named(named) => {
            let mut text = named.name.clone();
            text.push_str(&print_arguments(&named.arguments));
            for modifier in &named.modifiers {
                text.push(' ');
                text.push_str(modifier);
            }
            read(&text).unwrap_or_else(|| data_type.clone())
        }
        DataType::InlineEnum(labels) => DataType::InlineEnum(without_trailing_blanks(labels)),
        DataType::InlineSet(labels) => DataType::InlineSet(without_trailing_blanks(labels)),
        other => other.clone(),
    }
}

/// The same in place. Nearly all types of a schema are in the one spelling already.
pub(super) fn make_canonical(data_type: &mut DataType) {
    if !is_canonical(data_type) {
        *data_type = canonicalise(data_type);
    }
}

/// Whether a type is certainly in the one spelling.
fn is_canonical(data_type: &DataType) -> bool {
    let DataType::Named(named) = data_type else { return false };
    let arguments = named.arguments.as_slice();
    named.modifiers.is_empty()
        && match named.name.as_str() {
            "int" | "bigint" | "smallint" | "mediumint" | "tinytext" | "text" | "mediumtext" | "longtext" | "json"
            | "blob" | "longblob" | "date" => arguments.is_empty(),
            "varchar" | "char" | "varbinary" | "binary" => matches!(arguments, [TypeArgument::Number(_)]),
            "datetime" | "timestamp" | "time" => matches!(arguments, [] | [TypeArgument::Number(1..)]),
            "tinyint" => matches!(arguments, [] | [TypeArgument::Number(1)]),
            "decimal" => matches!(arguments, [TypeArgument::Number(_), TypeArgument::Number(_)]),
            _ => false,
        }
}

fn without_trailing_blanks(labels: &[String]) -> Vec<String> {
    labels.iter().map(|label| label.trim_end_matches(' ').to_owned()).collect()
}

/// Writes a type.
pub(super) fn print(data_type: &DataType) -> String {
    match data_type {
        DataType::Named(named) => print_named(named),
        DataType::Enum { name, .. } | DataType::UserDefined { name, .. } => name.clone(),
        DataType::InlineEnum(labels) => format!("enum({})", quoted_labels(labels)),
        DataType::InlineSet(labels) => format!("set({})", quoted_labels(labels)),
        DataType::Array(element) => format!("{}[]", print(element)),
        DataType::Unreadable(text) => text.clone(),
    }
}

/// Attributes in the order the server's grammar wants: sign, zero fill, character set, collation.
fn print_named(named: &NamedType) -> String {
    let rank = |modifier: &str| match modifier.split(' ').next() {
        Some("unsigned") => 0,
        Some("zerofill") => 1,
        Some("character" | "ascii" | "unicode") => 2,
        Some("binary") => 3,
        Some("collate") => 4,
        _ => 5,
    };
    let mut modifiers: Vec<&String> = named.modifiers.iter().collect();
    modifiers.sort_by_key(|modifier| rank(modifier));
    let mut text = format!("{}{}", named.name, print_arguments(&named.arguments));
    for modifier in modifiers {
        text.push(' ');
        text.push_str(modifier);
    }
    text
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
    if is_signed_tinyint(left) && is_signed_tinyint(right) {
        return Equivalence::Compatible(
            "tinyint(1) and tinyint store the same numbers; drivers read tinyint(1) as true or false".to_owned(),
        );
    }
    Equivalence::Different
}

fn is_signed_tinyint(data_type: &DataType) -> bool {
    data_type.as_named().is_some_and(|named| named.name == "tinyint" && named.modifiers.is_empty())
}
