//! What is made harmless before the grammar runs, so that its recursion is bounded and its time linear. One
//! pass over the text; every other place stays where it was.

use std::borrow::Cow;
use std::cell::LazyCell;

use memchr::{memchr2, memmem};
use ormsync_schema::Span;

/// No schema nests deeper than a handful of brackets; a file that does is not one.
const DEEPEST: usize = 64;

/// What was made harmless.
#[derive(Debug, Default)]
pub(super) struct Guarded<'t> {
    pub(super) text: Cow<'t, str>,
    /// Lines on which too many brackets are open at once: blanked.
    pub(super) too_deep: Vec<Span>,
    /// Openings of comments that nothing closes, made comments up to the end of their line. (The grammar
    /// would look for the end of each through the whole file.)
    pub(super) unclosed_comments: Vec<Span>,
}

/// Guards a text.
pub(super) fn guard(text: &str) -> Guarded<'_> {
    let mut guarded = Guarded { text: Cow::Borrowed(text), ..Guarded::default() };
    let bytes = text.as_bytes();
    let last_close = LazyCell::new(|| memmem::rfind(bytes, b"*/").unwrap_or_default());
    let mut line = Line::default();
    let mut at = 0;
    while at < bytes.len() {
        // Nearly all letters mean nothing here.
        if !IS_SIGN[usize::from(bytes[at])] {
            at += 1;
            continue;
        }
        at = match bytes[at] {
            b'\n' | b'\r' => {
                line = guarded.end_line(&line, at, at + 1, || *last_close);
                at + 1
            }
            // What is escaped is passed over, but for the end of the line.
            b'\\' if line.in_string => at + 1 + usize::from(!matches!(bytes.get(at + 1), None | Some(b'\n' | b'\r'))),
            b'"' => {
                line.in_string = !line.in_string;
                at + 1
            }
            _ if line.in_string => at + 1,
            b'/' => line.slash(bytes, at),
            b'(' | b'[' | b'{' => {
                line.depth += 1;
                line.deepest = line.deepest.max(line.depth);
                at + 1
            }
            b')' | b']' | b'}' => {
                line.depth = line.depth.saturating_sub(1);
                at + 1
            }
            _ => at + 1,
        };
    }
    guarded.end_line(&line, bytes.len(), bytes.len(), || *last_close);
    guarded.replace();
    guarded
}

/// The bytes that mean something: ends of lines, strings, comments, brackets.
static IS_SIGN: [bool; 256] = {
    let mut signs = [false; 256];
    let mut at = 0;
    while at < SIGNS.len() {
        signs[SIGNS[at] as usize] = true;
        at += 1;
    }
    signs
};

const SIGNS: &[u8] = b"\n\r\"\\/([{)]}";

/// The line that is looked at: what it holds outside its strings and comments.
#[derive(Debug, Default)]
struct Line {
    start: usize,
    depth: usize,
    deepest: usize,
    in_string: bool,
    /// Where a block comment opens that the line does not close.
    comment: Option<usize>,
}

impl Line {
    /// How far a `/` reaches: to the end of its comment, of its line, or nowhere.
    fn slash(&mut self, bytes: &[u8], at: usize) -> usize {
        let rest = &bytes[at..];
        let of_line = || memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        match rest.get(1) {
            Some(b'/') => at + of_line(),
            Some(b'*') => {
                let length = of_line();
                match memmem::find(&rest[2..length], b"*/") {
                    Some(found) => at + found + 4,
                    None => {
                        self.comment = Some(at);
                        at + length
                    }
                }
            }
            _ => at + 1,
        }
    }
}

impl Guarded<'_> {
    /// Judges a line that ends at `end`; the next one begins at `next`.
    fn end_line(&mut self, line: &Line, end: usize, next: usize, last_close: impl Fn() -> usize) -> Line {
        let span = || Span::new(line.start, line.start + self.text[line.start..end].trim_end().len());
        // Brackets that stay open count on into the next line, since arguments may.
        let mut depth = line.depth;
        if line.deepest > DEEPEST {
            let span = span();
            self.too_deep.push(span);
            // The line is taken out, so what it opened is not open.
            depth = 0;
        } else if let Some(at) = line.comment
            && at >= last_close()
        {
            let end = span().end;
            self.unclosed_comments.push(Span::new(at, end));
        }
        Line { start: next, depth, deepest: depth, ..Line::default() }
    }
    fn replace(&mut self) {
        if self.too_deep.is_empty() && self.unclosed_comments.is_empty() {
            return;
        }
        let mut bytes = self.text.as_bytes().to_vec();
        for span in &self.too_deep {
            bytes[span.start..span.end].fill(b' ');
        }
        for span in &self.unclosed_comments {
            bytes[span.start..span.start + 2].copy_from_slice(b"//");
        }
        let text = String::from_utf8(bytes).expect("whole lines and ASCII characters were replaced by ASCII");
        self.text = Cow::Owned(text);
    }
}
