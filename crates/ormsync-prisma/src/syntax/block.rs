//! Blocks: models, views, composite types, enums, datasources, generators, and what is none of them.

use ormsync_schema::Span;
use pest::iterators::Pair;

use super::tree::{Block, ConfigurationBlock, Document, EnumBlock, EnumValue, ModelBlock, ModelKind, Property};
use super::{Rule, attribute, expression, field, name_of, span_of};

const KEYWORDS: &str = "A schema consists of `model`, `view`, `type`, `enum`, `datasource` and `generator` blocks, \
                        each over several lines.";

pub(super) fn build_all(schema: Pair<'_, Rule>, document: &mut Document) {
    for pair in schema.into_inner() {
        match pair.as_rule() {
            Rule::model_block => {
                let block = model(pair, document);
                document.blocks.push(Block::Model(block));
            }
            Rule::enum_block => {
                let block = enumeration(pair, document);
                document.blocks.push(Block::Enum(block));
            }
            Rule::configuration_block => {
                let block = configuration(pair, document);
                document.blocks.push(Block::Configuration(block));
            }
            Rule::single_line_block => single_line(pair, document),
            Rule::unknown_block => unknown(pair, document),
            Rule::type_alias => {
                document.problem(
                    span_of(&pair),
                    "Type aliases are not part of Prisma's language.",
                    Some("Write the type and its attributes at every field."),
                );
            }
            Rule::bad_chunk => {
                document.has_bad_chunks = true;
                document.problem(first_line(&pair), "This is not a block of a Prisma schema.", Some(KEYWORDS));
            }
            _ => {}
        }
    }
}

fn first_line(pair: &Pair<'_, Rule>) -> Span {
    let start = pair.as_span().start();
    let line = pair.as_str().lines().next().unwrap_or_default();
    Span::new(start, start + line.trim_end().len())
}

fn single_line(pair: Pair<'_, Rule>, document: &mut Document) {
    let span = span_of(&pair);
    let mut inner = pair.into_inner();
    let keyword = inner.next().map(|keyword| keyword.as_str().trim_end().to_owned()).unwrap_or_default();
    document.problem(
        span,
        format!("A {keyword} block may not stand on one line."),
        Some("Begin a new line behind the `{` and before the `}`."),
    );
    if let Some(name) = inner.next() {
        document.unreadable_blocks.push((keyword, name_of(&name)));
    }
}

fn unknown(pair: Pair<'_, Rule>, document: &mut Document) {
    let span = first_line(&pair);
    let head = pair.into_inner().next().map(|head| head.as_str().trim().to_owned()).unwrap_or_default();
    let keyword = head.split_whitespace().next().unwrap_or_default();
    document.has_bad_chunks = true;
    document.problem(
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

    fn other(&mut self, pair: &Pair<'_, Rule>, what: &str, document: &mut Document) {
        match pair.as_rule() {
            Rule::block_close => self.closed = true,
            Rule::bad_member => {
                let span = span_of(pair);
                document.problem(span, format!("This line is not {what}."), None);
                self.bad.push(span);
            }
            _ => {}
        }
    }

    fn finish(&self, head: Span, keyword: &str, document: &mut Document) {
        if !self.closed {
            document.problem(head, format!("This {keyword} block is never closed."), Some("Add a line with `}`."));
        }
    }
}

fn model(pair: Pair<'_, Rule>, document: &mut Document) -> ModelBlock {
    let span = span_of(&pair);
    let mut inner = pair.into_inner();
    let kind = match inner.next().map(|keyword| keyword.as_str().trim_end().to_owned()).as_deref() {
        Some("view") => ModelKind::View,
        Some("type") => ModelKind::Composite,
        _ => ModelKind::Model,
    };
    let name = inner.next().map(|name| name_of(&name)).expect("the grammar has a name behind the keyword");
    let mut block = ModelBlock {
        kind,
        head: Span::new(span.start, name.span.end),
        name,
        fields: Vec::new(),
        attributes: Vec::new(),
        bad_members: Vec::new(),
    };
    let mut members = Members::new();
    for member in inner {
        match member.as_rule() {
            Rule::field => block.fields.push(field::build(member, document)),
            Rule::block_attribute => block.attributes.push(attribute::build(member, document)),
            _ => members.other(&member, "a field or a block attribute", document),
        }
    }
    members.finish(block.head, kind.keyword(), document);
    block.bad_members = members.bad;
    block
}

fn enumeration(pair: Pair<'_, Rule>, document: &mut Document) -> EnumBlock {
    let span = span_of(&pair);
    let mut inner = pair.into_inner();
    let name = inner.next().map(|name| name_of(&name)).expect("the grammar has a name behind the keyword");
    let head = Span::new(span.start, name.span.end);
    let mut block = EnumBlock { name, values: Vec::new(), attributes: Vec::new(), bad_members: Vec::new(), span, head };
    let mut members = Members::new();
    for member in inner {
        match member.as_rule() {
            Rule::enum_value => block.values.push(enum_value(member, document)),
            Rule::block_attribute => block.attributes.push(attribute::build(member, document)),
            _ => members.other(&member, "an enum value or a block attribute", document),
        }
    }
    members.finish(head, "enum", document);
    block.bad_members = members.bad;
    block
}

fn enum_value(pair: Pair<'_, Rule>, document: &mut Document) -> EnumValue {
    let mut inner = pair.into_inner();
    let name = inner.next().map(|name| name_of(&name)).expect("the grammar has a name first");
    let attributes =
        inner.filter(|pair| pair.as_rule() == Rule::attribute).map(|pair| attribute::build(pair, document)).collect();
    EnumValue { name, attributes }
}

fn configuration(pair: Pair<'_, Rule>, document: &mut Document) -> ConfigurationBlock {
    let span = span_of(&pair);
    let mut inner = pair.into_inner();
    let is_datasource = inner.next().is_some_and(|keyword| keyword.as_str().trim_end() == "datasource");
    let name = inner.next().map(|name| name_of(&name)).expect("the grammar has a name behind the keyword");
    let head = Span::new(span.start, name.span.end);
    let mut block = ConfigurationBlock { is_datasource, name, properties: Vec::new(), span };
    let mut members = Members::new();
    for member in inner {
        match member.as_rule() {
            Rule::property => block.properties.push(property(member, document)),
            _ => members.other(&member, "a setting (`name = value`)", document),
        }
    }
    members.finish(head, if is_datasource { "datasource" } else { "generator" }, document);
    block
}

fn property(pair: Pair<'_, Rule>, document: &mut Document) -> Property {
    let mut inner = pair.into_inner();
    let name = inner.next().map(|name| name_of(&name)).expect("the grammar has a name first");
    let written = inner.find(|pair| pair.as_rule() == Rule::expression);
    let spread = written.as_ref().is_some_and(|value| value.as_str().trim_end().contains(['\n', '\r']));
    let value = written.map(|value| expression::build(value, expression::Standing::Setting, document));
    let span = Span::new(name.span.start, value.as_ref().map_or(name.span.end, |value| value.span.end));
    if spread {
        document.problem(span, "A setting may not go over several lines.", Some("Put the whole list on one line."));
    }
    Property { name, value, span }
}
