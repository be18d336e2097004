//! Which Python to ask: the one that is named, else that of the project's virtual environment.

use std::path::{Path, PathBuf};

/// Names that virtual environments commonly have.
const ENVIRONMENTS: &[&str] = &[".venv", "venv", "env", ".env"];

/// Where a virtual environment keeps its Python.
const EXECUTABLES: &[&str] = &["bin/python", "Scripts/python.exe"];

/// How far above the models an environment is looked for.
const LEVELS: usize = 8;

/// The Python to run, and why that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interpreter {
    pub(super) path: PathBuf,
    pub(super) reason: &'static str,
}

impl Interpreter {
    /// The one that is named; the active virtual environment's; the nearest one's beside or above the models; the
    /// system's. That it exists is seen when it is started.
    pub(super) fn choose(named: Option<&Path>, active: Option<PathBuf>, roots: &[PathBuf]) -> Self {
        if let Some(path) = named {
            return Self { path: path.to_owned(), reason: "it is named" };
        }
        let of_active = active.and_then(|environment| executable(&environment));
        if let Some(path) = of_active {
            return Self { path, reason: "its virtual environment is active (VIRTUAL_ENV)" };
        }
        let here = std::env::current_dir().unwrap_or_default();
        for root in roots {
            let absolute = here.join(root);
            for folder in absolute.ancestors().take(LEVELS) {
                let found = ENVIRONMENTS.iter().find_map(|name| executable(&folder.join(name)));
                if let Some(path) = found {
                    return Self { path, reason: "it is the nearest virtual environment's" };
                }
            }
        }
        let path = if cfg!(windows) { "python" } else { "python3" };
        Self { path: path.into(), reason: "no virtual environment was found" }
    }
}

fn executable(environment: &Path) -> Option<PathBuf> {
    EXECUTABLES.iter().map(|name| environment.join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_nearest_environment_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("project");
        let models = project.join("app/models");
        for environment in [folder.path().join("venv"), project.join(".venv")] {
            std::fs::create_dir_all(environment.join("bin")).unwrap();
            std::fs::write(environment.join("bin/python"), "").unwrap();
        }
        std::fs::create_dir_all(&models).unwrap();
        let roots = [models];
        assert_eq!(Interpreter::choose(None, None, &roots).path, project.join(".venv/bin/python"));
        let active = Some(folder.path().join("venv"));
        assert_eq!(Interpreter::choose(None, active.clone(), &roots).path, folder.path().join("venv/bin/python"));
        let named = Interpreter::choose(Some(Path::new("/opt/python")), active, &roots);
        assert_eq!(named.path, Path::new("/opt/python"));
    }
}
