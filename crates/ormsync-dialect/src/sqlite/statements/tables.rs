//! Tables, with their constraints, and indexes.

use ormsync_schema::{
    Column, DataType, DefaultValue, Deferrability, ForeignKey, GeneratedStorage, Index, IndexKind, IndexPart,
    IndexTarget, MatchKind, PrimaryKey, SortOrder, Table, TableRebuild,
};

use super::{column_list, create_trigger, quote};
use crate::sqlite::{defaults, facts, types};

/// The table, its indexes and triggers; `absent` is `IF NOT EXISTS ` or nothing.
pub(super) fn create_table(name: &str, table: &Table, absent: &str) -> Vec<String> {
    let mut statements = vec![table_statement(name, table, absent)];
    statements.extend(indexes(name, table, absent));
    for (trigger_name, trigger) in &table.triggers {
        statements.push(create_trigger(name, trigger_name, trigger));
    }
    statements
}

/// The indexes that have statements of their own.
pub(super) fn indexes(table_name: &str, table: &Table, absent: &str) -> Vec<String> {
    let named = table.indexes.iter().filter(|index| index.kind != IndexKind::UniqueConstraint);
    named.map(|index| create_index(table_name, index, absent)).collect()
}

/// `CREATE TABLE …`.
pub(super) fn table_statement(name: &str, table: &Table, absent: &str) -> String {
    if let Some(module) = table.options.get("virtual") {
        return format!("CREATE VIRTUAL TABLE {absent}{} USING {module}", quote(name));
    }
    // The key of a numbered column has to stand at the column: only so it is the row id, and takes AUTOINCREMENT.
    let row_id = table.primary_key.as_ref().filter(|key| is_of_row_id(key, table));
    let mut lines: Vec<String> = table
        .columns
        .iter()
        .map(|(name, it)| {
            let key = row_id.filter(|key| key.parts.iter().any(|part| part.as_column() == Some(name)));
            format!("    {}", column(name, it, key.or_else(|| single_key(table, name))))
        })
        .collect();
    let mut constraints = Vec::new();
    let key_of_table = table.primary_key.as_ref().filter(|key| !stands_at_column(key));
    if let Some(key) = key_of_table {
        let conflict = on_conflict(key.options.get("on_conflict"));
        constraints.push(format!("{}PRIMARY KEY ({}){conflict}", named(key.name.as_deref()), parts(&key.parts)));
    }
    for index in table.indexes.iter().filter(|index| index.kind == IndexKind::UniqueConstraint) {
        let conflict = on_conflict(index.options.get("on_conflict"));
        constraints.push(format!("{}UNIQUE ({}){conflict}", named(index.name.as_deref()), parts(&index.parts)));
    }
    for check in &table.checks {
        constraints.push(format!("{}CHECK ({})", named(check.name.as_deref()), check.expression.sql()));
    }
    constraints.extend(table.foreign_keys.iter().map(foreign_key));
    if let Some((first, rest)) = constraints.split_first() {
        // A blank line parts columns from a key of several; other constraints follow without one.
        let gap = if key_of_table.is_some() { "\n" } else { "" };
        lines.push(format!("{gap}    {first}"));
        lines.extend(rest.iter().map(|constraint| format!("    {constraint}")));
    }
    let mut options = Vec::new();
    if is_on(table, "without_rowid") {
        options.push("WITHOUT ROWID");
    }
    if is_on(table, "strict") {
        options.push("STRICT");
    }
    let options = if options.is_empty() { String::new() } else { format!(" {}", options.join(", ")) };
    format!("CREATE TABLE {absent}{} (\n{}\n){options}", quote(name), lines.join(",\n"))
}

fn is_on(table: &Table, option: &str) -> bool {
    table.options.contains_key(option)
}

fn is_of_row_id(key: &PrimaryKey, table: &Table) -> bool {
    match key.parts.as_slice() {
        [only] => {
            only.as_column().and_then(|name| table.columns.get(name)).is_some_and(|column| column.identity.is_some())
        }
        _ => false,
    }
}

/// The key of one column stands at the column, where a collation of the key's own has no place.
fn stands_at_column(key: &PrimaryKey) -> bool {
    matches!(key.parts.as_slice(), [only] if only.collation.is_none())
}

fn single_key<'a>(table: &'a Table, column: &str) -> Option<&'a PrimaryKey> {
    table.primary_key.as_ref().filter(|key| stands_at_column(key) && key.parts[0].as_column() == Some(column))
}

/// `"name" TYPE …`, with the primary key where it is this column's.
pub(super) fn column(name: &str, column: &Column, key: Option<&PrimaryKey>) -> String {
    let mut text = quote(name);
    let data_type = type_text(&column.data_type);
    if !data_type.is_empty() {
        text.push_str(&format!(" {data_type}"));
    }
    // The row id is NOT NULL without a word, and takes none.
    if let Some(constraint) = &column.not_null {
        let (name, conflict) = (named(constraint.name.as_deref()), on_conflict(constraint.on_conflict.as_ref()));
        text.push_str(&format!(" {name}NOT NULL{conflict}"));
    } else if !column.nullable {
        text.push_str(" NOT NULL");
    }
    if let Some(key) = key {
        let order = match key.parts.first().map(|part| part.order) {
            Some(SortOrder::Descending) => " DESC",
            _ => "",
        };
        let conflict = on_conflict(key.options.get("on_conflict"));
        text.push_str(&format!(" {}PRIMARY KEY{order}{conflict}", named(key.name.as_deref())));
        if column.identity.as_ref().is_some_and(|identity| identity.never_again) {
            text.push_str(" AUTOINCREMENT");
        }
    }
    if let Some(default) = &column.default {
        text.push_str(&format!(" DEFAULT {}", default_text(default)));
    }
    if let Some(collation) = &column.collation {
        text.push_str(&format!(" COLLATE {}", facts::quote_if_needed(collation)));
    }
    if let Some(generated) = &column.generated {
        let storage = match generated.storage {
            GeneratedStorage::Stored => "STORED",
            GeneratedStorage::Virtual => "VIRTUAL",
        };
        text.push_str(&format!(" GENERATED ALWAYS AS ({}) {storage}", generated.expression.sql()));
    }
    text
}

fn default_text(default: &DefaultValue) -> String {
    match default {
        DefaultValue::Expression(expression) => {
            let text = expression.sql();
            let is_plain =
                text.starts_with('(') || matches!(text.to_ascii_uppercase().as_str(), "CURRENT_DATE" | "CURRENT_TIME");
            if is_plain { text.to_owned() } else { format!("({text})") }
        }
        other => defaults::print(other),
    }
}

/// A type as statements write it, in capitals: the server does not mind.
fn type_text(data_type: &DataType) -> String {
    types::print(data_type).to_uppercase()
}

fn named(name: Option<&str>) -> String {
    name.map(|name| format!("CONSTRAINT {} ", quote(name))).unwrap_or_default()
}

/// What happens to a row that breaks a constraint, where it is not refused.
fn on_conflict(algorithm: Option<&String>) -> String {
    algorithm.map(|algorithm| format!(" ON CONFLICT {}", algorithm.to_uppercase())).unwrap_or_default()
}

fn foreign_key(key: &ForeignKey) -> String {
    let deferrable = match key.deferrability {
        Deferrability::NotDeferrable => "",
        Deferrability::InitiallyImmediate => " DEFERRABLE",
        Deferrability::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    };
    let full = if key.match_kind == MatchKind::Full { " MATCH FULL" } else { "" };
    let columns = if key.referenced_columns.is_empty() {
        String::new()
    } else {
        format!(" ({})", column_list(&key.referenced_columns))
    };
    format!(
        "{}FOREIGN KEY ({}) REFERENCES {}{columns}{full} ON DELETE {} ON UPDATE {}{deferrable}",
        named(key.name.as_deref()),
        column_list(&key.columns),
        quote(&key.referenced_table),
        key.on_delete.as_sql(),
        key.on_update.as_sql(),
    )
}

/// `CREATE INDEX …`.
pub(super) fn create_index(table_name: &str, index: &Index, absent: &str) -> String {
    let unique = if index.kind.is_unique() { "UNIQUE " } else { "" };
    let name = quote(index.name.as_deref().unwrap_or_default());
    let predicate = index.predicate.as_ref().map(|predicate| format!(" WHERE {}", predicate.sql()));
    let predicate = predicate.unwrap_or_default();
    format!("CREATE {unique}INDEX {absent}{name} ON {}({}){predicate}", quote(table_name), parts(&index.parts))
}

fn parts(parts: &[IndexPart]) -> String {
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn part(part: &IndexPart) -> String {
    let mut text = match &part.target {
        IndexTarget::Column(name) => quote(name),
        IndexTarget::Expression(expression) => expression.sql().to_owned(),
    };
    if let Some(collation) = &part.collation {
        text.push_str(&format!(" COLLATE {}", facts::quote_if_needed(collation)));
    }
    if part.order == SortOrder::Descending {
        text.push_str(" DESC");
    }
    text
}

/// Copies the columns that both tables have. A column that takes no NULL any more gets its default in their place.
pub(super) fn copy_rows(old_name: &str, new_name: &str, rebuild: &TableRebuild) -> Option<String> {
    let mut columns: Vec<(&String, String)> = Vec::new();
    for (name, to) in rebuild.to.columns.iter().filter(|(_, column)| column.generated.is_none()) {
        let quoted = quote(name);
        if let Some(value) = rebuild.values.get(name) {
            columns.push((name, format!("{value} AS {quoted}")));
            continue;
        }
        let Some(from) = rebuild.from.columns.get(name) else { continue };
        let value = match &to.default {
            Some(default) if from.nullable && !to.nullable => {
                format!("coalesce({quoted}, {}) AS {quoted}", default_text(default))
            }
            _ => quoted,
        };
        columns.push((name, value));
    }
    if columns.is_empty() {
        return None;
    }
    columns.sort();
    let names: Vec<String> = columns.iter().map(|(name, _)| facts::quote_identifier(name)).collect();
    let values: Vec<&str> = columns.iter().map(|(_, value)| value.as_str()).collect();
    Some(format!(
        "INSERT INTO {} ({}) SELECT {} FROM {}",
        quote(new_name),
        names.join(", "),
        values.join(", "),
        quote(old_name)
    ))
}
