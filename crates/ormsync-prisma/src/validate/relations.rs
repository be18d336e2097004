//! Relations: both sides there, the foreign key on one of them, and pointing at something unique.

use ormsync_schema::{ReferentialAction, Span};

use super::Check;
use crate::resolve::model::{FieldKind, FieldModel, FieldRef, Model, Relation, RelationField, RelationKind};
use crate::resolve::relations::group;
use crate::syntax::Arity;

const CODE: &str = "prisma-relation";

/// One side of a relation.
#[derive(Clone, Copy)]
struct Side<'m, 't> {
    model: &'m Model<'t>,
    field: &'m FieldModel<'t>,
    relation: &'m RelationField<'t>,
}

impl Side<'_, '_> {
    fn span(&self) -> Span {
        self.relation.attribute.map_or(self.field.field.span, |attribute| attribute.span)
    }

    fn label(&self) -> String {
        format!("`{}` of `{}`", self.field.name(), self.model.name())
    }

    fn has_fields(&self) -> bool {
        self.relation.fields.as_ref().is_some_and(|fields| !fields.is_empty())
    }

    fn has_references(&self) -> bool {
        self.relation.references.as_ref().is_some_and(|fields| !fields.is_empty())
    }

    fn has_actions(&self) -> bool {
        self.relation.on_delete.is_some() || self.relation.on_update.is_some()
    }
}

impl<'m, 't> Check<'m, 't> {
    fn side(&self, (model, field): FieldRef) -> Option<Side<'m, 't>> {
        let model = &self.model.models[model];
        let field = &model.fields[field];
        Some(Side { model, field, relation: field.relation()? })
    }

    fn refuse(&mut self, side: Side<'m, 't>, message: impl Into<String>, help: &str) {
        self.error_with_help(side.model, CODE, side.span(), message, help);
    }

    /// What can be said of each relation field on its own.
    pub(super) fn relation_fields(&mut self) {
        self.ambiguous();
        for position in 0..self.model.models.len() {
            for field in 0..self.model.models[position].fields.len() {
                if let Some(side) = self.side((position, field)) {
                    self.ignored_target(side);
                    self.actions(side);
                    if side.relation.map.is_some() && !self.model.facts.has_named_foreign_keys {
                        let message = format!("{} has no names for foreign keys.", self.model.facts.display);
                        self.refuse(side, message, "Remove `map`.");
                    }
                }
            }
        }
    }

    fn ambiguous(&mut self) {
        for ((position, target, name), fields) in group(&self.model.models) {
            // Two fields that lead from a model to itself under one name are the two sides of one relation.
            let most = if position == target && name.is_some() { 2 } else { 1 };
            let is_lone_self_relation = position == target && name.is_none() && fields.len() == 2;
            if fields.len() <= most {
                continue;
            }
            let names: Vec<_> =
                fields.iter().map(|(model, field)| self.model.models[*model].fields[*field].name()).collect();
            let to = self.model.models[target].name();
            for field in &fields {
                if let Some(side) = self.side(*field) {
                    let help = if is_lone_self_relation {
                        "If they are the two sides of one relation, give both the same name: `@relation(\"…\")`."
                    } else {
                        "Give each relation a name of its own, on both sides: `@relation(\"…\")`."
                    };
                    self.refuse(
                        side,
                        format!("The fields {} all lead to `{to}` in the same way.", names.join(", ")),
                        help,
                    );
                }
            }
        }
    }

    fn ignored_target(&mut self, side: Side<'m, 't>) {
        let target = &self.model.models[side.relation.target];
        if target.ignored && !side.field.ignored && !side.model.ignored {
            let message = format!("{} leads to `{}`, which is ignored.", side.label(), target.name());
            self.refuse(side, message, "Add `@ignore` to the field.");
        }
    }

    fn actions(&mut self, side: Side<'m, 't>) {
        let facts = self.model.facts;
        let emulated = self.model.configuration.emulates_relations;
        let any_required =
            side.relation.fields.iter().flatten().any(|field| side.model.fields[*field].arity() == Arity::Required);
        for (action, span) in [side.relation.on_delete, side.relation.on_update].into_iter().flatten() {
            if emulated && !facts.emulated_actions.contains(&action) {
                let message = format!("`relationMode = \"prisma\"` on {} does not have this action.", facts.display);
                self.error(side.model, CODE, span, message);
            }
            let server_refuses = emulated || !facts.takes_set_null_on_required;
            if action == ReferentialAction::SetNull && any_required && server_refuses {
                let message = "`SetNull` needs fields that are optional.";
                self.error_with_help(
                    side.model,
                    CODE,
                    span,
                    message,
                    "Make the listed fields optional, or choose another action.",
                );
            }
        }
    }

    /// What can be said of both sides together.
    pub(super) fn relation(&mut self, relation: &Relation) {
        let forward = relation.forward.and_then(|field| self.side(field));
        let back = relation.back.and_then(|field| self.side(field));
        match (forward, back) {
            (Some(forward), Some(back)) => match relation.kind {
                RelationKind::ManyToMany => self.many_to_many([forward, back]),
                RelationKind::OneToMany => self.one_to_many(forward, back),
                RelationKind::OneToOne => self.one_to_one(forward, back),
            },
            (Some(alone), None) | (None, Some(alone)) => self.missing_opposite(alone),
            (None, None) => {}
        }
        if let (Some(forward), true) = (forward, relation.kind != RelationKind::ManyToMany)
            && !forward.relation.broken
        {
            self.foreign_key(forward);
        }
    }

    fn missing_opposite(&mut self, side: Side<'m, 't>) {
        let target = &self.model.models[side.relation.target];
        // The opposite field may stand on a line that could not be read, or have a type that was not understood.
        let may_hide = !target.block.bad_members.is_empty()
            || target.fields.iter().any(|field| matches!(field.kind, FieldKind::Unknown));
        if !may_hide {
            let message = format!("{} has no opposite field in `{}`.", side.label(), target.name());
            let help = format!(
                "Add a field of type `{0}` or `{0}[]` to `{1}`; `prisma format` does.",
                side.model.name(),
                target.name()
            );
            self.refuse(side, message, &help);
        }
    }

    fn one_to_many(&mut self, forward: Side<'m, 't>, back: Side<'m, 't>) {
        if !forward.relation.broken && !forward.has_fields() {
            let message = format!("{} does not say which fields hold the foreign key.", forward.label());
            self.refuse(forward, message, "Write `@relation(fields: […], references: […])`.");
        } else if !forward.relation.broken && !forward.has_references() {
            let message = format!("{} does not say which fields it refers to.", forward.label());
            self.refuse(forward, message, "Add `references: […]`.");
        }
        if back.has_fields() || back.has_references() {
            let message = format!("The foreign key of this relation is on the side of {}.", forward.label());
            self.refuse(back, message, "Remove `fields` and `references` here.");
        }
        self.actions_on_back(forward, back);
    }

    fn actions_on_back(&mut self, forward: Side<'m, 't>, back: Side<'m, 't>) {
        if back.has_actions() {
            let message = format!("The actions of this relation are said on the side of {}.", forward.label());
            self.refuse(back, message, "Move `onDelete` and `onUpdate` there.");
        }
    }

    fn one_to_one(&mut self, forward: Side<'m, 't>, back: Side<'m, 't>) {
        let broken = forward.relation.broken || back.relation.broken;
        if !broken && !forward.has_fields() && !back.has_fields() {
            let message =
                format!("Neither {} nor {} says which fields hold the foreign key.", forward.label(), back.label());
            self.refuse(forward, message, "Write `@relation(fields: […], references: […])` on one of them.");
        } else if !broken && !forward.has_references() && !back.has_references() {
            let message =
                format!("Neither {} nor {} says which fields are referred to.", forward.label(), back.label());
            self.refuse(forward, message, "Add `references: […]` beside `fields`.");
        }
        let is_doubled =
            (forward.has_fields() && back.has_fields()) || (forward.has_references() && back.has_references());
        let is_mixed = (forward.has_fields() && back.has_references() && !forward.has_references())
            || (forward.has_references() && back.has_fields() && !forward.has_fields());
        if is_doubled || is_mixed {
            let message = format!("Both {} and {} hold parts of the foreign key.", forward.label(), back.label());
            self.refuse(back, message, "Give `fields` and `references` on one side only, both on the same.");
        } else if back.relation.fields.is_some() || back.relation.references.is_some() {
            let message = format!("The foreign key of this relation belongs on the side of {}.", forward.label());
            self.refuse(back, message, "Move `fields` and `references` to the required side.");
        }
        self.actions_on_back(forward, back);
        if back.field.arity() == Arity::Required {
            let message = format!("{} is required, but the database cannot hold it to that.", back.label());
            self.refuse(back, message, "Make it optional with `?`: the foreign key is on the other side.");
        }
        self.one_to_one_is_unique(forward);
    }

    fn one_to_one_is_unique(&mut self, forward: Side<'m, 't>) {
        let Some(fields) = forward.relation.fields.as_ref().filter(|_| forward.has_fields()) else { return };
        if !has_key_on(forward.model, fields) && !forward.model.is_incomplete() {
            let names: Vec<_> = fields.iter().map(|field| forward.model.fields[*field].name()).collect();
            let help = match names.as_slice() {
                [name] => format!("Add `@unique` to `{name}`, or make the other side a list."),
                names => format!("Add `@@unique([{}])`, or make the other side a list.", names.join(", ")),
            };
            self.refuse(forward, "The fields of a one-to-one relation must be unique.", &help);
        }
    }

    fn many_to_many(&mut self, sides: [Side<'m, 't>; 2]) {
        for side in sides {
            let target = &self.model.models[side.relation.target];
            if target.single_id().is_none() && !target.is_incomplete() {
                let message =
                    format!("`{}` has no single id, which an implicit many-to-many relation needs.", target.name());
                self.refuse(side, message, "Write the join table as a model of its own.");
            }
            if side.relation.fields.is_some() || side.relation.references.is_some() || side.has_actions() {
                let message = "An implicit many-to-many relation takes nothing but a name.";
                self.refuse(
                    side,
                    message,
                    "Remove the other arguments, or write the join table as a model of its own.",
                );
            }
        }
    }

    /// What a foreign key points at, and with what.
    fn foreign_key(&mut self, side: Side<'m, 't>) {
        let (Some(fields), Some(references)) = (&side.relation.fields, &side.relation.references) else { return };
        let target = &self.model.models[side.relation.target];
        if fields.is_empty() || references.is_empty() {
            return;
        }
        if fields.len() != references.len() {
            self.refuse(side, "`fields` and `references` list different numbers of fields.", "List one for one.");
            return;
        }
        if !has_key_on(target, references) && !target.is_incomplete() {
            let names: Vec<_> = references.iter().map(|field| target.fields[*field].name()).collect();
            let message =
                format!("The foreign key refers to {} of `{}`, which is not unique.", names.join(", "), target.name());
            let help = match names.as_slice() {
                [name] => format!("Add `@unique` to `{name}` of `{}`.", target.name()),
                names => format!("Add `@@unique([{}])` to `{}`.", names.join(", "), target.name()),
            };
            self.refuse(side, message, &help);
        }
        let any_optional = fields.iter().any(|field| side.model.fields[*field].arity() == Arity::Optional);
        if side.field.arity() == Arity::Required && any_optional {
            let message = format!("{} is required, but one of its fields is optional.", side.label());
            self.refuse(side, message, "Make the relation field optional, or its fields required.");
        }
        for (field, reference) in fields.iter().zip(references) {
            self.same_type(side, &side.model.fields[*field], target, &target.fields[*reference]);
        }
    }

    fn same_type(
        &mut self,
        side: Side<'m, 't>,
        field: &FieldModel<'t>,
        target: &Model<'t>,
        reference: &FieldModel<'t>,
    ) {
        let is_same = match (&field.kind, &reference.kind) {
            (FieldKind::Scalar(left), FieldKind::Scalar(right)) => left == right,
            (FieldKind::Enum(left), FieldKind::Enum(right)) => left == right,
            (FieldKind::Unsupported(left), FieldKind::Unsupported(right)) => left == right,
            (FieldKind::Unknown, _) | (_, FieldKind::Unknown) => true,
            _ => false,
        };
        if !is_same {
            let message = format!(
                "`{}` and the field it refers to, `{}` of `{}`, have different types.",
                field.name(),
                reference.name(),
                target.name()
            );
            self.refuse(side, message, "Give both the same type.");
        }
    }
}

/// Whether a model has an id or unique on exactly these fields, in any order.
fn has_key_on(model: &Model<'_>, fields: &[usize]) -> bool {
    let mut wanted = fields.to_vec();
    wanted.sort_unstable();
    model.unique_criteria().any(|key| {
        let mut found: Vec<usize> = key.parts.iter().map(|part| part.field).collect();
        found.sort_unstable();
        found == wanted
    })
}
