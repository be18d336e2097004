//! What kind of value an operand of a SQL expression is: SQLAlchemy writes some operators differently for
//! texts, documents, arrays and truth values.

use std::rc::Rc;

use crate::lower::Lowering;
use crate::lower::compiler::Compiler;
use crate::mapping::TableId;
use crate::python::{Form, Value, last_segment};

/// What an operand is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    /// A number that is no integer.
    Number,
    Boolean,
    Json,
    Jsonb,
    Array,
    Other,
}

/// How deep types and expressions are looked into.
const DEPTH: usize = 12;

impl<'a> Lowering<'_, 'a> {
    /// The kind of an operand.
    pub(super) fn kind(&self, table: TableId, value: &Value<'a>) -> Kind {
        self.kind_at(table, value, 0)
    }

    fn kind_at(&self, table: TableId, value: &Value<'a>, depth: usize) -> Kind {
        if depth > DEPTH {
            return Kind::Other;
        }
        if matches!(value, Value::Column(_) | Value::Symbol(_))
            && let Some(column) = self.column_of(table, value)
        {
            let data_type = self.evaluator.registry.column(column).data_type.as_ref();
            return data_type.map_or(Kind::Other, |located| self.kind_of_type(&located.value, depth + 1));
        }
        match value {
            Value::Text(_) => Kind::Text,
            Value::Bool(_) => Kind::Boolean,
            Value::Int(_) => Kind::Integer,
            Value::Float(_) => Kind::Number,
            Value::Symbol(symbol) => match &symbol.form {
                Form::Operation { operator: "+" | "-" | "*" | "%" | "/" | "neg", operands } => {
                    operands.first().map_or(Kind::Other, |operand| self.kind_at(table, operand, depth + 1))
                }
                Form::Operation { operator: "not" | "&" | "|" | "<" | "<=" | ">" | ">=" | "==" | "!=", .. } => {
                    Kind::Boolean
                }
                Form::Attribute { name, .. } if name.as_ref() == "astext" => Kind::Text,
                Form::Subscript { of, .. } => match self.kind_at(table, of, depth + 1) {
                    document @ (Kind::Json | Kind::Jsonb) => document,
                    _ => Kind::Other,
                },
                Form::Call { .. } => self.kind_of_call(table, value, depth),
                _ => Kind::Other,
            },
            other if other.as_text().is_some() => Kind::Text,
            _ => Kind::Other,
        }
    }

    fn kind_of_call(&self, table: TableId, value: &Value<'a>, depth: usize) -> Kind {
        let Some(symbol) = value.as_symbol() else { return Kind::Other };
        if let Some((object, name, _)) = symbol.method_call() {
            return match name {
                "as_string" | "concat" | "collate" => Kind::Text,
                "as_integer" => Kind::Integer,
                "label" => self.kind_at(table, object, depth + 1),
                _ => Kind::Other,
            };
        }
        let Some((path, arguments)) = symbol.external_call() else { return Kind::Other };
        let first = arguments.positional.first();
        match last_segment(path) {
            "lower" | "upper" | "concat" | "trim" | "char_length" if !path.contains(".func.") => Kind::Other,
            "lower" | "upper" | "concat" | "replace" => Kind::Text,
            "coalesce" | "max" | "min" if path.contains(".func.") => {
                first.map_or(Kind::Other, |first| self.kind_at(table, &first.value, depth + 1))
            }
            "literal" => first.map_or(Kind::Other, |first| self.kind_at(table, &first.value, depth + 1)),
            "cast" | "type_coerce" => {
                arguments.positional.get(1).map_or(Kind::Other, |wanted| self.kind_of_type(&wanted.value, depth + 1))
            }
            _ => Kind::Other,
        }
    }

    /// The kind of the values of a type, by the name of its class.
    pub(super) fn kind_of_type(&self, value: &Value<'a>, depth: usize) -> Kind {
        if depth > DEPTH {
            return Kind::Other;
        }
        let class: Rc<str> = match value {
            Value::External(path) => last_segment(path).into(),
            Value::Class(class) => return self.kind_of_class(class, depth),
            Value::Symbol(symbol) => match &symbol.form {
                Form::Call { callee: Value::Class(class), .. } => return self.kind_of_class(class, depth),
                _ => match (symbol.external_call(), symbol.method_call()) {
                    (Some((path, arguments)), _) if last_segment(path) == "as_mutable" => {
                        return arguments
                            .positional
                            .first()
                            .map_or(Kind::Other, |inner| self.kind_of_type(&inner.value, depth + 1));
                    }
                    (Some((path, _)), _) => last_segment(path).into(),
                    (None, Some((object, "with_variant", _))) => return self.kind_of_type(object, depth + 1),
                    _ => return Kind::Other,
                },
            },
            _ => return Kind::Other,
        };
        match class.as_ref() {
            "String" | "Text" | "Unicode" | "UnicodeText" | "VARCHAR" | "CHAR" | "TEXT" | "NVARCHAR" | "NCHAR"
            | "CLOB" | "AutoString" | "LONGTEXT" | "MEDIUMTEXT" | "TINYTEXT" | "CITEXT" | "Enum" => Kind::Text,
            "Integer" | "SmallInteger" | "BigInteger" | "INTEGER" | "INT" | "SMALLINT" | "BIGINT" | "TINYINT"
            | "MEDIUMINT" => Kind::Integer,
            "Numeric" | "Float" | "Double" | "NUMERIC" | "DECIMAL" | "FLOAT" | "DOUBLE" | "REAL"
            | "DOUBLE_PRECISION" => Kind::Number,
            "Boolean" | "BOOLEAN" => Kind::Boolean,
            "JSON" => Kind::Json,
            "JSONB" => Kind::Jsonb,
            "ARRAY" => Kind::Array,
            _ => Kind::Other,
        }
    }

    fn kind_of_class(&self, class: &Rc<crate::python::Class<'a>>, depth: usize) -> Kind {
        if let Some((_, found)) = class.find("impl") {
            return self.kind_of_type(&found.value, depth + 1);
        }
        class
            .ancestors
            .iter()
            .find_map(|ancestor| match ancestor {
                Value::External(_) => Some(self.kind_of_type(ancestor, depth + 1)),
                _ => None,
            })
            .unwrap_or(Kind::Other)
    }

    /// What an element of a document or array is, as the dialect writes it: `data["kind"]`.
    pub(super) fn element(
        &mut self,
        table: TableId,
        of: &Value<'a>,
        index: &Value<'a>,
        reading: Reading,
        depth: usize,
    ) -> Result<String, String> {
        let kind = self.kind(table, of);
        let object = self.grouped(table, of, depth)?;
        match (kind, self.compiler) {
            (Kind::Array, Compiler::PostgreSql) => {
                let position = index.as_integer().ok_or("the position in an array is not a number")?;
                Ok(format!("{object}[{position}]"))
            }
            (Kind::Json | Kind::Jsonb, Compiler::PostgreSql) => self.postgresql_element(kind, &object, index, reading),
            (Kind::Json | Kind::Jsonb, compiler) => {
                let path = self.dialect.quote_text(&json_path(index)?);
                let element = format!("JSON_EXTRACT({object}, {path})");
                match (reading, compiler) {
                    (Reading::Whole, Compiler::Sqlite) => Ok(format!("JSON_QUOTE({element})")),
                    (Reading::Whole, _) => Ok(element),
                    (Reading::AsText, _) => Ok(format!("{object} ->> {path}")),
                    (Reading::Cast("VARCHAR"), Compiler::Sqlite) if !self.release.is_sqlalchemy_21 => Ok(element),
                    (Reading::Cast("INTEGER"), Compiler::Sqlite) if !self.release.is_sqlalchemy_21 => Ok(element),
                    (Reading::Cast(wanted), Compiler::Sqlite) => Ok(format!("CAST({element} AS {wanted})")),
                    (Reading::Cast(wanted), _) => {
                        let value = match wanted {
                            "VARCHAR" => format!("JSON_UNQUOTE({element})"),
                            "INTEGER" => format!("CAST({element} AS SIGNED INTEGER)"),
                            _ => return Err("how the document's element is read is not known here".to_owned()),
                        };
                        Ok(format!("CASE {element} WHEN 'null' THEN NULL ELSE {value} END"))
                    }
                }
            }
            _ => Err("a subscript of something that is neither a document nor an array".to_owned()),
        }
    }

    fn postgresql_element(
        &self,
        kind: Kind,
        object: &str,
        index: &Value<'a>,
        reading: Reading,
    ) -> Result<String, String> {
        let key = match (index.as_text(), index.as_integer(), index.elements()) {
            (Some(text), ..) => self.dialect.quote_text(&text),
            (_, Some(number), _) => number.to_string(),
            (_, _, Some(steps)) => {
                let steps: Option<Vec<String>> = steps.iter().map(|step| step_text(&step.value)).collect();
                let path = steps.ok_or("a step of the document's path is not known")?.join(",");
                let operator = if reading == Reading::Whole { "#>" } else { "#>>" };
                let text = format!("{object} {operator} {}", self.dialect.quote_text(&format!("{{{path}}}")));
                return Ok(cast_as(&text, reading));
            }
            _ => return Err("the key of a document's element is not known".to_owned()),
        };
        if reading == Reading::Whole {
            // Documents in binary form have subscripts since PostgreSQL 14, and SQLAlchemy writes them.
            let is_old =
                self.schema.server.as_ref().and_then(|server| server.version.first()).is_some_and(|major| *major < 14);
            return Ok(match kind {
                Kind::Jsonb if !is_old => format!("{object}[{key}]"),
                _ => format!("{object} -> {key}"),
            });
        }
        Ok(cast_as(&format!("{object} ->> {key}"), reading))
    }

    /// A truth value where a condition is wanted: databases without truth values compare with a number.
    pub(super) fn condition_text(&mut self, table: TableId, value: &Value<'a>, depth: usize) -> Result<String, String> {
        let is_column = matches!(value, Value::Column(_) | Value::Symbol(_)) && self.column_of(table, value).is_some();
        let text = self.sql_at(table, value, depth + 1)?;
        let is_number = is_column && self.compiler != Compiler::PostgreSql && self.kind(table, value) == Kind::Boolean;
        Ok(if is_number { format!("{text} = 1") } else { text })
    }

    /// The opposite of a condition, as SQLAlchemy writes it: by the operator that says so, where there is one.
    pub(super) fn negated(&mut self, table: TableId, value: &Value<'a>, depth: usize) -> Result<String, String> {
        if matches!(value, Value::Column(_) | Value::Symbol(_)) && self.column_of(table, value).is_some() {
            let text = self.sql_at(table, value, depth + 1)?;
            return Ok(if self.compiler == Compiler::PostgreSql {
                format!("NOT {text}")
            } else {
                format!("{text} = 0")
            });
        }
        if let Some(symbol) = value.as_symbol().cloned() {
            if let Form::Operation { operator, operands } = &symbol.form {
                let opposite = match *operator {
                    "==" => Some("!="),
                    "!=" => Some("=="),
                    "<" => Some(">="),
                    ">=" => Some("<"),
                    ">" => Some("<="),
                    "<=" => Some(">"),
                    "not" => return self.condition_text(table, &operands[0], depth),
                    _ => None,
                };
                if let Some(opposite) = opposite {
                    return self.operation(table, opposite, &operands.clone(), depth);
                }
            }
            if let Some((object, name, arguments)) = symbol.method_call() {
                let opposite = match name {
                    "in_" => Some("not_in"),
                    "not_in" | "notin_" => Some("in_"),
                    "is_" => Some("is_not"),
                    "is_not" | "isnot" => Some("is_"),
                    "like" => Some("not_like"),
                    "between" => Some("not_between"),
                    _ => None,
                };
                if let Some(opposite) = opposite {
                    let (object, arguments) = (object.clone(), arguments.clone());
                    return self.method(table, &object, opposite, &arguments, depth);
                }
            }
        }
        Ok(format!("NOT ({})", self.sql_at(table, value, depth + 1)?))
    }

    /// `case((condition, value), …, else_=…)`, `case({1: "a"}, value=column)`.
    pub(super) fn case_expression(
        &mut self,
        table: TableId,
        arguments: &crate::python::Arguments<'a>,
        depth: usize,
    ) -> Result<String, String> {
        let mut text = "CASE".to_owned();
        let subject = arguments.keyword("value").cloned();
        if let Some(subject) = &subject {
            text.push_str(&format!(" {}", self.sql_at(table, &subject.value, depth + 1)?));
        }
        for (condition, result) in branches(arguments).ok_or("the branches of a CASE are not known")? {
            let condition = match &subject {
                Some(_) => self.sql_at(table, &condition, depth + 1)?,
                None => self.condition_text(table, &condition, depth)?,
            };
            text.push_str(&format!(" WHEN {condition} THEN {}", self.sql_at(table, &result, depth + 1)?));
        }
        if let Some(otherwise) = arguments.keyword("else_").filter(|given| !matches!(given.value, Value::None)) {
            text.push_str(&format!(" ELSE {}", self.sql_at(table, &otherwise.value.clone(), depth + 1)?));
        }
        text.push_str(" END");
        Ok(text)
    }

    /// `left / right`: SQLAlchemy keeps integers from being divided as such.
    pub(super) fn division(
        &mut self,
        table: TableId,
        left: &Value<'a>,
        right: &Value<'a>,
        depth: usize,
    ) -> Result<String, String> {
        let (dividend, divisor) = (self.grouped(table, left, depth)?, self.grouped(table, right, depth)?);
        Ok(match self.compiler {
            Compiler::PostgreSql if self.kind(table, right) == Kind::Integer => {
                format!("{dividend} / CAST({divisor} AS NUMERIC)")
            }
            Compiler::Sqlite => format!("{dividend} / ({divisor} + 0.0)"),
            _ => format!("{dividend} / {divisor}"),
        })
    }
}

/// How an element of a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As a document.
    Whole,
    /// `.astext`.
    AsText,
    /// `.as_integer()` and the like: cast to that type.
    Cast(&'static str),
}

fn cast_as(text: &str, reading: Reading) -> String {
    match reading {
        Reading::Cast(wanted) => format!("CAST({text} AS {wanted})"),
        _ => text.to_owned(),
    }
}

fn step_text(value: &Value<'_>) -> Option<String> {
    value.as_text().map(|text| text.to_string()).or_else(|| Some(value.as_integer()?.to_string()))
}

/// `$."a"[0]`, as SQLAlchemy writes a path for `JSON_EXTRACT`.
fn json_path(index: &Value<'_>) -> Result<String, String> {
    let steps = match index.elements() {
        Some(steps) => steps.into_iter().map(|step| step.value).collect(),
        None => vec![index.clone()],
    };
    let mut path = "$".to_owned();
    for step in steps {
        match (step.as_text(), step.as_integer()) {
            (Some(text), _) => path.push_str(&format!(".\"{text}\"")),
            (None, Some(number)) => path.push_str(&format!("[{number}]")),
            _ => return Err("a step of the document's path is not known".to_owned()),
        }
    }
    Ok(path)
}

fn branches<'a>(arguments: &crate::python::Arguments<'a>) -> Option<Vec<(Value<'a>, Value<'a>)>> {
    if arguments.hidden.is_some() {
        return None;
    }
    if let Some(Value::Dict(entries)) = arguments.positional.first().map(|first| &first.value) {
        return Some(entries.borrow().iter().map(|(key, value)| (key.clone(), value.value.clone())).collect());
    }
    // Before 2.0, the branches were one list.
    let given = match arguments.positional.as_slice() {
        [only] if matches!(only.value, Value::List(_)) => only.value.elements()?,
        several => several.to_vec(),
    };
    given
        .iter()
        .map(|pair| match pair.value.elements()?.as_slice() {
            [condition, result] => Some((condition.value.clone(), result.value.clone())),
            _ => None,
        })
        .collect()
}
