//! What a command of the project's is told of the scratch database, and what it is not to find in its environment.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_database::DatabaseUrl;

use crate::environment::Environment;

/// What only Prisma understands of a URL.
const PRISMA_PARAMETERS: &[&str] =
    &["schema", "connection_limit", "pool_timeout", "socket_timeout", "pgbouncer", "statement_cache_size", "sslaccept"];

/// Which program a URL is for: they have different words for the same database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Prisma: `file:` for SQLite, no drivers.
    Prisma,
    /// SQLAlchemy.
    SqlAlchemy,
}

/// The scratch database as a program is told of it.
#[derive(Clone)]
pub(super) struct Address<'a> {
    pub(super) scratch: &'a DatabaseUrl,
    pub(super) reader: Reader,
    /// The scheme where nothing else is known of one: `postgresql+asyncpg`.
    pub(super) scheme: String,
}

impl<'a> Address<'a> {
    /// The address for a program; `known` is a URL that the project has for it, whose driver counts.
    pub(super) fn new(scratch: &'a DatabaseUrl, reader: Reader, known: Option<&str>) -> Self {
        let usual = match (scratch.dialect.name(), reader) {
            ("sqlite", Reader::Prisma) => "file",
            (name, _) => name,
        };
        let scheme = known.and_then(|url| scheme_of(url, scratch)).unwrap_or_else(|| usual.to_owned());
        Self { scratch, reader, scheme }
    }

    /// The URL, password and all.
    pub(super) fn url(&self) -> String {
        self.with_scheme(&self.scheme)
    }

    fn with_scheme(&self, scheme: &str) -> String {
        // A URL without a driver may be Prisma's, which env.py then makes its own of, or SQLAlchemy's.
        let without = if self.reader == Reader::Prisma { &[][..] } else { PRISMA_PARAMETERS };
        self.scratch.spelled(scheme, without)
    }

    /// A text with `{url}`, `{host}`, `{port}`, `{user}`, `{password}` and `{database}` filled in.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (before, behind) = rest.split_at(at);
            filled.push_str(before);
            let value = behind[1..].find('}').and_then(|end| {
                let name = &behind[1..=end];
                let value = if name == "url" { Some(self.url()) } else { self.scratch.part(name) };
                value.map(|value| (value, end + 2))
            });
            match value {
                Some((value, length)) => {
                    filled.push_str(&value);
                    rest = &behind[length..];
                }
                None => {
                    filled.push('{');
                    rest = &behind[1..];
                }
            }
        }
        filled + rest
    }

    /// The variables that lead a program to the scratch database: those that settings name, those of the environment and of
    /// `.env` files that lead to a database of the kind, and those that the project lists for it.
    pub(super) fn variables(
        &self,
        environment: &Environment,
        named: &BTreeSet<String>,
        listed: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let mut variables: BTreeMap<String, String> = BTreeMap::new();
        for name in named {
            let scheme = environment.get(name).and_then(|variable| scheme_of(&variable.value, self.scratch));
            variables.insert(name.clone(), self.with_scheme(scheme.as_deref().unwrap_or(&self.scheme)));
        }
        for (name, value) in environment.all() {
            if let Some(scheme) = scheme_of(&value, self.scratch) {
                variables.insert(name, self.with_scheme(&scheme));
            }
        }
        variables.extend(listed.iter().map(|(name, text)| (name.clone(), self.fill(text))));
        variables
    }
}

/// The scheme of a URL of the same kind of database; none of anything else.
fn scheme_of(value: &str, scratch: &DatabaseUrl) -> Option<String> {
    let value = value.trim().trim_matches(['"', '\'']);
    let (scheme, rest) = value.split_once(':')?;
    let is_url = scheme == "file" || rest.starts_with("//") || scheme.starts_with("sqlite");
    let url = DatabaseUrl::parse(value).ok().filter(|_| is_url)?;
    // `file:` is how other things than databases are named, too.
    let is_file = scheme != "file" || [".db", ".sqlite", ".sqlite3"].iter().any(|end| is_named(&url, end));
    (url.dialect.name() == scratch.dialect.name() && is_file).then(|| scheme.to_ascii_lowercase())
}

fn is_named(url: &DatabaseUrl, end: &str) -> bool {
    url.file().is_some_and(|file| file.to_string_lossy().ends_with(end))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_a_command_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let lines = "APP_DSN=postgresql+asyncpg://me:real@prod/shop\nREDIS=redis://x\nNOTE=file:plan.txt\n\
                     ARCHIVE=mysql://a@b/c\n";
        std::fs::write(folder.path().join(".env"), lines).unwrap();
        let mut environment = Environment::default();
        environment.add_folder(folder.path());
        let scratch = DatabaseUrl::parse("postgresql://ci:word@localhost/scratch?schema=app").unwrap();
        let address = Address::new(&scratch, Reader::SqlAlchemy, Some("postgresql+psycopg://x@y/z"));
        let named = BTreeSet::from(["DATABASE_URL_OF_NOBODY".to_owned()]);
        let listed =
            BTreeMap::from([("DB".to_owned(), "{user}:{password}@{host}:{port}/{database} {odd} {".to_owned())]);
        let told = address.variables(&environment, &named, &listed);
        let of = |name: &str| told.get(name).map(String::as_str);
        assert_eq!(of("APP_DSN"), Some("postgresql+asyncpg://ci:word@localhost:5432/scratch"));
        assert_eq!(of("DATABASE_URL_OF_NOBODY"), Some("postgresql+psycopg://ci:word@localhost:5432/scratch"));
        assert_eq!(of("DB"), Some("ci:word@localhost:5432/scratch {odd} {"));
        assert_eq!((of("REDIS"), of("NOTE"), of("ARCHIVE")), (None, None, None));
        let address = Address::new(&scratch, Reader::Prisma, None);
        assert_eq!(address.url(), "postgresql://ci:word@localhost:5432/scratch?schema=app");
    }
}
