//! Data types, as names and arguments; what they mean is the dialect's knowledge.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The type of a column or domain.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DataType {
    /// A type the server (or an extension) knows by name.
    Named(NamedType),
    /// A named enum type of the schema.
    Enum {
        /// Its namespace; empty where the server has none.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// An enum written in place: its labels in order.
    InlineEnum(Vec<String>),
    /// A set written in place: its labels in order.
    InlineSet(Vec<String>),
    /// An array of another type. Servers do not enforce dimensions, so there is only one level.
    Array(Box<DataType>),
    /// A domain or composite type of the schema.
    UserDefined {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// Something the reader did not understand: its text.
    Unreadable(String),
}

/// A type by name with arguments and modifiers, for example `numeric(18,8)` or `int unsigned`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct NamedType {
    /// Lower case; in normal form the dialect's one spelling (`varchar`, not `character varying`).
    pub name: String,
    /// The arguments in parentheses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<TypeArgument>,
    /// Words behind the type that change what it stores: `unsigned`, `zerofill`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub modifiers: BTreeSet<String>,
}

/// An argument of a type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum TypeArgument {
    /// A length, precision, scale, dimension …
    Number(i64),
    /// A word, as in `geometry(Point,4326)`.
    Word(String),
}

impl DataType {
    /// A type without arguments.
    pub fn named(name: impl Into<String>) -> Self {
        Self::with_arguments(name, [])
    }

    /// A type with numeric arguments.
    pub fn with_arguments(name: impl Into<String>, arguments: impl IntoIterator<Item = i64>) -> Self {
        Self::Named(NamedType {
            name: name.into(),
            arguments: arguments.into_iter().map(TypeArgument::Number).collect(),
            modifiers: BTreeSet::new(),
        })
    }

    /// The named type, if it is one.
    pub fn as_named(&self) -> Option<&NamedType> {
        match self {
            Self::Named(named) => Some(named),
            _ => None,
        }
    }

    /// Whether this type, or the type of its elements, was not understood.
    pub fn is_unreadable(&self) -> bool {
        match self {
            Self::Unreadable(_) => true,
            Self::Array(element) => element.is_unreadable(),
            _ => false,
        }
    }
}

impl NamedType {
    /// The argument at `position`, if it is a number.
    pub fn number(&self, position: usize) -> Option<i64> {
        match self.arguments.get(position) {
            Some(TypeArgument::Number(number)) => Some(*number),
            _ => None,
        }
    }
}
