//! How PostgreSQL's statements are carried out without a server.

use ormsync_schema::{Column, DataType, Identity};

use super::expressions::GRAMMAR;
use super::{POSTGRESQL, constraint_names, normal_form, types};
use crate::replay::Rules;

/// The rules.
pub(crate) static REPLAY: Rules = Rules {
    dialect: &POSTGRESQL,
    grammar: &GRAMMAR,
    default_qualifiers: &[],
    indexes_are_objects: true,
    partitions_are_tables: true,
    selects_make_tables: true,
    uniques_are_indexes: false,
    declared: number,
    index_of_foreign_key: |_| None,
    name_constraints: constraint_names::fill_in,
    resolve_types: normal_form::resolve_types,
    sequence_name: |table, column| constraint_names::object_name(table, column, "seq"),
};

/// `serial` is an integer that a sequence of the column's own numbers.
fn number(column: &mut Column) {
    let plain = match types::kind(&column.data_type) {
        Some("serial") => "integer",
        Some("bigserial") => "bigint",
        Some("smallserial") => "smallint",
        _ => return,
    };
    column.data_type = DataType::named(plain);
    column.identity = Some(Identity::auto_increment().into());
    column.nullable = false;
}
