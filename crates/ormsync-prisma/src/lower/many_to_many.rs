//! Implicit many-to-many relations as join tables.

use ormsync_schema::{
    Column, DataType, Deferrability, ForeignKey, Index, IndexKind, IndexPart, MatchKind, Origin, PrimaryKey,
    ReferentialAction, Table,
};

use super::{Lowering, names};
use crate::resolve::model::{FieldRef, Model, Relation, RelationKind};

impl<'t> Lowering<'_, 't> {
    /// The join table of a relation as (namespace, name, table); none where it has none.
    pub(super) fn join_table(&self, relation: &Relation) -> Option<(String, String, Table)> {
        let (RelationKind::ManyToMany, Some(first), Some(second)) = (relation.kind, relation.forward, relation.back)
        else {
            return None;
        };
        let (first_model, second_model) = (&self.model.models[first.0], &self.model.models[second.0]);
        if first_model.is_view() || second_model.is_view() {
            return None;
        }
        let facts = self.model.facts;
        let relation_name = first_model.fields[first.1].relation()?.name;
        let name = names::join_table(relation_name, first_model.name(), second_model.name(), facts);
        let origin = self.origin_of(first);
        let mut table = Table { origin: origin.clone(), ..Table::default() };
        for (column, model) in [("A", first_model), ("B", second_model)] {
            let data_type = self.id_type(model);
            table.columns.insert(column.to_owned(), Column::new(data_type, false, origin.clone()));
        }
        self.add_keys(&mut table, &name, &origin);
        let keys = [("A", first), ("B", second)]
            .into_iter()
            .filter_map(|(column, side)| self.join_key(&name, column, side))
            .collect();
        if self.model.configuration.emulates_relations {
            table.emulated_keys = keys;
        } else {
            table.foreign_keys = keys;
        }
        Some((self.namespace(first_model.namespace).to_owned(), name, table))
    }

    fn origin_of(&self, (model, field): FieldRef) -> Origin {
        let model = &self.model.models[model];
        model.origin(model.fields[field].field.span)
    }

    fn id_type(&self, model: &Model<'t>) -> DataType {
        model
            .single_id()
            .and_then(|id| self.column(model, &model.fields[id]))
            .map_or_else(|| DataType::Unreadable(format!("the id of {}", model.name())), |column| column.data_type)
    }

    fn add_keys(&self, table: &mut Table, name: &str, origin: &Origin) {
        let facts = self.model.facts;
        let both = ["A".to_owned(), "B".to_owned()];
        if facts.join_table_has_primary_key {
            table.primary_key = Some(PrimaryKey {
                name: Some(names::on_join_table(name, "_AB_pkey", facts)),
                parts: both.into_iter().map(IndexPart::column).collect(),
                origin: origin.clone(),
                ..PrimaryKey::default()
            });
        } else {
            let unique = names::on_join_table(name, "_AB_unique", facts);
            table.indexes.push(Index::on_columns(IndexKind::UniqueIndex, Some(unique), both, origin.clone()));
        }
        let index = names::on_join_table(name, "_B_index", facts);
        table.indexes.push(Index::on_columns(IndexKind::Plain, Some(index), ["B".to_owned()], origin.clone()));
    }

    /// The foreign key of a column: `A` leads to the model that has the first field.
    fn join_key(&self, table: &str, column: &str, side: FieldRef) -> Option<ForeignKey> {
        let model = &self.model.models[side.0];
        let id = model.single_id()?;
        Some(ForeignKey {
            name: Some(names::on_join_table(table, &format!("_{column}_fkey"), self.model.facts)),
            columns: vec![column.to_owned()],
            referenced_namespace: self.namespace(model.namespace).to_owned(),
            referenced_table: model.table.to_owned(),
            referenced_columns: vec![model.fields[id].column.to_owned()],
            on_delete: ReferentialAction::Cascade,
            on_update: ReferentialAction::Cascade,
            match_kind: MatchKind::Simple,
            deferrability: Deferrability::NotDeferrable,
            not_valid: false,
            origin: self.origin_of(side),
            ..ForeignKey::default()
        })
    }
}
