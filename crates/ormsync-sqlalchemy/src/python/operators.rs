//! Operators: carried out on constants, kept as symbols on everything that SQL is made of.

use ruff_python_ast::{CmpOp, Operator, UnaryOp};

use crate::python::attribute::PYTHON_VERSION;
use crate::python::evaluator::{Evaluator, SIZE};
use crate::python::format::Specification;
use crate::python::value::{Form, Place, Value};

impl<'a> Evaluator<'a> {
    pub(super) fn unary(&mut self, operator: UnaryOp, operand: Value<'a>, place: Place) -> Value<'a> {
        match (operator, &operand) {
            (_, Value::Opaque(_)) => operand,
            (UnaryOp::USub, Value::Int(number)) => match number.checked_neg() {
                Some(number) => Value::Int(number),
                None => Value::opaque("the number is too large", place),
            },
            (UnaryOp::USub, Value::Float(number)) => Value::Float(-number),
            (UnaryOp::UAdd, Value::Int(_) | Value::Float(_)) => operand,
            (UnaryOp::Invert, Value::Int(number)) => Value::Int(!number),
            (_, Value::Symbol(_) | Value::Column(_) | Value::External(_)) => {
                let operator = match operator {
                    UnaryOp::Invert => "not",
                    UnaryOp::USub => "neg",
                    UnaryOp::Not | UnaryOp::UAdd => "pos",
                };
                self.symbol(Form::Operation { operator, operands: vec![operand] }, place)
            }
            _ => Value::opaque("this operation is not evaluated", place),
        }
    }

    pub(super) fn binary(&mut self, operator: Operator, left: Value<'a>, right: Value<'a>, place: Place) -> Value<'a> {
        if let (Some(left), Some(right)) = (left.as_integer(), right.as_integer()) {
            return integer_operation(operator, left, right).unwrap_or_else(|| Value::opaque_number(place));
        }
        if let (Some(left), Some(right)) = (as_float(&left), as_float(&right)) {
            return float_operation(operator, left, right).unwrap_or_else(|| Value::opaque_number(place));
        }
        match (operator, &left, &right) {
            (Operator::BitOr, _, _) if is_type_like(&left) && is_type_like(&right) => {
                self.operation("|", left, right, place)
            }
            (_, Value::Opaque(_), _) => left,
            (_, _, Value::Opaque(_)) => right,
            (Operator::Add, Value::Text(start), Value::Text(end)) if start.len() + end.len() <= SIZE => {
                Value::text(&format!("{start}{end}"))
            }
            (Operator::Mult, Value::Text(text), Value::Int(times))
            | (Operator::Mult, Value::Int(times), Value::Text(text)) => {
                let times = usize::try_from(*times).unwrap_or(0);
                match text.len().checked_mul(times) {
                    Some(size) if size <= SIZE => Value::text(&text.repeat(times)),
                    _ => Value::opaque("the string grows too long", place),
                }
            }
            (Operator::Mod, Value::Text(format), _) => match self.percent_format(format, &right) {
                Some(text) => Value::text(&text),
                None => Value::opaque("the formatted string cannot be known", place),
            },
            (Operator::Add, Value::Tuple(start), Value::Tuple(end)) if start.len() + end.len() <= SIZE => {
                Value::tuple(start.iter().chain(end.iter()).cloned().collect())
            }
            (Operator::Add, Value::List(start), Value::List(end))
                if start.borrow().len() + end.borrow().len() <= SIZE =>
            {
                Value::list(start.borrow().iter().chain(end.borrow().iter()).cloned().collect())
            }
            (Operator::BitOr, Value::Dict(start), Value::Dict(end)) => {
                let mut entries = start.borrow().clone();
                for (key, value) in end.borrow().iter() {
                    entries.retain(|(known, _)| known.equals(key) != Some(true));
                    entries.push((key.clone(), value.clone()));
                }
                Value::dict(entries)
            }
            (_, Value::Symbol(_) | Value::Column(_) | Value::External(_), _)
            | (_, _, Value::Symbol(_) | Value::Column(_) | Value::External(_)) => {
                self.operation(operator.as_str(), left, right, place)
            }
            _ => Value::opaque("this operation is not evaluated", place),
        }
    }

    fn operation(&mut self, operator: &'static str, left: Value<'a>, right: Value<'a>, place: Place) -> Value<'a> {
        self.symbol(Form::Operation { operator, operands: vec![left, right] }, place)
    }

    pub(super) fn compare(&mut self, operator: CmpOp, left: &Value<'a>, right: &Value<'a>, place: Place) -> Value<'a> {
        let is_sql = |value: &Value<'a>| matches!(value, Value::Symbol(_) | Value::Column(_));
        if matches!(operator, CmpOp::Is | CmpOp::IsNot) {
            return match is_identical(left, right) {
                Some(same) => Value::Bool(same == (operator == CmpOp::Is)),
                None => Value::opaque("it depends on something unknown", place),
            };
        }
        if !matches!(operator, CmpOp::In | CmpOp::NotIn) && (is_sql(left) || is_sql(right)) {
            return self.operation(operator.as_str(), left.clone(), right.clone(), place);
        }
        let known = match operator {
            CmpOp::Eq => left.equals(right),
            CmpOp::NotEq => left.equals(right).map(|same| !same),
            CmpOp::In => self.contains(right, left),
            CmpOp::NotIn => self.contains(right, left).map(|found| !found),
            CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE => order(left, right).map(|order| match operator {
                CmpOp::Lt => order.is_lt(),
                CmpOp::LtE => order.is_le(),
                CmpOp::Gt => order.is_gt(),
                _ => order.is_ge(),
            }),
            CmpOp::Is | CmpOp::IsNot => None,
        };
        match known {
            Some(known) => Value::Bool(known),
            None => Value::opaque("it depends on something unknown", place),
        }
    }

    fn contains(&mut self, container: &Value<'a>, wanted: &Value<'a>) -> Option<bool> {
        if let (Value::Text(text), Some(part)) = (container, wanted.as_text()) {
            return Some(text.contains(part.as_ref()));
        }
        let keys: Vec<Value<'a>> = match container {
            Value::Dict(entries) => entries.borrow().iter().map(|(key, _)| key.clone()).collect(),
            other => other.elements()?.into_iter().map(|item| item.value).collect(),
        };
        let mut is_certain = true;
        for key in keys {
            match key.equals(wanted) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => is_certain = false,
            }
        }
        is_certain.then_some(false)
    }

    /// `"%s_%s" % (a, b)` and `"%(name)s" % {...}`, with plain `s` and `d` only.
    fn percent_format(&self, format: &str, values: &Value<'a>) -> Option<String> {
        let mut text = String::new();
        let mut rest = format;
        let positional = match values {
            Value::Tuple(items) => items.iter().map(|item| item.value.clone()).collect(),
            other => vec![other.clone()],
        };
        let mut next = positional.iter();
        while let Some((before, behind)) = rest.split_once('%') {
            text.push_str(before);
            if let Some(behind) = behind.strip_prefix('%') {
                text.push('%');
                rest = behind;
            } else if !behind.starts_with('(') {
                // Flags, width and precision, then the kind.
                let end = behind.find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, '.' | '-'))?;
                let kind = behind[end..].chars().next()?;
                let value = next.next()?;
                let printed = self.printed(value);
                text.push_str(&match (&behind[..end], kind) {
                    ("", 's' | 'd') => printed?,
                    (flags, 's' | 'd' | 'x' | 'f') if !flags.contains('-') => {
                        let align = if kind == 's' { ">" } else { "" };
                        Specification::parse(&format!("{align}{flags}{kind}"))?.apply(value, printed)?
                    }
                    _ => return None,
                });
                rest = &behind[end + kind.len_utf8()..];
            } else {
                let (name, behind) = behind.strip_prefix('(')?.split_once(')')?;
                let entries = values.text_entries()?;
                let (_, value) = entries.iter().find(|(key, _)| key.as_ref() == name)?;
                text.push_str(&self.printed(&value.value)?);
                rest = behind.strip_prefix(['s', 'd'])?;
            }
        }
        text.push_str(rest);
        (text.len() <= SIZE).then_some(text)
    }

    /// What `str()` makes of a value.
    pub(super) fn printed(&self, value: &Value<'a>) -> Option<String> {
        Some(match value {
            Value::Text(text) => text.to_string(),
            Value::Int(number) => number.to_string(),
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            Value::None => "None".to_owned(),
            // `StrEnum` prints the value; a plain `str, Enum` prints differently in f-strings from Python
            // 3.12 on, so it is left unknown.
            Value::EnumMember(member) if member.prints_value => member.value.as_text()?.to_string(),
            _ => return None,
        })
    }
}

/// Whether a value can stand in a type union: `int | None`, `"User" | None` in an annotation.
fn is_type_like(value: &Value<'_>) -> bool {
    matches!(value, Value::None | Value::External(_) | Value::Class(_) | Value::Symbol(_) | Value::Opaque(_))
}

fn is_identical<'a>(left: &Value<'a>, right: &Value<'a>) -> Option<bool> {
    match (left, right) {
        (Value::Opaque(_), _) | (_, Value::Opaque(_)) => None,
        (Value::None, other) | (other, Value::None) => match other {
            Value::None => Some(true),
            Value::Symbol(symbol) => match symbol.external_call() {
                Some((path, _)) if path.starts_with("sqlalchemy.") => Some(false),
                _ => None,
            },
            _ => Some(false),
        },
        _ => left.equals(right),
    }
}

fn order(left: &Value<'_>, right: &Value<'_>) -> Option<std::cmp::Ordering> {
    if let (Some(left), Some(right)) = (left.as_text(), right.as_text()) {
        return Some(left.cmp(&right));
    }
    if let (Some(left), Some(right)) = (as_float(left), as_float(right)) {
        return left.partial_cmp(&right);
    }
    // `sys.version_info >= (3, 11)`: models are read as the newest Python would run them.
    let is_version = |value: &Value<'_>| matches!(value, Value::External(path) if path.as_ref() == PYTHON_VERSION);
    match (is_version(left), is_version(right)) {
        (true, false) => Some(std::cmp::Ordering::Greater),
        (false, true) => Some(std::cmp::Ordering::Less),
        _ => None,
    }
}

fn as_float(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        #[expect(clippy::cast_precision_loss, reason = "only compared, or mixed with a float as Python does")]
        other => other.as_integer().map(|number| number as f64),
    }
}

fn integer_operation<'a>(operator: Operator, left: i64, right: i64) -> Option<Value<'a>> {
    let result = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Sub => left.checked_sub(right),
        Operator::Mult => left.checked_mul(right),
        Operator::FloorDiv if right > 0 => Some(left.div_euclid(right)),
        Operator::Mod if right > 0 => Some(left.rem_euclid(right)),
        Operator::Pow => u32::try_from(right).ok().and_then(|power| left.checked_pow(power)),
        Operator::LShift => u32::try_from(right).ok().filter(|by| *by < 62).and_then(|by| left.checked_mul(1 << by)),
        Operator::RShift => u32::try_from(right).ok().and_then(|by| left.checked_shr(by)),
        Operator::BitOr => Some(left | right),
        Operator::BitAnd => Some(left & right),
        Operator::BitXor => Some(left ^ right),
        _ => None,
    };
    result.map(Value::Int)
}

fn float_operation<'a>(operator: Operator, left: f64, right: f64) -> Option<Value<'a>> {
    let result = match operator {
        Operator::Add => left + right,
        Operator::Sub => left - right,
        Operator::Mult => left * right,
        Operator::Div if right != 0.0 => left / right,
        _ => return None,
    };
    Some(Value::Float(result))
}
