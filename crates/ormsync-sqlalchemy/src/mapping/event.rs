//! `event.listen(table, "after_create", …)`: SQL of the project's own that runs when tables are made, written as
//! `DDL("…")` or sent by a function that gets the connection.

use std::rc::Rc;

use ormsync_schema::Fact;

use crate::alembic::CONNECTION;
use crate::mapping::{HiddenPart, Metadata, TableId, sqlalchemy_call};
use crate::python::{Arguments, Evaluator, Function, Located, Place, Value};

/// What such SQL may make that the schema would know of. Triggers and functions are not compared.
const TELLING_WORDS: &[&str] = &["INDEX", "CONSTRAINT", "ALTER TABLE"];

/// Methods of a connection that send a statement (`sqlalchemy/engine/base.py`).
const SENDING: &[&str] = &["exec_driver_sql", "execute", "scalar", "scalars"];

/// What is still to be asked of a listener when all modules have run.
#[derive(Debug)]
pub(super) struct Listener<'a> {
    /// The table or `MetaData` whose making it hears of.
    target: Value<'a>,
    action: Value<'a>,
    place: Place,
}

/// A statement that a listener sends.
#[derive(Debug)]
pub(crate) enum Sent {
    Text(Rc<str>),
    /// It is known only when it runs.
    Unknown,
}

impl<'a> Evaluator<'a> {
    /// Notes `event.listen(target, "after_create", action)`.
    pub(super) fn listen(&mut self, arguments: &Arguments<'a>, place: Place) {
        let [target, event, action, ..] = arguments.positional.as_slice() else { return };
        self.note_listener(&target.value, &event.value, &action.value, place);
    }

    /// Notes the `@event.listens_for(target, "after_create")` among a function's decorators.
    pub(crate) fn note_listeners(&mut self, function: &Rc<Function<'a>>) {
        for decorator in &function.decorators {
            let call = decorator.as_symbol().and_then(|symbol| symbol.external_call());
            let Some((_, arguments)) = call.filter(|(path, _)| path.ends_with("event.listens_for")) else { continue };
            let [target, event, ..] = arguments.positional.as_slice() else { continue };
            self.note_listener(&target.value, &event.value, &Value::Function(Rc::clone(function)), function.place);
        }
    }

    fn note_listener(&mut self, target: &Value<'a>, event: &Value<'a>, action: &Value<'a>, place: Place) {
        let is_making = event.as_text().is_some_and(|event| matches!(event.as_ref(), "after_create" | "before_create"));
        if is_making && (matches!(target, Value::Table(_)) || is_metadata(target)) {
            let (target, action) = (target.clone(), action.clone());
            self.registry.listeners.push(Listener { target, action, place });
        }
    }

    /// Notes what tables may have beside what they declare, once all that the listeners name is known.
    pub(super) fn ask_listeners(&mut self) {
        for listener in std::mem::take(&mut self.registry.listeners) {
            let table = match listener.target {
                Value::Table(table) => Some(table),
                _ => None,
            };
            for sent in self.sent_by(&listener) {
                match sent {
                    Sent::Text(statement) => self.note_statement(&statement, table, listener.place),
                    Sent::Unknown => self.note_unknown_statement(table, listener.place),
                }
            }
        }
    }

    /// The statements that a listener sends on this dialect.
    fn sent_by(&mut self, listener: &Listener<'a>) -> Vec<Sent> {
        let Value::Function(function) = &listener.action else {
            return self.statement_of(&listener.action).map(Sent::Text).into_iter().collect();
        };
        let at = |value| Located { value, place: listener.place };
        let arguments = Arguments {
            positional: vec![at(listener.target.clone()), at(Value::external(CONNECTION))],
            keywords: vec![
                ("checkfirst".into(), at(Value::Bool(false))),
                ("tables".into(), at(Value::opaque("it is known when the tables are made", listener.place))),
            ],
            hidden: None,
        };
        let before = self.sent.replace(Vec::new());
        let outcome = self.run_function(function, arguments, listener.place);
        let mut sent = std::mem::replace(&mut self.sent, before).unwrap_or_default();
        if matches!(outcome, Value::Opaque(_)) {
            sent.push(Sent::Unknown);
        }
        sent
    }

    /// `connection.execute(…)` while a listener runs.
    pub(crate) fn send_on_connection(&mut self, path: &str, arguments: &Arguments<'a>) {
        let method = path.strip_prefix(CONNECTION).and_then(|rest| rest.rsplit('.').next());
        if self.sent.is_none() || !method.is_some_and(|method| SENDING.contains(&method)) {
            return;
        }
        let given = arguments.get(0, "statement").map(|given| given.value.clone());
        self.send(given.as_ref());
    }

    /// `DDL("…").execute(connection)`, `index.create(connection)`, `DDL("…")(target, connection)` while a listener runs.
    pub(crate) fn send_object(&mut self, object: &Value<'a>, arguments: &Arguments<'a>) {
        let is_connection = |given: &Value<'a>| matches!(given, Value::External(path) if path.starts_with(CONNECTION));
        let all = || arguments.positional.iter().chain(arguments.keywords.iter().map(|(_, given)| given));
        if self.sent.is_some() && all().any(|given| is_connection(&given.value)) {
            self.send(Some(object));
        }
    }

    fn send(&mut self, statement: Option<&Value<'a>>) {
        let sent = match statement.and_then(|statement| self.text_of_statement(statement)) {
            Some(text) => Sent::Text(text),
            None => Sent::Unknown,
        };
        if let Some(known) = &mut self.sent {
            known.push(sent);
        }
    }

    /// The text of what is executed: a string, `text("…")` or `DDL("…")`; of what changes rows, nothing.
    fn text_of_statement(&self, statement: &Value<'a>) -> Option<Rc<str>> {
        if let Some(text) = statement.as_text() {
            return Some(text);
        }
        if let Some((name, _, arguments)) = sqlalchemy_call(statement) {
            return match name {
                "text" | "DDL" => arguments.positional.first()?.value.as_text(),
                "select" | "insert" | "update" | "delete" => Some("".into()),
                _ => None,
            };
        }
        // `text("…").bindparams(…)`, `table.insert().values(…)`.
        match statement.as_symbol()?.method_call()? {
            (_, "insert" | "update" | "delete" | "select", _) => Some("".into()),
            (inner, ..) => self.text_of_statement(inner),
        }
    }

    /// The text of a `DDL(…)` that runs on this dialect.
    fn statement_of(&self, action: &Value<'a>) -> Option<Rc<str>> {
        if let Some((inner, "execute_if", arguments)) = action.as_symbol()?.method_call() {
            let is_meant = arguments.get(0, "dialect").is_none_or(|given| runs_on(&given.value, self.dialect_name));
            return if is_meant { self.statement_of(inner) } else { None };
        }
        let (_, _, arguments) = sqlalchemy_call(action).filter(|(name, ..)| *name == "DDL")?;
        arguments.positional.first()?.value.as_text()
    }

    /// What a known statement may make: it hides that kind of fact of the tables that it names, else of the listener's.
    fn note_statement(&mut self, statement: &str, listened: Option<TableId>, place: Place) {
        let statement = statement.to_uppercase();
        if let Some(name) = made_table(&statement) {
            let known = self.registry.tables.iter().any(|table| table.name.eq_ignore_ascii_case(&name));
            if !known {
                self.hide_table(
                    Some(name.to_lowercase().into()),
                    place,
                    "SQL that runs when tables are made makes this table",
                );
            }
            return;
        }
        let facts = facts_of(&statement);
        if facts.is_empty() {
            return;
        }
        let mut tables = self.tables_named_in(&statement);
        // `%(table)s` and `%(fullname)s` are the listener's table (`DDL` in sqlalchemy/sql/ddl.py).
        if (tables.is_empty() || statement.contains("%(")) && !listened.is_some_and(|table| tables.contains(&table)) {
            tables.extend(listened);
        }
        for table in tables {
            self.hide_made(table, facts, place);
        }
    }

    /// A statement that is known only when it runs. Of a `MetaData`'s it is told, and no table is doubted for it.
    fn note_unknown_statement(&mut self, table: Option<TableId>, place: Place) {
        match table {
            Some(table) => self.hide_made(table, ALL_FACTS, place),
            None => self.report_opaque(
                "what runs when the tables of this `MetaData` are made is not known",
                "declare what it makes with `Index` and SQLAlchemy's constraints where that is possible",
                place,
            ),
        }
    }

    fn hide_made(&mut self, table: TableId, facts: &'static [Fact], place: Place) {
        let name = Rc::clone(&self.registry.table(table).name);
        self.report_opaque(
            format!("SQL that runs when the table `{name}` is made may give it indexes and constraints"),
            "declare them with `Index` and SQLAlchemy's constraints where that is possible",
            place,
        );
        let hidden = &mut self.registry.table_mut(table).hidden;
        for fact in facts {
            if !hidden.iter().any(|known| known.fact == *fact && known.place == place) {
                hidden.push(HiddenPart { fact: *fact, name: None, place });
            }
        }
    }

    /// The tables whose names are words of a statement in capitals.
    fn tables_named_in(&self, statement: &str) -> Vec<TableId> {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let words: std::collections::HashSet<&str> = statement.split(|letter| !is_part(letter)).collect();
        let named = self.registry.tables.iter().enumerate();
        named
            .filter(|(_, table)| words.contains(table.name.to_uppercase().as_str()))
            .filter_map(|(index, _)| Some(TableId(u32::try_from(index).ok()?)))
            .collect()
    }
}

const ALL_FACTS: &[Fact] = &[Fact::Index, Fact::Check, Fact::ForeignKey, Fact::PrimaryKey, Fact::Exclusion];

/// Whether a value is a `MetaData`.
fn is_metadata(value: &Value<'_>) -> bool {
    match value {
        Value::External(path) => path.ends_with(".metadata"),
        _ => Metadata::of(value).is_known(),
    }
}

/// What a statement in capitals may add to a table: only an index, where it is nothing but `CREATE INDEX`; nothing where
/// it makes a trigger or function and holds no other statement about tables.
fn facts_of(statement: &str) -> &'static [Fact] {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let kind = words.iter().skip(1).find(|word| !matches!(**word, "OR" | "REPLACE" | "UNIQUE" | "CONSTRAINT")).copied();
    let is_made = words.first() == Some(&"CREATE");
    if is_made && matches!(kind, Some("TRIGGER" | "FUNCTION" | "PROCEDURE")) {
        let follows = |pair: &[&str]| matches!(pair, ["CREATE" | "UNIQUE" | "DROP", "INDEX"] | ["ALTER", "TABLE"]);
        return if words.windows(2).any(follows) { ALL_FACTS } else { &[] };
    }
    if !TELLING_WORDS.iter().any(|word| statement.contains(word)) {
        return &[];
    }
    let is_single = !statement.trim_end_matches(|letter: char| letter == ';' || letter.is_whitespace()).contains(';');
    if is_made && kind == Some("INDEX") && is_single { &[Fact::Index] } else { ALL_FACTS }
}

/// The name of the table that `CREATE TABLE` makes, in capitals.
fn made_table(statement: &str) -> Option<String> {
    let mut words = statement.split_whitespace().skip_while(|word| matches!(*word, "CREATE" | "VIRTUAL" | "UNLOGGED"));
    if !statement.trim_start().starts_with("CREATE") || words.next() != Some("TABLE") {
        return None;
    }
    let name = words.find(|word| !matches!(*word, "IF" | "NOT" | "EXISTS"))?;
    let name = name.split('(').next()?.rsplit('.').next()?;
    let name = name.trim_matches(|letter| matches!(letter, '"' | '`' | '[' | ']'));
    (!name.is_empty() && !name.contains('%')).then(|| name.to_owned())
}

/// Whether what is said to be for a dialect, or for one of several, is for this one. None is all.
pub(crate) fn runs_on(given: &Value<'_>, dialect: &str) -> bool {
    match given.elements() {
        _ if matches!(given, Value::None) => true,
        Some(several) => several.iter().any(|one| one.value.as_text().as_deref() == Some(dialect)),
        None => given.as_text().as_deref() == Some(dialect),
    }
}
