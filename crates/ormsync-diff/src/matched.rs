//! The tables and columns of all sources side by side, as a comparison matches them, for reports that show more than
//! differences.

use ormsync_dialect::Dialect;
use ormsync_schema::{Column, ForeignKey, Index, Table};

use crate::columns::{columns_of, summary};
use crate::comparing::Comparing;
use crate::names::match_names;
use crate::overrides::Overrides;
use crate::ownership::Owners;
use crate::tables::TableRow;
use crate::{Options, Ownership, Source, indexes, tables};

/// One table across the sources.
#[derive(Debug)]
pub struct MatchedTable<'a> {
    /// Its namespace; empty for the dialect's own.
    pub namespace: String,
    /// Its name in the first source that has it.
    pub name: &'a str,
    /// What each source has.
    pub tables: Vec<Option<&'a Table>>,
    /// Who writes its DDL.
    pub ownership: Ownership,
    /// Its columns, in the order of the first source that has them.
    pub columns: Vec<MatchedColumn<'a>>,
}

/// One column across the sources.
#[derive(Debug)]
pub struct MatchedColumn<'a> {
    /// Its name in the first source that has it.
    pub name: &'a str,
    /// What each source has.
    pub columns: Vec<Option<&'a Column>>,
}

/// Matches the tables of all sources, which must be in normal form; those that `options` say to ignore are left out.
pub fn match_tables<'a>(
    sources: &'a [Source<'a>],
    dialect: &'a dyn Dialect,
    options: &'a Options,
) -> Vec<MatchedTable<'a>> {
    // What is wrong with the patterns is told by the comparison.
    let mut told = Vec::new();
    let owners = Owners::new(&options.ownership, &mut told);
    let overrides = Overrides::new(&options.overrides, &mut told);
    let comparing = Comparing::new(sources, dialect, options, overrides);
    let (rows, _) = tables::rows(&comparing, &owners);
    let mut matched: Vec<MatchedTable<'a>> = rows.iter().map(|row| matched(&comparing, row)).collect();
    matched.sort_by(|left, right| (&left.namespace, left.name).cmp(&(&right.namespace, right.name)));
    matched
}

fn matched<'a>(comparing: &Comparing<'a>, row: &TableRow<'a>) -> MatchedTable<'a> {
    let columns = match_names(&columns_of(row), comparing.dialect);
    let of_column = |names: &crate::names::NameRow<'a, &'a Column>| MatchedColumn {
        name: names.name(),
        columns: (0..row.slots.len()).map(|source| names.get(source)).collect(),
    };
    MatchedTable {
        namespace: comparing.namespace_in_path(row.namespace),
        name: row.name,
        tables: (0..row.slots.len()).map(|source| row.table(source)).collect(),
        ownership: row.ownership.clone(),
        columns: columns.iter().map(of_column).collect(),
    }
}

/// A column in a line: type, nullability, default.
pub fn column_text(dialect: &dyn Dialect, column: &Column) -> String {
    summary(dialect, column)
}

/// An index or unique constraint in a line.
pub fn index_text(index: &Index) -> String {
    indexes::description(index)
}

/// A foreign key's target and actions in a line.
pub fn foreign_key_text(key: &ForeignKey) -> String {
    format!(
        "foreign key to {}({}), ON DELETE {}, ON UPDATE {}",
        key.referenced_table,
        key.referenced_columns.join(", "),
        key.on_delete.as_sql(),
        key.on_update.as_sql()
    )
}

/// Whether a table has an index, or a key, that begins with these columns in whatever order.
pub fn has_index_on(table: &Table, key: &ForeignKey) -> bool {
    crate::hazards::serves(table, key)
}
