//! Bounds nesting before the grammar runs: the grammar recurses, the stack does not grow for ever.

use ormsync_schema::Span;

/// No schema nests deeper than a handful; a file that does is not one.
const DEEPEST: usize = 64;

/// The lines on which more than [`DEEPEST`] brackets are open at once, as spans without line breaks.
/// Brackets that stay open at the end of a line count on into the next ones, since arguments may.
pub(super) fn too_deep(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let mut deepest = depth;
        let mut in_string = false;
        let mut escaped = false;
        for byte in line.bytes() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                _ if in_string => {}
                b'(' | b'[' | b'{' => {
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if deepest > DEEPEST {
            spans.push(Span::new(start, start + line.trim_end().len()));
            // The line is taken out, so what it opened is not open.
            depth = 0;
        }
        start += line.len();
    }
    spans
}

/// `text` with the given spans blanked, so that every other place stays where it was.
pub(super) fn blank(text: &str, spans: &[Span]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for span in spans {
        bytes[span.start..span.end].fill(b' ');
    }
    String::from_utf8(bytes).expect("whole lines were replaced by spaces")
}
