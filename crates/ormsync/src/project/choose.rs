//! Choosing the sources of a check: arguments first, then ormsync.toml, then what is found. Where several
//! candidates are found for one side the user is asked; nothing is picked at random.

use std::path::{Path, PathBuf};

use ormsync_prisma::{DatasourceUrl, Named};
use ormsync_schema::Origin;

use super::database_setting::DatabaseSetting;
use super::settings::Settings;
use super::side::{Location, Side};
use crate::command_line::SourceOptions;
use crate::discovery::{AlembicUrl, ConfigFile, url_of};
use crate::environment::Environment;
use crate::failure::{Failure, Result};
use crate::providers::Places;
use crate::{discovery, paths};

/// The sources of a check, in the order of answers.
///
/// # Errors
/// When there are several candidates for one of them.
pub(crate) fn sides(settings: &Settings, options: &SourceOptions) -> Result<Vec<Side>> {
    let prisma = prisma(settings, options)?;
    let sqlalchemy = sqlalchemy(settings, options)?;
    let schema = prisma.as_ref().map(|side| &side.location);
    let database = if options.no_database { None } else { database(settings, options, schema)? };
    Ok([prisma, sqlalchemy, database].into_iter().flatten().collect())
}

fn prisma(settings: &Settings, options: &SourceOptions) -> Result<Option<Side>> {
    if let Some(path) = &options.prisma {
        return Ok(Some(Side::prisma(prisma_location(path, Path::new("")), Origin::nowhere())));
    }
    if let Some(config) = &settings.config
        && let Some(section) = &config.file.prisma
    {
        let location = prisma_location(section.schema.get_ref(), config.folder());
        return Ok(Some(Side::prisma(location, config.origin(section.schema.span()))));
    }
    if settings.names_sources() {
        return Ok(None);
    }
    match settings.found().prisma.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(Side::prisma(Location::Prisma(only.clone()), Origin::nowhere()))),
        several => {
            let shown = several.iter().map(|path| paths::display(path)).collect();
            Err(several_candidates("Prisma schemas", shown, "--prisma PATH"))
        }
    }
}

/// A Prisma setting: a path, or a snapshot that stands for it.
fn prisma_location(text: &str, base: &Path) -> Location {
    match text.strip_prefix("snapshot:") {
        Some(file) => Location::Snapshot(paths::join(base, file)),
        None => Location::Prisma(paths::join(base, text.strip_prefix("prisma:").unwrap_or(text))),
    }
}

fn sqlalchemy(settings: &Settings, options: &SourceOptions) -> Result<Option<Side>> {
    if !options.sqlalchemy.is_empty() {
        let roots: Vec<&str> = options.sqlalchemy.iter().map(String::as_str).collect();
        let location = models_location(&roots, Path::new(""))?;
        return Ok(Some(Side::sqlalchemy(location, Origin::nowhere())));
    }
    if let Some(config) = &settings.config
        && let Some(section) = &config.file.sqlalchemy
    {
        let roots: Vec<&str> = section.models.get_ref().iter().map(|root| root.get_ref().as_str()).collect();
        if roots.is_empty() {
            let message = "`models` names no files: there is nothing to read";
            return Err(config.failure("config-value", message, section.models.span()));
        }
        let location = models_location(&roots, config.folder())?;
        return Ok(Some(Side::sqlalchemy(location, config.origin(section.models.span()))));
    }
    if settings.names_sources() {
        return Ok(None);
    }
    match settings.found().sqlalchemy.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(Side::sqlalchemy(Location::SqlAlchemy(only.clone()), Origin::nowhere()))),
        several => {
            let project =
                |roots: &Vec<PathBuf>| roots.iter().map(|root| paths::display(root)).collect::<Vec<_>>().join(" and ");
            let shown = several.iter().map(project).collect();
            Err(several_candidates("Python projects with SQLAlchemy models", shown, "--sqlalchemy PATH"))
        }
    }
}

/// A models setting: paths, or one snapshot that stands for them.
fn models_location(roots: &[&str], base: &Path) -> Result<Location> {
    let snapshots: Vec<&str> = roots.iter().filter_map(|root| root.strip_prefix("snapshot:")).collect();
    match snapshots.as_slice() {
        [] => {
            let path = |root: &&str| paths::join(base, root.strip_prefix("sqlalchemy:").unwrap_or(root));
            Ok(Location::SqlAlchemy(roots.iter().map(path).collect()))
        }
        [only] if roots.len() == 1 => Ok(Location::Snapshot(paths::join(base, only))),
        _ => Err(Failure::new("config-value", "a snapshot stands for all models and cannot be mixed with others")
            .with_help("name either one snapshot:FILE, or files and packages")),
    }
}

fn database(settings: &Settings, options: &SourceOptions, schema: Option<&Location>) -> Result<Option<Side>> {
    let schema_folder = schema.and_then(Location::prisma_folder).map(Path::to_owned);
    let bases = |first: &Path| std::iter::once(first.to_owned()).chain(schema_folder.clone()).collect();
    let section = settings.config.as_ref().and_then(|config| Some((config, config.file.database.as_ref()?)));
    let namespaces = section.map(|(_, section)| section.schemas.clone()).unwrap_or_default();
    if let Some(text) = &options.database {
        let setting = DatabaseSetting {
            text: text.clone(),
            said_by: "--database".to_owned(),
            origin: Origin::nowhere(),
            bases: bases(Path::new("")),
            namespaces,
        };
        return Ok(Some(database_side(&setting, &environment_for(settings, schema))));
    }
    if let Some((config, section)) = section
        && let Some(url) = &section.url
    {
        let setting = DatabaseSetting {
            text: url.get_ref().clone(),
            said_by: format!("`url` in {}", paths::display(&config.path)),
            origin: config.origin(url.span()),
            bases: bases(config.folder()),
            namespaces,
        };
        return Ok(Some(database_side(&setting, &environment_for(settings, schema))));
    }
    if settings.names_sources() && section.is_none() {
        return Ok(None);
    }
    found_database(settings, schema)
}

fn database_side(setting: &DatabaseSetting, environment: &Environment) -> Side {
    let mut side = Side::database(setting.resolve(environment), setting.origin.clone());
    side.written = setting.text.starts_with("env:").then(|| setting.text.clone());
    side
}

/// The database that variables, the Prisma datasource and alembic.ini name. They must all name the same one.
fn found_database(settings: &Settings, schema: Option<&Location>) -> Result<Option<Side>> {
    let environment = environment_for(settings, schema);
    let mut candidates = Vec::new();
    candidates.extend(schema.and_then(|schema| database_of_datasource(settings, schema)));
    let named_by_datasource = schema.is_some_and(|schema| settings_of_prisma_name(settings, schema, "DATABASE_URL"));
    if !named_by_datasource && settings.environment.get("DATABASE_URL").is_some() {
        candidates.push(DatabaseSetting {
            text: "env:DATABASE_URL".to_owned(),
            said_by: "DATABASE_URL".to_owned(),
            origin: Origin::nowhere(),
            bases: vec![settings.folder()],
            namespaces: Vec::new(),
        });
    }
    for file in &settings.found().alembic {
        if let AlembicUrl::Url(text) = url_of(file) {
            let said_by = format!("sqlalchemy.url in {}", paths::display(file));
            let bases = vec![paths::folder_of(file).to_owned()];
            candidates.push(DatabaseSetting {
                text,
                said_by,
                origin: Origin::nowhere(),
                bases,
                namespaces: Vec::new(),
            });
        }
    }
    let mut usable: Vec<(String, Side)> = Vec::new();
    for setting in candidates {
        let side = database_side(&setting, &environment);
        let is_new = !usable.iter().any(|(_, other)| same_database(&other.location, &side.location));
        if matches!(side.location, Location::Database { .. }) && is_new {
            usable.push((setting.said_by, side));
        }
    }
    if usable.len() > 1 {
        let shown = usable.iter().map(|(said_by, side)| format!("{said_by}: {}", side.location.describe())).collect();
        return Err(several_candidates("databases", shown, "--database URL (or --no-database)"));
    }
    Ok(usable.pop().map(|(_, side)| side))
}

/// Whether two URLs lead to the same database, whatever driver and user they name.
fn same_database(left: &Location, right: &Location) -> bool {
    match (left, right) {
        (Location::Database { url: left, .. }, Location::Database { url: right, .. }) => {
            left.dialect.name() == right.dialect.name()
                && left.host() == right.host()
                && left.database() == right.database()
                && left.file() == right.file()
        }
        _ => false,
    }
}

/// Variables as Prisma sees them: `.env` beside the schema, in the folder above it, and where prisma.config.ts reads
/// one count, too.
pub(crate) fn environment_for(settings: &Settings, schema: Option<&Location>) -> Environment {
    let mut environment = settings.environment.clone();
    if let Some(Location::Prisma(path)) = schema
        && let Some(config) = settings.prisma_config(path)
    {
        for file in &config.says.environment_files {
            environment.add_file(paths::join(Path::new(""), file));
        }
    }
    if let Some(folder) = schema.and_then(Location::prisma_folder) {
        environment.add_folder(folder);
        environment.add_folder(paths::folder_of(folder));
    }
    environment
}

/// What Prisma's own settings say about the database: those of prisma.config.ts where there are some, else the
/// datasource's; `directUrl` where it is usable, else `url`.
pub(crate) fn database_of_datasource(settings: &Settings, schema: &Location) -> Option<DatabaseSetting> {
    let Location::Prisma(path) = schema else { return None };
    let folder = schema.prisma_folder()?;
    let environment = environment_for(settings, Some(schema));
    if let Some(config) = settings.prisma_config(path) {
        if matches!(config.says.urls, Named::Unreadable) {
            settings.is_unclear(config);
            return None;
        }
        if config.says.urls.said().is_some() {
            let bases = vec![config.folder().to_owned(), folder.to_owned(), settings.folder()];
            return database_of_config(&config, &environment, &bases);
        }
    }
    let datasource = ormsync_prisma::datasource(path)?;
    let setting_of = |url: &DatasourceUrl, key: &str| {
        Some(DatabaseSetting {
            text: text_of(url, &environment)?,
            said_by: format!("{key} of the datasource in {}", paths::display(path)),
            origin: datasource.origin.clone(),
            bases: vec![folder.to_owned(), settings.folder()],
            namespaces: Vec::new(),
        })
    };
    let direct = datasource.direct_url.as_ref().and_then(|url| setting_of(url, "directUrl"));
    direct.or_else(|| setting_of(datasource.url.as_ref()?, "url"))
}

fn database_of_config(config: &ConfigFile, environment: &Environment, bases: &[PathBuf]) -> Option<DatabaseSetting> {
    let settings = [("datasource.directUrl", &config.says.direct_urls), ("datasource.url", &config.says.urls)];
    settings.into_iter().find_map(|(key, urls)| {
        let text = urls.said()?.iter().find_map(|url| text_of(url, environment))?;
        Some(DatabaseSetting {
            text,
            said_by: format!("{key} in {}", paths::display(&config.path)),
            origin: urls.origin().cloned().unwrap_or_default(),
            bases: bases.to_vec(),
            namespaces: Vec::new(),
        })
    })
}

/// The URL as a setting; none where it is a variable that is not set.
fn text_of(url: &DatasourceUrl, environment: &Environment) -> Option<String> {
    match url {
        DatasourceUrl::Literal(text) => Some(text.clone()),
        DatasourceUrl::Environment(name) => environment.get(name).map(|_| format!("env:{name}")),
    }
}

/// Whether Prisma's own settings name this variable.
fn settings_of_prisma_name(settings: &Settings, schema: &Location, variable: &str) -> bool {
    let Location::Prisma(path) = schema else { return false };
    let is_it = |url: &DatasourceUrl| matches!(url, DatasourceUrl::Environment(name) if name == variable);
    if let Some(config) = settings.prisma_config(path)
        && [&config.says.urls, &config.says.direct_urls].iter().any(|urls| urls.said().into_iter().flatten().any(is_it))
    {
        return true;
    }
    let Some(datasource) = ormsync_prisma::datasource(path) else { return false };
    datasource.url.iter().chain(&datasource.direct_url).any(is_it)
}

/// Where what says the server, beside the sources, is looked for.
pub(crate) fn witness_places(settings: &Settings, sides: &[Side]) -> Places {
    let schema = sides.iter().find(|side| matches!(side.location, Location::Prisma(_)));
    let folder = schema.and_then(|side| side.location.prisma_folder()).map(Path::to_owned);
    let file = settings.config.as_ref().map(|config| &config.file);
    let named = |path: Option<&toml::Spanned<String>>| path.map(|path| paths::join(&settings.folder(), path.get_ref()));
    let migrations = named(file.and_then(|file| file.prisma.as_ref()?.migrations.as_ref()))
        .or_else(|| folder.as_ref().map(|folder| paths::join(folder, "migrations")))
        .filter(|folder| folder.is_dir());
    let models = sides.iter().find_map(|side| match &side.location {
        Location::SqlAlchemy(roots) => roots.first(),
        _ => None,
    });
    let beside_models = || {
        let folders = models?.ancestors().skip(1).take(4).chain([Path::new("")]);
        folders.map(|folder| paths::join(folder, "alembic.ini")).find(|path| path.is_file())
    };
    let alembic = named(file.and_then(|file| file.sqlalchemy.as_ref()?.alembic.as_ref())).or_else(beside_models);
    let environment = alembic.as_deref().and_then(discovery::scripts_of).map(|folder| folder.join("env.py"));
    let variable = schema.and_then(|side| match &side.location {
        Location::Prisma(path) => match ormsync_prisma::datasource(path)?.url? {
            DatasourceUrl::Environment(name) => Some(name),
            DatasourceUrl::Literal(_) => None,
        },
        _ => None,
    });
    let mut roots = vec![settings.folder()];
    let nearer = folder.as_deref().map(paths::folder_of).into_iter().chain(alembic.as_deref().map(paths::folder_of));
    for root in nearer {
        if !roots.iter().any(|known| known == root) {
            roots.push(root.to_owned());
        }
    }
    let variable = variable.unwrap_or_else(|| "DATABASE_URL".to_owned());
    Places { roots, schema: folder, migrations, environment, variable }
}

fn several_candidates(what: &str, candidates: Vec<String>, option: &str) -> Box<Failure> {
    let message = format!("there are {} {what} here, and nothing says which one is meant", candidates.len());
    let list: String = candidates.iter().map(|candidate| format!("\n  {candidate}")).collect();
    Failure::new("several-candidates", message)
        .with_help(format!("choose one with {option}, or in ormsync.toml; found:{list}"))
}

/// That there is nothing to compare: what there is, and what was looked for.
pub(crate) fn too_few(sides: &[Side], settings: &Settings) -> Box<Failure> {
    let message = match sides {
        [] => "there is nothing to compare: no Prisma schema and no SQLAlchemy models were found".to_owned(),
        [only, ..] => format!("there is nothing to compare {} with: it is the only source", only.label),
    };
    let help = match &settings.config {
        Some(config) => format!(
            "{} needs two of [prisma], [sqlalchemy] and [database], or name a source with --prisma, --sqlalchemy or \
             --database",
            paths::display(&config.path)
        ),
        None => "name the sources with --prisma, --sqlalchemy and --database, or write ormsync.toml (`ormsync init`); \
                 folders that .gitignore names are not looked into"
            .to_owned(),
    };
    Failure::new("sources", message).with_help(help)
}
