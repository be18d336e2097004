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

/// Keeps the text that an expression was made of, for sending it to a server.
pub(crate) fn keep_text(default: DefaultValue, text: &str) -> DefaultValue {
    match default {
        DefaultValue::Expression(expression) => DefaultValue::Expression(expression.made_of(text.trim())),
        other => other,
    }
}

fn is_understood(default: &DefaultValue) -> bool {
    match default {
        DefaultValue::Literal(_) | DefaultValue::Now { .. } | DefaultValue::NextValue { .. } => true,
        DefaultValue::Expression(expression) => expression.normal,
        DefaultValue::Unreadable(_) => false,
    }
}
