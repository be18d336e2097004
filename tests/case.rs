//! A case: a folder `fixtures/<area>/<case>/` with a `case.toml`, which says in words what it is
//! about and claims by hand what is to be found. `docs/testing.md` describes its keys.
//!
//! `build.rs` reads this file too, to name the tests; so it uses nothing of the other modules.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A server, or SQLite, that a case is for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Dialect {
    /// PostgreSQL.
    Postgresql,
    /// The newest PostgreSQL, on which every case for PostgreSQL is tried too.
    #[serde(skip)]
    PostgresqlNewest,
    /// Oracle's MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
    /// SQLite, the one that needs no server.
    Sqlite,
}

impl Dialect {
    /// The servers on which a case for this dialect is tried.
    #[allow(dead_code, reason = "for build.rs, which makes the tests")]
    pub(crate) fn servers(self) -> &'static [Self] {
        match self {
            Self::Postgresql | Self::PostgresqlNewest => &[Self::Postgresql, Self::PostgresqlNewest],
            Self::Mysql => &[Self::Mysql],
            Self::Mariadb => &[Self::Mariadb],
            Self::Sqlite => &[Self::Sqlite],
        }
    }

    /// The server, in the names of tests.
    #[allow(dead_code, reason = "for build.rs, which makes the tests")]
    pub(crate) fn server(self) -> &'static str {
        match self {
            Self::PostgresqlNewest => "postgresql_newest",
            other => other.name(),
        }
    }

    /// As `case.toml` and `--dialect` write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Postgresql | Self::PostgresqlNewest => "postgresql",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
            Self::Sqlite => "sqlite",
        }
    }
}

/// What a whole check says, and its exit code.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing of error severity.
    #[serde(rename = "in step")]
    InStep,
    /// At least one difference of error severity.
    #[serde(rename = "drift")]
    Drift,
    /// A source could not be read whole.
    #[serde(rename = "unanswered")]
    Unanswered,
}

/// One finding that a case claims.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Claim {
    /// The rule's name.
    pub(crate) rule: String,
    /// The physical name of what drifted.
    pub(crate) at: String,
    /// error, warning or note.
    pub(crate) severity: String,
    /// Who moved.
    pub(crate) verdict: String,
    /// Why it is there, in words.
    pub(crate) about: String,
}

/// The contents of `case.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFile {
    /// One line.
    pub(crate) title: String,
    /// What the case is about.
    pub(crate) about: String,
    /// The servers it is for.
    pub(crate) dialects: Vec<Dialect>,
    /// What the whole check says.
    pub(crate) verdict: Verdict,
    /// Servers that refuse the recorded `create.sql`: the recording engine's own mistake.
    #[serde(default)]
    pub(crate) refused_by: Vec<Dialect>,
    /// Every finding, of any severity, and nothing else.
    #[serde(default)]
    pub(crate) drift: Vec<Claim>,
}

/// A case with its place.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// `<area>/<case>`.
    pub(crate) name: String,
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// What it claims.
    pub(crate) file: CaseFile,
    /// What its `ormsync.toml` says about the sources.
    settings: Settings,
}

/// The part of `ormsync.toml` that says where the sources are.
#[derive(Clone, Debug, Default, Deserialize)]
struct Settings {
    prisma: Option<PrismaSettings>,
    sqlalchemy: Option<ModelSettings>,
}

#[derive(Clone, Debug, Deserialize)]
struct PrismaSettings {
    schema: Option<PathBuf>,
}

#[derive(Clone, Debug, Deserialize)]
struct ModelSettings {
    models: Option<Vec<PathBuf>>,
}

/// Where the cases are.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The names of all cases, `<area>/<case>`, sorted.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = folders(&fixtures())
        .iter()
        .flat_map(|area| folders(area))
        .filter(|folder| folder.join("case.toml").is_file())
        .map(|folder| name_of(&folder))
        .collect();
    names.sort();
    names
}

/// The folders in a folder; none when it isn't there.
pub(crate) fn folders(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect()
}

fn name_of(folder: &Path) -> String {
    let relative = folder.strip_prefix(fixtures()).unwrap_or(folder);
    relative.to_string_lossy().replace('\\', "/")
}

impl Case {
    /// Reads a case by its name.
    ///
    /// # Errors
    ///
    /// What is wrong with its `case.toml` or `ormsync.toml`, with the place.
    pub(crate) fn read(name: &str) -> Result<Self, String> {
        let folder = fixtures().join(name);
        let file: CaseFile = read_toml(&folder.join("case.toml"))?;
        let configuration = folder.join("ormsync.toml");
        let settings = if configuration.is_file() { read_toml(&configuration)? } else { Settings::default() };
        let case = Self { name: name.to_owned(), folder, file, settings };
        case.refuse_contradictions()?;
        Ok(case)
    }

    /// The rules of `case.toml` that its grammar can't say.
    fn refuse_contradictions(&self) -> Result<(), String> {
        let place = self.folder.join("case.toml");
        let complain = |what: &str| Err(format!("{}: {what}", place.display()));
        if self.file.title.trim().is_empty() || self.file.about.trim().is_empty() {
            return complain("`title` and `about` say what the case is about, and can't be empty");
        }
        if self.file.dialects.is_empty() {
            return complain("`dialects` is empty, so the case would test nothing");
        }
        if !self.file.refused_by.is_empty() && self.recorded().is_none() {
            return complain("`refused_by` is about a recorded create.sql, and there is none");
        }
        let errors = self.file.drift.iter().any(|claim| claim.severity == "error");
        match self.file.verdict {
            Verdict::InStep if errors => {
                complain("the verdict is `in step`, but there is a [[drift]] of error severity")
            }
            Verdict::Drift if !errors => {
                complain("the verdict is `drift`, but there is no [[drift]] of error severity")
            }
            _ if self.file.drift.iter().any(|claim| claim.about.trim().is_empty()) => {
                complain("each [[drift]] says in `about` why it is there")
            }
            _ => Ok(()),
        }
    }

    /// The script of the live database, if the case has one.
    pub(crate) fn database(&self) -> Option<PathBuf> {
        existing(self.folder.join("database.sql"))
    }

    /// The configuration, if the case has one.
    pub(crate) fn configuration(&self) -> Option<PathBuf> {
        existing(self.folder.join("ormsync.toml"))
    }

    /// What the Prisma engine wrote for the schema, recorded because the engine at hand can't.
    pub(crate) fn recorded(&self) -> Option<PathBuf> {
        existing(self.folder.join("create.sql"))
    }

    /// The Prisma schema, a file or a folder.
    pub(crate) fn prisma_schema(&self) -> Option<PathBuf> {
        let configured = self.settings.prisma.as_ref().and_then(|it| it.schema.clone());
        let names = configured.map_or_else(|| vec!["schema.prisma".into(), "schema".into()], |path| vec![path]);
        self.first_existing(&names)
    }

    /// The SQLAlchemy models: a file or a package.
    pub(crate) fn models(&self) -> Option<PathBuf> {
        let configured = self.settings.sqlalchemy.as_ref().and_then(|it| it.models.clone());
        self.first_existing(&configured.unwrap_or_else(|| vec!["models.py".into(), "models".into()]))
    }

    /// The models that SQLAlchemy is given: the same in the spelling of an older Python, where the case's own has syntax
    /// that the judges' Python may not know yet.
    #[allow(dead_code, reason = "only tests with judges want it")]
    pub(crate) fn judged_models(&self) -> Option<PathBuf> {
        existing(self.folder.join("older_python.py")).or_else(|| self.models())
    }

    fn first_existing(&self, names: &[PathBuf]) -> Option<PathBuf> {
        names.iter().find_map(|name| existing(self.folder.join(name)))
    }
}

fn existing(path: PathBuf) -> Option<PathBuf> {
    path.exists().then_some(path)
}

fn read_toml<T: for<'text> Deserialize<'text>>(path: &Path) -> Result<T, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}
