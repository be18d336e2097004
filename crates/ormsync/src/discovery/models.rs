//! Finding SQLAlchemy models: Python files that import SQLAlchemy and declare tables, by a cheap look at
//! their text. Reading them is the reader's work; a file too many does no harm.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Files, text_of};
use crate::paths;

/// Files that mark the root of a Python project.
const PROJECT_MARKS: &[&str] =
    &["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "alembic.ini", "manage.py"];

/// Words of files that use SQLAlchemy, and words of those that declare tables with it.
const IMPORTS: &[&str] = &["sqlalchemy", "sqlmodel", "SQLAlchemy"];
const DECLARATIONS: &[&str] =
    &["__tablename__", "DeclarativeBase", "declarative_base(", "mapped_column(", "Table(", "db.Model", "table=True"];

/// For every Python project with models, the files or the one folder that hold them.
pub(super) fn roots(files: &Files) -> Vec<Vec<PathBuf>> {
    let mut projects: BTreeMap<PathBuf, Vec<&Path>> = BTreeMap::new();
    for file in files.with_extension("py").filter(|file| !is_test(file) && declares_models(file)) {
        projects.entry(project_of(file)).or_default().push(file);
    }
    projects.into_iter().map(|(project, files)| roots_of(&project, &files)).collect()
}

fn declares_models(file: &Path) -> bool {
    let Some(text) = text_of(file) else { return false };
    let mentions = |words: &[&str]| words.iter().any(|word| text.contains(word));
    mentions(IMPORTS) && mentions(DECLARATIONS) && !is_revision(&text)
}

/// Alembic revisions import SQLAlchemy and write tables too.
fn is_revision(text: &str) -> bool {
    text.contains("from alembic import") && text.lines().any(|line| line.starts_with("revision"))
}

fn is_test(file: &Path) -> bool {
    let named = |test: fn(&str) -> bool| file.components().any(|part| part.as_os_str().to_str().is_some_and(test));
    named(|name| name == "tests" || name.starts_with("test_") || name == "conftest.py")
}

/// The nearest folder above that looks like a Python project's root, else the topmost package, else the
/// file's own folder.
fn project_of(file: &Path) -> PathBuf {
    let folder = paths::folder_of(file);
    let marked = folder.ancestors().find(|above| PROJECT_MARKS.iter().any(|mark| above.join(mark).is_file()));
    if let Some(marked) = marked {
        return marked.to_owned();
    }
    let packages = folder.ancestors().take_while(|above| above.join("__init__.py").is_file());
    packages.last().unwrap_or(folder).to_owned()
}

/// One file is its own root; several have the deepest folder that holds them all, unless that is the whole
/// project: then each of its entries that holds some.
fn roots_of(project: &Path, files: &[&Path]) -> Vec<PathBuf> {
    let [first, rest @ ..] = files else { return Vec::new() };
    if rest.is_empty() {
        return vec![first.to_path_buf()];
    }
    let mut shared = paths::folder_of(first);
    while !files.iter().all(|file| file.starts_with(shared)) {
        shared = paths::folder_of(shared);
    }
    if shared != project || shared.join("__init__.py").is_file() {
        return vec![shared.to_owned()];
    }
    let mut entries: Vec<PathBuf> = files
        .iter()
        .filter_map(|file| Some(project.join(file.strip_prefix(project).ok()?.components().next()?)))
        .collect();
    entries.dedup();
    entries
}
