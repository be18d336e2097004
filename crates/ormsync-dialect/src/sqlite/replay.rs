//! How SQLite's statements are carried out without a server.

use super::SQLITE;
use super::expressions::GRAMMAR;
use crate::replay::Rules;

/// The rules.
pub(crate) static REPLAY: Rules = Rules {
    dialect: &SQLITE,
    grammar: &GRAMMAR,
    default_qualifiers: &["main"],
    indexes_are_objects: true,
    partitions_are_tables: false,
    selects_make_tables: false,
    uniques_are_indexes: false,
    declared: |_| (),
    index_of_foreign_key: |_| None,
    name_constraints: |_| (),
    resolve_types: |_| (),
    sequence_name: |_, _| String::new(),
};
