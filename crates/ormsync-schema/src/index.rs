//! Indexes and unique constraints.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Deferrability, Expression, Origin};

/// An index or a unique constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Index {
    /// Its name; none where the source leaves it to the server or the server has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Plain, unique index, or unique constraint.
    pub kind: IndexKind,
    /// What is indexed, in order.
    pub parts: Vec<IndexPart>,
    /// Access method, where it is not the dialect's usual one: `gin`, `hash`, `fulltext`, `spatial`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The WHERE of a partial index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<Expression>,
    /// INCLUDE columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Whether NULLs are equal to each other (`NULLS NOT DISTINCT`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_not_distinct: bool,
    /// Kept up to date but not used by the planner.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub invisible: bool,
    /// DEFERRABLE, for unique constraints.
    #[serde(default, skip_serializing_if = "Deferrability::is_not_deferrable")]
    pub deferrability: Deferrability,
    /// The last part is a span of time in which there is no second such row (`WITHOUT OVERLAPS`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_overlaps: bool,
    /// Storage options by the dialect's names: `fillfactor`, `parser`, `key_block_size` …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Not declared here: it came with the parent, by inheritance or partitioning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inherited: bool,
    /// Not declared: the server makes it on its own (for a foreign key). Never missing anywhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub implicit: bool,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

impl Index {
    /// An index over plain columns with nothing special.
    pub fn on_columns(
        kind: IndexKind,
        name: Option<String>,
        columns: impl IntoIterator<Item = String>,
        origin: Origin,
    ) -> Self {
        Self {
            name,
            kind,
            parts: columns.into_iter().map(IndexPart::column).collect(),
            method: None,
            predicate: None,
            include: Vec::new(),
            nulls_not_distinct: false,
            invisible: false,
            deferrability: Deferrability::NotDeferrable,
            without_overlaps: false,
            options: BTreeMap::new(),
            inherited: false,
            implicit: false,
            comment: None,
            origin,
        }
    }

    /// The columns indexed, expressions left out.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(IndexPart::as_column)
    }
}

/// What an index promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IndexKind {
    /// Nothing: it only makes queries fast.
    Plain,
    /// Uniqueness, as an index.
    UniqueIndex,
    /// Uniqueness, as a constraint.
    UniqueConstraint,
}

impl IndexKind {
    /// Whether it promises uniqueness.
    pub fn is_unique(self) -> bool {
        self != Self::Plain
    }
}

/// One part of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndexPart {
    /// A column or an expression.
    pub target: IndexTarget,
    /// Ascending or descending.
    #[serde(default, skip_serializing_if = "SortOrder::is_ascending")]
    pub order: SortOrder,
    /// Where NULLs sort, where it is not the dialect's default for the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nulls: Option<NullsOrder>,
    /// How many characters or bytes of the column are indexed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix_length: Option<u32>,
    /// Operator class, where it is not the type's default for the method; with its parameters in parentheses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_class: Option<String>,
    /// Collation, where it is not the column's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
}

impl IndexPart {
    /// A whole column in ascending order.
    pub fn column(name: impl Into<String>) -> Self {
        Self::new(IndexTarget::Column(name.into()))
    }

    /// An ascending part.
    pub fn new(target: IndexTarget) -> Self {
        Self {
            target,
            order: SortOrder::Ascending,
            nulls: None,
            prefix_length: None,
            operator_class: None,
            collation: None,
        }
    }

    /// The column's name, if the part is a column.
    pub fn as_column(&self) -> Option<&str> {
        match &self.target {
            IndexTarget::Column(name) => Some(name),
            IndexTarget::Expression(_) => None,
        }
    }
}

/// A column or an expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IndexTarget {
    /// A column by name.
    Column(String),
    /// An expression.
    Expression(Expression),
}

/// Ascending or descending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SortOrder {
    /// From small to large.
    #[default]
    Ascending,
    /// From large to small.
    Descending,
}

impl SortOrder {
    /// Whether it is the default.
    pub fn is_ascending(&self) -> bool {
        *self == Self::Ascending
    }
}

/// Where NULLs sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NullsOrder {
    /// Before all values.
    First,
    /// Behind all values.
    Last,
}
