//! Attributes and their arguments.

use ormsync_schema::Span;
use pest::iterators::{Pair, Pairs};

use super::expression::Standing;
use super::tree::{Argument, Attribute};
use super::{Building, Rule, expression};

const ONE_LINE: &str = "Prisma's language is line-based: put the attribute with all its arguments on one line.";

/// `sign` is `@` or `@@`, which stands before the pair.
pub(super) fn build(pair: Pair<'_, Rule>, sign: &str, building: &mut Building) -> Attribute {
    let span = building.span_of(&pair);
    let span = Span::new(span.start - sign.len(), span.end);
    if pair.as_str().bytes().any(|byte| matches!(byte, b'\n' | b'\r')) {
        building.problem(span, "The arguments of an attribute may not go over several lines.", Some(ONE_LINE));
    }
    let mut inner = pair.into_inner();
    let name = inner.next().map(|name| building.name_of(&name)).expect("the grammar has a path behind the `@`");
    let standing = if name.text.contains('.') { Standing::NativeType } else { Standing::Attribute };
    Attribute { name, arguments: arguments(inner, standing, building), span }
}

/// The arguments among the parts of an attribute or function, its name taken off.
pub(super) fn arguments(parts: Pairs<'_, Rule>, standing: Standing, building: &mut Building) -> Vec<Argument> {
    let mut list = Vec::with_capacity(parts.len());
    for part in parts {
        match part.as_rule() {
            Rule::argument => list.push(argument(part, standing, building)),
            Rule::trailing_comma if standing.refuses_trailing_comma() => {
                building.problem(building.span_of(&part), "There may be no comma behind the last argument.", None);
            }
            _ => {}
        }
    }
    list
}

fn argument(pair: Pair<'_, Rule>, standing: Standing, building: &mut Building) -> Argument {
    let span = building.span_of(&pair);
    let mut argument = Argument { name: None, value: None, span };
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::identifier => argument.name = Some(building.name_of(&part)),
            _ => argument.value = Some(expression::build(part, standing, building)),
        }
    }
    if argument.value.is_none() && standing.refuses_missing_value() {
        let name = argument.name.as_ref().map_or("", |name| name.text.as_str());
        building.problem(span, format!("The argument `{name}` has no value."), None);
    }
    argument
}
