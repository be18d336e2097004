//! Paths as the user would write them: relative to the working directory, and short.

use std::path::{Component, Path, PathBuf};

/// `path`, taken as relative to `base`, without `.` and without `x/..`.
pub(crate) fn join(base: &Path, path: impl AsRef<Path>) -> PathBuf {
    tidy(&base.join(path))
}

/// The folder that holds `path`; the empty path for the working directory.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// The path for opening a folder: the empty path is the working directory.
pub(crate) fn openable(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The path as text with forward slashes, `.` for the working directory.
pub(crate) fn display(path: &Path) -> String {
    let text = openable(path).to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// Takes `.` and `name/..` out of a path. It is a matter of spelling only: links are not followed.
fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidied.components().next_back(), Some(Component::Normal(_))) => {
                tidied.pop();
            }
            other => tidied.push(other),
        }
    }
    tidied
}

/// `path` as seen from the folder `base`; both relative to the working directory, or both absolute.
pub(crate) fn relative_to(path: &Path, base: &Path) -> PathBuf {
    let (path, base) = (tidy(path), tidy(base));
    let shared = path.components().zip(base.components()).take_while(|(left, right)| left == right).count();
    let upwards = base.components().skip(shared).map(|_| Component::ParentDir);
    upwards.chain(path.components().skip(shared)).collect()
}

/// The working directory as the root of its repository sees it: empty at the root, and where there is no
/// repository. Annotations of CI systems count paths from there.
pub(crate) fn in_repository() -> String {
    let Ok(here) = std::env::current_dir() else {
        return String::new();
    };
    let root = here.ancestors().find(|folder| folder.join(".git").exists());
    root.and_then(|root| here.strip_prefix(root).ok()).map(display_below).unwrap_or_default()
}

/// The folders above `folder` up to the root of its repository, as seen from the working directory, each with the path
/// from it to `folder`. None where there is no repository.
pub(crate) fn above_in_repository(folder: &Path) -> Vec<(PathBuf, String)> {
    let Ok(here) = std::env::current_dir() else { return Vec::new() };
    let absolute = join(&here, folder);
    let Some(root) = absolute.ancestors().find(|above| above.join(".git").exists()) else { return Vec::new() };
    let inside = absolute.ancestors().skip(1).take_while(|above| above.starts_with(root));
    let seen = inside.filter_map(|above| {
        let below = display_below(absolute.strip_prefix(above).ok()?);
        Some((relative_to(above, &here), below))
    });
    seen.collect()
}

fn display_below(folder: &Path) -> String {
    folder.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_paths_are_short() {
        assert_eq!(join(Path::new(""), "./app/../models"), Path::new("models"));
        assert_eq!(join(Path::new("../.."), "../x"), Path::new("../../../x"));
        assert_eq!(join(Path::new("a"), "/b/./c"), Path::new("/b/c"));
        assert_eq!(display(&join(Path::new("a"), "..")), ".");
    }

    #[test]
    fn relative_paths_climb() {
        assert_eq!(relative_to(Path::new("a/b/c"), Path::new("a/d")), Path::new("../b/c"));
        assert_eq!(relative_to(Path::new("a/b"), Path::new("")), Path::new("a/b"));
    }
}
