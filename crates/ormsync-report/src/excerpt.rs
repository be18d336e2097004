//! Excerpts of the files that were read, with the place in question marked.

use annotate_snippets::{Annotation, AnnotationKind, Element, Snippet};
use ormsync_schema::{Origin, Place, SourceFile, SourceFiles, Span};

/// A declaration of more lines than this is marked by its first one only.
const MOST_LINES: usize = 3;

/// The lines that an origin points at, marked with `label`; the bare path where the file's text is not at
/// hand; nothing for what is not in a file.
pub(crate) fn excerpt<'a>(
    origin: &'a Origin,
    files: &'a SourceFiles,
    kind: AnnotationKind,
    label: &'a str,
) -> Option<Element<'a>> {
    let Place::File { path, span } = &origin.place else {
        return None;
    };
    let Some(file) = files.get(path) else {
        return Some(annotate_snippets::Origin::path(path.as_ref()).into());
    };
    let lines = Lines::around(file, *span);
    let mut marked = kind.span(lines.marked.start..lines.marked.end);
    if !label.is_empty() {
        marked = marked.label(label);
    }
    let snippet: Snippet<'a, Annotation<'a>> =
        Snippet::source(lines.text).line_start(lines.first_line).path(path.as_ref()).annotation(marked);
    Some(snippet.into())
}

/// Whole lines of a file, and the part of them that is marked.
struct Lines<'a> {
    text: &'a str,
    first_line: usize,
    /// Relative to `text`.
    marked: Span,
}

impl<'a> Lines<'a> {
    /// The lines of a span. Only these are given to the renderer, whose cost grows with the text.
    fn around(file: &'a SourceFile, span: Span) -> Self {
        let text = file.text();
        let start = boundary(text, span.start.min(text.len()));
        let end = boundary(text, span.end.clamp(start, text.len()));
        let marked_text = text[start..end].trim_end();
        let end = if marked_text.lines().count() > MOST_LINES {
            start + marked_text.lines().next().map_or(0, |line| line.trim_end().len())
        } else {
            start + marked_text.len()
        };
        let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let to = text[end..].find('\n').map_or(text.len(), |at| end + at);
        Self {
            text: text[from..to].trim_end_matches('\r'),
            first_line: file.position(start).line,
            marked: Span::new(start - from, end - from),
        }
    }
}

fn boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}
