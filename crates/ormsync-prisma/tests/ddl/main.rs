//! What a schema is lowered to is what Prisma's engine makes of it: `fixtures/prisma/ddl/<dialect>/` holds
//! schemas beside the SQL that the engine wrote for them (7.10 for PostgreSQL and SQLite), `fixtures/prisma-mysql/`
//! those for MySQL, which that build lacks (an engine of 6.14's time). The SQL is read here, by a reader for the engine's own
//! style and nothing else, and compared fact by fact.
#![allow(clippy::unwrap_used)]

mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ormsync_dialect::{Dialect, Equivalence, by_name};
use ormsync_prisma::{ReadOptions, read};
use ormsync_schema::{
    Column, DataType, DefaultValue, ForeignKey, Index, IndexKind, IndexPart, IndexTarget, Literal, Schema, Table,
};
use script::{Script, ScriptColumn, ScriptTable};

/// A schema and the SQL that the engine wrote for it.
type Recording = (PathBuf, PathBuf);

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The recordings that lie side by side in `prisma/ddl/<dialect>`.
fn files(dialect: &str) -> Vec<Recording> {
    let paths = entries(&fixtures().join("prisma/ddl").join(dialect)).into_iter();
    let schemas = paths.filter(|path| path.extension().is_some_and(|extension| extension == "prisma"));
    schemas.map(|path| (path.clone(), path.with_extension("sql"))).collect()
}

fn check(dialect: &str, recordings: &[Recording]) {
    assert!(recordings.len() > 20, "only {} cases were found", recordings.len());
    let mut wrong = Vec::new();
    for (path, sql) in recordings {
        let reading = read(path, &ReadOptions::default());
        assert!(!reading.has_errors(), "{}: {:?}", path.display(), reading.diagnostics);
        let script = Script::read(&fs::read_to_string(sql).unwrap());
        for difference in differences(by_name(dialect).unwrap(), &reading.schema, &script) {
            wrong.push(format!("{}: {difference}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} differences in {} cases:\n{}", wrong.len(), recordings.len(), wrong.join("\n"));
}

#[test]
fn postgresql() {
    check("postgresql", &files("postgresql"));
}

#[test]
fn mysql() {
    // These are live cases too: servers run the same SQL.
    let cases = entries(&fixtures().join("prisma-mysql"));
    let recordings: Vec<_> = cases.iter().map(|case| (case.join("schema.prisma"), case.join("create.sql"))).collect();
    check("mysql", &recordings);
}

#[test]
fn sqlite() {
    check("sqlite", &files("sqlite"));
}

fn differences(dialect: &dyn Dialect, schema: &Schema, script: &Script) -> Vec<String> {
    let mut found = Vec::new();
    let ours: BTreeMap<(String, String), &Table> =
        schema.tables().map(|(namespace, name, table)| ((namespace.to_owned(), name.to_owned()), table)).collect();
    let in_default = |namespace: &str| {
        if namespace.is_empty() { dialect.default_namespace().to_owned() } else { namespace.to_owned() }
    };
    let theirs: BTreeMap<(String, String), &ScriptTable> =
        script.tables.iter().map(|((namespace, name), table)| ((in_default(namespace), name.clone()), table)).collect();
    differ(&mut found, "tables", ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (name, table) in &ours {
        if let Some(script) = theirs.get(name) {
            compare_table(dialect, &name.1, table, script, &in_default, &mut found);
        }
    }
    let enums: BTreeSet<(String, String, Vec<String>)> = schema
        .namespaces
        .iter()
        .flat_map(|(namespace, content)| {
            content.enums.iter().map(|(name, item)| (namespace.clone(), name.clone(), item.labels.clone()))
        })
        .collect();
    let theirs: BTreeSet<(String, String, Vec<String>)> = script
        .enums
        .iter()
        .map(|((namespace, name), labels)| (in_default(namespace), name.clone(), labels.clone()))
        .collect();
    differ(&mut found, "enums", enums, theirs);
    let extensions: Vec<&String> = schema.extensions.keys().collect();
    differ(&mut found, "extensions", extensions, script.extensions.iter().collect());
    found
}

fn differ<T: PartialEq + std::fmt::Debug>(found: &mut Vec<String>, what: &str, ours: T, theirs: T) {
    if ours != theirs {
        found.push(format!("{what}\n    ours:   {ours:?}\n    engine: {theirs:?}"));
    }
}

fn compare_table(
    dialect: &dyn Dialect,
    name: &str,
    table: &Table,
    script: &ScriptTable,
    in_default: &dyn Fn(&str) -> String,
    found: &mut Vec<String>,
) {
    let names: Vec<&String> = table.columns.keys().collect();
    differ(found, &format!("columns of {name}"), names, script.columns.keys().collect());
    for (column_name, column) in &table.columns {
        if let Some(script) = script.columns.get(column_name) {
            compare_column(dialect, &format!("{name}.{column_name}"), column, script, in_default, found);
        }
    }
    let key = table.primary_key.as_ref().map(|key| (key.name.clone(), key.parts.iter().map(part_text).collect()));
    differ(found, &format!("primary key of {name}"), key, script.primary_key.clone());
    let ours: BTreeSet<String> = table.indexes.iter().map(index_text).collect();
    differ(found, &format!("indexes of {name}"), ours, script.indexes.iter().cloned().collect());
    let ours: BTreeSet<String> = table.foreign_keys.iter().map(|key| foreign_key_text(key, dialect)).collect();
    differ(found, &format!("foreign keys of {name}"), ours, script.foreign_keys.iter().cloned().collect());
}

fn compare_column(
    dialect: &dyn Dialect,
    name: &str,
    column: &Column,
    script: &ScriptColumn,
    in_default: &dyn Fn(&str) -> String,
    found: &mut Vec<String>,
) {
    let theirs = script_type(dialect, script, in_default);
    differ(found, &format!("type of {name}"), &column.data_type, &theirs);
    differ(found, &format!("nullability of {name}"), column.nullable, !script.not_null);
    differ(found, &format!("numbering of {name}"), column.identity.is_some(), script.numbered);
    compare_default(dialect, name, column, script.default.as_deref(), found);
}

fn compare_default(dialect: &dyn Dialect, name: &str, column: &Column, theirs: Option<&str>, found: &mut Vec<String>) {
    let (ours, theirs) = match (&column.default, theirs) {
        // The engine writes nothing for `dbgenerated()`; that there is something is all that is known.
        (Some(DefaultValue::Unreadable(_)), _) | (None, None) => return,
        // The engine gives DATE the fractional digits of the default type, which no server takes.
        (Some(DefaultValue::Now { .. }), Some("CURRENT_TIMESTAMP(3)")) if is_date(&column.data_type) => return,
        // The engine forgets the quotes, which no server takes either.
        (Some(DefaultValue::Literal(Literal::Text(ours))), Some(theirs)) if ours == theirs => return,
        (Some(ours), Some(theirs)) => (ours, theirs),
        (ours, theirs) => {
            return differ(found, &format!("default of {name}"), format!("{ours:?}"), format!("{theirs:?}"));
        }
    };
    // Both as the dialect reads them from SQL, since the form of what is read is the dialect's to choose.
    let ours = dialect.parse_default(&dialect.default_text(ours), &column.data_type);
    let theirs = dialect.parse_default(theirs, &column.data_type);
    if dialect.compare_defaults(&ours, &theirs) != Equivalence::Identical {
        differ(found, &format!("default of {name}"), format!("{ours:?}"), format!("{theirs:?}"));
    }
}

fn is_date(data_type: &DataType) -> bool {
    data_type.as_named().is_some_and(|named| named.name == "date")
}

/// The engine's types in the words that the tables of native types use.
fn script_type(dialect: &dyn Dialect, script: &ScriptColumn, in_default: &dyn Fn(&str) -> String) -> DataType {
    let (text, is_list) = match script.data_type.strip_suffix("[]") {
        Some(element) => (element, true),
        None => (script.data_type.as_str(), false),
    };
    let element = if text.starts_with('"') {
        let (namespace, name) = script::qualified(text);
        DataType::Enum { namespace: in_default(&namespace), name }
    } else if let Some(labels) = text.strip_prefix("ENUM(") {
        DataType::InlineEnum(script::quoted_list(labels))
    } else {
        let lower = text.to_lowercase();
        let plain = match (dialect.name(), lower.as_str()) {
            ("postgresql", "serial") => "integer",
            ("postgresql", "bigserial") => "bigint",
            ("postgresql", "smallserial") => "smallint",
            ("mysql", "boolean") => "tinyint(1)",
            ("mysql", "integer") => "int",
            ("mysql", "integer unsigned") => "int unsigned",
            _ if text.chars().any(|character| character.is_ascii_lowercase()) => text,
            (_, lower) => lower,
        };
        dialect.parse_type(&plain.replace(", ", ","))
    };
    if is_list { DataType::Array(Box::new(element)) } else { element }
}

fn part_text(part: &IndexPart) -> String {
    let IndexTarget::Column(column) = &part.target else { return "expression".to_owned() };
    let mut text = column.clone();
    if let Some(length) = part.prefix_length {
        text.push_str(&format!("({length})"));
    }
    if let Some(class) = &part.operator_class {
        text.push_str(&format!(" {class}"));
    }
    if !part.order.is_ascending() {
        text.push_str(" DESC");
    }
    text
}

fn index_text(index: &Index) -> String {
    let parts: Vec<String> = index.parts.iter().map(part_text).collect();
    let unique = if index.kind == IndexKind::UniqueIndex { "UNIQUE " } else { "" };
    let method = index.method.as_deref().map(|method| format!(" USING {}", method.to_uppercase())).unwrap_or_default();
    let predicate = index.predicate.as_ref().map(|predicate| format!(" WHERE {}", predicate.text)).unwrap_or_default();
    format!("{unique}{}{method} ({}){predicate}", index.name.as_deref().unwrap_or_default(), parts.join(", "))
}

fn foreign_key_text(key: &ForeignKey, dialect: &dyn Dialect) -> String {
    let namespace =
        if key.referenced_namespace == dialect.default_namespace() { "" } else { &key.referenced_namespace };
    format!(
        "{} ({}) -> {namespace}.{} ({}) {} / {}",
        key.name.as_deref().unwrap_or_default(),
        key.columns.join(", "),
        key.referenced_table,
        key.referenced_columns.join(", "),
        key.on_delete.as_sql(),
        key.on_update.as_sql(),
    )
}
