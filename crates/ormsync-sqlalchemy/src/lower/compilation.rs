//! `@compiles(Type, "mysql")` (`sqlalchemy/ext/compiler.py`): functions of the project that write the SQL of a
//! type or expression in the place of SQLAlchemy's own.

use std::rc::Rc;

use crate::lower::Lowering;
use crate::lower::types::{Affinity, LoweredType, Refusal, affinity_of, family_of};
use crate::mapping::TableId;
use crate::python::{
    Arguments, COMPILER_OBJECT, Class, Compilation, Form, Function, Located, Place, Value, last_segment,
};

/// What a function that compiles a type says.
pub(super) enum Compiled<'a> {
    /// The SQL.
    Text(Rc<str>),
    /// `compiler.visit_BIGINT(type)`: what SQLAlchemy itself makes of that type, by its class name.
    AsType(Rc<str>, Arguments<'a>),
    /// `compiler.process(other)`.
    Like(Value<'a>),
}

impl<'a> Lowering<'_, 'a> {
    /// What the project's own compilation makes of an object of a class of the project, if it has one.
    /// The error says why its answer is not known.
    pub(super) fn compiled_class(
        &mut self,
        class: &Rc<Class<'a>>,
        object: &Value<'a>,
        place: Place,
    ) -> Option<Result<Compiled<'a>, String>> {
        // The attribute that `@compiles` sets is inherited, up to what SQLAlchemy itself has.
        for ancestor in class.lineage() {
            let function = self.compilation(|target| matches!(target, Value::Class(known) if known.id == ancestor.id));
            if let Some(function) = function {
                return Some(self.run_compilation(&function, object, place));
            }
        }
        None
    }

    /// The same for one of SQLAlchemy's own classes, by its dotted name.
    pub(super) fn compiled_external(
        &mut self,
        path: &str,
        object: &Value<'a>,
        place: Place,
    ) -> Option<Result<Compiled<'a>, String>> {
        let is_meant = |target: &Value<'a>| match target {
            Value::External(known) => last_segment(known) == last_segment(path) && family_of(known) == family_of(path),
            _ => false,
        };
        let function = self.compilation(is_meant)?;
        Some(self.run_compilation(&function, object, place))
    }

    /// The type that a compilation of one comes to; `general` is what SQLAlchemy takes it for otherwise.
    pub(super) fn compiled_type(
        &mut self,
        table: TableId,
        compiled: Result<Compiled<'a>, String>,
        general: Option<&str>,
        place: Place,
        depth: usize,
    ) -> Result<LoweredType, Refusal> {
        match compiled {
            Ok(Compiled::Text(text)) => Ok(LoweredType {
                affinity: general.map_or(Affinity::Other, |path| affinity_of(last_segment(path))),
                ..LoweredType::plain(self.dialect.parse_type(&text))
            }),
            Ok(Compiled::AsType(class, arguments)) => {
                let family = general.map_or("", family_of);
                let path = if family.is_empty() {
                    format!("sqlalchemy.{class}")
                } else {
                    format!("sqlalchemy.dialects.{family}.{class}")
                };
                self.standard_type(table, &path, arguments, depth + 1)
            }
            Ok(Compiled::Like(value)) => self.type_of(table, &value, place, depth + 1),
            Err(reason) => Err(Refusal::Unknown(reason)),
        }
    }

    /// The SQL of an expression of a class of the project.
    pub(super) fn compiled_expression(
        &mut self,
        table: TableId,
        class: &Rc<Class<'a>>,
        object: &Value<'a>,
        place: Place,
        depth: usize,
    ) -> Result<String, String> {
        match self.compiled_class(class, object, place) {
            Some(Ok(Compiled::Text(text))) => Ok(text.to_string()),
            Some(Ok(Compiled::Like(value))) => self.sql_at(table, &value, depth + 1),
            Some(Ok(Compiled::AsType(..))) => Err(format!("`{}` is compiled as a type", class.name)),
            Some(Err(reason)) => Err(reason),
            None => Err(format!("how SQLAlchemy compiles `{}` is not known", class.name)),
        }
    }

    /// The function for this dialect, else the one for all: the last that was registered counts.
    fn compilation(&self, is_meant: impl Fn(&Value<'a>) -> bool) -> Option<Rc<Function<'a>>> {
        let name = self.compiler.name();
        let for_target = || self.evaluator.compilations.iter().rev().filter(|known| is_meant(&known.target));
        let find = |is_for: &dyn Fn(&Compilation<'a>) -> bool| {
            for_target().find(|known| is_for(known)).map(|known| Rc::clone(&known.function))
        };
        find(&|known| known.dialects.iter().any(|dialect| dialect.as_ref() == name))
            .or_else(|| find(&|known| known.dialects.is_empty()))
    }

    /// Whether the project writes `CREATE TABLE` itself on this dialect.
    pub(super) fn compiles_tables(&self) -> bool {
        self.compilation(|target| matches!(target, Value::External(path) if last_segment(path) == "CreateTable"))
            .is_some()
    }

    fn run_compilation(
        &mut self,
        function: &Rc<Function<'a>>,
        object: &Value<'a>,
        place: Place,
    ) -> Result<Compiled<'a>, String> {
        let at = |value| Located { value, place };
        let given = Arguments {
            positional: vec![at(object.clone()), at(Value::external(COMPILER_OBJECT))],
            ..Arguments::default()
        };
        let said = self.evaluator.invoke(function, given, place);
        if let Some(text) = said.as_text() {
            return Ok(Compiled::Text(text));
        }
        let unknown = || format!("what `{}` compiles it to is not known", function.name);
        match &said {
            Value::Opaque(reason) => Err(self.evaluator.reason(reason, place)),
            Value::Symbol(symbol) => {
                let Form::Call { callee: Value::External(path), arguments } = &symbol.form else {
                    return Err(unknown());
                };
                let method = path.strip_prefix(COMPILER_OBJECT).map(|rest| rest.trim_start_matches('.'));
                let first = arguments.positional.first().map(|argument| argument.value.clone());
                match (method, first) {
                    (Some("process"), Some(value)) => Ok(Compiled::Like(value)),
                    (Some(method), Some(value)) => match method.strip_prefix("visit_") {
                        Some(visited) => {
                            Ok(Compiled::AsType(visited_class(visited).into(), constructor_arguments(&value)))
                        }
                        None => Err(unknown()),
                    },
                    _ => Err(unknown()),
                }
            }
            _ => Err(unknown()),
        }
    }
}

/// The class that a method of the type compiler is for: `visit_BIGINT` of the type `BIGINT`, `visit_unicode` of the
/// general type `Unicode` (`__visit_name__` in `sqlalchemy/sql/sqltypes.py`).
fn visited_class(visited: &str) -> &str {
    match visited {
        "big_integer" => "BigInteger",
        "boolean" => "Boolean",
        "date" => "Date",
        "datetime" => "DateTime",
        "double" => "Double",
        "float" => "Float",
        "integer" => "Integer",
        "large_binary" => "LargeBinary",
        "numeric" => "Numeric",
        "small_integer" => "SmallInteger",
        "string" => "String",
        "text" => "Text",
        "time" => "Time",
        "unicode" => "Unicode",
        "unicode_text" => "UnicodeText",
        "uuid" => "Uuid",
        other => other,
    }
}

/// What an object was made with: `visit_VARCHAR(type)` asks it for its length.
fn constructor_arguments<'a>(value: &Value<'a>) -> Arguments<'a> {
    match value.as_symbol().map(|symbol| &symbol.form) {
        // A decorator hands on to the type it is around, where that is made already.
        Some(Form::Call { callee: Value::Class(class), arguments }) => {
            let around = class.find("impl").map(|(_, found)| found.value);
            let made = around.as_ref().and_then(|around| Some(around.as_symbol()?.external_call()?.1.clone()));
            made.unwrap_or_else(|| arguments.clone())
        }
        Some(Form::Call { arguments, .. }) => arguments.clone(),
        _ => Arguments::default(),
    }
}
