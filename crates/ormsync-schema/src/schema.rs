//! The root of the canonical schema, and the objects that are not tables.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Column, DataType, Fact, Opaque, Origin, Table};

/// Version of the serialised form. A reader refuses a number it does not know.
pub const FORMAT_VERSION: u32 = 1;

/// The physical schema that one source stands for on one dialect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Schema {
    /// [`FORMAT_VERSION`] of the writer.
    pub format: u32,
    /// The dialect's name, as `ormsync-dialect` knows it.
    pub dialect: String,
    /// The server, where one was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Server>,
    /// What this source has no words for: never missing here.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unsaid: BTreeSet<Fact>,
    /// The namespaces ("schemas" in PostgreSQL's words) by name. Servers whose tables have none keep
    /// all in the namespace with the empty name.
    pub namespaces: BTreeMap<String, Namespace>,
    /// Extensions, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: BTreeMap<String, Extension>,
    /// What could not be read at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opaque: Vec<Opaque>,
}

impl Schema {
    /// An empty schema of a dialect.
    pub fn new(dialect: impl Into<String>) -> Self {
        Self {
            format: FORMAT_VERSION,
            dialect: dialect.into(),
            server: None,
            unsaid: BTreeSet::new(),
            namespaces: BTreeMap::new(),
            extensions: BTreeMap::new(),
            opaque: Vec::new(),
        }
    }

    /// The namespace of that name, made when it is not there.
    pub fn namespace_mut(&mut self, name: &str) -> &mut Namespace {
        self.namespaces.entry(name.to_owned()).or_default()
    }

    /// A table by namespace and name.
    pub fn table(&self, namespace: &str, name: &str) -> Option<&Table> {
        self.namespaces.get(namespace)?.tables.get(name)
    }

    /// An enum type by namespace and name.
    pub fn enum_type(&self, namespace: &str, name: &str) -> Option<&EnumType> {
        self.namespaces.get(namespace)?.enums.get(name)
    }

    /// All tables as (namespace, name, table), in order.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &str, &Table)> {
        self.namespaces.iter().flat_map(|(namespace, content)| {
            content.tables.iter().map(move |(name, table)| (namespace.as_str(), name.as_str(), table))
        })
    }

    /// Whether the source has words for a kind of fact.
    pub fn says(&self, fact: Fact) -> bool {
        !self.unsaid.contains(&fact)
    }
}

/// A live server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Server {
    /// The product as it names itself: `PostgreSQL`, `MySQL`, `MariaDB`, `SQLite`.
    pub product: String,
    /// The version's numbers, most significant first.
    pub version: Vec<u32>,
    /// The version as the server prints it.
    pub version_text: String,
}

/// What lives under one namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Namespace {
    /// Tables, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, Table>,
    /// Enum types, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub enums: BTreeMap<String, EnumType>,
    /// Domains, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub domains: BTreeMap<String, Domain>,
    /// Composite types, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub composite_types: BTreeMap<String, CompositeType>,
    /// Views, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub views: BTreeMap<String, View>,
    /// Sequences that no column owns, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sequences: BTreeMap<String, Sequence>,
    /// Functions and procedures, by name and signature.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub routines: BTreeMap<String, Routine>,
}

/// A named enum type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnumType {
    /// Its labels in order.
    pub labels: Vec<String>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// A domain: a type with constraints of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Domain {
    /// The type underneath.
    pub data_type: DataType,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// Its checks as the server writes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Expression>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// A composite type: its fields by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CompositeType {
    /// The fields in order.
    pub fields: IndexMap<String, DataType>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct View {
    /// Its query, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<Expression>,
    /// Kept on disk.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub materialised: bool,
    /// Its columns, where they are known.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub columns: IndexMap<String, Column>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// A sequence that no column owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sequence {
    /// First number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    /// Step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub increment: Option<i64>,
    /// Smallest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<i64>,
    /// Largest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<i64>,
    /// Starts again at its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cycle: bool,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// A function or procedure, known by name and signature only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Routine {
    /// What it gives back; none for a procedure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// The language it is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The catalogue's object.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// An extension of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Extension {
    /// Version, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The namespace its objects live in, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// An SQL expression. Readers give it as written; the dialect's normal form brings those it
/// understands into one spelling. Two expressions that differ are *different* only when both were
/// understood; otherwise the answer is unknown.
#[derive(Debug, Clone, Default, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expression {
    /// The text: as written, or in normal form once `normal` is set.
    pub text: String,
    /// Whether `text` is in the dialect's normal form.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub normal: bool,
    /// The text as its source wrote it, where the normal form is another: what to send to a server. Takes no part
    /// in equality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.normal == other.normal && self.text == other.text
    }
}

impl Expression {
    /// An expression as its source writes it.
    pub fn written(text: impl Into<String>) -> Self {
        Self { text: text.into(), normal: false, written: None }
    }

    /// An expression in the dialect's normal form.
    pub fn in_normal_form(text: impl Into<String>) -> Self {
        Self { text: text.into(), normal: true, written: None }
    }

    /// The same, with the text it was made of.
    #[must_use]
    pub fn made_of(mut self, written: &str) -> Self {
        self.written = (written != self.text).then(|| written.to_owned());
        self
    }

    /// The text to send to a server: as it was written, else in normal form.
    pub fn sql(&self) -> &str {
        self.written.as_deref().unwrap_or(&self.text)
    }
}
