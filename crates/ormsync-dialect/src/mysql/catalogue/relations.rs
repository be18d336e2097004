//! Tables, views, sequences, partitioning, triggers and routines.

use std::collections::{BTreeMap, HashSet};

use ormsync_schema::{
    Expression, Partition, Partitioning, Routine, RoutineKind, Sequence, Table, Trigger, TriggerEvent, TriggerTiming,
    View,
};

use super::{Assembly, origin, text};
use crate::CatalogueRows;
use crate::catalogue::Cells;

impl Assembly {
    /// Tables, views and sequences, still without columns. What came when reading had begun may be read half, and was not there
    /// when it began.
    pub(super) fn read_relations(&mut self, rows: &CatalogueRows) {
        let listed: HashSet<_> = Cells::of(rows, "listed").map(|mut cells| (cells.text(), cells.text())).collect();
        for mut cells in Cells::of(rows, "tables") {
            let (database, name, kind) = (cells.text(), cells.text(), cells.text());
            if !listed.contains(&(database, name)) {
                continue;
            }
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
                        ..View::default()
                    };
                    content.views.insert(name.to_owned(), view);
                }
                "SEQUENCE" => {
                    content.sequences.insert(name.to_owned(), Sequence { comment, origin, ..Sequence::default() });
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
            let options = [("check_option", "NONE"), ("sql_security", "DEFINER"), ("algorithm", "UNDEFINED")]
                .into_iter()
                .filter_map(|(option, usual)| Some((option, cells.filled().filter(|value| value != usual)?)))
                .map(|(option, value)| (option.to_owned(), value.to_lowercase()));
            let options: Vec<(String, String)> = options.collect();
            let namespace = self.namespace(database);
            let content = self.schema.namespace_mut(namespace);
            if let Some(view) = content.views.get_mut(name) {
                view.definition =
                    definition.map(|query| Expression::printed_by_server(text::without_database(&query, database)));
                view.options.extend(options);
            }
        }
    }

    /// What sequences are made of; without the privilege to look into one it is known by name only.
    pub(super) fn read_sequences(&mut self, rows: &CatalogueRows) {
        for mut cells in Cells::of(rows, "sequences") {
            let (database, name) = (cells.text(), cells.text());
            let namespace = self.namespace(database);
            let Some(sequence) = self.schema.namespace_mut(namespace).sequences.get_mut(name) else { continue };
            sequence.start = cells.number();
            sequence.increment = cells.number();
            sequence.minimum = cells.number();
            sequence.maximum = cells.number();
            sequence.cache = cells.number().filter(|cache| *cache != 1);
            sequence.cycle = cells.flag();
        }
    }

    /// How tables are partitioned, and their partitions, which are no tables here.
    pub(super) fn read_partitions(&mut self, rows: &CatalogueRows) {
        for mut cells in Cells::of(rows, "partitions") {
            let (database, name) = (cells.text(), cells.text());
            let (by, sub) = (method(&mut cells), method(&mut cells));
            let (partition, subpartition) = (cells.text(), cells.filled());
            let (values, comment) = (cells.filled(), cells.filled());
            let Some(table) = self.table_mut(database, name) else { continue };
            let by = [by, sub.map(|sub| format!("SUBPARTITION BY {sub}"))];
            let by = by.into_iter().flatten().collect::<Vec<_>>().join(" ");
            let values = values.map(|values| match by.starts_with("LIST") {
                true => format!("IN ({values})"),
                false if values == "MAXVALUE" => "LESS THAN MAXVALUE".to_owned(),
                false => format!("LESS THAN ({values})"),
            });
            table.partitioning = Some(Partitioning::PartitionedBy(by));
            if table.partitions.last().is_none_or(|last| last.name != partition) {
                let partition = Partition { name: partition.to_owned(), values, subpartitions: Vec::new(), comment };
                table.partitions.push(partition);
            }
            if let Some(last) = table.partitions.last_mut() {
                last.subpartitions.extend(subpartition);
            }
        }
    }

    /// Triggers.
    pub(super) fn read_triggers(&mut self, rows: &CatalogueRows) {
        for mut cells in Cells::of(rows, "triggers") {
            let (database, table_name, name) = (cells.text(), cells.text(), cells.text());
            let (timing, event, action) = (cells.text(), cells.text(), cells.text());
            let place = cells.number();
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
                place,
                disabled: false,
                origin: origin(&[database, table_name, name]),
                ..Trigger::default()
            };
            table.triggers.insert(name.to_owned(), trigger);
        }
        let tables = self.schema.namespaces.values_mut().flat_map(|content| content.tables.values_mut());
        tables.for_each(forget_only_places);
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
            let is_procedure = kind == "PROCEDURE";
            // Functions and procedures have names of their own, so that a word tells them apart.
            let word = if is_procedure { "procedure " } else { "" };
            let signature = format!("{word}{name}({arguments})");
            let routine = Routine {
                kind: if is_procedure { RoutineKind::Procedure } else { RoutineKind::Function },
                returns: returns.get(&(database, name)).filter(|_| !is_procedure).cloned(),
                language: language.map(|language| language.to_lowercase()),
                origin: origin(&[database, &signature]),
                ..Routine::default()
            };
            let namespace = self.namespace(database);
            self.schema.namespace_mut(namespace).routines.insert(signature, routine);
        }
    }
}

/// The place of a trigger says something only where there are several of the same moment.
fn forget_only_places(table: &mut Table) {
    let moment = |trigger: &Trigger| (trigger.timing, trigger.events.clone());
    let moments: Vec<_> = table.triggers.values().map(moment).collect();
    for trigger in table.triggers.values_mut() {
        let own = moment(trigger);
        trigger.place = trigger.place.filter(|_| moments.iter().filter(|other| **other == own).count() > 1);
    }
}

/// A method of partitioning with what it works on.
fn method(cells: &mut Cells<'_>) -> Option<String> {
    let (method, expression) = (cells.filled(), cells.text());
    method.map(|method| format!("{method} ({expression})"))
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
