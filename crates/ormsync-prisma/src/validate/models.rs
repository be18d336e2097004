//! Models, views and enums as a whole.

use std::collections::HashMap;

use super::Check;
use crate::native::AutoIncrementRule;
use crate::report::Report;
use crate::resolve::model::{DefaultKind, FieldKind, FieldModel, Key, KeyKind, Model};
use crate::syntax::Arity;

impl<'t> Check<'_, 't> {
    /// Two models on one table.
    pub(super) fn table_names(&mut self) {
        let mut seen: HashMap<(Option<&str>, &str), &str> = HashMap::new();
        for model in &self.model.models {
            if let Some(earlier) = seen.insert((model.namespace, model.table), model.name()) {
                self.error_with_help(
                    model,
                    "prisma-name",
                    model.block.head,
                    format!("The table `{}` of `{}` is the table of `{earlier}` already.", model.table, model.name()),
                    "Only the first of them is compared.",
                );
            }
        }
    }

    /// Two enums on one type. (Two values on one label the engine takes.)
    pub(super) fn enum_names(&mut self) {
        let mut seen: HashMap<(Option<&str>, &str), &str> = HashMap::new();
        for model in &self.model.enums {
            let report = &mut Report::new(model.path, self.diagnostics);
            if let Some(earlier) = seen.insert((model.namespace, model.type_name), model.name()) {
                report.error(
                    "prisma-name",
                    model.block.head,
                    format!("The type `{}` of `{}` is the type of `{earlier}` already.", model.type_name, model.name()),
                );
            }
        }
    }

    /// What views may not have.
    pub(super) fn view(&mut self, model: &Model<'t>) {
        if !model.is_view() {
            return;
        }
        if !self.model.configuration.previews("views") {
            self.error_with_help(
                model,
                "prisma-preview-feature",
                model.block.head,
                "Views need a preview feature.",
                "Add \"views\" to `previewFeatures` of the generator.",
            );
        }
        if let Some(key) = &model.primary_key {
            self.error_with_help(
                model,
                "prisma-view",
                key.attribute.span,
                "A view has no primary key.",
                "Say what is unique with `@unique` or `@@unique`.",
            );
        }
        for key in model.keys.iter().filter(|key| key.kind != KeyKind::Unique) {
            self.error(model, "prisma-view", key.attribute.span, "A view has no indexes.");
        }
    }

    /// Every model needs a way to tell one row from another.
    pub(super) fn unique_criterion(&mut self, model: &Model<'t>) {
        // The engine counts partial uniques, too.
        let is_strict = |key: &&Key<'t>| key.parts.iter().all(|part| is_strict_field(&model.fields[part.field]));
        let has_bad_id = model.primary_key.as_ref().is_some_and(|key| !is_required(model, key));
        if model.ignored
            || has_bad_id
            || model.is_view()
            || model.is_incomplete()
            || model.fields.iter().any(|field| matches!(field.kind, FieldKind::Unknown))
            || model.unique_criteria().any(|key| is_strict(&key))
        {
            return;
        }
        self.error_with_help(
            model,
            "prisma-key",
            model.block.head,
            format!("Nothing tells one row of `{}` from another.", model.name()),
            "Mark a required field with `@id` or `@unique`, or several with `@@id([…])` or `@@unique([…])`.",
        );
    }

    /// Primary keys: columns that take NULL, clashes, and what the provider lacks.
    pub(super) fn primary_key(&mut self, model: &Model<'t>) {
        let Some(key) = &model.primary_key else { return };
        let facts = self.model.facts;
        let optional = key.parts.iter().find(|part| model.fields[part.field].arity() != Arity::Required);
        if let Some(part) = optional
            && !model.ignored
        {
            let name = model.fields[part.field].name();
            let message = format!("The id of `{}` must be required, but `{name}` is not.", model.name());
            self.error(model, "prisma-key", key.attribute.span, message);
        }
        if key.map.is_some() && !facts.has_named_primary_keys {
            let message = format!("{} has no names for primary keys.", facts.display);
            self.error_with_help(model, "prisma-key", key.attribute.span, message, "Remove `map`.");
        }
        if key.parts.iter().any(|part| part.descending.is_some()) && !facts.has_sorted_primary_keys {
            let message = format!("{} takes no `sort` in a primary key.", facts.display);
            self.error(model, "prisma-key", key.attribute.span, message);
        }
        self.name_of_compound(model, key);
    }

    /// The client calls a compound key `a_b`, which must not be a field.
    pub(super) fn name_of_compound(&mut self, model: &Model<'t>, key: &Key<'t>) {
        if key.parts.len() < 2 {
            return;
        }
        let names: Vec<_> = key.parts.iter().map(|part| model.fields[part.field].name()).collect();
        let name = names.join("_");
        if model.field_index(&name).is_some_and(|field| model.fields[field].is_column()) {
            self.error_with_help(
                model,
                "prisma-key",
                key.attribute.span,
                format!("The client would call this key `{name}`, but that is a field."),
                "Give the key another name with `name:`.",
            );
        }
    }

    /// Where `autoincrement()` may stand.
    pub(super) fn auto_increment(&mut self, model: &Model<'t>) {
        let rule = self.model.facts.auto_increment;
        let display = self.model.facts.display;
        let numbered: Vec<_> = model.fields.iter().enumerate().filter(|(_, field)| is_numbered(field)).collect();
        for (order, (position, field)) in numbered.into_iter().enumerate() {
            let span = field.field.span;
            match rule {
                AutoIncrementRule::Anywhere => {}
                AutoIncrementRule::SingleId => {
                    if model.single_id() != Some(position) {
                        let message = format!("On {display} only the single id of a model may be `autoincrement()`.");
                        self.error(model, "prisma-default", span, message);
                    }
                }
                AutoIncrementRule::OneIndexed => {
                    if order > 0 {
                        let message = format!("On {display} a table has one `autoincrement()`; this is another.");
                        self.error(model, "prisma-default", span, message);
                    }
                    let leads = |key: &Key<'t>| key.parts.first().is_some_and(|part| part.field == position);
                    if !model.primary_key.iter().chain(&model.keys).any(leads) {
                        let message = format!("On {display} a column with `autoincrement()` must lead an index.");
                        self.error(model, "prisma-default", span, message);
                    }
                }
            }
        }
    }
}

/// Whether no field of a key may be left out.
fn is_required(model: &Model<'_>, key: &Key<'_>) -> bool {
    key.parts.iter().all(|part| model.fields[part.field].arity() == Arity::Required)
}

fn is_numbered(field: &FieldModel<'_>) -> bool {
    field.default.as_ref().is_some_and(|default| matches!(default.kind, DefaultKind::AutoIncrement))
}

/// Whether a unique on this field tells rows apart.
fn is_strict_field(field: &FieldModel<'_>) -> bool {
    field.arity() != Arity::Optional && !matches!(field.kind, FieldKind::Unsupported(_))
}
