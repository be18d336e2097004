//! Classes made by `type("Name", (Base,), {...})`.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use indexmap::IndexMap;

use crate::python::class::ancestors;
use crate::python::evaluator::{Evaluator, Frame};
use crate::python::scope::{Scope, ScopeKind};
use crate::python::value::{Arguments, Class, Located, Member, Place, Value};

impl<'a> Evaluator<'a> {
    /// The class that `type` makes of a name, bases and attributes; none where they are not known.
    pub(super) fn make_class(
        &mut self,
        frame: &Frame<'a>,
        arguments: &Arguments<'a>,
        place: Place,
    ) -> Option<Value<'a>> {
        let [name, bases, attributes] = arguments.positional.as_slice() else { return None };
        let name = name.value.as_text()?;
        let bases: Vec<Located<'a>> = bases.value.elements()?;
        let members: IndexMap<Rc<str>, Member<'a>> = attributes
            .value
            .text_entries()?
            .into_iter()
            .map(|(name, value)| {
                let place = value.place;
                (name, Member { annotation: None, value: Some(value), place })
            })
            .collect();
        let class = Rc::new(Class {
            id: self.new_id(),
            name,
            place,
            ancestors: ancestors(&bases),
            bases,
            keywords: arguments.keywords.clone(),
            decorators: Vec::new(),
            members: RefCell::new(members),
            scope: Scope::new(ScopeKind::Class, Some(Rc::clone(&frame.scope))),
            table: Cell::new(None),
            column_attributes: RefCell::default(),
            enum_members: OnceCell::new(),
            condition: self.condition,
        });
        self.class_defined(&class);
        Some(Value::Class(class))
    }
}
