//! Columns: what stands between the parentheses of `Column(…)` and `mapped_column(…)`.

use ormsync_schema::{Column, DataType, DefaultValue, ForeignKey, IdentityKind, Literal, NamedType};

use super::native_types::Spelled;
use super::python::{Argument, Name, Python, sqlalchemy, without_parameters};
use super::writer::{Place, Wordless, Writer, keyword};

/// What a column says of keys, and how.
#[derive(Debug, Clone, Default)]
pub(super) struct Inline<'a> {
    /// The column's name, where the attribute does not tell it.
    pub(super) name: Option<&'a str>,
    /// `primary_key=True`.
    pub(super) is_key: bool,
    /// The foreign key of this column alone.
    pub(super) foreign_key: Option<&'a ForeignKey>,
    /// `unique=True`.
    pub(super) unique: bool,
    /// `index=True`.
    pub(super) index: bool,
    /// Whether an annotation says if it takes NULL.
    pub(super) is_annotated: bool,
    /// Other arguments, as they are: what the ORM does on its own.
    pub(super) client: Vec<String>,
}

/// A column in SQLAlchemy's words.
#[derive(Debug, Clone)]
pub(super) struct SpelledColumn {
    /// What stands in the parentheses.
    pub(super) arguments: Vec<Argument>,
    /// What values are in Python.
    pub(super) python: String,
}

impl Writer<'_> {
    /// A column of a table.
    pub(super) fn column(
        &self,
        place: Place<'_>,
        name: &str,
        column: &Column,
        inline: &Inline<'_>,
    ) -> Result<SpelledColumn, Wordless> {
        let mut spelled = self.data_type(&column.data_type, column.collation.as_deref(), place.namespace)?;
        let serial = self.serial(place.table, column, name).and_then(|sql| self.type_of_its_own(sql));
        let has_serial = serial.is_some();
        if let Some(expression) = serial {
            spelled.expression = expression;
        }
        let mut arguments: Vec<Argument> =
            inline.name.map(|name| Argument::Positional(Python::text(name))).into_iter().collect();
        if !(inline.is_annotated && self.goes_without_type(column, inline, &spelled)) {
            arguments.push(Argument::Positional(spelled.expression.clone()));
        }
        if let Some(key) = inline.foreign_key {
            arguments.push(Argument::Positional(self.foreign_key(place, key)?));
        }
        arguments.extend(generation(column).map(Argument::Positional));
        if inline.is_key {
            arguments.push(keyword("primary_key", Python::Boolean(true)));
        }
        if self.is_in_written_key(place, name) {
            arguments.extend(self.auto_increment(place, name, column, &spelled));
        } else if !column.nullable && !inline.is_annotated {
            arguments.push(keyword("nullable", Python::Boolean(false)));
        }
        for (word, says) in [("unique", inline.unique), ("index", inline.index)] {
            if says {
                arguments.push(keyword(word, Python::Boolean(true)));
            }
        }
        arguments.extend(inline.client.iter().cloned().map(Argument::Verbatim));
        if !has_serial && let Some(default) = self.server_default(place, name, column, &spelled)? {
            arguments.push(keyword("server_default", default));
        }
        arguments.extend(column.comment.as_ref().map(|comment| keyword("comment", Python::text(comment))));
        Ok(SpelledColumn { arguments, python: spelled.python })
    }

    /// Whether the type is the one that the annotation stands for, or that of the column referred to.
    fn goes_without_type(&self, column: &Column, inline: &Inline<'_>, spelled: &Spelled) -> bool {
        let Some(key) = inline.foreign_key else { return is_meant_by_annotation(spelled) };
        let [name] = key.referenced_columns.as_slice() else { return false };
        let Some(table) = self.schema.table(&key.referenced_namespace, &key.referenced_table) else { return false };
        // A column that refers to another one in turn may have no type of its own either.
        let is_end = !table.foreign_keys.iter().any(|key| key.columns.contains(name));
        let referenced = table.columns.get(name).filter(|_| is_end);
        referenced.is_some_and(|referenced| {
            let is_numbered_by_type = self.serial(table, referenced, name).is_some();
            matches!(column.data_type, DataType::Named(_))
                && column.data_type == referenced.data_type
                && column.collation == referenced.collation
                && !is_numbered_by_type
        })
    }

    /// `autoincrement=…` for a key column, where SQLAlchemy would do something else without it: it
    /// numbers the lone integer key column that has no foreign key and no default
    /// (`PrimaryKeyConstraint._autoincrement_column`).
    pub(super) fn auto_increment(
        &self,
        place: Place<'_>,
        name: &str,
        column: &Column,
        spelled: &Spelled,
    ) -> Option<Argument> {
        let is_number = matches!(spelled.python.as_str(), "int" | "float" | "decimal.Decimal");
        if !self.words.numbers_keys || !is_number {
            return None;
        }
        let is_lone = place.table.primary_key.as_ref().is_some_and(|key| key.parts.len() == 1);
        let refers = place.table.foreign_keys.iter().any(|key| key.columns.iter().any(|column| column == name));
        let would_number = is_lone && !refers;
        let is_numbered = match &column.identity {
            Some(identity) if identity.kind == IdentityKind::AutoIncrement => true,
            Some(_) => return None,
            None if column.default.is_some() || column.generated.is_some() => return None,
            None => false,
        };
        (would_number != is_numbered).then(|| keyword("autoincrement", Python::Boolean(is_numbered)))
    }

    /// The database's default.
    pub(super) fn server_default(
        &self,
        place: Place<'_>,
        name: &str,
        column: &Column,
        spelled: &Spelled,
    ) -> Result<Option<Python>, Wordless> {
        let is_numbered = column.identity.as_ref().is_some_and(|identity| identity.kind == IdentityKind::AutoIncrement);
        if is_numbered && !place.has_key_column(name) {
            return self.own_sequence(place, name).map(Some);
        }
        if let Some(on_update) = &column.on_update {
            return self.on_update(column, on_update).map(Some);
        }
        column.default.as_ref().map(|default| self.default_value(default, &column.data_type, spelled)).transpose()
    }

    /// What `serial` stands for, where SQLAlchemy would not number a column by itself.
    fn own_sequence(&self, place: Place<'_>, name: &str) -> Result<Python, Wordless> {
        if !self.words.has_sequences {
            return Err(Wordless("SQLAlchemy numbers columns of primary keys only".to_owned()));
        }
        let sequence = format!("{}_{name}_seq", place.name);
        let default = DefaultValue::NextValue { namespace: place.namespace.to_owned(), sequence };
        Ok(Python::sql(&self.dialect.default_text(&default)))
    }

    /// `DEFAULT … ON UPDATE …`, which SQLAlchemy takes as one text.
    fn on_update(&self, column: &Column, on_update: &DefaultValue) -> Result<Python, Wordless> {
        let default = match &column.default {
            Some(DefaultValue::Unreadable(text)) => return Err(unread(text)),
            Some(default) => self.dialect.default_text(default),
            None if column.nullable => "NULL".to_owned(),
            None => return Err(Wordless("SQLAlchemy has no words for ON UPDATE without a default".to_owned())),
        };
        Ok(Python::sql(&format!("{default} ON UPDATE {}", self.dialect.default_text(on_update))))
    }

    fn default_value(
        &self,
        default: &DefaultValue,
        data_type: &DataType,
        spelled: &Spelled,
    ) -> Result<Python, Wordless> {
        let is_boolean = spelled.python == "bool";
        Ok(match default {
            DefaultValue::Literal(Literal::Text(_)) if self.takes_expressions_only(data_type) => {
                Python::sql(&parenthesised(self.dialect.default_text(default)))
            }
            DefaultValue::Literal(Literal::Text(text)) => Python::text(text),
            DefaultValue::Literal(Literal::Number(number)) if is_boolean && number == "1" => truth(true),
            DefaultValue::Literal(Literal::Number(number)) if is_boolean && number == "0" => truth(false),
            DefaultValue::Literal(Literal::Boolean(value)) if self.words.has_booleans => truth(*value),
            DefaultValue::Now { precision: None } if self.words.plain_now.is_some() => {
                Python::call(sqlalchemy("func.now"), Vec::new())
            }
            DefaultValue::Unreadable(text) => return Err(unread(text)),
            DefaultValue::Expression(_) => Python::sql(&expression_default(&self.dialect.default_text(default))),
            DefaultValue::NextValue { namespace, sequence }
                if let Some(variable) = self.sequences.get(&(namespace.clone(), sequence.clone())) =>
            {
                Python::call(Name::local(format!("{variable}.next_value")), Vec::new())
            }
            DefaultValue::Literal(_) | DefaultValue::Now { .. } | DefaultValue::NextValue { .. } => {
                Python::sql(&self.dialect.default_text(default))
            }
        })
    }

    fn takes_expressions_only(&self, data_type: &DataType) -> bool {
        let name = data_type.as_named().map(|NamedType { name, .. }| name.as_str());
        name.is_some_and(|name| self.words.expression_defaults.contains(&name))
    }
}

/// `Computed(…)` or `Identity(…)`.
pub(super) fn generation(column: &Column) -> Option<Python> {
    if let Some(generated) = &column.generated {
        let sql = without_parameters(&generated.expression.text);
        let is_stored = generated.storage == ormsync_schema::GeneratedStorage::Stored;
        let arguments = vec![Argument::Positional(Python::Text(sql)), keyword("persisted", Python::Boolean(is_stored))];
        return Some(Python::call(sqlalchemy("Computed"), arguments));
    }
    let identity = column.identity.as_ref().filter(|identity| identity.kind != IdentityKind::AutoIncrement)?;
    let always = (identity.kind == IdentityKind::Always).then(|| keyword("always", Python::Boolean(true)));
    let start = identity.start.map(|start| keyword("start", Python::Number(start)));
    let increment = identity.increment.map(|increment| keyword("increment", Python::Number(increment)));
    let arguments = [always, start, increment].into_iter().flatten().collect();
    Some(Python::call(sqlalchemy("Identity"), arguments))
}

/// Whether SQLAlchemy takes the type for `Mapped[…]` by itself (`_type_map` of `sqlalchemy.sql.sqltypes`). `float` is
/// `Float` to 2.0 and `Double` to 2.1, so it says its type.
fn is_meant_by_annotation(spelled: &Spelled) -> bool {
    let class = match spelled.python.as_str() {
        "bool" => "Boolean",
        "bytes" => "LargeBinary",
        "datetime.date" => "Date",
        "datetime.datetime" => "DateTime",
        "datetime.time" => "Time",
        "datetime.timedelta" => "Interval",
        "decimal.Decimal" => "Numeric",
        "int" => "Integer",
        "str" => "String",
        "uuid.UUID" => "Uuid",
        _ => return false,
    };
    spelled.expression == Python::Name(sqlalchemy(class))
}

fn truth(value: bool) -> Python {
    Python::call(sqlalchemy(if value { "true" } else { "false" }), Vec::new())
}

fn unread(text: &str) -> Wordless {
    Wordless(format!("its default was not understood: {text}"))
}

/// An expression behind DEFAULT: in parentheses, unless it is a single word, constant or call on PostgreSQL, which
/// takes any other with them only.
fn expression_default(sql: &str) -> String {
    let is_one_word = !sql.contains(|letter: char| letter.is_whitespace() || "+-*/%|&<>=".contains(letter));
    if is_one_word || super::constraint::is_call(sql) { sql.to_owned() } else { parenthesised(sql.to_owned()) }
}

fn parenthesised(sql: String) -> String {
    if super::constraint::closes_at_end(&sql) { sql } else { format!("({sql})") }
}
