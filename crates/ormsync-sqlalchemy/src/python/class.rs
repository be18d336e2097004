//! Class definitions: bases, order of ancestors, enums.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use indexmap::IndexMap;
use ruff_python_ast::{Expr, StmtClassDef};
use ruff_text_size::Ranged;

use crate::python::evaluator::{Evaluator, Frame};
use crate::python::scope::{Scope, ScopeKind};
use crate::python::value::{Arguments, Class, EnumMember, Form, Located, Place, Symbol, Value, last_segment};

impl<'a> Evaluator<'a> {
    pub(super) fn define_class(&mut self, frame: &Frame<'a>, definition: &'a StmtClassDef) -> Value<'a> {
        // `class Name[T](Base[T]):` sees its parameters in the bases and in the body.
        let parameters = definition.type_params.as_deref();
        let outer = parameters.map(|parameters| Frame {
            scope: self.scope_of_parameters(frame, parameters),
            members: None,
            ..frame.clone()
        });
        let frame = outer.as_ref().unwrap_or(frame);
        let mut bases = Vec::new();
        let mut keywords = Vec::new();
        if let Some(arguments) = &definition.arguments {
            for base in &arguments.args {
                if let Expr::Starred(starred) = base {
                    let place = frame.place(starred.range());
                    bases.push(Located { value: Value::opaque("`*` spreads unknown base classes", place), place });
                    continue;
                }
                let base = self.evaluate_located(frame, base);
                bases.push(Located { value: base_of(base.value, base.place), place: base.place });
            }
            for keyword in &arguments.keywords {
                let value = self.evaluate_located(frame, &keyword.value);
                if let Some(name) = &keyword.arg {
                    keywords.push((name.as_str().into(), value));
                }
            }
        }
        let decorators =
            definition.decorator_list.iter().map(|item| self.evaluate_located(frame, &item.expression)).collect();
        let scope = Scope::new(ScopeKind::Class, Some(Rc::clone(&frame.scope)));
        let members = Rc::new(RefCell::new(IndexMap::new()));
        let body = Frame { module: frame.module, scope: Rc::clone(&scope), members: Some(Rc::clone(&members)) };
        scope.set("__qualname__", Value::text(definition.name.as_str()));
        self.execute_all(&body, &definition.body);
        let members = members.borrow().clone();
        let class = Rc::new(Class {
            id: self.new_id(),
            name: definition.name.as_str().into(),
            place: frame.place(definition.name.range()),
            ancestors: ancestors(&bases),
            bases,
            keywords,
            decorators,
            members: RefCell::new(members),
            scope,
            table: Cell::new(None),
            column_attributes: RefCell::default(),
            enum_members: OnceCell::new(),
            condition: self.condition,
        });
        self.class_defined(&class);
        Value::Class(class)
    }

    /// The members of a Python enum in order, without aliases; none if the class is not an enum.
    pub(crate) fn enum_members(&mut self, class: &Rc<Class<'a>>) -> Option<Vec<Rc<EnumMember<'a>>>> {
        let is_enum = class.descends_from(|path| {
            matches!(
                last_segment(path),
                "Enum" | "StrEnum" | "IntEnum" | "Flag" | "IntFlag" | "ReprEnum" | "LowercaseStrEnum"
            ) && !path.starts_with("sqlalchemy")
        });
        if !is_enum {
            return None;
        }
        if let Some(members) = class.enum_members.get() {
            return Some(members.clone());
        }
        let members = self.make_enum_members(class);
        Some(class.enum_members.get_or_init(|| members).clone())
    }

    fn make_enum_members(&mut self, class: &Rc<Class<'a>>) -> Vec<Rc<EnumMember<'a>>> {
        let is_str_enum = class.descends_from(|path| last_segment(path) == "StrEnum");
        let is_text = is_str_enum || class.descends_from(|path| path == "builtins.str");
        let is_integer =
            class.descends_from(|path| matches!(last_segment(path), "IntEnum" | "IntFlag") || path == "builtins.int");
        let generator = class.find("_generate_next_value_").map(|(_, found)| found);
        // A constructor of its own may make any value of what is written.
        let is_custom = class.find("__new__").is_some();
        let mut members: Vec<Rc<EnumMember<'a>>> = Vec::new();
        let mut last_number = 0;
        for (name, member) in class.members.borrow().clone() {
            let Some(located) = member.value else { continue };
            let is_hidden = name.starts_with("__") || (name.starts_with('_') && name.ends_with('_'));
            if is_hidden
                || matches!(located.value, Value::Function(_) | Value::Class(_))
                || is_descriptor(&located.value)
            {
                continue;
            }
            let mut value = located.value;
            if is_auto(&value) {
                value = match &generator {
                    Some(generator) => self.generated_value(generator, &name, members.len(), located.place),
                    None if is_str_enum => Value::text(&name.to_lowercase()),
                    None => Value::Int(last_number + 1),
                };
            }
            if let Some(number) = value.as_integer() {
                last_number = number;
            }
            if is_custom {
                value = Value::opaque("the enum makes its values with a `__new__` of its own", located.place);
            }
            let is_alias = members.iter().any(|known| known.value.equals(&value) == Some(true));
            if is_alias {
                continue;
            }
            members.push(Rc::new(EnumMember {
                class_id: class.id,
                name,
                value,
                is_text,
                is_integer,
                prints_value: is_str_enum || class.find("__str__").is_some_and(|(_, found)| returns_value(&found)),
            }));
        }
        members
    }

    fn generated_value(&mut self, generator: &Located<'a>, name: &str, count: usize, place: Place) -> Value<'a> {
        let Value::Function(function) = &generator.value else {
            return Value::opaque("how the enum makes its values is not known", place);
        };
        let at = |value| Located { value, place };
        let arguments = Arguments {
            positional: vec![
                at(Value::text(name)),
                at(Value::Int(1)),
                at(Value::Int(i64::try_from(count).unwrap_or(i64::MAX))),
                at(Value::opaque("the values so far", place)),
            ],
            ..Arguments::default()
        };
        self.invoke(function, arguments, place)
    }
}

/// What a base class may be. Anything else (a function with `__mro_entries__`, say) brings what is not known.
fn base_of(base: Value<'_>, place: Place) -> Value<'_> {
    match without_parameters(base) {
        known @ (Value::Class(_) | Value::External(_) | Value::Symbol(_) | Value::Opaque(_)) => known,
        other => Value::opaque(format!("{} is no class that is known", other.kind()), place),
    }
}

/// `Base[T]` is `Base` for what it brings.
fn without_parameters(base: Value<'_>) -> Value<'_> {
    if let Value::Symbol(symbol) = &base
        && let Form::Subscript { of, .. } = &symbol.form
    {
        return of.clone();
    }
    base
}

fn is_auto(value: &Value<'_>) -> bool {
    value.as_symbol().and_then(|symbol| symbol.external_call()).is_some_and(|(path, _)| last_segment(path) == "auto")
}

/// Things in an enum's body that are no members: `property(…)`, `nonmember(…)`.
fn is_descriptor(value: &Value<'_>) -> bool {
    value.as_symbol().and_then(|symbol| symbol.external_call()).is_some_and(|(path, _)| {
        matches!(last_segment(path), "property" | "nonmember" | "classmethod" | "staticmethod")
    })
}

/// Whether a `__str__` is `return self.value`.
fn returns_value(found: &Located<'_>) -> bool {
    let Value::Function(function) = &found.value else { return false };
    let crate::python::value::Code::Definition(definition) = function.code else { return false };
    let last = definition.body.last();
    matches!(last, Some(ruff_python_ast::Stmt::Return(returned))
        if matches!(returned.value.as_deref(), Some(Expr::Attribute(attribute)) if attribute.attr.as_str() == "value"))
}

/// The ancestors of a class with these bases, nearest first: Python's C3 order, or where that has none
/// (Python would refuse the class) depth first.
pub(super) fn ancestors<'a>(bases: &[Located<'a>]) -> Vec<Value<'a>> {
    let mut sequences: Vec<Vec<Value<'a>>> = bases
        .iter()
        .map(|base| {
            let mut sequence = vec![base.value.clone()];
            // `declarative_base(cls=Defaults)` builds on that class.
            let class = match &base.value {
                Value::Class(class) => Some(Rc::clone(class)),
                Value::Symbol(symbol) => base_argument(symbol),
                _ => None,
            };
            if let Some(class) = class {
                if matches!(base.value, Value::Symbol(_)) {
                    sequence.push(Value::Class(Rc::clone(&class)));
                }
                sequence.extend(class.ancestors.iter().cloned());
            }
            sequence
        })
        .collect();
    sequences.push(bases.iter().map(|base| base.value.clone()).collect());
    let mut order: Vec<Value<'a>> = Vec::new();
    loop {
        sequences.retain(|sequence| !sequence.is_empty());
        if sequences.is_empty() {
            return order;
        }
        let head = sequences
            .iter()
            .map(|sequence| &sequence[0])
            .find(|head| !sequences.iter().any(|other| other[1..].iter().any(|value| is_same(value, head))))
            .unwrap_or(&sequences[0][0])
            .clone();
        for sequence in &mut sequences {
            sequence.retain(|value| !is_same(value, &head));
        }
        order.push(head);
    }
}

/// The class that a made base builds on: `declarative_base(cls=…)`, `SQLAlchemy(model_class=…).Model`.
fn base_argument<'a>(symbol: &Symbol<'a>) -> Option<Rc<Class<'a>>> {
    let arguments = match &symbol.form {
        Form::Call { callee: Value::External(path), arguments } if last_segment(path) == "declarative_base" => {
            arguments
        }
        Form::Call { callee: Value::Symbol(callee), arguments } => match &callee.form {
            Form::Attribute { name, .. } if name.as_ref() == "generate_base" => arguments,
            _ => return None,
        },
        Form::Attribute { of: Value::Symbol(of), name } if name.as_ref() == "Model" => match &of.form {
            Form::Call { arguments, .. } => arguments,
            _ => return None,
        },
        _ => return None,
    };
    match &arguments.keyword("cls").or_else(|| arguments.keyword("model_class"))?.value {
        Value::Class(class) => Some(Rc::clone(class)),
        _ => None,
    }
}

fn is_same(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::Class(left), Value::Class(right)) => left.id == right.id,
        (Value::External(left), Value::External(right)) => left == right,
        (Value::Symbol(left), Value::Symbol(right)) => left.id == right.id,
        (Value::Opaque(left), Value::Opaque(right)) => Rc::ptr_eq(left, right),
        _ => false,
    }
}
