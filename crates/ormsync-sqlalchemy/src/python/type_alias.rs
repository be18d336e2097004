//! Names for types (PEP 695): `type Name = …`, `TypeAliasType("Name", …)`, and the parameters of types.
//!
//! An alias is an object of its own, which SQLAlchemy looks up in its type map before what it stands for.

use std::rc::Rc;

use ruff_python_ast::{Expr, StmtTypeAlias, TypeParams};
use ruff_text_size::Ranged;

use crate::python::evaluator::{Evaluator, Frame};
use crate::python::scope::{Scope, ScopeKind};
use crate::python::value::{Arguments, Form, Located, Place, Value, last_segment};

/// The class of aliases (`typing.TypeAliasType`; before Python 3.12 it is that of typing_extensions).
const ALIAS: &str = "typing.TypeAliasType";
/// The class of their parameters.
const PARAMETER: &str = "typing.TypeVar";
/// How deep a type is looked into for parameters.
const DEPTH: usize = 20;

/// An alias, taken apart.
pub(crate) struct TypeAlias<'a> {
    /// What it stands for.
    pub(crate) value: Located<'a>,
    /// The parameters, in their order.
    parameters: Vec<Value<'a>>,
}

impl<'a> TypeAlias<'a> {
    /// The alias that a value is, also one with its parameters given (`Alias[int]`), which stand in what it is for then.
    pub(crate) fn of(value: &Value<'a>) -> Option<Self> {
        let symbol = value.as_symbol()?;
        if let Form::Subscript { of, index } = &symbol.form {
            let generic = Self::of(of)?;
            let given = index.value.elements().unwrap_or_else(|| vec![index.clone()]);
            let filled = fill(&generic.value.value, &generic.parameters, &given, 0);
            return Some(Self { value: Located { value: filled, place: generic.value.place }, parameters: Vec::new() });
        }
        let (path, arguments) = symbol.external_call()?;
        if last_segment(path) != last_segment(ALIAS) {
            return None;
        }
        let parameters = arguments.keyword("type_params").and_then(|given| given.value.elements()).unwrap_or_default();
        Some(Self {
            value: arguments.get(1, "value")?.clone(),
            parameters: parameters.into_iter().map(|parameter| parameter.value).collect(),
        })
    }
}

impl<'a> Evaluator<'a> {
    /// `type Name[T] = …`.
    pub(super) fn define_type_alias(&mut self, frame: &Frame<'a>, alias: &'a StmtTypeAlias) {
        let Expr::Name(name) = alias.name.as_ref() else { return };
        let place = frame.place(alias.range());
        let inner = match &alias.type_params {
            Some(parameters) => Frame { scope: self.scope_of_parameters(frame, parameters), ..frame.clone() },
            None => frame.clone(),
        };
        let inner = Frame { members: None, ..inner };
        let value = self.evaluate_located(&inner, &alias.value);
        let parameters = match &alias.type_params {
            Some(parameters) => names_of(parameters).filter_map(|name| inner.scope.own(name)).collect(),
            None => Vec::new(),
        };
        let at = |value| Located { value, place };
        let arguments = Arguments {
            positional: vec![at(Value::text(name.id.as_str())), value],
            keywords: vec![("type_params".into(), at(Value::tuple(parameters.into_iter().map(at).collect())))],
            hidden: None,
        };
        let made = self.call_symbol(Value::external(ALIAS), arguments, place);
        self.bind(frame, name.id.as_str(), made, place);
    }

    /// A scope in which the parameters of a class or alias are seen.
    pub(super) fn scope_of_parameters(&mut self, frame: &Frame<'a>, parameters: &'a TypeParams) -> Rc<Scope<'a>> {
        let scope = Scope::new(ScopeKind::Function, Some(Rc::clone(&frame.scope)));
        self.bind_type_parameters(&scope, parameters, frame.place(parameters.range()));
        scope
    }

    /// Makes the parameters of a class, function or alias.
    pub(super) fn bind_type_parameters(&mut self, scope: &Scope<'a>, parameters: &'a TypeParams, place: Place) {
        for name in names_of(parameters) {
            let arguments =
                Arguments { positional: vec![Located { value: Value::text(name), place }], ..Arguments::default() };
            let parameter = self.call_symbol(Value::external(PARAMETER), arguments, place);
            scope.set(name, parameter);
        }
    }
}

fn names_of(parameters: &TypeParams) -> impl Iterator<Item = &str> {
    parameters.iter().map(|parameter| parameter.name().as_str())
}

/// A type with what is given in the place of its parameters.
fn fill<'a>(value: &Value<'a>, parameters: &[Value<'a>], given: &[Located<'a>], depth: usize) -> Value<'a> {
    let inside = |value: &Value<'a>| fill(value, parameters, given, depth + 1);
    let located = |located: &Located<'a>| Located { value: inside(&located.value), place: located.place };
    if depth > DEPTH {
        return value.clone();
    }
    match value {
        Value::Tuple(items) => Value::tuple(items.iter().map(located).collect()),
        Value::Symbol(symbol) => {
            let position = parameters
                .iter()
                .position(|parameter| parameter.as_symbol().is_some_and(|parameter| parameter.id == symbol.id));
            if let Some(position) = position {
                return given.get(position).map_or_else(|| value.clone(), |given| given.value.clone());
            }
            let form = match &symbol.form {
                Form::Subscript { of, index } => Form::Subscript { of: inside(of), index: located(index) },
                Form::Operation { operator, operands } => {
                    Form::Operation { operator, operands: operands.iter().map(inside).collect() }
                }
                // A `mapped_column(…)` beside the type is the same object for all.
                Form::Call { .. } | Form::Attribute { .. } => return value.clone(),
            };
            Value::Symbol(Rc::new(crate::python::value::Symbol {
                id: symbol.id,
                place: symbol.place,
                form,
                attributes: symbol.attributes.clone(),
            }))
        }
        other => other.clone(),
    }
}
