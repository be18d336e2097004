//! What stands in `@default(…)`.

use ormsync_schema::{Column, DataType, DefaultValue, Literal};

use super::Writer;
use super::types::SpelledType;
use crate::literal;
use crate::native::ScalarType;
use crate::syntax::quote;

/// Which column is meant, for its enum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) table: &'a str,
    pub(super) column: &'a str,
}

impl Writer<'_> {
    /// The default of a column: the database's, else the client's own.
    pub(super) fn default(
        &self,
        place: Place<'_>,
        column: &Column,
        own: Option<&Column>,
        spelled: &SpelledType,
    ) -> Option<String> {
        let is_whole = matches!(spelled.scalar, Some(ScalarType::Int | ScalarType::BigInt));
        if column.identity.is_some() && is_whole && !spelled.is_list {
            return Some("autoincrement()".to_owned());
        }
        // Without a default the client would ask for a value that the database refuses.
        if column.generated.is_some() && column.default.is_none() {
            return Some("dbgenerated()".to_owned());
        }
        let Some(default) = &column.default else {
            return own.and_then(|own| own.client.default.clone());
        };
        // The engine compares these texts letter by letter, so an unchanged default keeps its words.
        if let Some(words) = own
            .filter(|own| own.default == column.default && own.on_update == column.on_update)
            .and_then(|own| own.default_wording.text())
        {
            return Some(format!("dbgenerated({})", quote(words)));
        }
        Some(match default {
            DefaultValue::Literal(literal) => {
                self.constant(place, literal, column, spelled).unwrap_or_else(|| self.generated(default))
            }
            DefaultValue::Now { precision } if self.is_now(*precision, column, spelled) => "now()".to_owned(),
            DefaultValue::Unreadable(_) => "dbgenerated()".to_owned(),
            other => self.generated(other),
        })
    }

    fn generated(&self, default: &DefaultValue) -> String {
        let text = self.facts.dialect.default_text(default);
        // In the server's own words, where they are whole: MySQL and SQLite take an expression in
        // parentheses only.
        let written = match default {
            DefaultValue::Expression(expression) => Some(expression.sql()),
            _ => None,
        };
        let text = written.filter(|written| written.starts_with('(') || !text.starts_with('(')).unwrap_or(&text);
        format!("dbgenerated({})", quote(text))
    }

    /// Whether `now()` would be this default. Where it takes the digits of the column, they must be these.
    fn is_now(&self, precision: Option<u32>, column: &Column, spelled: &SpelledType) -> bool {
        let digits = column.data_type.as_named().and_then(|named| named.number(0));
        let of_column = digits.and_then(|digits| u32::try_from(digits).ok());
        spelled.scalar == Some(ScalarType::DateTime)
            && !spelled.is_list
            && (!self.facts.now_has_precision || precision.unwrap_or(0) == of_column.unwrap_or(0))
    }

    fn constant(&self, place: Place<'_>, literal: &Literal, column: &Column, spelled: &SpelledType) -> Option<String> {
        if !spelled.is_list {
            return self.single(place, literal, &column.data_type, spelled.scalar);
        }
        let (Literal::Text(text), DataType::Array(element)) = (literal, &column.data_type) else { return None };
        let elements: Option<Vec<String>> =
            array_elements(text)?.iter().map(|text| self.element(place, text, element, spelled.scalar)).collect();
        Some(format!("[{}]", elements?.join(", ")))
    }

    /// An element of a list, whose default the server keeps as text.
    fn element(
        &self,
        place: Place<'_>,
        text: &str,
        data_type: &DataType,
        scalar: Option<ScalarType>,
    ) -> Option<String> {
        let literal = match scalar {
            Some(ScalarType::Boolean) => Literal::Boolean(match text {
                "t" | "true" => true,
                "f" | "false" => false,
                _ => return None,
            }),
            Some(ScalarType::Int | ScalarType::BigInt | ScalarType::Float | ScalarType::Decimal) => {
                Literal::Number(literal::shortest_number(text)?)
            }
            Some(ScalarType::Bytes) => Literal::Bytes(text.strip_prefix("\\x")?.to_owned()),
            _ => Literal::Text(text.to_owned()),
        };
        self.single(place, &literal, data_type, scalar)
    }

    fn single(
        &self,
        place: Place<'_>,
        literal: &Literal,
        data_type: &DataType,
        scalar: Option<ScalarType>,
    ) -> Option<String> {
        if scalar.is_some_and(|scalar| self.facts.literal_defaults_dropped.contains(&scalar)) {
            return None;
        }
        if let (Literal::Text(label), DataType::Enum { .. } | DataType::InlineEnum(_)) = (literal, data_type) {
            return self.value_name(place.table, place.column, data_type, label);
        }
        match (scalar?, literal) {
            (ScalarType::String, Literal::Text(text)) => Some(quote(text)),
            (ScalarType::Json, Literal::Text(text)) => literal::is_json(text).then(|| quote(text)),
            (ScalarType::DateTime, Literal::Text(text)) => self.time(text),
            (ScalarType::Bytes, Literal::Bytes(digits)) => Some(quote(&literal::encode_base64(digits)?)),
            (ScalarType::Bytes, Literal::Text(digits)) if self.facts.bytes_default_is_text => {
                Some(quote(&literal::encode_base64(digits)?))
            }
            (ScalarType::Boolean, Literal::Boolean(value)) => Some(value.to_string()),
            (ScalarType::Boolean, Literal::Number(number)) if number == "0" || number == "1" => {
                Some((number == "1").to_string())
            }
            (ScalarType::Int | ScalarType::BigInt, Literal::Number(number)) => {
                number.parse::<i64>().is_ok().then(|| number.clone())
            }
            (ScalarType::Float | ScalarType::Decimal, Literal::Number(number)) => Some(number.clone()),
            _ => None,
        }
    }

    /// A time as RFC 3339 writes it, if this provider's engine would write the very same text of it.
    fn time(&self, text: &str) -> Option<String> {
        let text = text.replacen(' ', "T", 1).replace(' ', "");
        let time = literal::parse_time(&text)?;
        let point = if time.fraction.is_empty() { "" } else { "." };
        let offset = if time.offset == "+00:00" { "Z" } else { time.offset };
        Some(quote(&format!("{}T{}{point}{}{offset}", time.date, time.time, time.fraction)))
    }
}

/// The elements of a list in PostgreSQL's text form; none where it holds lists or NULL.
fn array_elements(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let mut elements = Vec::new();
    let mut characters = inner.chars().peekable();
    while characters.peek().is_some() {
        let mut element = String::new();
        let is_quoted = characters.next_if_eq(&'"').is_some();
        let mut is_closed = !is_quoted;
        while let Some(character) = characters.next() {
            match character {
                '\\' => element.push(characters.next()?),
                '"' if is_quoted => {
                    is_closed = true;
                    break;
                }
                ',' if !is_quoted => break,
                '{' | '}' | '"' if !is_quoted => return None,
                other => element.push(other),
            }
        }
        if !is_closed || (!is_quoted && (element.is_empty() || element.eq_ignore_ascii_case("null"))) {
            return None;
        }
        if is_quoted && characters.peek().is_some() && characters.next() != Some(',') {
            return None;
        }
        elements.push(element);
    }
    Some(elements)
}

#[cfg(test)]
mod tests {
    use super::array_elements;

    #[test]
    fn lists_are_taken_apart() {
        let elements = |text| array_elements(text).map(|elements| elements.join("|"));
        assert_eq!(elements("{}").as_deref(), Some(""));
        assert_eq!(elements("{1,2}").as_deref(), Some("1|2"));
        assert_eq!(elements("{\"a b\",\"c\\\"d\",e}").as_deref(), Some("a b|c\"d|e"));
        for odd in ["{NULL}", "{{1},{2}}", "{\"a}", "1,2", "{\"a\"b}"] {
            assert_eq!(elements(odd), None, "{odd}");
        }
    }
}
