//! ormsync.toml: what may be in it, and reading it.
//!
//! The structs below are the one list of keys: the JSON Schema that editors use, the check for unknown
//! keys and the suggestions are made from them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use ormsync_diff::RULES;
use ormsync_report::audit::Expectations;
use ormsync_schema::{Diagnostic, Origin, Severity, SourceFiles, Span};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use toml::Spanned;

use crate::failure::{Failure, Result};
use crate::project::mask_files;
use crate::{config_keys, paths};

/// The file that is looked for.
pub(crate) const FILE_NAME: &str = "ormsync.toml";

/// The configuration of ormsync. Paths are relative to the file; `.env` beside it is read.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "ormsync.toml", deny_unknown_fields)]
pub(crate) struct ConfigFile {
    /// The database server's dialect; else it is taken from the Prisma datasource and the database URL. They must agree.
    #[schemars(with = "Option<DialectName>")]
    pub(crate) dialect: Option<Spanned<DialectName>>,
    /// The source that is right: verdicts and fixes lead towards it.
    #[schemars(with = "Option<SourceName>")]
    pub(crate) truth: Option<Spanned<SourceName>>,
    /// The Prisma side.
    pub(crate) prisma: Option<PrismaSection>,
    /// The SQLAlchemy side.
    pub(crate) sqlalchemy: Option<SqlAlchemySection>,
    /// The live database.
    pub(crate) database: Option<DatabaseSection>,
    /// Who writes which table's DDL, as globs of table names. What isn't named is shared: both sides must map it.
    pub(crate) ownership: OwnershipSection,
    /// Severities of rules; `ormsync explain` lists them.
    #[schemars(schema_with = "rules_schema")]
    pub(crate) rules: RulesSection,
    /// How migrations are written.
    pub(crate) migrate: MigrateSection,
    /// How `ormsync verify` has the project's own Prisma and Alembic run.
    pub(crate) verify: VerifySection,
    /// What documents promise of the database, and what `ormsync audit` looks for.
    pub(crate) audit: Expectations,
}

/// The dialects, with the common other names of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DialectName {
    /// PostgreSQL.
    #[serde(alias = "postgres")]
    Postgresql,
    /// MySQL.
    Mysql,
    /// MariaDB, a flavour of MySQL.
    Mariadb,
    /// SQLite.
    Sqlite,
}

impl DialectName {
    /// The name as written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Postgresql => "postgresql",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
            Self::Sqlite => "sqlite",
        }
    }
}

/// The sources of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SourceName {
    /// The Prisma schema.
    Prisma,
    /// The SQLAlchemy models.
    Sqlalchemy,
    /// The live database.
    Database,
}

impl SourceName {
    /// The name in configuration, verdicts and JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Prisma => "prisma",
            Self::Sqlalchemy => "sqlalchemy",
            Self::Database => "database",
        }
    }
}

/// `[prisma]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrismaSection {
    /// The schema: a file, a folder of .prisma files, or a pinned snapshot (`snapshot:FILE`).
    #[schemars(with = "String")]
    pub(crate) schema: Spanned<String>,
    /// The folder of Prisma's migrations.
    #[schemars(with = "Option<String>")]
    pub(crate) migrations: Option<Spanned<String>>,
}

/// `[sqlalchemy]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SqlAlchemySection {
    /// The models: files and packages, or one pinned snapshot (`snapshot:FILE`).
    #[schemars(with = "Vec<String>")]
    pub(crate) models: Spanned<Vec<Spanned<String>>>,
    /// Alembic's settings, alembic.ini.
    #[schemars(with = "Option<String>")]
    pub(crate) alembic: Option<Spanned<String>>,
    /// How models are read: `static` reads the source text, `import` has the project's own Python import them.
    #[serde(default)]
    #[schemars(with = "Option<Extract>")]
    pub(crate) extract: Option<Spanned<Extract>>,
    /// The project's own Python, for `extract = "import"`; else the active virtual environment's, or the nearest one's.
    #[schemars(with = "Option<String>")]
    pub(crate) python: Option<Spanned<String>>,
}

/// How models are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Extract {
    /// From the source text; nothing is imported or run.
    Static,
    /// By the project's own Python.
    Import,
}

/// `[database]`
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DatabaseSection {
    /// The URL, or `env:NAME` to take it from a variable of the environment or `.env`, or a pinned snapshot (`snapshot:FILE`).
    #[schemars(with = "Option<String>")]
    pub(crate) url: Option<Spanned<String>>,
    /// The schemas (PostgreSQL's namespaces) to read; else the one the URL names and those the models name.
    pub(crate) schemas: Vec<String>,
}

/// `[ownership]`
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OwnershipSection {
    /// Prisma writes their DDL; the other side may map them, and is then verified.
    pub(crate) prisma: Vec<String>,
    /// SQLAlchemy and Alembic write their DDL; the other side may map them, and is then verified.
    pub(crate) sqlalchemy: Vec<String>,
    /// Nobody here writes their DDL; declared shapes are still verified.
    pub(crate) external: Vec<String>,
    /// Findings about them are notes.
    pub(crate) observed: Vec<String>,
    /// Left out.
    pub(crate) ignore: Vec<String>,
}

/// What a rule's findings weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RuleLevel {
    /// Not looked for.
    Off,
    /// Worth knowing.
    Note,
    /// Probably wrong.
    Warning,
    /// Fails the gate.
    Error,
}

impl RuleLevel {
    /// The severity; none for `off`.
    pub(crate) fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Note => Some(Severity::Note),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// `[rules]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RulesSection {
    /// Severities for some tables and columns, by a glob of their names.
    pub(crate) overrides: BTreeMap<String, BTreeMap<String, RuleLevel>>,
    /// Severities everywhere else.
    #[serde(flatten)]
    pub(crate) levels: BTreeMap<String, RuleLevel>,
}

/// `[migrate]`
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MigrateSection {
    /// How two histories over one database keep from running the same change twice.
    pub(crate) history: Option<History>,
    /// How revisions are named.
    pub(crate) revision: Option<RevisionNames>,
}

/// `[verify]`
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct VerifySection {
    /// Prisma's command line, a word each: `["pnpm", "exec", "prisma"]`; else that of the nearest node_modules.
    pub(crate) prisma_command: Vec<String>,
    /// The folder that Prisma's command runs in; else that of prisma.config.ts, or of the nearest package.json.
    pub(crate) prisma_folder: Option<String>,
    /// Alembic's command line, a word each: `["uv", "run", "alembic"]`; else `-m alembic` of the project's Python.
    pub(crate) alembic_command: Vec<String>,
    /// The folder that Alembic's command runs in; else that of alembic.ini.
    pub(crate) alembic_folder: Option<String>,
    /// How many seconds one command may take; else 600.
    #[schemars(range(min = 1))]
    pub(crate) time_limit: Option<u64>,
    /// Variables of both commands; `{url}`, `{host}`, `{port}`, `{user}`, `{password}`, `{database}` are the scratch one's.
    pub(crate) environment: BTreeMap<String, String>,
}

/// How two histories over one database keep from running the same change twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum History {
    /// Whichever tool runs first records the other's migration too.
    Lockstep,
    /// The Alembic side looks whether its pair has run.
    Guarded,
    /// No tie.
    Independent,
}

/// How revisions are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RevisionNames {
    /// `001_init_ledger`
    Sequential,
    /// Alembic's hexadecimal names.
    Hash,
}

/// One property for every rule of the registry.
fn rules_schema(generator: &mut SchemaGenerator) -> Schema {
    let level = generator.subschema_for::<RuleLevel>();
    let mut properties = serde_json::Map::new();
    for rule in RULES {
        let mut schema = level.clone();
        schema.insert("description".to_owned(), rule.summary.into());
        schema.insert("default".to_owned(), rule.severity.as_str().into());
        properties.insert(rule.name.to_owned(), schema.to_value());
    }
    let rules = json_schema!({ "type": "object", "properties": properties.clone(), "additionalProperties": false });
    let overrides = json_schema!({
        "type": "object",
        "description": "Severities for some tables and columns, by a glob of their names: \"audit_*\", \"users.legacy_*\".",
        "additionalProperties": rules,
    });
    properties.insert("overrides".to_owned(), overrides.to_value());
    json_schema!({ "type": "object", "properties": properties, "additionalProperties": false, "default": {} })
}

/// The JSON Schema of the file.
pub(crate) fn json_schema() -> Schema {
    schemars::schema_for!(ConfigFile)
}

/// A configuration as it was read, with its text for messages.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// What is in it.
    pub(crate) file: ConfigFile,
    /// The file as the user would write it.
    pub(crate) path: PathBuf,
    /// The file's text, by that path.
    pub(crate) files: SourceFiles,
    shared_path: Arc<str>,
}

impl Config {
    /// The folder that paths in the file are relative to.
    pub(crate) fn folder(&self) -> &Path {
        paths::folder_of(&self.path)
    }

    /// The place of a value.
    pub(crate) fn origin(&self, span: Range<usize>) -> Origin {
        Origin::file(&self.shared_path, Span::new(span.start, span.end))
    }

    /// A failure with one message about a value.
    pub(crate) fn failure(&self, code: &str, message: impl Into<String>, span: Range<usize>) -> Box<Failure> {
        let mut masked = self.files.clone();
        mask_files(&mut masked);
        Failure::from_diagnostics(vec![Diagnostic::error(code, message, self.origin(span))], masked)
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, is not TOML, or holds keys or values that do not exist.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::new("config-file", format!("{} could not be read: {error}", paths::display(path)))
                .with_help("`ormsync init` writes a configuration file")
        })?;
        let mut files = SourceFiles::default();
        let shared_path = files.insert(paths::display(path), text.as_str());
        let (diagnostics, file) = parse(&text, &shared_path);
        match file {
            Some(file) if diagnostics.is_empty() => Ok(Self { file, path: path.to_owned(), files, shared_path }),
            _ => {
                mask_files(&mut files);
                Err(Failure::from_diagnostics(diagnostics, files))
            }
        }
    }

    /// The file that `--config` names, else the nearest ormsync.toml from the current folder upwards.
    ///
    /// # Errors
    /// As [`Config::read`]. That there is no file is not an error unless `--config` names it.
    pub(crate) fn find(named: Option<&Path>) -> Result<Option<Self>> {
        if let Some(named) = named {
            let path = if named.is_dir() { named.join(FILE_NAME) } else { named.to_owned() };
            return Self::read(&path).map(Some);
        }
        let here = std::env::current_dir().unwrap_or_default();
        let mut path = PathBuf::new();
        for folder in here.ancestors() {
            if folder.join(FILE_NAME).is_file() {
                return Self::read(&path.join(FILE_NAME)).map(Some);
            }
            path.push("..");
        }
        Ok(None)
    }
}

/// Reads a configuration's text: every problem that can be told at once, and the configuration if it could
/// be made.
fn parse(text: &str, path: &Arc<str>) -> (Vec<Diagnostic>, Option<ConfigFile>) {
    let error = |error: &toml::de::Error, code: &str| {
        let span = error.span().unwrap_or_default();
        // The parser's message may have a second line with what it expected.
        let mut lines = error.message().lines();
        let message = lines.next().unwrap_or_default().to_owned();
        let diagnostic = Diagnostic::error(code, message, Origin::file(path, Span::new(span.start, span.end)));
        let help: Vec<&str> = lines.collect();
        if help.is_empty() { diagnostic } else { diagnostic.with_help(help.join("\n")) }
    };
    let (table, errors) = toml::de::DeTable::parse_recoverable(text);
    let mut diagnostics: Vec<Diagnostic> = errors.iter().map(|syntax| error(syntax, "config-syntax")).collect();
    diagnostics.extend(config_keys::unknown_keys(&table, path));
    if !diagnostics.is_empty() {
        return (diagnostics, None);
    }
    match toml::from_str(text) {
        Ok(file) => (diagnostics, Some(file)),
        Err(wrong) => (vec![error(&wrong, "config-value")], None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn problems(text: &str) -> Vec<(String, String, Option<String>)> {
        let mut files = SourceFiles::default();
        let path = files.insert(FILE_NAME, text);
        let (diagnostics, file) = parse(text, &path);
        assert!(diagnostics.is_empty() == file.is_some());
        diagnostics.into_iter().map(|diagnostic| (diagnostic.code, diagnostic.message, diagnostic.help)).collect()
    }

    #[test]
    fn the_design_s_example_is_understood() {
        let rules = if RULES.is_empty() { "" } else { "index-name = \"off\"" };
        let text = format!(
            r#"
dialect = "mysql"
truth   = "prisma"

[prisma]
schema     = "commerce/prisma/schema.prisma"
migrations = "commerce/prisma/migrations"

[sqlalchemy]
models  = ["backend/app/models"]
alembic = "backend/alembic.ini"
extract = "static"
python  = "backend/.venv/bin/python"

[database]
url     = "env:DATABASE_URL"
schemas = ["public"]

[ownership]
prisma     = ["cart_*"]
sqlalchemy = ["celery_*"]
external   = ["keycloak_*"]
observed   = ["legacy_*"]
ignore     = ["spatial_ref_sys"]

[rules]
{rules}

[migrate]
history   = "lockstep"
revision  = "sequential"

[verify]
prisma_command  = ["pnpm", "exec", "prisma"]
prisma_folder   = "commerce"
alembic_command = ["uv", "run", "alembic"]
alembic_folder  = "backend"
time_limit      = 60

[verify.environment]
APP_DATABASE_URL = "{{url}}"

[audit]
expect       = {{ tables = 19, indexes = 26, foreign_keys = 11 }}
tables       = ["users", "bookings"]
not_personal = ["vendors.*"]

[audit.personal]
loyalty = ["loyalty number"]
"#
        );
        assert_eq!(problems(&text), []);
    }

    #[test]
    fn unknown_keys_are_told_all_at_once_with_suggestions() {
        let told = problems("dialct = \"mysql\"\n[prisma]\nschma = \"x\"\n[prism]\n[rules]\nindex-nam = \"off\"\n");
        assert_eq!(told.len(), 4, "{told:#?}");
        assert_eq!(told[0].1, "unknown key `dialct`");
        assert_eq!(told[0].2.as_deref(), Some("did you mean `dialect`?"));
        assert_eq!(told[1].1, "unknown key `schma` in [prisma]");
        assert_eq!(told[1].2.as_deref(), Some("did you mean `schema`?"));
        assert_eq!(told[2].2.as_deref(), Some("did you mean `prisma`?"));
        assert_eq!(told[3].1, "unknown rule `index-nam` in [rules]");
    }

    #[test]
    fn wrong_values_and_syntax_are_told() {
        assert_eq!(problems("dialect = \"oracle\"\n")[0].0, "config-value");
        assert_eq!(problems("truth = 3\n")[0].0, "config-value");
        assert_eq!(problems("[audit]\nexpect = { tabels = 3 }\n")[0].2.as_deref(), Some("did you mean `tables`?"));
        assert_eq!(problems("dialect = \n")[0].0, "config-syntax");
        assert_eq!(problems("[prisma]\n")[0].1, "missing field `schema`");
    }

    /// The JSON Schemas in `schemas/` are what the types say. `ORMSYNC_BLESS=1` writes them anew.
    #[test]
    fn the_json_schemas_are_fresh() {
        let baseline = crate::baseline::json_schema();
        let verify = crate::commands::verify_report::json_schema();
        for (name, schema) in [("ormsync.toml", json_schema()), ("baseline", baseline), ("verify", verify)] {
            let path = format!("../../schemas/{name}.schema.json");
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            let fresh = serde_json::to_string_pretty(&schema).unwrap() + "\n";
            if std::env::var_os("ORMSYNC_BLESS").is_some() {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, &fresh).unwrap();
            }
            let kept = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(kept == fresh, "{} is stale: run `ORMSYNC_BLESS=1 cargo test -p ormsync`", path.display());
        }
    }
}
