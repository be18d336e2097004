//! A whole module of models.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_schema::{DataType, Schema};

use super::class::Draft;
use super::python::{INDENTATION, Import, string_literal};
use super::writer::{EnumClass, Place, Writer};
use super::{names, own_types, relationships};

/// Writes all tables of a schema in a dialect's normal form as one module of SQLAlchemy 2.0 models, as
/// `ruff format` formats it: imports, a `Base`, a Python enum for each enum type, and for each table a
/// class with `Mapped` attributes (a `Table` where it has no primary key or only ties others together).
/// Foreign keys and association tables are relationships in both classes; a type that SQLAlchemy has no words for
/// is a class of its own. What it can't say at all is a comment in its place.
///
/// A schema of an unknown dialect gives an empty module.
pub fn write_models(schema: &Schema) -> String {
    let Some(mut writer) = Writer::new(schema) else { return String::new() };
    // The imports of a first try tell which names the classes can't have.
    let mut taken = imports(&drafts(&writer)).into_iter().map(imported_name).collect::<BTreeSet<_>>();
    taken.extend(
        ["Base", "DeclarativeBase", "MetaData", "Sequence", "UserDefinedType", "enum", "relationship"]
            .map(str::to_owned),
    );
    writer.convention = writer.convention_of(schema);
    writer.enums = enum_classes(schema, &mut taken);
    writer.own_types = own_types::classes(&writer, &mut taken);
    writer.sequences = own_types::sequences(schema, &mut taken);
    let mut drafts = drafts(&writer);
    let names = names_of(&drafts, &mut taken);
    relationships::plan(&mut drafts, &names);
    let mut imports = imports(&drafts);
    imports.insert(Import::From("sqlalchemy.orm", "DeclarativeBase".to_owned()));
    if !writer.enums.is_empty() {
        imports.insert(Import::Module("enum"));
    }
    if !writer.sequences.is_empty() {
        imports.insert(Import::From("sqlalchemy", "Sequence".to_owned()));
    }
    let metadata = writer.convention.metadata();
    metadata.iter().for_each(|metadata| metadata.imports(&mut imports));
    let mut text = write_imports(&imports);
    text.push_str("\n\nclass Base(DeclarativeBase):\n");
    let start = format!("{}metadata = ", " ".repeat(INDENTATION));
    text.push_str(&match metadata {
        Some(metadata) => format!("{start}{}\n", metadata.write(INDENTATION, start.len(), 0)),
        None => format!("{}pass\n", " ".repeat(INDENTATION)),
    });
    for ((namespace, name), class) in &writer.enums {
        text.push_str("\n\n");
        text.push_str(&write_enum(class, schema.enum_type(namespace, name).map_or(&[], |found| &found.labels)));
    }
    for (sql, class) in &writer.own_types {
        text.push_str("\n\n");
        text.push_str(&own_types::write_class(sql, class));
    }
    let mut is_behind_class = true;
    for ((namespace, name), variable) in &writer.sequences {
        let Some(sequence) = schema.namespaces.get(namespace).and_then(|content| content.sequences.get(name)) else {
            continue;
        };
        let start = format!("{variable} = ");
        let call = own_types::sequence(&writer, namespace, name, sequence);
        text.push_str(if is_behind_class { "\n\n" } else { "" });
        is_behind_class = false;
        text.push_str(&format!("{start}{}\n", call.write(0, start.chars().count(), 0)));
    }
    for (draft, name) in drafts.iter().zip(&names) {
        // Two empty lines around classes, one between assignments.
        text.push_str(if draft.is_class || is_behind_class { "\n\n" } else { "\n" });
        is_behind_class = draft.is_class;
        text.push_str(&draft.write(name));
    }
    text
}

fn drafts<'a>(writer: &Writer<'a>) -> Vec<Draft<'a>> {
    writer.schema.tables().map(|(namespace, name, table)| writer.draft(Place { namespace, name, table })).collect()
}

fn names_of(drafts: &[Draft<'_>], taken: &mut BTreeSet<String>) -> Vec<String> {
    let mut names = Vec::new();
    for draft in drafts {
        let name = name_of(draft, taken);
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

fn name_of(draft: &Draft<'_>, taken: &BTreeSet<String>) -> String {
    let place = draft.place;
    if draft.is_class {
        names::class(place.name, place.table.model.as_deref(), taken)
    } else {
        names::variable(place.name, taken)
    }
}

fn imports(drafts: &[Draft<'_>]) -> BTreeSet<Import> {
    let mut imports = BTreeSet::new();
    for draft in drafts {
        draft.imports(&mut imports);
    }
    imports
}

fn imported_name(import: Import) -> String {
    match import {
        Import::Module(name) => name.to_owned(),
        Import::From(_, name) => name,
    }
}

/// A class for every enum type that a column has.
fn enum_classes(schema: &Schema, taken: &mut BTreeSet<String>) -> BTreeMap<(String, String), EnumClass> {
    let mut classes = BTreeMap::new();
    for (_, _, table) in schema.tables() {
        for column in table.columns.values() {
            let mut data_type = &column.data_type;
            while let DataType::Array(element) = data_type {
                data_type = element;
            }
            let DataType::Enum { namespace, name } = data_type else { continue };
            let Some(found) = schema.enum_type(namespace, name) else { continue };
            classes.entry((namespace.clone(), name.clone())).or_insert_with(|| {
                let class = names::enum_class(name, taken);
                taken.insert(class.clone());
                EnumClass { name: class, members: names::enum_members(&found.labels) }
            });
        }
    }
    classes
}

fn write_enum(class: &EnumClass, labels: &[String]) -> String {
    let indentation = " ".repeat(INDENTATION);
    let mut text = format!("class {}(str, enum.Enum):\n", class.name);
    for (member, label) in class.members.iter().zip(labels) {
        text.push_str(&format!("{indentation}{member} = {}\n", string_literal(label)));
    }
    if labels.is_empty() {
        text.push_str(&format!("{indentation}pass\n"));
    }
    text
}

/// In the order of isort: the standard library, then the rest; `import x` before `from x import y`.
pub(super) fn write_imports(imports: &BTreeSet<Import>) -> String {
    let mut standard = String::new();
    let mut members: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for import in imports {
        match import {
            Import::Module(name) => standard.push_str(&format!("import {name}\n")),
            Import::From(module, name) => members.entry(module).or_default().push(name),
        }
    }
    let mut others = String::new();
    for (module, names) in members {
        let text = write_import(module, names);
        if module == "typing" { standard.push_str(&text) } else { others.push_str(&text) }
    }
    if standard.is_empty() { others } else { format!("{standard}\n{others}") }
}

fn write_import(module: &str, mut names: Vec<&str>) -> String {
    // Constants, classes, then the rest, as isort has them.
    let rank = |name: &str| {
        if name.len() > 1 && !name.contains(|letter: char| letter.is_lowercase()) {
            0
        } else if name.starts_with(|letter: char| letter.is_uppercase()) {
            1
        } else {
            2
        }
    };
    names.sort_by_key(|name| (rank(name), *name));
    let line = format!("from {module} import {}\n", names.join(", "));
    if line.trim_end().chars().count() <= super::python::LINE_WIDTH {
        return line;
    }
    let indentation = " ".repeat(INDENTATION);
    let lines: String = names.iter().map(|name| format!("{indentation}{name},\n")).collect();
    format!("from {module} import (\n{lines})\n")
}
