//! Alembic's side of a project, read without running any of it: `alembic.ini`, the revisions of its versions folder, what
//! they make of a schema, and the table in which Alembic keeps how far a database is.

mod history;
mod replay;
mod settings;
mod version_table;
mod versions;

pub use history::{
    AlembicHistory, MIRROR_VARIABLE, RECORD_COLUMN, RECORD_TABLE, RevisionFile, alembic_history, records,
};
pub(crate) use replay::{CONNECTION, Replay};
pub use replay::{ReplayOptions, Replayed, ReplayedRevision, ReplayedStep, StatementReplay, replay};
pub use settings::{AlembicSettings, FileTemplateError};
pub use version_table::move_version;
pub use versions::{Revision, Versions, VersionsError};
