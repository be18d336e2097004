"""The source of a project that is no package: a commit of its repository.

CORPUS_REPOSITORIES names a folder with clones that are there already, `OWNER+NAME` each; else they are cloned from GitHub.
"""

import os
import subprocess
import tarfile
from pathlib import Path

TIMEOUT = 600
# What the import of models or of revisions may read.
ENDINGS = {".py", ".ini", ".toml", ".txt", ".lock", ".mako", ".md", ".json", ".html"}


def check_out(package: dict, target: Path) -> None:
    """What can be read of a commit: Python, and what it may read itself."""
    target.mkdir(parents=True, exist_ok=True)
    commit = package["commit"]
    with clone(package["repository"], target.with_name("repository.git"), commit) as archive:
        with tarfile.open(fileobj=archive.stdout, mode="r|") as files:
            files.extractall(target, filter="data")
        if archive.wait(timeout=TIMEOUT):
            raise RuntimeError(f"{package['repository']} has no commit {commit}")


def clone(name: str, place: Path, commit: str) -> subprocess.Popen:
    """Writes an archive of the commit, from a clone that is there or one that is made."""
    known = known_clone(name)
    if known is None:
        known = place
        url = f"https://github.com/{name}.git"
        for command in (["init", "--quiet", "--bare"], ["fetch", "--quiet", "--depth=1", url, commit]):
            subprocess.run(["git", f"--git-dir={known}", *command], check=True, timeout=TIMEOUT)
    listed = subprocess.run(
        ["git", f"--git-dir={known}", "ls-tree", "-r", "--name-only", commit], capture_output=True, text=True, timeout=TIMEOUT
    )
    # An ending that no file has would be an error.
    endings = {Path(line).suffix for line in listed.stdout.splitlines()} & ENDINGS
    wanted = [f":(glob)**/*{ending}" for ending in sorted(endings)]
    return subprocess.Popen(["git", f"--git-dir={known}", "archive", commit, "--", *wanted], stdout=subprocess.PIPE)


def known_clone(name: str) -> Path | None:
    """The git folder of a clone, or of the newest of several."""
    if "CORPUS_REPOSITORIES" not in os.environ:
        return None
    found = Path(os.environ["CORPUS_REPOSITORIES"]) / name.replace("/", "+")
    candidates = [head.parent for head in sorted(found.glob("**/HEAD")) if (head.parent / "objects").is_dir()]
    return candidates[-1] if candidates else None
