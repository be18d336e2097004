//! What a side needs that has no history yet: Alembic's environment, Prisma's folder.

use std::path::{Path, PathBuf};

use minijinja::{Environment, context};
use ormsync_prisma::WriteOptions;
use ormsync_schema::{DataType, IndexKind, Schema};
use ormsync_sqlalchemy::{AlembicSettings, OWN_TABLES};

use super::super::Histories;
use super::Mirrors;
use crate::command_line::SourceOptions;
use crate::failure::{Failure, Result};
use crate::migrations::write::NewFile;
use crate::paths;
use crate::project::{Location, Settings, sides};

const ALEMBIC_INI: &str = include_str!("../../../templates/mirror/alembic.ini.j2");
const ENVIRONMENT: &str = include_str!("../../../templates/mirror/env.py.j2");
const TEMPLATE: &str = include_str!("../../../templates/mirror/script.py.mako");
const PRISMA_CONFIG: &str = include_str!("../../../templates/mirror/prisma.config.ts.j2");

/// Writes alembic.ini, env.py and script.py.mako; where ormsync.toml names alembic.ini there, else beside it.
pub(super) fn of_alembic(settings: &Settings, mirrors: &mut Mirrors) -> Result<AlembicSettings> {
    let configured = settings.config.as_ref().and_then(|config| {
        let alembic = config.file.sqlalchemy.as_ref()?.alembic.as_ref()?;
        Some(paths::join(config.folder(), alembic.get_ref()))
    });
    let ini = configured.unwrap_or_else(|| paths::join(&settings.folder(), "alembic.ini"));
    let scripts = paths::folder_of(&ini).join("alembic");
    let text = render(ALEMBIC_INI, context! { scripts => "alembic" })?;
    let written = ini.clone();
    mirrors.files.push(NewFile { path: ini, text });
    mirrors.files.push(NewFile { path: scripts.join("env.py"), text: render(ENVIRONMENT, context! {})? });
    mirrors.files.push(NewFile { path: scripts.join("script.py.mako"), text: TEMPLATE.to_owned() });
    mirrors.notes.push(
        "Alembic takes the database from DATABASE_URL; name your models as `target_metadata` in env.py for \
         `alembic revision --autogenerate`"
            .to_owned(),
    );
    mirrors.notes.push(EXTERNAL.to_owned());
    let section = settings.config.as_ref().map(|config| (config, config.file.sqlalchemy.as_ref()));
    if let Some((config, section)) = section.filter(|(_, section)| section.is_none_or(|it| it.alembic.is_none())) {
        let line = format!("alembic = {}", quoted(&paths::display(&paths::relative_to(&written, config.folder()))));
        let models = if section.is_none() { " (beside `models`)" } else { "" };
        mirrors.notes.push(format!("write into {}: [sqlalchemy] {line}{models}", paths::display(&config.path)));
    }
    Ok(AlembicSettings::of_scripts(&scripts))
}

const EXTERNAL: &str = "Prisma has to leave alembic_version alone, else `prisma migrate dev` wants to reset the database: \
                        `ormsync init --print-ignores` prints the setting for prisma.config.ts";

/// The folder of Prisma's migrations; where there is none its lock file is written, and where there is no schema at all
/// that, too, with the settings that leave Alembic's table alone.
pub(super) fn of_prisma(
    settings: &Settings,
    histories: &Histories,
    end: &Schema,
    mirrors: &mut Mirrors,
) -> Result<PathBuf> {
    if let Some(prisma) = &histories.prisma {
        return Ok(prisma.folder.clone());
    }
    let dialect = histories.project.dialect;
    let found = sides(settings, &SourceOptions::default()).unwrap_or_default();
    let schema = found.iter().find_map(|side| match &side.location {
        Location::Prisma(path) => Some(path.clone()),
        _ => None,
    });
    let configured = settings.config.as_ref().and_then(|config| {
        let migrations = config.file.prisma.as_ref()?.migrations.as_ref()?;
        Some(paths::join(config.folder(), migrations.get_ref()))
    });
    let root = settings.folder();
    let usual =
        || schema.as_deref().map_or_else(|| paths::join(&root, "prisma/migrations"), ormsync_prisma::migrations_folder);
    let folder = configured.unwrap_or_else(usual);
    let lock = folder.join("migration_lock.toml");
    if !paths::openable(&lock).exists() {
        mirrors.files.push(NewFile { path: lock, text: ormsync_prisma::lock_file(dialect.name()) });
    }
    if schema.is_some() {
        mirrors.notes.push(EXTERNAL.to_owned());
        return Ok(folder);
    }
    let path = paths::folder_of(&folder).join("schema.prisma");
    if !paths::openable(&path).exists() {
        let mut normal = end.clone();
        dialect.normalise(&mut normal, None);
        if dialect.name() == "sqlite" {
            name_as_sqlite_does(&mut normal);
        }
        let text = ormsync_prisma::write_schema(&normal, &WriteOptions::default());
        mirrors.files.push(NewFile { path: path.clone(), text });
    }
    if let Some(config) = settings.config.as_ref().filter(|config| config.file.prisma.is_none()) {
        let line = format!("schema = {}", quoted(&paths::display(&paths::relative_to(&path, config.folder()))));
        mirrors.notes.push(format!("write into {}: [prisma] {line}", paths::display(&config.path)));
    }
    let config = paths::join(&root, "prisma.config.ts");
    let is_there = ormsync_prisma::CONFIG_FILES.iter().any(|name| paths::join(&root, name).exists());
    if is_there {
        mirrors.notes.push(EXTERNAL.to_owned());
        return Ok(folder);
    }
    let namespace = dialect.default_namespace();
    let table = if namespace.is_empty() { OWN_TABLES[0].to_owned() } else { format!("{namespace}.{}", OWN_TABLES[0]) };
    let seen = |path: &Path| quoted(&paths::display(&paths::relative_to(path, &root)));
    let context = context! { schema => seen(&path), migrations => seen(&folder), table => quoted(&table) };
    mirrors.files.push(NewFile { path: config, text: render(PRISMA_CONFIG, context)? });
    Ok(folder)
}

/// SQLite keeps a unique constraint as an index with a name of its own, counted through in each table, and that is the name
/// by which Prisma's engine finds it.
fn name_as_sqlite_does(schema: &mut Schema) {
    for content in schema.namespaces.values_mut() {
        for (name, table) in &mut content.tables {
            let key = table.primary_key.as_ref();
            let columns: Vec<&str> =
                key.iter().flat_map(|key| &key.parts).filter_map(|part| part.as_column()).collect();
            // The number of a row needs no index.
            let is_row_number = match columns.as_slice() {
                [only] => table.columns.get(*only).is_some_and(|it| it.data_type == DataType::named("integer")),
                _ => false,
            };
            let mut number = usize::from(key.is_some() && !is_row_number);
            for index in table.indexes.iter_mut().filter(|index| index.kind == IndexKind::UniqueConstraint) {
                number += 1;
                index.name = Some(format!("sqlite_autoindex_{name}_{number}"));
            }
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn render(template: &str, context: minijinja::Value) -> Result<String> {
    let text = Environment::new().render_str(template, context);
    text.map(|text| text + "\n").map_err(|error| Failure::new("internal", error.to_string()))
}
