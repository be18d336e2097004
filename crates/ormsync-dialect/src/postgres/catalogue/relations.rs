//! Tables and views with what hangs on them besides columns and constraints.

use ormsync_schema::{
    Expression, Origin, Partitioning, Policy, Schema, Table, Trigger, TriggerEvent, TriggerFiring, TriggerTiming, View,
};

use super::indexes::read_deferrability;
use super::{origin, storage_options, table_mut, view_mut};
use crate::CatalogueRows;
use crate::catalogue::Cells;

/// Tables and views, still without columns.
pub(super) fn read(rows: &CatalogueRows, schema: &mut Schema) {
    for mut cells in Cells::of(rows, "relations") {
        let (namespace, name, kind, comment) = (cells.text(), cells.text(), cells.text(), cells.filled());
        let (row_security, force_row_security, persistence) = (cells.flag(), cells.flag(), cells.text());
        let storage = cells.list();
        let (partition_key, bounds, parents) = (cells.optional(), cells.optional(), cells.list());
        let (definition, foreign_server, foreign_options) = (cells.optional(), cells.filled(), cells.filled());
        let (composite_type, populated) = (cells.filled(), cells.flag());
        let origin = origin(&[namespace, name]);
        let mut options = storage_options(&storage);
        let content = schema.namespace_mut(namespace);
        if matches!(kind, "v" | "m") {
            if kind == "m" && !populated {
                options.insert("populated".to_owned(), "false".to_owned());
            }
            let view = View {
                definition: definition.map(|text| Expression::printed_by_server(text.trim().trim_end_matches(';'))),
                materialised: kind == "m",
                options,
                comment,
                origin,
                ..View::default()
            };
            content.views.insert(name.to_owned(), view);
            continue;
        }
        let more = [
            ("unlogged", (persistence == "u").then(|| "true".to_owned())),
            ("force_row_security", force_row_security.then(|| "true".to_owned())),
            ("foreign_server", foreign_server),
            ("foreign_options", foreign_options),
            ("of_type", composite_type),
        ];
        options.extend(more.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
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

/// How a table is split, or from what it derives. `key` is how a table is split itself, which a partition may be too.
fn partitioning(key: Option<&str>, bounds: Option<&str>, parents: Vec<String>) -> Option<Partitioning> {
    let partitioned_by = key.map(str::to_owned);
    match (bounds, partitioned_by) {
        (Some(bounds), partitioned_by) => Some(Partitioning::PartitionOf {
            parent: parents.into_iter().next().unwrap_or_default(),
            bounds: bounds.to_owned(),
            partitioned_by,
        }),
        (None, Some(key)) => Some(Partitioning::PartitionedBy(key)),
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

/// Triggers of tables and views.
pub(super) fn read_triggers(rows: &CatalogueRows, schema: &mut Schema) {
    for mut cells in Cells::of(rows, "triggers") {
        let (namespace, relation, name) = (cells.text(), cells.text(), cells.text());
        let trigger = read_trigger(&mut cells, origin(&[namespace, relation, name]));
        if let Some(table) = table_mut(schema, namespace, relation) {
            table.triggers.insert(name.to_owned(), trigger);
        } else if let Some(view) = view_mut(schema, namespace, relation) {
            view.triggers.insert(name.to_owned(), trigger);
        }
    }
}

fn read_trigger(cells: &mut Cells<'_>, origin: Origin) -> Trigger {
    let (bits, enabled) = (cells.number::<u16>().unwrap_or_default(), cells.text());
    let (columns, definition) = (cells.optional(), cells.text());
    let constraint = cells.flag();
    let deferrability = read_deferrability(cells);
    let other_table = cells.filled();
    let transition_tables: Vec<String> = ["OLD", "NEW"]
        .into_iter()
        .filter_map(|which| Some(format!("{which} TABLE AS {}", cells.optional()?)))
        .collect();
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
    Trigger {
        timing,
        events: events.into_iter().filter(|(bit, _)| bits & bit != 0).map(|(_, event)| event).collect(),
        action: trigger_action(columns, definition),
        for_each_row: bits & trigger_bits::ROW != 0,
        constraint,
        deferrability,
        other_table,
        transition_tables: Some(transition_tables.join(" ")).filter(|tables| !tables.is_empty()),
        place: None,
        firing: match enabled {
            "R" => TriggerFiring::Replica,
            "A" => TriggerFiring::Always,
            _ => TriggerFiring::Origin,
        },
        disabled: enabled == "D",
        comment: cells.filled(),
        origin,
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
            restrictive: !cells.flag(),
            roles: cells.list(),
            origin: origin(&[namespace, table_name, name]),
        };
        table.policies.insert(name.to_owned(), policy);
    }
}
