//! Tables, views, sequences, partitioning, triggers and routines.

use std::collections::BTreeMap;

use ormsync_schema::{Expression, Partitioning, Routine, Sequence, Table, Trigger, TriggerEvent, TriggerTiming, View};

use super::{Assembly, origin, text};
use crate::CatalogueRows;
use crate::catalogue::Cells;

impl Assembly {
    /// Tables, views and sequences, still without columns.
    pub(super) fn read_relations(&mut self, rows: &CatalogueRows) {
        for mut cells in Cells::of(rows, "tables") {
            let (database, name, kind) = (cells.text(), cells.text(), cells.text());
            let (engine, collation) = (cells.optional(), cells.optional());
            let (create_options, comment) = (cells.text(), cells.filled());
            let origin = origin(&[database, name]);
            let namespace = self.namespace(database);
            let content = self.schema.namespace_mut(namespace);
            match kind {
                "VIEW" | "SYSTEM VIEW" => {
                    let view = View {
                        definition: None,
                        materialised: false,
                        columns: Default::default(),
                        // The comment of every view is the word VIEW.
                        comment: None,
                        origin,
                    };
                    content.views.insert(name.to_owned(), view);
                }
                // What a sequence is made of can only be asked of each one by itself (before MariaDB 11.5).
                "SEQUENCE" => {
                    let sequence =
                        Sequence { start: None, increment: None, minimum: None, maximum: None, cycle: false, origin };
                    content.sequences.insert(name.to_owned(), sequence);
                }
                _ => {
                    let mut options = options(engine, collation, create_options);
                    if kind == "SYSTEM VERSIONED" {
                        options.insert("system_versioning".to_owned(), "true".to_owned());
                    }
                    content.tables.insert(name.to_owned(), Table { comment, options, origin, ..Table::default() });
                }
            }
        }
        for mut cells in Cells::of(rows, "views") {
            let (database, name, definition) = (cells.text(), cells.text(), cells.filled());
            let namespace = self.namespace(database);
            let content = self.schema.namespace_mut(namespace);
            if let Some(view) = content.views.get_mut(name) {
                view.definition =
                    definition.map(|query| Expression::printed_by_server(text::without_database(&query, database)));
            }
        }
    }

    /// How tables are partitioned; the partitions themselves are no tables here.
    pub(super) fn read_partitions(&mut self, rows: &CatalogueRows) {
        for mut cells in Cells::of(rows, "partitions") {
            let (database, name, method) = (cells.text(), cells.text(), cells.text());
            let key = cells.text();
            if let Some(table) = self.table_mut(database, name) {
                table.partitioning = Some(Partitioning::PartitionedBy(format!("{method} ({key})")));
            }
        }
    }

    /// Triggers.
    pub(super) fn read_triggers(&mut self, rows: &CatalogueRows) {
        for mut cells in Cells::of(rows, "triggers") {
            let (database, table_name, name) = (cells.text(), cells.text(), cells.text());
            let (timing, event, action) = (cells.text(), cells.text(), cells.text());
            let Some(table) = self.table_mut(database, table_name) else { continue };
            let trigger = Trigger {
                timing: if timing == "BEFORE" { TriggerTiming::Before } else { TriggerTiming::After },
                events: vec![match event {
                    "INSERT" => TriggerEvent::Insert,
                    "UPDATE" => TriggerEvent::Update,
                    _ => TriggerEvent::Delete,
                }],
                // MariaDB keeps the semicolon of a statement that came with others behind it.
                action: action.trim_end_matches([';', ' ', '\n']).to_owned(),
                for_each_row: true,
                disabled: false,
                origin: origin(&[database, table_name, name]),
            };
            table.triggers.insert(name.to_owned(), trigger);
        }
    }

    /// Functions and procedures. A function and a procedure may have the same name.
    pub(super) fn read_routines(&mut self, rows: &CatalogueRows) {
        let mut parameters: BTreeMap<(&str, &str, &str), Vec<String>> = BTreeMap::new();
        let mut returns: BTreeMap<(&str, &str), String> = BTreeMap::new();
        for mut cells in Cells::of(rows, "parameters") {
            let (database, name, kind, place) = (cells.text(), cells.text(), cells.text(), cells.text());
            let (mode, parameter, data_type) = (cells.text(), cells.text(), cells.text());
            if place == "0" {
                returns.insert((database, name), data_type.to_owned());
                continue;
            }
            // IN is what a parameter is without a word about it.
            let mode = if matches!(mode, "" | "IN") { String::new() } else { format!("{mode} ") };
            parameters.entry((database, name, kind)).or_default().push(format!("{mode}{parameter} {data_type}"));
        }
        for mut cells in Cells::of(rows, "routines") {
            let (database, name, kind, language) = (cells.text(), cells.text(), cells.text(), cells.filled());
            let arguments = parameters.remove(&(database, name, kind)).unwrap_or_default().join(", ");
            let signature = format!("{name}({arguments})");
            let routine = Routine {
                returns: if kind == "FUNCTION" { returns.get(&(database, name)).cloned() } else { None },
                language: language.map(|language| language.to_lowercase()),
                origin: origin(&[database, &signature]),
            };
            let namespace = self.namespace(database);
            self.schema.namespace_mut(namespace).routines.insert(signature, routine);
        }
    }
}

/// Engine, character set and collation, and what CREATE TABLE was given besides.
fn options(engine: Option<&str>, collation: Option<&str>, create_options: &str) -> BTreeMap<String, String> {
    let mut options: BTreeMap<String, String> = create_options
        .split_whitespace()
        .filter_map(|option| option.split_once('='))
        .map(|(name, value)| (name.to_lowercase(), value.trim_matches(['"', '\'', '`']).to_owned()))
        .collect();
    if let Some(engine) = engine {
        options.insert("engine".to_owned(), engine.to_owned());
    }
    if let Some(collation) = collation {
        // Every collation's name begins with its character set's.
        let charset = collation.split_once('_').map_or(collation, |(charset, _)| charset);
        options.insert("charset".to_owned(), charset.to_owned());
        options.insert("collation".to_owned(), collation.to_owned());
    }
    options
}
