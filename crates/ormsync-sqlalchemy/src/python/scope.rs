//! Where names are looked up.

use std::cell::RefCell;
use std::rc::Rc;

use indexmap::IndexMap;

use crate::python::value::Value;

/// The names of a module, class body or function call.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) kind: ScopeKind,
    pub(crate) names: RefCell<IndexMap<Rc<str>, Value<'a>>>,
    pub(crate) parent: Option<Rc<Scope<'a>>>,
    /// Modules outside the project of which everything was imported.
    star_imports: RefCell<Vec<Rc<str>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    Function,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(kind: ScopeKind, parent: Option<Rc<Scope<'a>>>) -> Rc<Self> {
        Rc::new(Self { kind, names: RefCell::default(), parent, star_imports: RefCell::default() })
    }

    pub(crate) fn set(&self, name: &str, value: Value<'a>) {
        self.names.borrow_mut().insert(name.into(), value);
    }

    pub(crate) fn own(&self, name: &str) -> Option<Value<'a>> {
        self.names.borrow().get(name).cloned()
    }

    /// Looks a name up as Python does: a class body's names are seen in the body itself, and not from
    /// the functions inside it.
    pub(crate) fn look_up(&self, name: &str) -> Option<Value<'a>> {
        if let Some(value) = self.own(name) {
            return Some(value);
        }
        let mut next = self.parent.as_ref();
        while let Some(scope) = next {
            if scope.kind != ScopeKind::Class
                && let Some(value) = scope.own(name)
            {
                return Some(value);
            }
            next = scope.parent.as_ref();
        }
        None
    }

    pub(crate) fn note_star_import(&self, module: &str) {
        self.star_imports.borrow_mut().push(module.into());
    }

    pub(crate) fn star_imports(&self) -> Vec<Rc<str>> {
        self.star_imports.borrow().clone()
    }

    /// The modules outside the project whose names this scope sees through `from … import *`.
    pub(crate) fn visible_star_imports(&self) -> Vec<Rc<str>> {
        let mut modules = self.star_imports();
        let mut next = self.parent.as_ref();
        while let Some(scope) = next {
            modules.extend(scope.star_imports());
            next = scope.parent.as_ref();
        }
        modules
    }
}
