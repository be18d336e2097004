//! What a `SOURCE` on the command line means: a path or URL that says what it is, a prefix where that is
//! ambiguous, or the name of a side of ormsync.toml.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ormsync_schema::Origin;

use crate::command_line::SourceOptions;
use crate::discovery::{ConfigFile, schema_of};
use crate::failure::{Failure, Result};
use crate::paths;
use crate::project::{DatabaseSetting, Location, Settings, Side, begins_like_a_server, sides};

const PREFIXES: &str = "prisma:PATH, sqlalchemy:PATH, prisma-migrations:PATH, alembic:PATH, sql:PATH or snapshot:PATH";

/// The side that a `SOURCE` stands for.
///
/// # Errors
/// When it is not there, cannot be told, or could be two things.
pub(crate) fn recognise(text: &str, settings: &Settings) -> Result<Side> {
    if let Some(side) = configured(text, settings)? {
        return Ok(side);
    }
    if is_url(text) {
        return Ok(Side::database(database(text, settings), Origin::nowhere()));
    }
    let location = match text.split_once(':') {
        Some(("prisma", path)) => prisma(&existing(path)?)?,
        Some(("sqlalchemy", path)) => Location::SqlAlchemy(vec![existing(path)?]),
        Some(("snapshot", path)) => Location::Snapshot(existing(path)?),
        Some(("alembic", path)) => Location::Alembic(existing(path)?),
        Some(("prisma-migrations", path)) => Location::PrismaMigrations(existing(path)?),
        Some(("sql", path)) => Location::Sql(existing(path)?),
        _ => by_content(&existing(text)?)?,
    };
    if let Location::Database { .. } | Location::Unusable(_) = location {
        return Ok(Side::database(location, Origin::nowhere()));
    }
    Ok(Side::new(location, Origin::nowhere()))
}

/// `prisma`, `sqlalchemy` and `database` are the sides of those names, where ormsync.toml has them.
fn configured(text: &str, settings: &Settings) -> Result<Option<Side>> {
    if !matches!(text, "prisma" | "sqlalchemy" | "database") {
        return Ok(None);
    }
    if !settings.names_sources() && Path::new(text).exists() {
        return Ok(None);
    }
    let sides = sides(settings, &SourceOptions::default())?;
    let side = sides.into_iter().find(|side| side.name == text);
    if side.is_none() && !Path::new(text).exists() {
        let message = format!("there is no source called {text}");
        return Err(Failure::new("source", message)
            .with_help(format!("add a section [{text}] to ormsync.toml, or give a path or URL")));
    }
    Ok(side)
}

fn is_url(text: &str) -> bool {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    // A server's URL with a mistake is no path: as one it would be printed, password and all.
    text.contains("://") || matches!(scheme, Some("sqlite" | "file" | "env")) || begins_like_a_server(text)
}

fn database(text: &str, settings: &Settings) -> Location {
    let section = settings.config.as_ref().and_then(|config| config.file.database.as_ref());
    let setting = DatabaseSetting {
        text: text.to_owned(),
        said_by: if text.starts_with("env:") { "the source".to_owned() } else { "the source given".to_owned() },
        origin: Origin::nowhere(),
        bases: vec![PathBuf::new()],
        namespaces: section.map(|section| section.schemas.clone()).unwrap_or_default(),
    };
    setting.resolve(&settings.environment)
}

fn existing(path: &str) -> Result<PathBuf> {
    let joined = paths::join(Path::new(""), path);
    if paths::openable(&joined).exists() {
        return Ok(joined);
    }
    Err(Failure::new("source", format!("{path}: there is no such file or folder"))
        .with_help("a source is a path, a database URL, or a side's name: `ormsync diff --help` lists them"))
}

/// What a path is, by its extension, its beginning, or what lies in the folder.
fn by_content(path: &Path) -> Result<Location> {
    if path.is_dir() || path.as_os_str().is_empty() {
        return folder(path);
    }
    if is_prisma_config(path) {
        return prisma(path);
    }
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("prisma") => Ok(Location::Prisma(path.to_owned())),
        Some("py") => Ok(Location::SqlAlchemy(vec![path.to_owned()])),
        Some("json") => Ok(Location::Snapshot(path.to_owned())),
        Some("ini") => Ok(Location::Alembic(path.to_owned())),
        Some("sql") => Ok(Location::Sql(path.to_owned())),
        _ if is_sqlite(path) => Ok(sqlite(path)),
        _ => Err(Failure::new("source", format!("{}: nothing says what this file is", paths::display(path)))
            .with_help(format!("say it with a prefix: {PREFIXES}"))),
    }
}

fn is_prisma_config(path: &Path) -> bool {
    ormsync_prisma::CONFIG_FILES.iter().any(|name| path.ends_with(name))
}

/// A schema, or the one that a prisma.config.ts is about.
fn prisma(path: &Path) -> Result<Location> {
    if !is_prisma_config(path) {
        return Ok(Location::Prisma(path.to_owned()));
    }
    let config = ConfigFile::read(path.to_owned());
    schema_of(&config).map(Location::Prisma).ok_or_else(|| {
        let message = format!("{}: the schema that it is about was not found", paths::display(path));
        Failure::new("source", message).with_help("name the schema itself: a `.prisma` file, or a folder of them")
    })
}

/// The sixteen bytes that every SQLite database begins with.
fn is_sqlite(path: &Path) -> bool {
    let mut head = [0; 16];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && &head == b"SQLite format 3\0"
}

fn sqlite(path: &Path) -> Location {
    let setting = DatabaseSetting {
        text: format!("sqlite:{}", paths::display(path)),
        said_by: "the source".to_owned(),
        origin: Origin::nowhere(),
        bases: vec![PathBuf::new()],
        namespaces: Vec::new(),
    };
    // A path is no secret and no variable; the environment is not asked.
    setting.resolve(&crate::environment::Environment::default())
}

fn folder(path: &Path) -> Result<Location> {
    let shown = paths::display(path);
    if path.join("migration_lock.toml").is_file() || !ormsync_prisma::migration_names(path).is_empty() {
        return Ok(Location::PrismaMigrations(path.to_owned()));
    }
    if path.join("env.py").is_file() && path.join("versions").is_dir() {
        return Ok(Location::Alembic(path.to_owned()));
    }
    let (prisma, python) = languages_in(path);
    match (prisma, python) {
        (true, false) => Ok(Location::Prisma(path.to_owned())),
        (false, true) => Ok(Location::SqlAlchemy(vec![path.to_owned()])),
        (true, true) => Err(Failure::new("source", format!("{shown} holds both .prisma and .py files"))
            .with_help(format!("say which is meant: prisma:{shown} or sqlalchemy:{shown}"))),
        (false, false) => Err(Failure::new("source", format!("{shown} holds neither .prisma nor .py files"))
            .with_help("name the folder that holds the schema or the models")),
    }
}

/// Whether there are `.prisma` files, and `.py` files, in a folder or below.
fn languages_in(folder: &Path) -> (bool, bool) {
    let (mut prisma, mut python) = (false, false);
    for entry in WalkBuilder::new(paths::openable(folder)).standard_filters(false).hidden(true).build().flatten() {
        match entry.path().extension().and_then(|extension| extension.to_str()) {
            Some("prisma") => prisma = true,
            Some("py") => python = true,
            _ => {}
        }
        if prisma && python {
            break;
        }
    }
    (prisma, python)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn recognised(text: &str) -> std::result::Result<Location, String> {
        let side = recognise(text, &Settings::without_config());
        side.map(|side| side.location).map_err(|failure| failure.diagnostics[0].message.clone())
    }

    #[test]
    fn paths_say_what_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            path.to_str().unwrap().to_owned()
        };
        assert!(matches!(recognised(&path("a.prisma")), Ok(Location::Prisma(_))));
        assert!(matches!(recognised(&path("a.py")), Ok(Location::SqlAlchemy(_))));
        assert!(matches!(recognised(&path("a.json")), Ok(Location::Snapshot(_))));
        assert!(matches!(recognised(&path("a.sql")), Ok(Location::Sql(_))));
        assert!(recognised(&path("a.txt")).unwrap_err().contains("nothing says"));
        assert!(recognised(folder.path().to_str().unwrap()).unwrap_err().contains("both"));
        path("models/x.py");
        assert!(matches!(recognised(folder.path().join("models").to_str().unwrap()), Ok(Location::SqlAlchemy(_))));
        path("migrations/migration_lock.toml");
        let migrations = folder.path().join("migrations");
        assert!(matches!(recognised(migrations.to_str().unwrap()), Ok(Location::PrismaMigrations(_))));
        let prefixed = format!("prisma-migrations:{}", migrations.display());
        assert!(matches!(recognised(&prefixed), Ok(Location::PrismaMigrations(_))));
        let prefixed = format!("prisma:{}", folder.path().display());
        assert!(matches!(recognised(&prefixed), Ok(Location::Prisma(_))));
        let config = path("web/prisma.config.ts");
        assert!(recognised(&config).unwrap_err().contains("not found"));
        std::fs::write(&config, "export default { schema: 'db.prisma' }").unwrap();
        let schema = path("web/db.prisma");
        assert!(matches!(recognised(&config), Ok(Location::Prisma(found)) if found.to_str() == Some(&schema)));
        assert!(recognised("nowhere.prisma").unwrap_err().contains("no such file"));
        let ini = path("alembic.ini");
        assert!(matches!(recognised(&ini), Ok(Location::Alembic(_))));
        assert!(matches!(recognised(&format!("alembic:{ini}")), Ok(Location::Alembic(_))));
        assert!(recognised("alembic:nowhere").unwrap_err().contains("no such file"));
    }
}
