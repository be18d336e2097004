//! Which SQLAlchemy a project uses, as far as its own files say: two facts of the DDL differ.

use std::path::{Path, PathBuf};

/// How many folders above a root may hold the project's requirements.
const LEVELS: usize = 5;

/// Files that pin versions exactly come before those that only bound them.
const FILES: &[&str] = &[
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "requirements.txt",
    "requirements/base.txt",
    "pyproject.toml",
    "setup.cfg",
    "Pipfile",
];

/// A release line of SQLAlchemy, as far as lines differ in DDL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Release {
    /// Up to 2.0: `Mapped[float]` is `Float`; an enum type without a schema lives in the default one.
    UpTo20,
    /// From 2.1: `Mapped[float]` is `Double`; an enum type takes the schema of its `MetaData`.
    #[default]
    From21,
}

impl Release {
    /// What the files beside and above the roots pin; the newest line where they say nothing.
    pub(crate) fn of_project(roots: &[PathBuf]) -> Self {
        roots.iter().find_map(|root| Self::near(root)).unwrap_or_default()
    }

    fn near(root: &Path) -> Option<Self> {
        let absolute = std::path::absolute(root).ok()?;
        let mut folder = absolute.as_path();
        for _ in 0..LEVELS {
            if folder.is_dir() {
                for name in FILES {
                    let found = std::fs::read_to_string(folder.join(name)).ok().and_then(|text| Self::in_text(&text));
                    if found.is_some() {
                        return found;
                    }
                }
                if folder.join(".git").exists() {
                    return None;
                }
            }
            folder = folder.parent()?;
        }
        None
    }

    /// The first exact or lower bound of SQLAlchemy's version in a lock or requirements file.
    fn in_text(text: &str) -> Option<Self> {
        let mut is_in_lock_entry = false;
        for line in text.lines() {
            let line = line.trim().trim_start_matches(['"', '\'', '-', ' ']).to_lowercase();
            if line.starts_with("name = ") {
                is_in_lock_entry = line == "name = \"sqlalchemy\"";
            }
            let version = if is_in_lock_entry {
                line.strip_prefix("version = ").map(str::to_owned)
            } else {
                line.strip_prefix("sqlalchemy")
                    .map(without_extras)
                    .filter(|rest| rest.trim_start().starts_with(['=', '~', '<', '>', '^', '!', '"', ':']))
            };
            if let Some(version) = version {
                let numbers: String = version.chars().skip_while(|letter| !letter.is_ascii_digit()).collect();
                let mut parts = numbers.split(|letter: char| !letter.is_ascii_digit()).map(str::parse::<u32>);
                if let (Some(Ok(major)), minor) = (parts.next(), parts.next()) {
                    let minor = minor.and_then(Result::ok).unwrap_or(0);
                    // A bare lower bound (`>=2.0`) lets the newest in.
                    let is_open = version.trim_start().starts_with('>') && !version.contains('<');
                    return Some(if is_open || (major, minor) >= (2, 1) { Self::From21 } else { Self::UpTo20 });
                }
            }
        }
        None
    }

    /// The type of `Mapped[float]`.
    pub(crate) fn annotated_float(self) -> &'static str {
        match self {
            Self::UpTo20 => "sqlalchemy.Float",
            Self::From21 => "sqlalchemy.Double",
        }
    }
}

/// `sqlalchemy[asyncio]>=2` without the bracket.
fn without_extras(rest: &str) -> String {
    match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, behind)) => behind.to_owned(),
        None => rest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Release;

    #[test]
    fn versions_are_read_from_pins() {
        let check = |text: &str, wanted: Option<Release>| assert_eq!(Release::in_text(text), wanted, "{text}");
        check("sqlalchemy==2.0.36\n", Some(Release::UpTo20));
        check("SQLAlchemy[asyncio]~=2.1.0", Some(Release::From21));
        check("sqlalchemy>=2.0,<2.1", Some(Release::UpTo20));
        check("sqlalchemy>=2.0", Some(Release::From21));
        check("[[package]]\nname = \"sqlalchemy\"\nversion = \"2.0.31\"\n", Some(Release::UpTo20));
        check("    \"sqlalchemy>=1.4,<2\",", Some(Release::UpTo20));
        check("sqlalchemy-utils==0.41\n", None);
    }
}
