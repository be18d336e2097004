//! Server defaults.

use std::rc::Rc;

use ormsync_dialect::Dialect;
use ormsync_schema::{DataType, DefaultValue, Fact};

use crate::lower::{Compiler, Lowering};
use crate::mapping::{TableId, sqlalchemy_call};
use crate::python::{Form, Located, Value};

/// What a `server_default` comes to.
#[derive(Debug, Default)]
pub(crate) struct LoweredDefault {
    pub(crate) default: Option<DefaultValue>,
    /// `CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP` says both in one text on MySQL.
    pub(crate) on_update: Option<Box<DefaultValue>>,
}

impl<'a> Lowering<'_, 'a> {
    pub(super) fn lower_default(
        &mut self,
        table: TableId,
        located: &Located<'a>,
        data_type: &DataType,
    ) -> LoweredDefault {
        match self.default_text(table, &located.value) {
            Ok(None) => LoweredDefault {
                // `FetchedValue()`: there is a default, and only the database knows it.
                default: Some(DefaultValue::Unreadable(self.evaluator.source_text(located.place))),
                on_update: None,
            },
            Ok(Some(text)) => default_of_text(self.dialect, self.compiler, &text, data_type),
            Err(reason) => {
                let text = self.evaluator.source_text(located.place);
                let name = Rc::clone(&self.draft(table).name);
                self.warn(
                    format!("a default in the table `{name}` could not be read: {reason}: {text}"),
                    "write it as a string, as `text(\"…\")`, or with SQLAlchemy's own functions",
                    located.place,
                );
                LoweredDefault { default: Some(DefaultValue::Unreadable(text)), on_update: None }
            }
        }
    }

    /// The SQL behind `DEFAULT`; none where only the database has it.
    fn default_text(&mut self, table: TableId, value: &Value<'a>) -> Result<Option<String>, String> {
        if let Some(text) = value.as_text() {
            return Ok(Some(self.dialect.quote_text(&text)));
        }
        match value {
            // SQLAlchemy itself takes strings and SQL expressions only.
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::None => Err(format!(
                "SQLAlchemy refuses {} as a server default; it must be a string or `text(\"…\")`",
                value.kind()
            )),
            Value::External(path) if path.ends_with("FetchedValue") => Ok(None),
            // `server_default=func.now` without the parentheses is refused, too.
            Value::Symbol(symbol) => {
                if let Some((name, _, arguments)) = sqlalchemy_call(value) {
                    match name {
                        "FetchedValue" => return Ok(None),
                        "DefaultClause" => {
                            let inner = arguments.positional.first().map(|inner| inner.value.clone());
                            return match inner {
                                Some(inner) => self.default_text(table, &inner),
                                None => Ok(None),
                            };
                        }
                        _ => {}
                    }
                }
                if let Some((sequence, "next_value", _)) = symbol.method_call() {
                    return self.next_value(sequence).map(Some);
                }
                let text = self.sql(table, value)?;
                let is_plain_text = matches!(&symbol.form, Form::Call { .. });
                Ok(Some(if is_plain_text { text } else { format!("({text})") }))
            }
            other => self.sql(table, other).map(Some),
        }
    }

    fn next_value(&mut self, sequence: &Value<'a>) -> Result<String, String> {
        let Some(("Sequence", symbol, _)) = sqlalchemy_call(sequence) else {
            return Err("the sequence is not known".to_owned());
        };
        let symbol = std::rc::Rc::clone(symbol);
        let (namespace, name) = self.declare_sequence(&symbol).ok_or("the sequence's name is not known")?;
        let is_default = namespace == self.default_namespace;
        let quoted = self.dialect.quote_identifier(&name);
        let qualified =
            if is_default { quoted } else { format!("{}.{quoted}", self.dialect.quote_identifier(&namespace)) };
        Ok(format!("nextval({})", self.dialect.quote_text(&qualified)))
    }

    /// Notes that a default is there but not known.
    pub(super) fn hides_default(hidden: &[crate::mapping::HiddenPart]) -> bool {
        hidden.iter().any(|part| part.fact == Fact::Default)
    }
}

/// What the SQL behind `DEFAULT` says.
pub(crate) fn default_of_text(
    dialect: &dyn Dialect,
    compiler: Compiler,
    text: &str,
    data_type: &DataType,
) -> LoweredDefault {
    let (text, on_update) = match split_on_update(text) {
        Some((text, on_update)) if compiler.is_mysql() => (text, Some(on_update)),
        _ => (text, None),
    };
    let text = text.trim();
    LoweredDefault {
        // `DEFAULT NULL` is no default.
        default: (!text.is_empty() && !text.eq_ignore_ascii_case("null"))
            .then(|| dialect.parse_default(text, data_type)),
        on_update: on_update.map(|text| dialect.parse_default(text.trim(), data_type).into()),
    }
}

/// Splits `x ON UPDATE y`, whatever its case and spaces.
fn split_on_update(text: &str) -> Option<(&str, &str)> {
    let upper = text.to_ascii_uppercase();
    let at = upper.find("ON UPDATE")?;
    let is_word = at == 0 || upper.as_bytes()[at - 1].is_ascii_whitespace() || upper.as_bytes()[at - 1] == b')';
    is_word.then(|| (&text[..at], &text[at + "ON UPDATE".len()..]))
}
