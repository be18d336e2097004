//! Names of constraints: not too long, and different where the database wants them different.

use std::collections::HashMap;

use ormsync_schema::Span;

use super::Check;
use crate::lower::names;
use crate::native::NameScope;
use crate::resolve::model::{Key, KeyKind, Model, RelationKind};

const CODE: &str = "prisma-name";

/// A constraint with its name.
struct Named<'m, 't> {
    model: &'m Model<'t>,
    kind: NamedKind,
    name: String,
    span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum NamedKind {
    PrimaryKey,
    Index,
    ForeignKey,
}

impl<'m, 't> Check<'m, 't> {
    pub(super) fn constraint_names(&mut self) {
        let named = self.all_named();
        self.lengths(&named);
        match self.model.facts.name_scope {
            NameScope::PrimaryKeysAndIndexes => {
                self.clashes(
                    &named,
                    |named| named.kind != NamedKind::ForeignKey,
                    |named| (named.model.namespace.unwrap_or_default(), ""),
                );
                self.clashes(&named, |_| true, |named| (named.model.namespace.unwrap_or_default(), named.model.name()));
            }
            NameScope::ForeignKeys => {
                self.clashes(&named, |named| named.kind == NamedKind::ForeignKey, |_| ("", ""));
                self.clashes(&named, |named| named.kind == NamedKind::Index, |named| ("", named.model.name()));
            }
            NameScope::Indexes => {
                self.clashes(&named, |named| named.kind == NamedKind::Index, |_| ("", ""));
            }
        }
    }

    fn all_named(&self) -> Vec<Named<'m, 't>> {
        let facts = self.model.facts;
        let mut named = Vec::new();
        // The engine does not look at the names that views would have.
        for model in self.model.models.iter().filter(|model| !model.is_view()) {
            for key in model.primary_key.iter().chain(&model.keys) {
                if let Some(name) = names::of_key(model, key, facts) {
                    let kind = if key.kind == KeyKind::Id { NamedKind::PrimaryKey } else { NamedKind::Index };
                    named.push(Named { model, kind, name, span: place(key) });
                }
            }
        }
        for relation in self.model.relations.iter().filter(|relation| relation.kind != RelationKind::ManyToMany) {
            let Some((position, index)) = relation.forward else { continue };
            let model = &self.model.models[position];
            let field = &model.fields[index];
            let Some(relation) = field.relation() else { continue };
            let Some(fields) = &relation.fields else { continue };
            let columns = model.columns_of(fields);
            let name = relation.map.map_or_else(|| names::foreign_key(model.table, &columns, facts), str::to_owned);
            let span = relation.attribute.map_or(field.field.span, |attribute| attribute.span);
            named.push(Named { model, kind: NamedKind::ForeignKey, name, span });
        }
        named
    }

    fn lengths(&mut self, named: &[Named<'m, 't>]) {
        let longest = self.model.facts.longest_name;
        for constraint in named.iter().filter(|constraint| constraint.name.len() > longest) {
            self.error_with_help(
                constraint.model,
                CODE,
                constraint.span,
                format!("The name `{}` is longer than {longest} bytes.", constraint.name),
                "Shorten `map`.",
            );
        }
    }

    /// Reports each constraint whose name another one of its scope has before it.
    fn clashes(
        &mut self,
        named: &[Named<'m, 't>],
        belongs: impl Fn(&Named<'m, 't>) -> bool,
        scope: impl Fn(&Named<'m, 't>) -> (&'m str, &'m str),
    ) {
        let mut seen: HashMap<((&str, &str), &str), &Model<'t>> = HashMap::with_capacity(named.len());
        for constraint in named.iter().filter(|constraint| belongs(constraint)) {
            if let Some(earlier) = seen.insert((scope(constraint), &constraint.name), constraint.model) {
                self.error_with_help(
                    constraint.model,
                    CODE,
                    constraint.span,
                    format!("The name `{}` is taken by another constraint of `{}`.", constraint.name, earlier.name()),
                    "Give one of them another name with `map:`.",
                );
            }
        }
    }
}

fn place(key: &Key<'_>) -> Span {
    key.attribute.argument("map").map_or(key.attribute.span, |argument| argument.span)
}
