//! How MySQL's statements are carried out without a server.

use ormsync_schema::Schema;

use super::MYSQL;
use super::expressions::GRAMMAR;
use super::{facts, generated_names};
use crate::replay::Rules;

/// The rules.
pub(crate) static REPLAY: Rules = Rules {
    dialect: &MYSQL,
    grammar: &GRAMMAR,
    default_qualifiers: &[],
    indexes_are_objects: false,
    partitions_are_tables: false,
    selects_make_tables: false,
    uniques_are_indexes: true,
    declared: |_| (),
    index_of_foreign_key: |key| Some(generated_names::index_of(key)),
    name_constraints,
    resolve_types: |_| (),
    sequence_name: |_, _| String::new(),
};

/// The server names what has no name, and settles which indexes of foreign keys it needs, when the statement is run: they
/// stay when the table gets another name, or the key goes.
fn name_constraints(schema: &mut Schema) {
    let is_mariadb = facts::is_mariadb(schema.server.as_ref());
    for content in schema.namespaces.values_mut() {
        for (name, table) in &mut content.tables {
            generated_names::carry_out(name, table, is_mariadb);
        }
    }
}
