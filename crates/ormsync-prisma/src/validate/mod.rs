//! The mistakes that `prisma validate` refuses.

use ormsync_schema::Diagnostic;

use crate::resolve::model::DataModel;

/// Checks a resolved schema as a whole.
pub(crate) fn validate(_model: &DataModel<'_>, _diagnostics: &mut Vec<Diagnostic>) {}
