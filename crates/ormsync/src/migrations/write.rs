//! Writing files that belong together: all of them or none, and never over one that is there.

use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::gate::share;
use crate::paths;

/// A file to be made.
#[derive(Debug)]
pub(crate) struct NewFile {
    /// Where.
    pub(crate) path: PathBuf,
    /// What is in it.
    pub(crate) text: String,
}

/// Makes the files. Each is written whole beside its place first and takes its name then; where one can't, those that
/// have are taken away again.
///
/// # Errors
/// Where one of them is there already, or its folder can't be written to: then none is there.
pub(crate) fn write_all(files: &[NewFile]) -> Result<()> {
    let mut made_folders = Vec::new();
    let mut done: Vec<&Path> = Vec::new();
    let outcome = (|| {
        let mut ready = Vec::new();
        for file in files {
            let folder = paths::openable(paths::folder_of(&file.path));
            ready.push((prepare(folder, &file.text, &mut made_folders).map_err(|error| (file, error))?, file));
        }
        for (temporary, file) in ready {
            temporary.persist_noclobber(&file.path).map_err(|error| (file, error.error))?;
            done.push(&file.path);
        }
        Ok(())
    })();
    outcome.map_err(|(file, error): (&NewFile, io::Error)| {
        // What can't be taken away again is told by the next run, which finds it there.
        done.iter().for_each(|path| drop(std::fs::remove_file(path)));
        made_folders.iter().rev().for_each(|folder| drop(std::fs::remove_dir(folder)));
        let shown = paths::display(&file.path);
        if error.kind() == ErrorKind::AlreadyExists {
            Failure::new("migrate", format!("{shown} is there already: nothing was written"))
        } else {
            Failure::new("output", format!("{shown} could not be written: {error}; nothing was"))
        }
    })
}

fn prepare(folder: &Path, text: &str, made: &mut Vec<PathBuf>) -> io::Result<tempfile::NamedTempFile> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !paths::openable(folder).exists()).collect();
    for folder in missing.into_iter().rev() {
        std::fs::create_dir(folder)?;
        made.push(folder.to_owned());
    }
    let mut file = tempfile::Builder::new().prefix(".ormsync-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    share(file.as_file())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn all_files_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("versions/002.py");
        std::fs::create_dir(folder.path().join("versions")).unwrap();
        std::fs::write(&taken, "mine").unwrap();
        let file = |path: PathBuf| NewFile { path, text: "theirs".to_owned() };
        let migration = folder.path().join("migrations/1_x/migration.sql");
        let files = [file(migration.clone()), file(taken.clone())];
        assert!(write_all(&files).is_err());
        assert_eq!(std::fs::read_to_string(&taken).unwrap(), "mine");
        assert!(!folder.path().join("migrations").exists());
        assert_eq!(std::fs::read_dir(folder.path().join("versions")).unwrap().count(), 1);
        write_all(&files[..1]).unwrap();
        assert_eq!(std::fs::read_to_string(&migration).unwrap(), "theirs");
    }
}
