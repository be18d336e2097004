//! Tables and enums as blocks, formatted as `prisma format` formats.

use ormsync_schema::DataType;

use super::field::{SpelledField, is_single_unique};
use super::{Writer, identifier};
use crate::syntax::quote;

impl Writer<'_> {
    /// A table as a model.
    pub(super) fn model(&self, name: &str) -> Option<String> {
        let table = self.wanted.table(self.namespace, name)?;
        let model = self.model_name(self.namespace, name);
        let mut fields = Vec::new();
        for column in table.columns.keys() {
            fields.push(self.field(name, table, column)?);
        }
        for key in &table.foreign_keys {
            fields.extend(self.relation_field(name, table, key));
        }
        let mut attributes = Vec::new();
        if table.primary_key.as_ref().is_some_and(|key| key.parts.len() > 1) {
            attributes.extend(self.primary_key(name, table));
        }
        for index in table.indexes.iter().filter(|index| !index.implicit) {
            let at_field = index.columns().next().is_some_and(|column| is_single_unique(index, column));
            if !at_field {
                attributes.extend(self.index(name, index));
            }
        }
        if model != name {
            attributes.push(format!("@@map({})", quote(name)));
        }
        attributes.extend(self.schema_attribute());
        let mut block = format!("model {model} {{\n{}", aligned(&fields.iter().collect::<Vec<_>>()).concat());
        if !attributes.is_empty() {
            block.push('\n');
            block.extend(attributes.iter().map(|attribute| format!("  {attribute}\n")));
        }
        block.push('}');
        Some(block)
    }

    /// `@@schema`, where the source lists schemas or the namespace is not the usual one.
    fn schema_attribute(&self) -> Option<String> {
        let is_usual = self.namespace == self.facts.dialect.default_namespace();
        let needed = !is_usual || self.own.namespaces.len() > 1;
        (needed && self.facts.has_namespaces).then(|| format!("@@schema({})", quote(self.namespace)))
    }

    /// An enum: a named type, or the labels of a column (`table.column`) where the server has no named ones.
    pub(super) fn enum_block(&self, name: &str) -> Option<String> {
        let (block, map, labels) = match self.wanted.enum_type(self.namespace, name) {
            Some(definition) => (identifier::of(name), Some(name), definition.labels.clone()),
            None => {
                let (table, column) = name.split_once('.')?;
                let labels = match &self.wanted.table(self.namespace, table)?.columns.get(column)?.data_type {
                    DataType::InlineEnum(labels) => labels.clone(),
                    _ => return None,
                };
                (format!("{}{}", identifier::pascal(table), identifier::pascal(column)), None, labels)
            }
        };
        let mut text = format!("enum {block} {{\n");
        for label in &labels {
            let value = identifier::of(label);
            let map = if value == *label { String::new() } else { format!(" @map({})", quote(label)) };
            text.push_str(&format!("  {value}{map}\n"));
        }
        let mut attributes = Vec::new();
        attributes.extend(map.filter(|map| *map != block).map(|map| format!("@@map({})", quote(map))));
        attributes.extend(self.schema_attribute());
        if !attributes.is_empty() {
            text.push('\n');
            text.extend(attributes.iter().map(|attribute| format!("  {attribute}\n")));
        }
        text.push('}');
        Some(text)
    }
}

/// Fields as lines, with their types and attributes under each other. Prisma's engine counts bytes here.
pub(crate) fn aligned(fields: &[&SpelledField]) -> Vec<String> {
    let width = |of: fn(&SpelledField) -> &str| fields.iter().map(|field| of(field).len()).max().unwrap_or_default();
    let (names, types) = (width(|field| &field.name), width(|field| &field.data_type));
    let pad = |text: &str, width: usize| format!("{text}{}", " ".repeat(width - text.len()));
    let line = |field: &&SpelledField| {
        let (name, data_type) = (pad(&field.name, names), pad(&field.data_type, types));
        format!("{}\n", format!("  {name} {data_type} {}", field.attributes.join(" ")).trim_end())
    };
    fields.iter().map(line).collect()
}
