//! `alembic.ini`, as Python's `configparser` reads it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// What an `alembic.ini` says of where revisions are and how they are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlembicSettings {
    /// The folder with `env.py`.
    pub script_location: PathBuf,
    /// The folders with revisions, the first being where new ones go.
    pub version_locations: Vec<PathBuf>,
    /// Whether the folders in those folders hold revisions too.
    pub is_recursive: bool,
    /// How files are called, as a Python format: `%(rev)s_%(slug)s`.
    pub file_template: Option<String>,
    /// The most letters of a slug.
    pub slug_length: usize,
}

/// Why a `file_template` can't be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTemplateError(pub String);

impl fmt::Display for FileTemplateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for FileTemplateError {}

const PYPROJECT: &str = "pyproject.toml";
/// `alembic.util.messaging` and `alembic.script.base` of 1.20.
const SLUG_LENGTH: usize = 40;

impl AlembicSettings {
    /// Reads an alembic.ini, and `[tool.alembic]` of the pyproject.toml beside it for what it leaves unsaid; or a
    /// pyproject.toml alone.
    ///
    /// # Errors
    ///
    /// Where it can't be read, or does not say where the scripts are.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut values = BTreeMap::new();
        if path.file_name().is_some_and(|name| name == PYPROJECT) {
            values = pyproject(&text)?;
        } else {
            values.extend(
                std::fs::read_to_string(folder.join(PYPROJECT))
                    .ok()
                    .and_then(|text| pyproject(&text).ok())
                    .into_iter()
                    .flatten(),
            );
            let own = section(&text, "alembic");
            // What parts the paths in one file says nothing of those in the other.
            if own.contains_key("version_locations") {
                values.remove("path_separator");
            }
            values.extend(own);
        }
        Self::of_values(&values, folder)
    }

    fn of_values(values: &BTreeMap<String, String>, folder: &Path) -> Result<Self, String> {
        let here = if folder.as_os_str().is_empty() { "." } else { &*folder.to_string_lossy() };
        let value = |key: &str| values.get(key).map(|value| interpolate(value, here)).filter(|value| !value.is_empty());
        let script_location = value("script_location").ok_or("it does not say `script_location`")?;
        let script_location = located(folder, &script_location);
        let separator = value("path_separator").or_else(|| value("version_path_separator"));
        let versions = value("version_locations").map(|text| split_paths(&text, separator.as_deref()));
        let version_locations = match versions {
            Some(paths) if !paths.is_empty() => paths.iter().map(|path| located(folder, path)).collect(),
            _ => vec![script_location.join("versions")],
        };
        let slug_length = value("truncate_slug_length").and_then(|text| text.parse().ok()).unwrap_or(SLUG_LENGTH);
        let is_recursive = value("recursive_version_locations").is_some_and(|text| text.eq_ignore_ascii_case("true"));
        let file_template = value("file_template");
        Ok(Self { script_location, version_locations, is_recursive, file_template, slug_length })
    }

    /// The settings of a folder of scripts (with `env.py` and `versions/`), where no file of settings is known.
    pub fn of_scripts(folder: &Path) -> Self {
        Self {
            script_location: folder.to_owned(),
            version_locations: vec![folder.join("versions")],
            is_recursive: false,
            file_template: None,
            slug_length: SLUG_LENGTH,
        }
    }

    /// The files of the version locations, which may hold revisions, in the order of their names. A location that is not
    /// there has none.
    pub(crate) fn revision_files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for location in &self.version_locations {
            files_in(location, self.is_recursive, &mut found);
        }
        found
    }

    /// The project's own template of a revision, where it differs from none: the text of `script.py.mako`.
    pub fn template(&self) -> Option<String> {
        std::fs::read_to_string(self.script_location.join("script.py.mako")).ok()
    }

    /// The name of a revision's file, without its ending.
    ///
    /// # Errors
    ///
    /// Where the template names something that is not known.
    pub fn file_name(
        &self,
        revision: &str,
        slug: &str,
        moment: &[(&str, i64)],
    ) -> Result<Option<String>, FileTemplateError> {
        let Some(template) = &self.file_template else { return Ok(None) };
        let slug: String = slug.chars().take(self.slug_length).collect();
        let wrong = |what: &str| FileTemplateError(format!("file_template = {template}: {what}"));
        let mut name = String::new();
        let mut rest = template.as_str();
        while let Some((before, behind)) = rest.split_once('%') {
            name.push_str(before);
            if let Some(after) = behind.strip_prefix('%') {
                name.push('%');
                rest = after;
                continue;
            }
            let field = behind.strip_prefix('(').and_then(|behind| behind.split_once(')'));
            let (field, behind) = field.ok_or_else(|| wrong("a `%` is followed by no `(name)`"))?;
            let end = behind.find(['s', 'd']).ok_or_else(|| wrong("a field ends neither in `s` nor in `d`"))?;
            let width: usize = behind[..end].trim_start_matches(['.', '0']).parse().unwrap_or_default();
            match (field, moment.iter().find(|(name, _)| *name == field)) {
                ("rev", _) => name.push_str(revision),
                ("slug", _) => name.push_str(slug.trim_end_matches('_')),
                (_, Some((_, number))) => name.push_str(&format!("{number:0width$}")),
                (unknown, None) => return Err(wrong(&format!("`{unknown}` is not known"))),
            }
            rest = &behind[end + 1..];
        }
        name.push_str(rest);
        Ok(Some(name))
    }
}

/// The modules of a folder but `__init__.py` and what editors leave (`_only_source_rel_path` in `alembic/script/base.py`).
fn files_in(folder: &Path, is_recursive: bool, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            // A link could lead round in a circle.
            if is_recursive && !path.is_symlink() && name != "__pycache__" {
                files_in(&path, is_recursive, found);
            }
        } else if name.ends_with(".py") && !name.starts_with(".#") && !name.starts_with("__init__") {
            found.push(path);
        }
    }
}

/// The values of `[tool.alembic]`, in the words of an alembic.ini: several in one value stand on lines of their own.
fn pyproject(text: &str) -> Result<BTreeMap<String, String>, String> {
    let parsed: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let table = parsed.get("tool").and_then(|tool| tool.get("alembic")).and_then(toml::Value::as_table);
    let mut values = BTreeMap::new();
    for (key, value) in table.into_iter().flatten() {
        let text = match value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(flag) => flag.to_string(),
            toml::Value::Array(items) => {
                values.insert("path_separator".to_owned(), "newline".to_owned());
                items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join("\n")
            }
            _ => continue,
        };
        values.insert(key.clone(), text);
    }
    Ok(values)
}

/// The values of a section by their keys.
fn section(text: &str, wanted: &str) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let (mut current, mut last) = (String::new(), None);
    for line in text.lines() {
        let is_continuation = line.starts_with([' ', '\t']) && !line.trim().is_empty();
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue;
        }
        if is_continuation && let Some(value) = last.as_ref().and_then(|key| values.get_mut(key)) {
            value.push('\n');
            value.push_str(content);
        } else if let Some(name) = content.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut current);
            last = None;
        } else if current == wanted
            && let Some((key, value)) = content.split_once(['=', ':'])
        {
            let key = key.trim().to_lowercase();
            values.insert(key.clone(), value.trim().to_owned());
            last = Some(key);
        }
    }
    values
}

/// `%(here)s` is the file's folder, `%%` a per cent sign.
fn interpolate(value: &str, here: &str) -> String {
    let mut text = String::new();
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once('%') {
        text.push_str(before);
        rest = if let Some(behind) = behind.strip_prefix('%') {
            text.push('%');
            behind
        } else if let Some(behind) = behind.strip_prefix("(here)s") {
            text.push_str(here);
            behind
        } else {
            text.push('%');
            behind
        };
    }
    text.push_str(rest);
    text
}

/// A path beside the file; `package:folder` lies in the package.
fn located(folder: &Path, path: &str) -> PathBuf {
    let path = Path::new(path);
    // `%(here)s` has been filled in with the folder, so that it is there already.
    if path.is_absolute() || (!folder.as_os_str().is_empty() && path.starts_with(folder)) {
        return path.to_owned();
    }
    match path.to_str().and_then(|text| text.split_once(':')) {
        Some((package, rest)) if package.len() > 1 => folder.join(package.replace('.', "/")).join(rest),
        _ => folder.join(path.strip_prefix(".").unwrap_or(path)),
    }
}

/// Several paths in one value: `path_separator` says what parts them; it was blanks and commas once.
fn split_paths(text: &str, separator: Option<&str>) -> Vec<String> {
    let parts: Vec<&str> = match separator {
        Some("os") => text.split(if cfg!(windows) { ';' } else { ':' }).collect(),
        Some("newline") => text.lines().collect(),
        Some("space") => text.split_whitespace().collect(),
        Some(":") => text.split(':').collect(),
        Some(";") => text.split(';').collect(),
        _ => text.split([' ', ',', '\n']).collect(),
    };
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(text: &str) -> AlembicSettings {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alembic.ini");
        std::fs::write(&path, text).unwrap();
        let mut settings = AlembicSettings::read(&path).unwrap();
        for path in settings.version_locations.iter_mut().chain([&mut settings.script_location]) {
            *path = path.strip_prefix(folder.path()).unwrap().to_owned();
        }
        settings
    }

    #[test]
    fn locations_are_beside_the_file() {
        let settings = read("[alembic]\nscript_location = %(here)s/alembic\n");
        assert_eq!(settings.version_locations, [Path::new("alembic/versions")]);
        let settings = read(
            "[other]\nscript_location=no\n[alembic]\n# yes\nscript_location: ./db\nversion_locations = %(here)s/a\n  b\n",
        );
        assert_eq!(settings.script_location, Path::new("db"));
        assert_eq!(settings.version_locations, [Path::new("a"), Path::new("b")]);
        assert_eq!(
            read("[alembic]\nscript_location = app.db:migrations\n").script_location,
            Path::new("app/db/migrations")
        );
    }

    #[test]
    fn a_pyproject_says_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("pyproject.toml");
        let text = "[tool.alembic]\nscript_location = \"%(here)s/alembic\"\nrecursive_version_locations = true\n\
                    version_locations = [\"one\", \"%(here)s/two\"]\ntruncate_slug_length = 10\n";
        std::fs::write(&project, text).unwrap();
        let settings = AlembicSettings::read(&project).unwrap();
        assert_eq!(settings.script_location, folder.path().join("alembic"));
        assert_eq!(settings.version_locations, [folder.path().join("one"), folder.path().join("two")]);
        assert!(settings.is_recursive && settings.slug_length == 10);
        let ini = folder.path().join("alembic.ini");
        std::fs::write(&ini, "[alembic]\nsqlalchemy.url = x\n").unwrap();
        assert_eq!(AlembicSettings::read(&ini).unwrap(), settings);
        std::fs::write(&ini, "[alembic]\nscript_location = db\nversion_locations = a b\n").unwrap();
        let settings = AlembicSettings::read(&ini).unwrap();
        assert_eq!(settings.version_locations, [folder.path().join("a"), folder.path().join("b")]);
    }

    #[test]
    fn files_are_called_as_the_template_says() {
        let text = "[alembic]\nscript_location = x\n\
                    file_template = %%(year)d_%%(month).2d_%%(day)02d-%%(rev)s_%%(slug)s\n";
        let moment = [("year", 2026), ("month", 3), ("day", 4)];
        let name = read(text).file_name("abc", "add_things", &moment);
        assert_eq!(name.unwrap().unwrap(), "2026_03_04-abc_add_things");
        let name = read("[alembic]\nscript_location = x\nfile_template = %%(nothing)s\n").file_name("a", "b", &moment);
        assert!(name.unwrap_err().to_string().contains("`nothing` is not known"));
        assert_eq!(read("[alembic]\nscript_location = x\n").file_name("a", "b", &moment), Ok(None));
    }
}
