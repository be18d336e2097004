//! Sequences.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DataType, Origin};

/// A sequence that numbers no column by itself; those behind `serial` and identity columns are facts of
/// their columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sequence {
    /// The type of its numbers, where it is not the dialect's usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<DataType>,
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
    /// How many numbers a session takes at once, where it is not 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<i64>,
    /// Starts again at its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cycle: bool,
    /// The column that it goes with when that is dropped (`OWNED BY`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<SequenceOwner>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}

/// The column that a sequence belongs to. It is in the sequence's own namespace: the server wants it so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SequenceOwner {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
}
