//! What says which server a project is for, beside its sources: Prisma's lock file and configuration, the SQL of its
//! migrations, Alembic's environment, `.env` files, images of containers and of CI services.

pub(crate) mod advice;
mod images;
mod quoted;
mod scripts;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ormsync_dialect::by_name;
use ormsync_diff::Witness;
use ormsync_schema::{Origin, SourceFiles, Span};

use crate::paths;
use quoted::Comments;

/// Files of containers, by the names that docker looks for.
const COMPOSE: &[&str] = &["docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"];

/// Files of CI systems, beside GitHub's folder.
const CI: &[&str] = &[".gitlab-ci.yml", ".circleci/config.yml"];

/// Files of variables that a program takes. Those for tests may well be for another server.
const ENVIRONMENTS: &[&str] = &[".env", ".env.example", ".env.development", ".env.production"];

/// A longer file is none that is written by hand.
const LONGEST: u64 = 1024 * 1024;

/// Where the witnesses of a project may lie.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// The project's folder, and those that the schema and alembic.ini lie in.
    pub(crate) roots: Vec<PathBuf>,
    /// The Prisma schema's folder.
    pub(crate) schema: Option<PathBuf>,
    /// The folder of Prisma's migrations.
    pub(crate) migrations: Option<PathBuf>,
    /// Alembic's env.py.
    pub(crate) environment: Option<PathBuf>,
    /// The variable that holds the URL.
    pub(crate) variable: String,
}

/// All that was found, with the text that excerpts are made of.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What they say.
    pub(crate) witnesses: Vec<Witness>,
    /// The lines they say it on; other lines are left out, they may hold secrets.
    pub(crate) files: SourceFiles,
}

/// Looks for witnesses.
pub(crate) fn find(places: &Places) -> Found {
    let mut found = Found::default();
    if let Some(migrations) = &places.migrations {
        found.lock_file(&migrations.join("migration_lock.toml"));
        found.scripts(migrations);
    }
    if let Some(configuration) = places.prisma_configuration() {
        found.quoted(&configuration, Comments::Slashes);
    }
    if let Some(environment) = &places.environment {
        found.quoted(environment, Comments::Hash);
    }
    for root in &places.roots {
        ENVIRONMENTS.iter().for_each(|name| found.variable(&paths::join(root, name), &places.variable));
        files_with_images(root).iter().for_each(|path| found.images(path));
    }
    let above = places.roots.first().map(|root| paths::above_in_repository(root)).unwrap_or_default();
    for (folder, project) in above {
        let files = files_with_images(&folder);
        let of_project = |path: &&PathBuf| text_of(path).is_some_and(|text| mentions_folder(&text, &project));
        files.iter().filter(of_project).for_each(|path| found.images(path));
    }
    found
}

/// Files of containers and CI systems in a folder, whether they are there or not.
fn files_with_images(folder: &Path) -> Vec<PathBuf> {
    let named = COMPOSE.iter().chain(CI).map(|name| paths::join(folder, name));
    let workflows = std::fs::read_dir(paths::join(folder, ".github/workflows")).into_iter().flatten().flatten();
    let is_workflow = |path: &PathBuf| path.extension().is_some_and(|it| it == "yml" || it == "yaml");
    let mut workflows: Vec<PathBuf> = workflows.map(|entry| entry.path()).filter(is_workflow).collect();
    workflows.sort();
    named.chain(workflows).collect()
}

/// Whether a file names a folder by its path. One that lies above several projects speaks of those that it names.
fn mentions_folder(text: &str, folder: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    text.match_indices(folder).any(|(at, _)| {
        let before = text[..at].trim_end_matches("./").chars().next_back();
        let behind = text[at + folder.len()..].chars().next();
        !before.is_some_and(|letter| is_part(letter) || letter == '/') && !behind.is_some_and(is_part)
    })
}

impl Places {
    /// prisma.config.ts, beside the schema or above it, or in the project's folder.
    pub(crate) fn prisma_configuration(&self) -> Option<PathBuf> {
        let above = self.schema.iter().flat_map(|folder| folder.ancestors().take(3));
        let folders = above.chain(self.roots.iter().map(PathBuf::as_path));
        let names = ["prisma.config.ts", "prisma.config.js", "prisma.config.mjs"];
        folders.flat_map(|folder| names.map(|name| paths::join(folder, name))).find(|path| path.is_file())
    }
}

impl Found {
    /// `provider` in Prisma's lock file.
    fn lock_file(&mut self, path: &Path) {
        let Some(text) = text_of(path) else { return };
        let provider = toml::from_str::<toml::Table>(&text).ok().and_then(|table| {
            let provider = table.get("provider")?.as_str()?.to_owned();
            let at = text.find("provider")?;
            Some((provider, at))
        });
        if let Some((provider, at)) = provider
            && let Some(dialect) = by_name(&provider)
        {
            self.add(path, &text, at, (vec![dialect.name().to_owned()], provider.clone()), true);
        }
    }

    /// URLs and driver packages among a program's texts.
    fn quoted(&mut self, path: &Path, comments: Comments) {
        let Some(text) = text_of(path) else { return };
        let mut dialects: Vec<String> = Vec::new();
        let mut first = None;
        for (at, quoted) in quoted::texts(&text, comments) {
            if let Some(dialect) = dialect_of_url(quoted).or_else(|| dialect_of_driver(quoted)) {
                let said = quoted.split("://").next().unwrap_or_default().to_owned();
                first.get_or_insert((at, said));
                dialects.push(dialect.to_owned());
            }
        }
        if let Some((at, said)) = first {
            self.add(path, &text, at, (dialects, said), true);
        }
    }

    /// The variable that holds the URL.
    fn variable(&mut self, path: &Path, name: &str) {
        let Some(text) = text_of(path) else { return };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let assignment = line.trim().trim_start_matches("export ");
            if let Some((variable, value)) = assignment.split_once('=')
                && variable.trim() == name
                && let Some(dialect) = dialect_of_url(value.trim().trim_matches(['"', '\'']))
            {
                let said = format!("{name} of {dialect}");
                self.add(path, &text, at, (vec![dialect.to_owned()], said), false);
                return;
            }
            at += line.len();
        }
    }

    /// Images of database servers.
    fn images(&mut self, path: &Path) {
        let Some(text) = text_of(path) else { return };
        let found = images::images(&text);
        if let Some((at, image, _)) = found.first() {
            let dialects = found.iter().map(|(_, _, dialect)| (*dialect).to_owned()).collect();
            let said = format!("the image {image}");
            self.add(path, &text, *at, (dialects, said), false);
        }
    }

    /// The SQL of the newest migrations that tell.
    fn scripts(&mut self, migrations: &Path) {
        let folders = std::fs::read_dir(migrations).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut scripts: Vec<PathBuf> = folders.map(|folder| folder.join("migration.sql")).collect();
        scripts.sort();
        for path in scripts.iter().rev() {
            let Some(text) = text_of(path) else { continue };
            if let Some((at, dialect)) = scripts::dialect_of(&text) {
                self.add(path, &text, at, (vec![dialect.to_owned()], format!("SQL of {dialect}")), true);
                return;
            }
        }
    }

    /// Keeps what a file says at a byte of its text.
    fn add(&mut self, path: &Path, text: &str, at: usize, (dialects, said): (Vec<String>, String), binding: bool) {
        let label = paths::display(path);
        let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
        let end = text[at..].find('\n').map_or(text.len(), |line| at + line);
        // Only the line itself is kept, at its place: other lines may hold secrets.
        let line = format!("{}{}", "\n".repeat(text[..start].matches('\n').count()), &text[start..end]);
        let above = line.len() - (end - start);
        let shared: Arc<str> = self.files.insert(label.as_str(), line.as_str());
        let origin = Origin::file(&shared, Span::new(above, line.len()));
        if !self.witnesses.iter().any(|known| known.label == label) {
            self.witnesses.push(Witness { label, dialects, text: said, origin, binding });
        }
    }
}

/// The text of a file that is short enough to be written by hand.
fn text_of(path: &Path) -> Option<String> {
    let is_short = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LONGEST);
    is_short.then(|| std::fs::read_to_string(path).ok()).flatten()
}

/// The dialect that a URL's beginning names, with or without a driver.
fn dialect_of_url(text: &str) -> Option<&'static str> {
    let (scheme, _) = text.split_once("://")?;
    let product = scheme.split_once('+').map_or(scheme, |(product, _)| product);
    by_name(product).map(|dialect| dialect.name())
}

/// Prisma's driver packages, which prisma.config.ts and clients import.
fn dialect_of_driver(text: &str) -> Option<&'static str> {
    match text.strip_prefix("@prisma/adapter-")? {
        "pg" | "neon" => Some("postgresql"),
        "mariadb" | "planetscale" => Some("mysql"),
        "better-sqlite3" | "libsql" | "d1" => Some("sqlite"),
        _ => None,
    }
}
