//! What an INSERT gets in a column that it does not name, by each writer: the database's default, what the ORM
//! fills in on its own, or nothing.

use ormsync_schema::{Column, DefaultValue, Literal};

/// What a writer's rows get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fill {
    /// The ORM fills it in.
    Client(Value),
    /// The database fills it in.
    Database(Value),
    /// NULL.
    Null,
    /// Nothing: the INSERT fails unless it gives a value.
    Nothing,
}

/// A value as far as it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// The moment.
    Time,
    /// A made-up identifier: the family it is of.
    Identifier(&'static str),
    /// A constant in its barest form.
    Constant(String),
    /// Something else.
    Unknown,
}

/// Families of made-up identifiers, by the word that tells them.
const FAMILIES: [&str; 5] = ["uuid", "cuid", "nanoid", "ulid", "ksuid"];

/// Words that end a call, name or attribute which gives the moment.
const MOMENTS: [&str; 5] = ["now", "utcnow", "today", "current_timestamp", "updatedat"];

impl Fill {
    /// What rows written through a declaration of the column get. None where it is set on every update and nothing
    /// else is said: some tools set such a column on INSERT too (`@updatedAt`), others don't.
    pub(crate) fn of(column: &Column) -> Option<Self> {
        let said = column.client.default.is_some() || column.default.is_some();
        (said || column.client.update.is_none()).then(|| Self::of_said(column))
    }

    fn of_said(column: &Column) -> Self {
        if let Some(written) = &column.client.default {
            Self::of_writer(written)
        } else if column.identity.is_some() || column.generated.is_some() {
            Self::Database(Value::Unknown)
        } else if let Some(default) = &column.default {
            Self::Database(Value::of_default(default))
        } else if column.nullable {
            Self::Null
        } else {
            Self::Nothing
        }
    }
}

impl Fill {
    /// What a writer's own code gives. SQL in it (`func.now()`, `text("now()")`) is worked out by the database, with its
    /// clock.
    pub(crate) fn of_writer(written: &str) -> Self {
        let value = Value::of_code(written);
        if is_sql(behind_keyword(written.trim())) { Self::Database(value) } else { Self::Client(value) }
    }
}

/// Whether a piece of code is SQL in a program's words.
fn is_sql(code: &str) -> bool {
    let callee = code.split('(').next().unwrap_or_default();
    callee.split('.').any(|word| word == "func" || word == "text" || word == "literal_column")
}

impl Value {
    /// Whether both were understood and are not the same.
    pub(crate) fn differs(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => false,
            (Self::Constant(left), Self::Constant(right)) => !same_constant(left, right),
            (left, right) => left != right,
        }
    }

    fn of_default(default: &DefaultValue) -> Self {
        match default {
            DefaultValue::Now { .. } => Self::Time,
            DefaultValue::Literal(Literal::Boolean(value)) => {
                Self::Constant(String::from(if *value { "1" } else { "0" }))
            }
            DefaultValue::Literal(Literal::Text(text) | Literal::Number(text)) => Self::Constant(bare(text)),
            DefaultValue::Expression(expression) => Self::of_code(&expression.text),
            DefaultValue::Literal(Literal::Bytes(_)) | DefaultValue::NextValue { .. } | DefaultValue::Unreadable(_) => {
                Self::Unknown
            }
        }
    }

    /// What a piece of code gives, by the words in it; languages write these few things alike.
    fn of_code(written: &str) -> Self {
        let code = behind_keyword(written.trim());
        let lower = code.to_lowercase();
        if let Some(constant) = constant(code) {
            return Self::Constant(constant);
        }
        if let Some(family) = FAMILIES.iter().find(|family| lower.contains(**family)) {
            return Self::Identifier(family);
        }
        let mut words = lower.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
        if words.any(|word| MOMENTS.contains(&word)) { Self::Time } else { Self::Unknown }
    }
}

/// `x` of `default=x`.
fn behind_keyword(code: &str) -> &str {
    match code.split_once('=') {
        Some((keyword, value)) if keyword.trim().chars().all(|letter| letter.is_alphanumeric() || letter == '_') => {
            value.trim()
        }
        _ => code,
    }
}

/// A quoted text, number or truth value that stands alone.
fn constant(code: &str) -> Option<String> {
    let quoted = ['"', '\''].into_iter().find_map(|quote| code.strip_prefix(quote)?.strip_suffix(quote));
    if let Some(text) = quoted {
        return (!text.contains(['"', '\'', '\\'])).then(|| bare(text));
    }
    let is_number =
        code.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-') && code.parse::<f64>().is_ok();
    (is_number || code.eq_ignore_ascii_case("true") || code.eq_ignore_ascii_case("false")).then(|| bare(code))
}

/// A constant without what its language adds to it.
fn bare(text: &str) -> String {
    match text.to_lowercase().as_str() {
        "true" => "1".to_owned(),
        "false" => "0".to_owned(),
        _ => text.to_owned(),
    }
}

fn same_constant(left: &str, right: &str) -> bool {
    left == right || matches!((left.parse::<f64>(), right.parse::<f64>()), (Ok(left), Ok(right)) if left == right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_is_the_database_s() {
        for code in ["default=func.now()", "default=sa.func.now()", "func.now()", "onupdate=text('now()')"] {
            assert_eq!(Fill::of_writer(code), Fill::Database(Value::Time), "{code}");
        }
        for code in ["default=datetime.now", "default=lambda: func.now()", "@updatedAt"] {
            assert!(matches!(Fill::of_writer(code), Fill::Client(_)), "{code}");
        }
    }

    #[test]
    fn code_of_two_languages_is_understood_alike() {
        assert_eq!(Value::of_code("uuid()"), Value::of_code("default=uuid.uuid4"));
        assert_eq!(Value::of_code("uuid(7)"), Value::of_code("default=lambda: str(uuid4())"));
        assert_eq!(Value::of_code("cuid()"), Value::Identifier("cuid"));
        assert_eq!(Value::of_code("default=datetime.utcnow"), Value::Time);
        assert_eq!(Value::of_code("default=func.now()"), Value::Time);
        assert_eq!(Value::of_code("default=lambda: datetime.now(UTC)"), Value::Time);
        assert_eq!(Value::of_code("\"EUR\""), Value::of_code("default='EUR'"));
        assert_eq!(Value::of_code("true"), Value::of_code("default=True"));
        assert_eq!(Value::of_code("default=Status.OPEN"), Value::Unknown);
        assert_eq!(Value::of_code("default=knowledge"), Value::Unknown);
        assert!(!Value::of_code("0").differs(&Value::of_code("default=0.0")));
        assert!(Value::of_code("0").differs(&Value::of_code("default=1")));
        assert!(Value::of_code("cuid()").differs(&Value::of_code("default=uuid4")));
        assert!(!Value::of_code("cuid()").differs(&Value::of_code("default=make_id")));
    }
}
