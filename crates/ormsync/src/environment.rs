//! Variables: the process's own, then those of `.env` files. The process's environment is never changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::paths;

/// Where variables are looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    files: Vec<EnvironmentFile>,
}

#[derive(Debug, Clone)]
struct EnvironmentFile {
    path: PathBuf,
    /// None when there is no such file.
    variables: Option<BTreeMap<String, String>>,
    /// Why a line of it could not be read.
    trouble: Option<String>,
}

/// A variable's value and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its value.
    pub(crate) value: String,
    /// The `.env` file it is from; none for the process's own environment.
    pub(crate) file: Option<PathBuf>,
}

impl Environment {
    /// Looks into `.env` of this folder too, behind those that were added before. Twice is as good as once.
    pub(crate) fn add_folder(&mut self, folder: &Path) {
        self.add_file(paths::join(folder, ".env"));
    }

    /// Looks into this file too, as [`Environment::add_folder`] does.
    pub(crate) fn add_file(&mut self, path: PathBuf) {
        if self.files.iter().any(|file| file.path == path) {
            return;
        }
        let file = match std::fs::File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                EnvironmentFile { path, variables: None, trouble: None }
            }
            Err(error) => EnvironmentFile { path, variables: None, trouble: Some(error.to_string()) },
            Ok(file) => read(path, file),
        };
        self.files.push(file);
    }

    /// The variable of that name, if it is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<Variable> {
        let own = std::env::var(name).ok().map(|value| Variable { value, file: None });
        let from_files = self.files.iter().filter_map(|file| {
            let value = file.variables.as_ref()?.get(name)?.clone();
            Some(Variable { value, file: Some(file.path.clone()) })
        });
        own.into_iter().chain(from_files).find(|variable| !variable.value.trim().is_empty())
    }

    /// All variables that are set and not empty, each with the value that counts.
    pub(crate) fn all(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        let of_files = self.files.iter().rev().filter_map(|file| file.variables.clone()).flatten();
        let own =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        all.extend(of_files.chain(own).filter(|(_, value)| !value.trim().is_empty()));
        all
    }

    /// Where was looked, for a variable that is missing.
    pub(crate) fn searched(&self) -> String {
        let files = self.files.iter().map(|file| {
            let path = paths::display(&file.path);
            match (&file.variables, &file.trouble) {
                (Some(_), None) => path,
                (_, Some(trouble)) => format!("{path} ({trouble})"),
                (None, None) => format!("{path} (no such file)"),
            }
        });
        let places: Vec<String> = std::iter::once("the environment".to_owned()).chain(files).collect();
        format!("looked in {}", places.join(", "))
    }
}

fn read(path: PathBuf, file: std::fs::File) -> EnvironmentFile {
    let mut variables = BTreeMap::new();
    let mut trouble = None;
    for entry in dotenvy::from_read_iter(file) {
        match entry {
            // The first of two lines for one variable counts, as for the tools that load the file.
            Ok((name, value)) => {
                variables.entry(name).or_insert(value);
            }
            // The error holds the line's text, which may be a secret: only that there is one is told.
            Err(dotenvy::Error::LineParse(..)) => trouble = Some("it has a line that is not NAME=VALUE".to_owned()),
            Err(error) => {
                trouble = Some(error.to_string());
                break;
            }
        }
    }
    EnvironmentFile { path, variables: Some(variables), trouble }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn files_are_read_in_order_and_troubles_are_told_without_the_line() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".env"), "ORMSYNC_A=1\n# comment\nsecret word\nexport ORMSYNC_B=\"2\"\n")
            .unwrap();
        let mut environment = Environment::default();
        environment.add_folder(folder.path());
        environment.add_folder(folder.path());
        environment.add_folder(&folder.path().join("nowhere"));
        assert_eq!(environment.get("ORMSYNC_A").unwrap().value, "1");
        assert_eq!(environment.get("ORMSYNC_B").unwrap().value, "2");
        assert_eq!(environment.get("ORMSYNC_C"), None);
        let searched = environment.searched();
        assert!(searched.contains("not NAME=VALUE") && !searched.contains("secret"), "{searched}");
        assert!(searched.contains("no such file"), "{searched}");
    }
}
