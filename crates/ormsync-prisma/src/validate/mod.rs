//! The mistakes that `prisma validate` refuses and that take the whole schema to see. (What an attribute
//! may say on its own, `resolve` checks.)
//!
//! Where a part of the schema could not be read, nothing is concluded from what is missing there.

mod columns;
mod keys;
mod models;
mod names;
mod operator_classes;
mod relations;

use ormsync_schema::{Diagnostic, Span};

use crate::report::Report;
use crate::resolve::model::{DataModel, Model};

/// Checks a resolved schema as a whole.
pub(crate) fn validate(model: &DataModel<'_>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut check = Check { model, diagnostics: &mut diagnostics };
    check.table_names();
    check.enum_names();
    for position in 0..model.models.len() {
        let current = &model.models[position];
        check.view(current);
        check.unique_criterion(current);
        check.primary_key(current);
        check.auto_increment(current);
        check.columns(current);
        check.keys(current);
        check.client_names(current);
        check.operator_classes(current);
    }
    check.constraint_names();
    check.relation_fields();
    for relation in &model.relations {
        check.relation(relation);
    }
    diagnostics
}

struct Check<'m, 't> {
    model: &'m DataModel<'t>,
    diagnostics: &'m mut Vec<Diagnostic>,
}

impl<'t> Check<'_, 't> {
    fn error(&mut self, model: &Model<'t>, code: &str, span: Span, message: impl Into<String>) {
        Report::new(model.path, self.diagnostics).error(code, span, message);
    }

    fn error_with_help(
        &mut self,
        model: &Model<'t>,
        code: &str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        Report::new(model.path, self.diagnostics).error_with_help(code, span, message, help);
    }
}
