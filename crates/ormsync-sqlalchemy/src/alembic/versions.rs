//! The revisions of a project: what each is called and which it comes behind, from the text of its file.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use ruff_python_parser::parse_module;

use super::history::{assigned, texts};

/// A revision as its file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its identifier.
    pub id: String,
    /// The identifiers of those it comes behind.
    pub down_revisions: Vec<String>,
    /// Its file.
    pub path: PathBuf,
}

/// All revisions of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// The revisions, in the order of their files' names.
    pub revisions: Vec<Revision>,
}

/// What can't be told of a versions folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionsError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for VersionsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for VersionsError {}

impl Versions {
    /// Reads the `.py` files of the folders. A folder that is not there has none.
    ///
    /// # Errors
    ///
    /// Where a file can't be read or does not say what it comes behind: a chain with a gap leads nowhere.
    pub fn read(folders: &[PathBuf]) -> Result<Self, VersionsError> {
        let mut revisions = Vec::new();
        for folder in folders {
            let Ok(entries) = std::fs::read_dir(folder) else { continue };
            let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            paths.sort();
            let is_module = |path: &&PathBuf| {
                path.extension().is_some_and(|ending| ending == "py") && !path.ends_with("__init__.py")
            };
            for path in paths.iter().filter(is_module) {
                revisions.extend(read_revision(path)?);
            }
        }
        Ok(Self { revisions })
    }

    /// The revisions that no other comes behind.
    pub fn heads(&self) -> Vec<&Revision> {
        let behind: BTreeSet<&str> =
            self.revisions.iter().flat_map(|revision| &revision.down_revisions).map(String::as_str).collect();
        self.revisions.iter().filter(|revision| !behind.contains(revision.id.as_str())).collect()
    }
}

/// A module without `revision` is none.
fn read_revision(path: &Path) -> Result<Option<Revision>, VersionsError> {
    let error = |problem: String| VersionsError { path: path.to_owned(), problem };
    let text = std::fs::read_to_string(path).map_err(|it| error(it.to_string()))?;
    let parsed = parse_module(&text).map_err(|it| error(it.to_string()))?;
    let values = assigned(&parsed.syntax().body);
    let (id, down) = (values.get("revision"), values.get("down_revision"));
    let Some(id) = id else { return Ok(None) };
    let id = match texts(id).as_deref() {
        Some([only]) => only.clone(),
        _ => return Err(error("`revision` is no string".to_owned())),
    };
    let down_revisions = match down {
        None => Vec::new(),
        Some(value) => texts(value)
            .ok_or_else(|| error("`down_revision` is neither a string, nor None, nor a tuple of strings".to_owned()))?,
    };
    Ok(Some(Revision { id, down_revisions, path: path.to_owned() }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(files: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let versions = Versions::read(&[folder.path().to_owned()]).map_err(|error| error.problem)?;
        Ok(versions.heads().iter().map(|revision| revision.id.clone()).collect())
    }

    #[test]
    fn heads_are_what_nothing_comes_behind() {
        let first = ("a.py", "revision = 'a'\ndown_revision = None\n");
        let second = ("b.py", "from typing import Union\nrevision: str = 'b'\ndown_revision: Union[str, None] = 'a'\n");
        let third = ("c.py", "revision = \"c\"\ndown_revision = \"a\"\n");
        let merge = ("d.py", "revision = 'd'\ndown_revision = ('b', 'c')\n");
        assert_eq!(read(&[first, second]).unwrap(), ["b"]);
        assert_eq!(read(&[first, second, third]).unwrap(), ["b", "c"]);
        assert_eq!(read(&[first, second, third, merge, ("__init__.py", ""), ("x.txt", "?")]).unwrap(), ["d"]);
        assert!(read(&[]).unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_told_is_an_error() {
        assert!(read(&[("a.py", "revision = name()\n")]).unwrap_err().contains("`revision` is no string"));
        assert!(read(&[("a.py", "revision = 'a'\ndown_revision = other\n")]).is_err());
        assert!(read(&[("a.py", "revision = (\n")]).is_err());
        assert_eq!(read(&[("helpers.py", "x = 1\n")]).unwrap(), [""; 0]);
    }
}
