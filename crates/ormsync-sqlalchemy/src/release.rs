//! Which SQLAlchemy and SQLModel a project uses, as far as its own files say: a few facts of the DDL
//! differ between their releases.

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

/// The releases that a project uses, as far as they differ in DDL. The newest, where nothing is pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Release {
    /// SQLAlchemy from 2.1: `Mapped[float]` is `Double`, before it is `Float`; an enum type takes the schema
    /// of its `MetaData`, before it lives in the default one; MariaDB's own UUID type is used.
    pub(crate) is_sqlalchemy_21: bool,
    /// SQLModel from 0.0.45: a `datetime` has a time zone.
    pub(crate) has_aware_sqlmodel: bool,
    /// PostgreSQL is spoken to through psycopg, which has one type of its own for all texts (`_PGString` in
    /// `sqlalchemy/dialects/postgresql/psycopg.py`): what `postgresql://` means from 2.1 on, and before it the
    /// only driver of a project that asks for psycopg and not for psycopg2.
    pub(crate) uses_psycopg: bool,
}

impl Release {
    /// What the files beside and above the roots pin.
    pub(crate) fn of_project(roots: &[PathBuf]) -> Self {
        let is_from = |package: &str, least: &[u32]| {
            roots.iter().find_map(|root| pinned_near(root, package)).is_none_or(|pin| pin.reaches(least))
        };
        let asks_for = |package: &str| roots.iter().any(|root| pinned_near(root, package).is_some());
        let is_sqlalchemy_21 = is_from("sqlalchemy", &[2, 1]);
        let has_psycopg_alone = || asks_for("psycopg") && !asks_for("psycopg2") && !asks_for("psycopg2-binary");
        Self {
            is_sqlalchemy_21,
            has_aware_sqlmodel: is_from("sqlmodel", &[0, 0, 45]),
            uses_psycopg: is_sqlalchemy_21 || has_psycopg_alone(),
        }
    }

    /// The type of `Mapped[float]`.
    pub(crate) fn annotated_float(self) -> &'static str {
        if self.is_sqlalchemy_21 { "sqlalchemy.Double" } else { "sqlalchemy.Float" }
    }
}

/// The versions that a file asks for.
#[derive(Debug, PartialEq, Eq)]
struct Pin {
    /// The version named first.
    version: Vec<u32>,
    /// The first version that is too new; none where only a lower bound is given.
    limit: Option<Vec<u32>>,
}

impl Pin {
    /// Whether the newest release that fits is at least this one: that is what an installer takes.
    fn reaches(&self, least: &[u32]) -> bool {
        self.version.as_slice() >= least || self.limit.as_ref().is_none_or(|limit| limit.as_slice() > least)
    }

    /// Reads `==2.0.36`, `>=2.0,<2.1`, `^2.0`, `~=2.0.3` and the like.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start().trim_start_matches([' ', '"', '\'', ':']);
        let text = text.strip_prefix("= \"").or_else(|| text.strip_prefix("= '")).unwrap_or(text);
        let version = numbers(text)?;
        let limit = if text.starts_with('^') {
            // The first part that is not zero may not change.
            let fixed = version.iter().position(|part| *part > 0).unwrap_or(0);
            Some(next(&version, fixed))
        } else if text.starts_with("~=") {
            Some(next(&version, version.len().saturating_sub(2)))
        } else if text.starts_with('~') {
            Some(next(&version, 1.min(version.len() - 1)))
        } else if let Some((_, upper)) = text.split_once('<') {
            numbers(upper)
        } else if text.starts_with('>') {
            None
        } else {
            Some(version.clone())
        };
        Some(Self { version, limit })
    }
}

/// The first dotted number in a text.
fn numbers(text: &str) -> Option<Vec<u32>> {
    let start = text.find(|letter: char| letter.is_ascii_digit())?;
    let parts: Vec<u32> = text[start..]
        .split('.')
        .map_while(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .collect();
    (!parts.is_empty()).then_some(parts)
}

/// The version whose part at `position` is one higher.
fn next(version: &[u32], position: usize) -> Vec<u32> {
    let mut next = version[..=position].to_vec();
    if let Some(last) = next.last_mut() {
        *last = last.saturating_add(1);
    }
    next
}

fn pinned_near(root: &Path, package: &str) -> Option<Pin> {
    let absolute = std::path::absolute(root).ok()?;
    let mut folder = absolute.as_path();
    for _ in 0..LEVELS {
        if folder.is_dir() {
            if let Some(found) = installed_in(folder, package) {
                return Some(found);
            }
            for name in FILES {
                let text = std::fs::read_to_string(folder.join(name)).ok();
                if let Some(found) = text.and_then(|text| pinned_in(&text, package)) {
                    return Some(found);
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

/// The version that is installed, if the folder is one that packages are installed into: `name-2.0.36.dist-info`
/// beside them (PyPA's "Recording installed projects").
fn installed_in(folder: &Path, package: &str) -> Option<Pin> {
    if !matches!(folder.file_name()?.to_str()?, "site-packages" | "dist-packages") {
        return None;
    }
    std::fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let version = name.strip_suffix(".dist-info")?.strip_prefix(package)?.strip_prefix('-')?;
        let version = numbers(version)?;
        Some(Pin { limit: Some(version.clone()), version })
    })
}

/// The first version that a lock or requirements file names for a package.
fn pinned_in(text: &str, package: &str) -> Option<Pin> {
    let mut is_in_lock_entry = false;
    for line in text.lines() {
        let line = line.trim().trim_start_matches(['"', '\'', '-', ' ']).to_lowercase();
        if let Some(name) = line.strip_prefix("name = ") {
            is_in_lock_entry = name.trim_matches('"') == package;
        }
        let version = if is_in_lock_entry {
            line.strip_prefix("version = ").map(str::to_owned)
        } else {
            line.strip_prefix(package)
                .map(without_extras)
                .filter(|rest| rest.trim_start().starts_with(['=', '~', '<', '>', '^', '!', '"', ':']))
        };
        if let Some(pin) = version.as_deref().and_then(Pin::parse) {
            return Some(pin);
        }
    }
    None
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
    use super::pinned_in;

    #[test]
    fn a_driver_is_not_another_of_a_longer_name() {
        for (text, psycopg, psycopg2) in [
            ("psycopg[binary]>=3.2\n", true, false),
            ("psycopg2==2.9.9\n", false, true),
            ("psycopg2-binary==2.9.9\n", false, false),
            ("[[package]]\nname = \"psycopg\"\nversion = \"3.2.1\"\n", true, false),
        ] {
            assert_eq!(pinned_in(text, "psycopg").is_some(), psycopg, "{text}");
            assert_eq!(pinned_in(text, "psycopg2").is_some(), psycopg2, "{text}");
        }
    }

    #[test]
    fn pins_say_which_release_is_installed() {
        let check = |text: &str, is_21: bool| {
            let pin = pinned_in(text, "sqlalchemy");
            assert_eq!(pin.map(|pin| pin.reaches(&[2, 1])), Some(is_21), "{text}");
        };
        check("sqlalchemy==2.0.36\n", false);
        check("SQLAlchemy[asyncio]~=2.1.0", true);
        check("sqlalchemy~=2.0.3", false);
        check("sqlalchemy~=2.0", true);
        check("sqlalchemy>=2.0,<2.1", false);
        check("sqlalchemy>=2.0,<3", true);
        check("sqlalchemy>=2.0", true);
        check("sqlalchemy = \"^2.0\"", true);
        check("sqlalchemy = \"^1.4\"", false);
        check("sqlalchemy = \"~2.0\"", false);
        check("sqlalchemy = \"2.0.4\"", false);
        check("[[package]]\nname = \"sqlalchemy\"\nversion = \"2.0.31\"\n", false);
        check("    \"sqlalchemy>=1.4,<2\",", false);
        check("sqlalchemy==2.1.0b2", true);
        assert_eq!(pinned_in("sqlalchemy-utils==0.41\n", "sqlalchemy"), None);
    }
}
