//! Where an object comes from: a place in a file, or an object in a server's catalogue.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A range of bytes in a file: `start` included, `end` excluded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }
}

/// A place a user can look at.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A span of a file.
    File {
        /// The path as the user would write it: relative to the working directory where possible.
        path: Arc<str>,
        /// The bytes of the file that declare the object.
        span: Span,
    },
    /// An object in a live database's catalogue, named as the server names it.
    Catalogue {
        /// For example `public.users.email`.
        object: String,
    },
    /// Nothing to point at: the object follows from others (an implicit join table of none of them).
    #[default]
    Nowhere,
}

/// Where an object came from. Two origins are always equal, so that `==` on schema objects compares
/// only physical facts.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Origin {
    /// The place.
    pub place: Place,
}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}

impl Origin {
    /// A span of a file.
    pub fn file(path: &Arc<str>, span: Span) -> Self {
        Self { place: Place::File { path: Arc::clone(path), span } }
    }

    /// An object of a server's catalogue.
    pub fn catalogue(object: impl Into<String>) -> Self {
        Self { place: Place::Catalogue { object: object.into() } }
    }

    /// Nothing to point at.
    pub fn nowhere() -> Self {
        Self::default()
    }

    /// Whether there is nothing to point at.
    pub fn is_nowhere(&self) -> bool {
        matches!(self.place, Place::Nowhere)
    }
}

/// A line and a column, both counted from one; columns count characters, as editors do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// The text of one file that was read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    text: Arc<str>,
    /// Offset of the first byte of every line: found when a place is first asked for, which few files see.
    line_starts: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// A file of that text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), line_starts: OnceLock::new() }
    }

    fn line_starts(&self) -> &[usize] {
        let find = || std::iter::once(0).chain(self.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.line_starts.get_or_init(find)
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span, or as much of it as the file has.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end.min(self.text.len())).unwrap_or_default()
    }

    /// Line and column of a byte offset; an offset past the end gives the last position.
    pub fn position(&self, offset: usize) -> LineColumn {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line_starts = self.line_starts();
        let line = line_starts.partition_point(|start| *start <= offset) - 1;
        let column = self.text[line_starts[line]..offset].chars().count();
        LineColumn { line: line + 1, column: column + 1 }
    }
}

/// The files a reader has read, by the path that origins name. Reports cut their excerpts from here,
/// so what is shown is what was read.
#[derive(Debug, Clone, Default)]
pub struct SourceFiles {
    files: BTreeMap<Arc<str>, SourceFile>,
}

impl SourceFiles {
    /// Keeps a file's text and gives back the shared path to build origins with.
    pub fn insert(&mut self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Arc<str> {
        let path = path.into();
        self.files.insert(Arc::clone(&path), SourceFile::new(text));
        path
    }

    /// The file at `path`, if it was read.
    pub fn get(&self, path: &str) -> Option<&SourceFile> {
        self.files.get(path)
    }

    /// All files, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &SourceFile)> {
        self.files.iter()
    }

    /// Takes in all of `other`'s files.
    pub fn extend(&mut self, other: SourceFiles) {
        self.files.extend(other.files);
    }
}
