//! The project's own Alembic, with its env.py: `alembic upgrade REVISION`, and `downgrade`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use ormsync_database::{DatabaseUrl, ReadOptions, TableQuery, table_rows};
use ormsync_schema::{Diagnostic, History, Origin};
use ormsync_sqlalchemy::{RECORD_COLUMN, RECORD_TABLE};
use tempfile::NamedTempFile;

use super::settings_file::copy_with_url;
use super::variables::{Address, Reader};
use super::{Tool, absolute, limit_of, program_of, secrets_of, section};
use crate::command_line::SourceOptions;
use crate::discovery::{AlembicUrl, url_of};
use crate::histories::verify::apply::size;
use crate::histories::verify::{RanStep, Step};
use crate::paths;
use crate::project::{Location, Settings, sides};
use crate::terminal::Terminal;

/// What `alembic current --verbose` puts before the URL of each database that env.py connects to (`alembic/command.py`).
const CONNECTED: &str = "Current revision(s) for ";

/// Alembic's command line for one scratch database.
pub(in crate::histories::verify) struct AlembicTool<'a> {
    tool: Tool,
    /// The settings that it is given.
    settings: Vec<String>,
    scratch: &'a DatabaseUrl,
    /// Goes away with the tool.
    _copy: Option<NamedTempFile>,
}

impl<'a> AlembicTool<'a> {
    /// Finds the command and what it reads, and has it say where it would work. `path` is what the histories were found by:
    /// alembic.ini, pyproject.toml, or the folder with env.py.
    ///
    /// # Errors
    /// Where there are no settings that Alembic itself reads, or it does not say that it is at the scratch database.
    pub(in crate::histories::verify) fn new(
        settings: &Settings,
        path: &std::path::Path,
        scratch: &'a DatabaseUrl,
        terminal: &Terminal,
    ) -> Result<Self, Box<Diagnostic>> {
        let file = settings_file(path)?;
        let section = section(settings);
        let known = match url_of(&file) {
            AlembicUrl::Url(url) => Some(url),
            AlembicUrl::Unknown => None,
        };
        let mut environment = settings.environment.clone();
        environment.add_folder(paths::folder_of(&file));
        let address = Address::new(scratch, Reader::SqlAlchemy, known.as_deref());
        let named = named_variables(settings);
        let variables = address.variables(&environment, &named, &section.environment);
        let folder = match &section.alembic_folder {
            Some(folder) => paths::join(&settings.folder(), folder),
            None => paths::folder_of(&file).to_owned(),
        };
        let words = match section.alembic_command.as_slice() {
            [] => usual_command(settings, &file),
            [program, more @ ..] => {
                let program = program_of(settings, program);
                std::iter::once(program).chain(more.iter().map(|word| address.fill(word))).collect()
            }
        };
        let copy = known.map(|_| copy_with_url(&file, &address.url())).transpose().map_err(|error| {
            let message = format!("{}: a copy beside it could not be written: {error}", paths::display(&file));
            Box::new(Diagnostic::error("verify-command", message, Origin::nowhere()))
        })?;
        let given = copy.as_ref().map_or(file.as_path(), NamedTempFile::path);
        // From 1.16 Alembic reads the pyproject.toml of the folder it runs in, and takes none by name before that.
        let is_ini = given.extension().is_some_and(|extension| extension == "ini");
        let settings = if is_ini { vec!["-c".to_owned(), absolute(given)] } else { Vec::new() };
        let secrets = secrets_of(&section, scratch);
        let tool = Tool { label: "Alembic", words, folder, variables, limit: limit_of(&section), secrets };
        let alembic = Self { tool, settings, scratch, _copy: copy };
        alembic.prove(terminal)?;
        Ok(alembic)
    }

    fn arguments<'w>(&'w self, words: &[&'w str]) -> Vec<&'w str> {
        self.settings.iter().map(String::as_str).chain(words.iter().copied()).collect()
    }

    /// `alembic current --verbose` runs env.py, changes nothing, and tells the URL of each connection that env.py hands to
    /// Alembic.
    fn prove(&self, terminal: &Terminal) -> Result<(), Box<Diagnostic>> {
        let said = self.tool.run(&self.arguments(&["current", "--verbose"]), terminal)?.text;
        let connected: Vec<&str> = said.lines().filter_map(|line| line.trim().strip_prefix(CONNECTED)).collect();
        let is_scratch = |url: &&str| {
            let url = DatabaseUrl::parse(url.trim_end_matches(':'));
            url.is_ok_and(|url| match (self.scratch.file(), url.file()) {
                (Some(own), Some(file)) => absolute(own) == absolute(file),
                (None, None) => url.database().is_some() && url.database() == self.scratch.database(),
                _ => false,
            })
        };
        match connected.iter().find(|url| !is_scratch(url)) {
            None if !connected.is_empty() => Ok(()),
            None => {
                let what =
                    "`alembic current --verbose` does not say which database it is connected to, so nothing was run";
                Err(self.tool.elsewhere(what, &said))
            }
            Some(other) => {
                let what = format!(
                    "env.py connects to {}, not to the scratch database: nothing was run",
                    other.trim_end_matches(':')
                );
                Err(self.tool.elsewhere(&what, ""))
            }
        }
    }

    /// Has the tool bring the scratch database to one more revision.
    ///
    /// # Errors
    /// Where the command fails, or `alembic_version` there does not say so afterwards.
    pub(in crate::histories::verify) async fn apply(
        &self,
        step: &Step,
        terminal: &Terminal,
    ) -> Result<RanStep, Box<Diagnostic>> {
        let placed = |mut problem: Box<Diagnostic>| {
            problem.origin = step.origin.clone();
            problem
        };
        let before = size(self.scratch).await.map_err(|error| self.tool.problem(&error.to_string(), ""))?;
        let said = self.tool.run(&self.arguments(&["upgrade", &step.id]), terminal).map_err(placed)?;
        let after = size(self.scratch).await.map_err(|error| self.tool.problem(&error.to_string(), ""))?;
        let bytes = Some((before, after));
        match self.revisions().await? {
            Some(revisions) if revisions.contains(&step.id) => Ok(RanStep {
                id: step.id.clone(),
                milliseconds: said.milliseconds,
                back_milliseconds: None,
                bytes,
                locks: None,
            }),
            other => Err(placed(self.unproven(&step.id, other))),
        }
    }

    fn unproven(&self, revision: &str, found: Option<Vec<String>>) -> Box<Diagnostic> {
        let what = match found {
            None => format!(
                "`alembic upgrade {revision}` ended well, and the scratch database has no table {RECORD_TABLE}: nothing proves that \
                 it ran there (a version_table of another name or schema is not looked at)"
            ),
            Some(found) => format!(
                "`alembic upgrade {revision}` ended well, and {RECORD_TABLE} of the scratch database says {}",
                if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
            ),
        };
        self.tool.elsewhere(&what, "")
    }

    /// Takes the way back: from one revision to the one before it where the history is one line, else all of it at once.
    ///
    /// # Errors
    /// Where a command fails, or `alembic_version` does not say so afterwards.
    pub(in crate::histories::verify) async fn back(
        &self,
        history: &History,
        done: &mut [RanStep],
        terminal: &Terminal,
    ) -> Result<(), Box<Diagnostic>> {
        let is_line = history.heads().len() == 1
            && history.migrations.iter().all(|it| it.behind.len() < 2 && it.needs.is_empty());
        if !is_line {
            let said = self.tool.run(&self.arguments(&["downgrade", "base"]), terminal)?;
            if let Some(first) = done.first_mut() {
                first.back_milliseconds = Some(said.milliseconds);
            }
            return self.is_at(None).await;
        }
        for step in done.iter_mut().rev() {
            let before = history.migration(&step.id).and_then(|migration| migration.behind.first());
            let target = before.map_or("base", String::as_str);
            let said = self.tool.run(&self.arguments(&["downgrade", target]), terminal).map_err(|mut problem| {
                if let Some(migration) = history.migration(&step.id) {
                    problem.origin = migration.origin.clone();
                }
                problem
            })?;
            step.back_milliseconds = Some(said.milliseconds);
            self.is_at(before).await?;
        }
        Ok(())
    }

    async fn is_at(&self, revision: Option<&String>) -> Result<(), Box<Diagnostic>> {
        let found = self.revisions().await?.unwrap_or_default();
        if found.iter().eq(revision) {
            return Ok(());
        }
        let what = format!(
            "`alembic downgrade {}` ended well, and {RECORD_TABLE} of the scratch database says {}",
            revision.map_or("base", String::as_str),
            if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
        );
        Err(self.tool.elsewhere(&what, ""))
    }

    /// What `alembic_version` holds; none where there is no such table.
    async fn revisions(&self) -> Result<Option<Vec<String>>, Box<Diagnostic>> {
        let table = TableQuery { table: RECORD_TABLE, columns: &[RECORD_COLUMN], order: RECORD_COLUMN };
        let rows = table_rows(self.scratch, &ReadOptions::default(), &[table]).await;
        let mut rows = rows.map_err(|error| self.tool.problem(&error.to_string(), ""))?;
        Ok(rows.pop().flatten().map(|rows| rows.into_iter().flatten().flatten().collect()))
    }
}

/// The settings that Alembic itself reads.
///
/// # Errors
/// Where only the folder with env.py is known.
fn settings_file(path: &std::path::Path) -> Result<PathBuf, Box<Diagnostic>> {
    if path.is_file() {
        return Ok(path.to_owned());
    }
    // Where `alembic init` puts it: beside the folder of scripts.
    let folders = [path.to_owned(), paths::folder_of(path).to_owned()];
    let files =
        folders.iter().flat_map(|folder| ["alembic.ini", "pyproject.toml"].map(|name| paths::join(folder, name)));
    files.into_iter().find(|file| file.is_file()).ok_or_else(|| {
        let message = format!("{}: Alembic's command needs an alembic.ini, and there is none", paths::display(path));
        Box::new(
            Diagnostic::error("verify-command", message, Origin::nowhere())
                .with_help("name it with --alembic, or as `alembic` in [sqlalchemy] of ormsync.toml"),
        )
    })
}

/// The variables that ormsync.toml takes the project's database from, and the one that everybody knows.
fn named_variables(settings: &Settings) -> BTreeSet<String> {
    let mut named = BTreeSet::from(["DATABASE_URL".to_owned()]);
    let section = settings.config.as_ref().and_then(|config| config.file.database.as_ref());
    let url = section.and_then(|section| section.url.as_ref());
    named.extend(url.and_then(|url| url.get_ref().strip_prefix("env:")).map(str::to_owned));
    named
}

/// `python -m alembic` with the Python of the project: as ormsync.toml says, else the active virtual environment's, else the
/// nearest one's beside or above the models or the settings.
fn usual_command(settings: &Settings, file: &std::path::Path) -> Vec<String> {
    let found = sides(settings, &SourceOptions::default()).unwrap_or_default();
    let mut roots: Vec<PathBuf> = found
        .into_iter()
        .find_map(|side| match side.location {
            Location::SqlAlchemy(roots) => Some(roots),
            _ => None,
        })
        .unwrap_or_default();
    roots.insert(0, file.to_owned());
    let python = ormsync_sqlalchemy::python_of(&roots, &settings.import_options());
    let python =
        if python.components().count() > 1 { absolute(&python) } else { python.to_string_lossy().into_owned() };
    vec![python, "-m".to_owned(), "alembic".to_owned()]
}
