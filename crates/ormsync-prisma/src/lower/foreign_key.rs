//! Relations as foreign keys.

use ormsync_schema::{Deferrability, ForeignKey, MatchKind, ReferentialAction};

use super::{Lowering, names};
use crate::resolve::model::{FieldModel, Model, Relation, RelationField, RelationKind};
use crate::syntax::Arity;

impl<'t> Lowering<'_, 't> {
    /// The foreign key of a relation, with the position of its model; none where it has none.
    pub(super) fn foreign_key(&self, relation: &Relation) -> Option<(usize, ForeignKey)> {
        if relation.kind == RelationKind::ManyToMany {
            return None;
        }
        // With the fields on the wrong side, which is refused, they still tell what is meant.
        let sides = [relation.forward, relation.back];
        let (position, field) = sides.into_iter().flatten().find(|(model, field)| {
            let relation = self.model.models[*model].fields[*field].relation();
            relation
                .is_some_and(|relation| has_some(relation.fields.as_ref()) && has_some(relation.references.as_ref()))
        })?;
        let model = &self.model.models[position];
        let field = &model.fields[field];
        let key = self.foreign_key_of(model, field, field.relation()?)?;
        Some((position, key))
    }

    fn foreign_key_of(
        &self,
        model: &Model<'t>,
        field: &FieldModel<'t>,
        relation: &RelationField<'t>,
    ) -> Option<ForeignKey> {
        let target = &self.model.models[relation.target];
        let (fields, references) = (relation.fields.as_ref()?, relation.references.as_ref()?);
        if model.is_view() || target.is_view() || fields.len() != references.len() {
            return None;
        }
        let facts = self.model.facts;
        let columns = model.columns_of(fields);
        let name = relation.map.map_or_else(|| names::foreign_key(model.table, &columns, facts), str::to_owned);
        let place = relation.attribute.map_or(field.field.span, |attribute| attribute.span);
        Some(ForeignKey {
            name: Some(name),
            columns: columns.into_iter().map(str::to_owned).collect(),
            referenced_namespace: self.namespace(target.namespace).to_owned(),
            referenced_table: target.table.to_owned(),
            referenced_columns: target.columns_of(references).into_iter().map(str::to_owned).collect(),
            on_delete: relation.on_delete.map_or_else(|| default_on_delete(model, field, fields), |(action, _)| action),
            on_update: relation.on_update.map_or(ReferentialAction::Cascade, |(action, _)| action),
            match_kind: MatchKind::Simple,
            deferrability: Deferrability::NotDeferrable,
            not_valid: false,
            origin: model.origin(place),
            ..ForeignKey::default()
        })
    }
}

fn has_some(fields: Option<&Vec<usize>>) -> bool {
    fields.is_some_and(|fields| !fields.is_empty())
}

/// Required counts where any of the scalar fields is, even if the relation field is optional.
fn default_on_delete(model: &Model<'_>, field: &FieldModel<'_>, fields: &[usize]) -> ReferentialAction {
    let any_required = fields.iter().any(|scalar| model.fields[*scalar].arity() == Arity::Required);
    if any_required || field.arity() == Arity::Required {
        ReferentialAction::Restrict
    } else {
        ReferentialAction::SetNull
    }
}
