//! The catalogue of PostgreSQL: queries, and how their rows become a schema.
//!
//! Everything is read from `pg_catalog`, which every role may read whole; `information_schema` hides what
//! the role may not use. The queries work from PostgreSQL 12 on.

mod columns;
mod constraints;
mod indexes;
mod relations;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use ormsync_schema::{
    Diagnostic, Expression, Extension, Origin, Routine, RoutineKind, Schema, Sequence, SequenceOwner, Server, Table,
    View,
};

use super::{POSTGRESQL, facts};
use crate::catalogue::{Cells, UNSAID_BY_SERVERS};
use crate::{CatalogueQuery, CatalogueRows, CatalogueScope, Dialect, Turn};

/// The queries with their files. [`SETS_UP`] comes first; what takes the server longest follows it, so that two
/// connections that share the rest end at about the same time.
const QUERIES: [(&str, &str); 13] = [
    ("search_path", include_str!("queries/search_path.sql")),
    ("columns", include_str!("queries/columns.sql")),
    ("indexes", include_str!("queries/indexes.sql")),
    ("constraints", include_str!("queries/constraints.sql")),
    ("namespaces", include_str!("queries/namespaces.sql")),
    ("relations", include_str!("queries/relations.sql")),
    ("enums", include_str!("queries/enums.sql")),
    ("user_types", include_str!("queries/user_types.sql")),
    ("sequences", include_str!("queries/sequences.sql")),
    ("extensions", include_str!("queries/extensions.sql")),
    ("triggers", include_str!("queries/triggers.sql")),
    ("routines", include_str!("queries/routines.sql")),
    ("policies", include_str!("queries/policies.sql")),
];

/// The query that says what names look like in the others.
const SETS_UP: &str = "search_path";

/// The columns that `ON DELETE SET NULL (…)` names.
const SET_ON_DELETE: &str = "CASE WHEN con.confdelsetcols IS NOT NULL THEN (
           SELECT pg_catalog.json_agg(a.attname ORDER BY part.place)::text
           FROM pg_catalog.unnest(con.confdelsetcols) WITH ORDINALITY AS part (attnum, place)
           JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.conrelid AND a.attnum = part.attnum
       ) END";

/// The queries.
pub(super) fn queries(server: &Server, scope: &CatalogueScope) -> Vec<CatalogueQuery> {
    let major = server.version.first().copied().unwrap_or(u32::MAX);
    let namespaces: Vec<String> = namespaces(scope).iter().map(|name| facts::quote_text(name)).collect();
    let namespaces = namespaces.join(", ");
    // Columns of the catalogue that older servers lack.
    let nulls_not_distinct = if major >= 15 { "i.indnullsnotdistinct::text" } else { "NULL" };
    let enforced = if major >= 18 { "con.conenforced::text" } else { "'true'" };
    let period = if major >= 18 { "con.conperiod::text" } else { "NULL" };
    let set_on_delete = if major >= 15 { SET_ON_DELETE } else { "NULL" };
    let part_options = if major >= 13 { "pg_catalog.array_to_string(part.attoptions, ', ')" } else { "NULL" };
    let multirange = if major >= 14 { "pg_catalog.format_type(r.rngmultitypid, NULL)" } else { "NULL" };
    // Before PostgreSQL 13 the copies of a trigger on partitions can only be told by their dependency.
    let not_a_copy = if major >= 13 {
        "t.tgparentid = 0"
    } else {
        "NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS x WHERE x.classid = t.tableoid AND x.objid = t.oid \
         AND x.refclassid = t.tableoid)"
    };
    QUERIES
        .iter()
        .map(|(name, text)| {
            let sql = text
                .replace("{namespaces}", &namespaces)
                .replace("{nulls_not_distinct}", nulls_not_distinct)
                .replace("{enforced}", enforced)
                .replace("{period}", period)
                .replace("{set_on_delete}", set_on_delete)
                .replace("{part_options}", part_options)
                .replace("{multirange}", multirange)
                .replace("{not_a_copy}", not_a_copy);
            let turn = if *name == SETS_UP { Turn::SetsUp } else { Turn::Any };
            CatalogueQuery { turn, ..CatalogueQuery::new(name, sql) }
        })
        .collect()
}

/// What is known of sizes and use.
pub(super) fn usage_queries(scope: &CatalogueScope) -> Vec<CatalogueQuery> {
    let namespaces: Vec<String> = namespaces(scope).iter().map(|name| facts::quote_text(name)).collect();
    let sql = include_str!("queries/usage.sql").replace("{namespaces}", &namespaces.join(", "));
    vec![CatalogueQuery::new("usage", sql)]
}

/// The schema that the rows stand for.
pub(super) fn assemble(server: &Server, scope: &CatalogueScope, rows: &CatalogueRows) -> (Schema, Vec<Diagnostic>) {
    let mut schema = Schema::new(POSTGRESQL.name());
    schema.server = Some(server.clone());
    schema.unsaid.extend(UNSAID_BY_SERVERS);
    let mut diagnostics = Vec::new();
    read_namespaces(scope, rows, &mut schema, &mut diagnostics);
    types::read_enums(rows, &mut schema);
    types::read_user_types(rows, &mut schema);
    relations::read(rows, &mut schema);
    let numbering = columns::read(rows, &mut schema);
    indexes::read(rows, &mut schema, &mut diagnostics);
    constraints::read(rows, &mut schema, &mut diagnostics);
    relations::read_triggers(rows, &mut schema);
    relations::read_policies(rows, &mut schema);
    read_sequences(rows, &numbering, &mut schema);
    read_extensions(rows, &mut schema);
    read_routines(rows, &mut schema);
    (schema, diagnostics)
}

/// The namespaces to read.
fn namespaces(scope: &CatalogueScope) -> Vec<String> {
    if scope.namespaces.is_empty() { vec![POSTGRESQL.default_namespace().to_owned()] } else { scope.namespaces.clone() }
}

/// A table in scope. Rows about anything else (a table of an extension) have no place to go.
fn table_mut<'schema>(schema: &'schema mut Schema, namespace: &str, table: &str) -> Option<&'schema mut Table> {
    schema.namespaces.get_mut(namespace)?.tables.get_mut(table)
}

/// The catalogue's object of that dotted name.
fn origin(parts: &[&str]) -> Origin {
    Origin::catalogue(parts.join("."))
}

/// A view in scope.
fn view_mut<'schema>(schema: &'schema mut Schema, namespace: &str, view: &str) -> Option<&'schema mut View> {
    schema.namespaces.get_mut(namespace)?.views.get_mut(view)
}

/// `fillfactor=70` and its like.
fn storage_options(storage: &[String]) -> BTreeMap<String, String> {
    storage
        .iter()
        .filter_map(|option| option.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn read_namespaces(
    scope: &CatalogueScope,
    rows: &CatalogueRows,
    schema: &mut Schema,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut found = BTreeSet::new();
    for mut cells in Cells::of(rows, "namespaces") {
        let (name, usable, role) = (cells.text(), cells.flag(), cells.text());
        found.insert(name);
        schema.namespace_mut(name);
        if !usable {
            diagnostics.push(
                Diagnostic::warning(
                    "database-no-permission",
                    format!("the role \"{role}\" may not use the schema \"{name}\" (it has no USAGE)"),
                    origin(&[name]),
                )
                .with_help(format!(
                    "what it holds was read from the catalogue all the same; \
                     GRANT USAGE ON SCHEMA {} TO {} makes expressions print as its owner sees them",
                    facts::quote_identifier(name),
                    facts::quote_identifier(role)
                )),
            );
        }
    }
    for name in namespaces(scope) {
        if !found.contains(name.as_str()) {
            diagnostics.push(
                Diagnostic::error(
                    "database-namespace-missing",
                    format!("the database has no schema \"{name}\""),
                    origin(&[&name]),
                )
                .with_help(
                    "name an existing one in the URL (?schema=…) or in the configuration (database.schemas), or create it",
                ),
            );
        }
    }
}

/// Sequences that number no column: the others are facts of their columns.
fn read_sequences(rows: &CatalogueRows, numbering: &BTreeSet<(String, String)>, schema: &mut Schema) {
    for mut cells in Cells::of(rows, "sequences") {
        let (namespace, name) = (cells.text(), cells.text());
        if numbering.contains(&(namespace.to_owned(), name.to_owned())) {
            continue;
        }
        let mut sequence = Sequence {
            start: cells.number(),
            increment: cells.number(),
            minimum: cells.number(),
            maximum: cells.number(),
            cycle: cells.flag(),
            cache: cells.number().filter(|cache| *cache != 1),
            data_type: cells.optional().filter(|name| *name != "bigint").map(super::types::parse),
            origin: origin(&[namespace, name]),
            ..Sequence::default()
        };
        if let (Some(table), Some(column)) = (cells.filled(), cells.filled()) {
            sequence.owner = Some(SequenceOwner { table, column });
        }
        sequence.comment = cells.filled();
        schema.namespace_mut(namespace).sequences.insert(name.to_owned(), sequence);
    }
}

fn read_extensions(rows: &CatalogueRows, schema: &mut Schema) {
    for mut cells in Cells::of(rows, "extensions") {
        let name = cells.text();
        let extension =
            Extension { version: cells.filled(), namespace: cells.filled(), origin: Origin::catalogue(name) };
        schema.extensions.insert(name.to_owned(), extension);
    }
}

fn read_routines(rows: &CatalogueRows, schema: &mut Schema) {
    for mut cells in Cells::of(rows, "routines") {
        let (namespace, name, arguments) = (cells.text(), cells.text(), cells.text());
        let signature = format!("{name}({arguments})");
        let origin = origin(&[namespace, &signature]);
        let (returns, language) = (cells.filled(), cells.filled());
        let kind = match cells.text() {
            "p" => RoutineKind::Procedure,
            "a" => RoutineKind::Aggregate,
            "w" => RoutineKind::Window,
            _ => RoutineKind::Function,
        };
        let definition = cells.filled().map(|text| Expression::printed_by_server(text.trim_end()));
        let routine = Routine { kind, returns, language, definition, comment: cells.filled(), origin };
        schema.namespace_mut(namespace).routines.insert(signature, routine);
    }
}

/// The catalogue gave a letter for something that this version does not know.
fn unknown_kind(what: &str, letter: &str, origin: Origin) -> Diagnostic {
    Diagnostic::error(
        "database-unknown-kind",
        format!("the catalogue has a {what} of the unknown kind \"{letter}\""),
        origin,
    )
    .with_help("the server is newer than this version of ormsync; update ormsync")
}
