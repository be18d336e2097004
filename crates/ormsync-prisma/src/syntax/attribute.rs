//! Attributes and their arguments.

use pest::iterators::Pair;

use super::expression::Standing;
use super::tree::{Argument, Attribute, Document};
use super::{Rule, expression, name_of, span_of};

const ONE_LINE: &str = "Prisma's language is line-based: put the attribute with all its arguments on one line.";

pub(super) fn build(pair: Pair<'_, Rule>, document: &mut Document) -> Attribute {
    let span = span_of(&pair);
    if pair.as_str().trim_end().contains(['\n', '\r']) {
        document.problem(span, "The arguments of an attribute may not go over several lines.", Some(ONE_LINE));
    }
    let mut inner = pair.into_inner();
    let name = inner.next().map(|name| name_of(&name)).expect("the grammar has a path behind the `@`");
    let standing = if name.text.contains('.') { Standing::NativeType } else { Standing::Attribute };
    let arguments = inner.next().map(|list| arguments(list, standing, document)).unwrap_or_default();
    Attribute { name, arguments, span }
}

pub(super) fn arguments(pair: Pair<'_, Rule>, standing: Standing, document: &mut Document) -> Vec<Argument> {
    let mut list = Vec::new();
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::argument => list.push(argument(part, standing, document)),
            Rule::trailing_comma if standing.refuses_trailing_comma() => {
                document.problem(span_of(&part), "There may be no comma behind the last argument.", None);
            }
            _ => {}
        }
    }
    list
}

fn argument(pair: Pair<'_, Rule>, standing: Standing, document: &mut Document) -> Argument {
    let span = span_of(&pair);
    let mut argument = Argument { name: None, value: None, span };
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::argument_name => argument.name = Some(name_of(&part)),
            Rule::expression => argument.value = Some(expression::build(part, standing, document)),
            _ => {}
        }
    }
    if argument.value.is_none() && standing.refuses_missing_value() {
        let name = argument.name.as_ref().map_or("", |name| name.text.as_str());
        document.problem(span, format!("The argument `{name}` has no value."), None);
    }
    argument
}
