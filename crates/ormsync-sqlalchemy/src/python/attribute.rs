//! Attributes and subscripts.

use std::rc::Rc;

use crate::alembic::CONNECTION;
use crate::mapping::metadata_source;
use crate::python::evaluator::{Evaluator, Frame};
use crate::python::imports::known_constant;
use crate::python::scope::{Scope, ScopeKind};
use crate::python::value::{Arguments, Class, Form, Function, Located, Place, Symbol, Value, last_segment};

/// What stands for SQLAlchemy's dialect object where a model asks it for its name.
pub(crate) const DIALECT_OBJECT: &str = "ormsync.dialect";
/// The compiler that functions under `@compiles` are called with.
pub(crate) const COMPILER_OBJECT: &str = "ormsync.compiler";

/// Python's version by its dotted name.
pub(super) const PYTHON_VERSION: &str = "sys.version_info";
/// The attribute under which an index or constraint keeps what `ddl_if` was called with.
pub(crate) const DDL_CONDITION: &str = "ddl_if()";

impl<'a> Evaluator<'a> {
    pub(crate) fn attribute(&mut self, object: Value<'a>, name: &str, place: Place) -> Value<'a> {
        match &object {
            Value::Opaque(_) => object,
            Value::External(path) => {
                if name == "dialect" && (path.as_ref() == COMPILER_OBJECT || path.starts_with(CONNECTION)) {
                    return Value::external(DIALECT_OBJECT);
                }
                if path.starts_with(CONNECTION) {
                    match name {
                        "bind" | "connection" | "engine" => return object,
                        "as_sql" => return Value::Bool(false),
                        "name" => return Value::text(self.dialect_name),
                        // Asked for its beginning, which says the server.
                        "url" => return Value::text(&format!("{}://", self.dialect_name)),
                        _ => {}
                    }
                }
                if path.as_ref() == DIALECT_OBJECT && name == "name" {
                    return Value::text(self.dialect_name);
                }
                let dotted = format!("{path}.{name}");
                if let Some(assigned) = self.external_attribute(&dotted) {
                    return assigned.value;
                }
                known_constant(path, name).unwrap_or_else(|| Value::external(&dotted))
            }
            Value::Module(module) => match self.import_member(*module, name) {
                Some(value) => value,
                None => self.missing_member(*module, name, place),
            },
            Value::Class(class) => {
                let class = Rc::clone(class);
                self.class_attribute(&class, name, place)
            }
            Value::EnumMember(member) => match name {
                "name" | "_name_" => Value::Text(Rc::clone(&member.name)),
                "value" | "_value_" => member.value.clone(),
                _ => self.attribute_symbol(object, name, place),
            },
            Value::Table(table) => match name {
                "c" | "columns" => Value::TableColumns(*table),
                "name" => Value::Text(self.registry.table(*table).name.clone()),
                _ => self.attribute_symbol(object, name, place),
            },
            Value::TableColumns(table) => match self.registry.column_by_key(*table, name) {
                Some(column) => Value::Column(column),
                None => self.attribute_symbol(object, name, place),
            },
            Value::Column(column) => match name {
                "name" => Value::Text(self.registry.column(*column).name.clone()),
                "key" => Value::Text(self.registry.column(*column).key.clone()),
                "type" => match &self.registry.column(*column).data_type {
                    Some(data_type) => data_type.value.clone(),
                    None => Value::opaque("the column has no type of its own", place),
                },
                "table" => Value::Table(column.table),
                _ => self.attribute_symbol(object, name, place),
            },
            Value::Symbol(symbol) => {
                let symbol = Rc::clone(symbol);
                self.symbol_attribute(&symbol, name, place)
            }
            Value::Function(function) if name == "__name__" => Value::Text(Rc::clone(&function.name)),
            _ => self.attribute_symbol(object, name, place),
        }
    }

    fn class_attribute(&mut self, class: &Rc<Class<'a>>, name: &str, place: Place) -> Value<'a> {
        if let Some(members) = self.enum_members(class) {
            if let Some(member) = members.iter().find(|member| member.name.as_ref() == name) {
                return Value::EnumMember(Rc::clone(member));
            }
            if name == "__members__" {
                return Value::dict(
                    members
                        .into_iter()
                        .map(|member| {
                            (Value::Text(Rc::clone(&member.name)), Located { value: Value::EnumMember(member), place })
                        })
                        .collect(),
                );
            }
        }
        match name {
            "__name__" | "__qualname__" => return Value::Text(Rc::clone(&class.name)),
            "__mro__" | "__bases__" => {
                let mut classes: Vec<Value<'a>> = Vec::new();
                if name == "__mro__" {
                    classes.push(Value::Class(Rc::clone(class)));
                    classes.extend(class.ancestors.iter().cloned());
                } else {
                    classes.extend(class.bases.iter().map(|base| base.value.clone()));
                }
                let object = Value::external("builtins.object");
                if !classes.iter().any(|known| known.equals(&object) == Some(true))
                    && (name == "__mro__" || classes.is_empty())
                {
                    classes.push(object);
                }
                return Value::tuple(classes.into_iter().map(|value| Located { value, place }).collect());
            }
            "__dict__" => {
                let own = class.members.borrow();
                let entries =
                    own.iter().filter_map(|(name, member)| Some((Value::Text(Rc::clone(name)), member.value.clone()?)));
                return Value::dict(entries.collect());
            }
            "__module__" => return Value::text(&self.program.module(class.place.module).name),
            "__table__" => {
                if let Some(table) = class.table.get() {
                    return Value::Table(table);
                }
            }
            "metadata" | "registry" if class.own(name).is_none() => {
                if let Some(value) = self.declarative_attribute(class, name, place) {
                    return value;
                }
            }
            _ => {}
        }
        for ancestor in class.lineage() {
            if let Some(column) = ancestor.column_attributes.borrow().get(name) {
                return Value::Column(*column);
            }
            if let Some(found) = ancestor.own(name) {
                return self.descriptor(class, found.value, place);
            }
        }
        self.attribute_symbol(Value::Class(Rc::clone(class)), name, place)
    }

    /// What a class gives for an attribute that its body defines as `found`.
    fn descriptor(&mut self, class: &Rc<Class<'a>>, found: Value<'a>, place: Place) -> Value<'a> {
        let Value::Function(function) = &found else { return found };
        if is_decorated(function, "declared_attr") {
            return self.call_with_class(function, class, place);
        }
        if is_decorated(function, "classmethod") {
            return Value::Method(Rc::new((Value::Class(Rc::clone(class)), Rc::clone(function))));
        }
        found
    }

    /// Calls a function with a class as its only argument, as `declared_attr` does.
    pub(crate) fn call_with_class(
        &mut self,
        function: &Rc<Function<'a>>,
        class: &Rc<Class<'a>>,
        place: Place,
    ) -> Value<'a> {
        let arguments = Arguments {
            positional: vec![Located { value: Value::Class(Rc::clone(class)), place }],
            ..Arguments::default()
        };
        self.invoke(function, arguments, place)
    }

    fn symbol_attribute(&mut self, symbol: &Rc<Symbol<'a>>, name: &str, place: Place) -> Value<'a> {
        if let Some(assigned) = symbol.attributes.borrow().get(name) {
            return assigned.value.clone();
        }
        match &symbol.form {
            Form::Call { callee: Value::Class(class), .. } => {
                if name == "__class__" {
                    return Value::Class(Rc::clone(class));
                }
                let Some((_, found)) = class.find(name) else {
                    if let Some(made) = self.made_attribute(symbol, class, name, place) {
                        return made;
                    }
                    return match is_flask_extension(symbol) {
                        true => self.flask_attribute(symbol, name, place),
                        false => self.attribute_symbol(Value::Symbol(Rc::clone(symbol)), name, place),
                    };
                };
                let Value::Function(function) = &found.value else { return found.value };
                if is_decorated(function, "staticmethod") {
                    return found.value;
                }
                let owner = if is_decorated(function, "classmethod") {
                    Value::Class(Rc::clone(class))
                } else {
                    Value::Symbol(Rc::clone(symbol))
                };
                if is_decorated(function, "property") || is_decorated(function, "cached_property") {
                    let arguments =
                        Arguments { positional: vec![Located { value: owner, place }], ..Arguments::default() };
                    return self.invoke(function, arguments, place);
                }
                Value::Method(Rc::new((owner, Rc::clone(function))))
            }
            Form::Call { .. } if is_flask_extension(symbol) => self.flask_attribute(symbol, name, place),
            Form::Attribute { .. } if name == "metadata" => match metadata_source(symbol) {
                Some(source) => self.metadata_of_symbol(&source, place),
                None => self.attribute_symbol(Value::Symbol(Rc::clone(symbol)), name, place),
            },
            Form::Call { callee: Value::External(path), arguments } if path.as_ref() == "builtins.super" => {
                let (Some(owner), Some(object)) = (arguments.positional.first(), arguments.positional.get(1)) else {
                    return self.attribute_symbol(Value::Symbol(Rc::clone(symbol)), name, place);
                };
                let (owner, object) = (owner.value.clone(), object.value.clone());
                self.parent_attribute(&owner, &object, name, place)
                    .unwrap_or_else(|| self.attribute_symbol(Value::Symbol(Rc::clone(symbol)), name, place))
            }
            Form::Call { callee: Value::External(path), .. }
                if name == "metadata" && matches!(last_segment(path), "declarative_base" | "registry") =>
            {
                self.metadata_of_symbol(symbol, place)
            }
            _ => self.attribute_symbol(Value::Symbol(Rc::clone(symbol)), name, place),
        }
    }

    /// What a `__getattr__` of the project's own has for a name, where that is one thing.
    fn made_attribute(
        &mut self,
        symbol: &Rc<Symbol<'a>>,
        class: &Rc<Class<'a>>,
        name: &str,
        place: Place,
    ) -> Option<Value<'a>> {
        let (_, Located { value: Value::Function(function), .. }) = class.find("__getattr__")? else { return None };
        let at = |value| Located { value, place };
        let given = Arguments {
            positional: vec![at(Value::Symbol(Rc::clone(symbol))), at(Value::text(name))],
            ..Arguments::default()
        };
        let made = self.invoke(&function, given, place);
        matches!(made, Value::Class(_) | Value::Function(_) | Value::External(_) | Value::Text(_)).then_some(made)
    }

    /// An attribute of Flask-SQLAlchemy's `db` object.
    fn flask_attribute(&mut self, symbol: &Rc<Symbol<'a>>, name: &str, place: Place) -> Value<'a> {
        if name == "metadata" {
            return self.metadata_of_symbol(symbol, place);
        }
        match flask_name(name) {
            Some(path) => Value::external(&path),
            None => self.attribute_symbol(Value::Symbol(Rc::clone(symbol)), name, place),
        }
    }

    /// `super().name`: the attribute as the classes behind `owner` in the order of the object's class have it.
    fn parent_attribute(
        &mut self,
        owner: &Value<'a>,
        object: &Value<'a>,
        name: &str,
        place: Place,
    ) -> Option<Value<'a>> {
        let Value::Class(owner) = owner else { return None };
        let class = match object {
            Value::Class(class) => Rc::clone(class),
            Value::Symbol(symbol) => match &symbol.form {
                Form::Call { callee: Value::Class(class), .. } => Rc::clone(class),
                _ => return None,
            },
            _ => return None,
        };
        let lineage = class.lineage();
        let behind = lineage.iter().skip_while(|ancestor| ancestor.id != owner.id).skip(1);
        let found = behind.clone().find_map(|ancestor| ancestor.own(name))?;
        match (object, &found.value) {
            (Value::Symbol(_), Value::Function(function)) if !is_decorated(function, "staticmethod") => {
                Some(Value::Method(Rc::new((object.clone(), Rc::clone(function)))))
            }
            _ => Some(self.descriptor(&class, found.value, place)),
        }
    }

    pub(super) fn set_attribute(&mut self, object: &Value<'a>, name: &str, value: Located<'a>) {
        match object {
            Value::Class(class) => {
                let place = value.place;
                if class.table.get().is_some() && self.add_attribute_column(class, name, &value) {
                    return;
                }
                let member = crate::python::value::Member { annotation: None, value: Some(value), place };
                class.members.borrow_mut().insert(name.into(), member);
            }
            Value::Symbol(symbol) => {
                symbol.attributes.borrow_mut().insert(name.into(), value);
            }
            Value::External(path) => {
                self.external_attributes.insert(format!("{path}.{name}"), value);
            }
            _ => {}
        }
    }

    /// Whether a value has an attribute, where that can be known.
    pub(super) fn has_attribute(&mut self, object: &Value<'a>, name: &str) -> Option<bool> {
        match object {
            Value::Class(class) => {
                let is_found = class.lineage().iter().any(|ancestor| {
                    ancestor.members.borrow().contains_key(name)
                        || ancestor.column_attributes.borrow().contains_key(name)
                }) || matches!(name, "__name__" | "__module__" | "__mro__" | "__bases__" | "__dict__")
                    || (name == "__table__" && class.table.get().is_some());
                let is_known = class.ancestors.iter().all(|ancestor| match ancestor {
                    Value::Class(_) => true,
                    Value::External(path) => is_plain_base(path),
                    Value::Symbol(symbol) => metadata_source(symbol).is_some() && !is_declarative_name(name),
                    _ => false,
                });
                if is_found { Some(true) } else { is_known.then_some(false) }
            }
            Value::Module(module) => Some(self.import_member(*module, name).is_some()),
            Value::EnumMember(_) if matches!(name, "name" | "value") => Some(true),
            // The bases that SQLAlchemy and Python bring are mapped to nothing themselves.
            Value::External(path)
                if matches!(
                    name,
                    "__table__"
                        | "__tablename__"
                        | "__mapper__"
                        | "__mapper_args__"
                        | "__table_args__"
                        | "__abstract__"
                ) && is_plain_base(path) =>
            {
                Some(false)
            }
            // What `declarative_base()` makes is mapped to no table.
            Value::Symbol(symbol) if name == "__table__" && metadata_source(symbol).is_some() => Some(false),
            _ => None,
        }
    }

    pub(super) fn subscript(&mut self, object: Value<'a>, at: Located<'a>, place: Place) -> Value<'a> {
        let index = at.value.clone();
        match &object {
            Value::Opaque(_) => return object,
            Value::Dict(entries) => {
                let found = entries.borrow().iter().find(|(key, _)| key.equals(&index) == Some(true)).cloned();
                return match found {
                    Some((_, value)) => value.value,
                    None => Value::opaque("the dictionary has no such key that is known", place),
                };
            }
            Value::TableColumns(table) => {
                if let Some(column) = index.as_text().and_then(|key| self.registry.column_by_key(*table, &key)) {
                    return Value::Column(column);
                }
            }
            Value::Class(class) => {
                if let (Some(members), Some(name)) = (self.enum_members(class), index.as_text())
                    && let Some(member) = members.into_iter().find(|member| member.name == name)
                {
                    return Value::EnumMember(member);
                }
            }
            Value::External(path) if path.as_ref() == PYTHON_VERSION && index.as_integer() == Some(0) => {
                return Value::Int(3);
            }
            Value::Tuple(_) | Value::List(_) | Value::Text(_) => {
                let items = self.iterate(&object, place).unwrap_or_default();
                let Some(index) = index.as_integer() else {
                    return Value::opaque("slices are not evaluated", place);
                };
                let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
                let position = if index < 0 { index + length } else { index };
                let item = usize::try_from(position).ok().and_then(|position| items.get(position).cloned());
                return item.map_or_else(|| Value::opaque("there is no such element", place), |item| item.value);
            }
            _ => {}
        }
        self.symbol(Form::Subscript { of: object, index: at }, place)
    }

    /// Where the annotations of a class are evaluated: its module's names first, since `date: Mapped[date]`
    /// means the module's `date`, then the classes that its body defines.
    pub(crate) fn annotation_frame(&self, class: &Class<'a>) -> Frame<'a> {
        let scope = Scope::new(ScopeKind::Function, class.scope.parent.clone());
        for (name, value) in class.scope.names.borrow().iter() {
            if matches!(value, Value::Class(_)) && scope.look_up(name).is_none() {
                scope.set(name, value.clone());
            }
        }
        Frame { module: class.place.module, scope, members: None }
    }
}

/// Whether a declarative base that SQLAlchemy or Flask-SQLAlchemy makes may have an attribute by itself.
fn is_declarative_name(name: &str) -> bool {
    matches!(
        name,
        "__bind_key__"
            | "__fsa__"
            | "__init__"
            | "__mapper__"
            | "__tablename__"
            | "metadata"
            | "query"
            | "query_class"
            | "registry"
    )
}

/// Whether a class outside the project is one of those of which it is known what they bring.
fn is_plain_base(path: &str) -> bool {
    ["sqlalchemy.", "flask_sqlalchemy.", "builtins.", "enum.", "typing.", "abc."]
        .iter()
        .any(|start| path.starts_with(start))
}

/// Whether a function carries a decorator of that name, or of one of its variants
/// (`declared_attr.directive`).
pub(crate) fn is_decorated(function: &Function<'_>, name: &str) -> bool {
    function.decorators.iter().any(|decorator| match decorator {
        Value::External(path) => path.split('.').any(|segment| segment == name),
        _ => false,
    })
}

/// Whether a call makes Flask-SQLAlchemy's `db` object: of its own class or of one that derives from it.
pub(crate) fn is_flask_extension(symbol: &Symbol<'_>) -> bool {
    match &symbol.form {
        Form::Call { callee: Value::External(path), .. } => last_segment(path) == "SQLAlchemy",
        Form::Call { callee: Value::Class(class), .. } => {
            class.descends_from(|path| last_segment(path) == "SQLAlchemy" && path.starts_with("flask_sqlalchemy"))
        }
        _ => false,
    }
}

/// What an attribute of Flask-SQLAlchemy's `db` object is outside of it: `db.Column` is
/// `sqlalchemy.Column`.
fn flask_name(name: &str) -> Option<String> {
    match name {
        "Model" | "Table" | "metadatas" | "session" | "engine" | "engines" | "Query" => None,
        _ => Some(format!("sqlalchemy.{name}")),
    }
}
