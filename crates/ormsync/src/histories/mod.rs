//! The histories of a project: where they are, what their files say, what a database says of them, and what each
//! migration does.
//!
//! | file | what |
//! | --- | --- |
//! | `effects.rs` | what each migration does to the schema, replayed without a server |
//! | `gate.rs` | what `check` says of them |
//! | `promises.rs` | tables that a migration's header names and that it does not make |
//! | `records.rs` | what a database keeps of them |
//! | `verify/` | running them on scratch databases |
//! | `made_up.rs` | rows for those |
//! | `mirror/` | writing the migration of one side that does what one of the other does |

mod effects;
pub(crate) mod gate;
pub(crate) mod made_up;
pub(crate) mod mirror;
mod promises;
mod records;
pub(crate) mod verify;

use std::path::PathBuf;

use ormsync_prisma::Migrations;
use ormsync_schema::{Diagnostic, History, Origin, SourceFiles};
use ormsync_sqlalchemy::{AlembicHistory, AlembicSettings};

use crate::command_line::{HistoryOptions, SourceOptions};
use crate::failure::{Failure, Result};
use crate::migrations::place::{prisma_folder, unnamed_schemas};
use crate::paths;
use crate::project::{Location, Project, Settings, Side, mask_files, sides};
use crate::read_sources::alembic_settings;

pub(crate) use effects::{Effect, Effects};

/// The histories of a project.
pub(crate) struct Histories {
    /// The sides that they and the database are, and the dialect.
    pub(crate) project: Project,
    /// Prisma's migrations.
    pub(crate) prisma: Option<Migrations>,
    /// Alembic's revisions, with its settings.
    pub(crate) alembic: Option<(AlembicSettings, AlembicHistory)>,
    /// What Alembic's settings were found by: its alembic.ini, its pyproject.toml, or the folder of its scripts.
    pub(crate) alembic_path: Option<PathBuf>,
    /// What each migration does.
    pub(crate) effects: Effects,
    /// Why part of the question can't be answered.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The files that places are in.
    pub(crate) files: SourceFiles,
    records: records::Records,
    /// Whether the command line names the database.
    is_database_told: bool,
}

impl Histories {
    /// Looks for the histories and reads their files.
    ///
    /// # Errors
    /// Where there is none, nothing names the dialect, or settings can't be read.
    pub(crate) fn find(settings: &Settings, options: &HistoryOptions) -> Result<Self> {
        let database_options = SourceOptions {
            database: options.database.clone(),
            no_database: options.no_database,
            ..SourceOptions::default()
        };
        let found = sides(settings, &database_options);
        let migrations = migrations_folder(settings, options, found.as_deref().unwrap_or_default());
        let alembic = alembic_path(settings, options)?;
        if migrations.is_none() && alembic.is_none() {
            // What was ambiguous may be why.
            found?;
            return Err(Failure::new(
                "histories",
                "there is no history: neither Prisma migrations nor Alembic revisions",
            )
            .with_help("name them with --migrations and --alembic, or in ormsync.toml (`ormsync init`)"));
        }
        let side = |location: Location| Side::new(location, Origin::nowhere());
        let counts = |side: &Side| {
            matches!(side.location, Location::Database { .. } | Location::Unusable(_) | Location::Prisma(_))
        };
        // The schema itself names the dialect where no database does.
        let mut own_sides: Vec<Side> = found.unwrap_or_default().into_iter().filter(counts).collect();
        own_sides.extend(alembic.iter().map(|path| side(Location::Alembic(path.clone()))));
        let has_schema = own_sides.iter().any(|side| !matches!(side.location, Location::Alembic(_)));
        let is_told =
            options.dialect.dialect.is_some() || settings.config.as_ref().is_some_and(|it| it.file.dialect.is_some());
        // A lock file that says something else than all others is a finding, not a question without an answer.
        let locks = migrations.iter().filter(|_| !has_schema && !is_told);
        own_sides.extend(locks.map(|folder| side(Location::PrismaMigrations(folder.clone()))));
        let mut project = Project::for_sides(settings, own_sides, &options.dialect)?;
        project.sides.retain(|side| !matches!(side.location, Location::Prisma(_)));
        let mut histories = Self {
            prisma: migrations.as_deref().map(ormsync_prisma::read_migrations),
            alembic: None,
            alembic_path: alembic.clone(),
            effects: Effects::default(),
            diagnostics: project.warnings.clone(),
            files: project.files.clone(),
            records: records::Records::default(),
            is_database_told: options.database.is_some(),
            project,
        };
        if let Some(path) = alembic {
            let settings = alembic_settings(&path).map_err(|problem| {
                let message = format!("{}: {problem}", paths::display(&path));
                Failure::new("alembic-settings", message)
                    .with_help("name an alembic.ini, a pyproject.toml with [tool.alembic], or the folder with env.py")
            })?;
            let history = ormsync_sqlalchemy::alembic_history(&settings);
            histories.alembic = Some((settings, history));
        }
        for files in histories.prisma.iter().map(|prisma| &prisma.files) {
            histories.files.extend(files.clone());
        }
        for files in histories.alembic.iter().map(|(_, history)| &history.files) {
            histories.files.extend(files.clone());
        }
        if histories.prisma.is_none() && !options.only_named {
            histories.tell_unnamed(settings);
        }
        histories.tell_wrong_provider();
        mask_files(&mut histories.files);
        Ok(histories)
    }

    /// Finds out what each migration does, and asks the database how far it is.
    pub(crate) fn read(&mut self) {
        self.replay();
        self.ask_database();
    }

    /// What is wrong with what migrations do: statements that are not understood, each with its place, and tables that their
    /// headers name and that they do not make.
    pub(crate) fn of_effects(&self) -> Vec<Diagnostic> {
        let mut told = self.effects.unreplayed();
        told.extend(self.broken_promises());
        told
    }

    /// Tables that headers of migrations name and that they do not make.
    pub(crate) fn broken_promises(&self) -> Vec<Diagnostic> {
        promises::broken(self)
    }

    /// Finds out what each migration does.
    pub(crate) fn replay(&mut self) {
        self.effects = effects::of(self);
    }

    /// Asks the database how far it is.
    pub(crate) fn ask_database(&mut self) {
        let alembic = self.alembic.as_ref().map(|(_, it)| &it.history);
        let (records, problems) = records::read(&self.project, self.is_database_told, alembic);
        self.records = records;
        self.diagnostics.extend(problems);
    }

    /// Whether a database was asked.
    pub(crate) fn has_records(&self) -> bool {
        self.records.prisma.is_some() || self.records.alembic.is_some()
    }

    /// Whether the project's database is a file that is not there yet, so that nothing is applied in it.
    pub(crate) fn is_database_to_come(&self) -> bool {
        self.records.is_to_come
    }

    /// All histories with what is known of them, those with files and those that only a database knows.
    pub(crate) fn histories(&self) -> Vec<History> {
        let mut histories = Vec::new();
        let prisma = self.prisma.as_ref().map(Migrations::history);
        let in_use = |records: &Option<Vec<_>>| records.as_ref().is_some_and(|records: &Vec<_>| !records.is_empty());
        let prisma = prisma.or_else(|| in_use(&self.records.prisma).then(|| Migrations::default().history()));
        if let Some(history) = prisma {
            histories.push(History { records: self.records.prisma.clone(), ..history });
        }
        if let Some((_, alembic)) = &self.alembic {
            histories.push(History { records: self.records.alembic.clone(), ..alembic.history.clone() });
        }
        for history in &mut histories {
            for migration in &mut history.migrations {
                let effect = self.effects.of(&history.name, &migration.id);
                let others = if history.name == "prisma" { "sqlalchemy" } else { "prisma" };
                // What touches only tables of one side's own needs no mirror.
                migration.is_empty |= effect.is_some_and(|effect| effect.is_no_business_of(others, &self.project));
                migration.effect = effect.and_then(|effect| effect.script.clone());
            }
        }
        histories
    }

    /// Where the files of a history are.
    pub(crate) fn place_of(&self, history: &str) -> Option<String> {
        match history {
            "prisma" => self.prisma.as_ref().map(|prisma| paths::display(&prisma.folder)),
            _ => self.alembic.as_ref().map(|(settings, _)| paths::display(&settings.script_location)),
        }
    }

    /// Histories that lie around, of which nothing says which is meant.
    fn tell_unnamed(&mut self, settings: &Settings) {
        let schemas = unnamed_schemas(settings);
        let with_history: Vec<String> = schemas
            .iter()
            .filter(|schema| ormsync_prisma::migrations_folder(schema).is_dir())
            .map(|schema| paths::display(schema))
            .collect();
        if !with_history.is_empty() {
            let message =
                format!("Prisma's migrations are left out: there are several, of {}", with_history.join(", "));
            self.diagnostics.push(
                Diagnostic::warning("histories", message, Origin::nowhere())
                    .with_help("name one with --migrations, or its schema as `schema` in [prisma] of ormsync.toml"),
            );
        }
    }

    /// A lock file that names another server than the project has.
    fn tell_wrong_provider(&mut self) {
        let Some(prisma) = &mut self.prisma else { return };
        let Some((provider, origin)) = &prisma.provider else {
            if !prisma.migrations.is_empty() {
                let message = "there is no migration_lock.toml beside Prisma's migrations".to_owned();
                let place = prisma.migrations.first().map(|first| first.origin.clone()).unwrap_or_default();
                let help = "`prisma migrate dev` writes it; without it nothing notices a change of the provider";
                prisma.diagnostics.push(Diagnostic::warning("migration-lock", message, place).with_help(help));
            }
            return;
        };
        let named = ormsync_dialect::by_name(provider).map(|dialect| dialect.name());
        let own = self.project.dialect.name();
        if named != Some(own) {
            let message = format!("the migrations are for {provider}, and the project is for {own}");
            let help = "Prisma refuses to apply them (P3019): start a new history, or correct the provider";
            prisma.diagnostics.push(Diagnostic::error("migration-lock", message, origin.clone()).with_help(help));
        }
    }
}

/// The folder of Prisma's migrations: as told, as configured, or beside the schema where there is one.
fn migrations_folder(settings: &Settings, options: &HistoryOptions, sides: &[Side]) -> Option<PathBuf> {
    if let Some(path) = &options.migrations {
        return Some(path.clone());
    }
    if options.only_named && !unnamed_schemas(settings).is_empty() {
        return None;
    }
    prisma_folder(settings, sides).filter(|folder| folder.is_dir())
}

/// Alembic's settings: as told, as configured, or the only ones that lie around.
///
/// # Errors
/// Where there are several, and nothing says which are meant.
pub(crate) fn alembic_path(settings: &Settings, options: &HistoryOptions) -> Result<Option<PathBuf>> {
    if let Some(path) = &options.alembic {
        return Ok(Some(path.clone()));
    }
    let configured = settings.config.as_ref().and_then(|config| {
        let alembic = config.file.sqlalchemy.as_ref()?.alembic.as_ref()?;
        Some(paths::join(config.folder(), alembic.get_ref()))
    });
    if let Some(path) = configured {
        // `mirror` makes it.
        return Ok(Some(path).filter(|path| paths::openable(path).exists()));
    }
    match settings.found().alembic.as_slice() {
        [] => {
            let project = paths::join(&settings.folder(), "pyproject.toml");
            Ok(Some(project).filter(|path| AlembicSettings::read(path).is_ok()))
        }
        [only] => Ok(Some(only.clone())),
        several => {
            let shown: Vec<String> = several.iter().map(|path| paths::display(path)).collect();
            Err(Failure::new("histories", format!("there are several alembic.ini: {}", shown.join(", ")))
                .with_help("choose one with --alembic, or set `alembic` in [sqlalchemy] of ormsync.toml"))
        }
    }
}

/// The first byte of a file: what is said of it as a whole needs no excerpt of all of it.
fn start_of(origin: &Origin) -> Origin {
    match &origin.place {
        ormsync_schema::Place::File { path, .. } => Origin::file(path, ormsync_schema::Span::new(0, 0)),
        _ => origin.clone(),
    }
}
