//! How MySQL's statements are carried out without a server.

use super::MYSQL;
use super::expressions::GRAMMAR;
use crate::replay::Rules;

/// The rules.
pub(crate) static REPLAY: Rules = Rules {
    dialect: &MYSQL,
    grammar: &GRAMMAR,
    default_qualifiers: &[],
    indexes_are_objects: false,
    uniques_are_indexes: true,
    declared: |_| (),
    // The normal form names what has no name.
    name_constraints: |_| (),
    resolve_types: |_| (),
    sequence_name: |_, _| String::new(),
};
