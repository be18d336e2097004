//! Enum types that a revision makes or drops by themselves.

use ormsync_schema::{Operation, QualifiedName};

use crate::lower;
use crate::mapping::{ColumnDraft, TableDraft};
use crate::python::{Arguments, Evaluator, Located, Place, Value};

impl<'a> Evaluator<'a> {
    /// `sa.Enum(…, name="kind").create(op.get_bind())`, and `.drop(…)`.
    pub(super) fn change_type(&mut self, value: &Value<'a>, is_made: bool, _arguments: &Arguments<'a>, place: Place) {
        if let Some(condition) = self.condition() {
            self.report_history(
                "whether this type is made or dropped depends on a condition that cannot be known",
                "make the condition a constant",
                condition,
            );
            return self.hide_all(place);
        }
        self.with_replay(|evaluator, replay| {
            let metadata = evaluator.metadata_of_revision(replay, place);
            let mut draft = TableDraft::new("table".into(), metadata, place);
            let mut column = ColumnDraft::annotated(&"column".into(), place);
            column.data_type = Some(Located { value: value.clone(), place }.into());
            draft.add_column(column);
            let made = lower::lower_draft(evaluator, &replay.options(), draft);
            if is_made {
                return replay.take_types(&made);
            }
            for (namespace, content) in &made.namespaces {
                for name in content.enums.keys() {
                    let known = replay.schema.enum_type(namespace, name).cloned();
                    if let Some(enum_type) = known {
                        let name = QualifiedName::new(namespace, name);
                        // It is there: that was just asked.
                        let _ = replay.apply(Operation::DropEnum { name, enum_type });
                    }
                }
            }
        });
    }
}
