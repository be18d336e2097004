//! SQL text of the expressions that stand in defaults, checks, indexes and generated columns.
//!
//! Written as SQLAlchemy's compiler writes it with `literal_binds`, near enough that the dialect's normal
//! form makes the same of both.

use std::rc::Rc;

use crate::lower::Lowering;
use crate::lower::compiler::Compiler;
use crate::lower::operand::{Kind, Reading};
use crate::mapping::{TableId, is_sqlalchemy};
use crate::python::{Arguments, Form, Located, Value, last_segment};

/// How deep expressions may nest.
const DEPTH: usize = 40;

impl<'a> Lowering<'_, 'a> {
    /// The SQL of an expression over the columns of `table`. The error says what is in the way.
    pub(super) fn sql(&mut self, table: TableId, value: &Value<'a>) -> Result<String, String> {
        self.sql_at(table, value, 0)
    }

    pub(super) fn sql_at(&mut self, table: TableId, value: &Value<'a>, depth: usize) -> Result<String, String> {
        if depth > DEPTH {
            return Err("the expression is nested too deep".to_owned());
        }
        if let Some(column) = self.column_in_expression(table, value) {
            return Ok(column);
        }
        match value {
            Value::None => Ok("NULL".to_owned()),
            Value::Bool(flag) => Ok(self.boolean(*flag)),
            Value::Int(number) => Ok(number.to_string()),
            Value::Float(number) => Ok(number.to_string()),
            Value::External(path) if path.starts_with("sqlalchemy") => match last_segment(path) {
                "null" => Ok("NULL".to_owned()),
                name => Err(format!("`{name}` is not a SQL expression that is known")),
            },
            Value::Opaque(unknown) => Err(unknown.reason.clone()),
            Value::Symbol(symbol) => match &symbol.form {
                Form::Operation { operator, operands } => {
                    let (operator, operands) = (*operator, operands.clone());
                    self.operation(table, operator, &operands, depth)
                }
                Form::Call { callee, arguments } => {
                    let (callee, arguments) = (callee.clone(), arguments.clone());
                    match &callee {
                        Value::External(path) => self.function(table, path, &arguments, depth),
                        Value::Class(class) => {
                            let (class, place) = (Rc::clone(class), symbol.place);
                            self.compiled_expression(table, &class, value, place, depth)
                        }
                        Value::Symbol(method) => match &method.form {
                            Form::Attribute { of, name } => {
                                let (of, name) = (of.clone(), name.clone());
                                self.method(table, &of, &name, &arguments, depth)
                            }
                            // `column.op("~")("^a")`
                            Form::Call { .. } => self.custom_operator(table, method, &arguments, depth),
                            _ => Err("the expression is not known".to_owned()),
                        },
                        _ => Err("the expression is not known".to_owned()),
                    }
                }
                Form::Subscript { of, index } => {
                    let (of, index) = (of.clone(), index.value.clone());
                    self.element(table, &of, &index, Reading::Whole, depth)
                }
                Form::Attribute { of: Value::Symbol(element), name } if name.as_ref() == "astext" => {
                    match &element.form {
                        Form::Subscript { of, index } => {
                            let (of, index) = (of.clone(), index.value.clone());
                            self.element(table, &of, &index, Reading::AsText, depth)
                        }
                        _ => Err("`.astext` is of a document's element only".to_owned()),
                    }
                }
                Form::Attribute { name, .. } => Err(format!("`.{name}` is not a SQL expression that is known")),
            },
            other => match other.as_text() {
                Some(text) => Ok(self.dialect.quote_text(&text)),
                None => Err(format!("{} is not a SQL expression", other.kind())),
            },
        }
    }

    /// The quoted name, if the value is a column of the table.
    fn column_in_expression(&self, table: TableId, value: &Value<'a>) -> Option<String> {
        if !matches!(value, Value::Column(_) | Value::Symbol(_)) {
            return None;
        }
        if let Some(id) = self.column_of(table, value) {
            return Some(self.identifier(&self.evaluator.registry.column(id).name));
        }
        // `func.lower(Column("email"))`: an object that belongs to no table is written as its name.
        let (path, arguments) = value.as_symbol()?.external_call()?;
        let name = arguments.get(0, "name")?.value.as_text().filter(|_| last_segment(path) == "Column")?;
        let is_own = self.draft(table).columns.iter().any(|column| column.name == name);
        (is_own && self.column_value(value).is_none()).then(|| self.identifier(&name))
    }

    /// A name as SQL: quoted only where it must be.
    pub(super) fn identifier(&self, name: &str) -> String {
        let is_plain =
            name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
                && !name.starts_with(|letter: char| letter.is_ascii_digit())
                && !ormsync_dialect::is_reserved_anywhere(name);
        if is_plain { name.to_owned() } else { self.dialect.quote_identifier(name) }
    }

    fn boolean(&self, flag: bool) -> String {
        match (self.compiler, flag) {
            (Compiler::Sqlite, true) => "1",
            (Compiler::Sqlite, false) => "0",
            (_, true) => "true",
            (_, false) => "false",
        }
        .to_owned()
    }

    pub(super) fn operation(
        &mut self,
        table: TableId,
        operator: &'static str,
        operands: &[Value<'a>],
        depth: usize,
    ) -> Result<String, String> {
        match (operator, operands) {
            ("not", [operand]) => self.negated(table, operand, depth),
            ("neg", [operand]) => Ok(format!("-{}", self.grouped(table, operand, depth)?)),
            ("==" | "!=", [left, right]) => {
                let is_equal = operator == "==";
                let (left, right) = if matches!(left, Value::None) { (right, left) } else { (left, right) };
                let left = self.grouped(table, left, depth)?;
                match right {
                    Value::None => Ok(format!("{left} IS {}NULL", if is_equal { "" } else { "NOT " })),
                    _ => {
                        let right = self.grouped(table, right, depth)?;
                        Ok(format!("{left} {} {right}", if is_equal { "=" } else { "!=" }))
                    }
                }
            }
            ("&", [left, right]) => Ok(format!(
                "({}) AND ({})",
                self.condition_text(table, left, depth)?,
                self.condition_text(table, right, depth)?
            )),
            ("|", [left, right]) => Ok(format!(
                "({}) OR ({})",
                self.condition_text(table, left, depth)?,
                self.condition_text(table, right, depth)?
            )),
            ("+", [left, right]) if self.kind(table, left) == Kind::Text || self.kind(table, right) == Kind::Text => {
                let mut parts = self.text_parts(table, left, depth)?;
                parts.extend(self.text_parts(table, right, depth)?);
                Ok(self.concatenation(&parts))
            }
            ("/", [left, right]) => self.division(table, left, right, depth),
            ("//", [left, right]) => {
                let (left, right) = (self.grouped(table, left, depth)?, self.grouped(table, right, depth)?);
                Ok(if self.compiler.is_mysql() {
                    format!("FLOOR({left} / {right})")
                } else {
                    format!("{left} / {right}")
                })
            }
            ("<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "%" | "<<" | ">>", [left, right]) => {
                Ok(format!("{} {operator} {}", self.grouped(table, left, depth)?, self.grouped(table, right, depth)?))
            }
            _ => Err(format!("the operator `{operator}` is not read in SQL expressions")),
        }
    }

    /// An operand, in parentheses where it is an operation itself.
    pub(super) fn grouped(&mut self, table: TableId, value: &Value<'a>, depth: usize) -> Result<String, String> {
        let text = self.sql_at(table, value, depth + 1)?;
        let is_compound = value.as_symbol().is_some_and(|symbol| match &symbol.form {
            Form::Operation { .. } => true,
            Form::Call { callee: Value::External(path), .. } => {
                matches!(last_segment(path), "and_" | "or_" | "text" | "literal_column")
            }
            _ => false,
        });
        Ok(if is_compound { format!("({text})") } else { text })
    }

    fn list(&mut self, table: TableId, values: &[Located<'a>], depth: usize) -> Result<Vec<String>, String> {
        values.iter().map(|value| self.sql_at(table, &value.value, depth + 1)).collect()
    }

    fn function(
        &mut self,
        table: TableId,
        path: &str,
        arguments: &Arguments<'a>,
        depth: usize,
    ) -> Result<String, String> {
        if !is_sqlalchemy(path) {
            return Err(format!("`{path}` is outside the models"));
        }
        let segments: Vec<&str> = path.split('.').collect();
        // `func.now()`, and the classes behind it: `sqlalchemy.sql.functions.now()`.
        let at = ["func", "functions"].iter().find_map(|start| segments.iter().position(|segment| segment == start));
        if let Some(at) = at.filter(|at| segments.get(at + 1).is_some_and(|name| !name.starts_with(char::is_uppercase)))
        {
            return self.sql_function(table, &segments[at + 1..].join("."), arguments, depth);
        }
        let first = arguments.positional.first();
        let no_argument = || "the expression has no argument".to_owned();
        match last_segment(path) {
            "text" | "literal_column" | "TextClause" | "DDL" | "column" => {
                let text =
                    first.and_then(|text| text.value.as_text()).ok_or_else(|| match first.map(|text| &text.value) {
                        Some(Value::Opaque(unknown)) => unknown.reason.clone(),
                        _ => "the SQL text is not a string that is known".to_owned(),
                    })?;
                // `\:` keeps a colon from being taken for a parameter.
                Ok(text.replace("\\:", ":"))
            }
            "true" => Ok(self.boolean(true)),
            "false" => Ok(self.boolean(false)),
            "null" => Ok("NULL".to_owned()),
            "literal" | "bindparam" => self.sql_at(table, &first.ok_or_else(no_argument)?.value.clone(), depth + 1),
            "case" | "Case" => self.case_expression(table, arguments, depth),
            "and_" | "or_" => {
                let parts: Result<Vec<String>, String> = arguments
                    .positional
                    .iter()
                    .map(|condition| self.condition_text(table, &condition.value, depth))
                    .collect();
                let parts = parts?;
                let word = if last_segment(path) == "and_" { ") AND (" } else { ") OR (" };
                Ok(format!("({})", parts.join(word)))
            }
            "not_" => self.negated(table, &first.ok_or_else(no_argument)?.value.clone(), depth),
            "desc" | "asc" | "nulls_last" | "nulls_first" | "nullslast" | "nullsfirst" => {
                self.sql_at(table, &first.ok_or_else(no_argument)?.value.clone(), depth + 1)
            }
            "cast" | "type_coerce" => {
                let [value, wanted] = arguments.positional.as_slice() else { return Err(no_argument()) };
                let text = self.sql_at(table, &value.value, depth + 1)?;
                if last_segment(path) == "type_coerce" {
                    return Ok(text);
                }
                self.cast(table, &text, wanted)
            }
            "extract" => {
                let [field, value] = arguments.positional.as_slice() else { return Err(no_argument()) };
                let field = field.value.as_text().ok_or_else(no_argument)?;
                let value = self.sql_at(table, &value.value, depth + 1)?;
                if self.compiler != Compiler::Sqlite {
                    return Ok(format!("EXTRACT({field} FROM {value})"));
                }
                let format = strftime(&field).ok_or("SQLAlchemy cannot extract this field on SQLite")?;
                Ok(format!("CAST(STRFTIME('{format}', {value}) AS INTEGER)"))
            }
            "tuple_" => Ok(format!("({})", self.list(table, &arguments.positional, depth)?.join(", "))),
            "collate" => {
                let [value, collation] = arguments.positional.as_slice() else { return Err(no_argument()) };
                let collation = collation.value.as_text().ok_or_else(no_argument)?;
                Ok(format!("{} COLLATE \"{collation}\"", self.sql_at(table, &value.value, depth + 1)?))
            }
            name => Err(format!("`{name}` is not a SQL expression that is read")),
        }
    }

    /// `func.lower(column)`; a few names are rendered without parentheses.
    fn sql_function(
        &mut self,
        table: TableId,
        name: &str,
        arguments: &Arguments<'a>,
        depth: usize,
    ) -> Result<String, String> {
        let parts = self.list(table, &arguments.positional, depth)?;
        if !arguments.keywords.is_empty() {
            return Err(format!("`func.{name}` has arguments that are not read"));
        }
        let lower = name.to_lowercase();
        let name = if lower == "char_length" && self.compiler == Compiler::Sqlite { "length" } else { name };
        let is_bare = parts.is_empty()
            && matches!(
                lower.as_str(),
                "current_date"
                    | "current_time"
                    | "current_timestamp"
                    | "current_user"
                    | "localtime"
                    | "localtimestamp"
                    | "session_user"
                    | "user"
            );
        if is_bare {
            return Ok(match (lower.as_str(), self.compiler) {
                // SQLite has only the `current_` ones.
                ("localtimestamp", Compiler::Sqlite) => "CURRENT_TIMESTAMP".to_owned(),
                ("current_timestamp", compiler) if compiler.is_mysql() => "CURRENT_TIMESTAMP".to_owned(),
                _ => lower.to_uppercase(),
            });
        }
        if lower == "now" && parts.is_empty() {
            return Ok(if self.compiler == Compiler::Sqlite {
                "CURRENT_TIMESTAMP".to_owned()
            } else {
                "now()".to_owned()
            });
        }
        Ok(format!("{name}({})", parts.join(", ")))
    }

    pub(super) fn method(
        &mut self,
        table: TableId,
        object: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
        depth: usize,
    ) -> Result<String, String> {
        let first = arguments.positional.first().map(|first| first.value.clone());
        let missing = || format!("`.{name}()` has no argument that is read");
        match name {
            "desc" | "asc" | "nulls_last" | "nulls_first" | "nullslast" | "nullsfirst" | "self_group" | "label" => {
                self.sql_at(table, object, depth + 1)
            }
            "in_" | "not_in" | "notin_" => {
                let left = self.grouped(table, object, depth)?;
                let values = first.as_ref().and_then(Value::elements).ok_or_else(missing)?;
                let values = self.list(table, &values, depth)?;
                let word = if name == "in_" { "IN" } else { "NOT IN" };
                Ok(format!("{left} {word} ({})", values.join(", ")))
            }
            "is_" | "is_not" | "isnot" => {
                let left = self.grouped(table, object, depth)?;
                let right = self.sql_at(table, &first.ok_or_else(missing)?, depth + 1)?;
                Ok(format!("{left} {} {right}", if name == "is_" { "IS" } else { "IS NOT" }))
            }
            "like" | "ilike" | "not_like" | "notlike" => {
                let left = self.grouped(table, object, depth)?;
                let right = self.grouped(table, &first.ok_or_else(missing)?, depth)?;
                let word = match (name, self.compiler) {
                    ("ilike", Compiler::PostgreSql) => "ILIKE",
                    ("ilike", _) => return Ok(format!("lower({left}) LIKE lower({right})")),
                    ("like", _) => "LIKE",
                    _ => "NOT LIKE",
                };
                Ok(format!("{left} {word} {right}"))
            }
            "between" | "not_between" => {
                let word = if name == "between" { "BETWEEN" } else { "NOT BETWEEN" };
                let [low, high] = arguments.positional.as_slice() else { return Err(missing()) };
                let left = self.grouped(table, object, depth)?;
                let (low, high) = (self.grouped(table, &low.value, depth)?, self.grouped(table, &high.value, depth)?);
                Ok(format!("{left} {word} {low} AND {high}"))
            }
            "collate" => {
                let collation = first.and_then(|collation| collation.as_text()).ok_or_else(missing)?;
                Ok(format!("{} COLLATE \"{collation}\"", self.grouped(table, object, depth)?))
            }
            "cast" => {
                let wanted = arguments.positional.first().cloned().ok_or_else(missing)?;
                let text = self.sql_at(table, object, depth + 1)?;
                self.cast(table, &text, &wanted)
            }
            "as_string" | "as_integer" | "as_float" | "as_boolean" | "as_json" => {
                let Some(Form::Subscript { of, index }) = object.as_symbol().map(|symbol| &symbol.form) else {
                    return Err(missing());
                };
                let reading = match name {
                    "as_string" => Reading::Cast("VARCHAR"),
                    "as_integer" => Reading::Cast("INTEGER"),
                    "as_float" => Reading::Cast("FLOAT"),
                    "as_boolean" => Reading::Cast("BOOLEAN"),
                    _ => Reading::Whole,
                };
                let (of, index) = (of.clone(), index.value.clone());
                self.element(table, &of, &index, reading, depth)
            }
            "startswith" | "endswith" | "contains" | "concat" if self.kind(table, object) == Kind::Text => {
                let first = first.ok_or_else(missing)?;
                if name == "concat" {
                    let mut parts = self.text_parts(table, object, depth)?;
                    parts.extend(self.text_parts(table, &first, depth)?);
                    return Ok(self.concatenation(&parts));
                }
                let left = self.grouped(table, object, depth)?;
                let (any, right) = ("'%'".to_owned(), self.grouped(table, &first, depth)?);
                let pattern = match name {
                    "startswith" => self.concatenation(&[right, any]),
                    "endswith" => self.concatenation(&[any, right]),
                    _ => self.concatenation(&[any.clone(), right, any]),
                };
                Ok(format!("{left} LIKE {pattern}"))
            }
            "regexp_match" => {
                let left = self.grouped(table, object, depth)?;
                let right = self.grouped(table, &first.ok_or_else(missing)?, depth)?;
                let word = if self.compiler == Compiler::PostgreSql { "~" } else { "REGEXP" };
                Ok(format!("{left} {word} {right}"))
            }
            "is_distinct_from" | "is_not_distinct_from" if self.compiler == Compiler::PostgreSql => {
                let left = self.grouped(table, object, depth)?;
                let right = self.grouped(table, &first.ok_or_else(missing)?, depth)?;
                let word = if name == "is_distinct_from" { "IS DISTINCT FROM" } else { "IS NOT DISTINCT FROM" };
                Ok(format!("{left} {word} {right}"))
            }
            "has_key" if matches!(self.kind(table, object), Kind::Jsonb) => {
                let left = self.grouped(table, object, depth)?;
                Ok(format!("{left} ? {}", self.grouped(table, &first.ok_or_else(missing)?, depth)?))
            }
            "bitwise_and" | "bitwise_or" => {
                let left = self.grouped(table, object, depth)?;
                let right = self.grouped(table, &first.ok_or_else(missing)?, depth)?;
                Ok(format!("{left} {} {right}", if name == "bitwise_and" { "&" } else { "|" }))
            }
            "op" | "bool_op" => Err("a custom operator has no right side".to_owned()),
            _ => Err(format!("`.{name}()` is not read in SQL expressions")),
        }
    }

    fn cast(&mut self, table: TableId, text: &str, wanted: &Located<'a>) -> Result<String, String> {
        if self.compiler.is_mysql() && self.kind_of_type(&wanted.value, 0) == Kind::Text {
            // Texts need no length here.
            let length = wanted.value.as_symbol().and_then(|symbol| symbol.external_call());
            let length = length.and_then(|(_, arguments)| arguments.get(0, "length")?.value.as_integer());
            let length = length.map(|length| format!("({length})")).unwrap_or_default();
            return Ok(format!("CAST({text} AS CHAR{length})"));
        }
        let lowered = self.lower_type(table, wanted);
        if lowered.data_type.is_unreadable() {
            return Err("the type of a cast is not known".to_owned());
        }
        let wanted = self.dialect.type_text(&lowered.data_type);
        if !self.compiler.is_mysql() {
            return Ok(format!("CAST({text} AS {wanted})"));
        }
        // MySQL casts to a few types only; SQLAlchemy leaves other casts out (`MySQLCompiler.visit_typeclause`).
        let (name, arguments) = wanted.split_once('(').map_or((wanted.as_str(), ""), |(name, rest)| (name, rest));
        let length = if arguments.is_empty() { String::new() } else { format!("({arguments}") };
        Ok(match name.trim().to_lowercase().as_str() {
            "int" | "integer" | "bigint" | "smallint" | "mediumint" => format!("CAST({text} AS SIGNED INTEGER)"),
            "tinyint" => text.to_owned(),
            "decimal" | "numeric" => format!("CAST({text} AS DECIMAL{length})"),
            "date" => format!("CAST({text} AS DATE)"),
            "time" => format!("CAST({text} AS TIME)"),
            "datetime" | "timestamp" => format!("CAST({text} AS DATETIME)"),
            "json" => format!("CAST({text} AS JSON)"),
            "binary" | "blob" => format!("CAST({text} AS BINARY)"),
            _ => text.to_owned(),
        })
    }

    fn concatenation(&self, parts: &[String]) -> String {
        if self.compiler.is_mysql() { format!("concat({})", parts.join(", ")) } else { parts.join(" || ") }
    }

    /// What is put together: MySQL's `concat` takes all of a chain at once.
    fn text_parts(&mut self, table: TableId, value: &Value<'a>, depth: usize) -> Result<Vec<String>, String> {
        let chain = match value.as_symbol().map(|symbol| &symbol.form) {
            Some(Form::Operation { operator: "+", operands }) if self.kind(table, value) == Kind::Text => {
                Some(operands.clone())
            }
            _ => None,
        };
        let Some(operands) = chain else { return Ok(vec![self.grouped(table, value, depth)?]) };
        let mut parts = Vec::new();
        for operand in &operands {
            parts.extend(self.text_parts(table, operand, depth + 1)?);
        }
        Ok(parts)
    }

    fn custom_operator(
        &mut self,
        table: TableId,
        operator: &crate::python::Symbol<'a>,
        arguments: &Arguments<'a>,
        depth: usize,
    ) -> Result<String, String> {
        let unknown = || "the expression is not known".to_owned();
        let (object, name, given) = operator.method_call().ok_or_else(unknown)?;
        let word = given.positional.first().and_then(|word| word.value.as_text());
        let (Some(word), "op" | "bool_op") = (word, name) else { return Err(unknown()) };
        let left = self.grouped(table, &object.clone(), depth)?;
        let right = arguments.positional.first().ok_or_else(unknown)?.value.clone();
        Ok(format!("{left} {word} {}", self.grouped(table, &right, depth)?))
    }
}

/// What SQLAlchemy asks SQLite's `STRFTIME` for (`SQLiteCompiler.extract_map`).
fn strftime(field: &str) -> Option<&'static str> {
    Some(match field {
        "month" => "%m",
        "day" => "%d",
        "year" => "%Y",
        "second" => "%S",
        "hour" => "%H",
        "doy" => "%j",
        "minute" => "%M",
        "epoch" => "%s",
        "dow" => "%w",
        "week" => "%W",
        _ => return None,
    })
}
