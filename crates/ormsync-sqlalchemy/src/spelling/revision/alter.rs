//! `op.alter_column`.

use ormsync_schema::{Column, ColumnChange, DefaultValue};

use super::super::native_types::Spelled;
use super::super::python::{Argument, Python};
use super::super::writer::{Place, Wordless, Writer, keyword};
use super::objects::operation;
use super::tables::{says_whole_column, wordless};

/// A column's type and default in SQLAlchemy's words.
struct Side<'a> {
    column: &'a Column,
    spelled: Spelled,
    default: Option<Python>,
}

impl Writer<'_> {
    /// A change of a column, where Alembic's words say all of it. `using` is how old values become new ones, where the
    /// server has to be told.
    pub(super) fn alter_column(
        &self,
        place: Place<'_>,
        change: &ColumnChange,
        using: Option<String>,
    ) -> Result<Vec<Python>, Wordless> {
        let ColumnChange { name, from, to, .. } = change;
        if from.generated.is_some() || to.generated.is_some() || from.identity != to.identity {
            return Err(wordless("Alembic has no words for numbering and generation that change"));
        }
        let is_renamed = !from.nullable && !to.nullable && from.not_null != to.not_null;
        if is_renamed || from.numbered_by != to.numbered_by {
            return Err(wordless("Alembic has no words for the name of a sequence or of a NOT NULL"));
        }
        let (from, to) = (self.side(place, name, from)?, self.side(place, name, to)?);
        if self.words.dialect == "mysql" {
            return self.modify_column(place, name, &from, &to).map(|call| vec![call]);
        }
        let retyped = from.column.data_type != to.column.data_type || from.column.collation != to.column.collation;
        // The server can't always make the old default one of the new type.
        let in_the_way = retyped && from.default.is_some();
        let mut calls = Vec::new();
        if in_the_way {
            let mut arguments = self.start(place, name);
            arguments.push(keyword("existing_type", from.spelled.expression.clone()));
            arguments.push(keyword("server_default", none()));
            calls.push(operation("alter_column", arguments));
        }
        let mut arguments = self.start(place, name);
        arguments.push(keyword("existing_type", from.spelled.expression.clone()));
        if retyped {
            arguments.push(keyword("type_", to.spelled.expression.clone()));
        }
        if from.column.comment != to.column.comment {
            arguments.push(keyword("comment", optional_text(to.column.comment.as_deref())));
            arguments.push(keyword("existing_comment", optional_text(from.column.comment.as_deref())));
        }
        arguments.push(nullability(from.column, to.column));
        if from.column.default != to.column.default || (in_the_way && to.default.is_some()) {
            arguments.push(keyword("server_default", to.default.unwrap_or_else(none)));
        } else if let Some(default) = from.default {
            arguments.push(keyword("existing_server_default", default));
        }
        let using = using.filter(|_| retyped && self.words.dialect == "postgresql");
        arguments.extend(using.map(|using| keyword("postgresql_using", Python::Text(using))));
        calls.push(operation("alter_column", arguments));
        Ok(calls)
    }

    /// Where a statement has to say all of a column, what stays has to be said, too.
    fn modify_column(&self, place: Place<'_>, name: &str, from: &Side<'_>, to: &Side<'_>) -> Result<Python, Wordless> {
        for side in [from, to] {
            if matches!(side.column.default, Some(DefaultValue::Expression(_) | DefaultValue::NextValue { .. })) {
                return Err(wordless("Alembic writes no parentheses around a default that is an expression"));
            }
        }
        let (old, new) = (from.column, to.column);
        let retyped = old.data_type != new.data_type || old.collation != new.collation;
        let new_default = old.default != new.default || old.on_update != new.on_update;
        // A default alone is changed by a statement that takes constants only, but for a moment's, of which Alembic says the
        // whole column (`_is_mysql_allowed_functional_default`); one that goes leaves ON UPDATE where it is.
        let is_constant = !matches!(new.default, Some(DefaultValue::Now { .. })) && new.on_update.is_none();
        let is_moment = to.spelled.python == "datetime.datetime";
        let is_said = if to.default.is_none() { old.on_update.is_none() } else { is_constant || is_moment };
        let says_type = retyped || (new_default && !is_said);
        let mut arguments = self.start(place, name);
        arguments.push(keyword("existing_type", from.spelled.expression.clone()));
        if says_type {
            arguments.push(keyword("type_", to.spelled.expression.clone()));
        }
        if old.comment != new.comment {
            arguments.push(keyword("comment", optional_text(new.comment.as_deref())));
        }
        arguments.extend(old.comment.as_ref().map(|text| keyword("existing_comment", Python::text(text))));
        if new.identity.is_some() {
            arguments.push(keyword("existing_autoincrement", Python::Boolean(true)));
        }
        arguments.push(nullability(old, new));
        if new_default {
            arguments.push(keyword("server_default", to.default.clone().unwrap_or_else(none)));
        } else if let Some(default) = &from.default {
            arguments.push(keyword("existing_server_default", default.clone()));
        }
        Ok(operation("alter_column", arguments))
    }

    fn side<'a>(&self, place: Place<'_>, name: &str, column: &'a Column) -> Result<Side<'a>, Wordless> {
        if !says_whole_column(column) {
            return Err(wordless("the column has what Alembic has no words for"));
        }
        let spelled = self.plain_type(&column.data_type, column.collation.as_deref(), place.namespace)?;
        let undefaulted = Column { identity: None, ..column.clone() };
        let default = self.revision_default(place, name, &undefaulted, &spelled)?;
        Ok(Side { column, spelled, default })
    }

    fn start(&self, place: Place<'_>, name: &str) -> Vec<Argument> {
        let mut arguments =
            vec![Argument::Positional(Python::text(place.name)), Argument::Positional(Python::text(name))];
        arguments.extend(self.schema_argument(place.namespace));
        arguments
    }
}

fn none() -> Python {
    Python::Verbatim("None".to_owned())
}

fn optional_text(text: Option<&str>) -> Python {
    text.map_or_else(none, Python::text)
}

fn nullability(from: &Column, to: &Column) -> Argument {
    let word = if from.nullable == to.nullable { "existing_nullable" } else { "nullable" };
    keyword(word, Python::Boolean(to.nullable))
}
