//! From text to tree: `grammars/prisma.pest` and the builders of the tree, a file per family of rules.
//!
//! Reading never fails. What the grammar could not read is a [`SyntaxProblem`] with its place, and
//! everything around it is in the tree.

mod attribute;
mod block;
mod expression;
mod field;
mod guard;
mod parts;
mod print;
mod tree;

use ormsync_schema::Span;
use pest::Parser;
use pest::iterators::Pair;

pub(crate) use print::quote;
pub(crate) use tree::{
    Argument, Arity, Attribute, Block, ConfigurationBlock, Document, EnumBlock, Expression, ExpressionKind, Field,
    ModelBlock, ModelKind, Name, SyntaxProblem, TypeName,
};

/// The parser that pest makes of the grammar.
#[derive(pest_derive::Parser)]
#[grammar = "../../grammars/prisma.pest"]
struct PrismaParser;

/// Reads one file.
pub(crate) fn parse(text: &str) -> Document {
    let guarded = guard::guard(text);
    let mut document = parts::parse(&guarded.text);
    for span in &guarded.too_deep {
        document.problem(*span, "This line nests more than 64 brackets.", None);
        document.has_bad_chunks = true;
    }
    for span in &guarded.unclosed_comments {
        document.problem(*span, "This comment is never closed.", Some("Close it with `*/`."));
    }
    document.problems.sort_by_key(|problem| problem.span);
    document
}

/// Reads the datasources of a file and nothing else, where that can be done without reading all of it.
pub(crate) fn parse_datasources(text: &str) -> Document {
    parts::parse_datasources(text)
}

/// Reads a part of a file that begins at `base`.
fn parse_part(text: &str, base: usize) -> Document {
    let mut building = Building { document: Document::default(), base };
    match PrismaParser::parse(Rule::schema, text) {
        Ok(mut pairs) => {
            if let Some(schema) = pairs.next() {
                block::build_all(schema, &mut building);
            }
        }
        // The grammar takes any text; what is left is its guard against an exhausted stack.
        Err(error) => {
            building.problem(Span::new(base, base + text.len()), format!("This file cannot be read: {error}."), None);
            building.document.has_bad_chunks = true;
        }
    }
    building.document
}

/// Whether a text is one value of the language and nothing else.
pub(crate) fn is_expression(text: &str) -> bool {
    let starts = PrismaParser::parse(Rule::expression, text);
    !text.contains(['\n', '\r'])
        && starts.is_ok_and(|mut pairs| pairs.next().is_some_and(|pair| pair.as_str().trim_end() == text))
}

impl Document {
    fn problem(&mut self, span: Span, message: impl Into<String>, help: Option<&str>) {
        self.problems.push(SyntaxProblem { span, message: message.into(), help: help.map(str::to_owned) });
    }
}

/// The tree of a part of a file while it is built.
struct Building {
    document: Document,
    /// Where in the file the part begins.
    base: usize,
}

impl Building {
    fn problem(&mut self, span: Span, message: impl Into<String>, help: Option<&str>) {
        self.document.problem(span, message, help);
    }

    /// The place of a pair.
    fn span_of(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        Span::new(self.base + span.start(), self.base + span.end())
    }

    /// The place of a pair that may end with line breaks, without these.
    fn trimmed_span_of(&self, pair: &Pair<'_, Rule>) -> Span {
        let start = self.base + pair.as_span().start();
        Span::new(start, start + pair.as_str().trim_end().len())
    }

    fn name_of(&self, pair: &Pair<'_, Rule>) -> Name {
        Name { text: pair.as_str().into(), span: self.span_of(pair) }
    }
}

#[cfg(test)]
mod tests;
