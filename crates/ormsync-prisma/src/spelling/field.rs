//! Columns and relations as fields.

use ormsync_schema::{Column, DataType, DefaultValue, ForeignKey, IndexKind, Literal, ReferentialAction, Table};

use super::types::SpelledType;
use super::{Writer, identifier, is_single_id};
use crate::lower::names;
use crate::native::ScalarType;
use crate::syntax::quote;

/// A field in its three columns.
#[derive(Debug)]
pub(super) struct SpelledField {
    pub(super) name: String,
    pub(super) data_type: String,
    pub(super) attributes: Vec<String>,
}

impl SpelledField {
    /// The field on a line of its own, without padding.
    pub(super) fn line(&self) -> String {
        let mut line = format!("{} {}", self.name, self.data_type);
        for attribute in &self.attributes {
            line.push(' ');
            line.push_str(attribute);
        }
        line
    }
}

impl Writer<'_> {
    /// A column as a field.
    pub(super) fn field(&self, table_name: &str, table: &Table, column_name: &str) -> Option<SpelledField> {
        let column = table.columns.get(column_name)?;
        let own = self.own_column(table_name, column_name);
        let spelled = self.data_type(table_name, column_name, &column.data_type)?;
        let name = self.field_name(table_name, column_name);
        let suffix = match (spelled.is_list, column.nullable) {
            (true, _) => "[]",
            (false, true) => "?",
            (false, false) => "",
        };
        let mut attributes = Vec::new();
        if is_single_id(table, column_name) {
            attributes.push("@id".to_owned());
        }
        if let Some(default) = self.default(column, own, &spelled) {
            attributes.push(format!("@default({default})"));
        }
        if let Some(unique) = self.single_unique(table_name, table, column_name) {
            attributes.push(unique);
        }
        if own.is_some_and(|own| own.client.update.is_some()) {
            attributes.push("@updatedAt".to_owned());
        }
        if name != column_name {
            attributes.push(format!("@map({})", quote(column_name)));
        }
        attributes.extend(spelled.native.clone());
        if own.is_some_and(|own| own.client.ignored) {
            attributes.push("@ignore".to_owned());
        }
        Some(SpelledField { name, data_type: format!("{}{suffix}", spelled.name), attributes })
    }

    /// `@unique` of a field, for a unique on it alone.
    fn single_unique(&self, table_name: &str, table: &Table, column: &str) -> Option<String> {
        let index = table.indexes.iter().find(|index| is_single_unique(index, column))?;
        let usual = names::index(table_name, &[column], true, self.facts);
        Some(match &index.name {
            Some(name) if *name != usual => format!("@unique(map: {})", quote(name)),
            _ => "@unique".to_owned(),
        })
    }

    /// What stands in `@default(…)`.
    fn default(&self, column: &Column, own: Option<&Column>, spelled: &SpelledType) -> Option<String> {
        if column.identity.is_some() {
            return Some("autoincrement()".to_owned());
        }
        let Some(default) = &column.default else {
            return own.and_then(|own| own.client.default.clone());
        };
        match default {
            DefaultValue::Literal(literal) => Some(self.literal(literal, column, spelled)),
            DefaultValue::Now { .. } if spelled.scalar == Some(ScalarType::DateTime) => Some("now()".to_owned()),
            DefaultValue::Unreadable(text) if text == "dbgenerated()" => Some(text.clone()),
            other => Some(format!("dbgenerated({})", quote(&self.facts.dialect.default_text(other)))),
        }
    }

    fn literal(&self, literal: &Literal, column: &Column, spelled: &SpelledType) -> String {
        let generated = || {
            let text = self.facts.dialect.default_text(&DefaultValue::Literal(literal.clone()));
            format!("dbgenerated({})", quote(&text))
        };
        if spelled.is_list {
            return generated();
        }
        let is_enum = matches!(column.data_type, DataType::Enum { .. } | DataType::InlineEnum(_));
        match (literal, spelled.scalar) {
            (Literal::Text(label), _) if is_enum => identifier::of(label),
            (Literal::Text(text), Some(ScalarType::String | ScalarType::Json)) => quote(text),
            (Literal::Number(number), Some(ScalarType::Boolean)) if number == "0" || number == "1" => {
                (number == "1").to_string()
            }
            (Literal::Number(number), Some(ScalarType::Int | ScalarType::BigInt)) if !number.contains('.') => {
                number.clone()
            }
            (Literal::Number(number), Some(ScalarType::Float | ScalarType::Decimal)) => number.clone(),
            (Literal::Boolean(value), Some(ScalarType::Boolean)) => value.to_string(),
            _ => generated(),
        }
    }

    /// A foreign key as the field that leads along it.
    pub(super) fn relation_field(&self, table_name: &str, table: &Table, key: &ForeignKey) -> Option<SpelledField> {
        let target = self.model_name(&key.referenced_namespace, &key.referenced_table);
        let nullable = |column: &String| table.columns.get(column).is_none_or(|column| column.nullable);
        let is_optional = key.columns.iter().any(nullable);
        let all_optional = key.columns.iter().all(nullable);
        let fields: Vec<String> = key.columns.iter().map(|column| self.field_name(table_name, column)).collect();
        let references: Vec<String> = self.references(key)?;
        let name = match fields.as_slice() {
            [field] => identifier::relation(field, &target),
            _ => identifier::relation("", &target),
        };
        // A relation field must not take the name of a column.
        let is_taken = table.columns.keys().any(|column| self.field_name(table_name, column) == name);
        let name = if is_taken { format!("{name}Relation") } else { name };
        let mut arguments =
            vec![format!("fields: [{}]", fields.join(", ")), format!("references: [{}]", references.join(", "))];
        // Required counts where any of the columns is.
        let usual = if all_optional { ReferentialAction::SetNull } else { ReferentialAction::Restrict };
        if key.on_delete != usual {
            arguments.push(format!("onDelete: {}", action(key.on_delete)));
        }
        if key.on_update != ReferentialAction::Cascade {
            arguments.push(format!("onUpdate: {}", action(key.on_update)));
        }
        if let Some(map) = self.relation_map(table_name, key) {
            arguments.push(map);
        }
        Some(SpelledField {
            name,
            data_type: format!("{target}{}", if is_optional { "?" } else { "" }),
            attributes: vec![format!("@relation({})", arguments.join(", "))],
        })
    }

    fn relation_map(&self, table: &str, key: &ForeignKey) -> Option<String> {
        let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
        let usual = names::foreign_key(table, &columns, self.facts);
        let name = key.name.as_ref().filter(|name| **name != usual && self.facts.has_named_foreign_keys)?;
        Some(format!("map: {}", quote(name)))
    }

    /// The fields referred to; those of the primary key where the key names none.
    fn references(&self, key: &ForeignKey) -> Option<Vec<String>> {
        let columns = if key.referenced_columns.is_empty() {
            let target = self.wanted.table(&key.referenced_namespace, &key.referenced_table)?;
            target
                .primary_key
                .as_ref()?
                .parts
                .iter()
                .map(|part| part.as_column().map(str::to_owned))
                .collect::<Option<_>>()?
        } else {
            key.referenced_columns.clone()
        };
        Some(columns.iter().map(|column| self.field_name(&key.referenced_table, column)).collect())
    }
}

/// Whether an index is nothing but the uniqueness of one column.
pub(super) fn is_single_unique(index: &ormsync_schema::Index, column: &str) -> bool {
    index.kind != IndexKind::Plain
        && index.predicate.is_none()
        && index.method.is_none()
        && matches!(index.parts.as_slice(), [part] if *part == ormsync_schema::IndexPart::column(column))
}

fn action(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "NoAction",
        ReferentialAction::Restrict => "Restrict",
        ReferentialAction::Cascade => "Cascade",
        ReferentialAction::SetNull => "SetNull",
        ReferentialAction::SetDefault => "SetDefault",
    }
}
