//! The three answers for defaults in normal form, the same on every server.

use ormsync_schema::DefaultValue;

use crate::Equivalence;

/// Same, different, or unknown where one of them was not understood and they are not the same text.
pub(crate) fn compare_defaults(left: &DefaultValue, right: &DefaultValue) -> Equivalence {
    if left == right {
        return Equivalence::Identical;
    }
    if is_understood(left) && is_understood(right) { Equivalence::Different } else { Equivalence::Unknown }
}

fn is_understood(default: &DefaultValue) -> bool {
    match default {
        DefaultValue::Literal(_) | DefaultValue::Now { .. } | DefaultValue::NextValue { .. } => true,
        DefaultValue::Expression(expression) => expression.normal,
        DefaultValue::Unreadable(_) => false,
    }
}
