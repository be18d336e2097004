//! Flask-SQLAlchemy's bind keys: tables that are in another database than the rest.
//!
//! Every key has a `MetaData` of its own, which carries it (`flask_sqlalchemy/extension.py`, `_make_metadata`).

use std::cell::RefCell;
use std::rc::Rc;

use crate::mapping::{Metadata, metadata_source};
use crate::python::{Arguments, Class, Evaluator, Located, Place, Symbol, Value, is_flask_extension};

/// The key in `MetaData.info`.
const BIND_KEY: &str = "bind_key";

impl<'a> Evaluator<'a> {
    /// The bind key of a `MetaData`, where it has one.
    pub(crate) fn bind_key(&self, metadata: &Metadata<'a>) -> Option<Located<'a>> {
        let information = self.metadata_setting(metadata, usize::MAX, "info")??;
        let (_, key) = information.value.text_entries()?.into_iter().find(|(name, _)| name.as_ref() == BIND_KEY)?;
        (!matches!(key.value, Value::None)).then_some(key)
    }

    /// The `MetaData` of a class whose `__bind_key__` says that its table is in another database
    /// (`flask_sqlalchemy/model.py`, `BindMixin`). None where there is no key, or the class says itself where it belongs.
    pub(super) fn metadata_of_bind(&mut self, class: &Rc<Class<'a>>, place: Place) -> Option<Metadata<'a>> {
        if class.own("metadata").is_some() || class.own("__table__").is_some() {
            return None;
        }
        let (_, key) = class.find("__bind_key__").filter(|(_, key)| !matches!(key.value, Value::None))?;
        let extension = class
            .ancestors
            .iter()
            .filter_map(|ancestor| metadata_source(ancestor.as_symbol()?))
            .find(|source| is_flask_extension(source))?;
        Some(Metadata::of(&self.metadata_of_key(&extension, &key, place)))
    }

    /// The `MetaData` of a bind key, which has the naming convention of the one without a key.
    pub(super) fn metadata_of_key(&mut self, extension: &Rc<Symbol<'a>>, key: &Located<'a>, place: Place) -> Value<'a> {
        let slot: Rc<str> = format!("metadatas[{}]", key.value.as_text().as_deref().unwrap_or("?")).into();
        if let Some(known) = extension.attributes.borrow().get(&slot) {
            return known.value.clone();
        }
        let usual = Metadata::of(&self.metadata_of_symbol(extension, place));
        let mut arguments = Arguments::default();
        match self.metadata_setting(&usual, 2, "naming_convention") {
            Some(convention) => {
                arguments.keywords.extend(convention.map(|convention| ("naming_convention".into(), convention)));
            }
            None => arguments.hidden = Some(place),
        }
        let information = Value::Dict(Rc::new(RefCell::new(vec![(Value::text(BIND_KEY), key.clone())])));
        arguments.keywords.push(("info".into(), Located { value: information, place }));
        let value = self.call_symbol(Value::external("sqlalchemy.MetaData"), arguments, place);
        extension.attributes.borrow_mut().insert(slot, Located { value: value.clone(), place });
        value
    }
}
