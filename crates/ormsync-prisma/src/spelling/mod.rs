//! Writing objects of the canonical schema in Prisma's language.

use ormsync_schema::{ObjectPath, Schema, Spelling};

/// Writes objects in Prisma's language, for suggested fixes.
#[derive(Debug, Clone, Copy, Default)]
pub struct PrismaSpelling;

impl Spelling for PrismaSpelling {
    fn spell(&self, _wanted: &Schema, _own: &Schema, _path: &ObjectPath) -> Option<String> {
        None
    }
}
