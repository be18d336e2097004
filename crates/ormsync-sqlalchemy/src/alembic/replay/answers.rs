//! What a revision learns when it asks the database: of the catalogue, what the revisions before it made; of rows, what
//! an empty database has, as long as no revision has put any there.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use ormsync_dialect::{Dialect, Question, answer};
use ormsync_schema::Literal;

use super::calls::CONNECTION;
use crate::python::{Arguments, Evaluator, Form, Located, Place, Symbol, Value, last_segment};

/// What stands for rows that were read: a call with a list of tuples.
pub(crate) const ROWS: &str = "ormsync.rows";

/// How deep an expression is looked into for tables.
const DEPTH: usize = 40;

/// Methods of a session or of a result that give rows as they are.
const SAME_ROWS: &[&str] = &[
    "all",
    "fetchall",
    "fetchmany",
    "mappings",
    "scalars",
    "tuples",
    "unique",
    "yield_per",
    "partitions",
    "execution_options",
    "columns",
];
/// Those that give the first row.
const FIRST_ROW: &[&str] = &["first", "one", "one_or_none", "fetchone"];
/// Those that give the first cell of the first row.
const FIRST_CELL: &[&str] = &["scalar", "scalar_one", "scalar_one_or_none"];
/// Methods of a session that put rows into tables.
const ADDING: &[&str] =
    &["add", "add_all", "merge", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"];

/// The tables that may have rows, since a revision has put some there.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled {
    any: bool,
    tables: BTreeSet<String>,
}

impl Filled {
    /// Which table was filled is not known.
    pub(super) fn note_any(&mut self) {
        self.any = true;
    }

    pub(super) fn note(&mut self, table: &str) {
        self.tables.insert(table.to_lowercase());
    }

    fn has_rows(&self, table: &str) -> bool {
        self.any || self.tables.contains(&table.to_lowercase())
    }
}

impl<'a> Evaluator<'a> {
    /// What the database answers to a statement; opaque where that is known only when it runs.
    pub(super) fn answer_of(&mut self, arguments: &Arguments<'a>, method: &str, place: Place) -> Value<'a> {
        let unknown = Value::opaque("what the database answers is known only when it runs", place);
        let Some(given) = arguments.positional.first().or_else(|| arguments.keyword("statement")) else {
            return unknown;
        };
        let rows = match statement_text(&given.value, 0) {
            Some((text, bound)) => self.rows_of_text(&text, &parameters(arguments, bound)),
            None => self.is_of_no_rows(&given.value).then(Vec::new),
        };
        let Some(rows) = rows else { return unknown };
        let rows = self.rows(rows, place);
        let is_scalar = FIRST_CELL.contains(&method);
        let first = if is_scalar { self.result_method(&rows, method, place) } else { None };
        first.unwrap_or(rows)
    }

    fn rows_of_text(&self, text: &str, parameters: &BTreeMap<String, String>) -> Option<Vec<Vec<Option<Literal>>>> {
        let replay = self.replay.as_ref()?;
        let has_rows = |table: &str| replay.filled.has_rows(table);
        answer(&replay.schema, &Question { text, parameters, has_rows: &has_rows })
    }

    /// Rows as a value.
    fn rows(&mut self, rows: Vec<Vec<Option<Literal>>>, place: Place) -> Value<'a> {
        let at = |value| Located { value, place };
        let cell = |cell: Option<Literal>| match cell {
            None => Value::None,
            Some(Literal::Text(text)) => Value::text(&text),
            Some(Literal::Boolean(flag)) => Value::Bool(flag),
            Some(Literal::Number(number)) => match number.parse() {
                Ok(number) => Value::Int(number),
                Err(_) => Value::text(&number),
            },
            Some(Literal::Bytes(_)) => Value::opaque("bytes of the catalogue are not looked at", place),
        };
        let row = |row: Vec<Option<Literal>>| at(Value::tuple(row.into_iter().map(cell).map(at).collect()));
        let list = Value::list(rows.into_iter().map(row).collect());
        let arguments = Arguments { positional: vec![at(list)], ..Arguments::default() };
        self.call_symbol(Value::external(ROWS), arguments, place)
    }

    /// Methods of rows; of a session, and of the queries that are built from it.
    pub(super) fn call_on_rows(
        &mut self,
        object: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
        place: Place,
    ) -> Option<Value<'a>> {
        if is_rows(object) {
            return self.result_method(object, name, place);
        }
        let Value::Symbol(symbol) = object else { return None };
        if !is_session(symbol, 0) {
            return None;
        }
        if is_of_session_itself(symbol) {
            match name {
                "execute" | "scalar" | "scalars" | "exec" => {
                    self.run_statement(arguments, place);
                    return Some(self.answer_of(arguments, name, place));
                }
                "get" => return self.is_of_no_rows(&arguments.positional.first()?.value).then_some(Value::None),
                "connection" | "get_bind" => return Some(Value::external(CONNECTION)),
                _ if ADDING.contains(&name) => {
                    self.note_added(arguments);
                    return Some(Value::None);
                }
                _ => return None,
            }
        }
        // `session.query(Thing).filter(…).all()`
        let is_asked = SAME_ROWS.contains(&name) || FIRST_ROW.contains(&name) || FIRST_CELL.contains(&name);
        if !(is_asked || name == "count" || name == "exists") || !self.is_of_no_rows(object) {
            return None;
        }
        if name == "count" {
            return Some(Value::Int(0));
        }
        let rows = self.rows(Vec::new(), place);
        if name == "exists" { None } else { self.result_method(&rows, name, place) }
    }

    /// The elements of a query that a loop goes through: none where there are no rows.
    pub(crate) fn rows_of_query(&self, value: &Value<'a>) -> Option<Vec<Located<'a>>> {
        let Value::Symbol(symbol) = value else { return None };
        self.replay.as_ref()?;
        if let Some((ROWS, arguments)) = symbol.external_call() {
            return arguments.positional.first()?.value.elements();
        }
        let is_query = is_session(symbol, 0) && !is_of_session_itself(symbol);
        (is_query && self.is_of_no_rows(value)).then(Vec::new)
    }

    fn result_method(&mut self, rows: &Value<'a>, name: &str, place: Place) -> Option<Value<'a>> {
        let Value::Symbol(symbol) = rows else { return None };
        let (_, arguments) = symbol.external_call()?;
        let list = arguments.positional.first()?.value.clone();
        let elements = list.elements()?;
        if name == "fetchall" || name == "all" {
            return Some(list);
        }
        if name == "scalars" {
            let first = |row: &Located<'a>| row.value.elements().and_then(|cells| cells.into_iter().next());
            let cells: Option<Vec<Located<'a>>> = elements.iter().map(first).collect();
            let list = Located { value: Value::list(cells?), place };
            let arguments = Arguments { positional: vec![list], ..Arguments::default() };
            return Some(self.call_symbol(Value::external(ROWS), arguments, place));
        }
        if SAME_ROWS.contains(&name) {
            return Some(rows.clone());
        }
        let first = elements.first().map_or(Value::None, |row| row.value.clone());
        if FIRST_ROW.contains(&name) {
            return Some(first);
        }
        if FIRST_CELL.contains(&name) {
            let cell = first.elements().and_then(|cells| cells.into_iter().next());
            return Some(cell.map_or(first, |cell| cell.value));
        }
        match name {
            "close" => Some(Value::None),
            _ => None,
        }
    }

    /// Rows that were given to a session or a table; an empty list is none.
    pub(super) fn note_added(&mut self, arguments: &Arguments<'a>) {
        let is_nothing = arguments
            .positional
            .iter()
            .chain(arguments.keywords.iter().map(|(_, value)| value))
            .any(|given| given.value.elements().is_some_and(|elements| elements.is_empty()));
        if is_nothing {
            return;
        }
        let mut tables = BTreeSet::new();
        for given in &arguments.positional {
            self.tables_in(&given.value, 0, &mut tables);
        }
        if let Some(replay) = &mut self.replay {
            match tables.is_empty() {
                true => replay.filled.note_any(),
                false => tables.iter().for_each(|table| replay.filled.note(table)),
            }
        }
    }

    /// Notes that a statement of SQL puts rows into a table, unless it takes them from tables that have none.
    pub(super) fn note_inserted(&mut self, text: &str) {
        for statement in text.split(';') {
            let words: Vec<&str> = statement.split_whitespace().collect();
            let Some(first) = words.first().map(|word| word.to_ascii_lowercase()) else { continue };
            if !matches!(first.as_str(), "insert" | "replace" | "with" | "copy" | "merge" | "call" | "select") {
                continue;
            }
            let into = words.iter().position(|word| word.eq_ignore_ascii_case("into"));
            let Some(into) = into else {
                // Only a function could put rows somewhere now.
                continue;
            };
            let lower = statement.to_ascii_lowercase();
            let query = lower.find("select").and_then(|at| statement.get(at..));
            let takes_none = query
                .is_some_and(|query| self.rows_of_text(query, &BTreeMap::new()).is_some_and(|rows| rows.is_empty()));
            if takes_none {
                continue;
            }
            let table = words.get(into + 1).map(|word| word.split('(').next().unwrap_or_default());
            let table = table.and_then(|path| path.rsplit('.').next()).unwrap_or_default();
            let table = table.trim_matches(['"', '`', '[', ']']);
            if let Some(replay) = &mut self.replay {
                match table.is_empty() {
                    true => replay.filled.note_any(),
                    false => replay.filled.note(table),
                }
            }
        }
    }

    /// Whether all tables that an expression names have no rows, and it names one.
    fn is_of_no_rows(&self, value: &Value<'a>) -> bool {
        let mut tables = BTreeSet::new();
        self.tables_in(value, 0, &mut tables);
        let Some(replay) = &self.replay else { return false };
        // An aggregate gives a row all the same.
        !tables.is_empty() && !names_aggregate(value, 0) && tables.iter().all(|table| !replay.filled.has_rows(table))
    }

    fn tables_in(&self, value: &Value<'a>, depth: usize, found: &mut BTreeSet<String>) {
        if depth > DEPTH {
            return;
        }
        match value {
            Value::Table(table) | Value::TableColumns(table) => {
                found.insert(self.registry.table(*table).name.to_string());
            }
            Value::Column(column) => {
                found.insert(self.registry.table(column.table).name.to_string());
            }
            Value::Class(class) => {
                found.extend(class.table.get().map(|table| self.registry.table(table).name.to_string()));
            }
            Value::Tuple(_) | Value::List(_) => {
                for element in value.elements().unwrap_or_default().iter().take(DEPTH) {
                    self.tables_in(&element.value, depth + 1, found);
                }
            }
            Value::Symbol(symbol) => match &symbol.form {
                Form::Call { callee, arguments } => {
                    if let Value::External(path) = callee
                        && path.starts_with("sqlalchemy")
                        && last_segment(path) == "table"
                        && let Some(name) = arguments.positional.first().and_then(|name| name.value.as_text())
                    {
                        found.insert(name.to_string());
                    }
                    self.tables_in(callee, depth + 1, found);
                    for given in arguments.positional.iter().chain(arguments.keywords.iter().map(|(_, value)| value)) {
                        self.tables_in(&given.value, depth + 1, found);
                    }
                }
                Form::Attribute { of, .. } | Form::Subscript { of, .. } => self.tables_in(of, depth + 1, found),
                Form::Operation { operands, .. } => {
                    operands.iter().for_each(|operand| self.tables_in(operand, depth + 1, found));
                }
            },
            _ => {}
        }
    }
}

/// Whether a statement has an aggregate, which answers with a row where there are none.
fn names_aggregate(value: &Value<'_>, depth: usize) -> bool {
    if depth > DEPTH {
        return true;
    }
    let within = |value: &Value<'_>| names_aggregate(value, depth + 1);
    let is_one = |name: &str| matches!(name, "count" | "max" | "min" | "sum" | "avg" | "exists");
    match value {
        Value::External(path) => is_one(last_segment(path)),
        Value::Tuple(_) | Value::List(_) => {
            value.elements().unwrap_or_default().iter().any(|element| within(&element.value))
        }
        Value::Symbol(symbol) => match &symbol.form {
            Form::Call { callee, arguments } => {
                within(callee) || arguments.positional.iter().any(|given| within(&given.value))
            }
            Form::Attribute { of, name } => is_one(name) || within(of),
            Form::Subscript { of, .. } => within(of),
            Form::Operation { operands, .. } => operands.iter().any(within),
        },
        _ => false,
    }
}

fn is_rows(value: &Value<'_>) -> bool {
    matches!(value, Value::Symbol(symbol) if symbol.external_call().is_some_and(|(path, _)| path == ROWS))
}

/// Whether a symbol is a session, or what is asked of one.
fn is_session(symbol: &Rc<Symbol<'_>>, depth: usize) -> bool {
    if depth > DEPTH {
        return false;
    }
    let within = |value: &Value<'_>| matches!(value, Value::Symbol(inner) if is_session(inner, depth + 1));
    match &symbol.form {
        Form::Call { callee: Value::External(path), .. } => {
            (path.starts_with("sqlalchemy") || path.starts_with("sqlmodel"))
                && matches!(last_segment(path), "Session" | "sessionmaker" | "scoped_session")
        }
        Form::Call { callee, .. } => within(callee),
        Form::Attribute { of, .. } => within(of),
        Form::Subscript { .. } | Form::Operation { .. } => false,
    }
}

/// Whether it is the session itself: made, called or entered, and nothing asked of it yet.
fn is_of_session_itself(symbol: &Rc<Symbol<'_>>) -> bool {
    match &symbol.form {
        Form::Call { callee: Value::External(_), .. } => true,
        Form::Call { callee: Value::Symbol(callee), .. } => {
            matches!(callee.form, Form::Call { .. }) && is_of_session_itself(callee)
                || matches!(&callee.form, Form::Attribute { name, .. } if name.as_ref() == "begin")
        }
        Form::Attribute { of: Value::Symbol(of), name } => name.as_ref() == "__enter__()" && is_of_session_itself(of),
        _ => false,
    }
}

type Bound = Vec<(String, String)>;

/// The text of `text("…")`, with what `.bindparams(…)` gives.
fn statement_text(value: &Value<'_>, depth: usize) -> Option<(String, Bound)> {
    if depth > DEPTH {
        return None;
    }
    if let Some(text) = value.as_text() {
        return Some((text.to_string(), Bound::new()));
    }
    let Value::Symbol(symbol) = value else { return None };
    if let Some((path, arguments)) = symbol.external_call() {
        let is_text = matches!(last_segment(path), "text" | "DDL");
        return if is_text { statement_text(&arguments.positional.first()?.value, depth + 1) } else { None };
    }
    let (of, name, arguments) = symbol.method_call()?;
    if name != "bindparams" {
        return None;
    }
    let (text, mut bound) = statement_text(of, depth + 1)?;
    bound
        .extend(arguments.keywords.iter().filter_map(|(name, value)| Some((name.to_string(), text_of(&value.value)?))));
    Some((text, bound))
}

/// A statement of `text("…")` with the values of its parameters; none where one of them is not known.
pub(super) fn with_values(value: &Value<'_>, arguments: &Arguments<'_>, dialect: &dyn Dialect) -> Option<String> {
    let (text, bound) = statement_text(value, 0)?;
    let given = parameters(arguments, bound);
    let mut made = String::with_capacity(text.len());
    let mut letters = text.char_indices().peekable();
    let mut quote: Option<char> = None;
    while let Some((at, letter)) = letters.next() {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let rest = &text[at + letter.len_utf8()..];
        let begins_name = rest.starts_with(|next: char| next.is_ascii_alphabetic() || next == '_');
        match (letter, quote) {
            // `\\:` is a colon of SQL's own.
            ('\\', _) if rest.starts_with(':') => {
                made.push(':');
                letters.next();
            }
            (':', _) if rest.starts_with(':') => {
                made.push_str("::");
                letters.next();
            }
            (':', None) if begins_name => {
                let length = rest.find(|next: char| !is_name(next)).unwrap_or(rest.len());
                made.push_str(&dialect.quote_text(given.get(&rest[..length])?));
                for _ in rest[..length].chars() {
                    letters.next();
                }
            }
            _ => {
                match quote {
                    Some(open) if open == letter => quote = None,
                    None if matches!(letter, '\'' | '"' | '`') => quote = Some(letter),
                    _ => {}
                }
                made.push(letter);
            }
        }
    }
    Some(made)
}

/// What a call gives for `:name`.
fn parameters(arguments: &Arguments<'_>, bound: Bound) -> BTreeMap<String, String> {
    let mut parameters: BTreeMap<String, String> = bound.into_iter().collect();
    let given = arguments.positional.get(1).or_else(|| arguments.keyword("parameters"));
    let entries = given.and_then(|given| given.value.text_entries()).unwrap_or_default();
    parameters.extend(entries.iter().filter_map(|(name, value)| Some((name.to_string(), text_of(&value.value)?))));
    let keywords = arguments.keywords.iter();
    parameters.extend(keywords.filter_map(|(name, value)| Some((name.to_string(), text_of(&value.value)?))));
    parameters
}

fn text_of(value: &Value<'_>) -> Option<String> {
    value.as_text().map(|text| text.to_string()).or_else(|| value.as_integer().map(|number| number.to_string()))
}
