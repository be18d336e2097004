//! The catalogue of SQLite: queries, and how their rows become a schema.
//!
//! The pragmas tell columns, keys and indexes; what they do not tell (checks, names of constraints,
//! generated expressions, collations, deferrability) is read from the statement that made the table, which
//! SQLite keeps as it was written.

mod indexes;
mod statement;
mod table;
mod tokens;
mod trigger;

use std::collections::BTreeMap;

use ormsync_schema::{Diagnostic, Expression, Fact, Opaque, Origin, Schema, Server, Table, View};
use rayon::prelude::*;

use self::statement::TableStatement;
use self::tokens::Tokens;
use super::SQLITE;
use crate::catalogue::{Cells, UNSAID_BY_SERVERS};
use crate::{CatalogueQuery, CatalogueRows, CatalogueScope, Dialect};

/// The queries with their files, and how many columns each selects.
const QUERIES: [(&str, &str, usize); 5] = [
    ("objects", include_str!("queries/objects.sql"), 4),
    ("tables", include_str!("queries/tables.sql"), 4),
    ("columns", include_str!("queries/columns.sql"), 7),
    ("indexes", include_str!("queries/indexes.sql"), 7),
    ("foreign_keys", include_str!("queries/foreign_keys.sql"), 7),
];

/// The queries, each with all its rows in one cell. (SQLite keeps the order of a subquery for an aggregate that may need
/// it: <https://www.sqlite.org/src/file/src/select.c>, `SF_OrderByReqd`.)
pub(super) fn queries(_server: &Server, _scope: &CatalogueScope) -> Vec<CatalogueQuery> {
    let packed = |(name, text, columns): (&'static str, &str, usize)| {
        let columns: Vec<String> = (1..=columns).map(|number| format!("c{number}")).collect();
        let columns = columns.join(", ");
        let sql = format!(
            "WITH answer ({columns}) AS (\n{text})\nSELECT json_group_array(json_array({columns})) FROM answer"
        );
        CatalogueQuery { packed: true, ..CatalogueQuery::new(name, sql) }
    };
    QUERIES.into_iter().map(packed).collect()
}

/// The schema that the rows stand for.
pub(super) fn assemble(server: &Server, scope: &CatalogueScope, rows: &CatalogueRows) -> (Schema, Vec<Diagnostic>) {
    let mut schema = Schema::new(SQLITE.name());
    schema.server = Some(server.clone());
    schema.unsaid.extend(UNSAID_BY_SERVERS);
    // SQLite keeps no comments.
    schema.unsaid.extend([Fact::ColumnComment, Fact::TableComment]);
    let mut diagnostics = Vec::new();
    refuse_namespaces(scope, &mut diagnostics);
    let objects = Objects::read(rows);
    let content = schema.namespace_mut("");
    for mut cells in Cells::of(rows, "tables") {
        let (name, kind) = (cells.text(), cells.text());
        let (without_rowid, strict) = (cells.flag(), cells.flag());
        let mut table = Table { origin: Origin::catalogue(name), ..Table::default() };
        match kind {
            "table" => {
                for (option, given) in [("without_rowid", without_rowid), ("strict", strict)] {
                    if given {
                        table.options.insert(option.to_owned(), "true".to_owned());
                    }
                }
            }
            "virtual" => make_virtual(&mut table, objects.tables.get(name).copied().unwrap_or_default()),
            _ => continue,
        }
        content.tables.insert(name.to_owned(), table);
    }
    for (name, statement) in &objects.views {
        content.views.insert((*name).to_owned(), view(name, statement));
    }
    let texts: Vec<(&str, &str)> = content
        .tables
        .iter()
        .filter(|(_, table)| !table.options.contains_key("virtual"))
        .filter_map(|(name, _)| objects.tables.get_key_value(name.as_str()).map(|(name, text)| (*name, *text)))
        .collect();
    // To take the statements apart is most of what is done here.
    let statements: BTreeMap<&str, TableStatement> =
        texts.into_par_iter().map(|(name, text)| (name, statement::read(text))).collect();
    table::read_columns(rows, &statements, &mut content.tables);
    table::read_foreign_keys(rows, &statements, &mut content.tables, &mut diagnostics);
    indexes::read(rows, &objects.indexes, &statements, &mut content.tables, &mut diagnostics);
    table::read_checks(&statements, &mut content.tables, &mut diagnostics);
    for (name, table, statement) in &objects.triggers {
        let Some(trigger) = trigger::read(name, statement) else {
            diagnostics.push(unreadable(name, "the trigger"));
            continue;
        };
        // A trigger names its table in any case; the catalogue repeats what it says.
        if let Some((_, table)) = content.tables.iter_mut().find(|(own, _)| own.eq_ignore_ascii_case(table)) {
            table.triggers.insert((*name).to_owned(), trigger);
        } else if let Some((_, view)) = content.views.iter_mut().find(|(own, _)| own.eq_ignore_ascii_case(table)) {
            view.triggers.insert((*name).to_owned(), trigger);
        }
    }
    (schema, diagnostics)
}

/// The statements in `sqlite_master`, by kind.
#[derive(Default)]
struct Objects<'rows> {
    tables: BTreeMap<&'rows str, &'rows str>,
    indexes: BTreeMap<&'rows str, &'rows str>,
    views: BTreeMap<&'rows str, &'rows str>,
    /// Name, table, statement.
    triggers: Vec<(&'rows str, &'rows str, &'rows str)>,
}

impl<'rows> Objects<'rows> {
    fn read(rows: &'rows CatalogueRows) -> Self {
        let mut objects = Self::default();
        for mut cells in Cells::of(rows, "objects") {
            let (kind, name, table, statement) = (cells.text(), cells.text(), cells.text(), cells.text());
            match kind {
                "table" => _ = objects.tables.insert(name, statement),
                "index" => _ = objects.indexes.insert(name, statement),
                "view" => _ = objects.views.insert(name, statement),
                _ => objects.triggers.push((name, table, statement)),
            }
        }
        objects
    }
}

/// A file has one namespace; `main` is SQLite's own name for it.
fn refuse_namespaces(scope: &CatalogueScope, diagnostics: &mut Vec<Diagnostic>) {
    for name in scope.namespaces.iter().filter(|name| !matches!(name.as_str(), "" | "main")) {
        diagnostics.push(
            Diagnostic::error(
                "database-namespace-missing",
                format!("SQLite has no schemas, so there is no \"{name}\""),
                Origin::catalogue(name),
            )
            .with_help("leave the schemas out for SQLite (database.schemas in the configuration)"),
        );
    }
}

/// The module of `CREATE VIRTUAL TABLE … USING module(…)`, with what it is given.
pub(crate) fn virtual_module(statement: &str) -> String {
    Tokens::read(statement).and_then(|tokens| tokens.text_behind("USING")).unwrap_or_default()
}

/// A virtual table is what its module makes of it: nobody knows its columns without the module.
pub(crate) fn make_virtual(table: &mut Table, statement: &str) {
    let module = virtual_module(statement);
    table.options.insert("virtual".to_owned(), module.clone());
    table.opaque.push(Opaque {
        fact: Fact::Column,
        name: None,
        text: format!("CREATE VIRTUAL TABLE … USING {module}"),
        origin: table.origin.clone(),
    });
}

fn view(name: &str, statement: &str) -> View {
    let tokens = Tokens::read(statement);
    let mut view = View {
        definition: tokens.as_ref().and_then(|tokens| tokens.text_behind("AS")).map(Expression::written),
        origin: Origin::catalogue(name),
        ..View::default()
    };
    // CREATE VIEW name (column, …) AS …
    let columns = tokens.as_ref().and_then(|tokens| {
        let mut before = tokens.all().split_at_keyword("AS").0;
        while !before.is_empty() {
            if let Some(columns) = before.take_parentheses() {
                return Some(columns.text());
            }
            before.skip();
        }
        None
    });
    view.options.extend(columns.map(|columns| ("columns".to_owned(), columns)));
    view
}

/// A statement that SQLite took and we could not read.
fn unreadable(name: &str, what: &str) -> Diagnostic {
    Diagnostic::warning(
        "database-opaque",
        format!("the statement that made {what} \"{name}\" could not be read whole"),
        Origin::catalogue(name),
    )
    .with_help("what it says besides columns and keys is not compared; please report it")
}
