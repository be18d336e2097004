//! The catalogue of PostgreSQL: queries, and how their rows become a schema.

use ormsync_schema::{Diagnostic, Schema, Server};

use crate::{CatalogueQuery, CatalogueRows, CatalogueScope};

/// The queries.
pub(super) fn queries(_server: &Server, _scope: &CatalogueScope) -> Vec<CatalogueQuery> {
    Vec::new()
}

/// The schema that the rows stand for.
pub(super) fn assemble(_server: &Server, _scope: &CatalogueScope, _rows: &CatalogueRows) -> (Schema, Vec<Diagnostic>) {
    (Schema::new("postgresql"), Vec::new())
}
