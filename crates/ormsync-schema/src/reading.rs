//! What every reader gives back, and what every source can be asked to write.

use crate::{Diagnostic, ObjectPath, Schema, Severity, SourceFiles};

/// What came of reading one source. A reader never stops at the first error and never loses the rest.
#[derive(Debug, Clone)]
pub struct Reading {
    /// All that was understood.
    pub schema: Schema,
    /// All that was not, and whatever else the user should know.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that origins point into.
    pub files: SourceFiles,
}

impl Reading {
    /// Whether something was refused or could not be read, so that the answer is not whole.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// How a source would write an object in its own language. Suggested fixes are made of this, chosen
/// by the source that has to change.
pub trait Spelling: Sync {
    /// The declaration of the object at `path` in `wanted`, in this source's language, on one or a few
    /// lines; none where the language has no words for it. `own` is what the source itself has now,
    /// for names and style.
    fn spell(&self, wanted: &Schema, own: &Schema, path: &ObjectPath) -> Option<String>;
}
