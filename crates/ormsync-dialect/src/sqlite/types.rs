//! Declared types of SQLite. The server keeps any words as a type and looks only for a few letters in
//! them (its "affinity"), so types stay as declared, in lower case, and equivalence does the work.
//!
//! Two types are *compatible* when they have the same affinity **and** mean the same kind of value to
//! the ORMs that read them. Affinity alone is not enough: `BOOLEAN`, `DATETIME`, `DECIMAL` and `JSON`
//! all have the affinity NUMERIC, and a column that one side takes for a time and the other for a
//! truth value has drifted, whatever the server thinks of it.

use std::collections::BTreeSet;

use ormsync_schema::{DataType, NamedType, TypeArgument};

use super::facts;
use crate::Equivalence;
use crate::type_text::{Quoting, TypeText, print_named, tokenise, words};

/// How SQLite quotes in types.
const QUOTING: Quoting = Quoting { name: '"', backslash: false };

/// Reads a type. A column without a type has the type with the empty name.
pub(super) fn parse(text: &str) -> DataType {
    read(text).unwrap_or_else(|| DataType::Unreadable(text.trim().to_owned()))
}

fn read(text: &str) -> Option<DataType> {
    let parts = TypeText::new(&tokenise(text, QUOTING)?)?;
    // The grammar ends a type at its closing parenthesis.
    if !parts.tail.is_empty() {
        return None;
    }
    let arguments = parts.type_arguments()?;
    Some(DataType::Named(NamedType { name: words(&parts.head)?.join(" "), arguments, modifiers: BTreeSet::new() }))
}

/// Brings a type that a reader made, in any spelling, into the one spelling.
pub(super) fn canonicalise(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Named(named) => read(&print_named(named)).unwrap_or_else(|| data_type.clone()),
        other => other.clone(),
    }
}

/// The same in place. Nearly all types of a schema are in the one spelling already.
pub(super) fn make_canonical(data_type: &mut DataType) {
    let is_canonical = match &*data_type {
        DataType::Named(named) => {
            named.modifiers.is_empty()
                && named.name.bytes().all(|byte| byte.is_ascii_lowercase())
                && named.arguments.iter().all(|argument| matches!(argument, TypeArgument::Number(_)))
        }
        _ => true,
    };
    if !is_canonical {
        *data_type = canonicalise(data_type);
    }
}

/// Writes a type.
pub(super) fn print(data_type: &DataType) -> String {
    match data_type {
        DataType::Named(named) => print_named(named),
        DataType::Enum { name, .. } | DataType::UserDefined { name, .. } => name.clone(),
        // Not of this server; shown as MySQL writes them, so that a message can name them.
        DataType::InlineEnum(labels) => format!("enum({})", quoted_labels(labels)),
        DataType::InlineSet(labels) => format!("set({})", quoted_labels(labels)),
        DataType::Array(element) => format!("{}[]", print(element)),
        DataType::Unreadable(text) => text.clone(),
    }
}

fn quoted_labels(labels: &[String]) -> String {
    labels.iter().map(|label| facts::quote_text(label)).collect::<Vec<_>>().join(",")
}

/// Which values a column prefers (SQLite documentation, "Determination Of Column Affinity").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Affinity {
    /// Whole numbers.
    Integer,
    /// Text.
    Text,
    /// Whatever comes.
    Blob,
    /// Floating-point numbers.
    Real,
    /// Numbers, where text looks like one.
    Numeric,
}

impl Affinity {
    /// The affinity of a declared type: the first rule that fits, in the documentation's order.
    pub(super) fn of(type_name: &str) -> Self {
        let name = type_name.to_lowercase();
        let has = |part: &str| name.contains(part);
        if has("int") {
            Self::Integer
        } else if has("char") || has("clob") || has("text") {
            Self::Text
        } else if has("blob") || name.is_empty() {
            Self::Blob
        } else if has("real") || has("floa") || has("doub") {
            Self::Real
        } else {
            Self::Numeric
        }
    }

    /// The affinity of a data type, where it has one.
    pub(super) fn of_type(data_type: &DataType) -> Option<Self> {
        data_type.as_named().map(|named| Self::of(&named.name))
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Integer => "INTEGER",
            Self::Text => "TEXT",
            Self::Blob => "BLOB",
            Self::Real => "REAL",
            Self::Numeric => "NUMERIC",
        }
    }
}

/// What ORMs keep in columns of the affinity NUMERIC.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    Number,
    Boolean,
    Date,
    Time,
    DateTime,
    Json,
    /// Any other word: only the same word means the same.
    Other(String),
}

impl Meaning {
    fn of(type_name: &str) -> Self {
        match type_name {
            "numeric" | "decimal" | "dec" | "number" | "money" => Self::Number,
            "bool" | "boolean" => Self::Boolean,
            "date" => Self::Date,
            "time" => Self::Time,
            "datetime" | "timestamp" | "timestamptz" => Self::DateTime,
            "json" | "jsonb" => Self::Json,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Compares two types in normal form.
pub(super) fn compare(left: &DataType, right: &DataType) -> Equivalence {
    if left == right {
        return Equivalence::Identical;
    }
    let (Some(left_type), Some(right_type)) = (left.as_named(), right.as_named()) else {
        return if left.is_unreadable() || right.is_unreadable() {
            Equivalence::Unknown
        } else {
            Equivalence::Different
        };
    };
    let (affinity, other) = (Affinity::of(&left_type.name), Affinity::of(&right_type.name));
    let same_meaning = affinity != Affinity::Numeric || Meaning::of(&left_type.name) == Meaning::of(&right_type.name);
    if affinity == other && same_meaning {
        let affinity = affinity.as_str();
        return Equivalence::Compatible(format!(
            "SQLite stores both with the affinity {affinity} and checks no lengths"
        ));
    }
    Equivalence::Different
}
