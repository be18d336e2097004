//! Columns, primary keys, foreign keys and checks.

use std::collections::BTreeMap;

use ormsync_schema::{
    Check, Column, Deferrability, Diagnostic, Expression, Fact, ForeignKey, Generated, GeneratedStorage, Identity,
    IndexPart, MatchKind, NotNull, Opaque, Origin, PrimaryKey, ReferentialAction, Table,
};

use super::statement::{ConstraintKind, ConstraintWords, TableStatement};
use super::{indexes, unreadable};
use crate::CatalogueRows;
use crate::catalogue::Cells;
use crate::sqlite::{defaults, types};
use crate::type_text::KnownTypes;

/// The statements that made the tables, by the table's name.
pub(super) type Statements<'a> = BTreeMap<&'a str, TableStatement>;

/// Columns and primary keys.
pub(super) fn read_columns(rows: &CatalogueRows, statements: &Statements<'_>, tables: &mut BTreeMap<String, Table>) {
    let mut keys: BTreeMap<&str, BTreeMap<u32, &str>> = BTreeMap::new();
    let mut types = KnownTypes::new(types::parse);
    for mut cells in Cells::of(rows, "columns") {
        let (table_name, name, type_text) = (cells.text(), cells.text(), cells.text());
        let (not_null, default) = (cells.flag(), cells.optional());
        let (place_in_key, hidden) = (cells.number::<u32>().unwrap_or_default(), cells.text());
        let Some(table) = tables.get_mut(table_name) else { continue };
        let words = statements.get(table_name).and_then(|statement| statement.column(name));
        let origin = Origin::catalogue(format!("{table_name}.{name}"));
        let mut column = Column::new(types.get(type_text), !not_null, origin);
        column.collation = words
            .and_then(|words| words.collation.clone())
            .filter(|collation| !collation.eq_ignore_ascii_case("BINARY"));
        let not_null = words.and_then(|words| words.not_null.clone()).filter(|it| *it != NotNull::default());
        column.not_null = not_null.map(Box::new);
        column.generated = generated(hidden, words.and_then(|words| words.generated.as_deref())).map(Box::new);
        column.default = default
            .filter(|text| !text.eq_ignore_ascii_case("NULL"))
            .map(|text| defaults::parse(text, &column.data_type));
        if place_in_key > 0 {
            keys.entry(table_name).or_default().insert(place_in_key, name);
        }
        if table.columns.is_empty() {
            table.columns.reserve(cells.rows_alike(1));
        }
        table.columns.insert(name.to_owned(), column);
    }
    let mut indexed = indexes::read_key_parts(rows, tables);
    for (table_name, key) in keys {
        let Some(table) = tables.get_mut(table_name) else { continue };
        let words = statements.get(table_name).and_then(key_words);
        let only_column = if key.len() == 1 { key.values().next() } else { None };
        let index_parts = indexed.remove(table_name);
        // The key of one INTEGER column is the row id itself, and then there is no index for it.
        if let Some(name) = only_column
            && index_parts.is_none()
            && let Some(column) = table.columns.get_mut(*name)
        {
            let never_again = matches!(words, Some((_, ConstraintKind::PrimaryKey { autoincrement: true, .. })));
            column.identity = Some(Identity { never_again, ..Identity::auto_increment() }.into());
            column.nullable = false;
        }
        let mut primary_key = PrimaryKey {
            name: words.and_then(|(name, _)| name.map(str::to_owned)),
            parts: index_parts.unwrap_or_else(|| key.into_values().map(IndexPart::column).collect()),
            origin: Origin::catalogue(table_name),
            ..PrimaryKey::default()
        };
        if let Some((_, ConstraintKind::PrimaryKey { conflict: Some(algorithm), .. })) = words {
            primary_key.options.insert("on_conflict".to_owned(), algorithm.clone());
        }
        table.primary_key = Some(primary_key);
    }
}

/// What the statement says of the primary key: its name and the rest.
fn key_words(statement: &TableStatement) -> Option<(Option<&str>, &ConstraintKind)> {
    let is_key = |constraint: &&ConstraintWords| matches!(constraint.kind, ConstraintKind::PrimaryKey { .. });
    let words = statement.constraints.iter().find(is_key)?;
    Some((words.name.as_deref(), &words.kind))
}

/// `pragma_table_xinfo.hidden`: 2 is a virtual generated column, 3 a stored one.
fn generated(hidden: &str, expression: Option<&str>) -> Option<Generated> {
    let storage = match hidden {
        "2" => GeneratedStorage::Virtual,
        "3" => GeneratedStorage::Stored,
        _ => return None,
    };
    Some(Generated { expression: Expression::written(expression.unwrap_or_default()), storage })
}

/// Foreign keys, with names and deferrability from the statement.
pub(super) fn read_foreign_keys(
    rows: &CatalogueRows,
    statements: &Statements<'_>,
    tables: &mut BTreeMap<String, Table>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut current: Option<(&str, &str)> = None;
    for mut cells in Cells::of(rows, "foreign_keys") {
        let (table_name, id, referenced_table) = (cells.text(), cells.text(), cells.text());
        let (column, referenced_column) = (cells.text(), cells.optional());
        let (on_update, on_delete) = (action(cells.text()), action(cells.text()));
        let Some(table) = tables.get_mut(table_name) else { continue };
        if current.replace((table_name, id)) != Some((table_name, id)) {
            table.foreign_keys.push(ForeignKey {
                name: None,
                columns: Vec::new(),
                referenced_namespace: String::new(),
                referenced_table: referenced_table.to_owned(),
                // None are named where the other table's primary key is meant.
                referenced_columns: Vec::new(),
                on_delete,
                on_update,
                match_kind: MatchKind::Simple,
                deferrability: Deferrability::NotDeferrable,
                not_valid: false,
                origin: Origin::catalogue(table_name),
                ..ForeignKey::default()
            });
        }
        if let Some(foreign_key) = table.foreign_keys.last_mut() {
            foreign_key.columns.push(column.to_owned());
            foreign_key.referenced_columns.extend(referenced_column.map(str::to_owned));
        }
    }
    for (name, statement) in statements {
        let Some(table) = tables.get_mut(*name) else { continue };
        if !add_words(table, statement) {
            diagnostics.push(unreadable(name, "the table"));
        }
    }
}

/// Both lists are in the order of declaration. Where they do not agree, nothing is taken over.
fn add_words(table: &mut Table, statement: &TableStatement) -> bool {
    if statement.foreign_keys().count() != table.foreign_keys.len() {
        return !statement.whole;
    }
    for (foreign_key, words) in table.foreign_keys.iter_mut().zip(statement.foreign_keys()) {
        let ConstraintKind::ForeignKey { columns, deferrability, match_kind } = &words.kind else { continue };
        let agree = foreign_key.columns.len() == columns.len()
            && foreign_key.columns.iter().zip(columns).all(|(left, right)| left.eq_ignore_ascii_case(right));
        if !agree {
            return false;
        }
        foreign_key.name.clone_from(&words.name);
        foreign_key.deferrability = *deferrability;
        foreign_key.match_kind = *match_kind;
    }
    true
}

fn action(words: &str) -> ReferentialAction {
    match words {
        "RESTRICT" => ReferentialAction::Restrict,
        "CASCADE" => ReferentialAction::Cascade,
        "SET NULL" => ReferentialAction::SetNull,
        "SET DEFAULT" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}

/// Checks, which only the statement tells; and what a statement hides that could not be read.
pub(super) fn read_checks(
    statements: &Statements<'_>,
    tables: &mut BTreeMap<String, Table>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (name, statement) in statements {
        let Some(table) = tables.get_mut(*name) else { continue };
        for constraint in &statement.constraints {
            if let ConstraintKind::Check { expression } = &constraint.kind {
                table.checks.push(Check {
                    name: constraint.name.clone(),
                    expression: Expression::written(expression),
                    not_enforced: false,
                    not_valid: false,
                    origin: Origin::catalogue(*name),
                    ..Check::default()
                });
            }
        }
        if !statement.whole {
            diagnostics.push(unreadable(name, "the table"));
            for fact in [Fact::Check, Fact::Collation, Fact::Generated, Fact::ConstraintName, Fact::Deferrability] {
                let text = "CREATE TABLE".to_owned();
                table.opaque.push(Opaque { fact, name: None, text, origin: table.origin.clone() });
            }
        }
    }
}
