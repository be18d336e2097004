//! Rows for scratch databases, made up from their schema: references lead to rows that are there, what is unique is, labels
//! are the enum's, and checks that are simple are met. The same schema gets the same rows.
//!
//! | file | what |
//! | --- | --- |
//! | `order.rs` | which table before which, and which only together |
//! | `demands.rs` | what checks demand |
//! | `values.rs` | the value of a column in a row |
//!
//! Deliberately not here: rows for databases that are in use. A database that has any is refused.

mod demands;
mod order;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use ormsync_database::{DatabaseUrl, ReadOptions, query};
use ormsync_dialect::Dialect;
use ormsync_schema::{Column, ForeignKey, Identity, IdentityKind, Schema, Table};

use crate::terminal::{Progress, Terminal};
use demands::Demands;
use order::{Name, groups, is_required, target_of};

/// How many rows one statement has: enough to make the way to the server short, few enough for the limits of packets.
const ROWS_OF_A_STATEMENT: usize = 500;
/// How many statements go to the server together: the way there is what takes long.
const STATEMENTS_OF_A_MESSAGE: usize = 8;
/// How far references are followed for a value.
const DEPTH: usize = 16;

/// What to make.
pub(crate) struct MadeUp {
    /// How many rows each table gets.
    pub(crate) rows: usize,
    /// Leave tables that have rows as they are, and fill the others; else such a database is refused.
    pub(crate) beside_rows: bool,
}

/// A table that was given rows, or why it was not.
pub(crate) struct Filled {
    pub(crate) table: String,
    pub(crate) rows: usize,
    pub(crate) note: Option<String>,
}

/// Fills the tables of an empty database.
///
/// # Errors
/// When it can't be read, or has rows.
pub(crate) async fn fill(url: &DatabaseUrl, wanted: &MadeUp, terminal: &Terminal) -> Result<Vec<Filled>, String> {
    let reading = ormsync_database::read(url, &ReadOptions::default()).await.map_err(|error| error.to_string())?;
    let mut schema = reading.schema;
    crate::read_sources::leave_out_own_tables(&mut schema);
    let server = schema.server.clone();
    url.dialect.settle(&mut schema, server.as_ref());
    let mut maker = Maker::new(&schema, url.dialect, wanted.rows);
    let groups = groups(&schema);
    let mut all: Vec<Filled> = Vec::new();
    let mut with_rows: BTreeSet<Name> = BTreeSet::new();
    for (namespace, name) in groups.iter().flatten() {
        let sql = format!("SELECT 1 FROM {} LIMIT 1", maker.path(namespace, name));
        if query(url, &sql).await.map_err(|error| error.to_string())?.is_empty() {
            continue;
        }
        if !wanted.beside_rows {
            return Err(format!("{url} is no scratch database: {name} has rows"));
        }
        // What its rows are called is not known: nothing refers to them.
        with_rows.insert((namespace.clone(), name.clone()));
        all.push(Filled { table: name.clone(), rows: 0, note: Some("it has rows already".to_owned()) });
    }
    let count = groups.iter().flatten().count() - with_rows.len();
    let progress = terminal.progress(count * wanted.rows, "rows");
    for group in groups {
        let group: Vec<Name> = group.into_iter().filter(|name| !with_rows.contains(name)).collect();
        let outcome = maker.fill(url, &group, &progress).await;
        let note = outcome.err();
        let rows = if note.is_some() { 0 } else { wanted.rows };
        for name in group {
            terminal.detail(&format!("rows: {}: {rows}", name.1));
            all.push(Filled { table: name.1.clone(), rows, note: note.clone() });
            if rows > 0 {
                maker.filled.insert(name);
            }
        }
        progress
            .at(all.iter().filter(|table| table.note.as_deref() != Some("it has rows already")).count() * wanted.rows);
    }
    progress.end();
    Ok(all)
}

struct Maker<'s> {
    schema: &'s Schema,
    dialect: &'static dyn Dialect,
    rows: usize,
    /// What checks demand, by table and column.
    demands: BTreeMap<Name, BTreeMap<String, Demands>>,
    /// The tables whose rows can be referred to.
    filled: BTreeSet<Name>,
    /// What no check demands anything of.
    free: Demands,
}

/// What a column gets.
enum Content<'s> {
    /// A value made of the row's number.
    Own(&'s Column),
    /// What the row of that number has in another table.
    Reference(&'s ForeignKey, usize),
    Null,
}

/// The columns of a table that are written, and what they get.
type Columns<'s> = Vec<(&'s str, Content<'s>)>;

impl<'s> Maker<'s> {
    fn new(schema: &'s Schema, dialect: &'static dyn Dialect, rows: usize) -> Self {
        let of_table = |(namespace, name, table): (&str, &str, &Table)| {
            ((namespace.to_owned(), name.to_owned()), demands::of(table, dialect))
        };
        let demands = schema.tables().map(of_table).collect();
        Self { schema, dialect, rows, demands, filled: BTreeSet::new(), free: Demands::default() }
    }

    fn path(&self, namespace: &str, name: &str) -> String {
        let name = self.dialect.quote_identifier(name);
        if namespace.is_empty() { name } else { format!("{}.{name}", self.dialect.quote_identifier(namespace)) }
    }

    /// Fills tables that can't be without each other; mostly that is one.
    async fn fill(&self, url: &DatabaseUrl, group: &[Name], progress: &Progress) -> Result<(), String> {
        let mut tables = Vec::new();
        for name in group {
            let Some(table) = self.schema.table(&name.0, &name.1) else { continue };
            tables.push((name, table, self.columns(name, table, group)?));
        }
        let mut at = 0;
        while at < self.rows {
            let mut script = String::new();
            for _ in 0..STATEMENTS_OF_A_MESSAGE {
                let end = (at + ROWS_OF_A_STATEMENT).min(self.rows);
                if at == end {
                    break;
                }
                let inserts: Vec<String> =
                    tables.iter().map(|(name, table, columns)| self.insert((name, table), columns, at..end)).collect();
                let statement = match inserts.as_slice() {
                    [only] => Some(only.clone()),
                    several => self.dialect.insert_together(several),
                };
                let statement = statement.ok_or_else(|| self.circle(group))?;
                script.push_str(&format!("{statement};\n"));
                at = end;
            }
            query(url, &script).await.map_err(|error| error.to_string())?;
            progress.add(tables.len() * (ROWS_OF_A_STATEMENT * STATEMENTS_OF_A_MESSAGE).min(self.rows));
        }
        for (name, table, columns) in &tables {
            self.move_sequences(url, name, table, columns).await?;
        }
        Ok(())
    }

    /// Why tables that need each other get no rows on a server that looks at each row at once.
    fn circle(&self, group: &[Name]) -> String {
        let mut keys = Vec::new();
        for name in group {
            let Some(table) = self.schema.table(&name.0, &name.1) else { continue };
            let needed = table.foreign_keys.iter().filter(|key| is_required(table, key));
            for key in needed.filter(|key| target_of(key) != *name && group.contains(&target_of(key))) {
                keys.push(format!("{}.{} to {}", name.1, key.columns.join(", "), key.referenced_table));
            }
        }
        format!(
            "it stands in a circle of references none of which may be NULL ({}), and this server looks at each row at once, so \
             that there is no first one",
            keys.join("; ")
        )
    }

    /// What each column gets, but for those that the server fills in by itself.
    fn columns(&self, own: &Name, table: &'s Table, group: &[Name]) -> Result<Columns<'s>, String> {
        let mut columns = Vec::new();
        for (column_name, column) in table.columns.iter().filter(|(_, column)| column.generated.is_none()) {
            let key = table.foreign_keys.iter().find_map(|key| {
                let at = key.columns.iter().position(|own| own == column_name)?;
                Some((key, at))
            });
            let content = match key {
                // The rows of a table that refers to itself refer to themselves.
                Some((key, at)) if self.is_there(&target_of(key), own, group) => Content::Reference(key, at),
                Some(_) if column.nullable => Content::Null,
                Some((key, _)) if is_required(table, key) => {
                    return Err(format!("{} that it refers to has no rows", key.referenced_table));
                }
                // A reference of which one column is NULL refers to nothing, whatever its others say.
                _ if values::value(
                    self.schema,
                    self.dialect,
                    &column.data_type,
                    0,
                    self.demands_on(own, column_name),
                )
                .is_none() =>
                {
                    if !column.nullable && column.default.is_none() {
                        return Err(format!("nothing is known of the values of {column_name}"));
                    }
                    continue;
                }
                _ => Content::Own(column),
            };
            columns.push((column_name.as_str(), content));
        }
        Ok(columns)
    }

    /// Whether a table has rows that can be referred to, or gets them in the same statement.
    fn is_there(&self, target: &Name, own: &Name, group: &[Name]) -> bool {
        self.filled.contains(target) || target == own || group.len() > 1 && group.contains(target)
    }

    fn demands_on(&self, table: &Name, column: &str) -> &Demands {
        self.demands.get(table).and_then(|columns| columns.get(column)).unwrap_or(&self.free)
    }

    /// The statement for some rows of a table, without what ends it.
    fn insert(&self, (name, table): (&Name, &Table), columns: &Columns<'_>, rows: std::ops::Range<usize>) -> String {
        let names: Vec<String> = columns.iter().map(|(name, _)| self.dialect.quote_identifier(name)).collect();
        let is_always = |identity: &Identity| identity.kind == IdentityKind::Always;
        let overrides = table.columns.values().any(|column| column.identity.as_deref().is_some_and(is_always));
        let overriding = if overrides { " OVERRIDING SYSTEM VALUE" } else { "" };
        let rows: Vec<String> = rows.map(|row| self.row(name, columns, row)).collect();
        let path = self.path(&name.0, &name.1);
        format!("INSERT INTO {path} ({}){overriding} VALUES {}", names.join(", "), rows.join(", "))
    }

    fn row(&self, table: &Name, columns: &Columns<'_>, row: usize) -> String {
        let cell = |(name, content): &(&str, Content<'_>)| match content {
            Content::Own(column) => {
                values::value(self.schema, self.dialect, &column.data_type, row, self.demands_on(table, name))
            }
            Content::Reference(key, at) => self.referred(key, *at, row, 0),
            Content::Null => None,
        };
        let cells: Vec<String> = columns.iter().map(|it| cell(it).unwrap_or_else(|| "NULL".to_owned())).collect();
        format!("({})", cells.join(", "))
    }

    /// What the row of that number has in the column that a key refers to.
    fn referred(&self, key: &ForeignKey, at: usize, row: usize, depth: usize) -> Option<String> {
        let target = target_of(key);
        let table = self.schema.table(&target.0, &target.1)?;
        let name = key.referenced_columns.get(at)?;
        let further = table.foreign_keys.iter().find_map(|further| {
            let at = further.columns.iter().position(|own| own == name)?;
            Some((further, at))
        });
        match further {
            Some((further, at)) if depth < DEPTH && target_of(further) != target => {
                self.referred(further, at, row, depth + 1)
            }
            _ => {
                let data_type = &table.columns.get(name)?.data_type;
                values::value(self.schema, self.dialect, data_type, row, self.demands_on(&target, name))
            }
        }
    }

    /// Numbers that the server gives next come behind those that were made up.
    async fn move_sequences(
        &self,
        url: &DatabaseUrl,
        (namespace, name): &Name,
        table: &Table,
        columns: &Columns<'_>,
    ) -> Result<(), String> {
        for (column_name, _) in columns {
            let Some(column) = table.columns.get(*column_name) else { continue };
            if column.identity.is_none() && column.default.is_none() {
                continue;
            }
            let table = self.path(namespace, name);
            if let Some(statement) = self.dialect.number_from(&table, column_name, self.rows + 1) {
                query(url, &statement).await.map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }
}
