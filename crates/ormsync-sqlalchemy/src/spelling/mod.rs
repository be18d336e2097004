//! Writing a schema's objects as SQLAlchemy declarations.
//!
//! [`SqlAlchemySpelling`] writes one object, for suggested fixes; [`write_models`] a whole module. Both
//! are made of the same parts: `native_types` and `words` say what SQLAlchemy calls things on each
//! dialect, `column`, `constraint` and `class` put declarations together as trees of `python`, which
//! writes them as `ruff format` would; `revision/` makes Alembic's operations of the same parts.
//!
//! What SQLAlchemy has no words for is not written: a fix for it is none, and in a class a comment
//! stands in its place.

mod class;
mod column;
mod constraint;
mod convention;
mod fix;
mod module;
mod names;
mod native_types;
mod own_types;
mod python;
mod relationships;
mod revision;
mod words;
mod writer;

#[cfg(test)]
mod tests;

pub use fix::SqlAlchemySpelling;
pub use module::write_models;
pub(crate) use python::string_literal;
pub use revision::{RevisionBody, RevisionFrame, TemplateError, revision_body, write_revision};
