//! Primary keys, foreign keys, checks and exclusion constraints.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Expression, IndexPart, Origin};

/// A primary key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PrimaryKey {
    /// The constraint's name, where the server has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its columns, with prefix lengths and order where the dialect has them.
    pub parts: Vec<IndexPart>,
    /// INCLUDE columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// DEFERRABLE.
    #[serde(default, skip_serializing_if = "Deferrability::is_not_deferrable")]
    pub deferrability: Deferrability,
    /// The last column is a span of time in which there is no second such row (`WITHOUT OVERLAPS`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_overlaps: bool,
    /// Storage options of its index by the dialect's names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Not declared here: it came with the parent, by inheritance or partitioning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inherited: bool,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// A foreign key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForeignKey {
    /// The constraint's name; none where the source leaves it to the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The columns of this table.
    pub columns: Vec<String>,
    /// The namespace of the table referred to; empty where the server has none.
    pub referenced_namespace: String,
    /// The table referred to.
    pub referenced_table: String,
    /// The columns referred to. Empty: that table's primary key (normal form fills it in).
    pub referenced_columns: Vec<String>,
    /// ON DELETE.
    #[serde(default)]
    pub on_delete: ReferentialAction,
    /// ON UPDATE.
    #[serde(default)]
    pub on_update: ReferentialAction,
    /// MATCH.
    #[serde(default, skip_serializing_if = "MatchKind::is_simple")]
    pub match_kind: MatchKind,
    /// DEFERRABLE.
    #[serde(default, skip_serializing_if = "Deferrability::is_not_deferrable")]
    pub deferrability: Deferrability,
    /// The columns that ON DELETE SET NULL or SET DEFAULT sets; none: all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_on_delete: Vec<String>,
    /// The last column is a span of time that must be covered (`PERIOD`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub period: bool,
    /// Kept but not enforced.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_enforced: bool,
    /// The server has not checked existing rows (`NOT VALID`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_valid: bool,
    /// Not declared here: it came with the parent, by inheritance or partitioning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inherited: bool,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// What happens to referring rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReferentialAction {
    /// Refuse, at the end of the statement where the server tells the difference.
    #[default]
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Do the same to referring rows.
    Cascade,
    /// Set referring columns to NULL.
    SetNull,
    /// Set referring columns to their default.
    SetDefault,
}

impl ReferentialAction {
    /// The SQL words.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }
}

/// How NULLs in a compound foreign key are matched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MatchKind {
    /// Any NULL satisfies it.
    #[default]
    Simple,
    /// All NULL or none.
    Full,
}

impl MatchKind {
    /// Whether it is the default.
    pub fn is_simple(&self) -> bool {
        *self == Self::Simple
    }
}

/// When a constraint is checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Deferrability {
    /// At the statement.
    #[default]
    NotDeferrable,
    /// At the statement unless the transaction defers it.
    InitiallyImmediate,
    /// At commit.
    InitiallyDeferred,
}

impl Deferrability {
    /// Whether it is the default.
    pub fn is_not_deferrable(&self) -> bool {
        *self == Self::NotDeferrable
    }
}

/// A check constraint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// The constraint's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What must hold.
    pub expression: Expression,
    /// The column it is written at, on servers where that is a fact of its own: it has no name then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Kept but not enforced.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_enforced: bool,
    /// The server has not checked existing rows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_valid: bool,
    /// Tables that inherit from this one do not get it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_inherit: bool,
    /// Not declared here: it came with the parent, by inheritance or partitioning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inherited: bool,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// An exclusion constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Exclusion {
    /// The constraint's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The whole constraint as the server or source writes it.
    pub definition: Expression,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}
