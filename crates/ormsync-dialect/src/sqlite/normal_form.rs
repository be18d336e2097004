//! The form in which SQLite would report a schema.
//!
//! The catalogue has no names for primary keys, foreign keys and unique constraints (their indexes are
//! `sqlite_autoindex_…`), so none of them keeps one. Every `INTEGER PRIMARY KEY` numbers itself; whether
//! `AUTOINCREMENT` stands there too (numbers are then never used again) is not compared.

use ormsync_schema::{Identity, IndexKind, Schema, Server, Table};

use super::expressions::GRAMMAR;
use super::{defaults, facts, types};
use crate::duplicate_uniques::{self, Heir};
use crate::foreign_keys;
use crate::schema_walk::Forms;

const FORMS: Forms = Forms {
    grammar: &GRAMMAR,
    data_type: types::make_canonical,
    default: defaults::normal,
    is_null: defaults::is_null,
    same_name: facts::same_name,
};

/// Brings `schema` into the form that statements are written from.
pub(super) fn settle(schema: &mut Schema, _server: Option<&Server>) {
    FORMS.apply(schema);
    foreign_keys::complete(schema);
    for table in schema.namespaces.values_mut().flat_map(|namespace| namespace.tables.values_mut()) {
        forget_generated_names(table);
        duplicate_uniques::drop_duplicates(table, Heir::StaysNameless);
        number_row_id(table);
        for index in &mut table.indexes {
            index.method = None;
        }
        write_collations_large(table);
        drop_usual_collations(table);
        for column in table.columns.values_mut() {
            column.collation = column.collation.take().filter(|collation| collation != "BINARY");
        }
    }
}

/// Collations have no case (`sqlite3_create_collation`): `nocase` is `NOCASE`, which is how the documentation writes its own.
fn write_collations_large(table: &mut Table) {
    let key_parts = table.primary_key.iter_mut().flat_map(|key| &mut key.parts);
    let parts = key_parts.chain(table.indexes.iter_mut().flat_map(|index| &mut index.parts));
    let of_columns = table.columns.values_mut().filter_map(|column| column.collation.as_mut());
    for collation in parts.filter_map(|part| part.collation.as_mut()).chain(of_columns) {
        collation.make_ascii_uppercase();
    }
}

/// A part of an index has the collation of its column, which is BINARY without a word; only another one is said.
fn drop_usual_collations(table: &mut Table) {
    let key_parts = table.primary_key.iter_mut().flat_map(|key| &mut key.parts);
    for part in key_parts.chain(table.indexes.iter_mut().flat_map(|index| &mut index.parts)) {
        let own = part.as_column().and_then(|name| table.columns.get(name)?.collation.as_deref()).unwrap_or("BINARY");
        part.collation = part.collation.take().filter(|collation| collation != own);
    }
}

/// Drops the names that the server makes up.
fn forget_generated_names(table: &mut Table) {
    for index in &mut table.indexes {
        if index.name.as_ref().is_some_and(|name| name.starts_with("sqlite_autoindex_")) {
            index.kind = IndexKind::UniqueConstraint;
            index.name = None;
        }
    }
}

/// Drops the names that the catalogue doesn't keep (only the text of CREATE TABLE has them), and AUTOINCREMENT.
pub(super) fn forget(table: &mut Table) {
    if let Some(key) = &mut table.primary_key {
        key.name = None;
    }
    for key in &mut table.foreign_keys {
        key.name = None;
    }
    for identity in table.columns.values_mut().filter_map(|column| column.identity.as_mut()) {
        identity.never_again = false;
    }
    for index in &mut table.indexes {
        if index.kind == IndexKind::UniqueConstraint {
            index.name = None;
        }
    }
}

/// A single primary-key column declared exactly `INTEGER`, not descending, is another name of the row id
/// (documentation, "ROWIDs and the INTEGER PRIMARY KEY"); no other column numbers itself. Such a column
/// takes no NULL: one that is given becomes the next number.
fn number_row_id(table: &mut Table) {
    let without_row_id =
        table.options.keys().any(|option| option.replace('_', " ").eq_ignore_ascii_case("without rowid"));
    let row_id = match table.primary_key.as_ref().map(|key| key.parts.as_slice()) {
        Some([only]) if !without_row_id && only.order.is_ascending() => only.as_column().map(str::to_owned),
        _ => None,
    };
    for (name, column) in &mut table.columns {
        let is_integer =
            column.data_type.as_named().is_some_and(|named| named.name == "integer" && named.arguments.is_empty());
        let is_row_id = is_integer && row_id.as_ref().is_some_and(|row_id| facts::same_name(row_id, name));
        let never_again = column.identity.as_ref().is_some_and(|identity| identity.never_again);
        column.identity = is_row_id.then(|| Identity { never_again, ..Identity::auto_increment() }.into());
        if is_row_id {
            column.nullable = false;
            column.default = None;
        }
    }
}
