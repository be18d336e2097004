//! Blocks: models, views, composite types, enums, datasources, generators, and what is none of them.

use ormsync_schema::Span;
use pest::iterators::Pair;

use super::tree::{
    Block, ConfigurationBlock, EnumBlock, EnumValue, ModelBlock, ModelKind, Name, Property, SyntaxProblem,
};
use crate::report::of_prisma_8;

use super::{Building, Rule, attribute, expression, field};

const KEYWORDS: &str = "A schema consists of `model`, `view`, `type`, `enum`, `datasource` and `generator` blocks, \
                        each over several lines.";

pub(super) fn build_all(schema: Pair<'_, Rule>, building: &mut Building) {
    for pair in schema.into_inner() {
        build(pair, None, building);
    }
}

fn build(pair: Pair<'_, Rule>, namespace: Option<&Name>, building: &mut Building) {
    match pair.as_rule() {
        Rule::model_block => {
            let block = model(pair, namespace, building);
            building.document.blocks.push(Block::Model(block));
        }
        Rule::enum_block => {
            let block = enumeration(pair, namespace, building);
            building.document.blocks.push(Block::Enum(block));
        }
        Rule::configuration_block => {
            let block = configuration(pair, building);
            building.document.blocks.push(Block::Configuration(block));
        }
        Rule::single_line_block => single_line(pair, building),
        Rule::namespace_block => namespace_block(pair, building),
        Rule::named_types => named_types(pair, building),
        Rule::unknown_block => unknown(pair, building),
        Rule::type_alias => {
            building.problem(
                building.trimmed_span_of(&pair),
                "Type aliases are not part of Prisma's language.",
                Some("Write the type and its attributes at every field."),
            );
        }
        Rule::bad_chunk => {
            building.document.has_bad_chunks = true;
            building.problem(first_line(&pair, building), "This is not a block of a Prisma schema.", Some(KEYWORDS));
        }
        _ => {}
    }
}

/// Models and enums of one of the database's namespaces.
fn namespace_block(pair: Pair<'_, Rule>, building: &mut Building) {
    let span = first_line(&pair, building);
    let mut inner = pair.into_inner();
    let name = inner.next().map(|name| building.name_of(&name)).expect("the grammar has a name behind the keyword");
    let message = format!(
        "`namespace` is of Prisma 8: the models and enums in it are read as if each had `@@schema(\"{}\")`.",
        name.text
    );
    building.document.of_prisma_8.push(SyntaxProblem { span, message, help: None });
    let mut members = Members::new();
    for member in inner {
        match member.as_rule() {
            Rule::bad_member | Rule::block_close => members.other(&member, "a block of a Prisma schema", building),
            _ => build(member, Some(&name), building),
        }
    }
    building.document.has_bad_chunks |= !members.bad.is_empty();
    members.finish(Span::new(span.start, name.span.end), "namespace", building);
}

/// Names for types with attributes. The fields of such a type are not understood.
fn named_types(pair: Pair<'_, Rule>, building: &mut Building) {
    let span = first_line(&pair, building);
    building.document.of_prisma_8.push(SyntaxProblem { span, message: of_prisma_8("`types`"), help: None });
    for named in pair.into_inner().filter(|pair| pair.as_rule() == Rule::named_type) {
        if let Some(name) = named.into_inner().next() {
            building.document.unreadable_blocks.push(("types".to_owned(), building.name_of(&name)));
        }
    }
}

fn first_line(pair: &Pair<'_, Rule>, building: &Building) -> Span {
    let start = building.span_of(pair).start;
    let line = pair.as_str().lines().next().unwrap_or_default();
    Span::new(start, start + line.trim_end().len())
}

fn single_line(pair: Pair<'_, Rule>, building: &mut Building) {
    let span = building.trimmed_span_of(&pair);
    let mut inner = pair.into_inner();
    let keyword = inner.next().map(|keyword| keyword.as_str().to_owned()).unwrap_or_default();
    building.problem(
        span,
        format!("A {keyword} block may not stand on one line."),
        Some("Begin a new line behind the `{` and before the `}`."),
    );
    if let Some(name) = inner.next() {
        building.document.unreadable_blocks.push((keyword, building.name_of(&name)));
    }
}

fn unknown(pair: Pair<'_, Rule>, building: &mut Building) {
    let span = first_line(&pair, building);
    let head = pair.into_inner().next().map(|head| head.as_str().trim().to_owned()).unwrap_or_default();
    let keyword = head.split_whitespace().next().unwrap_or_default();
    if keyword.starts_with("policy_") {
        // Row-level security; whatever is in it, no table is.
        let message = of_prisma_8(&format!("`{keyword}`"));
        building.document.of_prisma_8.push(SyntaxProblem { span, message, help: None });
        return;
    }
    building.document.has_bad_chunks = true;
    building.problem(
        span,
        format!("`{keyword}` does not open a block of a Prisma schema; it is left out."),
        Some(KEYWORDS),
    );
}

/// The parts that all blocks share, while their members are read.
struct Members {
    bad: Vec<Span>,
    closed: bool,
}

impl Members {
    fn new() -> Self {
        Self { bad: Vec::new(), closed: false }
    }

    fn other(&mut self, pair: &Pair<'_, Rule>, what: &str, building: &mut Building) {
        match pair.as_rule() {
            Rule::block_close => self.closed = true,
            Rule::bad_member => {
                let span = building.trimmed_span_of(pair);
                building.problem(span, format!("This line is not {what}."), None);
                self.bad.push(span);
            }
            _ => {}
        }
    }

    fn finish(&self, head: Span, keyword: &str, building: &mut Building) {
        if !self.closed {
            building.problem(head, format!("This {keyword} block is never closed."), Some("Add a line with `}`."));
        }
    }
}

fn model(pair: Pair<'_, Rule>, namespace: Option<&Name>, building: &mut Building) -> ModelBlock {
    let span = building.trimmed_span_of(&pair);
    let mut inner = pair.into_inner();
    let kind = match inner.next().map(|keyword| keyword.as_str()) {
        Some("view") => ModelKind::View,
        Some("type") => ModelKind::Composite,
        _ => ModelKind::Model,
    };
    let name = inner.next().map(|name| building.name_of(&name)).expect("the grammar has a name behind the keyword");
    let mut block = ModelBlock {
        kind,
        head: Span::new(span.start, name.span.end),
        name,
        namespace: namespace.cloned(),
        fields: Vec::new(),
        attributes: Vec::new(),
        bad_members: Vec::new(),
    };
    // Nearly all members are fields.
    block.fields.reserve_exact(inner.len());
    let mut members = Members::new();
    for member in inner {
        match member.as_rule() {
            Rule::field => block.fields.push(field::build(member, building)),
            Rule::block_attribute => block.attributes.push(attribute::build(member, "@@", building)),
            _ => members.other(&member, "a field or a block attribute", building),
        }
    }
    members.finish(block.head, kind.keyword(), building);
    block.bad_members = members.bad;
    block
}

fn enumeration(pair: Pair<'_, Rule>, namespace: Option<&Name>, building: &mut Building) -> EnumBlock {
    let span = building.trimmed_span_of(&pair);
    let mut inner = pair.into_inner();
    let name = inner.next().map(|name| building.name_of(&name)).expect("the grammar has a name behind the keyword");
    let head = Span::new(span.start, name.span.end);
    let mut block = EnumBlock {
        name,
        namespace: namespace.cloned(),
        values: Vec::new(),
        attributes: Vec::new(),
        bad_members: Vec::new(),
        span,
        head,
    };
    let mut members = Members::new();
    for member in inner {
        match member.as_rule() {
            Rule::enum_value => block.values.push(enum_value(member, building)),
            Rule::block_attribute => block.attributes.push(attribute::build(member, "@@", building)),
            _ => members.other(&member, "an enum value or a block attribute", building),
        }
    }
    members.finish(head, "enum", building);
    block.bad_members = members.bad;
    block
}

fn enum_value(pair: Pair<'_, Rule>, building: &mut Building) -> EnumValue {
    let mut inner = pair.into_inner();
    let name = inner.next().map(|name| building.name_of(&name)).expect("the grammar has a name first");
    let attributes = inner
        .filter(|pair| pair.as_rule() == Rule::attribute)
        .map(|pair| attribute::build(pair, "@", building))
        .collect();
    EnumValue { name, attributes }
}

fn configuration(pair: Pair<'_, Rule>, building: &mut Building) -> ConfigurationBlock {
    let span = building.trimmed_span_of(&pair);
    let mut inner = pair.into_inner();
    let is_datasource = inner.next().is_some_and(|keyword| keyword.as_str() == "datasource");
    let name = inner.next().map(|name| building.name_of(&name)).expect("the grammar has a name behind the keyword");
    let head = Span::new(span.start, name.span.end);
    let mut block = ConfigurationBlock { is_datasource, name, properties: Vec::new(), span };
    let mut members = Members::new();
    for member in inner {
        match member.as_rule() {
            Rule::property => block.properties.push(property(member, building)),
            _ => members.other(&member, "a setting (`name = value`)", building),
        }
    }
    members.finish(head, if is_datasource { "datasource" } else { "generator" }, building);
    block
}

fn property(pair: Pair<'_, Rule>, building: &mut Building) -> Property {
    let mut inner = pair.into_inner();
    let name = inner.next().map(|name| building.name_of(&name)).expect("the grammar has a name first");
    let written = inner.find(expression::is_value);
    let spread = written.as_ref().is_some_and(|value| value.as_str().contains(['\n', '\r']));
    let value = written.map(|value| expression::build(value, expression::Standing::Setting, building));
    let span = Span::new(name.span.start, value.as_ref().map_or(name.span.end, |value| value.span.end));
    if spread {
        building.problem(span, "A setting may not go over several lines.", Some("Put the whole list on one line."));
    }
    Property { name, value, span }
}
