//! What is made harmless before the grammar runs, so that its recursion is bounded and its time linear. One
//! pass over the text; every other place stays where it was.

use std::borrow::Cow;

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
    let last_close = text.rfind("*/").unwrap_or_default();
    let mut depth = 0_usize;
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let found = scan(line, depth);
        if found.deepest > DEEPEST {
            guarded.too_deep.push(Span::new(start, start + line.trim_end().len()));
            // The line is taken out, so what it opened is not open.
            depth = 0;
        } else {
            // Brackets that stay open count on into the next line, since arguments may.
            depth = found.depth;
            if let Some(at) = found.comment
                && start + at >= last_close
            {
                guarded.unclosed_comments.push(Span::new(start + at, start + line.trim_end().len()));
            }
        }
        start += line.len();
    }
    guarded.replace();
    guarded
}

impl Guarded<'_> {
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

/// What one line holds outside its strings and comments.
struct Line {
    depth: usize,
    deepest: usize,
    /// Where a block comment opens that the line does not close.
    comment: Option<usize>,
}

fn scan(line: &str, depth: usize) -> Line {
    let mut found = Line { depth, deepest: depth, comment: None };
    let bytes = line.as_bytes();
    let mut in_string = false;
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'\\', _) if in_string => at += 1,
            (b'"', _) => in_string = !in_string,
            _ if in_string => {}
            (b'/', Some(b'/')) => break,
            (b'/', Some(b'*')) => match line[at + 2..].find("*/") {
                Some(length) => at += length + 3,
                None => {
                    found.comment = Some(at);
                    break;
                }
            },
            (b'(' | b'[' | b'{', _) => {
                found.depth += 1;
                found.deepest = found.deepest.max(found.depth);
            }
            (b')' | b']' | b'}', _) => found.depth = found.depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    found
}
