//! Tables and views with what hangs on them besides columns and constraints.

use std::collections::BTreeMap;

use ormsync_schema::{Expression, Partitioning, Policy, Schema, Table, Trigger, TriggerEvent, TriggerTiming, View};

use super::{origin, table_mut};
use crate::CatalogueRows;
use crate::catalogue::Cells;

/// Tables and views, still without columns.
pub(super) fn read(rows: &CatalogueRows, schema: &mut Schema) {
    for mut cells in Cells::of(rows, "relations") {
        let (namespace, name, kind, comment) = (cells.text(), cells.text(), cells.text(), cells.filled());
        let (row_security, force_row_security, persistence) = (cells.flag(), cells.flag(), cells.text());
        let storage = cells.list();
        let (partition_key, bounds, parents) = (cells.optional(), cells.optional(), cells.list());
        let (definition, foreign_server) = (cells.optional(), cells.optional());
        let origin = origin(&[namespace, name]);
        let content = schema.namespace_mut(namespace);
        if matches!(kind, "v" | "m") {
            let view = View {
                definition: definition.map(|text| Expression::printed_by_server(text.trim().trim_end_matches(';'))),
                materialised: kind == "m",
                columns: Default::default(),
                comment,
                origin,
            };
            content.views.insert(name.to_owned(), view);
            continue;
        }
        let mut options = storage_options(&storage);
        if persistence == "u" {
            options.insert("unlogged".to_owned(), "true".to_owned());
        }
        if force_row_security {
            options.insert("force_row_security".to_owned(), "true".to_owned());
        }
        if let Some(server) = foreign_server {
            options.insert("foreign_server".to_owned(), server.to_owned());
        }
        let table = Table {
            comment,
            options,
            row_security,
            partitioning: partitioning(partition_key, bounds, parents),
            origin,
            ..Table::default()
        };
        content.tables.insert(name.to_owned(), table);
    }
}

/// `fillfactor=70` and its like.
fn storage_options(storage: &[String]) -> BTreeMap<String, String> {
    storage
        .iter()
        .filter_map(|option| option.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A partition that is itself partitioned is told as a partition: that is what it is for its parent.
fn partitioning(key: Option<&str>, bounds: Option<&str>, parents: Vec<String>) -> Option<Partitioning> {
    match (bounds, key) {
        (Some(bounds), _) => Some(Partitioning::PartitionOf {
            parent: parents.into_iter().next().unwrap_or_default(),
            bounds: bounds.to_owned(),
        }),
        (None, Some(key)) => Some(Partitioning::PartitionedBy(key.to_owned())),
        (None, None) if !parents.is_empty() => Some(Partitioning::Inherits(parents)),
        (None, None) => None,
    }
}

/// The bits of `pg_trigger.tgtype`, from PostgreSQL's `catalog/pg_trigger.h`.
mod trigger_bits {
    pub(super) const ROW: u16 = 1;
    pub(super) const BEFORE: u16 = 1 << 1;
    pub(super) const INSERT: u16 = 1 << 2;
    pub(super) const DELETE: u16 = 1 << 3;
    pub(super) const UPDATE: u16 = 1 << 4;
    pub(super) const TRUNCATE: u16 = 1 << 5;
    pub(super) const INSTEAD: u16 = 1 << 6;
}

/// Triggers of tables. Those of views have no place in the model and are left out.
pub(super) fn read_triggers(rows: &CatalogueRows, schema: &mut Schema) {
    for mut cells in Cells::of(rows, "triggers") {
        let (namespace, table_name, name) = (cells.text(), cells.text(), cells.text());
        let (bits, enabled) = (cells.number::<u16>().unwrap_or_default(), cells.text());
        let (columns, definition) = (cells.optional(), cells.text());
        let Some(table) = table_mut(schema, namespace, table_name) else { continue };
        let timing = if bits & trigger_bits::BEFORE != 0 {
            TriggerTiming::Before
        } else if bits & trigger_bits::INSTEAD != 0 {
            TriggerTiming::InsteadOf
        } else {
            TriggerTiming::After
        };
        let events = [
            (trigger_bits::INSERT, TriggerEvent::Insert),
            (trigger_bits::UPDATE, TriggerEvent::Update),
            (trigger_bits::DELETE, TriggerEvent::Delete),
            (trigger_bits::TRUNCATE, TriggerEvent::Truncate),
        ];
        let trigger = Trigger {
            timing,
            events: events.into_iter().filter(|(bit, _)| bits & bit != 0).map(|(_, event)| event).collect(),
            action: trigger_action(columns, definition),
            for_each_row: bits & trigger_bits::ROW != 0,
            disabled: enabled == "D",
            origin: origin(&[namespace, table_name, name]),
        };
        table.triggers.insert(name.to_owned(), trigger);
    }
}

/// What a trigger does, out of `CREATE TRIGGER … FOR EACH ROW [WHEN (…)] EXECUTE FUNCTION …`: all behind the
/// words that the other facts of the trigger repeat, with the columns of `UPDATE OF` in front.
fn trigger_action(columns: Option<&str>, definition: &str) -> String {
    let action = ["FOR EACH ROW ", "FOR EACH STATEMENT "]
        .iter()
        .find_map(|words| definition.split_once(words))
        .map_or(definition, |(_, action)| action);
    match columns {
        Some(columns) => format!("OF {columns} {action}"),
        None => action.to_owned(),
    }
}

/// Row-level security policies.
pub(super) fn read_policies(rows: &CatalogueRows, schema: &mut Schema) {
    for mut cells in Cells::of(rows, "policies") {
        let (namespace, table_name, name) = (cells.text(), cells.text(), cells.text());
        let Some(table) = table_mut(schema, namespace, table_name) else { continue };
        let command = match cells.text() {
            "r" => "select",
            "a" => "insert",
            "w" => "update",
            "d" => "delete",
            "*" => "all",
            other => other,
        };
        let policy = Policy {
            command: command.to_owned(),
            using: cells.optional().map(Expression::printed_by_server),
            with_check: cells.optional().map(Expression::printed_by_server),
            origin: origin(&[namespace, table_name, name]),
        };
        table.policies.insert(name.to_owned(), policy);
    }
}
