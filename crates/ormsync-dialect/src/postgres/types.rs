//! Data types of PostgreSQL.

use ormsync_schema::DataType;

use crate::Equivalence;
use crate::type_text::{parse_named, print_named};

/// Reads a type.
pub(super) fn parse(text: &str) -> DataType {
    parse_named(text)
}

/// Writes a type.
pub(super) fn print(data_type: &DataType) -> String {
    match data_type {
        DataType::Named(named) => print_named(named),
        DataType::Enum { name, .. } | DataType::UserDefined { name, .. } => name.clone(),
        DataType::InlineEnum(labels) => format!("enum({})", labels.join(",")),
        DataType::InlineSet(labels) => format!("set({})", labels.join(",")),
        DataType::Array(element) => format!("{}[]", print(element)),
        DataType::Unreadable(text) => text.clone(),
    }
}

/// Compares two types in normal form.
pub(super) fn compare(left: &DataType, right: &DataType) -> Equivalence {
    if left.is_unreadable() || right.is_unreadable() {
        Equivalence::Unknown
    } else if left == right {
        Equivalence::Identical
    } else {
        Equivalence::Different
    }
}
