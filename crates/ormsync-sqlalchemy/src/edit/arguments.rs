//! Arguments of calls, and elements of anything else that stands between brackets with commas.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ArgOrKeyword, Expr, ExprCall};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::source::{Source, Splice, Splices};
use super::{EditError, Which};

impl Source<'_> {
    pub(super) fn set_argument(&self, call: &ExprCall, argument: &Which, value: &str) -> Splices {
        let inside = call.arguments.inner_range();
        match argument {
            Which::Position(position) => {
                let given = self.position(call, *position)?;
                let range = self.with_parentheses(given.range(), inside);
                Ok(vec![self.replacement(range, value)])
            }
            Which::Keyword(name) => match call.arguments.find_keyword(name) {
                Some(keyword) => {
                    let range = self.with_parentheses(keyword.value.range(), keyword.range());
                    Ok(vec![self.replacement(TextRange::new(range.start(), keyword.end()), value)])
                }
                None => {
                    self.refuse_spread(call)?;
                    Ok(self.insertion(call.arguments.range(), &self.elements(call), None, &format!("{name}={value}")))
                }
            },
        }
    }

    /// Behind the last positional argument, before the first keyword.
    pub(super) fn add_argument(&self, call: &ExprCall, value: &str) -> Splices {
        let elements = self.elements(call);
        let count = call.arguments.args.len();
        // `f(a=1, *b)` is allowed, and nobody writes it.
        let is_ordered = call.arguments.iter_source_order().take(count).all(|it| matches!(it, ArgOrKeyword::Arg(_)));
        if !is_ordered {
            return Err(EditError::Unclear("positional arguments stand behind keywords".to_owned()));
        }
        let before = elements.get(count).copied();
        Ok(self.insertion(call.arguments.range(), &elements, before, value))
    }

    pub(super) fn remove_argument(&self, call: &ExprCall, argument: &Which) -> Splices {
        let range = match argument {
            Which::Position(position) => self.position(call, *position)?.range(),
            Which::Keyword(name) => match call.arguments.find_keyword(name) {
                Some(keyword) => keyword.range(),
                None => return Err(EditError::Missing(format!("the argument `{name}`"))),
            },
        };
        let elements = self.elements(call);
        let at = elements.iter().position(|element| element.contains_range(range)).unwrap_or_default();
        Ok(self.removal(call.arguments.range(), &elements, at))
    }

    fn position<'c>(&self, call: &'c ExprCall, position: usize) -> Result<&'c Expr, EditError> {
        let given = call.arguments.args.get(position);
        let is_spread = call.arguments.args.iter().take(position + 1).any(Expr::is_starred_expr);
        match given {
            Some(given) if !is_spread => Ok(given),
            Some(_) => Err(EditError::Unclear("its arguments are spread from something else".to_owned())),
            None => Err(EditError::Missing(format!("the argument {} of the call", position + 1))),
        }
    }

    /// `**options` may hold the argument already.
    fn refuse_spread(&self, call: &ExprCall) -> Result<(), EditError> {
        match call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none()) {
            true => Err(EditError::Unclear("its arguments are spread from something else".to_owned())),
            false => Ok(()),
        }
    }

    fn elements(&self, call: &ExprCall) -> Vec<TextRange> {
        let inside = call.arguments.inner_range();
        call.arguments.iter_source_order().map(|element| self.with_parentheses(element.range(), inside)).collect()
    }

    /// A text in the place of an element.
    pub(super) fn replacement(&self, range: TextRange, value: &str) -> Splice {
        let (start, end) = offsets(range);
        Splice::replace(start, end, self.indented(value, self.indentation(start)))
    }

    /// A new element between brackets, before one of them or behind the last.
    pub(super) fn insertion(
        &self,
        brackets: TextRange,
        elements: &[TextRange],
        before: Option<TextRange>,
        value: &str,
    ) -> Vec<Splice> {
        if let Some(before) = before {
            let (start, _) = offsets(before);
            let indentation = self.indentation(start);
            let between =
                if self.is_first_on_line(start) { format!("{}{indentation}", self.line_end) } else { " ".to_owned() };
            return vec![Splice::insert(start, format!("{},{between}", self.indented(value, indentation)))];
        }
        let Some(last) = elements.last() else {
            let (_, end) = offsets(brackets);
            return vec![Splice::insert(end - 1, self.indented(value, self.indentation(end - 1)))];
        };
        let (start, end) = offsets(*last);
        let indentation = self.indentation(start);
        let value = self.indented(value, indentation);
        let comma = self.comma_behind(*last, brackets);
        if !self.is_first_on_line(start) {
            return match comma {
                Some(comma) => vec![Splice::insert(comma, format!(" {value},"))],
                None => vec![Splice::insert(end, format!(", {value}"))],
            };
        }
        // On a line of its own, behind the comment that belongs to the element before it.
        let line = format!("{}{indentation}{value}", self.line_end);
        let closing = offsets(brackets).1 - 1;
        match comma {
            Some(comma) => {
                let stop = self.line_stop(comma).min(closing);
                vec![Splice::insert(stop, format!("{line},"))]
            }
            None => {
                let stop = self.line_stop(end);
                if stop >= closing {
                    return vec![Splice::insert(end, format!(",{line}"))];
                }
                vec![Splice::insert(end, ","), Splice::insert(stop, line)]
            }
        }
    }

    /// An element and the comma that goes with it; with its line, where it has one to itself.
    pub(super) fn removal(&self, brackets: TextRange, elements: &[TextRange], at: usize) -> Vec<Splice> {
        let (start, end) = offsets(elements[at]);
        let comma = self.comma_behind(elements[at], brackets);
        let behind = comma.unwrap_or(end);
        let rest = &self.text[behind..self.line_stop(behind)];
        let is_alone = self.is_first_on_line(start) && (rest.trim().is_empty() || rest.trim_start().starts_with('#'));
        if is_alone {
            return vec![Splice::remove(self.line_start(start), self.next_line(behind))];
        }
        match (elements.get(at + 1), at.checked_sub(1)) {
            (Some(next), _) => vec![Splice::remove(start, offsets(*next).0)],
            (None, Some(previous)) => {
                // The comma before it goes; one behind it stays.
                vec![Splice::remove(offsets(elements[previous]).1, end)]
            }
            (None, None) => vec![Splice::remove(start, behind)],
        }
    }

    /// The end of the comma behind an element.
    pub(super) fn comma_behind(&self, element: TextRange, brackets: TextRange) -> Option<usize> {
        let tokens = self.tokens_in(element.end(), brackets.end());
        let next = tokens.iter().find(|it| !matches!(it.kind(), TokenKind::Comment | TokenKind::NonLogicalNewline))?;
        (next.kind() == TokenKind::Comma).then(|| next.end().to_usize())
    }
}

/// What stands between brackets.
pub(super) fn inside(brackets: TextRange) -> TextRange {
    let one = TextSize::from(1);
    TextRange::new(brackets.start() + one, brackets.end() - one)
}

pub(super) fn offsets(range: TextRange) -> (usize, usize) {
    (range.start().to_usize(), range.end().to_usize())
}
