//! Indexes and unique constraints.

use std::collections::BTreeMap;

use ormsync_schema::{Diagnostic, Expression, Index, IndexKind, IndexPart, IndexTarget, Origin, SortOrder, Table};

use super::statement::{ConstraintKind, TableStatement};
use super::table::Statements;
use super::tokens::{Slice, Tokens};
use super::unreadable;
use crate::CatalogueRows;
use crate::catalogue::Cells;

/// Indexes, with expressions and predicates from the statements that made them.
pub(super) fn read(
    rows: &CatalogueRows,
    index_statements: &BTreeMap<&str, &str>,
    statements: &Statements<'_>,
    tables: &mut BTreeMap<String, Table>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut current: Option<(&str, &str)> = None;
    for mut cells in Cells::of(rows, "indexes") {
        let (table_name, name) = (cells.text(), cells.text());
        let (unique, origin) = (cells.flag(), cells.text());
        let Some(table) = tables.get_mut(table_name).filter(|_| origin != "pk") else { continue };
        if current.replace((table_name, name)) != Some((table_name, name)) {
            let kind = match (origin, unique) {
                ("u", _) => IndexKind::UniqueConstraint,
                (_, true) => IndexKind::UniqueIndex,
                (_, false) => IndexKind::Plain,
            };
            // The indexes of constraints have names that nobody gave them.
            let own_name = (origin == "c").then(|| name.to_owned());
            let origin = Origin::catalogue(format!("{table_name}.{name}"));
            table.indexes.push(Index::on_columns(kind, own_name, [], origin));
        }
        let part = read_part(&mut cells, table);
        if let Some(index) = table.indexes.last_mut() {
            index.parts.push(part);
        }
    }
    for (table_name, table) in tables {
        for index in &mut table.indexes {
            match &index.name {
                None => {
                    if let Some(words) = statements.get(table_name.as_str()) {
                        add_constraint_words(index, words);
                    }
                }
                Some(name) => {
                    let statement = index_statements.get(name.as_str()).copied().unwrap_or_default();
                    if !add_expressions(statement, index) {
                        diagnostics.push(unreadable(index.name.as_deref().unwrap_or_default(), "the index"));
                    }
                }
            }
        }
    }
}

/// The parts of the primary keys that have an index of their own, or are one (`WITHOUT ROWID`), by table.
pub(super) fn read_key_parts<'rows>(
    rows: &'rows CatalogueRows,
    tables: &BTreeMap<String, Table>,
) -> BTreeMap<&'rows str, Vec<IndexPart>> {
    let mut keys: BTreeMap<&str, Vec<IndexPart>> = BTreeMap::new();
    for mut cells in Cells::of(rows, "indexes") {
        let (table_name, _name, _unique) = (cells.text(), cells.text(), cells.text());
        if cells.text() == "pk"
            && let Some(table) = tables.get(table_name)
        {
            keys.entry(table_name).or_default().push(read_part(&mut cells, table));
        }
    }
    keys
}

fn read_part(cells: &mut Cells<'_>, table: &Table) -> IndexPart {
    let (column, descending, collation) = (cells.optional(), cells.flag(), cells.text());
    let (target, own) = match column {
        Some(column) => {
            let own = table.columns.get(column).and_then(|column| column.collation.as_deref());
            (IndexTarget::Column(column.to_owned()), own.unwrap_or("BINARY"))
        }
        // The statement tells it.
        None => (IndexTarget::Expression(Expression::written("")), "BINARY"),
    };
    let mut part = IndexPart::new(target);
    part.order = if descending { SortOrder::Descending } else { SortOrder::Ascending };
    part.collation = (!collation.eq_ignore_ascii_case(own)).then(|| collation.to_owned());
    part
}

/// Name and conflict clause of the unique constraint over the same columns.
fn add_constraint_words(index: &mut Index, statement: &TableStatement) {
    let constraint = statement.constraints.iter().find(|constraint| match &constraint.kind {
        ConstraintKind::Unique { columns, .. } => {
            columns.len() == index.parts.len()
                && index.columns().zip(columns).all(|(left, right)| left.eq_ignore_ascii_case(right))
        }
        _ => false,
    });
    let Some(constraint) = constraint else { return };
    index.name.clone_from(&constraint.name);
    if let ConstraintKind::Unique { conflict: Some(algorithm), .. } = &constraint.kind {
        index.options.insert("on_conflict".to_owned(), algorithm.clone());
    }
}

/// Adds the expressions and the predicate of `CREATE INDEX name ON table (part, …) [WHERE …]`. False where the
/// statement does not have the parts that the pragma tells.
fn add_expressions(statement: &str, index: &mut Index) -> bool {
    let has_expressions = index.parts.iter().any(|part| part.as_column().is_none());
    // Most indexes have neither, and there are many.
    if !has_expressions && !contains_ignoring_case(statement, "where") {
        return true;
    }
    let Some(tokens) = Tokens::read(statement) else { return !has_expressions };
    let mut rest = tokens.all();
    let parts = loop {
        if rest.is_empty() {
            return false;
        }
        if let Some(parts) = rest.take_parentheses() {
            break parts.split_at_commas();
        }
        rest.skip();
    };
    if parts.len() != index.parts.len() {
        return false;
    }
    for (part, words) in index.parts.iter_mut().zip(parts) {
        if let IndexTarget::Expression(expression) = &mut part.target {
            *expression = Expression::written(without_order(words).text());
        }
    }
    if rest.take_keyword("WHERE") {
        index.predicate = Some(Expression::written(rest.text()));
    }
    true
}

/// A part without `COLLATE name`, `ASC` and `DESC`.
fn without_order(part: Slice<'_>) -> Slice<'_> {
    part.without_last_keyword(&["ASC", "DESC"]).split_at_keyword("COLLATE").0
}

fn contains_ignoring_case(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}
