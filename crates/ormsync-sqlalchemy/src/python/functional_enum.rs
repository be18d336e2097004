//! Enums made by a call: `Enum("Color", "RED GREEN")`.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use indexmap::IndexMap;

use crate::python::evaluator::{Evaluator, Frame};
use crate::python::scope::{Scope, ScopeKind};
use crate::python::value::{Arguments, Class, Located, Member, Place, Value, last_segment};

impl<'a> Evaluator<'a> {
    /// The class that the functional form of Python's `enum` makes (`EnumType._create_`); none where the call
    /// is not one, or not all of it is known.
    pub(super) fn functional_enum(
        &mut self,
        frame: &Frame<'a>,
        path: &str,
        arguments: &Arguments<'a>,
        place: Place,
    ) -> Option<Value<'a>> {
        let is_enum = path.starts_with("enum.")
            && matches!(last_segment(path), "Enum" | "IntEnum" | "StrEnum" | "Flag" | "IntFlag");
        if !is_enum || arguments.hidden.is_some() {
            return None;
        }
        let name = arguments.get(0, "value")?.value.as_text()?;
        let given = arguments.get(1, "names")?;
        let start = arguments.keyword("start").map_or(Some(1), |start| start.value.as_integer())?;
        let is_text = last_segment(path) == "StrEnum";
        let mut members = IndexMap::new();
        for (position, (member, value)) in named(&given.value)?.into_iter().enumerate() {
            let number = start.checked_add(i64::try_from(position).ok()?)?;
            let value = match value {
                Some(value) => value,
                None if is_text => Value::text(&member.to_lowercase()),
                None => Value::Int(number),
            };
            let value = Some(Located { value, place: given.place });
            members.insert(member, Member { annotation: None, value, place: given.place });
        }
        let base = |value: Value<'a>| Located { value, place };
        // `type=str` mixes a type in, in front of the enum itself.
        let mut bases: Vec<Located<'a>> =
            arguments.keyword("type").map(|mixed| base(mixed.value.clone())).into_iter().collect();
        bases.push(base(Value::external(path)));
        Some(Value::Class(Rc::new(Class {
            id: self.new_id(),
            name,
            place,
            ancestors: bases.iter().map(|base| base.value.clone()).collect(),
            bases,
            keywords: Vec::new(),
            decorators: Vec::new(),
            members: RefCell::new(members),
            scope: Scope::new(ScopeKind::Class, Some(Rc::clone(&frame.scope))),
            table: Cell::new(None),
            column_attributes: RefCell::default(),
            enum_members: OnceCell::new(),
            condition: None,
        })))
    }
}

type Named<'a> = Vec<(Rc<str>, Option<Value<'a>>)>;

/// The members that `names` says: a text with spaces or commas, a list of names or pairs, a dictionary.
fn named<'a>(names: &Value<'a>) -> Option<Named<'a>> {
    if let Some(text) = names.as_text() {
        return Some(text.replace(',', " ").split_whitespace().map(|name| (name.into(), None)).collect());
    }
    if let Some(entries) = names.text_entries() {
        return Some(entries.into_iter().map(|(name, value)| (name, Some(value.value))).collect());
    }
    names
        .elements()?
        .into_iter()
        .map(|item| match item.value.as_text() {
            Some(name) => Some((name, None)),
            None => match item.value.elements()?.as_slice() {
                [name, value] => Some((name.value.as_text()?, Some(value.value.clone()))),
                _ => None,
            },
        })
        .collect()
}
