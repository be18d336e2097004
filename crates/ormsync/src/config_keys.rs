//! Keys of ormsync.toml that do not exist, found by walking the file along the configuration's JSON Schema:
//! all of them at once, each with its place and the nearest key that does exist.

use std::sync::Arc;

use ormsync_schema::{Diagnostic, Origin, Span};
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config;
use crate::suggestion::nearest;

/// Every key that the configuration does not have, in the order of the file.
pub(crate) fn unknown_keys(table: &Spanned<DeTable<'_>>, path: &Arc<str>) -> Vec<Diagnostic> {
    let schema = config::json_schema().to_value();
    let mut walk = Walk { root: &schema, path, found: Vec::new() };
    walk.table(table.get_ref(), &schema, "");
    walk.found.sort_by_key(|(start, _)| *start);
    walk.found.into_iter().map(|(_, diagnostic)| diagnostic).collect()
}

struct Walk<'a> {
    root: &'a Value,
    path: &'a Arc<str>,
    found: Vec<(usize, Diagnostic)>,
}

impl<'a> Walk<'a> {
    fn table(&mut self, table: &DeTable<'_>, schema: &'a Value, section: &str) {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            // Keys of one's own choice, each with the same in it.
            if let Some(each) = schema.get("additionalProperties").filter(|each| each.is_object()) {
                for value in table.values() {
                    if let DeValue::Table(inner) = value.get_ref() {
                        self.table(inner, self.resolve(each), section);
                    }
                }
            }
            return;
        };
        for (key, value) in table.iter() {
            match properties.get(key.get_ref().as_ref()) {
                Some(property) => {
                    if let DeValue::Table(inner) = value.get_ref() {
                        let name = if section == "rules" { section } else { key.get_ref() };
                        self.table(inner, self.resolve(property), name);
                    }
                }
                None => {
                    let span = key.span();
                    let origin = Origin::file(self.path, Span::new(span.start, span.end));
                    let known = properties.keys().map(String::as_str);
                    self.found.push((span.start, unknown_key(key.get_ref(), section, known, origin)));
                }
            }
        }
    }

    /// What a property stands for: its definition, and of `null` or a section, the section.
    fn resolve(&self, property: &'a Value) -> &'a Value {
        let branches = property.get("anyOf").and_then(Value::as_array);
        let chosen = branches.and_then(|branches| branches.iter().find(|branch| branch.get("$ref").is_some()));
        let property = chosen.unwrap_or(property);
        match property.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.root.pointer(reference.trim_start_matches('#')).unwrap_or(property),
            None => property,
        }
    }
}

fn unknown_key<'a>(key: &str, section: &str, known: impl Iterator<Item = &'a str>, origin: Origin) -> Diagnostic {
    let known: Vec<&str> = known.collect();
    let kind = if section == "rules" { "rule" } else { "key" };
    let place = if section.is_empty() { String::new() } else { format!(" in [{section}]") };
    let help = match nearest(key, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if kind == "rule" => "`ormsync explain` lists the rules".to_owned(),
        None => format!("the keys here are {}", known.join(", ")),
    };
    Diagnostic::error("config-key", format!("unknown {kind} `{key}`{place}"), origin).with_help(help)
}
