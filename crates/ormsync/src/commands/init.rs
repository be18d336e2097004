//! `ormsync init`: finds the sides, writes ormsync.toml, proposes ownership.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use minijinja::{Environment, Value, context};
use ormsync_schema::Severity;

use crate::command_line::{GlobalOptions, InitOptions};
use crate::config::FILE_NAME;
use crate::failure::{Failure, Result};
use crate::gate::write_file;
use crate::paths;
use crate::project::{Location, Project, Settings, Side, sides, too_few};
use crate::read_sources::{Sources, read_sources};
use crate::terminal::Terminal;

pub(super) fn run(global: &GlobalOptions, options: &InitOptions, terminal: &Terminal) -> Result<u8> {
    let path = target(global);
    if path.exists() && !options.force && !options.dry_run && !options.print_ignores {
        let message = format!("{} is there already", paths::display(&path));
        return Err(
            Failure::new("init", message).with_help("--force overwrites it, --dry-run shows what would be written")
        );
    }
    // What is there already says more than what is found, unless it is to be written anew.
    let settings = if options.print_ignores { Settings::read(global)? } else { Settings::without_config() };
    let found = sides(&settings, &options.sources)?;
    if found.is_empty() {
        return Err(too_few(&found, &settings));
    }
    for side in &found {
        terminal.note(&format!("found {}: {}", side.label, side.location.describe()));
    }
    let sections = Sections::new(&found, &settings, paths::folder_of(&path));
    let proposals = propose(&settings, options, terminal)?;
    if options.print_ignores {
        terminal.output(&sections.ignore_settings(&proposals)?)?;
        return Ok(0);
    }
    let text = sections.render(&proposals)?;
    if options.dry_run {
        terminal.output(&text)?;
        return Ok(0);
    }
    write_file(&path, &text)?;
    let advice = sections.ignore_settings(&proposals)?;
    let written = format!("wrote {}\n\n{}\n\nNext: `ormsync check`\n", paths::display(&path), advice.trim_end());
    if !terminal.quiet {
        terminal.output(&written)?;
    }
    Ok(0)
}

fn target(global: &GlobalOptions) -> PathBuf {
    match &global.config {
        Some(path) if path.is_dir() => path.join(FILE_NAME),
        Some(path) => path.clone(),
        None => PathBuf::from(FILE_NAME),
    }
}

/// Tables that only some of the sources have, by who has them.
#[derive(Debug, Default)]
struct Proposals {
    dialect: Option<&'static str>,
    default_namespace: &'static str,
    only_prisma: Vec<String>,
    only_sqlalchemy: Vec<String>,
    only_database: Vec<String>,
}

/// Reads all sides and sorts the tables that are in one ORM only, or in none.
fn propose(settings: &Settings, options: &InitOptions, terminal: &Terminal) -> Result<Proposals> {
    let found = sides(settings, &options.sources)?;
    let project = match Project::for_sides(settings, found, &options.dialect) {
        Ok(project) => project,
        // Sides that contradict each other are the user's to put right before anything is written; that nothing
        // names the dialect only means that the models cannot be read yet.
        Err(failure) if failure.diagnostics.iter().any(|diagnostic| diagnostic.code == "provider-mismatch") => {
            return Err(failure);
        }
        Err(_) => return Ok(Proposals::default()),
    };
    let Sources { read, diagnostics, files, .. } = read_sources(&project);
    let told: Vec<_> = diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    terminal.diagnostics(&told, &files);
    let tables = |name: &str| {
        let side = read.iter().find(|read| read.side.name == name)?;
        let default = project.dialect.default_namespace();
        let names = side.schema.tables().map(|(namespace, table, _)| match namespace == default {
            true => table.to_owned(),
            false => format!("{namespace}.{table}"),
        });
        let own = ormsync_prisma::OWN_TABLES.iter().chain(ormsync_sqlalchemy::OWN_TABLES);
        let own: BTreeSet<&str> = own.copied().collect();
        Some(names.filter(|name| !own.contains(name.as_str())).collect::<BTreeSet<String>>())
    };
    let mut proposals = Proposals {
        dialect: Some(project.dialect.name()),
        default_namespace: project.dialect.default_namespace(),
        ..Proposals::default()
    };
    if let (Some(prisma), Some(sqlalchemy)) = (tables("prisma"), tables("sqlalchemy")) {
        proposals.only_prisma = prisma.difference(&sqlalchemy).cloned().collect();
        proposals.only_sqlalchemy = sqlalchemy.difference(&prisma).cloned().collect();
        let database = tables("database").unwrap_or_default();
        let nobody_s = |table: &&String| !prisma.contains(*table) && !sqlalchemy.contains(*table);
        proposals.only_database = database.iter().filter(nobody_s).cloned().collect();
    }
    Ok(proposals)
}

/// What the sections of the file say.
struct Sections {
    prisma: Option<Value>,
    sqlalchemy: Option<Value>,
    database: Option<Value>,
}

impl Sections {
    fn new(found: &[Side], settings: &Settings, folder: &Path) -> Self {
        let relative = |path: &Path| quoted(&paths::display(&paths::relative_to(path, folder)));
        let mut sections = Self { prisma: None, sqlalchemy: None, database: None };
        for side in found {
            match (&side.location, side.name.as_str()) {
                (Location::Prisma(schema), _) => {
                    let migrations = migrations_of(schema).map(|path| relative(&path));
                    sections.prisma = Some(context! { schema => relative(schema), migrations });
                }
                (Location::SqlAlchemy(roots), _) => {
                    let models: Vec<String> = roots.iter().map(|root| relative(root)).collect();
                    // Several settings files are for several databases: which is meant is not known.
                    let alembic = match settings.found().alembic.as_slice() {
                        [only] => Some(relative(only)),
                        _ => None,
                    };
                    sections.sqlalchemy = Some(context! { models, alembic });
                }
                (Location::Snapshot(file), name) => {
                    let text = quoted(&format!("snapshot:{}", paths::display(&paths::relative_to(file, folder))));
                    match name {
                        "prisma" => sections.prisma = Some(context! { schema => text }),
                        "sqlalchemy" => sections.sqlalchemy = Some(context! { models => [text] }),
                        _ => sections.database = Some(context! { url => text }),
                    }
                }
                (Location::Database { url, .. }, _) => {
                    sections.database = Some(match (&side.written, url.file()) {
                        (Some(written), _) => context! { url => quoted(written) },
                        (None, Some(file)) => {
                            let file = paths::display(&paths::relative_to(file, folder));
                            context! { url => quoted(&format!("sqlite:{file}")) }
                        }
                        // A URL may hold a password, which belongs into no file that is committed.
                        (None, None) => context! {
                            url => quoted("env:DATABASE_URL"),
                            remark => format!("set it to {url}, or write the URL here"),
                        },
                    });
                }
                // They are no side of their own: the models' section names their settings.
                (Location::Alembic(_) | Location::PrismaMigrations(_) | Location::Sql(_) | Location::Empty, _) => {}
                (Location::Unusable(_), _) => {
                    sections.database = side.written.as_ref().map(|written| context! { url => quoted(written) });
                }
            }
        }
        sections
    }

    fn render(&self, proposals: &Proposals) -> Result<String> {
        let proposal = |key: &str, tables: &[String], about: &str| {
            let tables: Vec<String> = tables.iter().map(|table| quoted(table)).collect();
            (!tables.is_empty()).then(|| context! { key, tables, about })
        };
        let proposed: Vec<Value> = [
            proposal("prisma", &proposals.only_prisma, "only Prisma has them"),
            proposal("sqlalchemy", &proposals.only_sqlalchemy, "only SQLAlchemy has them"),
            proposal("external", &proposals.only_database, "only the database has them"),
        ]
        .into_iter()
        .flatten()
        .collect();
        let context = context! {
            dialect => proposals.dialect.map(quoted),
            prisma => self.prisma.clone(),
            sqlalchemy => self.sqlalchemy.clone(),
            database => self.database.clone(),
            proposals => proposed,
        };
        render(include_str!("../../templates/ormsync.toml.j2"), context)
    }

    fn ignore_settings(&self, proposals: &Proposals) -> Result<String> {
        let qualified = |table: &str| match proposals.default_namespace {
            "" => table.to_owned(),
            _ if table.contains('.') => table.to_owned(),
            namespace => format!("{namespace}.{table}"),
        };
        let own = ormsync_sqlalchemy::OWN_TABLES.iter().map(|table| (*table).to_owned());
        let external_to_prisma = own.chain(proposals.only_sqlalchemy.iter().cloned()).map(|table| qualified(&table));
        let own = ormsync_prisma::OWN_TABLES.iter().map(|table| (*table).to_owned());
        let external_to_alembic = own.chain(proposals.only_prisma.iter().cloned());
        let context = context! {
            prisma => self.prisma.is_some(),
            sqlalchemy => self.sqlalchemy.is_some(),
            external_to_prisma => external_to_prisma.map(|table| quoted(&table)).collect::<Vec<_>>(),
            external_to_alembic => external_to_alembic.map(|table| quoted(&table)).collect::<Vec<_>>(),
        };
        render(include_str!("../../templates/ignore_settings.txt.j2"), context)
    }
}

/// The migrations folder where Prisma looks for it: beside the schema.
fn migrations_of(schema: &Path) -> Option<PathBuf> {
    let migrations = paths::join(paths::folder_of(schema), "migrations");
    migrations.is_dir().then_some(migrations)
}

/// A string as TOML, TypeScript and Python all read it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn render(template: &str, context: Value) -> Result<String> {
    Environment::new()
        .render_str(template, context)
        // The engine takes a template's last line end away.
        .map(|text| text + "\n")
        .map_err(|error| Failure::new("internal", format!("a template of `ormsync init` failed: {error}")))
}
