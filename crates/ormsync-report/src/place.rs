//! Where in the repository a finding or a diagnostic is, for outputs that other programs read.

use ormsync_diff::{Answer, Finding};
use ormsync_schema::{Origin, Place};

use crate::Report;

/// A stretch of a file: lines and columns count from 1, columns in characters; the end column is the one
/// behind the last character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Region {
    /// The file's path from the root of the repository, with `/` between its parts.
    pub(crate) path: String,
    /// Lines and columns, where the file's text is at hand.
    pub(crate) lines: Option<Lines>,
}

/// The first and the last line and column of a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lines {
    pub(crate) start_line: usize,
    pub(crate) start_column: usize,
    pub(crate) end_line: usize,
    pub(crate) end_column: usize,
}

/// The region of an origin; nothing for what is not in a file.
pub(crate) fn region(origin: &Origin, report: &Report<'_>) -> Option<Region> {
    let Place::File { path, span } = &origin.place else {
        return None;
    };
    let lines = report.files.get(path).map(|file| {
        // A declaration ends with its last character, not with the line end behind it.
        let end = span.start + file.slice(*span).trim_end().len();
        let (start, end) = (file.position(span.start), file.position(end));
        Lines { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
    });
    Some(Region { path: repository_path(report.folder, path), lines })
}

/// The answers that are in files: the one to change first, then those it differs from.
pub(crate) fn in_order_of_change(finding: &Finding) -> Vec<&Answer> {
    let mut answers: Vec<&Answer> = finding.answers.iter().filter(|answer| is_in_file(answer)).collect();
    answers.sort_by_key(|answer| !answer.stands_alone);
    answers
}

/// Whether an answer is in a file, not in a database's catalogue.
pub(crate) fn is_in_file(answer: &Answer) -> bool {
    matches!(answer.origin.place, Place::File { .. })
}

/// The place of the answer that is to be changed first.
pub(crate) fn main_region(finding: &Finding, report: &Report<'_>) -> Option<Region> {
    in_order_of_change(finding).first().and_then(|answer| region(&answer.origin, report))
}

/// A path as the repository's root sees it: `folder` and `path` joined, without `.` and `..` and with `/`.
/// A path that leaves the repository, or an absolute one, stays as it is.
fn repository_path(folder: &str, path: &str) -> String {
    let path = path.replace('\\', "/");
    if path.starts_with('/') || path.chars().nth(1) == Some(':') {
        return path;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => match parts.pop() {
                Some(_) => {}
                None => return path,
            },
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::repository_path;

    #[test]
    fn paths_from_the_root_of_the_repository() {
        for (folder, path, expected) in [
            ("", "prisma/schema.prisma", "prisma/schema.prisma"),
            ("services/shop", "prisma/schema.prisma", "services/shop/prisma/schema.prisma"),
            ("services/shop", "../models.py", "services/models.py"),
            ("services/", "./models.py", "services/models.py"),
            ("services", "../../elsewhere/models.py", "../../elsewhere/models.py"),
            ("services", "/somewhere/models.py", "/somewhere/models.py"),
            ("services", r"D:\shop\models.py", "D:/shop/models.py"),
            ("services", r"app\models.py", "services/app/models.py"),
        ] {
            assert_eq!(repository_path(folder, path), expected);
        }
    }
}
