//! Column defaults of MySQL and MariaDB.

use ormsync_schema::{DataType, DefaultValue};

use crate::Equivalence;

/// Reads a default.
pub(super) fn parse(text: &str, _data_type: &DataType) -> DefaultValue {
    DefaultValue::Unreadable(text.to_owned())
}

/// Writes a default.
pub(super) fn print(default: &DefaultValue) -> String {
    format!("{default:?}")
}

/// Compares two defaults in normal form.
pub(super) fn compare(left: &DefaultValue, right: &DefaultValue) -> Equivalence {
    if left == right { Equivalence::Identical } else { Equivalence::Different }
}
