//! Which relation fields belong together, and which side holds the foreign key.

use std::collections::BTreeMap;

use super::model::{FieldRef, KeyKind, Model, Relation, RelationField, RelationKind};
use crate::syntax::Arity;

/// The relation fields from one model to another under one name. In order, since messages follow it.
pub(crate) type RelationFields<'t> = BTreeMap<(usize, usize, Option<&'t str>), Vec<FieldRef>>;

/// Groups all relation fields by where they lead from and to, and under which name.
pub(crate) fn group<'t>(models: &[Model<'t>]) -> RelationFields<'t> {
    let mut groups = RelationFields::new();
    for (position, model) in models.iter().enumerate() {
        for (index, field) in model.fields.iter().enumerate() {
            if let Some(relation) = field.relation() {
                groups.entry((position, relation.target, relation.name)).or_default().push((position, index));
            }
        }
    }
    groups
}

/// Pairs the relation fields up.
pub(super) fn infer(models: &[Model<'_>]) -> Vec<Relation> {
    let groups = group(models);
    let mut relations = Vec::new();
    for (position, model) in models.iter().enumerate() {
        for (index, field) in model.fields.iter().enumerate() {
            let Some(relation) = field.relation() else { continue };
            let this = (position, index);
            let opposite = groups
                .get(&(relation.target, position, relation.name))
                .and_then(|fields| fields.iter().copied().find(|other| *other != this));
            let side = Side { models, this, relation };
            relations.extend(match opposite {
                Some(opposite) => side.pair_with(opposite),
                None => Some(side.alone()),
            });
        }
    }
    relations
}

struct Side<'a, 't> {
    models: &'a [Model<'t>],
    this: FieldRef,
    relation: &'a RelationField<'t>,
}

impl Side<'_, '_> {
    fn arity(&self, field: FieldRef) -> Arity {
        self.models[field.0].fields[field.1].arity()
    }

    fn names(&self, field: FieldRef) -> (&str, &str) {
        (self.models[field.0].name(), self.models[field.0].fields[field.1].name())
    }

    /// The relation of two fields, if this is its forward side; the other side finds nothing.
    fn pair_with(&self, other: FieldRef) -> Option<Relation> {
        let is_first = self.names(self.this) <= self.names(other);
        let has_fields = |field: FieldRef| {
            let relation = self.models[field.0].fields[field.1].relation();
            relation.is_some_and(|relation| relation.fields.is_some())
        };
        let (kind, is_forward) = match (self.arity(self.this), self.arity(other)) {
            // Model names decide which side is column A, and field names within one model.
            (Arity::List, Arity::List) => (RelationKind::ManyToMany, is_first),
            (Arity::List, _) => return None,
            (_, Arity::List) => (RelationKind::OneToMany, true),
            (Arity::Required, Arity::Optional) => (RelationKind::OneToOne, true),
            (Arity::Optional, Arity::Required) => return None,
            (Arity::Required, Arity::Required) => (RelationKind::OneToOne, is_first),
            (Arity::Optional, Arity::Optional) => match (has_fields(self.this), has_fields(other)) {
                (true, false) => (RelationKind::OneToOne, true),
                (false, true) => return None,
                _ => (RelationKind::OneToOne, is_first),
            },
        };
        is_forward.then_some(Relation { kind, forward: Some(self.this), back: Some(other) })
    }

    /// The relation of a field without opposite.
    fn alone(&self) -> Relation {
        if self.arity(self.this) == Arity::List {
            return Relation { kind: RelationKind::OneToMany, forward: None, back: Some(self.this) };
        }
        let model = &self.models[self.this.0];
        let is_unique = self.relation.fields.as_ref().is_some_and(|fields| {
            let mut uniques = model.keys.iter().filter(|key| key.kind == KeyKind::Unique);
            uniques.any(|key| key.parts.iter().map(|part| part.field).eq(fields.iter().copied()))
        });
        let kind = if is_unique { RelationKind::OneToOne } else { RelationKind::OneToMany };
        Relation { kind, forward: Some(self.this), back: None }
    }
}
