//! The catalogue of MySQL and MariaDB: queries, and how their rows become a schema.
//!
//! Everything is read from `information_schema`. The two servers differ in what columns it has and in how it
//! writes defaults and expressions; [`text`] has the latter.

mod columns;
mod constraints;
mod indexes;
mod relations;
mod shown;
mod text;
mod visibility;

use std::collections::BTreeSet;

use ormsync_schema::{Diagnostic, Origin, Schema, Server, Table};

use super::{MYSQL, facts};
use crate::catalogue::{Cells, UNSAID_BY_SERVERS};
use crate::{CatalogueQuery, CatalogueRows, CatalogueScope, Dialect, Turn};

/// The queries that both servers answer, with their files, those that take long before the others.
const QUERIES: [(&str, &str); 14] = [
    ("listed", NAMES),
    ("columns", include_str!("queries/columns.sql")),
    ("indexes", include_str!("queries/indexes.sql")),
    ("tables", include_str!("queries/tables.sql")),
    ("key_columns", include_str!("queries/key_columns.sql")),
    ("referential_constraints", include_str!("queries/referential_constraints.sql")),
    ("partitions", include_str!("queries/partitions.sql")),
    ("views", include_str!("queries/views.sql")),
    ("schemata", include_str!("queries/schemata.sql")),
    ("privileges", include_str!("queries/privileges.sql")),
    ("triggers", include_str!("queries/triggers.sql")),
    ("routines", include_str!("queries/routines.sql")),
    ("parameters", include_str!("queries/parameters.sql")),
    ("remaining", NAMES),
];

/// What is there when reading begins, and when it ends.
const NAMES: &str = include_str!("queries/names.sql");

/// How many definitions of tables MariaDB keeps open, where its `table_definition_cache` is not set.
/// <https://mariadb.com/docs/server/server-management/variables-and-modes/server-system-variables>
const OPEN_DEFINITIONS: usize = 400;

/// How many of the queries open the definition of each table: columns, indexes, tables, key_columns,
/// referential_constraints, checks and partitions.
const OPENING_QUERIES: usize = 7;

/// The account as `information_schema` writes grantees: `'user'@'host'`.
const GRANTEE: &str =
    "CONCAT('''', SUBSTRING_INDEX(CURRENT_USER(), '@', 1), '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')";

/// The queries.
pub(super) fn queries(server: &Server, scope: &CatalogueScope) -> Vec<CatalogueQuery> {
    let since = |version: [u32; 3]| server.version.is_empty() || server.version.as_slice() >= version.as_slice();
    let checks = if is_mariadb(server) {
        Some(("checks_mariadb", include_str!("queries/checks_mariadb.sql")))
    } else if since([8, 0, 16]) {
        Some(("checks", include_str!("queries/checks.sql")))
    } else {
        None
    };
    let is_visible = match is_mariadb(server) {
        true if since([10, 6, 0]) => "CASE IGNORED WHEN 'YES' THEN 'NO' ELSE 'YES' END",
        true => "'YES'",
        false => "IS_VISIBLE",
    };
    let expression = if !is_mariadb(server) && since([8, 0, 13]) { "EXPRESSION" } else { "NULL" };
    let spatial_reference = if is_mariadb(server) { "NULL" } else { "SRS_ID" };
    let algorithm = if is_mariadb(server) { "ALGORITHM" } else { "NULL" };
    // Where MariaDB does not tell it, a check at a column looks like one that was given the column's name.
    let level = if since([10, 5, 10]) { "LEVEL" } else { "'Table'" };
    let in_scope = in_scope(scope);
    checks
        .into_iter()
        .chain(QUERIES)
        .map(|(name, text)| {
            let sql = text
                .replace("{scope}", &in_scope)
                .replace("{grantee}", GRANTEE)
                .replace("{is_visible}", is_visible)
                .replace("{spatial_reference}", spatial_reference)
                .replace("{algorithm}", algorithm)
                .replace("{level}", level)
                .replace("{expression}", expression);
            let turn = match name {
                "listed" => Turn::First,
                "remaining" => Turn::Last,
                _ => Turn::Any,
            };
            CatalogueQuery { turn, ..CatalogueQuery::new(name, sql) }
        })
        .collect()
}

/// What is known of sizes and use. Each may be denied, and the last has no rows where the server does not count.
pub(super) fn usage_queries(scope: &CatalogueScope) -> Vec<CatalogueQuery> {
    let in_scope = in_scope(scope);
    [
        ("table_sizes", include_str!("queries/table_sizes.sql")),
        ("index_sizes", include_str!("queries/index_sizes.sql")),
        ("index_use", include_str!("queries/index_use.sql")),
    ]
    .map(|(name, text)| CatalogueQuery::new(name, text.replace("{scope}", &in_scope)))
    .into()
}

/// MariaDB opens the definition of every table again for each query that asks about more than its name, once there are
/// more tables than it keeps open. Queries that run side by side walk over the tables together, and the first to come to one
/// opens it for all: at 5,000 tables seven of them take the server 470 ms of processor time at once, and 960 one after the other.
pub(super) fn connections(server: &Server, rows: &CatalogueRows) -> usize {
    let tables = Cells::of(rows, "listed").count();
    if is_mariadb(server) && tables > OPEN_DEFINITIONS { OPENING_QUERIES } else { 1 }
}

/// What can only be asked of objects that are known by name.
pub(super) fn further_queries(server: &Server, rows: &CatalogueRows) -> Vec<CatalogueQuery> {
    let mut queries = shown::queries(rows, is_mariadb(server));
    if is_mariadb(server) {
        queries.extend(sequences(rows));
    }
    queries
}

/// Where the column stands that says whether its column is in an index, in the rows of `columns`.
const COLUMN_KEY: usize = 11;

/// A table that was not there all the time, that has no columns, or that has a column with an index and no index. What
/// this account may not see is not missing.
pub(super) fn half_read(rows: &CatalogueRows, schema: &Schema) -> Option<String> {
    let names = |query: &str| -> BTreeSet<(&str, &str)> {
        Cells::of(rows, query).map(|mut cells| (cells.text(), cells.text())).collect()
    };
    let listed = names("listed");
    if let Some((_, gone)) =
        ["tables", "remaining"].iter().find_map(|query| listed.difference(&names(query)).next().copied())
    {
        return Some(gone.to_owned());
    }
    let seen_whole = |(_, _, table): &(&str, &str, &Table)| table.opaque.is_empty();
    let without_index = |(_, _, table): &(&str, &str, &Table)| table.primary_key.is_none() && table.indexes.is_empty();
    if let Some((_, name, _)) = schema.tables().filter(seen_whole).find(|(_, _, table)| table.columns.is_empty()) {
        return Some(name.to_owned());
    }
    let bare: Vec<(&str, &str, &Table)> = schema.tables().filter(seen_whole).filter(without_index).collect();
    Cells::of(rows, "columns").find_map(|mut cells| {
        let (database, table, key) = (cells.text(), cells.text(), cells.nth(COLUMN_KEY - 2).flatten());
        let is_bare =
            |(namespace, name, _): &(&str, &str, _)| *name == table && (namespace.is_empty() || *namespace == database);
        (key.is_some_and(|key| !key.is_empty()) && bare.iter().any(is_bare)).then(|| table.to_owned())
    })
}

/// What MariaDB's sequences are made of stands in each of them (in `information_schema` only from 11.5 on): they are
/// asked all at once, after the tables have named them.
fn sequences(rows: &CatalogueRows) -> Option<CatalogueQuery> {
    let sequences = Cells::of(rows, "tables").filter_map(|mut cells| {
        let (database, name, kind) = (cells.text(), cells.text(), cells.text());
        (kind == "SEQUENCE").then(|| {
            format!(
                "SELECT CAST({} AS CHAR), CAST({} AS CHAR), CAST(start_value AS CHAR), CAST(increment AS CHAR), \
                 CAST(minimum_value AS CHAR), CAST(maximum_value AS CHAR), CAST(cache_size AS CHAR), \
                 CAST(cycle_option AS CHAR) FROM {}.{}",
                facts::quote_text(database),
                facts::quote_text(name),
                facts::quote_identifier(database),
                facts::quote_identifier(name)
            )
        })
    });
    let sql = sequences.collect::<Vec<_>>().join(" UNION ALL ");
    (!sql.is_empty()).then_some(CatalogueQuery::new("sequences", sql))
}

/// The condition behind the column that names the database. MariaDB looks only into the databases it has to
/// when that is an equation; for a list it opens the tables of all.
fn in_scope(scope: &CatalogueScope) -> String {
    let names: Vec<String> = scope.namespaces.iter().map(|name| facts::quote_text(name)).collect();
    match names.as_slice() {
        [] => "= DATABASE()".to_owned(),
        [only] => format!("= {only}"),
        several => format!("IN ({})", several.join(", ")),
    }
}

/// The schema that the rows stand for.
pub(super) fn assemble(server: &Server, scope: &CatalogueScope, rows: &CatalogueRows) -> (Schema, Vec<Diagnostic>) {
    let mut catalogue = Assembly {
        schema: Schema::new(MYSQL.name()),
        diagnostics: Vec::new(),
        own: String::new(),
        is_mariadb: is_mariadb(server),
    };
    catalogue.schema.server = Some(server.clone());
    catalogue.schema.unsaid.extend(UNSAID_BY_SERVERS);
    catalogue.read_schemata(scope, rows);
    catalogue.read_relations(rows);
    catalogue.read_sequences(rows);
    catalogue.read_columns(rows);
    catalogue.read_foreign_keys(rows);
    catalogue.read_indexes(rows);
    catalogue.read_checks(rows);
    catalogue.read_partitions(rows);
    catalogue.read_triggers(rows);
    catalogue.read_routines(rows);
    catalogue.read_shown(rows);
    catalogue.read_privileges(rows);
    (catalogue.schema, catalogue.diagnostics)
}

fn is_mariadb(server: &Server) -> bool {
    server.product == "MariaDB"
}

/// A schema in the making.
struct Assembly {
    schema: Schema,
    diagnostics: Vec<Diagnostic>,
    /// The database whose tables need no qualification: it is the namespace with the empty name.
    own: String,
    is_mariadb: bool,
}

impl Assembly {
    fn read_schemata(&mut self, scope: &CatalogueScope, rows: &CatalogueRows) {
        let mut found = Vec::new();
        let mut connected = None;
        for mut cells in Cells::of(rows, "schemata") {
            let (name, _collation) = (cells.text(), cells.optional());
            connected = cells.optional().or(connected);
            found.push(name);
        }
        // The database that is connected to, else the only one that is asked for.
        self.own = match (connected, scope.namespaces.as_slice()) {
            (Some(connected), asked) if asked.is_empty() || asked.iter().any(|name| name == connected) => {
                connected.to_owned()
            }
            (_, [only]) => only.clone(),
            _ => String::new(),
        };
        for name in &found {
            let namespace = self.namespace(name).to_owned();
            self.schema.namespace_mut(&namespace);
        }
        if scope.namespaces.is_empty() && found.is_empty() {
            self.diagnostics.push(
                Diagnostic::error(
                    "database-namespace-missing",
                    "the URL names no database, so there is nothing to read",
                    Origin::nowhere(),
                )
                .with_help("add its name: mysql://user@host/database"),
            );
        }
        for name in scope.namespaces.iter().filter(|name| !found.contains(&name.as_str())) {
            self.diagnostics.push(
                Diagnostic::error(
                    "database-namespace-missing",
                    format!("the server has no database \"{name}\", or this user may not see it"),
                    Origin::catalogue(name),
                )
                .with_help("name an existing one in the URL or in the configuration (database.schemas), or create it"),
            );
        }
    }

    /// The name of a database as a namespace.
    fn namespace<'name>(&self, database: &'name str) -> &'name str {
        if database == self.own { "" } else { database }
    }

    /// A table in scope. Rows about anything else (a sequence) have no place to go.
    fn table_mut(&mut self, database: &str, table: &str) -> Option<&mut Table> {
        let namespace = self.namespace(database);
        self.schema.namespaces.get_mut(namespace)?.tables.get_mut(table)
    }
}

/// The catalogue's object of that dotted name.
fn origin(parts: &[&str]) -> Origin {
    Origin::catalogue(parts.join("."))
}
