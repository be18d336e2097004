//! The calls of a revision that ask for something: of `op` and a batch, and of the connection.

use std::rc::Rc;

use ormsync_schema::QualifiedName;

use crate::python::{Arguments, Evaluator, Form, Located, Place, Symbol, Value, last_segment};

/// What stands for the connection: `op.get_bind()`.
pub(crate) const CONNECTION: &str = "ormsync.connection";

/// A call of `op`, or of a batch over a table.
pub(super) struct Call<'c, 'a> {
    pub(super) name: &'c str,
    pub(super) arguments: &'c Arguments<'a>,
    pub(super) place: Place,
    /// The table, in a batch.
    pub(super) batch: Option<QualifiedName>,
    /// The naming convention of the batch, by which it finds what has no name.
    pub(super) convention: Option<Value<'a>>,
}

impl<'a> Call<'_, 'a> {
    /// A parameter as a text.
    pub(super) fn text(&self, position: usize, name: &str) -> Option<Rc<str>> {
        self.arguments.get(position, name)?.value.as_text()
    }

    /// A parameter that is given and not None.
    pub(super) fn given(&self, position: usize, name: &str) -> Option<&Located<'a>> {
        self.arguments.get(position, name).filter(|given| !matches!(given.value, Value::None))
    }

    /// A keyword that is set to True.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.arguments.keyword(name).is_some_and(|flag| flag.value.truth() == Some(true))
    }
}

impl<'a> Evaluator<'a> {
    /// A call of something outside the project that a revision asks for something; nothing where it asks for nothing.
    pub(crate) fn call_of_revision(
        &mut self,
        path: &str,
        arguments: &Arguments<'a>,
        place: Place,
    ) -> Option<Value<'a>> {
        self.replay.as_ref()?;
        if let Some(name) = path.strip_prefix("alembic.op.").or_else(|| path.strip_prefix("alembic.operations.op.")) {
            return self.call_op(path, name, arguments, place);
        }
        if let Some(method) = path.strip_prefix(CONNECTION) {
            return Some(self.call_connection(method, arguments, place));
        }
        match path {
            "alembic.context.is_offline_mode" => Some(Value::Bool(false)),
            "alembic.context.get_context" => Some(Value::external(CONNECTION)),
            "sqlalchemy.inspect"
            | "sqlalchemy.engine.reflection.Inspector.from_engine"
            | "sqlalchemy.Inspector.from_engine" => {
                let value = arguments.positional.first().map(|given| &given.value);
                let is_connection = matches!(value, Some(Value::External(path)) if path.starts_with(CONNECTION));
                is_connection.then(|| Value::external(&format!("{CONNECTION}.inspector")))
            }
            _ if path.starts_with("ormsync.dialect.has_table") => {
                let name = arguments.get(1, "table_name")?.value.as_text()?;
                let namespace = arguments.get(2, "schema").and_then(|schema| schema.value.as_text());
                Some(self.has_table(&name, namespace.as_deref(), place))
            }
            _ => None,
        }
    }

    fn call_op(&mut self, path: &str, name: &str, arguments: &Arguments<'a>, place: Place) -> Option<Value<'a>> {
        match name {
            "f" => {
                let callee = Value::external("sqlalchemy.sql.elements.conv");
                Some(self.call_symbol(callee, arguments.clone(), place))
            }
            "get_bind" | "get_context" => Some(Value::external(CONNECTION)),
            "batch_alter_table" => Some(self.call_symbol(Value::external(path), arguments.clone(), place)),
            "inline_literal" => arguments.positional.first().map(|given| given.value.clone()),
            _ => {
                let value = self.call_symbol(Value::external(path), arguments.clone(), place);
                self.carry_out(&Call { name, arguments, place, batch: None, convention: None });
                Some(value)
            }
        }
    }

    /// A method of a batch, of a type, or of a table that a revision calls.
    pub(crate) fn call_method_of_revision(
        &mut self,
        object: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
        place: Place,
    ) -> Option<Value<'a>> {
        self.replay.as_ref()?;
        if let Some(value) = self.call_on_rows(object, name, arguments, place) {
            return Some(value);
        }
        match object {
            Value::Symbol(symbol) => {
                if let Some((table, convention)) = self.table_of_batch(symbol) {
                    if name == "f" {
                        return self.call_op("alembic.op.f", "f", arguments, place);
                    }
                    self.carry_out(&Call { name, arguments, place, batch: Some(table), convention });
                    return Some(Value::None);
                }
                let (path, _) = symbol.external_call()?;
                let is_type = path.starts_with("sqlalchemy") && matches!(last_segment(path), "Enum" | "ENUM");
                if is_type && matches!(name, "create" | "drop") {
                    self.change_type(object, name == "create", arguments, place);
                    return Some(Value::None);
                }
                None
            }
            Value::Table(table) if matches!(name, "create" | "drop") => {
                self.change_declared_table(*table, name == "create", place);
                Some(Value::None)
            }
            _ => None,
        }
    }

    /// The table of `with op.batch_alter_table("t") as batch:`.
    fn table_of_batch(&self, symbol: &Rc<Symbol<'a>>) -> Option<(QualifiedName, Option<Value<'a>>)> {
        let call = match &symbol.form {
            Form::Attribute { of: Value::Symbol(of), name } if name.as_ref() == "__enter__()" => of,
            _ => symbol,
        };
        let (path, arguments) = call.external_call()?;
        if !path.starts_with("alembic.") || last_segment(path) != "batch_alter_table" {
            return None;
        }
        let name = arguments.get(0, "table_name")?.value.as_text()?;
        let namespace = arguments.get(1, "schema").and_then(|schema| schema.value.as_text());
        let convention = arguments.keyword("naming_convention").map(|given| given.value.clone());
        Some((self.replay.as_ref()?.name(namespace.as_deref(), &name), convention))
    }

    /// Methods of the connection, of what leads to it, and of its inspector.
    fn call_connection(&mut self, method: &str, arguments: &Arguments<'a>, place: Place) -> Value<'a> {
        let unknown = |what: &str| Value::opaque(format!("{what} is known only when it runs"), place);
        match last_segment(method) {
            "execute" | "exec_driver_sql" | "scalar" | "scalars" => {
                self.run_statement(arguments, place);
                self.answer_of(arguments, last_segment(method), place)
            }
            "has_table" => match arguments.get(0, "table_name").and_then(|name| name.value.as_text()) {
                Some(name) => {
                    let namespace = arguments.get(1, "schema").and_then(|schema| schema.value.as_text());
                    self.has_table(&name, namespace.as_deref(), place)
                }
                None => unknown("whether there is such a table"),
            },
            "get_table_names" if method.contains("inspector") => self.table_names(arguments, place),
            name if method.contains("inspector") => {
                self.inspect(name, arguments, place).unwrap_or_else(|| unknown("what the inspector says"))
            }
            _ => unknown("what the connection gives"),
        }
    }

    fn has_table(&mut self, name: &str, namespace: Option<&str>, place: Place) -> Value<'a> {
        let unknown = Value::opaque("whether there is such a table is not known", place);
        let Some(replay) = &self.replay else { return unknown };
        if replay.table(&replay.name(namespace, name)).is_some() {
            return Value::Bool(true);
        }
        if replay.schema.opaque.is_empty() { Value::Bool(false) } else { unknown }
    }

    fn table_names(&mut self, arguments: &Arguments<'a>, place: Place) -> Value<'a> {
        let unknown = Value::opaque("which tables there are is not known", place);
        let namespace = arguments.get(0, "schema").and_then(|schema| schema.value.as_text());
        let Some(replay) = &self.replay else { return unknown };
        if !replay.schema.opaque.is_empty() {
            return unknown;
        }
        let namespace = replay.name(namespace.as_deref(), "").namespace;
        let names = replay.schema.namespaces.get(&namespace).map(|content| content.tables.keys());
        // Alembic has made its own table by then.
        let own = crate::OWN_TABLES.iter().map(|name| (*name).to_owned());
        let names = names.into_iter().flatten().cloned().chain(own);
        Value::list(names.map(|name| Located { value: Value::text(&name), place }).collect())
    }
}
