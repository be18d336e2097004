//! Tables, constraints and indexes.

use std::collections::BTreeMap;

use ormsync_schema::{
    Check, ForeignKey, Index, IndexPart, IndexTarget, Partition, Partitioning, PrimaryKey, QualifiedName, SortOrder,
    Table,
};

use super::columns::period_end;
use super::{Writer, column_list, objects, path, quote};
use crate::mysql::facts;

impl Writer<'_> {
    /// The table and all that is in it. Triggers, and foreign keys if there are any, stand behind it.
    pub(super) fn create_table(&self, name: &QualifiedName, table: &Table) -> Vec<String> {
        let table_path = path(name);
        let at_column = |name: &str| {
            let check = table.checks.iter().find(|check| check.column.as_deref() == Some(name));
            check.map(|check| format!(" {}", self::check(check))).unwrap_or_default()
        };
        let mut lines: Vec<String> = table
            .columns
            .iter()
            .map(|(name, column)| format!("    {}{}", self.column(name, column), at_column(name)))
            .collect();
        let is_memory = table.options.get("engine").is_some_and(|engine| engine == "MEMORY");
        for index in table.indexes.iter().filter(|index| !comes_by_itself(index)) {
            // The engine that keeps rows in memory makes hash tables where nothing is said.
            let tree = if is_memory && index.method.is_none() { " USING BTREE" } else { "" };
            lines.push(format!("    {}{tree}", self.index_clause(index)));
        }
        let checks = table.checks.iter().filter(|check| check.column.is_none());
        lines.extend(checks.map(|check| format!("    {}", self::check(check))));
        if let Some(key) = &table.primary_key {
            lines.push(format!("    {}", primary_key(key)));
        }
        lines.extend(period(table).map(|period| format!("    {period}")));
        // A blank line parts columns from the rest.
        if let Some(line) = lines.get_mut(table.columns.len()) {
            line.insert(0, '\n');
        }
        let mut text = format!("CREATE TABLE {table_path} (\n{}\n)", lines.join(",\n"));
        text.push_str(&options(&table.options));
        if let Some(comment) = &table.comment {
            text.push_str(&format!(" COMMENT = {}", facts::quote_text(comment)));
        }
        if table.options.contains_key("system_versioning") {
            text.push_str(" WITH SYSTEM VERSIONING");
        }
        if let Some(Partitioning::PartitionedBy(key)) = &table.partitioning {
            text.push_str(&format!(" PARTITION BY {}", partitions(key, &table.partitions)));
        }
        let mut statements = vec![text];
        for key in &table.foreign_keys {
            statements.push(format!("ALTER TABLE {table_path} ADD {}", foreign_key(key)));
        }
        let mut triggers: Vec<_> = table.triggers.iter().collect();
        triggers.sort_by_key(|(_, trigger)| trigger.place);
        for (trigger_name, trigger) in triggers {
            statements.push(objects::create_trigger(&table_path, trigger_name, trigger));
        }
        statements
    }

    /// `INDEX ...` in a table.
    pub(super) fn index_clause(&self, index: &Index) -> String {
        let name = index.name.as_deref().map(quote).unwrap_or_default();
        format!("{}INDEX {name}({}){}", kind(index), key_parts(&index.parts), self.index_options(index))
    }

    /// `CREATE INDEX …`.
    pub(super) fn index_statement(&self, table_path: &str, index: &Index) -> String {
        let name = index.name.as_deref().map(quote).unwrap_or_default();
        let (kind, parts) = (kind(index), key_parts(&index.parts));
        format!("CREATE {kind}INDEX {name} ON {table_path}({parts}){}{}", self.index_options(index), self.hints(""))
    }

    fn index_options(&self, index: &Index) -> String {
        let mut text = String::new();
        if let Some(method) = index.method.as_deref().filter(|method| !matches!(*method, "fulltext" | "spatial")) {
            text.push_str(&format!(" USING {}", method.to_uppercase()));
        }
        for (name, value) in &index.options {
            match name.as_str() {
                "parser" => text.push_str(&format!(" WITH PARSER {value}")),
                "key_block_size" => text.push_str(&format!(" KEY_BLOCK_SIZE = {value}")),
                _ => text.push_str(&format!(" {} = {value}", name.to_uppercase())),
            }
        }
        if let Some(comment) = &index.comment {
            text.push_str(&format!(" COMMENT {}", facts::quote_text(comment)));
        }
        if index.invisible {
            text.push_str(if self.is_mariadb { " IGNORED" } else { " INVISIBLE" });
        }
        text
    }
}

/// `PRIMARY KEY (…)`.
pub(super) fn primary_key(key: &PrimaryKey) -> String {
    let comment = key.comment.as_ref().map(|comment| format!(" COMMENT {}", facts::quote_text(comment)));
    format!("PRIMARY KEY ({}){}", key_parts(&key.parts), comment.unwrap_or_default())
}

/// Whether the server makes an index by itself for a foreign key, under the very name: one that is named after a
/// column came with a key which the server had named (`orders_ibfk_1`), and ours are all given their names.
fn comes_by_itself(index: &Index) -> bool {
    index.implicit && index.name.as_deref() != index.columns().next()
}

/// `PERIOD FOR SYSTEM_TIME (…)`, where columns of the table's own hold the span of time of a version.
fn period(table: &Table) -> Option<String> {
    let column = |end: &str| table.columns.iter().find(|(_, column)| period_end(column) == Some(end));
    let (start, end) = (column("ROW START")?.0, column("ROW END")?.0);
    Some(format!("PERIOD FOR SYSTEM_TIME ({}, {})", quote(start), quote(end)))
}

fn kind(index: &Index) -> &'static str {
    match index.method.as_deref() {
        Some("fulltext") => "FULLTEXT ",
        Some("spatial") => "SPATIAL ",
        _ if index.kind.is_unique() => "UNIQUE ",
        _ => "",
    }
}

/// Parts of a key or index.
pub(super) fn key_parts(parts: &[IndexPart]) -> String {
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn part(part: &IndexPart) -> String {
    let mut text = match &part.target {
        IndexTarget::Column(name) => quote(name),
        IndexTarget::Expression(expression) => format!("({})", expression.sql()),
    };
    if let Some(length) = part.prefix_length {
        text.push_str(&format!("({length})"));
    }
    if part.order == SortOrder::Descending {
        text.push_str(" DESC");
    }
    text
}

/// `` CONSTRAINT `x` FOREIGN KEY … ``.
pub(super) fn foreign_key(key: &ForeignKey) -> String {
    let name = key.name.as_deref().map(|name| format!("CONSTRAINT {} ", quote(name))).unwrap_or_default();
    let referenced = path(&QualifiedName::new(&key.referenced_namespace, &key.referenced_table));
    format!(
        "{name}FOREIGN KEY ({}) REFERENCES {referenced}({}) ON DELETE {} ON UPDATE {}",
        column_list(&key.columns),
        column_list(&key.referenced_columns),
        key.on_delete.as_sql(),
        key.on_update.as_sql()
    )
}

/// `` CONSTRAINT `x` CHECK (…) ``.
pub(super) fn check(check: &Check) -> String {
    let name = check.name.as_deref().map(|name| format!("CONSTRAINT {} ", quote(name))).unwrap_or_default();
    let enforced = if check.not_enforced { " NOT ENFORCED" } else { "" };
    format!("{name}CHECK ({}){enforced}", check.expression.sql())
}

/// What follows the parentheses of CREATE TABLE. The engine that both servers take anyway is not named.
fn options(options: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    if let Some(engine) = options.get("engine").filter(|engine| *engine != "InnoDB") {
        text.push_str(&format!(" ENGINE = {engine}"));
    }
    // A table that says nothing takes every letter; one that says that it has no character set of its own (an empty name) takes
    // the database's.
    let (usual_charset, usual_collation) = facts::MYSQL_TABLE_CHARSET;
    let charset = options.get("charset").map_or(usual_charset, String::as_str);
    if !charset.is_empty() {
        text.push_str(&format!(" DEFAULT CHARACTER SET {charset}"));
    }
    match options.get("collation") {
        Some(collation) => text.push_str(&format!(" COLLATE {collation}")),
        None if charset == usual_charset => text.push_str(&format!(" COLLATE {usual_collation}")),
        None => {}
    }
    for (name, value) in others(options) {
        text.push_str(&format!(" {} = {value}", name.to_uppercase()));
    }
    text
}

/// Options that are not written in a way of their own.
fn others(options: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, String)> {
    const OWN: &[&str] = &["engine", "charset", "collation", "system_versioning", "partitioned", "auto_increment"];
    options.iter().filter(|(name, _)| !OWN.contains(&name.as_str())).map(|(name, value)| {
        let is_word = value.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
        let value = if is_word { value.clone() } else { facts::quote_text(value) };
        (name.as_str(), value)
    })
}

/// `ALTER TABLE … ENGINE = …` and its like. A new character set is for the columns, too, as they have no own.
pub(super) fn set_options(path: &str, from: &BTreeMap<String, String>, to: &BTreeMap<String, String>) -> Vec<String> {
    let mut clauses = Vec::new();
    let changed = |name: &str| to.get(name).filter(|value| from.get(name) != Some(value));
    if let Some(engine) = changed("engine") {
        clauses.push(format!("ENGINE = {engine}"));
    }
    if changed("charset").or_else(|| changed("collation")).is_some()
        && let Some(charset) = to.get("charset")
    {
        let collation = to.get("collation").map(|collation| format!(" COLLATE {collation}")).unwrap_or_default();
        clauses.push(format!("CONVERT TO CHARACTER SET {charset}{collation}"));
    }
    let old: BTreeMap<&str, String> = others(from).collect();
    for (name, value) in others(to).filter(|(name, value)| old.get(name) != Some(value)) {
        clauses.push(format!("{} = {value}", name.to_uppercase()));
    }
    for name in old.keys().filter(|name| !to.contains_key(**name)) {
        clauses.push(format!("{} = DEFAULT", name.to_uppercase()));
    }
    match (from.contains_key("system_versioning"), to.contains_key("system_versioning")) {
        (false, true) => clauses.push("ADD SYSTEM VERSIONING".to_owned()),
        (true, false) => clauses.push("DROP SYSTEM VERSIONING".to_owned()),
        _ => {}
    }
    if clauses.is_empty() { Vec::new() } else { vec![format!("ALTER TABLE {path} {}", clauses.join(", "))] }
}

/// `ALTER TABLE … PARTITION BY …`.
pub(super) fn set_partitioning(path: &str, from: Option<&Partitioning>, to: Option<&Partitioning>) -> Vec<String> {
    match (from, to) {
        (_, Some(Partitioning::PartitionedBy(key))) => vec![format!("ALTER TABLE {path} PARTITION BY {key}")],
        (Some(Partitioning::PartitionedBy(_)), None) => vec![format!("ALTER TABLE {path} REMOVE PARTITIONING")],
        _ => Vec::new(),
    }
}

/// How a table is split, and into what. Partitions that have the names which the server gives them are only counted.
fn partitions(key: &str, partitions: &[Partition]) -> String {
    let are_counted = |names: &mut dyn Iterator<Item = &str>, prefix: &str| {
        names.enumerate().all(|(number, name)| name == format!("{prefix}{number}"))
    };
    let is_plain = |partition: &Partition| {
        partition.values.is_none() && partition.comment.is_none() && partition.subpartitions.is_empty()
    };
    let mut names = partitions.iter().map(|partition| partition.name.as_str());
    if partitions.iter().all(is_plain) && are_counted(&mut names, "p") {
        return if partitions.is_empty() { key.to_owned() } else { format!("{key}\nPARTITIONS {}", partitions.len()) };
    }
    let count = partitions.first().map_or(0, |first| first.subpartitions.len());
    let subpartitions_are_counted = partitions.iter().all(|partition| {
        let mut names = partition.subpartitions.iter().map(String::as_str);
        partition.subpartitions.len() == count && are_counted(&mut names, &format!("{}sp", partition.name))
    });
    let partition = |partition: &Partition| {
        let mut text = format!("PARTITION {}", quote(&partition.name));
        if let Some(values) = &partition.values {
            text.push_str(&format!(" VALUES {values}"));
        }
        if let Some(comment) = &partition.comment {
            text.push_str(&format!(" COMMENT = {}", facts::quote_text(comment)));
        }
        if !partition.subpartitions.is_empty() && !subpartitions_are_counted {
            let names: Vec<String> =
                partition.subpartitions.iter().map(|name| format!("SUBPARTITION {}", quote(name))).collect();
            text.push_str(&format!(" ({})", names.join(", ")));
        }
        text
    };
    let counted =
        if count > 0 && subpartitions_are_counted { format!(" SUBPARTITIONS {count}") } else { String::new() };
    format!("{key}{counted} ({})", partitions.iter().map(partition).collect::<Vec<_>>().join(", "))
}
