//! Relationships as what is done with the rows that refer to a deleted one.

use ormsync_schema::ClientDelete;

use super::Lowering;
use crate::mapping::{TableId, TablesByModel};

impl Lowering<'_, '_> {
    /// Adds what the relationships of a table's class do to the tables that they lead to. One that leads to the table
    /// its own rows refer to does nothing there; nor is it told where more than one foreign key may be meant.
    pub(super) fn lower_relationships(&mut self, id: TableId, by_model: &TablesByModel) {
        if self.is_elsewhere(id) {
            return;
        }
        let (namespace, parent) = (self.namespace_of(id), self.draft(id).name.to_string());
        for relationship in self.draft(id).relationships.clone() {
            let Some(target) = relationship.table(by_model).filter(|target| *target != id) else {
                continue;
            };
            let (of_target, name) = (self.namespace_of(target), self.draft(target).name.to_string());
            let origin = self.evaluator.origin(relationship.place);
            let Some(table) = self.schema.namespace_mut(&of_target).tables.get_mut(&name) else { continue };
            let mut keys = table
                .foreign_keys
                .iter()
                .filter(|key| key.referenced_table == parent && key.referenced_namespace == namespace);
            if let Some(key) = keys.next()
                && keys.next().is_none()
            {
                let delete = ClientDelete {
                    columns: key.columns.clone(),
                    referenced_table: parent.clone(),
                    action: relationship.action,
                    written: relationship.written,
                    origin,
                };
                table.client_deletes.push(delete);
            }
        }
    }
}
