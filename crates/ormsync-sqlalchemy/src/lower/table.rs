//! One table.

use std::rc::Rc;

use ormsync_schema::{Fact, Table};

use crate::lower::Lowering;
use crate::lower::compiler::Compiler;
use crate::lower::types::LoweredType;
use crate::mapping::{ColumnId, TableId};
use crate::python::{Located, Value, last_segment};

impl<'a> Lowering<'_, 'a> {
    pub(super) fn lower_table(&mut self, id: TableId) {
        if self.is_elsewhere(id) {
            return self.leave_elsewhere(id);
        }
        let name = Rc::clone(&self.draft(id).name);
        let place = self.draft(id).place;
        if let Some(condition) = self.draft(id).condition {
            self.warn(
                format!("whether the table `{name}` exists depends on a condition that cannot be known"),
                "declare it unconditionally, or make the condition a constant",
                condition,
            );
            let opaque = self.opaque(Fact::Table, Some(&name), place);
            self.schema.opaque.push(opaque);
            return;
        }
        if self.draft(id).made_of.is_some() && self.compiles_tables() {
            self.warn(
                format!(
                    "a function under `@compiles(CreateTable)` writes the SQL of the table `{name}`, or of none like it"
                ),
                "leave the table to the database's side with `[ownership]`",
                place,
            );
            let opaque = self.opaque(Fact::Table, Some(&name), place);
            self.schema.opaque.push(opaque);
            return;
        }
        if let Some(schema) = self.draft(id).schema.clone()
            && schema.value.as_text().is_none()
            && !is_blank(&schema.value)
        {
            self.warn(
                format!("the schema of the table `{name}` could not be worked out"),
                "write it as a string",
                schema.place,
            );
            let opaque = self.opaque(Fact::Table, Some(&name), schema.place);
            self.schema.opaque.push(opaque);
            return;
        }
        let namespace = self.namespace_of(id);
        if let Some(known) = self.schema.table(&namespace, &name).cloned() {
            // Two `MetaData` may have the same table for one database: what they agree on is no question.
            let again = self.make_table(id);
            if (Table { model: known.model.clone(), ..again }) == known {
                return;
            }
            self.warn(
                format!("the table `{name}` is declared twice; the first declaration is the one that is compared"),
                "leave one of them, or give them different schemas",
                place,
            );
            return;
        }
        let table = self.make_table(id);
        self.schema.namespace_mut(&namespace).tables.insert(name.to_string(), table);
    }

    fn make_table(&mut self, id: TableId) -> Table {
        let mut hidden = self.draft(id).hidden.clone();
        self.leave_out_conditional(id, &mut hidden);
        let draft = self.draft(id);
        for column in &draft.columns {
            hidden.extend(
                column.hidden.iter().filter(|part| !matches!(part.fact, Fact::Default | Fact::Nullability)).cloned(),
            );
        }
        let mut table = Table {
            model: draft.model.as_ref().map(ToString::to_string),
            origin: self.evaluator.origin(draft.place),
            ..Table::default()
        };
        let columns: Vec<ColumnId> = self
            .evaluator
            .registry
            .columns_of(id)
            .into_iter()
            .filter(|column| !self.evaluator.registry.column(*column).is_system)
            .collect();
        let types: Vec<(ColumnId, LoweredType)> =
            columns.iter().map(|column| (*column, self.column_type(*column))).collect();
        let (key, key_symbol) = self.key_columns(id, &mut hidden);
        let facts = self.key_facts(&key, &types);
        table.columns.reserve(types.len());
        for (column, lowered_type) in &types {
            let lowered = self.lower_column(*column, lowered_type.clone(), &facts);
            let name = self.evaluator.registry.column(*column).name.to_string();
            table.columns.insert(name, lowered);
        }
        table.primary_key = self.lower_primary_key(id, &key, &facts, key_symbol.as_ref());
        let (early, late) = self.draft(id).ordered_items();
        table.indexes = self.lower_unique_constraints(id, &early, &mut hidden);
        table.indexes.extend(self.lower_indexes(id, &mut hidden));
        table.indexes.extend(self.lower_unique_constraints(id, &late, &mut hidden));
        table.indexes.extend(self.lower_made_indexes(id, &types, &mut hidden));
        table.foreign_keys = self.lower_foreign_keys(id, &mut hidden);
        table.checks = self.lower_checks(id, &types, &mut hidden);
        table.exclusions = self.lower_exclusions(id, &mut hidden);
        self.set_table_options(id, &mut table);
        for part in hidden {
            let opaque = self.opaque(part.fact, part.name.as_deref(), part.place);
            if !table.opaque.contains(&opaque) {
                table.opaque.push(opaque);
            }
        }
        table
    }

    fn set_table_options(&mut self, id: TableId, table: &mut Table) {
        for (name, located) in self.draft(id).options.clone() {
            if name.as_ref() == "comment" {
                match printed(&located) {
                    _ if !self.compiler.has_comments() => {}
                    Some(text) => table.comment = Some(text),
                    None => {
                        let opaque = self.opaque(Fact::TableComment, None, located.place);
                        table.opaque.push(opaque);
                    }
                }
                continue;
            }
            let value = match located.value.truth() {
                Some(truth) if matches!(located.value, Value::Bool(_)) => Some(OptionValue::Flag(truth)),
                _ => printed(&located).map(OptionValue::Text),
            };
            if let Some(value) = value {
                set_table_option(table, self.compiler, &name, value);
            }
        }
    }
}

/// `schema=BLANK_SCHEMA`: none, whatever the `MetaData` says.
fn is_blank(value: &Value<'_>) -> bool {
    matches!(value, Value::External(path) if last_segment(path) == "BLANK_SCHEMA")
}

/// What a dialect's option of a table is set to.
#[derive(Debug, Clone)]
pub(crate) enum OptionValue {
    Flag(bool),
    /// A string, or a number in digits.
    Text(String),
}

/// An option of a table, where it is one of the dialect's and changes what is made.
pub(crate) fn set_table_option(table: &mut Table, compiler: Compiler, name: &str, value: OptionValue) {
    let mut set = |option: &str, value: String| drop(table.options.insert(option.to_owned(), value));
    match (name, compiler, value) {
        ("mysql_engine", Compiler::MySql { .. }, OptionValue::Text(text)) => set("engine", text),
        (
            "mysql_charset" | "mysql_default_charset" | "mysql_character_set" | "mysql_default_character_set",
            Compiler::MySql { .. },
            OptionValue::Text(text),
        ) => set("charset", text),
        ("mysql_collate" | "mysql_default_collate", Compiler::MySql { .. }, OptionValue::Text(text)) => {
            set("collation", text);
        }
        ("mysql_comment", Compiler::MySql { .. }, OptionValue::Text(text)) => table.comment = Some(text),
        ("sqlite_strict", Compiler::Sqlite, OptionValue::Flag(true)) => set("strict", "true".to_owned()),
        ("sqlite_with_rowid", Compiler::Sqlite, OptionValue::Flag(false)) => set("without_rowid", "true".to_owned()),
        ("postgresql_partition_by", Compiler::PostgreSql, OptionValue::Text(text)) => {
            table.partitioning = Some(ormsync_schema::Partitioning::PartitionedBy(text));
        }
        _ => {}
    }
}

fn printed(located: &Located<'_>) -> Option<String> {
    match &located.value {
        Value::Int(number) => Some(number.to_string()),
        other => other.as_text().map(|text| text.to_string()),
    }
}
