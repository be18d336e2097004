//! Rows for scratch databases, made up from their schema: references lead to rows that are there, what is unique is, labels
//! are the enum's, and what a check lists is what it lists. The same schema gets the same rows.
//!
//! Deliberately not here: rows for databases that are in use. A database that has any is refused.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_database::{DatabaseUrl, ReadOptions, query};
use ormsync_dialect::Dialect;
use ormsync_schema::{Column, DataType, ForeignKey, Identity, IdentityKind, Schema, Table};

use crate::terminal::Terminal;

/// How many rows one statement has: enough to make the way to the server short, few enough for the limits of packets.
const ROWS_OF_A_STATEMENT: usize = 500;
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
    let maker = Maker { schema: &schema, dialect: url.dialect, rows: wanted.rows };
    let order = maker.order();
    let mut empty: BTreeSet<(String, String)> = BTreeSet::new();
    let mut all: Vec<Filled> = Vec::new();
    for (namespace, name) in &order {
        let sql = format!("SELECT 1 FROM {} LIMIT 1", maker.path(namespace, name));
        if query(url, &sql).await.map_err(|error| error.to_string())?.is_empty() {
            continue;
        }
        if !wanted.beside_rows {
            return Err(format!("{url} is no scratch database: {name} has rows"));
        }
        // What its rows are called is not known: nothing refers to them.
        empty.insert((namespace.clone(), name.clone()));
        all.push(Filled { table: name.clone(), rows: 0, note: Some("it has rows already".to_owned()) });
    }
    let order: Vec<(String, String)> = order.into_iter().filter(|name| !empty.contains(name)).collect();
    let count = order.len();
    for (at, (namespace, name)) in order.into_iter().enumerate() {
        let Some(table) = schema.table(&namespace, &name) else { continue };
        let note = match maker.columns(&namespace, &name, table, &empty) {
            Err(reason) => Some(reason),
            Ok(columns) => maker.write(url, &namespace, &name, table, &columns).await.err(),
        };
        let rows = if note.is_some() { 0 } else { wanted.rows };
        if rows == 0 {
            empty.insert((namespace, name.clone()));
        }
        terminal.detail(&format!("rows: {} of {count} tables, {name}: {rows}", at + 1));
        all.push(Filled { table: name, rows, note });
    }
    Ok(all)
}

struct Maker<'s> {
    schema: &'s Schema,
    dialect: &'static dyn Dialect,
    rows: usize,
}

/// What a column gets.
enum Content<'s> {
    /// A value made of the row's number.
    Own(&'s Column, Option<Vec<String>>),
    /// What the row of that number has in another table.
    Reference(&'s ForeignKey, usize),
    Null,
}

impl<'s> Maker<'s> {
    fn path(&self, namespace: &str, name: &str) -> String {
        let name = self.dialect.quote_identifier(name);
        if namespace.is_empty() { name } else { format!("{}.{name}", self.dialect.quote_identifier(namespace)) }
    }

    /// Tables behind those that they refer to; in a circle in the order of their names.
    fn order(&self) -> Vec<(String, String)> {
        let mut waiting: BTreeMap<(String, String), BTreeSet<(String, String)>> = BTreeMap::new();
        for (namespace, name, table) in self.schema.tables() {
            if table.options.contains_key("virtual") || table.partitioning.is_some() {
                continue;
            }
            let own = (namespace.to_owned(), name.to_owned());
            let referred = table
                .foreign_keys
                .iter()
                .map(|key| (key.referenced_namespace.clone(), key.referenced_table.clone()))
                .filter(|other| *other != own);
            waiting.insert(own.clone(), referred.collect());
        }
        let mut order = Vec::new();
        while !waiting.is_empty() {
            let is_ready = |needs: &BTreeSet<(String, String)>| needs.iter().all(|need| !waiting.contains_key(need));
            let next = waiting.iter().find(|(_, needs)| is_ready(needs)).or_else(|| waiting.iter().next());
            let Some(next) = next.map(|(name, _)| name.clone()) else { break };
            waiting.remove(&next);
            order.push(next);
        }
        order
    }

    /// What each column gets, but for those that the server fills in by itself.
    fn columns(
        &self,
        namespace: &str,
        name: &str,
        table: &'s Table,
        empty: &BTreeSet<(String, String)>,
    ) -> Result<Vec<(&'s str, Content<'s>)>, String> {
        let mut columns = Vec::new();
        for (column_name, column) in &table.columns {
            if column.generated.is_some() {
                continue;
            }
            let key = table.foreign_keys.iter().find_map(|key| {
                let at = key.columns.iter().position(|own| own == column_name)?;
                Some((key, at))
            });
            let content = match key {
                Some((key, at)) => {
                    let of = (key.referenced_namespace.clone(), key.referenced_table.clone());
                    let is_there = self.schema.table(&of.0, &of.1).is_some() && !empty.contains(&of);
                    // The first row of a table that refers to itself refers to itself.
                    let is_own = of.0 == namespace && of.1 == name;
                    let is_behind = !is_own && self.refers_back(&of, &(namespace.to_owned(), name.to_owned()));
                    if is_there && !is_behind {
                        Content::Reference(key, at)
                    } else if column.nullable {
                        Content::Null
                    } else {
                        return Err(format!("{} that it refers to has no rows", key.referenced_table));
                    }
                }
                None => {
                    let listed = listed(table, column_name);
                    if listed.is_none() && self.value(column, 0, None).is_none() {
                        if !column.nullable && column.default.is_none() {
                            return Err(format!("nothing is known of the values of {column_name}"));
                        }
                        continue;
                    }
                    Content::Own(column, listed)
                }
            };
            columns.push((column_name.as_str(), content));
        }
        Ok(columns)
    }

    /// Whether a table is filled behind another that it is in a circle with.
    fn refers_back(&self, of: &(String, String), own: &(String, String)) -> bool {
        let table = self.schema.table(&of.0, &of.1);
        let refers = table.is_some_and(|table| {
            table.foreign_keys.iter().any(|key| key.referenced_namespace == own.0 && key.referenced_table == own.1)
        });
        refers && own < of
    }

    async fn write(
        &self,
        url: &DatabaseUrl,
        namespace: &str,
        name: &str,
        table: &Table,
        columns: &[(&str, Content<'_>)],
    ) -> Result<(), String> {
        let path = self.path(namespace, name);
        let names: Vec<String> = columns.iter().map(|(name, _)| self.dialect.quote_identifier(name)).collect();
        let is_always = |identity: &Identity| identity.kind == IdentityKind::Always;
        let overrides = table.columns.values().any(|column| column.identity.as_ref().is_some_and(is_always));
        let overriding = if overrides { " OVERRIDING SYSTEM VALUE" } else { "" };
        let mut at = 0;
        while at < self.rows {
            let mut script = String::new();
            // A few statements together: the way to the server is what takes long.
            for _ in 0..8 {
                let end = (at + ROWS_OF_A_STATEMENT).min(self.rows);
                if at == end {
                    break;
                }
                let rows: Vec<String> = (at..end).map(|row| self.row(columns, row)).collect();
                script.push_str(&format!(
                    "INSERT INTO {path} ({}){overriding} VALUES {};\n",
                    names.join(", "),
                    rows.join(", ")
                ));
                at = end;
            }
            query(url, &script).await.map_err(|error| error.to_string())?;
        }
        if self.dialect.name() == "postgresql" {
            for (column, _) in table.columns.iter().filter(|(_, column)| column.identity.is_some()) {
                let text = |text: &str| self.dialect.quote_text(text);
                let statement = format!(
                    "SELECT setval(pg_get_serial_sequence({}, {}), {})",
                    text(&path),
                    text(column),
                    self.rows + 1
                );
                query(url, &statement).await.map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    fn row(&self, columns: &[(&str, Content<'_>)], row: usize) -> String {
        let cell = |(_, content): &(&str, Content<'_>)| match content {
            Content::Own(column, listed) => self.value(column, row, listed.as_deref()),
            Content::Reference(key, at) => self.referred(key, *at, row, 0),
            Content::Null => None,
        };
        let cells: Vec<String> = columns.iter().map(|it| cell(it).unwrap_or_else(|| "NULL".to_owned())).collect();
        format!("({})", cells.join(", "))
    }

    /// What the row of that number has in the column that a key refers to.
    fn referred(&self, key: &ForeignKey, at: usize, row: usize, depth: usize) -> Option<String> {
        let table = self.schema.table(&key.referenced_namespace, &key.referenced_table)?;
        let name = key.referenced_columns.get(at)?;
        let further = table.foreign_keys.iter().find_map(|further| {
            let at = further.columns.iter().position(|own| own == name)?;
            Some((further, at))
        });
        match further {
            Some((further, at)) if depth < DEPTH => self.referred(further, at, row, depth + 1),
            _ => self.value(table.columns.get(name)?, row, listed(table, name).as_deref()),
        }
    }

    /// The value of a row, counted from 0; none where nothing is known of the type.
    fn value(&self, column: &Column, row: usize, listed: Option<&[String]>) -> Option<String> {
        if let Some(listed) = listed.filter(|listed| !listed.is_empty()) {
            return Some(self.dialect.quote_text(&listed[row % listed.len()]));
        }
        self.value_of(&column.data_type, row)
    }

    fn value_of(&self, data_type: &DataType, row: usize) -> Option<String> {
        let text = |text: &str| Some(self.dialect.quote_text(text));
        let number = row + 1;
        let labels = match data_type {
            DataType::Enum { namespace, name } => self.schema.enum_type(namespace, name).map(|it| it.labels.clone()),
            DataType::InlineEnum(labels) | DataType::InlineSet(labels) => Some(labels.clone()),
            _ => None,
        };
        if let Some(labels) = labels {
            return text(labels.get(row % labels.len().max(1))?);
        }
        if let DataType::Array(_) = data_type {
            return text("{}");
        }
        let DataType::Named(_) = data_type else { return None };
        let written = self.dialect.type_text(data_type).to_lowercase();
        let (name, sizes) = written.split_once('(').unwrap_or((&written, ""));
        let sizes: Vec<usize> = sizes
            .trim_end_matches(|letter| letter != ')')
            .trim_end_matches(')')
            .split(',')
            .filter_map(|size| size.trim().parse().ok())
            .collect();
        let day = |row: usize| format!("{:04}-{:02}-{:02}", 2001 + row / 336 % 20, 1 + row / 28 % 12, 1 + row % 28);
        let clock = |row: usize| format!("{:02}:{:02}:{:02}", row / 3600 % 24, row / 60 % 60, row % 60);
        let first = name.split_whitespace().next().unwrap_or_default();
        match first {
            "bool" | "boolean" => Some((if row.is_multiple_of(2) { "true" } else { "false" }).to_owned()),
            "tinyint" if sizes.first() == Some(&1) => Some((row % 2).to_string()),
            "tinyint" => Some((number % 127).to_string()),
            "smallint" | "int2" | "smallserial" => Some((number % 32_000).to_string()),
            "year" => Some((1970 + row % 100).to_string()),
            "int" | "integer" | "bigint" | "mediumint" | "int4" | "int8" | "serial" | "bigserial" => {
                Some(number.to_string())
            }
            "numeric" | "decimal" => {
                let whole = sizes.first().copied().unwrap_or(10).saturating_sub(sizes.get(1).copied().unwrap_or(0));
                Some((number % 10_usize.saturating_pow(u32::try_from(whole.min(9)).unwrap_or(9)).max(1)).to_string())
            }
            "real" | "double" | "float" | "float4" | "float8" => Some(format!("{number}.5")),
            "text" | "varchar" | "character" | "char" | "citext" | "longtext" | "mediumtext" | "tinytext"
            | "bpchar" | "nvarchar" | "clob" => {
                let room = sizes.first().copied().unwrap_or(usize::MAX);
                let long = format!("made up {number}");
                text(&if long.len() <= room { long } else { short(number, room) })
            }
            "uuid" => text(&format!("00000000-0000-4000-8000-{number:012x}")),
            "json" | "jsonb" => text(&format!("{{\"number\": {number}}}")),
            "date" => text(&day(row)),
            "timestamp" | "timestamptz" | "datetime" => text(&format!("{} {}", day(row / 86_400), clock(row))),
            "time" | "timetz" => text(&clock(row)),
            "interval" => text("1 day"),
            "bytea" => text(&format!("\\x{number:08x}")),
            "binary" | "varbinary" | "blob" | "longblob" | "mediumblob" | "tinyblob" => {
                Some(format!("x'{number:08x}'"))
            }
            "inet" | "cidr" => text(&format!("10.{}.{}.{}", row / 65_536 % 256, row / 256 % 256, row % 256)),
            _ => None,
        }
    }
}

/// A number in few letters.
fn short(number: usize, room: usize) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let (mut rest, mut letters) = (number, Vec::new());
    while letters.len() < room.min(12) {
        letters.push(char::from(DIGITS[rest % 36]));
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    letters.into_iter().rev().collect()
}

/// The values that a check lists for a column: `kind IN ('a', 'b')`.
fn listed(table: &Table, column: &str) -> Option<Vec<String>> {
    let others: Vec<&String> = table.columns.keys().filter(|other| *other != column).collect();
    table.checks.iter().find_map(|check| {
        let text = &check.expression.text;
        let words: Vec<&str> = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
        let is_alone = words.contains(&column) && !others.iter().any(|other| words.contains(&other.as_str()));
        let is_list = words.iter().any(|word| word.eq_ignore_ascii_case("in") || word.eq_ignore_ascii_case("any"));
        // Every second part stands between quotes.
        let quoted: Vec<String> = text.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
        (is_alone && is_list && !quoted.is_empty()).then_some(quoted)
    })
}
