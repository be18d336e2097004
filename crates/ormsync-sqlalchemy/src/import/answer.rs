//! What `print.py` prints: the one description of that format on this side.

use serde::Deserialize;
use serde_json::Value;

/// The format that this side reads.
pub(super) const FORMAT: u32 = 1;

/// The answer as a whole.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    /// `FORMAT` of the script.
    pub(super) format: u32,
    /// The version of Python, `3.11`.
    pub(super) python: String,
    /// The version of SQLAlchemy, where it is installed.
    pub(super) sqlalchemy: Option<String>,
    /// Why nothing was tried.
    pub(super) unusable: Option<Unusable>,
    pub(super) tables: Vec<Table>,
    #[serde(default)]
    pub(super) sequences: Vec<Sequence>,
    /// Enum types that no column has.
    #[serde(default)]
    pub(super) enums: Vec<EnumType>,
    /// Files that could not be imported.
    pub(super) errors: Vec<ImportError>,
}

/// Why nothing was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Unusable {
    /// SQLAlchemy is not installed.
    Missing,
    /// It is older than 1.4.
    Old,
}

/// A file that could not be imported.
#[derive(Debug, Deserialize)]
pub(super) struct ImportError {
    /// The project's file in which it happened, and the line; 0 where none is known.
    pub(super) file: String,
    pub(super) line: usize,
    /// The exception's class.
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) message: String,
    /// The module that is not there, for a `ModuleNotFoundError`.
    pub(super) missing: Option<String>,
}

/// Something that SQLAlchemy makes, or refuses to.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Piece<T> {
    /// It refused: its words.
    Failed { failed: String },
    /// It made this.
    Made(T),
}

/// A table.
#[derive(Debug, Deserialize)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) schema: Option<String>,
    /// Nothing of it could be printed: why.
    pub(super) failed: Option<String>,
    /// Flask-SQLAlchemy's name for the database that it is in, where that is not the usual one.
    pub(super) bind_key: Option<String>,
    pub(super) comment: Option<String>,
    #[serde(default)]
    pub(super) options: serde_json::Map<String, Value>,
    /// The class that is mapped to it.
    pub(super) class: Option<Named>,
    /// The class's ancestors, nearest first.
    #[serde(default)]
    pub(super) bases: Vec<Named>,
    /// The variable it is assigned to, for a `Table(…)`.
    pub(super) variable: Option<Named>,
    #[serde(default)]
    pub(super) columns: Vec<Column>,
    pub(super) primary_key: Option<Piece<Key>>,
    #[serde(default)]
    pub(super) uniques: Vec<Piece<Unique>>,
    #[serde(default)]
    pub(super) indexes: Vec<Piece<Index>>,
    #[serde(default)]
    pub(super) foreign_keys: Vec<Piece<ForeignKey>>,
    #[serde(default)]
    pub(super) checks: Vec<Piece<Condition>>,
    #[serde(default)]
    pub(super) exclusions: Vec<Piece<Condition>>,
    /// SQL of the project's own runs when the table is made, and may give it indexes and constraints.
    #[serde(default)]
    pub(super) has_events: bool,
    /// What is done with the rows that refer to a deleted one.
    #[serde(default)]
    pub(super) relationships: Vec<Relationship>,
}

/// A relationship to rows that refer to those of the class.
#[derive(Debug, Deserialize)]
pub(super) struct Relationship {
    /// The attribute.
    pub(super) name: String,
    /// The table of those rows.
    pub(super) schema: Option<String>,
    pub(super) table: String,
    /// The columns there that refer to the class's table.
    pub(super) columns: Vec<String>,
    /// SQLAlchemy deletes them.
    pub(super) deletes: bool,
    /// It deletes those, too, that are taken out of the relationship.
    pub(super) orphans: bool,
    /// `passive_deletes`: a truth value, or "all".
    pub(super) passive: Value,
}

/// A class or variable by its file and its name there.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Named {
    pub(super) file: Option<String>,
    pub(super) name: String,
}

/// A column.
#[derive(Debug, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) attribute: Option<String>,
    #[serde(rename = "type")]
    pub(super) data_type: Piece<DataType>,
    pub(super) nullable: bool,
    /// Whether `nullable=` was written.
    pub(super) nullable_given: bool,
    /// The SQL behind `DEFAULT`.
    pub(super) default: Option<String>,
    /// There is a default that only the database knows, or SQLAlchemy refuses it.
    pub(super) default_unknown: Option<Value>,
    /// Whether the dialect has the database number it.
    pub(super) numbered: bool,
    pub(super) identity: Option<Identity>,
    pub(super) computed: Option<Piece<Computed>>,
    pub(super) comment: Option<String>,
    pub(super) client_default: Option<String>,
    pub(super) client_update: Option<String>,
    pub(super) version_counter: bool,
    #[serde(default)]
    pub(super) decimal_as_float: bool,
}

/// A type: exactly one of these, with a collation.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct DataType {
    /// As the type compiler writes it.
    pub(super) sql: Option<String>,
    /// A named enum.
    #[serde(rename = "enum")]
    pub(super) enum_type: Option<EnumType>,
    /// An enum in place.
    pub(super) labels: Option<Vec<String>>,
    /// A set in place.
    pub(super) set: Option<Vec<String>>,
    /// An array of a type.
    pub(super) array: Option<Box<DataType>>,
    pub(super) domain: Option<Box<Domain>>,
    pub(super) collation: Option<String>,
    /// MySQL's character set, where the type names one.
    pub(super) charset: Option<String>,
}

/// A named enum type.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct EnumType {
    pub(super) name: String,
    pub(super) schema: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) class: Option<Named>,
}

/// A domain.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Domain {
    pub(super) name: String,
    pub(super) schema: Option<String>,
    #[serde(rename = "type")]
    pub(super) data_type: DataType,
    pub(super) not_null: bool,
    pub(super) check: Option<String>,
}

/// `Identity(…)`.
#[derive(Debug, Deserialize)]
pub(super) struct Identity {
    pub(super) always: bool,
    pub(super) start: Option<i64>,
    pub(super) increment: Option<i64>,
}

/// `Computed(…)`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Computed {
    pub(super) sql: String,
    pub(super) persisted: Option<bool>,
}

/// A primary key.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Key {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
}

/// A unique constraint.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Unique {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) include: Vec<String>,
    pub(super) nulls_not_distinct: bool,
    pub(super) deferrable: Option<bool>,
    pub(super) initially: Option<String>,
}

/// An index.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Index {
    pub(super) name: Option<String>,
    pub(super) unique: bool,
    pub(super) parts: Vec<IndexPart>,
    #[serde(rename = "where")]
    pub(super) predicate: Option<String>,
    pub(super) using: Option<String>,
    /// MySQL's `FULLTEXT`, `SPATIAL`, `UNIQUE`.
    pub(super) prefix: Option<String>,
    pub(super) include: Vec<String>,
    pub(super) nulls_not_distinct: bool,
}

/// A part of an index: a column or SQL.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct IndexPart {
    pub(super) column: Option<String>,
    pub(super) sql: Option<String>,
    pub(super) descending: bool,
    pub(super) nulls: Option<Nulls>,
    pub(super) operator_class: Option<String>,
    pub(super) length: Option<u32>,
}

/// Where NULLs sort.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Nulls {
    First,
    Last,
}

/// A foreign key.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ForeignKey {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) schema: Option<String>,
    pub(super) table: String,
    pub(super) referenced: Vec<String>,
    pub(super) on_delete: Option<String>,
    pub(super) on_update: Option<String>,
    #[serde(rename = "match")]
    pub(super) match_kind: Option<String>,
    pub(super) not_valid: bool,
    pub(super) deferrable: Option<bool>,
    pub(super) initially: Option<String>,
}

/// A check or an exclusion constraint.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Condition {
    pub(super) name: Option<String>,
    pub(super) sql: String,
}

/// A sequence.
#[derive(Debug, Deserialize)]
pub(super) struct Sequence {
    pub(super) name: String,
    pub(super) schema: Option<String>,
    pub(super) start: Option<i64>,
    pub(super) increment: Option<i64>,
    pub(super) minvalue: Option<i64>,
    pub(super) maxvalue: Option<i64>,
    pub(super) cycle: Option<bool>,
}
