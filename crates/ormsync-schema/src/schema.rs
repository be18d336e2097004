//! The root of the canonical schema, and the objects that are not tables.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Check, Column, DataType, DefaultValue, Fact, Index, NotNull, Opaque, Origin, RangeType, Sequence, Table, Trigger,
};

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
    /// Range types, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ranges: BTreeMap<String, RangeType>,
    /// Views, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub views: BTreeMap<String, View>,
    /// Sequences that number no column, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sequences: BTreeMap<String, Sequence>,
    /// Functions and procedures, by name and signature.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub routines: BTreeMap<String, Routine>,
}

/// A named enum type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// Its NOT NULL, where that is a constraint with something of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_null: Option<NotNull>,
    /// Its default, for columns that have none of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<DefaultValue>,
    /// Collation, where it is not that of the type underneath.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Its checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// A composite type: its fields by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CompositeType {
    /// The fields in order.
    pub fields: IndexMap<String, DataType>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// A view.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// Its options by the dialect's names: `security_barrier`, `check_option`, `sql_security` …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// The indexes of a materialised view.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// Its triggers, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub triggers: BTreeMap<String, Trigger>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// A function or procedure. Sources are compared by name and signature only; the statement is kept so that a schema
/// that a server gave can be made again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Routine {
    /// What kind of routine it is.
    #[serde(default, skip_serializing_if = "RoutineKind::is_function")]
    pub kind: RoutineKind,
    /// What it gives back; none for a procedure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// The language it is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The statement that makes it, as the server writes it, where it may be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<Expression>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The catalogue's object.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// The kinds of routine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RoutineKind {
    /// A function of values.
    #[default]
    Function,
    /// A procedure, which is called and gives nothing back.
    Procedure,
    /// A function over the rows of a group.
    Aggregate,
    /// A function over the rows of a window.
    Window,
}

impl RoutineKind {
    /// Whether it is the usual one.
    pub fn is_function(&self) -> bool {
        *self == Self::Function
    }
}

/// An extension of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expression {
    /// The text: as written, or in normal form once `normal` is set.
    pub text: String,
    /// Whether `text` is in the dialect's normal form.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub normal: bool,
    /// The text as its source wrote it, where the normal form is another: what to send to a server.
    #[serde(default, skip_serializing_if = "Wording::is_unknown")]
    pub written: Wording,
}

impl Expression {
    /// An expression as its source writes it.
    pub fn written(text: impl Into<String>) -> Self {
        Self { text: text.into(), normal: false, written: Wording::default() }
    }

    /// An expression in the dialect's normal form.
    pub fn in_normal_form(text: impl Into<String>) -> Self {
        Self { text: text.into(), normal: true, written: Wording::default() }
    }

    /// The same, with the text it was made of.
    #[must_use]
    pub fn made_of(mut self, written: &str) -> Self {
        self.written = Wording((written != self.text).then(|| written.into()));
        self
    }

    /// The text to send to a server: as it was written, else in normal form.
    pub fn sql(&self) -> &str {
        self.written.text().unwrap_or(&self.text)
    }

    /// An expression in the one spelling that a server has for it, so that another text means something else.
    pub fn printed_by_server(text: impl Into<String>) -> Self {
        Self { text: text.into(), normal: true, written: Wording::default() }
    }
}

/// The words that a source has for what the schema says in normal form, for writers to hand on: Prisma's
/// engine compares expressions letter by letter. They are no part of what is said, so any two are equal.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Wording(Option<Box<str>>);

impl Wording {
    /// No words.
    pub(crate) const NONE: Self = Self(None);

    /// These words.
    pub fn of(text: impl Into<Box<str>>) -> Self {
        Self(Some(text.into()))
    }

    /// The words, where they are known.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Whether there are none, or they are those that the schema has.
    pub fn is_unknown(&self) -> bool {
        self.0.is_none()
    }
}

impl PartialEq for Wording {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Wording {}
