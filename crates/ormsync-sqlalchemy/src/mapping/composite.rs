//! `composite(…)`: one attribute of the class that stands for several columns.

use std::rc::Rc;

use crate::mapping::ColumnDraft;
use crate::mapping::annotation::Annotation;
use crate::mapping::declarative::Scan;
use crate::python::{Arguments, Class, Evaluator, Located, Value};

impl<'a> Evaluator<'a> {
    /// The columns that a composite brings. Those without a type have that of the field of the dataclass at
    /// their place (`orm/descriptor_props.py`, `CompositeProperty._setup_for_dataclass`).
    pub(super) fn scan_composite(
        &mut self,
        class: &Rc<Class<'a>>,
        located: &Located<'a>,
        arguments: &Arguments<'a>,
        annotation: Option<&Annotation<'a>>,
        scan: &mut Scan<'a>,
    ) {
        let mut parts: Vec<Value<'a>> = arguments.positional.iter().map(|part| part.value.clone()).collect();
        let mut holder = annotation.and_then(|annotation| match annotation.types.last() {
            Some(Value::Class(holder)) => Some(Rc::clone(holder)),
            _ => None,
        });
        if let Some(Value::Class(first)) = parts.first() {
            holder = Some(Rc::clone(first));
            parts.remove(0);
        }
        let fields = holder.as_ref().map(fields_of).unwrap_or_default();
        for position in 0..parts.len().max(fields.len()) {
            let field = fields.get(position);
            let draft = match parts.get(position) {
                Some(part) => match self.column_call(part) {
                    Some(call) => self.column_draft(&call, field.map(|(name, _)| name)),
                    // The name of an attribute that is a column of its own.
                    None => None,
                },
                None => field.map(|(name, _)| ColumnDraft::annotated(name, located.place)),
            };
            let Some(mut draft) = draft else { continue };
            draft.attribute = Some(Rc::clone(&draft.name));
            let annotation = match (&holder, field) {
                (Some(holder), Some((_, annotation))) => Some(self.read_field_annotation(holder, annotation)),
                _ => None,
            };
            self.finish_column(class, draft, annotation, scan);
        }
    }
}

type FieldAnnotation<'a> = (Rc<str>, &'a ruff_python_ast::Expr);

/// The annotated attributes of a dataclass, in order.
fn fields_of<'a>(class: &Rc<Class<'a>>) -> Vec<FieldAnnotation<'a>> {
    let members = class.members.borrow();
    members.iter().filter_map(|(name, member)| Some((Rc::clone(name), member.annotation?))).collect()
}
