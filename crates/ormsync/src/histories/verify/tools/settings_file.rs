//! A copy of alembic.ini that names another database, beside the original: paths in it stay what they are.

use std::io::Write as _;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::paths;

/// The key in `[alembic]`.
const KEY: &str = "sqlalchemy.url";

/// Writes the copy, which goes away with the value and which only its owner can read: it may hold a password.
///
/// # Errors
/// Where the original can't be read, or its folder can't be written to.
pub(super) fn copy_with_url(ini: &Path, url: &str) -> std::io::Result<NamedTempFile> {
    let text = std::fs::read_to_string(ini)?;
    let mut file = tempfile::Builder::new()
        .prefix(".ormsync-")
        .suffix(".ini")
        .tempfile_in(paths::openable(paths::folder_of(ini)))?;
    file.write_all(with_url(&text, url).as_bytes())?;
    file.flush()?;
    Ok(file)
}

/// The text with another value of the key, and every other line as it was. Python's interpolation wants per cent signs twice.
fn with_url(text: &str, url: &str) -> String {
    let mut copy = String::new();
    let (mut section, mut is_continued) = (String::new(), false);
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if is_continued && line.starts_with([' ', '\t']) && !content.is_empty() {
            continue;
        }
        is_continued = false;
        if let Some(name) = content.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else if section == "alembic" && content.split(['=', ':']).next().is_some_and(|key| key.trim() == KEY) {
            copy.push_str(&format!("{KEY} = {}\n", url.replace('%', "%%")));
            is_continued = true;
            continue;
        }
        copy.push_str(line);
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::with_url;

    #[test]
    fn only_the_url_changes() {
        let text = "[alembic]\nscript_location = %(here)s/a\nsqlalchemy.url = postgresql://x:y@z/w\n    more\n\n[other]\nsqlalchemy.url = b\n";
        assert_eq!(
            with_url(text, "sqlite:////a%20b"),
            "[alembic]\nscript_location = %(here)s/a\nsqlalchemy.url = sqlite:////a%%20b\n\n[other]\nsqlalchemy.url = b\n"
        );
    }
}
