//! Objects of the canonical schema as SQLAlchemy declarations, for suggested fixes.

use ormsync_schema::{ObjectPath, Schema, Spelling};

/// Writes objects as SQLAlchemy declarations, for suggested fixes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SqlAlchemySpelling;

impl Spelling for SqlAlchemySpelling {
    fn spell(&self, _wanted: &Schema, _own: &Schema, _path: &ObjectPath) -> Option<String> {
        None
    }
}
