//! Putting texts in the place of spans.

use ormsync_schema::Span;

use super::EditError;

/// A text in the place of a span; an empty span takes it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) span: Span,
    pub(super) text: String,
}

impl Splice {
    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { span: Span::new(at, at), text: text.into() }
    }
}

/// Makes all splices. Insertions at one place keep their order.
pub(super) fn apply(text: &str, mut splices: Vec<Splice>) -> Result<String, EditError> {
    splices.sort_by_key(|splice| (splice.span.start, splice.span.end));
    let mut edited = String::with_capacity(text.len());
    let mut done = 0;
    for splice in &splices {
        let between = text.get(done..splice.span.start).ok_or(EditError::Overlap(splice.span.start))?;
        edited.push_str(between);
        edited.push_str(&splice.text);
        done = splice.span.end;
    }
    edited.push_str(text.get(done..).unwrap_or_default());
    Ok(edited)
}
