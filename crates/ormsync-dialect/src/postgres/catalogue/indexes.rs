//! Indexes, with the primary keys and unique constraints they stand behind.

use std::collections::BTreeMap;

use ormsync_schema::{
    Deferrability, Diagnostic, Expression, Index, IndexKind, IndexPart, IndexTarget, NullsOrder, PrimaryKey, Schema,
    SortOrder,
};

use super::{origin, storage_options, table_mut, view_mut};
use crate::CatalogueRows;
use crate::catalogue::Cells;

/// Indexes of tables and materialised views. The index behind an exclusion constraint is the constraint's
/// business.
pub(super) fn read(rows: &CatalogueRows, schema: &mut Schema, diagnostics: &mut Vec<Diagnostic>) {
    let mut indexes: BTreeMap<(&str, &str, &str), FoundIndex<'_>> = BTreeMap::new();
    for mut cells in Cells::of(rows, "indexes") {
        let key = (cells.text(), cells.text(), cells.text());
        let found = FoundIndex::read(&mut cells, key);
        let (is_included, part) = read_part(&mut cells);
        let index = &mut indexes.entry(key).or_insert(found).index;
        index.options = storage_options(&cells.list());
        index.without_overlaps = cells.flag();
        index.inherited = cells.flag();
        match part.target {
            IndexTarget::Column(column) if is_included => index.include.push(column),
            _ => index.parts.push(part),
        }
    }
    for ((namespace, table_name, _), found) in indexes {
        if let Some(view) = view_mut(schema, namespace, table_name) {
            view.indexes.push(found.index);
            continue;
        }
        let Some(table) = table_mut(schema, namespace, table_name) else { continue };
        if !found.valid {
            diagnostics.push(not_valid(&found.index));
        }
        match found.constraint {
            Some("p") => {
                let Index { name, parts, include, deferrability, options, .. } = found.index;
                let (without_overlaps, inherited) = (found.index.without_overlaps, found.index.inherited);
                let (comment, origin) = (found.index.comment, found.index.origin);
                table.primary_key = Some(PrimaryKey {
                    name,
                    parts,
                    include,
                    deferrability,
                    without_overlaps,
                    options,
                    inherited,
                    comment,
                    origin,
                });
            }
            Some("x") => {}
            _ => table.indexes.push(found.index),
        }
    }
}

/// An index as its rows tell it.
struct FoundIndex<'a> {
    index: Index,
    /// The letter of the constraint it stands behind.
    constraint: Option<&'a str>,
    /// Whether it was built to its end.
    valid: bool,
}

impl<'a> FoundIndex<'a> {
    /// Reads what every row of an index repeats.
    fn read(cells: &mut Cells<'a>, (namespace, table, name): (&str, &str, &str)) -> Self {
        let (unique, constraint) = (cells.flag(), cells.optional());
        let kind = match (unique, constraint) {
            (_, Some("u")) => IndexKind::UniqueConstraint,
            (true, _) => IndexKind::UniqueIndex,
            (false, _) => IndexKind::Plain,
        };
        let mut index = Index::on_columns(kind, Some(name.to_owned()), [], origin(&[namespace, table, name]));
        index.deferrability = read_deferrability(cells);
        index.method = cells.filled().filter(|method| method != "btree");
        index.predicate = cells.optional().map(Expression::written);
        index.nulls_not_distinct = cells.flag();
        let valid = cells.flag();
        index.comment = cells.filled();
        Self { index, constraint, valid }
    }
}

/// The two cells `deferrable` and `initially deferred`.
pub(super) fn read_deferrability(cells: &mut Cells<'_>) -> Deferrability {
    match (cells.flag(), cells.flag()) {
        (false, _) => Deferrability::NotDeferrable,
        (true, false) => Deferrability::InitiallyImmediate,
        (true, true) => Deferrability::InitiallyDeferred,
    }
}

/// One part, and whether it is only included.
fn read_part(cells: &mut Cells<'_>) -> (bool, IndexPart) {
    let is_included = cells.flag();
    let target = match (cells.optional(), cells.optional()) {
        (Some(column), _) => IndexTarget::Column(column.to_owned()),
        (None, expression) => IndexTarget::Expression(Expression::written(expression.unwrap_or_default())),
    };
    let mut part = IndexPart::new(target);
    // The bits of `pg_index.indoption`: 1 is descending, 2 is nulls first. Without words about them, nulls
    // come last in ascending order and first in descending order.
    let (descending, nulls_first) = (cells.text() == "1", cells.text() == "2");
    part.order = if descending { SortOrder::Descending } else { SortOrder::Ascending };
    part.nulls = match (descending, nulls_first) {
        (false, true) => Some(NullsOrder::First),
        (true, false) => Some(NullsOrder::Last),
        _ => None,
    };
    part.operator_class = cells.filled();
    part.collation = cells.filled();
    if let (Some(class), Some(options)) = (&mut part.operator_class, cells.optional()) {
        *class = format!("{class}({options})");
    }
    (is_included, part)
}

/// `CREATE INDEX CONCURRENTLY` that failed leaves an index that is kept up to date but never used.
fn not_valid(index: &Index) -> Diagnostic {
    let name = index.name.as_deref().unwrap_or_default();
    Diagnostic::warning(
        "database-index-invalid",
        format!("the index \"{name}\" is not valid: building it was never finished, so queries do not use it"),
        index.origin.clone(),
    )
    .with_help(format!("REINDEX INDEX CONCURRENTLY \"{name}\", or drop it and create it again"))
}
