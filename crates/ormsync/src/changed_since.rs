//! What a change introduced: the project is checked as it was at a revision of git, too, and what was found there already
//! is not told.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::failure::{Failure, Result};
use crate::paths;

/// The project's files as they were at a revision, in a folder that goes with this.
pub(crate) struct OldTree {
    folder: TempDir,
    /// Where the working directory is in it.
    inside: PathBuf,
}

impl OldTree {
    /// Writes the tree of a revision; the repository, its index and its working tree are left as they are.
    ///
    /// # Errors
    /// When this is no repository, git does not know the revision, or is not installed.
    pub(crate) fn of(revision: &str) -> Result<Self> {
        if revision.starts_with('-') {
            return Err(refused(revision, "a revision does not begin with a hyphen"));
        }
        let inside = git(revision, &["rev-parse", "--show-prefix"], None)?;
        let commit = git(revision, &["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")], None)
            .map_err(|_| refused(revision, "git knows no such revision here").with_help(SHALLOW))?;
        let folder = tempfile::tempdir().map_err(|error| refused(revision, &error.to_string()))?;
        // An index of its own, so that the user's is not touched.
        let index = folder.path().join("index");
        let tree = folder.path().join("tree");
        git(revision, &["read-tree", &commit], Some(&index))?;
        let prefix = format!("--prefix={}/", tree.display());
        let root = git(revision, &["rev-parse", "--show-toplevel"], None)?;
        git(revision, &["-C", &root, "checkout-index", "--all", "--quiet", &prefix], Some(&index))?;
        // What looks for the root of the repository must not look further up; nothing asks git in there.
        std::fs::write(tree.join(".git"), "").map_err(|error| refused(revision, &error.to_string()))?;
        Ok(Self { folder, inside: PathBuf::from(inside) })
    }

    /// Does something in the old tree, in the folder that the working directory is now.
    ///
    /// # Errors
    /// When the folder cannot be entered or left. A folder that was not there gives nothing.
    pub(crate) fn visit<T>(&self, task: impl FnOnce() -> T) -> Result<Option<T>> {
        let here = std::env::current_dir().map_err(|error| refused("HEAD", &error.to_string()))?;
        let there = self.folder.path().join("tree").join(&self.inside);
        if !there.is_dir() {
            return Ok(None);
        }
        copy_environment(&here, &there);
        let enter = |folder: &Path| {
            std::env::set_current_dir(folder).map_err(|error| {
                Failure::new("changed-since", format!("{} could not be entered: {error}", paths::display(folder)))
            })
        };
        enter(&there)?;
        let done = task();
        enter(&here)?;
        Ok(Some(done))
    }
}

/// What a checkout in CI often lacks.
const SHALLOW: &str = "a shallow clone has not got it: fetch it first (`fetch-depth: 0` of actions/checkout)";

/// `.env` is in no repository, and the database is the same one.
fn copy_environment(here: &Path, there: &Path) {
    let (from, to) = (here.join(".env"), there.join(".env"));
    if from.is_file() && !to.exists() {
        // Without it the URL is missing, and that is told.
        let _ = std::fs::copy(from, to);
    }
}

fn git(revision: &str, arguments: &[&str], index: Option<&Path>) -> Result<String> {
    let mut command = Command::new("git");
    command.args(arguments);
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let output = command.output().map_err(|error| refused(revision, &format!("git could not be run: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(refused(revision, said.lines().next().unwrap_or("git refused")))
}

fn refused(revision: &str, why: &str) -> Box<Failure> {
    Failure::new("changed-since", format!("--changed-since {revision}: {why}"))
}

/// The fingerprints of findings.
pub(crate) fn fingerprints(findings: &[ormsync_diff::Finding]) -> HashSet<String> {
    findings.iter().map(ormsync_diff::Finding::fingerprint).collect()
}
