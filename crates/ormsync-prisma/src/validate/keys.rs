//! Uniques and indexes: what the provider lacks, and the names that the client has for them.

use super::Check;
use crate::native::ScalarType;
use crate::resolve::model::{FieldKind, Key, KeyKind, Model};

const CODE: &str = "prisma-key";

impl<'t> Check<'_, 't> {
    pub(super) fn keys(&mut self, model: &Model<'t>) {
        for key in model.primary_key.iter().chain(&model.keys) {
            self.prefix_lengths(model, key);
            self.unindexable_types(model, key);
            if key.kind == KeyKind::Fulltext {
                self.fulltext(model, key);
            }
            if let Some(method) = key.method {
                self.method(model, key, method);
            }
            if key.kind == KeyKind::Unique {
                self.name_of_compound(model, key);
            }
        }
    }

    fn prefix_lengths(&mut self, model: &Model<'t>, key: &Key<'t>) {
        let display = self.model.facts.display;
        for part in key.parts.iter().filter(|part| part.length.is_some()) {
            let field = &model.fields[part.field];
            if !self.model.facts.has_prefix_lengths {
                self.error(model, CODE, key.attribute.span, format!("{display} takes no `length` in keys."));
                return;
            }
            let has_length = matches!(field.scalar(), Some(ScalarType::String | ScalarType::Bytes))
                || matches!(field.kind, FieldKind::Unsupported(_) | FieldKind::Unknown);
            if !has_length {
                let message = format!("`length` is for strings and bytes, which `{}` is not.", field.name());
                self.error(model, CODE, key.attribute.span, message);
            }
        }
    }

    /// Text without bound needs a length in a key.
    fn unindexable_types(&mut self, model: &Model<'t>, key: &Key<'t>) {
        if key.kind == KeyKind::Fulltext {
            return;
        }
        let unindexable = self.model.facts.unindexable_natives;
        for part in key.parts.iter().filter(|part| part.length.is_none()) {
            let field = &model.fields[part.field];
            let native = field.native.as_ref().and_then(|native| native.resolved.as_ref());
            if let Some((native, _)) = native
                && unindexable.contains(&native.name)
            {
                self.error_with_help(
                    model,
                    CODE,
                    key.attribute.span,
                    format!("A key on `{}` needs a length, since its type is `{}`.", field.name(), native.name),
                    format!("Write `{}(length: 100)` with the length that is wanted.", field.name()),
                );
            }
        }
    }

    fn fulltext(&mut self, model: &Model<'t>, key: &Key<'t>) {
        let span = key.attribute.span;
        if !self.model.facts.has_fulltext {
            let message = format!("{} has no full-text indexes in Prisma.", self.model.facts.display);
            self.error(model, CODE, span, message);
        } else if key.parts.iter().any(|part| part.length.is_some()) {
            self.error(model, CODE, span, "A full-text index takes no `length`.");
        } else if key.parts.iter().any(|part| part.descending.is_some()) {
            self.error(model, CODE, span, "A full-text index takes no `sort`.");
        }
    }

    fn method(&mut self, model: &Model<'t>, key: &Key<'t>, method: &str) {
        let facts = self.model.facts;
        if !facts.index_methods.contains(&method) {
            let message = format!("{} has no indexes of type `{method}` in Prisma.", facts.display);
            self.error(model, CODE, key.attribute.span, message);
        } else if method == "Hash" && key.parts.iter().any(|part| part.descending.is_some()) {
            self.error(model, CODE, key.attribute.span, "An index of type `Hash` takes no `sort`.");
        }
    }

    /// Names that keys have in the client: unique, and no fields.
    pub(super) fn client_names(&mut self, model: &Model<'t>) {
        let keys: Vec<&Key<'t>> = model.primary_key.iter().chain(&model.keys).collect();
        for (position, key) in keys.iter().enumerate() {
            let Some(name) = key.client_name else { continue };
            let span = key.attribute.argument("name").map_or(key.attribute.span, |argument| argument.span);
            if keys[..position].iter().any(|earlier| earlier.client_name == Some(name)) {
                self.error(model, CODE, span, format!("Another key of `{}` is called `{name}`.", model.name()));
            }
            if model.field_index(name).is_some() {
                self.error(model, CODE, span, format!("`{name}` is a field of `{}`.", model.name()));
            }
        }
    }
}
