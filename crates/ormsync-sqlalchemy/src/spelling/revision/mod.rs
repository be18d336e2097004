//! Alembic revisions: a plan as the operations that `alembic revision --autogenerate` would have written.
//!
//! | file | what |
//! | --- | --- |
//! | `body.rs` | what stands in `upgrade()` and `downgrade()`: the operations of a plan in order |
//! | `tables.rs` | `op.create_table` and its columns |
//! | `alter.rs` | `op.alter_column` |
//! | `objects.rs` | indexes, keys and checks |
//! | `batch.rs` | `op.batch_alter_table`, for servers that can't change a table in place |
//! | `guards.rs` | functions that look whether something is there already |
//! | `words.rs` | SQLAlchemy's names as a revision imports them |
//! | `frame.rs` | the file around it, and the project's own `script.py.mako` |
//!
//! An operation is written in Alembic's words only where they say all of it; anything else is `op.execute` with the
//! dialect's own statements, which is what a person would have to write, too. So a revision leads exactly where the SQL
//! of the same plan does.

mod alter;
mod batch;
mod body;
mod frame;
mod guards;
mod objects;
mod tables;
mod words;

pub use body::{RevisionBody, revision_body};
pub use frame::{RevisionFrame, TemplateError, write_revision};
pub(super) use tables::is_in_other_words;
