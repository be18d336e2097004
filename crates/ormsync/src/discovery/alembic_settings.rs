//! The database URL of an alembic.ini.

use std::path::{Path, PathBuf};

use crate::paths;

/// What an alembic.ini says about the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AlembicUrl {
    /// `sqlalchemy.url`, with the file's own folder filled in.
    Url(String),
    /// It is set by code, by an interpolation that is not known here, or left as the template has it.
    Unknown,
}

/// `sqlalchemy.url` in the `[alembic]` section. Interpolation is Python's: `%(here)s` is the file's folder, `%%`
/// a per cent sign.
pub(crate) fn url_of(path: &Path) -> AlembicUrl {
    setting_of(path, "sqlalchemy.url")
}

/// The folder of env.py and the revisions: `script_location`, relative to the file's folder, as most write it.
pub(crate) fn scripts_of(path: &Path) -> Option<PathBuf> {
    match setting_of(path, "script_location") {
        AlembicUrl::Url(location) => Some(paths::join(paths::folder_of(path), location)),
        AlembicUrl::Unknown => None,
    }
}

fn setting_of(path: &Path, wanted: &str) -> AlembicUrl {
    let Ok(text) = std::fs::read_to_string(path) else { return AlembicUrl::Unknown };
    let mut section = "";
    for line in text.lines() {
        let line = line.trim_end();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        } else if section == "alembic"
            && let Some((key, value)) = line.split_once(['=', ':'])
            && key.trim() == wanted
        {
            return interpolate(value.trim(), path);
        }
    }
    AlembicUrl::Unknown
}

fn interpolate(value: &str, path: &Path) -> AlembicUrl {
    let here = paths::display(paths::folder_of(path));
    // The marker cannot be in a value: the file is text.
    let filled = value.replace("%%", "\0").replace("%(here)s", &here);
    // `driver://user:pass@localhost/dbname` is what `alembic init` writes.
    if filled.is_empty() || filled.contains('%') && filled.contains("%(") || filled.starts_with("driver:") {
        return AlembicUrl::Unknown;
    }
    AlembicUrl::Url(filled.replace('\0', "%"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn url(text: &str) -> AlembicUrl {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alembic.ini");
        std::fs::write(&path, text).unwrap();
        match url_of(&path) {
            AlembicUrl::Url(url) => AlembicUrl::Url(url.replace(&paths::display(folder.path()), "HERE")),
            unknown => unknown,
        }
    }

    #[test]
    fn urls_of_alembic_settings() {
        let found = |text: &str| AlembicUrl::Url(text.to_owned());
        assert_eq!(url("[alembic]\nsqlalchemy.url = sqlite:///%(here)s/x.db\n"), found("sqlite:///HERE/x.db"));
        assert_eq!(url("[alembic]\nsqlalchemy.url=mysql://a:p%%40b@h/d\n"), found("mysql://a:p%40b@h/d"));
        assert_eq!(url("[alembic]\nsqlalchemy.url = driver://user:pass@localhost/dbname\n"), AlembicUrl::Unknown);
        assert_eq!(url("[alembic]\nsqlalchemy.url = postgresql://%(user)s@h/d\n"), AlembicUrl::Unknown);
        assert_eq!(url("[other]\nsqlalchemy.url = sqlite:///x\n"), AlembicUrl::Unknown);
    }
}
