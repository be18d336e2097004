//! Defaults as the engine writes them.

use ormsync_schema::{DataType, DefaultValue, Literal};

use super::Lowering;
use crate::literal;
use crate::native::ScalarType;
use crate::resolve::model::{DefaultKind, FieldKind, FieldModel};
use crate::syntax::{Expression, ExpressionKind};

impl<'t> Lowering<'_, 't> {
    /// The database's default; none where only the client knows it.
    pub(super) fn default_value(
        &self,
        field: &FieldModel<'t>,
        kind: &DefaultKind<'t>,
        data_type: &DataType,
    ) -> Option<DefaultValue> {
        match kind {
            DefaultKind::Client(_) | DefaultKind::AutoIncrement => None,
            DefaultKind::Now => Some(self.now(data_type)),
            DefaultKind::DatabaseGenerated(Some(text)) => Some(self.model.facts.dialect.parse_default(text, data_type)),
            DefaultKind::DatabaseGenerated(None) => Some(DefaultValue::Unreadable("dbgenerated()".to_owned())),
            DefaultKind::Unreadable(value) => Some(DefaultValue::Unreadable(value.to_string())),
            DefaultKind::Literal(value) => self.literal(field, value),
        }
    }

    /// `now()`, with the fractional digits of the column where the server insists on them.
    fn now(&self, data_type: &DataType) -> DefaultValue {
        let digits = data_type.as_named().and_then(|named| named.number(0));
        let precision = digits.and_then(|digits| u32::try_from(digits).ok());
        DefaultValue::Now { precision: precision.filter(|_| self.model.facts.now_has_precision) }
    }

    fn literal(&self, field: &FieldModel<'t>, value: &Expression) -> Option<DefaultValue> {
        if field.scalar().is_some_and(|scalar| self.model.facts.literal_defaults_dropped.contains(&scalar)) {
            return None;
        }
        if let ExpressionKind::Array(elements) = &value.kind {
            let elements: Option<Vec<_>> = elements.iter().map(|element| self.constant(field, element)).collect();
            return Some(match elements {
                Some(elements) => DefaultValue::Literal(Literal::Text(array_text(&elements))),
                None => DefaultValue::Unreadable(value.to_string()),
            });
        }
        Some(match self.constant(field, value) {
            Some(constant) => DefaultValue::Literal(constant),
            None => DefaultValue::Unreadable(value.to_string()),
        })
    }

    fn constant(&self, field: &FieldModel<'t>, value: &Expression) -> Option<Literal> {
        match (&value.kind, &field.kind) {
            (ExpressionKind::Constant(name), FieldKind::Enum(position)) => {
                self.model.enums[*position].label_of(name).map(|label| Literal::Text(label.to_owned()))
            }
            (ExpressionKind::Constant(word), FieldKind::Scalar(ScalarType::Boolean)) => {
                Some(Literal::Boolean(word == "true"))
            }
            (ExpressionKind::Number(text), _) => literal::shortest_number(text).map(Literal::Number),
            (ExpressionKind::Text(text), FieldKind::Scalar(scalar)) => self.text_constant(*scalar, text),
            _ => None,
        }
    }

    fn text_constant(&self, scalar: ScalarType, text: &str) -> Option<Literal> {
        match scalar {
            ScalarType::Decimal => literal::shortest_number(text).map(Literal::Number),
            ScalarType::Bytes => {
                let digits = literal::decode_base64(text)?;
                Some(if self.model.facts.bytes_default_is_text {
                    Literal::Text(digits)
                } else {
                    Literal::Bytes(digits)
                })
            }
            ScalarType::DateTime => {
                let time = literal::parse_time(text)?;
                let (separator, gap) = if self.model.facts.iso_time_default { ("T", "") } else { (" ", " ") };
                let fraction = engine_fraction(time.fraction);
                Some(Literal::Text(format!("{}{separator}{}{fraction}{gap}{}", time.date, time.time, time.offset)))
            }
            _ => Some(Literal::Text(text.to_owned())),
        }
    }
}

/// The fraction of a second as the engine writes it: none, or 3, 6 or 9 digits.
fn engine_fraction(digits: &str) -> String {
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return String::new();
    }
    let width = digits.len().div_ceil(3) * 3;
    format!(".{digits:0<width$}")
}

/// A list in PostgreSQL's text form: `{1,2}`, `{"a b","c\"d"}`.
fn array_text(elements: &[Literal]) -> String {
    let elements: Vec<String> = elements
        .iter()
        .map(|element| match element {
            Literal::Number(number) => number.clone(),
            Literal::Boolean(value) => if *value { "t" } else { "f" }.to_owned(),
            Literal::Bytes(digits) => quote_element(&format!("\\x{digits}")),
            Literal::Text(text) => quote_element(text),
        })
        .collect();
    format!("{{{}}}", elements.join(","))
}

fn quote_element(text: &str) -> String {
    let is_plain = !text.is_empty()
        && !text.eq_ignore_ascii_case("null")
        && !text
            .contains(|character: char| matches!(character, ',' | '{' | '}' | '"' | '\\') || character.is_whitespace());
    if is_plain { text.to_owned() } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
}
