//! Fields of models and their types.

use compact_str::CompactString;
use ormsync_schema::Span;
use pest::iterators::Pair;

use super::tree::{Arity, Field, FieldType, TypeName};
use super::{Building, Rule, attribute, expression};

pub(super) fn build(pair: Pair<'_, Rule>, building: &mut Building) -> Field {
    let mut inner = pair.into_inner();
    let name = inner.next().map(|name| building.name_of(&name)).expect("the grammar has a name first");
    let start = name.span.start;
    // Most fields have nothing but a type behind the name; an empty list takes no memory.
    let mut field = Field { span: name.span, name, field_type: None, attributes: Vec::new() };
    while let Some(part) = inner.next() {
        let end = match part.as_rule() {
            Rule::legacy_colon => {
                let behind = building.span_of(&part).start;
                building.problem(
                    Span::new(behind - 1, behind),
                    "There is no colon between a field's name and its type.",
                    Some("Remove the colon."),
                );
                behind
            }
            Rule::field_type => field.field_type.insert(field_type(part, building)).span.end,
            Rule::attribute => {
                if field.attributes.is_empty() {
                    field.attributes.reserve_exact(inner.len() + 1);
                }
                let attribute = attribute::build(part, "@", building);
                let end = attribute.span.end;
                field.attributes.push(attribute);
                end
            }
            // Comments do not belong to the field's place.
            _ => continue,
        };
        field.span = Span::new(start, end);
    }
    if field.field_type.is_none() {
        building.problem(field.span, format!("The field `{}` has no type.", field.name.text), None);
    }
    field
}

fn field_type(pair: Pair<'_, Rule>, building: &mut Building) -> FieldType {
    let span = building.span_of(&pair);
    let written = pair.as_str();
    match pair.into_inner().next() {
        None => {
            let end = written.find(['[', '?', '!']).unwrap_or(written.len());
            let (name, arity) = written.split_at(end);
            let name = TypeName::Named(name.trim_end().into());
            FieldType { name, arity: arity_of(arity, span, building), span }
        }
        Some(list) if list.as_rule() == Rule::legacy_list => {
            building.problem(span, "A list is written `Type[]`, not `[Type]`.", None);
            let element = list.into_inner().next();
            let name = match element {
                Some(element) if element.as_rule() == Rule::text => {
                    TypeName::Unsupported(expression::text(&element, building))
                }
                Some(element) => TypeName::Named(element.as_str().into()),
                None => TypeName::Named(CompactString::default()),
            };
            FieldType { name, arity: Arity::List, span }
        }
        Some(text) => {
            let behind = text.as_span().end() + building.base - span.start;
            let arity = written[behind..].trim_start_matches('"').trim_start();
            let arity = arity.strip_prefix(')').unwrap_or(arity).trim_start();
            let name = TypeName::Unsupported(expression::text(&text, building));
            FieldType { name, arity: arity_of(arity, span, building), span }
        }
    }
}

fn arity_of(written: &str, span: Span, building: &mut Building) -> Arity {
    match written {
        "" => Arity::Required,
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
