//! The three sources of a project, read once, and compared as the check compares them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ormsync_dialect::Dialect;
use ormsync_diff::{Comparison, Options, OwnershipPatterns, Role, Source, compare};
use ormsync_schema::{Schema, Server};
use serde::Deserialize;

use crate::case::{self, Case};
use crate::judges::scratch::Scratch;
use crate::program::{Run, ormsync};

/// The sources' names, as the configuration has them.
pub(crate) const NAMES: [&str; 3] = ["prisma", "sqlalchemy", "database"];

/// A project's sources in normal form.
pub(crate) struct Readings {
    /// The dialect.
    pub(crate) dialect: &'static dyn Dialect,
    /// The schemas, in the order of [`NAMES`].
    pub(crate) schemas: [Schema; 3],
    /// The source that is declared to be right.
    pub(crate) truth: Option<usize>,
    options: Options,
}

/// What the comparison takes from `ormsync.toml`.
#[derive(Deserialize)]
struct Settings {
    truth: Option<String>,
    #[serde(default)]
    ownership: BTreeMap<String, Vec<String>>,
}

impl Readings {
    /// Reads a project's sources, the database from one made of its script; none when its server is waived.
    pub(crate) fn of(case: &Case, server: case::Dialect) -> Option<Self> {
        let database = Scratch::new(server)?;
        database.load(&case.database().unwrap()).unwrap_or_else(|message| panic!("{message}"));
        let configuration = case.configuration().unwrap();
        let read = |name: &str| inspect(case, name, &configuration, server, database.url());
        let mut schemas = NAMES.map(read);
        let dialect = ormsync_dialect::by_name(&schemas[2].dialect).unwrap();
        let product = schemas[2].server.clone();
        for schema in &mut schemas {
            dialect.normalise(schema, product.as_ref());
        }
        let settings: Settings = toml::from_str(&fs::read_to_string(&configuration).unwrap()).unwrap();
        let options = options(&settings);
        let truth = settings.truth.and_then(|name| NAMES.iter().position(|known| *known == name));
        Some(Self { dialect, schemas, truth, options })
    }

    /// The database's server.
    pub(crate) fn server(&self) -> Option<&Server> {
        self.schemas[2].server.as_ref()
    }

    /// Compares the schemas, one of them in place of what was read.
    pub(crate) fn compare(&self, changed: Option<(usize, &Schema)>) -> Comparison {
        let sources: Vec<Source<'_>> = NAMES
            .iter()
            .enumerate()
            .map(|(source, name)| Source {
                name,
                kind: name,
                label: name,
                role: if *name == "database" { Role::Live } else { Role::Declared },
                schema: match changed {
                    Some((other, schema)) if other == source => schema,
                    _ => &self.schemas[source],
                },
                spelling: None,
            })
            .collect();
        compare(&sources, self.dialect, &self.options)
    }
}

fn options(settings: &Settings) -> Options {
    let globs = |owner: &str| settings.ownership.get(owner).cloned().unwrap_or_default();
    let own = ["_prisma_migrations", "alembic_version"].map(str::to_owned);
    Options {
        truth: settings.truth.clone(),
        ownership: OwnershipPatterns {
            by_source: ["prisma", "sqlalchemy"].map(|name| (name.to_owned(), globs(name))).into(),
            external: globs("external"),
            observed: globs("observed"),
            ignore: globs("ignore").into_iter().chain(own).collect(),
        },
        ..Options::default()
    }
}

/// A side that could not be read whole is still printed, as far as it was.
fn inspect(case: &Case, name: &str, configuration: &Path, server: case::Dialect, url: &str) -> Schema {
    let run = Run::of(
        ormsync()
            .current_dir(&case.folder)
            .env("DATABASE_URL", url)
            .args(["inspect", name, "--dialect", server.name(), "--config"])
            .arg(configuration),
    );
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{run}"))
}
