//! Columns and relations as fields.

use ormsync_schema::{ForeignKey, IndexKind, ReferentialAction, Table};

use super::defaults::Place;
use super::{Writer, identifier};
use crate::lower::names;
use crate::syntax::quote;

/// A field in its three columns.
#[derive(Debug)]
pub(crate) struct SpelledField {
    pub(crate) name: String,
    pub(crate) data_type: String,
    pub(crate) attributes: Vec<String>,
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
    pub(crate) fn field(&self, table_name: &str, table: &Table, column_name: &str) -> Option<SpelledField> {
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
        attributes.extend(self.single_id(table_name, table, column_name));
        attributes.extend(self.single_unique(table_name, table, column_name));
        if let Some(default) = self.default(Place { table: table_name, column: column_name }, column, own, &spelled) {
            attributes.push(format!("@default({default})"));
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

    /// A foreign key as the field that leads along it.
    pub(super) fn relation_field(&self, table_name: &str, table: &Table, key: &ForeignKey) -> Option<SpelledField> {
        let target = self.model_name(&key.referenced_namespace, &key.referenced_table);
        let fields: Vec<String> = key.columns.iter().map(|column| self.field_name(table_name, column)).collect();
        let arguments = self.relation_arguments(table_name, table, key)?;
        let name = match fields.as_slice() {
            [field] => identifier::relation(field, &target),
            _ => identifier::relation("", &target),
        };
        // A relation field must not take the name of a column.
        let is_taken = table.columns.keys().any(|column| self.field_name(table_name, column) == name);
        let name = if is_taken { format!("{name}Relation") } else { name };
        Some(SpelledField {
            name,
            data_type: format!("{target}{}", if is_optional(table, key) { "?" } else { "" }),
            attributes: vec![format!("@relation({})", arguments.join(", "))],
        })
    }

    /// What stands in `@relation(…)`, but for the relation's name.
    pub(crate) fn relation_arguments(&self, table_name: &str, table: &Table, key: &ForeignKey) -> Option<Vec<String>> {
        let fields: Vec<String> = key.columns.iter().map(|column| self.field_name(table_name, column)).collect();
        let references: Vec<String> = self.references(key)?;
        let mut arguments =
            vec![format!("fields: [{}]", fields.join(", ")), format!("references: [{}]", references.join(", "))];
        // Required counts where any of the columns is.
        let usual = if key.columns.iter().all(|column| takes_null(table, column)) {
            ReferentialAction::SetNull
        } else {
            ReferentialAction::Restrict
        };
        let (on_delete, on_update) = (self.action(key.on_delete), self.action(key.on_update));
        if on_delete != usual {
            arguments.push(format!("onDelete: {}", action(on_delete)));
        }
        if on_update != ReferentialAction::Cascade {
            arguments.push(format!("onUpdate: {}", action(on_update)));
        }
        if let Some(map) = self.relation_map(table_name, key) {
            arguments.push(map);
        }
        Some(arguments)
    }

    /// Where the two are one to the server, the word that Prisma itself uses by default.
    fn action(&self, action: ReferentialAction) -> ReferentialAction {
        match action {
            ReferentialAction::NoAction if self.facts.no_action_is_restrict => ReferentialAction::Restrict,
            other => other,
        }
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
        Some(
            columns
                .iter()
                .map(|column| self.field_name_in(&key.referenced_namespace, &key.referenced_table, column))
                .collect(),
        )
    }
}

/// Whether the field that leads along a foreign key may lead nowhere.
pub(crate) fn is_optional(table: &Table, key: &ForeignKey) -> bool {
    key.columns.iter().any(|column| takes_null(table, column))
}

fn takes_null(table: &Table, column: &str) -> bool {
    table.columns.get(column).is_none_or(|column| column.nullable)
}

/// Whether an index is nothing but the uniqueness of one column.
pub(crate) fn is_single_unique(index: &ormsync_schema::Index, column: &str) -> bool {
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
