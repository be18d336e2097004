//! Where migrations go, and what they are called there.

use std::path::{Path, PathBuf};

use ormsync_sqlalchemy::{AlembicSettings, Revision, Versions};

use super::revisions::{Moment, hash, sequential};
use crate::command_line::HistoryOptions;
use crate::config::RevisionNames;
use crate::failure::{Failure, Result};
use crate::histories::alembic_path;
use crate::paths;
use crate::project::{Location, Settings, Side};

/// The folder of Prisma's migrations: as configured, beside the schema, or, where ormsync.toml has no `[prisma]`, beside the
/// only schema that lies around.
pub(crate) fn prisma_folder(settings: &Settings, sides: &[Side]) -> Option<PathBuf> {
    let configured = settings.config.as_ref().and_then(|config| {
        let migrations = config.file.prisma.as_ref()?.migrations.as_ref()?;
        Some(paths::join(config.folder(), migrations.get_ref()))
    });
    let beside_schema = || {
        sides.iter().find_map(|side| match &side.location {
            Location::Prisma(path) => Some(ormsync_prisma::migrations_folder(path)),
            _ => None,
        })
    };
    let beside_found = || match unnamed_schemas(settings) {
        [only] => Some(ormsync_prisma::migrations_folder(only)),
        _ => None,
    };
    configured.or_else(beside_schema).or_else(beside_found)
}

/// The Prisma schemas that lie around where ormsync.toml names sources and no `[prisma]`.
pub(crate) fn unnamed_schemas(settings: &Settings) -> &[PathBuf] {
    let names_prisma = settings.config.as_ref().is_some_and(|config| config.file.prisma.is_some());
    if settings.names_sources() && !names_prisma { &settings.found().prisma } else { &[] }
}

/// Where a Prisma migration goes.
#[derive(Debug)]
pub(crate) struct PrismaPlace {
    /// The folder of all migrations.
    pub(crate) folder: PathBuf,
    /// The name of the new one.
    pub(crate) name: String,
}

impl PrismaPlace {
    /// Behind the last migration of the project, and behind one that is about to be written.
    ///
    /// # Errors
    /// Where nothing says which folder it is.
    pub(crate) fn find(
        settings: &Settings,
        sides: &[Side],
        (mut moment, slug): (Moment, &str),
        earlier: Option<&str>,
    ) -> Result<Self> {
        let folder = prisma_folder(settings, sides).ok_or_else(|| {
            Failure::new("migrate", "nothing says where Prisma's migrations are")
                .with_help("set `migrations` in [prisma] of ormsync.toml, or write --alembic-only")
        })?;
        let there = ormsync_prisma::migration_names(&folder).pop().unwrap_or_default();
        let last = earlier.map_or(there, str::to_owned);
        // They are applied in the order of their names.
        while moment.stamp().as_str() <= last.get(..14).unwrap_or_default() && is_stamp(&last) {
            moment = moment.next();
        }
        Ok(Self { folder, name: format!("{}_{slug}", moment.stamp()) })
    }

    /// The migration's own folder.
    pub(crate) fn migration(&self) -> PathBuf {
        self.folder.join(&self.name)
    }
}

fn is_stamp(name: &str) -> bool {
    // One that lies in the far future is a mistake that nothing is to wait for.
    name.len() >= 14 && name.as_bytes()[..14].iter().all(u8::is_ascii_digit) && name < "2999"
}

/// Where an Alembic revision goes.
#[derive(Debug)]
pub(crate) struct AlembicPlace {
    /// Its identifier.
    pub(crate) revision: String,
    /// The one it comes behind.
    pub(crate) down_revision: Option<String>,
    /// Its file.
    pub(crate) path: PathBuf,
    /// The project's own template, and where it is.
    pub(crate) template: Option<(PathBuf, String)>,
}

impl AlembicPlace {
    /// Behind the head of the project's revisions, or behind the last of those that are about to be written.
    ///
    /// # Errors
    /// Where nothing says which folder it is, the revisions there can't be read, or they have several heads and `head`
    /// names none of them.
    pub(crate) fn find(
        settings: &Settings,
        head: Option<&str>,
        names: Option<RevisionNames>,
        (moment, slug, content): (Moment, &str, &str),
        earlier: &[String],
    ) -> Result<Self> {
        let path = alembic_settings_file(settings)?;
        let alembic = AlembicSettings::read(&path)
            .map_err(|problem| Failure::new("alembic-settings", format!("{}: {problem}", paths::display(&path))))?;
        let versions = Versions::read(&alembic.version_locations)
            .map_err(|error| Failure::new("alembic-versions", error.to_string()))?;
        let down_revision = match earlier.last() {
            Some(earlier) => Some(earlier.clone()),
            None => choose_head(&versions, head)?.map(|revision| revision.id.clone()),
        };
        let ids = || versions.revisions.iter().map(|revision| &revision.id).chain(earlier).map(String::as_str);
        let is_hash = |id: &str| id.len() == 12 && id.chars().all(|letter| letter.is_ascii_hexdigit());
        // Unless told, as the others are called.
        let hashes = match names {
            Some(names) => names == RevisionNames::Hash,
            None => ids().next().is_some() && ids().all(is_hash),
        };
        let revision = if hashes { hash(&[&moment.create_date(), content]) } else { sequential(ids(), slug) };
        let file = alembic
            .file_name(&revision, slug, &moment.parts())
            .map_err(|error| Failure::new("alembic-settings", format!("{}: {error}", paths::display(&path))))?;
        let file = file.unwrap_or_else(|| if hashes { format!("{revision}_{slug}") } else { revision.clone() });
        let folder = alembic.version_locations.first().cloned().unwrap_or_default();
        let template = alembic.template().map(|text| (alembic.script_location.join("script.py.mako"), text));
        Ok(Self { revision, down_revision, path: folder.join(format!("{file}.py")), template })
    }
}

/// The settings that say where Alembic's revisions are.
fn alembic_settings_file(settings: &Settings) -> Result<PathBuf> {
    alembic_path(settings, &HistoryOptions::default())?.ok_or_else(|| {
        Failure::new("migrate", "nothing says where Alembic's revisions are: there is no alembic.ini")
            .with_help("set `alembic` in [sqlalchemy] of ormsync.toml, or write --prisma-only")
    })
}

fn choose_head<'a>(versions: &'a Versions, named: Option<&str>) -> Result<Option<&'a Revision>> {
    let heads = versions.heads();
    let shown = |heads: &[&Revision]| {
        let one = |head: &&Revision| format!("{} ({})", head.id, paths::display(&file_name(&head.path)));
        heads.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    match (named, heads.as_slice()) {
        (None, []) if versions.revisions.is_empty() => Ok(None),
        (None, [only]) => Ok(Some(only)),
        (Some(named), heads) => {
            let found = heads.iter().find(|head| head.id == named);
            found.copied().map(Some).ok_or_else(|| {
                let known = if heads.is_empty() { "none".to_owned() } else { shown(heads) };
                Failure::new("migrate", format!("--head {named}: the heads are {known}"))
            })
        }
        (None, []) => Err(Failure::new("migrate", "Alembic's revisions go round in a circle: none is the last")),
        (None, several) => {
            Err(Failure::new("migrate", format!("Alembic's revisions have several heads: {}", shown(several)))
                .with_help("name the one to come behind with --head, or merge them with `alembic merge heads`"))
        }
    }
}

fn file_name(path: &Path) -> PathBuf {
    path.file_name().map(PathBuf::from).unwrap_or_default()
}
