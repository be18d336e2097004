//! Enums as blocks.

use std::collections::BTreeSet;

use ormsync_schema::DataType;

use super::model::{push_comment, schema_attribute};
use super::plan::Plan;
use crate::spelling::EnumName;
use crate::syntax::quote;

/// The blocks of all enums: of the named types, or of the labels that stand in columns.
pub(super) fn blocks(plan: &Plan) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut written = BTreeSet::new();
    for (namespace, content) in &plan.schema.namespaces {
        for (name, definition) in &content.enums {
            if let Some(chosen) = plan.enums.get(namespace, name) {
                blocks.push(block(plan, namespace, chosen, Some(name), definition.comment.as_deref()));
            }
        }
        for (table_name, table) in &content.tables {
            for (column_name, column) in &table.columns {
                if matches!(column.data_type, DataType::InlineEnum(_))
                    && let Some(chosen) = plan.enums.get(namespace, &format!("{table_name}.{column_name}"))
                    && written.insert(chosen.name.as_str())
                {
                    blocks.push(block(plan, namespace, chosen, None, None));
                }
            }
        }
    }
    blocks
}

fn block(plan: &Plan, namespace: &str, chosen: &EnumName, type_name: Option<&str>, comment: Option<&str>) -> String {
    let mut text = String::new();
    push_comment(&mut text, "", comment);
    text.push_str(&format!("enum {} {{\n", chosen.name));
    let width = chosen.values.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, label) in &chosen.values {
        let map = if name == label {
            String::new()
        } else {
            format!("{} @map({})", " ".repeat(width - name.len()), quote(label))
        };
        text.push_str(&format!("  {name}{map}\n"));
    }
    let mut attributes = Vec::new();
    attributes.extend(type_name.filter(|name| *name != chosen.name).map(|name| format!("@@map({})", quote(name))));
    attributes.extend(schema_attribute(plan, namespace));
    if !attributes.is_empty() {
        text.push('\n');
        text.extend(attributes.iter().map(|attribute| format!("  {attribute}\n")));
    }
    text.push_str("}\n");
    text
}
