//! Primary keys, uniques and indexes as block attributes.

use ormsync_schema::{Index, IndexKind, IndexPart, PrimaryKey, Table};

use super::Writer;
use crate::lower::names;
use crate::syntax::quote;

impl Writer<'_> {
    /// `@id` of a single column, `@@id` of several.
    pub(crate) fn primary_key(&self, table_name: &str, table: &Table) -> Option<String> {
        let key = table.primary_key.as_ref()?;
        if let [part] = key.parts.as_slice() {
            return self.field(table_name, table, part.as_column()?).map(|field| field.line());
        }
        let parts = self.parts(table_name, &key.parts, None)?;
        Some(attribute("id", &parts, &self.primary_key_map(table_name, key).into_iter().collect::<Vec<_>>()))
    }

    /// `@id` of the field that is all of the primary key.
    pub(super) fn single_id(&self, table_name: &str, table: &Table, column: &str) -> Option<String> {
        let key = table.primary_key.as_ref()?;
        let [part] = key.parts.as_slice() else { return None };
        if part.as_column() != Some(column) {
            return None;
        }
        let mut arguments = part_arguments(part, None);
        arguments.extend(self.primary_key_map(table_name, key));
        Some(if arguments.is_empty() { "@id".to_owned() } else { format!("@id({})", arguments.join(", ")) })
    }

    fn primary_key_map(&self, table: &str, key: &PrimaryKey) -> Option<String> {
        let usual = names::primary_key(table, self.facts);
        let name = key.name.as_ref().filter(|name| **name != usual && self.facts.has_named_primary_keys)?;
        Some(format!("map: {}", quote(name)))
    }

    /// `@@index`, `@@unique` or `@@fulltext`; none for what Prisma has no words for.
    pub(crate) fn index(&self, table: &str, index: &Index) -> Option<String> {
        let parts = self.parts(table, &index.parts, index.method.as_deref())?;
        let columns: Vec<&str> = index.columns().collect();
        let is_unique = index.kind != IndexKind::Plain;
        let name = match index.method.as_deref() {
            Some("fulltext") => "fulltext",
            _ if is_unique => "unique",
            _ => "index",
        };
        let mut arguments = Vec::new();
        if let Some(method) = index.method.as_deref().filter(|method| *method != "fulltext") {
            let method = self.facts.index_methods.iter().find(|known| known.eq_ignore_ascii_case(method))?;
            arguments.push(format!("type: {method}"));
        }
        if let Some(predicate) = &index.predicate {
            if !self.facts.has_partial_indexes {
                return None;
            }
            arguments.push(format!("where: raw({})", quote(predicate.sql())));
        }
        let usual = names::index(table, &columns, is_unique, self.facts);
        if let Some(name) = index.name.as_ref().filter(|name| **name != usual) {
            arguments.push(format!("map: {}", quote(name)));
        }
        Some(attribute(name, &parts, &arguments))
    }

    fn parts(&self, table: &str, parts: &[IndexPart], method: Option<&str>) -> Option<Vec<String>> {
        parts.iter().map(|part| self.part(table, part, method)).collect()
    }

    fn part(&self, table: &str, part: &IndexPart, method: Option<&str>) -> Option<String> {
        let name = self.field_name(table, part.as_column()?);
        let arguments = part_arguments(part, method);
        Some(if arguments.is_empty() { name } else { format!("{name}({})", arguments.join(", ")) })
    }
}

fn part_arguments(part: &IndexPart, method: Option<&str>) -> Vec<String> {
    let mut arguments = Vec::new();
    if let Some(length) = part.prefix_length {
        arguments.push(format!("length: {length}"));
    }
    if let Some(class) = &part.operator_class {
        arguments.push(format!("ops: {}", operator_class(class, method)));
    }
    if !part.order.is_ascending() {
        arguments.push("sort: Desc".to_owned());
    }
    arguments
}

/// An operator class by Prisma's name, where that is surely the same one, else by the server's.
fn operator_class(class: &str, method: Option<&str>) -> String {
    match (class, method) {
        ("jsonb_path_ops", Some("gin")) => "JsonbPathOps".to_owned(),
        ("inet_ops", Some("gist")) => "InetOps".to_owned(),
        _ => format!("raw({})", quote(class)),
    }
}

fn attribute(name: &str, parts: &[String], arguments: &[String]) -> String {
    let mut all = vec![format!("[{}]", parts.join(", "))];
    all.extend_from_slice(arguments);
    format!("@@{name}({})", all.join(", "))
}
