//! Paths of SQLite files.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

use super::UrlError;

/// A SQLite file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileAddress {
    /// Where it is.
    pub(crate) path: PathBuf,
}

impl FileAddress {
    /// Reads what follows `sqlite:` or `file:`.
    ///
    /// Two slashes begin SQLAlchemy's and sqlx's forms: `sqlite:///relative`, `sqlite:////absolute`,
    /// `sqlite://relative`; for `file:`, where they begin an authority that is always empty, the path behind
    /// `file:///` is absolute.
    pub(super) fn parse(scheme: &str, rest: &str, base: &Path) -> Result<Self, UrlError> {
        let path = rest.split_once(['?', '#']).map_or(rest, |(path, _)| path);
        let path = match (scheme, path.strip_prefix("//")) {
            (_, None) => path,
            ("file", Some(path)) => path.strip_prefix("localhost").unwrap_or(path),
            (_, Some(path)) => path.strip_prefix('/').unwrap_or(path),
        };
        // SQLAlchemy: sqlite:///file:path?uri=true
        let path = path.strip_prefix("file:").unwrap_or(path);
        if path.is_empty() || path == ":memory:" || rest.contains("mode=memory") {
            return Err(UrlError(
                "an in-memory SQLite database is empty when it is opened: name a file (sqlite:path/to/file.db)"
                    .to_owned(),
            ));
        }
        Ok(Self { path: existing(base, path) })
    }
}

/// Prisma and SQLAlchemy take the path as it stands; a URI has it percent-encoded. Where only the decoded
/// one exists, that is what was meant.
fn existing(base: &Path, path: &str) -> PathBuf {
    let literal = base.join(path);
    if path.contains('%')
        && !literal.exists()
        && let Ok(decoded) = percent_decode_str(path).decode_utf8()
    {
        let decoded = base.join(&*decoded);
        if decoded.exists() {
            return decoded;
        }
    }
    literal
}
