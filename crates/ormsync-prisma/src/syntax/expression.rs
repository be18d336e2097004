//! Values: strings, numbers, names, functions, lists, objects.

use compact_str::CompactString;
use ormsync_schema::Span;
use pest::iterators::Pair;

use super::tree::{Expression, ExpressionKind};
use super::{Building, Rule, attribute};

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
    pub(super) fn refuses_trailing_comma(self) -> bool {
        self == Self::Attribute
    }

    pub(super) fn refuses_missing_value(self) -> bool {
        matches!(self, Self::Attribute | Self::Element)
    }
}

/// Whether a pair is a value.
pub(super) fn is_value(pair: &Pair<'_, Rule>) -> bool {
    matches!(pair.as_rule(), Rule::text | Rule::number | Rule::array | Rule::object | Rule::word | Rule::call)
}

/// The value that a pair is (see [`is_value`]).
pub(super) fn build(pair: Pair<'_, Rule>, standing: Standing, building: &mut Building) -> Expression {
    let Span { start, end } = building.span_of(&pair);
    let whole = Span::new(start, end);
    // What opens a string, list or object stands before the pair.
    let opened = || Span::new(start - 1, end);
    match pair.as_rule() {
        Rule::text => {
            let kind = ExpressionKind::Text(text(&pair, building));
            Expression { kind, span: Span::new(start - 1, end + 1) }
        }
        Rule::number => Expression { kind: ExpressionKind::Number(pair.as_str().into()), span: whole },
        Rule::array => Expression { kind: array(pair, standing, building), span: opened() },
        Rule::object => Expression { kind: object(pair, standing, building), span: opened() },
        _ => Expression { kind: word(pair, standing, building), span: whole },
    }
}

/// A name, or a function where arguments follow it.
fn word(pair: Pair<'_, Rule>, standing: Standing, building: &mut Building) -> ExpressionKind {
    let written = pair.as_str();
    let Some(open) = written.bytes().position(|byte| byte == b'(') else {
        return ExpressionKind::Constant(written.into());
    };
    let name = written[..open].trim_end();
    // Of settings, the engine looks at `env` only.
    let is_variable = standing == Standing::Setting && name == "env";
    let standing = if is_variable { Standing::Attribute } else { standing };
    ExpressionKind::Function(name.into(), attribute::arguments(pair.into_inner(), standing, building))
}

fn array(pair: Pair<'_, Rule>, standing: Standing, building: &mut Building) -> ExpressionKind {
    let standing = if standing == Standing::Attribute { Standing::Element } else { standing };
    let parts = pair.into_inner();
    let mut elements = Vec::with_capacity(parts.len());
    for part in parts {
        match part.as_rule() {
            Rule::trailing_comma => building.problem(
                building.span_of(&part),
                "There may be no comma behind the last element of a list.",
                None,
            ),
            _ => elements.push(build(part, standing, building)),
        }
    }
    ExpressionKind::Array(elements)
}

fn object(pair: Pair<'_, Rule>, standing: Standing, building: &mut Building) -> ExpressionKind {
    let members = pair
        .into_inner()
        .filter_map(|member| {
            let mut inner = member.into_inner();
            let name = building.name_of(&inner.next()?);
            Some((name, build(inner.next()?, standing, building)))
        })
        .collect();
    ExpressionKind::Object(members)
}

/// The text between the quotes, its escapes resolved as JSON has them.
pub(super) fn text(pair: &Pair<'_, Rule>, building: &mut Building) -> CompactString {
    let content = pair.as_str();
    if !content.contains('\\') {
        return content.into();
    }
    let mut resolved = CompactString::with_capacity(content.len());
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
                let Span { start, end } = building.span_of(pair);
                building.problem(
                    Span::new(start - 1, end + 1),
                    format!("`\\{}` is not an escape that strings have.", escape.chars().next().unwrap_or(' ')),
                    Some("Write a backslash as `\\\\`."),
                );
                resolved.push('\\');
                rest = escape;
            }
        }
    }
    resolved.push_str(rest);
    resolved
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
