//! From text to tree, in one pass: a reader by recursive descent, a file per family of forms.
//!
//! Reading never fails. What is not understood is a [`SyntaxProblem`] with its place: one for a line inside a block,
//! one for all lines of a chunk between blocks. Everything around it is in the tree.
//!
//! Written by hand, since a generated parser took most of the time that reading a large schema takes. The forms
//! are those of the grammar of Prisma's own engine (4 to 7), with its oddities; each is named where it is read.
//! Nesting is bounded before the reader begins (`guard`), so its recursion is, too.

mod attribute;
mod block;
mod cursor;
mod expression;
mod field;
mod guard;
mod print;
mod tree;

use ormsync_schema::Span;

use cursor::Cursor;
use expression::Standing;
pub(crate) use print::quote;
pub(crate) use tree::{
    Argument, Arity, Attribute, Block, ConfigurationBlock, Document, EnumBlock, Expression, ExpressionKind, Field,
    ModelBlock, ModelKind, Name, SyntaxProblem, TypeName,
};

/// Reads a text into a document.
struct Reader<'t> {
    cursor: Cursor<'t>,
    document: Document,
    /// From where a line was looked for that ends a block, and where the first one is.
    last_stop: Option<(usize, Option<usize>)>,
}

/// A place to go back to when a form turns out to be another one.
#[derive(Clone, Copy)]
struct Mark {
    at: usize,
    problems: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, document: Document) -> Self {
        Self { cursor: Cursor { text, at: 0 }, document, last_stop: None }
    }

    fn mark(&self) -> Mark {
        Mark { at: self.cursor.at, problems: self.document.problems.len() }
    }

    /// Goes back, and forgets the problems met since. Never anything, for use as what a form gives back.
    fn back_to<T>(&mut self, mark: Mark) -> Option<T> {
        self.cursor.at = mark.at;
        self.document.problems.truncate(mark.problems);
        None
    }

    fn problem(&mut self, span: Span, message: impl Into<String>, help: Option<&str>) {
        self.document.problem(span, message, help);
    }
}

/// Reads one file.
pub(crate) fn parse(text: &str) -> Document {
    let mut document = Document::default();
    let guarded = guard::guard(text);
    for span in &guarded.too_deep {
        document.problem(*span, "This line nests more than 64 brackets.", None);
        document.has_bad_chunks = true;
    }
    for span in &guarded.unclosed_comments {
        document.problem(*span, "This comment is never closed.", Some("Close it with `*/`."));
    }
    let mut reader = Reader::new(&guarded.text, document);
    reader.file();
    let mut document = reader.document;
    document.problems.sort_by_key(|problem| problem.span);
    document
}

/// Whether a text is one value of the language and nothing else.
pub(crate) fn is_expression(text: &str) -> bool {
    let mut reader = Reader::new(text, Document::default());
    !text.contains(['\n', '\r'])
        && reader.expression(Standing::Attribute).is_some()
        && reader.cursor.text[reader.cursor.at..].trim_end().is_empty()
}

impl Document {
    fn problem(&mut self, span: Span, message: impl Into<String>, help: Option<&str>) {
        self.problems.push(SyntaxProblem { span, message: message.into(), help: help.map(str::to_owned) });
    }
}

#[cfg(test)]
mod tests;
