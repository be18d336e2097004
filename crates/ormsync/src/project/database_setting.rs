//! What a database setting stands for: a URL, a variable that holds one, or a snapshot.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ormsync_database::DatabaseUrl;
use ormsync_schema::{Diagnostic, Origin, SourceFiles};

use super::side::Location;
use crate::environment::Environment;
use crate::paths;

/// A database as someone named it.
#[derive(Debug, Clone)]
pub(crate) struct DatabaseSetting {
    /// A URL, `env:NAME`, or `snapshot:FILE`.
    pub(crate) text: String,
    /// What named it, in words: `url in [database]`.
    pub(crate) said_by: String,
    /// Where.
    pub(crate) origin: Origin,
    /// The folders that a relative SQLite file may be in, the likeliest first.
    pub(crate) bases: Vec<PathBuf>,
    /// The namespaces to read.
    pub(crate) namespaces: Vec<String>,
}

impl DatabaseSetting {
    /// The database, or [`Location::Unusable`] with the reason. Messages never hold a password.
    pub(crate) fn resolve(&self, environment: &Environment) -> Location {
        if let Some(file) = self.text.strip_prefix("snapshot:") {
            let base = self.bases.first().map_or(Path::new(""), PathBuf::as_path);
            return Location::Snapshot(paths::join(base, file));
        }
        let Some(name) = self.text.strip_prefix("env:") else {
            return self.parse(&self.text, &self.said_by, None);
        };
        match environment.get(name) {
            Some(variable) => {
                let folder = variable.file.as_deref().map(|file| paths::folder_of(file).to_owned());
                let said_by = match &variable.file {
                    Some(file) => format!("{name} in {}", paths::display(file)),
                    None => name.to_owned(),
                };
                self.parse(&variable.value, &said_by, folder)
            }
            None => {
                let message = format!("the variable {name}, which {} names, is not set", self.said_by);
                let help = format!("{}; set it, write it into .env, or use --no-database", environment.searched());
                self.unusable("variable-missing", message, help)
            }
        }
    }

    fn parse(&self, text: &str, said_by: &str, folder: Option<PathBuf>) -> Location {
        // `file:./dev.db` is how Prisma's templates write it; shown paths are short.
        let text = text.trim();
        let text = text.strip_prefix("file:./").map_or(text.to_owned(), |path| format!("file:{path}"));
        let bases: Vec<&Path> = self.bases.iter().map(PathBuf::as_path).chain(folder.as_deref()).collect();
        let attempts: Vec<_> = bases.iter().map(|base| DatabaseUrl::parse_in(&text, base)).collect();
        let there = |url: &DatabaseUrl| url.file().is_none_or(Path::exists);
        let chosen = attempts.iter().position(|attempt| attempt.as_ref().is_ok_and(there)).unwrap_or(0);
        match attempts.into_iter().nth(chosen).unwrap_or_else(|| DatabaseUrl::parse(&text)) {
            Ok(url) => Location::Database { url: Box::new(url), namespaces: self.namespaces.clone() },
            Err(error) => {
                let help = "write it as postgresql://user@host/database, mysql://…, or sqlite:file.db";
                self.unusable("database-url", format!("{said_by} is no database URL: {error}"), help.to_owned())
            }
        }
    }

    fn unusable(&self, code: &str, message: String, help: String) -> Location {
        Location::Unusable(Box::new(Diagnostic::error(code, message, self.origin.clone()).with_help(help)))
    }
}

/// What the URLs of servers begin with, before a driver's name and a colon.
const SERVER_SCHEMES: &[&str] = &["postgresql", "postgres", "mysql", "mariadb"];

/// A text in which the passwords of a URL are stars, of the same length: for excerpts of files that hold one.
pub(crate) fn mask_url(text: &str) -> String {
    let mut masked = text.to_owned();
    let mut hide = |from: usize, to: usize| masked.replace_range(from..to, &"*".repeat(to - from));
    if let Some(start) = text.find("://").map(|at| at + 3)
        && let end = text[start..].find(['"', '\'', ' ', '\t']).map_or(text.len(), |at| start + at)
        // A password may itself hold an `@`: the last one counts.
        && let Some(at_sign) = text[start..end].rfind('@').map(|at| start + at)
        && let Some(colon) = text[start..at_sign].find(':')
    {
        hide(start + colon + 1, at_sign);
    }
    for scheme in SERVER_SCHEMES {
        // `postgresql:secret`: a slash is missing, and nothing tells which part is the password.
        for (at, found) in text.match_indices(&format!("{scheme}:")) {
            let rest = at + found.len();
            let end = text[rest..].find(['"', '\'', ' ', '\t']).map_or(text.len(), |length| rest + length);
            if !text[rest..].starts_with("//") {
                hide(rest, end);
            }
        }
    }
    for (at, key) in text.match_indices("password=") {
        let value = at + key.len();
        let end = text[value..].find(['&', '"', '\'', ' ', '\n']).map_or(text.len(), |length| value + length);
        hide(value, end);
    }
    masked
}

/// Whether a text begins as a database URL does, however wrong it may go on.
pub(crate) fn begins_like_a_server(text: &str) -> bool {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    let product = scheme.split_once('+').map_or(scheme, |(product, _)| product);
    SERVER_SCHEMES.contains(&product)
}

/// The same for every line of every file.
pub(crate) fn mask_files(files: &mut SourceFiles) {
    let suspicious = |text: &str| {
        let is_of_url = |at: usize| {
            text[at + 1..].starts_with("//") || SERVER_SCHEMES.iter().any(|scheme| text[..at].ends_with(scheme))
        };
        text.contains("password=") || text.match_indices(':').any(|(at, _)| is_of_url(at))
    };
    let found: Vec<(Arc<str>, String)> = files
        .iter()
        .filter(|(_, file)| suspicious(file.text()))
        .map(|(path, file)| (path.clone(), file.text().split('\n').map(mask_url).collect::<Vec<_>>().join("\n")))
        .collect();
    for (path, masked) in found {
        files.insert(path, masked);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_become_stars() {
        assert_eq!(mask_url("\"mysql://root:geheim@h/d\""), "\"mysql://root:******@h/d\"");
        assert_eq!(mask_url("mysql://root:a/b@c@h/d"), "mysql://root:*****@h/d");
        assert_eq!(mask_url("postgresql://h/d?user=x&password=abc&y=1"), "postgresql://h/d?user=x&password=***&y=1");
        assert_eq!(mask_url("sqlite:x.db"), "sqlite:x.db");
        assert_eq!(mask_url("url = \"postgresql:geheim\""), "url = \"postgresql:******\"");
        assert_eq!(mask_url("image: postgres:16"), "image: postgres:**");
        let harmless = "site String @default(\"http://h:80\") @map(\"a\")";
        assert_eq!(mask_url(harmless), harmless);
    }
}
