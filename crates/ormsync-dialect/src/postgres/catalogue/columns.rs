//! Columns: types, defaults, and the sequences that number them.

use std::collections::BTreeSet;

use ormsync_schema::{Column, DefaultValue, Expression, Generated, GeneratedStorage, Identity, IdentityKind, Schema};

use super::{origin, types};
use crate::CatalogueRows;
use crate::catalogue::{Cells, columns_mut};
use crate::postgres::constraint_names::object_name;
use crate::postgres::defaults;
use crate::type_text::KnownTypes;

/// Columns of tables and views. Gives back the sequences (namespace, name) that number a column as
/// `serial` does, and so are facts of their columns.
pub(super) fn read(rows: &CatalogueRows, schema: &mut Schema) -> BTreeSet<(String, String)> {
    let mut numbering = BTreeSet::new();
    let mut known = KnownTypes::new(crate::postgres::types::parse);
    for mut cells in Cells::of(rows, "columns") {
        let (namespace, relation, name) = (cells.text(), cells.text(), cells.text());
        let data_type = types::read_data_type(&mut cells, &mut known);
        let not_null = cells.flag();
        let mut column = Column::new(data_type, !not_null, origin(&[namespace, relation, name]));
        let default = cells.optional();
        let (identity, generated) = (cells.text(), cells.text());
        column.collation = cells.filled();
        column.comment = cells.filled();
        let sequence = SequenceOfColumn::read(&mut cells);
        column.inherited = !cells.flag();
        if !identity.is_empty() {
            column.numbered_by = sequence.own_name(relation, name);
        }
        match (identity, generated) {
            ("a", _) => column.identity = Some(sequence.identity(IdentityKind::Always).into()),
            ("d", _) => column.identity = Some(sequence.identity(IdentityKind::ByDefault).into()),
            (_, "s" | "v") => column.generated = default.map(|text| generated_from(text, generated).into()),
            _ => {
                if let Some(text) = default {
                    read_default(text, &sequence, &mut column, &mut numbering);
                    if column.identity.is_some() {
                        column.numbered_by = sequence.own_name(relation, name);
                    }
                }
            }
        }
        let Some(content) = schema.namespaces.get_mut(namespace) else { continue };
        let Some(columns) = columns_mut(content, relation) else { continue };
        if columns.is_empty() {
            columns.reserve(cells.rows_alike(2));
        }
        columns.insert(name.to_owned(), column);
    }
    numbering
}

fn generated_from(text: &str, storage: &str) -> Generated {
    let storage = if storage == "v" { GeneratedStorage::Virtual } else { GeneratedStorage::Stored };
    Generated { expression: Expression::written(text), storage }
}

/// A default is read for what it is; `nextval` of the column's own sequence is what `serial` leaves behind.
fn read_default(
    text: &str,
    sequence: &SequenceOfColumn<'_>,
    column: &mut Column,
    numbering: &mut BTreeSet<(String, String)>,
) {
    let numbered = match (sequence.name, is_only_nextval(text)) {
        (Some(name), true) => Some(name),
        _ => None,
    };
    match numbered {
        Some(name) if sequence.owned => {
            numbering.insert((sequence.namespace.to_owned(), name.to_owned()));
            column.identity = Some(sequence.identity(IdentityKind::AutoIncrement).into());
        }
        Some(name) => {
            column.default =
                Some(DefaultValue::NextValue { namespace: sequence.namespace.to_owned(), sequence: name.to_owned() });
        }
        None => column.default = Some(defaults::parse(text, &column.data_type)),
    }
}

/// Whether a default is `nextval('…'::regclass)` and nothing more, as PostgreSQL prints it. The name itself
/// is taken from the catalogue's dependencies, so quoting and search path do not matter.
fn is_only_nextval(text: &str) -> bool {
    text.strip_prefix("nextval('")
        .and_then(|rest| rest.strip_suffix("'::regclass)"))
        .is_some_and(|name| !name.replace("''", "").contains('\''))
}

/// The sequence a column takes its numbers from.
struct SequenceOfColumn<'a> {
    namespace: &'a str,
    name: Option<&'a str>,
    owned: bool,
    start: Option<i64>,
    increment: Option<i64>,
    /// The type of its numbers.
    data_type: &'a str,
    minimum: Option<i64>,
    maximum: Option<i64>,
    cache: Option<i64>,
    cycle: bool,
}

impl<'a> SequenceOfColumn<'a> {
    fn read(cells: &mut Cells<'a>) -> Self {
        Self {
            namespace: cells.text(),
            name: cells.optional(),
            owned: cells.flag(),
            start: cells.number(),
            increment: cells.number(),
            data_type: cells.text(),
            minimum: cells.number(),
            maximum: cells.number(),
            cache: cells.number(),
            cycle: cells.flag(),
        }
    }

    /// Its name, where it is not the one that the server makes up for the column.
    fn own_name(&self, table: &str, column: &str) -> Option<String> {
        self.name.filter(|name| *name != object_name(table, column, "seq")).map(str::to_owned)
    }

    fn identity(&self, kind: IdentityKind) -> Identity {
        let unless = |number: Option<i64>, usual: i64| number.filter(|number| *number != usual);
        let (smallest, largest) = self.usual_limits();
        Identity {
            kind,
            start: unless(self.start, 1),
            increment: unless(self.increment, 1),
            minimum: unless(self.minimum, smallest),
            maximum: unless(self.maximum, largest),
            cache: unless(self.cache, 1),
            cycle: self.cycle,
            never_again: false,
        }
    }

    /// What CREATE SEQUENCE takes where no limits are named (documentation, "CREATE SEQUENCE").
    fn usual_limits(&self) -> (i64, i64) {
        let (smallest, largest) = match self.data_type {
            "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
            "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        };
        if self.increment.is_some_and(|step| step < 0) { (smallest, -1) } else { (1, largest) }
    }
}
