//! Calls: of functions and classes of the project, of what Python brings, and of what stays a symbol.

use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt};

use crate::python::attribute::{DDL_CONDITION, DIALECT_OBJECT, is_decorated, is_flask_extension};
use crate::python::evaluator::{DEPTH, Evaluator, Frame, SIZE};
use crate::python::scope::{Scope, ScopeKind};
use crate::python::statement::Flow;
use crate::python::value::{Arguments, Class, Code, Form, Function, Located, Place, Value, last_segment};

/// The attribute under which an object keeps the arguments that its `__init__` gave to `super().__init__`.
pub(crate) const SUPER_ARGUMENTS: &str = "super().__init__";

impl<'a> Evaluator<'a> {
    pub(super) fn call(
        &mut self,
        frame: &Frame<'a>,
        callee: Value<'a>,
        arguments: Arguments<'a>,
        place: Place,
    ) -> Value<'a> {
        match callee {
            Value::Opaque(_) => callee,
            Value::External(path) => self.call_external(frame, &path, arguments, place),
            Value::Class(class) => self.instantiate(class, arguments, place),
            Value::Function(function) => self.invoke(&function, arguments, place),
            Value::Method(method) => {
                let mut arguments = arguments;
                arguments.positional.insert(0, Located { value: method.0.clone(), place });
                self.invoke(&method.1, arguments, place)
            }
            Value::Symbol(symbol) => {
                if let Form::Attribute { of, name } = &symbol.form {
                    self.send_object(of, &arguments);
                    if let Some(value) = self.call_method_of_revision(of, name, &arguments, place) {
                        return value;
                    }
                    if let Some(value) = self.call_method(of, name, &arguments, place) {
                        return value;
                    }
                    if let Some(value) = self.call_object_method(frame, of, name, &arguments, place) {
                        return value;
                    }
                }
                if let Some((path, bound)) = symbol.external_call()
                    && last_segment(path) == "partial"
                    && let Some((function, rest)) = bound.positional.split_first()
                {
                    let mut all = Arguments { positional: rest.to_vec(), ..bound.clone() };
                    all.positional.extend(arguments.positional);
                    all.keywords.extend(arguments.keywords);
                    all.hidden = all.hidden.or(arguments.hidden);
                    return self.call(frame, function.value.clone(), all, place);
                }
                self.call_symbol(Value::Symbol(symbol), arguments, place)
            }
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Text(_)
            | Value::Bytes(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::EnumMember(_)
            | Value::Module(_)
            | Value::Table(_)
            | Value::TableColumns(_)
            | Value::Column(_) => Value::opaque(format!("{} is called", callee.kind()), place),
        }
    }

    fn call_external(&mut self, frame: &Frame<'a>, path: &str, arguments: Arguments<'a>, place: Place) -> Value<'a> {
        if let Some(value) = self.call_of_revision(path, &arguments, place) {
            return value;
        }
        self.send_on_connection(path, &arguments);
        if let Some(name) = path.strip_prefix("builtins.") {
            return match self.call_builtin(frame, name, &arguments, place) {
                Some(value) => value,
                None => self.call_symbol(Value::external(path), arguments, place),
            };
        }
        if let Some(made) = self.functional_enum(frame, path, &arguments, place) {
            return made;
        }
        match path {
            "typing.cast" => {
                if let Some(value) = arguments.positional.get(1) {
                    return value.value.clone();
                }
            }
            "re.sub" => {
                if let Some(text) = substitute(&arguments) {
                    return Value::text(&text);
                }
            }
            "collections.OrderedDict" => {
                if let Some(value) = self.call_builtin(frame, "dict", &arguments, place) {
                    return value;
                }
            }
            "copy.copy" | "copy.deepcopy" => {
                if let Some(value) = arguments.positional.first() {
                    return self.copy_of(&value.value);
                }
            }
            _ => {}
        }
        if path.starts_with(DIALECT_OBJECT) && last_segment(path) == "type_descriptor" {
            let described = arguments.positional.first().map_or(Value::None, |argument| argument.value.clone());
            return self.described_type(described, place);
        }
        if path.starts_with("sqlalchemy") || path.starts_with("flask_sqlalchemy") || path.starts_with("sqlmodel") {
            return self.call_sqlalchemy(path, arguments, place);
        }
        self.call_symbol(Value::external(path), arguments, place)
    }

    /// `dialect.type_descriptor(type)`: the type itself, but psycopg has one type of its own for all kinds of
    /// text (see `Release::uses_psycopg`).
    fn described_type(&mut self, described: Value<'a>, place: Place) -> Value<'a> {
        if self.dialect_name != "postgresql" || !self.release.uses_psycopg {
            return described;
        }
        let (path, arguments) = match &described {
            Value::External(path) => (Rc::clone(path), Arguments::default()),
            Value::Symbol(symbol) => match symbol.external_call() {
                Some((path, arguments)) => (path.into(), arguments.clone()),
                None => return described,
            },
            _ => return described,
        };
        let is_text = path.starts_with("sqlalchemy")
            && matches!(
                last_segment(&path),
                "CHAR" | "NCHAR" | "NVARCHAR" | "String" | "TEXT" | "Text" | "Unicode" | "UnicodeText" | "VARCHAR"
            );
        if is_text { self.call_symbol(Value::external("sqlalchemy.VARCHAR"), arguments, place) } else { described }
    }

    /// `super()` in a method: the class that defines the method, and its first argument.
    pub(super) fn parent_of_method(&mut self, frame: &Frame<'a>, place: Place) -> Option<Arguments<'a>> {
        let mut scope = &frame.scope;
        // A comprehension has a scope of its own inside the function's.
        while scope.parent.as_ref()?.kind != ScopeKind::Class {
            scope = scope.parent.as_ref()?;
        }
        let object = scope.names.borrow().values().next().cloned()?;
        let class = match &object {
            Value::Class(class) => Rc::clone(class),
            Value::Symbol(symbol) => match &symbol.form {
                Form::Call { callee: Value::Class(class), .. } => Rc::clone(class),
                _ => return None,
            },
            _ => return None,
        };
        let body = scope.parent.as_ref()?;
        let owner = class.lineage().into_iter().find(|ancestor| Rc::ptr_eq(&ancestor.scope, body))?;
        let at = |value| Located { value, place };
        Some(Arguments { positional: vec![at(Value::Class(owner)), at(object)], ..Arguments::default() })
    }

    /// A new object with the same arguments, as `column.copy()` makes one.
    pub(crate) fn copy_of(&mut self, value: &Value<'a>) -> Value<'a> {
        match value {
            Value::Symbol(symbol) => match &symbol.form {
                Form::Call { callee, arguments } => {
                    let (callee, arguments, place) = (callee.clone(), arguments.clone(), symbol.place);
                    self.call_symbol(callee, arguments, place)
                }
                _ => value.clone(),
            },
            Value::List(items) => Value::list(items.borrow().clone()),
            Value::Dict(entries) => Value::dict(entries.borrow().clone()),
            other => other.clone(),
        }
    }

    /// Methods of symbols that have an effect here.
    fn call_object_method(
        &mut self,
        frame: &Frame<'a>,
        object: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
        place: Place,
    ) -> Option<Value<'a>> {
        match object {
            Value::Table(table) if matches!(name, "append_column" | "append_constraint") => {
                let argument = arguments.positional.first()?;
                self.append_to_table(*table, argument);
                Some(Value::None)
            }
            Value::Symbol(symbol) => {
                if name == "ddl_if" && symbol.external_call().is_some_and(|(path, _)| path.starts_with("sqlalchemy")) {
                    let value = self.call_symbol(Value::external(DDL_CONDITION), arguments.clone(), place);
                    symbol.attributes.borrow_mut().insert(DDL_CONDITION.into(), Located { value, place });
                    return Some(object.clone());
                }
                if name == "__init__" && symbol.external_call().is_some_and(|(path, _)| path == "builtins.super") {
                    // The object under construction is what the function calls its first parameter.
                    let owner = frame.scope.names.borrow().values().next().cloned();
                    if let Some(Value::Symbol(owner)) = owner {
                        let value = self.call_symbol(Value::external(SUPER_ARGUMENTS), arguments.clone(), place);
                        owner.attributes.borrow_mut().insert(SUPER_ARGUMENTS.into(), Located { value, place });
                    }
                    return Some(Value::None);
                }
                if name == "load_dialect_impl"
                    && symbol.external_call().is_some_and(|(path, _)| path == "builtins.super")
                {
                    let owner = frame.scope.names.borrow().values().next().cloned()?;
                    return Some(self.attribute(owner, "impl", place));
                }
                match name {
                    "Table" => {
                        is_flask_extension(symbol).then(|| self.declare_flask_table(symbol, arguments.clone(), place))
                    }
                    "sub" => {
                        let (path, pattern) = symbol.external_call()?;
                        if path != "re.compile" {
                            return None;
                        }
                        let mut all = pattern.clone();
                        all.positional.extend(arguments.positional.iter().cloned());
                        substitute(&all).map(|text| Value::text(&text))
                    }
                    "copy" | "_copy" => {
                        let (path, _) = symbol.external_call()?;
                        matches!(last_segment(path), "Column" | "mapped_column").then(|| self.copy_of(object))
                    }
                    "map_imperatively" => {
                        let (class, table) = (arguments.get(0, "class_")?, arguments.get(1, "local_table")?);
                        self.map_imperatively(&class.value, &table.value);
                        Some(Value::None)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Makes an object of a class of the project: a symbol whose `__init__` has run.
    pub(crate) fn instantiate(&mut self, class: Rc<Class<'a>>, arguments: Arguments<'a>, place: Place) -> Value<'a> {
        if let Some(members) = self.enum_members(&class)
            && let Some(wanted) = arguments.positional.first()
        {
            let found = members.into_iter().find(|member| member.value.equals(&wanted.value) == Some(true));
            return found.map_or_else(
                || Value::opaque("the enum has no member of that value that is known", place),
                Value::EnumMember,
            );
        }
        let constructor = class.find("__init__");
        let is_column = class.descends_from(|path| path.starts_with("sqlalchemy") && last_segment(path) == "Column");
        if is_column && constructor.is_none() {
            return self.call_symbol(Value::external("sqlalchemy.Column"), arguments, place);
        }
        if class.descends_from(|path| path.starts_with("sqlalchemy") && last_segment(path) == "Table") {
            return self.declare_table_of_class(&class, arguments, place);
        }
        let object = self.call_symbol(Value::Class(class), arguments.clone(), place);
        if let Some((_, Located { value: Value::Function(function), .. })) = constructor {
            let mut all = arguments;
            all.positional.insert(0, Located { value: object.clone(), place });
            self.invoke(&function, all, place);
        }
        if is_column { self.made_column(&object, place) } else { object }
    }

    /// The column that an object of a class under `Column` is: what its `__init__` hands on.
    fn made_column(&mut self, object: &Value<'a>, place: Place) -> Value<'a> {
        let handed_on = object.as_symbol().and_then(|symbol| {
            let attributes = symbol.attributes.borrow();
            match &attributes.get(SUPER_ARGUMENTS)?.value.as_symbol()?.form {
                Form::Call { arguments, .. } => Some(arguments.clone()),
                _ => None,
            }
        });
        match handed_on {
            Some(arguments) => self.call_symbol(Value::external("sqlalchemy.Column"), arguments, place),
            None => Value::opaque("what its class makes of the arguments could not be followed", place),
        }
    }

    /// The class as the project's own decorators leave it; those that say nothing of it leave it as it is.
    pub(super) fn decorated_class(&mut self, frame: &Frame<'a>, class: Value<'a>, place: Place) -> Value<'a> {
        let Value::Class(definition) = &class else { return class };
        let mut current = class.clone();
        for decorator in definition.decorators.iter().rev() {
            if !matches!(decorator.value, Value::Function(_) | Value::Method(_)) {
                continue;
            }
            let positional = vec![Located { value: current.clone(), place }];
            let arguments = Arguments { positional, ..Arguments::default() };
            if let made @ Value::Class(_) = self.call(frame, decorator.value.clone(), arguments, place) {
                current = made;
            }
        }
        current
    }

    /// Runs a function of the project. What cannot be followed to its end is opaque.
    pub(crate) fn invoke(&mut self, function: &Rc<Function<'a>>, arguments: Arguments<'a>, place: Place) -> Value<'a> {
        if self.depth >= DEPTH {
            return Value::opaque("calls are nested too deep", place);
        }
        let is_plain = function.decorators.iter().all(|decorator| match decorator {
            Value::External(path) => HARMLESS_DECORATORS.iter().any(|name| path.split('.').any(|part| part == *name)),
            Value::Symbol(symbol) => symbol
                .external_call()
                .is_some_and(|(path, _)| HARMLESS_DECORATORS.iter().any(|name| last_segment(path) == *name)),
            _ => false,
        });
        if !is_plain {
            return Value::opaque(format!("`{}` is wrapped by a decorator that is not known", function.name), place);
        }
        let scope = Scope::new(ScopeKind::Function, Some(Rc::clone(&function.scope)));
        let frame = Frame { module: function.module, scope, members: None };
        if let Err(unknown) = self.bind_parameters(&frame, function, arguments, place) {
            return unknown;
        }
        if let Code::Definition(definition) = function.code
            && let Some(parameters) = &definition.type_params
        {
            self.bind_type_parameters(&frame.scope, parameters, place);
        }
        self.depth += 1;
        let result = match function.code {
            Code::Lambda(lambda) => self.evaluate(&frame, &lambda.body),
            Code::Definition(definition) => {
                if definition.is_async {
                    Value::opaque(format!("`{}` is asynchronous", function.name), place)
                } else {
                    match self.execute_all(&frame, &definition.body) {
                        Flow::Return(value) => value,
                        Flow::Next | Flow::Break | Flow::Continue => Value::None,
                        Flow::Unknown => {
                            let reason = format!("what `{}` returns depends on something unknown", function.name);
                            let mut keys = Vec::new();
                            match returns_dictionaries(&definition.body, &mut keys) {
                                true => Value::opaque_dictionary(reason, place, keys),
                                false => Value::opaque(reason, place),
                            }
                        }
                    }
                }
            }
        };
        self.depth -= 1;
        result
    }

    fn bind_parameters(
        &mut self,
        frame: &Frame<'a>,
        function: &Rc<Function<'a>>,
        arguments: Arguments<'a>,
        place: Place,
    ) -> Result<(), Value<'a>> {
        let parameters = match function.code {
            Code::Definition(definition) => Some(definition.parameters.as_ref()),
            Code::Lambda(lambda) => lambda.parameters.as_deref(),
        };
        let Some(parameters) = parameters else { return Ok(()) };
        if arguments.hidden.is_some() {
            return Err(Value::opaque("it is called with arguments that are not known", place));
        }
        let defaults = Frame { module: function.module, scope: Rc::clone(&function.scope), members: None };
        let mut positional = arguments.positional.into_iter();
        let mut keywords = arguments.keywords;
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            let name = parameter.parameter.name.as_str();
            let given = positional.next().map(|argument| argument.value).or_else(|| take(&mut keywords, name));
            let value = match (given, &parameter.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.evaluate(&defaults, default),
                (None, None) => return Err(Value::opaque(format!("the argument `{name}` is missing"), place)),
            };
            frame.scope.set(name, value);
        }
        if let Some(rest) = &parameters.vararg {
            frame.scope.set(rest.name.as_str(), Value::tuple(positional.collect()));
        }
        for parameter in &parameters.kwonlyargs {
            let name = parameter.parameter.name.as_str();
            let value = match (take(&mut keywords, name), &parameter.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.evaluate(&defaults, default),
                (None, None) => return Err(Value::opaque(format!("the argument `{name}` is missing"), place)),
            };
            frame.scope.set(name, value);
        }
        if let Some(rest) = &parameters.kwarg {
            let entries = keywords.into_iter().map(|(name, value)| (Value::Text(name), value)).collect();
            frame.scope.set(rest.name.as_str(), Value::dict(entries));
        }
        Ok(())
    }
}

/// Decorators that leave what the function returns as it is.
const HARMLESS_DECORATORS: &[&str] = &[
    "cache",
    "cached_property",
    "classmethod",
    "compiles",
    "declared_attr",
    "listens_for",
    "lru_cache",
    "override",
    "property",
    "staticmethod",
    "wraps",
    "hybrid_property",
    "final",
    "abstractmethod",
];

fn take<'a>(keywords: &mut Vec<(Rc<str>, Located<'a>)>, name: &str) -> Option<Value<'a>> {
    let at = keywords.iter().position(|(keyword, _)| keyword.as_ref() == name)?;
    Some(keywords.remove(at).1.value)
}

/// Whether all that a function returns is written as a dictionary with plain keys, or None.
fn returns_dictionaries(body: &[Stmt], keys: &mut Vec<Rc<str>>) -> bool {
    body.iter().all(|statement| match statement {
        Stmt::Return(returned) => match returned.value.as_deref() {
            None | Some(Expr::NoneLiteral(_)) => true,
            Some(Expr::Dict(dict)) => dict.items.iter().all(|item| match &item.key {
                Some(Expr::StringLiteral(key)) => {
                    keys.push(key.value.to_str().into());
                    true
                }
                _ => false,
            }),
            Some(_) => false,
        },
        Stmt::If(branch) => {
            returns_dictionaries(&branch.body, keys)
                && branch.elif_else_clauses.iter().all(|clause| returns_dictionaries(&clause.body, keys))
        }
        // A return inside anything else is not looked for.
        Stmt::For(_) | Stmt::While(_) | Stmt::With(_) | Stmt::Try(_) | Stmt::Match(_) => false,
        _ => true,
    })
}

/// `re.sub(pattern, replacement, text)`: how many projects make table names of class names.
fn substitute(arguments: &Arguments<'_>) -> Option<String> {
    let [pattern, replacement, text] = arguments.positional.as_slice() else { return None };
    if !arguments.keywords.is_empty() {
        return None;
    }
    let (pattern, replacement, text) = (pattern.value.as_text()?, replacement.value.as_text()?, text.value.as_text()?);
    if text.len() > SIZE || pattern.len() > 500 {
        return None;
    }
    let pattern = fancy_regex::Regex::new(&pattern).ok()?;
    // `\1` is Python's spelling; the crate's is `${1}`, and `$` means nothing to Python.
    let mut template = String::new();
    let mut letters = replacement.replace('$', "$$").chars().collect::<Vec<_>>().into_iter().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('\\', Some(digit)) if digit.is_ascii_digit() => {
                template.push_str(&format!("${{{digit}}}"));
                letters.next();
            }
            ('\\', _) => return None,
            _ => template.push(letter),
        }
    }
    pattern.try_replacen(&text, 0, template.as_str()).ok().map(std::borrow::Cow::into_owned)
}

/// Whether a function of a class body stands for an attribute that is made for each mapped class.
pub(crate) fn is_declared_attribute(function: &Function<'_>) -> bool {
    is_decorated(function, "declared_attr")
}
