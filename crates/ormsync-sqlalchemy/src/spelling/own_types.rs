//! Types that SQLAlchemy has no words for, as classes with the type's SQL; and sequences.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_schema::{Column, DataType, IdentityKind, Schema, Sequence, Table};

use super::names;
use super::native_types;
use super::python::{Argument, INDENTATION, Name, Python, sqlalchemy, string_literal};
use super::writer::{Writer, keyword};

/// A class for every type of a column that has no other words, by its SQL.
pub(super) fn classes(writer: &Writer<'_>, taken: &mut BTreeSet<String>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (_, _, table) in writer.schema.tables() {
        for (name, column) in &table.columns {
            if let Some(serial) = writer.serial(table, column, name) {
                class_of(serial, serial, taken, &mut found);
            }
            let mut data_type = &column.data_type;
            while let DataType::Array(element) = data_type {
                data_type = element;
            }
            let DataType::Named(named) = data_type else { continue };
            if native_types::spell(writer.words.types, named, None).is_none() {
                class_of(&writer.dialect.type_text(data_type), &named.name, taken, &mut found);
            }
        }
    }
    found
}

/// The same for a revision, which has to call every type what the server keeps it as.
pub(super) fn revision_classes(writer: &Writer<'_>, taken: &mut BTreeSet<String>) -> BTreeMap<String, String> {
    let mut found = classes(writer, taken);
    for (_, _, table) in writer.schema.tables() {
        for column in table.columns.values() {
            if let Some(named) = column.data_type.as_named()
                && super::revision::is_in_other_words(writer, named)
            {
                class_of(&writer.dialect.type_text(&column.data_type), &named.name, taken, &mut found);
            }
        }
    }
    found
}

fn class_of(sql: &str, name: &str, taken: &mut BTreeSet<String>, found: &mut BTreeMap<String, String>) {
    found.entry(sql.to_owned()).or_insert_with(|| {
        let class = names::enum_class(&format!("{name}_type"), taken);
        taken.insert(class.clone());
        class
    });
}

impl Writer<'_> {
    /// The type that numbers a column outside of the primary key, where the server has one and SQLAlchemy does not.
    pub(super) fn serial(&self, table: &Table, column: &Column, name: &str) -> Option<&'static str> {
        let is_key = table.primary_key.iter().any(|key| key.parts.iter().any(|part| part.as_column() == Some(name)));
        let is_numbered = column.identity.as_ref().is_some_and(|identity| identity.kind == IdentityKind::AutoIncrement);
        if is_key || !is_numbered || !self.words.has_sequences {
            return None;
        }
        Some(match column.data_type.as_named()?.name.as_str() {
            "bigint" => "bigserial",
            "smallint" => "smallserial",
            _ => "serial",
        })
    }
}

/// The class of a type.
pub(super) fn write_class(sql: &str, name: &str) -> String {
    let indentation = " ".repeat(INDENTATION);
    format!(
        "class {name}(UserDefinedType):\n{indentation}cache_ok = True\n\n\
         {indentation}def get_col_spec(self, **_options):\n{indentation}{indentation}return {}\n",
        string_literal(sql)
    )
}

/// A variable for every sequence that no column owns.
pub(super) fn sequences(schema: &Schema, taken: &mut BTreeSet<String>) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    for (namespace, content) in &schema.namespaces {
        for sequence in content.sequences.keys() {
            let name = names::variable(sequence, taken);
            taken.insert(name.clone());
            found.insert((namespace.clone(), sequence.clone()), name);
        }
    }
    found
}

/// `Sequence("…", metadata=Base.metadata)`.
pub(super) fn sequence(writer: &Writer<'_>, namespace: &str, name: &str, sequence: &Sequence) -> Python {
    let mut arguments = vec![Argument::Positional(Python::text(name))];
    let numbers = [
        ("start", sequence.start),
        ("increment", sequence.increment),
        ("minvalue", sequence.minimum),
        ("maxvalue", sequence.maximum),
    ];
    for (word, number) in numbers {
        arguments.extend(number.map(|number| keyword(word, Python::Number(number))));
    }
    if sequence.cycle {
        arguments.push(keyword("cycle", Python::Boolean(true)));
    }
    if let Some(schema) = writer.schema_word(namespace) {
        arguments.push(keyword("schema", Python::text(schema)));
    }
    arguments.push(keyword("metadata", Python::Name(Name::local("Base.metadata"))));
    Python::call(sqlalchemy("Sequence"), arguments)
}
