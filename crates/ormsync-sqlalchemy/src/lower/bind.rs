//! Tables of another database: Flask-SQLAlchemy's bind keys.

use ormsync_schema::{Diagnostic, Fact, Origin};

use crate::lower::Lowering;
use crate::mapping::TableId;

impl Lowering<'_, '_> {
    /// Whether a table is in the database of a bind key, and so not in the one that models are read for.
    pub(super) fn is_elsewhere(&self, id: TableId) -> bool {
        self.evaluator.bind_key(&self.draft(id).metadata).is_some()
    }

    /// Leaves a table out that is in another database. Whether one of its name is in this one, too, is not known.
    pub(super) fn leave_elsewhere(&mut self, id: TableId) {
        let (name, place) = (self.draft(id).name.to_string(), self.draft(id).place);
        let Some(key) = self.evaluator.bind_key(&self.draft(id).metadata) else { return };
        let origin = self.evaluator.origin(place);
        match key.value.as_text() {
            Some(key) => self.evaluator.diagnostics.push(in_another_database(&name, &key, origin)),
            None => self.warn(
                format!("which database the table `{name}` is in could not be worked out"),
                "write `__bind_key__` as a string",
                key.place,
            ),
        }
        let opaque = self.opaque(Fact::Table, Some(&name), place);
        self.schema.opaque.push(opaque);
    }
}

/// Says that a table is not compared because its bind key names another database.
pub(crate) fn in_another_database(table: &str, key: &str, origin: Origin) -> Diagnostic {
    let message = format!("the table `{table}` is in the database of the bind key `{key}`, so it is not compared here");
    Diagnostic::new(ormsync_schema::Severity::Note, "sqlalchemy-bind-key", message, origin)
        .with_help("tables without `__bind_key__` are those that are compared")
}
