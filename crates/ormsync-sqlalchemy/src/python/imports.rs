//! Import statements.

use ruff_python_ast::{StmtImport, StmtImportFrom};
use ruff_text_size::Ranged;

use crate::program::ModuleId;
use crate::python::attribute::PYTHON_VERSION;
use crate::python::evaluator::{Evaluator, Frame};
use crate::python::value::{Place, Value};

impl<'a> Evaluator<'a> {
    pub(super) fn execute_import(&mut self, frame: &Frame<'a>, import: &'a StmtImport) {
        for alias in &import.names {
            let dotted = alias.name.as_str();
            let place = frame.place(alias.range());
            // The whole dotted name is imported; without `as`, only its first part is bound.
            let whole = self.import_by_name(frame.module, dotted);
            match &alias.asname {
                Some(name) => self.bind(frame, name.as_str(), whole, place),
                None => {
                    let first = dotted.split('.').next().unwrap_or(dotted);
                    let value = self.import_by_name(frame.module, first);
                    self.bind(frame, first, value, place);
                }
            }
        }
    }

    fn import_by_name(&mut self, from: ModuleId, dotted: &str) -> Value<'a> {
        match self.program.import(from, 0, dotted) {
            Some(module) => {
                self.run_imported(from, module);
                Value::Module(module)
            }
            None => Value::external(dotted),
        }
    }

    /// Runs a module, and notes the packages that it is in: they declare tables, too.
    fn run_imported(&mut self, from: ModuleId, module: ModuleId) {
        self.run_module(module);
        let program = self.program;
        self.entered.extend(program.packages_entered(from, module));
    }

    pub(super) fn execute_import_from(&mut self, frame: &Frame<'a>, import: &'a StmtImportFrom) {
        let dotted = import.module.as_ref().map_or("", |module| module.as_str());
        let module = self.program.import(frame.module, import.level, dotted);
        if let Some(module) = module {
            self.run_imported(frame.module, module);
        }
        for alias in &import.names {
            let name = alias.name.as_str();
            let place = frame.place(alias.range());
            if name == "*" {
                self.import_all(frame, module, dotted);
                continue;
            }
            let value = match module {
                Some(module) => {
                    self.import_member(module, name).unwrap_or_else(|| self.missing_member(module, name, place))
                }
                None if import.level > 0 => {
                    let dots = ".".repeat(import.level as usize);
                    Value::opaque(format!("the module `{dots}{dotted}` was not found"), place)
                }
                None => known_constant(dotted, name).unwrap_or_else(|| Value::external(&format!("{dotted}.{name}"))),
            };
            let bound = alias.asname.as_ref().map_or(name, |asname| asname.as_str());
            self.bind(frame, bound, value, place);
        }
    }

    /// A name of a module, or its submodule of that name.
    pub(super) fn import_member(&mut self, module: ModuleId, name: &str) -> Option<Value<'a>> {
        let scope = self.run_module(module);
        if let Some(value) = scope.own(name) {
            return Some(value);
        }
        let submodule = self.program.submodule(module, name)?;
        self.run_module(submodule);
        Some(Value::Module(submodule))
    }

    /// What stands for a name that a module does not define.
    pub(super) fn missing_member(&self, module: ModuleId, name: &str, place: Place) -> Value<'a> {
        let module = self.program.module(module);
        if module.is_known_package {
            return Value::external(&format!("{}.{name}", module.name));
        }
        Value::opaque(format!("`{name}` is not defined in {}", module.path), place)
    }

    fn import_all(&mut self, frame: &Frame<'a>, module: Option<ModuleId>, dotted: &str) {
        let Some(module) = module else {
            frame.scope.note_star_import(dotted);
            return;
        };
        let scope = self.run_module(module);
        let listed: Option<Vec<_>> = scope
            .own("__all__")
            .and_then(|all| all.elements())
            .map(|items| items.iter().filter_map(|item| item.value.as_text()).collect());
        let names: Vec<(std::rc::Rc<str>, Value<'a>)> = match listed {
            Some(listed) => listed
                .into_iter()
                .filter_map(|name| {
                    let value = self.import_member(module, &name)?;
                    Some((name, value))
                })
                .collect(),
            None => scope
                .names
                .borrow()
                .iter()
                .filter(|(name, _)| !name.starts_with('_'))
                .map(|(name, value)| (std::rc::Rc::clone(name), value.clone()))
                .collect(),
        };
        for (name, value) in names {
            frame.scope.set(&name, value);
        }
        for outside in scope.star_imports() {
            frame.scope.note_star_import(&outside);
        }
    }
}

/// Constants of the standard library that decide what code runs.
pub(super) fn known_constant<'a>(module: &str, name: &str) -> Option<Value<'a>> {
    match (module, name) {
        ("typing" | "typing_extensions", "TYPE_CHECKING") => Some(Value::Bool(false)),
        (PYTHON_VERSION, "major") => Some(Value::Int(3)),
        _ => None,
    }
}
