//! Writing values as Prisma writes them.

use std::fmt;

use super::tree::{Argument, Expression, ExpressionKind};

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExpressionKind::Text(text) => formatter.write_str(&quote(text)),
            ExpressionKind::Number(text) | ExpressionKind::Constant(text) => formatter.write_str(text),
            ExpressionKind::Function(name, arguments) => {
                write!(formatter, "{name}(")?;
                separated(formatter, arguments)?;
                formatter.write_str(")")
            }
            ExpressionKind::Array(elements) => {
                formatter.write_str("[")?;
                separated(formatter, elements)?;
                formatter.write_str("]")
            }
            ExpressionKind::Object(members) => {
                formatter.write_str("{ ")?;
                for (position, (name, value)) in members.iter().enumerate() {
                    let comma = if position == 0 { "" } else { ", " };
                    write!(formatter, "{comma}{}: {value}", name.text)?;
                }
                formatter.write_str(" }")
            }
        }
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(formatter, "{}: ", name.text)?;
        }
        match &self.value {
            Some(value) => value.fmt(formatter),
            None => Ok(()),
        }
    }
}

fn separated<T: fmt::Display>(formatter: &mut fmt::Formatter<'_>, items: &[T]) -> fmt::Result {
    for (position, item) in items.iter().enumerate() {
        let comma = if position == 0 { "" } else { ", " };
        write!(formatter, "{comma}{item}")?;
    }
    Ok(())
}

/// A string with its quotes and escapes.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control < ' ' => quoted.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
