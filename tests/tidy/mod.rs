//! The rules of the house, as tests. Each says what is wrong, where, and what to do.

/// Rust code without what a rule does not mean: comments, tests.
mod code;
/// Which crate may use which, and which names it may say.
mod crates;
/// What lies in the folders: sizes, fixtures, snapshots, forbidden text.
mod files;

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::list;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder of the repository, sorted; without what is built.
fn files_below(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if !path.is_dir() {
                files.push(path);
            } else if !path.ends_with("target") && !path.ends_with("__pycache__") {
                folders.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The path as messages and exceptions write it.
fn shown(path: &Path) -> String {
    let relative = path.strip_prefix(root()).unwrap_or(path);
    relative.to_string_lossy().replace('\\', "/")
}

/// The text of a file; none when it is not text.
fn text(path: &Path) -> Option<String> {
    String::from_utf8(fs::read(path).unwrap()).ok()
}

fn expect_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", list(found));
}
