//! `/// ormsync: allow(rule) reason` on a model, an enum, or a field.

use std::sync::Arc;

use ormsync_schema::{Origin, SUPPRESSION_MARK, SourceFiles, Span, Suppression, parse_suppression};

/// The suppressions in the files that were read. One on a line of its own is about the next line that is neither
/// empty nor a comment; one behind something is about its line.
pub fn suppressions(files: &SourceFiles) -> Vec<Suppression> {
    let marked = files.iter().filter(|(_, file)| file.text().contains(SUPPRESSION_MARK));
    marked.flat_map(|(path, file)| in_file(path, file.text())).collect()
}

fn in_file(path: &Arc<str>, text: &str) -> Vec<Suppression> {
    let comments = comments(text);
    comments
        .iter()
        .filter_map(|comment| {
            let written = text.get(comment.start..comment.end)?.trim_start_matches('/');
            let (rules, reason) = parse_suppression(written)?;
            let target = target(text, *comment, &comments);
            Some(Suppression { rules, reason, target, origin: Origin::file(path, *comment) })
        })
        .collect()
}

/// The places of all comments that end with their line, in order: not those inside texts and block comments.
fn comments(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(length) = text[at..].find(['"', '/']) {
        at += length;
        let rest = &text[at..];
        let line = at + rest.find('\n').unwrap_or(rest.len());
        if rest.starts_with("//") {
            found.push(Span::new(at, at + text[at..line].trim_end().len()));
            at = line;
        } else if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else if rest.starts_with('"') {
            at = end_of_text(text, at + 1, line);
        } else {
            at += 1;
        }
    }
    found
}

/// Behind the quote that ends a text, or the end of its line: no text goes further.
fn end_of_text(text: &str, start: usize, line: usize) -> usize {
    let mut escaped = false;
    for (offset, letter) in text[start..line].char_indices() {
        match letter {
            '"' if !escaped => return start + offset + 1,
            _ => escaped = letter == '\\' && !escaped,
        }
    }
    line
}

/// The line that a comment is about.
fn target(text: &str, comment: Span, comments: &[Span]) -> Span {
    let line_of = |at: usize| {
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
        Span::new(start, end)
    };
    let own = line_of(comment.start);
    if !text[own.start..comment.start].trim().is_empty() {
        return own;
    }
    let mut line = own;
    while line.end < text.len() {
        line = line_of(line.end + 1);
        let content = line.start + text[line.start..line.end].len() - text[line.start..line.end].trim_start().len();
        let is_comment = comments.iter().any(|other| other.start == content);
        if !is_comment && !text[line.start..line.end].trim().is_empty() {
            return line;
        }
    }
    Span::new(text.len(), text.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_comment_is_about_its_line_or_the_next() {
        let text = "/// ormsync: allow(table-missing) ours\nmodel User {\n  id Int @id\n  /// ormsync: allow(column-type)\n  // more\n\n  name String\n  mail String // ormsync: allow(column-nullable) old\n  note String @default(\"// ormsync: allow(x) no\")\n}\n";
        let mut files = SourceFiles::default();
        files.insert("schema.prisma", text);
        let found = suppressions(&files);
        let told: Vec<(String, &str, &str)> = found
            .iter()
            .map(|it| (it.rules.join(","), it.reason.as_str(), text[it.target.start..it.target.end].trim()))
            .collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(told[0], ("table-missing".to_owned(), "ours", "model User {"));
        assert_eq!(told[1], ("column-type".to_owned(), "", "name String"));
        assert!(told[2].2.starts_with("mail String"));
    }
}
