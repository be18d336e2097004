//! Fields of models and their types.

use ormsync_schema::Span;
use pest::iterators::Pair;

use super::tree::{Arity, Document, Field, FieldType, TypeName};
use super::{Rule, attribute, expression, name_of, span_of};

pub(super) fn build(pair: Pair<'_, Rule>, document: &mut Document) -> Field {
    let start = pair.as_span().start();
    let mut inner = pair.into_inner();
    let name = inner.next().map(|name| name_of(&name)).expect("the grammar has a name first");
    let mut field = Field { span: name.span, name, field_type: None, attributes: Vec::new() };
    for part in inner {
        let end = span_of(&part).end;
        match part.as_rule() {
            Rule::legacy_colon => document.problem(
                span_of(&part),
                "There is no colon between a field's name and its type.",
                Some("Remove the colon."),
            ),
            Rule::field_type => field.field_type = Some(field_type(part, document)),
            Rule::attribute => field.attributes.push(attribute::build(part, document)),
            // Comments do not belong to the field's place.
            _ => continue,
        }
        field.span = Span::new(start, end);
    }
    if field.field_type.is_none() {
        document.problem(field.span, format!("The field `{}` has no type.", field.name.text), None);
    }
    field
}

fn field_type(pair: Pair<'_, Rule>, document: &mut Document) -> FieldType {
    let span = span_of(&pair);
    let mut name = TypeName::Named(String::new());
    let mut arity = Arity::Required;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::arity => arity = arity_of(&part, span, document),
            Rule::legacy_list => {
                arity = Arity::List;
                document.problem(span, "A list is written `Type[]`, not `[Type]`.", None);
                if let Some(element) = part.into_inner().next() {
                    name = type_name(&element, document);
                }
            }
            _ => name = type_name(&part, document),
        }
    }
    FieldType { name, arity, span }
}

fn arity_of(part: &Pair<'_, Rule>, span: Span, document: &mut Document) -> Arity {
    match part.as_str() {
        "[]" => Arity::List,
        "?" => Arity::Optional,
        "!" => {
            let message = "A field is required unless it says otherwise; there is no `!`.";
            document.problem(span, message, Some("Remove the `!`."));
            Arity::Required
        }
        _ => {
            document.problem(span, "A list cannot be optional.", Some("Write either `Type[]` or `Type?`."));
            Arity::List
        }
    }
}

fn type_name(pair: &Pair<'_, Rule>, document: &mut Document) -> TypeName {
    match pair.as_rule() {
        Rule::string => TypeName::Unsupported(expression::text(pair, document)),
        _ => TypeName::Named(pair.as_str().to_owned()),
    }
}
