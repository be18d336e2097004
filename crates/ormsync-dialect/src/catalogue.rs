//! How catalogue queries and their rows travel between this crate and the one that has the sockets.

mod answer;
mod cells;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use ormsync_schema::{Column, Fact, Namespace};

pub use answer::CatalogueAnswer;
pub(crate) use cells::Cells;

/// Which part of a server is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueScope {
    /// The namespaces to read. Empty: the dialect's default one (or the connected database).
    pub namespaces: Vec<String>,
}

/// One catalogue query. Every column of its result is text (or NULL): queries cast what they select,
/// so that no driver's idea of a catalogue type comes between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueQuery {
    /// Its name, which is its file's name in `queries/`.
    pub name: &'static str,
    /// The statement, without parameters.
    pub sql: String,
    /// When it runs.
    pub turn: Turn,
    /// Whether its rows come packed into JSON: each row of the answer is one cell, an array of rows that are arrays of
    /// texts. (SQLite's driver needs longer to hand a row over than to read it.)
    pub packed: bool,
}

/// When a catalogue query runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Before all others and on every connection: it sets the session up for them.
    SetsUp,
    /// When all that set up have run, and before any other. Where a server has no snapshot of its catalogue, the names of its tables: all
    /// that is asked later knows at least of these, or they have gone.
    First,
    /// Whenever a connection is free.
    Any,
    /// When all others have been answered.
    Last,
}

impl CatalogueQuery {
    /// A query whose rows come as they are.
    #[must_use]
    pub fn new(name: &'static str, sql: impl Into<String>) -> Self {
        Self { name, sql: sql.into(), turn: Turn::Any, packed: false }
    }
}

/// A row: the values of the columns in the order the query selects them.
pub type CatalogueRow = Vec<Option<String>>;

/// The rows of every query, by the query's name.
pub type CatalogueRows = BTreeMap<&'static str, CatalogueAnswer>;

/// The columns of a table or view.
pub(crate) fn columns_mut<'content>(
    content: &'content mut Namespace,
    relation: &str,
) -> Option<&'content mut IndexMap<String, Column>> {
    let Namespace { tables, views, .. } = content;
    let of_table = tables.get_mut(relation).map(|table| &mut table.columns);
    of_table.or_else(|| views.get_mut(relation).map(|view| &mut view.columns))
}

/// What no server has words for: what an ORM does on its own.
pub(crate) const UNSAID_BY_SERVERS: [Fact; 2] = [Fact::ClientDefault, Fact::ClientUpdate];
