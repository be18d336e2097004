//! The text of a module with its tokens, and putting texts in the place of spans.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::{ModModule, PySourceType, Stmt};
use ruff_python_parser::{Parsed, parse_unchecked_source};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Edit, EditError};

/// A text in the place of a span; an empty span takes it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    start: usize,
    end: usize,
    text: String,
}

impl Splice {
    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { start: at, end: at, text: text.into() }
    }

    pub(super) fn replace(start: usize, end: usize, text: impl Into<String>) -> Self {
        Self { start, end, text: text.into() }
    }

    pub(super) fn remove(start: usize, end: usize) -> Self {
        Self::replace(start, end, "")
    }
}

/// Makes all splices. Insertions at one place keep their order.
pub(super) fn apply(text: &str, mut splices: Vec<Splice>) -> Result<String, EditError> {
    splices.sort_by_key(|splice| (splice.start, splice.end));
    let mut edited = String::with_capacity(text.len());
    let mut done = 0;
    for splice in &splices {
        let between = text.get(done..splice.start).ok_or(EditError::Overlap(splice.start))?;
        edited.push_str(between);
        edited.push_str(&splice.text);
        done = splice.end;
    }
    edited.push_str(text.get(done..).unwrap_or_default());
    Ok(edited)
}

pub(super) fn parse(text: &str) -> Parsed<ModModule> {
    parse_unchecked_source(text, PySourceType::Python)
}

/// A module's text and its tree.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) body: &'a [Stmt],
    tokens: &'a [Token],
    /// The line end that lines of this text have.
    pub(super) line_end: &'static str,
}

pub(super) type Splices = Result<Vec<Splice>, EditError>;

impl<'a> Source<'a> {
    pub(super) fn new(text: &'a str, parsed: &'a Parsed<ModModule>) -> Self {
        let line_end = match text.find('\n') {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            None if text.contains('\r') => "\r",
            _ => "\n",
        };
        Self { text, body: &parsed.syntax().body, tokens: parsed.tokens(), line_end }
    }

    /// What an edit comes to.
    pub(super) fn splices(&self, edit: &Edit) -> Splices {
        match edit {
            Edit::SetArgument { call, argument, value } => self.set_argument(self.call(call)?, argument, value),
            Edit::AddArgument { call, value } => self.add_argument(self.call(call)?, value),
            Edit::RemoveArgument { call, argument } => self.remove_argument(self.call(call)?, argument),
            Edit::SetAnnotation { class, attribute, to } => self.set_annotation(class, attribute, to),
            Edit::SetValue { class, attribute, to } => self.set_value(class, attribute, to),
            Edit::AddAttribute { class, after, text } => self.add_attribute(class, after.as_deref(), text),
            Edit::RemoveAttribute { class, attribute } => self.remove_attribute(class, attribute),
            Edit::AddTableArgument { class, value } => self.add_table_argument(class, value),
            Edit::RemoveTableArgument { class, value } => self.remove_table_argument(class, value),
            Edit::SetTableOption { class, option, value } => self.set_table_option(class, option, value),
            Edit::AddClass { text } => Ok(vec![self.at_end(text)]),
            Edit::RemoveClass { class } => self.remove_class(class),
            Edit::AddImport { module, name } => self.add_import(module, name),
        }
    }

    /// The text of a range.
    pub(super) fn slice(&self, range: TextRange) -> &'a str {
        self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default()
    }

    /// The tokens that lie in a range, comments and line ends included.
    pub(super) fn tokens_in(&self, start: TextSize, end: TextSize) -> &'a [Token] {
        let first = self.tokens.partition_point(|token| token.start() < start);
        let behind = self.tokens.partition_point(|token| token.start() < end);
        &self.tokens[first..behind.max(first)]
    }

    /// An expression with the parentheses around it, which are no part of its own range, as far as they lie within
    /// `within`.
    pub(super) fn with_parentheses(&self, range: TextRange, within: TextRange) -> TextRange {
        let mut range = range;
        let is_silent = |token: &&Token| !matches!(token.kind(), TokenKind::Comment | TokenKind::NonLogicalNewline);
        loop {
            let before = self.tokens_in(within.start(), range.start()).iter().rev().find(is_silent);
            let behind = self.tokens_in(range.end(), within.end()).iter().find(is_silent);
            match (before, behind) {
                (Some(before), Some(behind))
                    if before.kind() == TokenKind::Lpar && behind.kind() == TokenKind::Rpar =>
                {
                    range = TextRange::new(before.start(), behind.end());
                }
                _ => return range,
            }
        }
    }

    /// Where the line of an offset starts.
    pub(super) fn line_start(&self, offset: usize) -> usize {
        self.text[..offset].rfind(['\n', '\r']).map_or(0, |at| at + 1)
    }

    /// Where the line of an offset ends, without its line end.
    pub(super) fn line_stop(&self, offset: usize) -> usize {
        self.text[offset..].find(['\n', '\r']).map_or(self.text.len(), |at| offset + at)
    }

    /// Where the next line starts.
    pub(super) fn next_line(&self, offset: usize) -> usize {
        let stop = self.line_stop(offset);
        let rest = &self.text[stop..];
        stop + if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) }
    }

    /// The white space that the line of an offset begins with.
    pub(super) fn indentation(&self, offset: usize) -> &'a str {
        let line = &self.text[self.line_start(offset)..];
        &line[..line.len() - line.trim_start_matches([' ', '\t', '\u{c}']).len()]
    }

    /// Whether only white space stands before an offset on its line.
    pub(super) fn is_first_on_line(&self, offset: usize) -> bool {
        self.text[self.line_start(offset)..offset].trim().is_empty()
    }

    /// A text whose lines behind the first are indented, with the line ends of this module.
    pub(super) fn indented(&self, text: &str, indentation: &str) -> String {
        let mut result = String::new();
        for (number, line) in text.lines().enumerate() {
            if number > 0 {
                result.push_str(self.line_end);
            }
            if number > 0 && !line.is_empty() {
                result.push_str(indentation);
            }
            result.push_str(line);
        }
        result
    }
}
