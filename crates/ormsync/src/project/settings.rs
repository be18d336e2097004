//! What a run may take its sources from: ormsync.toml, variables, and what lies around.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ormsync_database::DatabaseUrl;
use ormsync_schema::{Diagnostic, Origin, SourceFiles};
use ormsync_sqlalchemy::ImportOptions;

use super::database_setting::mask_files;
use crate::command_line::GlobalOptions;
use crate::config::{Config, Extract};
use crate::discovery::{self, AlembicUrl, ConfigFile, Found, config_of, url_of};
use crate::environment::Environment;
use crate::failure::Result;
use crate::paths;

/// Where settings come from.
#[derive(Debug)]
pub(crate) struct Settings {
    /// ormsync.toml, if there is one.
    pub(crate) config: Option<Config>,
    /// Variables of the process and of `.env` beside ormsync.toml.
    pub(crate) environment: Environment,
    /// The Python to ask in another tree of the same project: environments are in no repository.
    pub(crate) python_instead: Option<PathBuf>,
    found: OnceCell<Found>,
    /// The prisma.config.ts of each schema that was asked about.
    prisma_configs: RefCell<BTreeMap<PathBuf, Option<Rc<ConfigFile>>>>,
    /// Those of them that did not say what was wanted of them.
    unclear: RefCell<Vec<Rc<ConfigFile>>>,
}

impl Settings {
    /// Reads ormsync.toml, where there is one.
    ///
    /// # Errors
    /// When the file cannot be read, or is wrong.
    pub(crate) fn read(options: &GlobalOptions) -> Result<Self> {
        let config = Config::find(options.config.as_deref())?;
        Ok(Self::from_config(config))
    }

    /// Settings without ormsync.toml.
    pub(crate) fn without_config() -> Self {
        Self::from_config(None)
    }

    fn from_config(config: Option<Config>) -> Self {
        let mut environment = Environment::default();
        environment.add_folder(config.as_ref().map_or(Path::new(""), Config::folder));
        let (prisma_configs, unclear) = Default::default();
        Self { config, environment, python_instead: None, found: OnceCell::new(), prisma_configs, unclear }
    }

    /// The prisma.config.ts of a schema, if there is one.
    pub(crate) fn prisma_config(&self, schema: &Path) -> Option<Rc<ConfigFile>> {
        let mut known = self.prisma_configs.borrow_mut();
        known.entry(schema.to_owned()).or_insert_with(|| config_of(schema).map(Rc::new)).clone()
    }

    /// That something was wanted of a prisma.config.ts which it does not say in so many words.
    pub(crate) fn is_unclear(&self, config: Rc<ConfigFile>) {
        let mut unclear = self.unclear.borrow_mut();
        if !unclear.iter().any(|known| known.path == config.path) {
            unclear.push(config);
        }
    }

    /// What was not understood of settings that the run would have used; the files are added.
    pub(crate) fn take_warnings(&self, files: &mut SourceFiles) -> Vec<Diagnostic> {
        let unclear = self.unclear.take();
        unclear.iter().for_each(|config| files.extend(config.says.files.clone()));
        mask_files(files);
        unclear.iter().flat_map(|config| config.says.diagnostics.iter().cloned()).collect()
    }

    /// The folder that everything is relative to.
    pub(crate) fn folder(&self) -> PathBuf {
        self.config.as_ref().map(|config| config.folder().to_owned()).unwrap_or_default()
    }

    /// Whether the configuration names any source. Where it does, nothing is looked for.
    pub(crate) fn names_sources(&self) -> bool {
        self.config.as_ref().is_some_and(|config| {
            let file = &config.file;
            file.prisma.is_some() || file.sqlalchemy.is_some() || file.database.is_some()
        })
    }

    /// What lies around; looked for once, when it is first asked for.
    pub(crate) fn found(&self) -> &Found {
        self.found.get_or_init(|| discovery::discover(&self.folder()))
    }

    /// The dialect that the configuration's alembic.ini names by its URL: what says so, the dialect, and where the
    /// configuration names the file.
    pub(crate) fn dialect_of_alembic(&self) -> Option<(String, &'static str, Origin)> {
        let config = self.config.as_ref()?;
        let alembic = config.file.sqlalchemy.as_ref()?.alembic.as_ref()?;
        let path = paths::join(config.folder(), alembic.get_ref());
        let AlembicUrl::Url(url) = url_of(&path) else { return None };
        let url = DatabaseUrl::parse_in(&url, paths::folder_of(&path)).ok()?;
        let said_by = format!("sqlalchemy.url in {}", paths::display(&path));
        Some((said_by, url.dialect.name(), config.origin(alembic.span())))
    }

    /// How the project's own Python is asked: as ormsync.toml says, or as it would be if it were asked.
    pub(crate) fn import_options(&self) -> ImportOptions {
        let mut options = ImportOptions::default();
        if let Some(config) = &self.config {
            options.folder = paths::openable(config.folder()).to_owned();
            let section = config.file.sqlalchemy.as_ref();
            let python = section.and_then(|section| section.python.as_ref());
            options.python = python.map(|python| {
                let python = python.get_ref();
                // `python3.12` is looked for on the path, as a shell would.
                if python.contains(['/', '\\']) { paths::join(config.folder(), python) } else { python.into() }
            });
        }
        options.python = self.python_instead.clone().or(options.python);
        options
    }

    /// Whether ormsync.toml says that the models are to be imported.
    pub(crate) fn imports_models(&self) -> bool {
        let section = self.config.as_ref().and_then(|config| config.file.sqlalchemy.as_ref());
        let extract = section.and_then(|section| section.extract.as_ref());
        extract.is_some_and(|extract| *extract.get_ref() == Extract::Import)
    }

    /// The configuration's text for excerpts, passwords masked.
    pub(crate) fn masked_files(&self) -> SourceFiles {
        let mut files = SourceFiles::default();
        if let Some(config) = &self.config {
            files.extend(config.files.clone());
        }
        mask_files(&mut files);
        files
    }
}
