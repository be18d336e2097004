//! Values: strings, numbers, names, functions, lists, objects.

use ormsync_schema::Span;

use super::Reader;
use super::tree::{Argument, Expression, ExpressionKind, Name};

/// Where a list of arguments stands. The engine forgives in some places what it refuses in others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Of an attribute, or of a function that is its argument.
    Attribute,
    /// Of an element of an attribute's list: `[a(sort: Desc)]`.
    Element,
    /// Of a native type, which the engine reads by position.
    NativeType,
    /// In a datasource or generator.
    Setting,
}

impl Standing {
    fn refuses_trailing_comma(self) -> bool {
        self == Self::Attribute
    }

    fn refuses_missing_value(self) -> bool {
        matches!(self, Self::Attribute | Self::Element)
    }
}

impl Reader<'_> {
    /// A value, or none and no step on.
    pub(super) fn expression(&mut self, standing: Standing) -> Option<Expression> {
        let start = self.cursor.at;
        let kind = match self.cursor.peek()? {
            b'[' => self.array(standing)?,
            b'{' => self.object(standing)?,
            b'"' => ExpressionKind::Text(self.text()?),
            _ => self.word(standing)?,
        };
        Some(Expression { kind, span: Span::new(start, self.cursor.at) })
    }

    /// A number, name or function. A function's name may begin with a digit, so that comes first.
    fn word(&mut self, standing: Standing) -> Option<ExpressionKind> {
        let start = self.cursor.at;
        let path = self.cursor.path();
        let behind = self.cursor.at;
        if let Some(path) = &path
            && self.cursor.eat_behind_space("(")
        {
            self.cursor.at = behind;
            self.cursor.skip_space();
            // Of settings, the engine looks at `env` only.
            let is_variable = standing == Standing::Setting && path.text == "env";
            let standing = if is_variable { Standing::Attribute } else { standing };
            if let Some(arguments) = self.arguments(standing) {
                return Some(ExpressionKind::Function(path.text.clone(), arguments));
            }
        }
        self.cursor.at = start;
        if let Some(number) = self.cursor.number() {
            return Some(ExpressionKind::Number(number.to_owned()));
        }
        self.cursor.at = behind;
        path.map(|path| ExpressionKind::Constant(path.text))
    }

    fn array(&mut self, standing: Standing) -> Option<ExpressionKind> {
        let standing = if standing == Standing::Attribute { Standing::Element } else { standing };
        let (elements, trailing_comma) = self.listed("[", "]", |reader| reader.expression(standing))?;
        if let Some(span) = trailing_comma {
            self.problem(span, "There may be no comma behind the last element of a list.", None);
        }
        Some(ExpressionKind::Array(elements))
    }

    fn object(&mut self, standing: Standing) -> Option<ExpressionKind> {
        let mark = self.mark();
        let found = self.listed("{", "}", |reader| reader.member(standing));
        match found {
            Some((members, None)) => Some(ExpressionKind::Object(members)),
            _ => self.back_to(mark),
        }
    }

    fn member(&mut self, standing: Standing) -> Option<(Name, Expression)> {
        let mark = self.mark();
        let Some(name) = self.cursor.identifier() else { return self.back_to(mark) };
        if !self.cursor.eat_behind_space(":") {
            return self.back_to(mark);
        }
        self.cursor.skip_gap();
        match self.expression(standing) {
            Some(value) => Some((name, value)),
            None => self.back_to(mark),
        }
    }

    /// Arguments in parentheses, which may go over several lines: what they say is clear even where the engine
    /// refuses it.
    pub(super) fn arguments(&mut self, standing: Standing) -> Option<Vec<Argument>> {
        let (arguments, trailing_comma) = self.listed("(", ")", |reader| reader.argument(standing))?;
        if let Some(span) = trailing_comma
            && standing.refuses_trailing_comma()
        {
            self.problem(span, "There may be no comma behind the last argument.", None);
        }
        Some(arguments)
    }

    fn argument(&mut self, standing: Standing) -> Option<Argument> {
        let start = self.cursor.at;
        let name = self.cursor.identifier().filter(|_| self.cursor.eat_behind_space(":"));
        let Some(name) = name else {
            self.cursor.at = start;
            let value = self.expression(standing)?;
            let span = value.span;
            return Some(Argument { name: None, value: Some(value), span });
        };
        let colon = self.cursor.at;
        self.cursor.skip_gap();
        let value = self.expression(standing);
        if value.is_none() {
            self.cursor.at = colon;
        }
        let span = Span::new(start, self.cursor.at);
        if value.is_none() && standing.refuses_missing_value() {
            self.problem(span, format!("The argument `{}` has no value.", name.text), None);
        }
        Some(Argument { name: Some(name), value, span })
    }

    /// Things between brackets with commas between them, and the comma that stands behind the last one.
    fn listed<T>(
        &mut self,
        open: &str,
        close: &str,
        mut one: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<(Vec<T>, Option<Span>)> {
        let mark = self.mark();
        if !self.cursor.eat(open) {
            return None;
        }
        self.cursor.skip_gap();
        let mut list = Vec::new();
        let mut trailing_comma = None;
        while let Some(item) = one(self) {
            trailing_comma = None;
            list.push(item);
            self.cursor.skip_gap();
            if !self.cursor.starts_with(",") {
                break;
            }
            trailing_comma = self.comma();
        }
        // Without anything, a comma is still one behind the last.
        if list.is_empty() && self.cursor.starts_with(",") {
            trailing_comma = self.comma();
        }
        if self.cursor.eat(close) {
            return Some((list, trailing_comma));
        }
        self.back_to(mark)
    }

    /// Takes a comma and the gap behind it.
    fn comma(&mut self) -> Option<Span> {
        let span = Span::new(self.cursor.at, self.cursor.at + 1);
        self.cursor.at += 1;
        self.cursor.skip_gap();
        Some(span)
    }

    /// The text of a string, its escapes resolved as JSON has them.
    pub(super) fn text(&mut self) -> Option<String> {
        let start = self.cursor.at;
        let content = self.cursor.string()?;
        let span = Span::new(start, self.cursor.at);
        let mut resolved = String::with_capacity(content.len());
        let mut rest = content;
        while let Some(at) = rest.find('\\') {
            resolved.push_str(&rest[..at]);
            let escape = &rest[at + 1..];
            match unescape(escape) {
                Some((character, length)) => {
                    resolved.push(character);
                    rest = &escape[length..];
                }
                None => {
                    self.problem(
                        span,
                        format!("`\\{}` is not an escape that strings have.", escape.chars().next().unwrap_or(' ')),
                        Some("Write a backslash as `\\\\`."),
                    );
                    resolved.push('\\');
                    rest = escape;
                }
            }
        }
        resolved.push_str(rest);
        Some(resolved)
    }
}

/// The character that an escape stands for and how many bytes behind the backslash it takes.
fn unescape(escape: &str) -> Option<(char, usize)> {
    let simple = match escape.chars().next()? {
        '"' => '"',
        '\\' => '\\',
        '/' => '/',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode_escape(escape),
        _ => return None,
    };
    Some((simple, 1))
}

/// `uXXXX`, or two of them that make one character outside the basic plane.
fn unicode_escape(escape: &str) -> Option<(char, usize)> {
    let unit = |text: &str| u16::from_str_radix(text.get(..4)?, 16).ok();
    let first = unit(escape.get(1..)?)?;
    if let Some(character) = char::from_u32(u32::from(first)) {
        return Some((character, 5));
    }
    let second = unit(escape.get(5..)?.strip_prefix("\\u")?)?;
    let character = char::decode_utf16([first, second]).next()?.ok()?;
    Some((character, 11))
}
