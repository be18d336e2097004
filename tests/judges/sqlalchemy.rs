//! SQLAlchemy itself, in a Python process: it imports models and makes their tables.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::judges::{Judge, folder};

/// Runs `metadata.create_all` for the models (a file or a package) on a database.
/// `root` is the folder that the project's own imports start from, at the highest.
///
/// # Errors
///
/// Python's traceback.
pub(crate) fn create_all(version: &str, root: &Path, models: &Path, url: &str) -> Result<(), String> {
    run(version, &["create", url], root, models).map(drop)
}

/// The same for models that we wrote, with all relationships worked out first and warnings as errors.
///
/// # Errors
///
/// Python's traceback.
pub(crate) fn create_written(version: &str, root: &Path, models: &Path, url: &str) -> Result<(), String> {
    run(version, &["create-written", url], root, models).map(drop)
}

/// The SQL that `create_all` would run on a dialect.
///
/// # Errors
///
/// Python's traceback.
pub(crate) fn statements(version: &str, root: &Path, models: &Path, dialect: &str) -> Result<String, String> {
    run(version, &["print", dialect], root, models)
}

/// Imports a module of a package that `scripts/judges/packages/models.txt` installs and makes its tables.
///
/// # Errors
///
/// Python's traceback.
pub(crate) fn create_all_of_package(version: &str, module: &str, url: &str) -> Result<(), String> {
    // Not the one that has imported SQLAlchemy already: that one does not look at PYTHONPATH.
    let output = Command::new(python(version))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/corpus-rows/make_tables.py"))
        .args([url, module])
        .env("PYTHONPATH", model_packages())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap_or_else(|error| Judge::Sqlalchemy.missing(&format!("SQLAlchemy {version} does not start: {error}")));
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// The folder with the source of those packages.
pub(crate) fn model_packages() -> PathBuf {
    folder().join("model-packages")
}

/// The Python that has this version.
pub(crate) fn python(version: &str) -> PathBuf {
    of_version(&folder(), version)
}

/// The same where `scripts/judges/up` ran, but it has imported SQLAlchemy already: for tests that there are
/// thousands of.
pub(crate) fn ready_python(version: &str) -> PathBuf {
    let ready = env::var_os("ORMSYNC_TEST_PYTHONS").map_or_else(folder, PathBuf::from);
    of_version(&ready, version)
}

fn of_version(folder: &Path, version: &str) -> PathBuf {
    folder.join(format!("sqlalchemy-{version}/bin/python"))
}

/// Runs `alembic upgrade` or `downgrade` with the revisions in `versions/` of a folder.
///
/// # Errors
///
/// Python's traceback.
pub(crate) fn alembic(version: &str, way: &str, url: &str, folder: &Path, revision: &str) -> Result<(), String> {
    let python = ready_python(version);
    let output = Command::new(&python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/alembic_run.py"))
        .args([way, url])
        .arg(folder)
        .arg(revision)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap_or_else(|error| {
            Judge::Sqlalchemy.missing(&format!("Alembic does not start ({}): {error}", python.display()))
        });
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// Runs `alembic upgrade heads` with the revisions that a package ships; `packages` is where they import from, and
/// `convention` the naming convention of their `target_metadata`, as JSON.
///
/// # Errors
///
/// Python's traceback.
pub(crate) fn upgrade_package(
    url: &str,
    folder: &Path,
    packages: &Path,
    convention: Option<&str>,
) -> Result<(), String> {
    // Not the one that has imported SQLAlchemy already: that one does not look at PYTHONPATH.
    let output = Command::new(python("2.1"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/alembic_run.py"))
        .args(["upgrade", url])
        .arg(folder)
        .arg("heads")
        .args(convention)
        .env("PYTHONPATH", packages)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap_or_else(|error| Judge::Sqlalchemy.missing(&format!("Alembic does not start: {error}")));
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// Whether `ruff format` would leave a Python file, or those of a folder, as they are, and `ruff check` has nothing to
/// say.
///
/// # Errors
///
/// What ruff says.
pub(crate) fn ruff(path: &Path) -> Result<(), String> {
    let ruff = folder().join("sqlalchemy-2.1/bin/ruff");
    for arguments in [["format", "--diff"].as_slice(), ["check", "--select", "E9,F,I"].as_slice()] {
        let output = Command::new(&ruff)
            .args(arguments)
            .args(["--isolated", "--no-cache", "--quiet"])
            .arg(path)
            .output()
            .unwrap_or_else(|error| Judge::Sqlalchemy.missing(&format!("ruff does not start: {error}")));
        if !output.status.success() {
            let said = [output.stdout, output.stderr].concat();
            return Err(String::from_utf8_lossy(&said).into_owned());
        }
    }
    Ok(())
}

fn run(version: &str, what: &[&str], root: &Path, models: &Path) -> Result<String, String> {
    let python = ready_python(version);
    let output = Command::new(&python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/create_all.py"))
        .args(what)
        .arg(root)
        .arg(models)
        .current_dir(root)
        // No `__pycache__` among the fixtures.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap_or_else(|error| {
            Judge::Sqlalchemy.missing(&format!("SQLAlchemy {version} does not start ({}): {error}", python.display()))
        });
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
