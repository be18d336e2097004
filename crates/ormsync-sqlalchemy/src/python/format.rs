//! Format specifications: `f"{number:03d}"`, `"%02d" % number`.

use ruff_python_ast::{ConversionFlag, InterpolatedElement, InterpolatedStringElement};

use crate::python::evaluator::{Evaluator, SIZE};
use crate::python::value::Value;

/// What stands behind the colon: fill and alignment, sign, width, precision and kind.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Specification {
    fill: Option<char>,
    align: Option<char>,
    plus: bool,
    width: usize,
    precision: Option<usize>,
    kind: Option<char>,
}

impl Specification {
    /// Reads a specification; none where it asks for something that is not formatted here.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut found = Self::default();
        let letters: Vec<char> = text.chars().collect();
        let is_align = |letter: Option<&char>| matches!(letter, Some('<' | '>' | '^'));
        let mut at = 0;
        if is_align(letters.get(1)) {
            found.fill = letters.first().copied();
            found.align = letters.get(1).copied();
            at = 2;
        } else if is_align(letters.first()) {
            found.align = letters.first().copied();
            at = 1;
        }
        if let Some('+') = letters.get(at) {
            found.plus = true;
            at += 1;
        }
        if letters.get(at) == Some(&'0') {
            found.fill = found.fill.or(Some('0'));
            found.align = found.align.or(Some('='));
            at += 1;
        }
        let number = |at: &mut usize| {
            let digits: String = letters[*at..].iter().take_while(|letter| letter.is_ascii_digit()).collect();
            *at += digits.len();
            digits.parse::<usize>().ok()
        };
        found.width = number(&mut at).unwrap_or(0);
        if letters.get(at) == Some(&'.') {
            at += 1;
            found.precision = Some(number(&mut at)?);
        }
        found.kind = letters.get(at).copied();
        (letters.len() <= at + 1 && found.width <= SIZE).then_some(found)
    }

    pub(super) fn apply(&self, value: &Value<'_>, printed: Option<String>) -> Option<String> {
        let number = value.as_integer();
        let (text, is_number) = match (self.kind, number, value) {
            (Some('d'), Some(number), _) => (number.to_string(), true),
            (Some('x'), Some(number), _) if number >= 0 => (format!("{number:x}"), true),
            (Some('X'), Some(number), _) if number >= 0 => (format!("{number:X}"), true),
            (Some('f'), _, Value::Float(number)) => (format!("{number:.*}", self.precision.unwrap_or(6)), true),
            (None, Some(number), Value::Int(_)) => (number.to_string(), true),
            (None | Some('s'), _, other) => {
                let text = printed.filter(|_| !matches!(other, Value::Float(_) | Value::Bool(_) | Value::None))?;
                (text.chars().take(self.precision.unwrap_or(usize::MAX)).collect(), false)
            }
            _ => return None,
        };
        let text = if self.plus && is_number && !text.starts_with('-') { format!("+{text}") } else { text };
        let missing = self.width.saturating_sub(text.chars().count());
        let fill = |count: usize| self.fill.unwrap_or(' ').to_string().repeat(count);
        Some(match self.align.unwrap_or(if is_number { '>' } else { '<' }) {
            '=' => match text.strip_prefix('-') {
                Some(digits) => format!("-{}{digits}", fill(missing)),
                None => format!("{}{text}", fill(missing)),
            },
            '<' => format!("{text}{}", fill(missing)),
            '^' => format!("{}{text}{}", fill(missing / 2), fill(missing - missing / 2)),
            _ => format!("{}{text}", fill(missing)),
        })
    }
}

impl<'a> Evaluator<'a> {
    /// The text of a field of an f-string; none where it cannot be known.
    pub(super) fn formatted(&self, value: &Value<'a>, field: &InterpolatedElement) -> Option<String> {
        let is_printed = matches!(field.conversion, ConversionFlag::None | ConversionFlag::Str);
        if !is_printed || field.debug_text.is_some() {
            return None;
        }
        let Some(specification) = &field.format_spec else { return self.printed(value) };
        let mut text = String::new();
        for element in specification.elements.iter() {
            match element {
                InterpolatedStringElement::Literal(literal) => text.push_str(&literal.value),
                InterpolatedStringElement::Interpolation(_) => return None,
            }
        }
        Specification::parse(&text)?.apply(value, self.printed(value))
    }
}

#[cfg(test)]
mod tests {
    use super::Specification;
    use crate::python::Value;

    #[test]
    fn values_are_formatted_as_python_formats_them() {
        let number = |specification: &str, number: i64| {
            Specification::parse(specification)?.apply(&Value::Int(number), Some(number.to_string()))
        };
        let text = |specification: &str, text: &str| {
            Specification::parse(specification)?.apply(&Value::text(text), Some(text.to_owned()))
        };
        assert_eq!(number("03d", 7).as_deref(), Some("007"));
        assert_eq!(number("03", -7).as_deref(), Some("-07"));
        assert_eq!(number(">4", 7).as_deref(), Some("   7"));
        assert_eq!(number("*^5d", 7).as_deref(), Some("**7**"));
        assert_eq!(number("x", 255).as_deref(), Some("ff"));
        assert_eq!(number(",", 1000), None);
        assert_eq!(text("5", "ab").as_deref(), Some("ab   "));
        assert_eq!(text(".1s", "ab").as_deref(), Some("a"));
        assert_eq!(number("99999999999", 1), None);
    }
}
