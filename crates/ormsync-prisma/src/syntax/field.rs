//! Fields of models and their types.

use compact_str::CompactString;
use ormsync_schema::Span;
use pest::iterators::Pair;

use super::tree::{Arity, Field, FieldType, TypeName};
use super::{Building, Rule, attribute, expression};

pub(super) fn build(pair: Pair<'_, Rule>, building: &mut Building) -> Field {
    let start = building.span_of(&pair).start;
    let mut inner = pair.into_inner();
    let name = inner.next().map(|name| building.name_of(&name)).expect("the grammar has a name first");
    let mut field = Field { span: name.span, name, field_type: None, attributes: Vec::new() };
    for part in inner {
        let end = building.span_of(&part).end;
        match part.as_rule() {
            Rule::legacy_colon => building.problem(
                building.span_of(&part),
                "There is no colon between a field's name and its type.",
                Some("Remove the colon."),
            ),
            Rule::field_type => field.field_type = Some(field_type(part, building)),
            Rule::attribute => field.attributes.push(attribute::build(part, building)),
            // Comments do not belong to the field's place.
            _ => continue,
        }
        field.span = Span::new(start, end);
    }
    if field.field_type.is_none() {
        building.problem(field.span, format!("The field `{}` has no type.", field.name.text), None);
    }
    field
}

fn field_type(pair: Pair<'_, Rule>, building: &mut Building) -> FieldType {
    let span = building.span_of(&pair);
    let mut name = TypeName::Named(CompactString::default());
    let mut arity = Arity::Required;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::arity => arity = arity_of(&part, span, building),
            Rule::legacy_list => {
                arity = Arity::List;
                building.problem(span, "A list is written `Type[]`, not `[Type]`.", None);
                if let Some(element) = part.into_inner().next() {
                    name = type_name(&element, building);
                }
            }
            _ => name = type_name(&part, building),
        }
    }
    FieldType { name, arity, span }
}

fn arity_of(part: &Pair<'_, Rule>, span: Span, building: &mut Building) -> Arity {
    match part.as_str() {
        "[]" => Arity::List,
        "?" => Arity::Optional,
        "!" => {
            let message = "A field is required unless it says otherwise; there is no `!`.";
            building.problem(span, message, Some("Remove the `!`."));
            Arity::Required
        }
        _ => {
            building.problem(span, "A list cannot be optional.", Some("Write either `Type[]` or `Type?`."));
            Arity::List
        }
    }
}

fn type_name(pair: &Pair<'_, Rule>, building: &mut Building) -> TypeName {
    match pair.as_rule() {
        Rule::string => TypeName::Unsupported(expression::text(pair, building)),
        _ => TypeName::Named(pair.as_str().into()),
    }
}
