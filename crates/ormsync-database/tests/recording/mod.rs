//! The rows in `fixtures/catalogue`.

use std::path::PathBuf;

use ormsync_dialect::{CatalogueAnswer, CatalogueQuery, CatalogueRows, CatalogueScope, Dialect, by_name};
use ormsync_schema::{Diagnostic, Schema, Server};
use serde::Deserialize;

/// What a server answered once.
pub(crate) struct Recording {
    pub(crate) dialect: &'static dyn Dialect,
    pub(crate) server: Server,
    pub(crate) scope: CatalogueScope,
    pub(crate) rows: CatalogueRows,
}

#[derive(Deserialize)]
struct File {
    server: Server,
    namespaces: Vec<String>,
    rows: std::collections::BTreeMap<String, CatalogueAnswer>,
}

impl Recording {
    /// The recording of a server: `postgresql`, `mysql`, `mariadb` or `sqlite`.
    pub(crate) fn load(flavour: &str) -> Self {
        let path = folder(flavour).join("catalogue.json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let File { server, namespaces, mut rows } = serde_json::from_str(&text).unwrap();
        let dialect = by_name(flavour).unwrap();
        let scope = CatalogueScope { namespaces };
        let names = dialect.catalogue_queries(&server, &scope).into_iter().map(|CatalogueQuery { name, .. }| name);
        let mut found: CatalogueRows = names.filter_map(|name| Some((name, rows.remove(name)?))).collect();
        for CatalogueQuery { name, .. } in dialect.further_catalogue_queries(&server, &found) {
            found.extend(rows.remove(name).map(|rows| (name, rows)));
        }
        let rows = found;
        Self { dialect, server, scope, rows }
    }

    /// The schema of the rows.
    pub(crate) fn assemble(&self) -> (Schema, Vec<Diagnostic>) {
        self.dialect.assemble(&self.server, &self.scope, &self.rows)
    }
}

/// The folder of a server's recording and of the statements it was made with.
pub(crate) fn folder(flavour: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/catalogue").join(flavour)
}
