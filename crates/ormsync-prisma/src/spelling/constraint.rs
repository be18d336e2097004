//! Primary keys, uniques and indexes as block attributes.

use ormsync_schema::{Index, IndexKind, IndexPart, Table};

use super::Writer;
use crate::lower::names;
use crate::syntax::quote;

impl Writer<'_> {
    /// `@id` of a single column, `@@id` of several.
    pub(super) fn primary_key(&self, table_name: &str, table: &Table) -> Option<String> {
        let key = table.primary_key.as_ref()?;
        if let [part] = key.parts.as_slice() {
            return self.field(table_name, table, part.as_column()?).map(|field| field.line());
        }
        let parts = self.parts(table_name, &key.parts)?;
        let usual = names::primary_key(table_name, self.facts);
        let map = key.name.as_ref().filter(|name| **name != usual && self.facts.has_named_primary_keys);
        Some(attribute("id", &parts, &map.map(|name| format!("map: {}", quote(name))).into_iter().collect::<Vec<_>>()))
    }

    /// `@@index`, `@@unique` or `@@fulltext`; none for what Prisma has no words for.
    pub(super) fn index(&self, table: &str, index: &Index) -> Option<String> {
        let parts = self.parts(table, &index.parts)?;
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
            arguments.push(format!("where: raw({})", quote(&predicate.text)));
        }
        let usual = names::index(table, &columns, is_unique, self.facts);
        if let Some(name) = index.name.as_ref().filter(|name| **name != usual) {
            arguments.push(format!("map: {}", quote(name)));
        }
        Some(attribute(name, &parts, &arguments))
    }

    fn parts(&self, table: &str, parts: &[IndexPart]) -> Option<Vec<String>> {
        parts.iter().map(|part| self.part(table, part)).collect()
    }

    fn part(&self, table: &str, part: &IndexPart) -> Option<String> {
        let name = self.field_name(table, part.as_column()?);
        let mut arguments = Vec::new();
        if let Some(length) = part.prefix_length {
            arguments.push(format!("length: {length}"));
        }
        if let Some(class) = &part.operator_class {
            arguments.push(format!("ops: raw({})", quote(class)));
        }
        if !part.order.is_ascending() {
            arguments.push("sort: Desc".to_owned());
        }
        Some(if arguments.is_empty() { name } else { format!("{name}({})", arguments.join(", ")) })
    }
}

fn attribute(name: &str, parts: &[String], arguments: &[String]) -> String {
    let mut all = vec![format!("[{}]", parts.join(", "))];
    all.extend_from_slice(arguments);
    format!("@@{name}({})", all.join(", "))
}
