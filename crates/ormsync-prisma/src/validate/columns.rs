//! Columns: what the provider cannot store, and clashes of names.

use std::collections::HashMap;

use super::Check;
use crate::native::ScalarType;
use crate::resolve::model::{FieldKind, FieldModel, Model};
use crate::syntax::Arity;

impl<'t> Check<'_, 't> {
    pub(super) fn columns(&mut self, model: &Model<'t>) {
        let mut seen: HashMap<&str, &str> = HashMap::new();
        // Names of fields differ, so columns can be called the same only where one has a name of its own.
        let any_mapped = model.fields.iter().any(|field| field.is_column() && field.column != field.name());
        for field in model.fields.iter().filter(|field| field.is_column()) {
            if any_mapped && let Some(earlier) = seen.insert(field.column, field.name()) {
                self.error(
                    model,
                    "prisma-name",
                    field.field.span,
                    format!(
                        "The column `{}` of `{}` is the column of `{earlier}` already.",
                        field.column,
                        field.name()
                    ),
                );
            }
            // The engine takes a name for free only once the field that bears it has been renamed above.
            let is_taken = field.column != field.name()
                && model.fields.iter().position(|other| other.name() == field.column).is_some_and(|other| {
                    let is_later = model.field_index(field.name()).is_some_and(|this| this < other);
                    model.fields[other].is_column() && model.fields[other].column != field.column && is_later
                });
            if is_taken {
                self.error_with_help(
                    model,
                    "prisma-name",
                    field.field.span,
                    format!("The column `{}` of `{}` is the name of a field further down.", field.column, field.name()),
                    "Move that field up, or rename it.",
                );
            }
            if field.arity() == Arity::List && !self.model.facts.has_lists {
                self.error_with_help(
                    model,
                    "prisma-type",
                    field.field.span,
                    format!("{} has no lists, so `{}` cannot be one.", self.model.facts.display, field.name()),
                    "Use a `Json` field, or a model of its own.",
                );
            }
            if let FieldKind::Unsupported(text) = field.kind {
                self.supported_after_all(model, field, text);
            }
        }
    }

    /// `Unsupported("VarChar(5)")` where there is `String @db.VarChar(5)`.
    fn supported_after_all(&mut self, model: &Model<'t>, field: &FieldModel<'t>, text: &str) {
        let (name, arguments) = match text.split_once('(') {
            None => (text.trim(), ""),
            Some((name, rest)) => (name.trim(), rest.split(')').next().unwrap_or_default()),
        };
        let Some(native) = self.model.facts.native(name) else { return };
        let numbers: Vec<Option<u32>> = arguments
            .split(',')
            .map(str::trim)
            .filter(|argument| !argument.is_empty())
            .map(|argument| argument.parse().ok())
            .collect();
        let (fewest, most) = native.arguments.bounds();
        let fits = numbers.iter().all(Option::is_some) && (fewest..=most).contains(&numbers.len());
        if fits {
            let scalar = native.scalars.first().map_or("String", |scalar: &ScalarType| scalar.name());
            let datasource = self.model.configuration.datasource_name.unwrap_or("db");
            self.error_with_help(
                model,
                "prisma-type",
                field.field.span,
                format!("Prisma supports the type `{text}`."),
                format!("Write `{scalar} @{datasource}.{text}`."),
            );
        }
    }
}
