//! What differs between the servers when statements are carried out.

use ormsync_schema::{Column, ForeignKey, Index, Schema};

use crate::Dialect;
use crate::expression::{self, Grammar, Scope, Term};

/// How one server's statements are carried out.
pub(crate) struct Rules {
    /// The dialect.
    pub(crate) dialect: &'static dyn Dialect,
    /// How it writes expressions and names.
    pub(crate) grammar: &'static Grammar,
    /// Qualifiers of names that mean the default namespace.
    pub(crate) default_qualifiers: &'static [&'static str],
    /// Whether names of indexes are those of a namespace, not of a table.
    pub(crate) indexes_are_objects: bool,
    /// Whether partitions are tables of their own.
    pub(crate) partitions_are_tables: bool,
    /// Whether `SELECT … INTO` makes a table.
    pub(crate) selects_make_tables: bool,
    /// Whether a unique constraint is nothing but a unique index.
    pub(crate) uniques_are_indexes: bool,
    /// Brings a column that was declared into the form in which later statements find it.
    pub(crate) declared: fn(&mut Column),
    /// The index that comes with a foreign key, unless another one serves it.
    pub(crate) index_of_foreign_key: fn(&ForeignKey) -> Option<Index>,
    /// Gives constraints without a name the one that the server gives them.
    pub(crate) name_constraints: fn(&mut Schema),
    /// Tells the schema's own types from the server's, so that a renamed type takes its columns along.
    pub(crate) resolve_types: fn(&mut Schema),
    /// The name of the sequence of a numbered column.
    pub(crate) sequence_name: fn(&str, &str) -> String,
}

/// The rules of a dialect.
pub(super) fn of(dialect: &str) -> Option<&'static Rules> {
    [&crate::postgres::REPLAY, &crate::mysql::REPLAY, &crate::sqlite::REPLAY]
        .into_iter()
        .find(|rules| rules.dialect.name() == dialect)
}

impl Rules {
    /// The text of a string constant whose content is still as written.
    pub(super) fn constant(&self, content: &str) -> String {
        match expression::read(&format!("'{content}'"), &Scope::bare(self.grammar)) {
            Some(Term::Text(text)) => text,
            _ => content.to_owned(),
        }
    }
}
