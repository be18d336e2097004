//! Range types.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DataType, Origin};

/// A range type: spans of values of another type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RangeType {
    /// The type of its bounds.
    pub subtype: DataType,
    /// Operator class that orders the bounds, where it is not their type's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_class: Option<String>,
    /// Collation of the bounds, where it is not their type's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// The function that says how far apart two bounds are, as the server writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
    /// The name of the type of several such ranges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multirange: Option<String>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The declaration.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}
