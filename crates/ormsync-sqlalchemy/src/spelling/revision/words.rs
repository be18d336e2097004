//! SQLAlchemy's names as revisions write them: `sa.String(length=50)`, as Alembic renders them.

use super::super::python::{Argument, Import, Name, Python};

/// How a revision imports SQLAlchemy itself.
pub(super) const SQLALCHEMY: Import = Import::Module("sqlalchemy as sa");

/// An expression of a model as one of a revision: names of SQLAlchemy behind `sa.`, types always called, their
/// arguments by name as `repr()` of a type has them.
pub(super) fn in_revision(expression: Python) -> Python {
    match expression {
        Python::Name(name) if name.import.as_ref().is_some_and(|import| *import != SQLALCHEMY) => {
            Python::call(renamed(name), Vec::new())
        }
        Python::Call { function, arguments } => {
            let keywords = keywords(&function.text);
            let arguments = arguments.into_iter().enumerate().map(|(at, argument)| match argument {
                Argument::Positional(value) => match keywords.get(at) {
                    Some(keyword) => Argument::Keyword((*keyword).to_owned(), in_revision(value)),
                    None => Argument::Positional(in_revision(value)),
                },
                Argument::Keyword(name, value) => Argument::Keyword(name, in_revision(value)),
                verbatim @ Argument::Verbatim(_) => verbatim,
            });
            let call = Python::call(renamed(function.clone()), arguments.collect());
            without_creation(&function, call)
        }
        Python::List(items) => Python::List(items.into_iter().map(in_revision).collect()),
        Python::Tuple(items) => Python::Tuple(items.into_iter().map(in_revision).collect()),
        Python::Dictionary(entries) => {
            Python::Dictionary(entries.into_iter().map(|(key, value)| (key, in_revision(value))).collect())
        }
        other => other,
    }
}

fn renamed(name: Name) -> Name {
    match name.import {
        Some(Import::From("sqlalchemy", _)) => Name { text: format!("sa.{}", name.text), import: Some(SQLALCHEMY) },
        // A class of the revision's own.
        Some(Import::From("sqlalchemy.types", _)) => Name::local(name.text),
        _ => name,
    }
}

/// Enum types and domains come and go by operations of their own, never with a table: a column that is added would not
/// bring its type, and a table that is dropped would not take it along.
fn without_creation(function: &Name, call: Python) -> Python {
    let Python::Call { function: renamed, mut arguments } = call else { return call };
    let is_named = |argument: &Argument| matches!(argument, Argument::Keyword(name, _) if name == "name");
    let function = match function.text.as_str() {
        "Enum" if arguments.iter().any(is_named) => Name::of("sqlalchemy.dialects", "postgresql.ENUM"),
        "postgresql.DOMAIN" => renamed,
        _ => return Python::Call { function: renamed, arguments },
    };
    arguments.push(Argument::Keyword("create_type".to_owned(), Python::Boolean(false)));
    Python::Call { function, arguments }
}

/// What the arguments of a type are called.
fn keywords(class: &str) -> &'static [&'static str] {
    match class {
        "String" | "CHAR" | "NVARCHAR" | "NCHAR" | "VARCHAR" | "BINARY" | "VARBINARY" | "mysql.CHAR"
        | "mysql.VARCHAR" | "mysql.BIT" | "postgresql.BIT" => &["length"],
        "Numeric" | "DECIMAL" | "mysql.DECIMAL" | "mysql.FLOAT" | "mysql.DOUBLE" => &["precision", "scale"],
        _ => &[],
    }
}
