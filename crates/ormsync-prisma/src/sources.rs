//! Finding and reading the files of a schema.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ormsync_schema::{Diagnostic, Origin, Severity, SourceFiles, Span};

use crate::report::PRISMA_8;
use crate::syntax::{self, Document};

/// One file that was read.
#[derive(Debug)]
pub(crate) struct SourceDocument {
    pub(crate) path: Arc<str>,
    pub(crate) document: Document,
}

impl SourceDocument {
    pub(crate) fn origin(&self, span: Span) -> Origin {
        Origin::file(&self.path, span)
    }
}

/// All files of a schema.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    pub(crate) documents: Vec<SourceDocument>,
    pub(crate) files: SourceFiles,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Sources {
    /// Reads the file at `path`, or every `.prisma` file of the folder at `path` and the folders in it,
    /// in the order of their paths. What cannot be read is a diagnostic.
    pub(crate) fn load(path: &Path) -> Self {
        Self::load_with(path, syntax::parse)
    }

    /// The same of the datasources alone.
    pub(crate) fn load_datasources(path: &Path) -> Self {
        Self::load_with(path, syntax::parse_datasources)
    }

    fn load_with(path: &Path, parse: fn(&str) -> Document) -> Self {
        let mut sources = Self::default();
        let mut paths = Vec::new();
        if path.is_dir() {
            collect(path, &mut paths, &mut sources.diagnostics);
            paths.sort();
            if paths.is_empty() && sources.diagnostics.is_empty() {
                sources.diagnostics.push(
                    file_problem(path, "There is no `.prisma` file in this folder or the folders in it.")
                        .with_help("Name the schema's file or folder."),
                );
            }
        } else {
            paths.push(path.to_path_buf());
        }
        for path in &paths {
            sources.load_file(path, parse);
        }
        sources
    }

    /// Reads one text as if it were the file at `path`.
    #[cfg(test)]
    pub(crate) fn of_text(path: &str, text: &str) -> Self {
        let mut sources = Self::default();
        sources.add(path, text.to_owned(), syntax::parse);
        sources
    }

    fn load_file(&mut self, path: &Path, parse: fn(&str) -> Document) {
        let problem = match fs::read(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => return self.add(&path.to_string_lossy(), text, parse),
                Err(error) => file_problem(
                    path,
                    format!("This file is not UTF-8 text (byte {}).", error.utf8_error().valid_up_to()),
                )
                .with_help("Save it as UTF-8."),
            },
            Err(error) => file_problem(path, format!("This file cannot be read: {error}."))
                .with_help("Name the schema's file, or the folder that holds its `.prisma` files."),
        };
        self.diagnostics.push(problem);
    }

    fn add(&mut self, path: &str, text: String, parse: fn(&str) -> Document) {
        let document = parse(&text);
        let path = self.files.insert(path, text);
        for problem in &document.problems {
            let mut diagnostic =
                Diagnostic::error("prisma-syntax", problem.message.clone(), Origin::file(&path, problem.span));
            diagnostic.help.clone_from(&problem.help);
            self.diagnostics.push(diagnostic);
        }
        for note in &document.of_prisma_8 {
            let origin = Origin::file(&path, note.span);
            self.diagnostics.push(Diagnostic::new(Severity::Note, PRISMA_8, note.message.clone(), origin));
        }
        self.documents.push(SourceDocument { path, document });
    }
}

fn file_problem(path: &Path, message: impl Into<String>) -> Diagnostic {
    let path: Arc<str> = path.to_string_lossy().into();
    Diagnostic::error("prisma-file", format!("{path}: {}", message.into()), Origin::file(&path, Span::default()))
}

/// Folders that hold other packages' schemas, never parts of this one.
const NOT_OURS: &[&str] = &["node_modules", ".git"];

fn collect(folder: &Path, paths: &mut Vec<PathBuf>, diagnostics: &mut Vec<Diagnostic>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            diagnostics.push(file_problem(folder, format!("This folder cannot be read: {error}.")));
            return;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        // The entry's own type: a link to a folder above would lead round in circles.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder {
            if !NOT_OURS.iter().any(|name| path.ends_with(name)) {
                collect(&path, paths, diagnostics);
            }
        } else if path.extension().is_some_and(|extension| extension == "prisma") {
            paths.push(path);
        }
    }
}
