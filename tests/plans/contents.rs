//! What the tables of a database hold, and whether what need not go is still there.

use std::collections::BTreeMap;

use ormsync_schema::{Column, Operation, Plan, QualifiedName, Schema, Table, TableChange};
use sqlx::{Connection as _, Row as _};

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::plans::dialect_of;
use crate::plans::rows::{path, takes_rows};

/// A value as text; none for NULL.
type Value = Option<String>;

/// The rows of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Rows {
    /// The values of some columns, row by row, in one order.
    fn of(&self, columns: &[&str]) -> Vec<Vec<Value>> {
        let places: Vec<usize> =
            columns.iter().filter_map(|column| self.columns.iter().position(|it| it == column)).collect();
        let mut rows: Vec<Vec<Value>> =
            self.rows.iter().map(|row| places.iter().map(|place| row[*place].clone()).collect()).collect();
        rows.sort();
        rows
    }

    fn not_null(&self, column: &str) -> Vec<String> {
        self.of(&[column]).into_iter().flatten().flatten().collect()
    }
}

/// What the tables hold.
pub(super) type Contents = BTreeMap<QualifiedName, Rows>;

/// Sends statements one by one on one connection, and says which were taken.
pub(super) fn attempt(database: &Scratch, dialect: Dialect, statements: &[String]) -> Result<Vec<bool>, String> {
    if statements.is_empty() {
        return Ok(Vec::new());
    }
    let url = database.url();
    macro_rules! attempt_on {
        ($connection:ty) => {{
            let mut connection = <$connection>::connect(url).await.map_err(|error| error.to_string())?;
            let mut outcomes = Vec::new();
            for statement in statements {
                let sent = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.as_str())).execute(&mut connection).await;
                outcomes.push(sent.is_ok());
            }
            connection.close().await.map_err(|error| error.to_string())?;
            Ok(outcomes)
        }};
    }
    runtime().block_on(async {
        match dialect {
            Dialect::Postgresql | Dialect::PostgresqlNewest => attempt_on!(sqlx::PgConnection),
            Dialect::Mysql | Dialect::Mariadb => attempt_on!(sqlx::MySqlConnection),
            Dialect::Sqlite => attempt_on!(sqlx::SqliteConnection),
        }
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// What the tables of a schema hold on a database.
pub(super) fn contents(database: &Scratch, dialect: Dialect, schema: &Schema) -> Result<Contents, String> {
    let url = database.url();
    let queries: Vec<(QualifiedName, Vec<String>, String)> = schema
        .tables()
        .filter(|(_, _, table)| takes_rows(table))
        .map(|(namespace, name, table)| {
            let name = QualifiedName::new(namespace, name);
            let shown: Vec<String> =
                table.columns.iter().map(|(name, column)| as_text(dialect, name, column)).collect();
            let query = format!("SELECT {} FROM {}", shown.join(", "), path(dialect, &name));
            (name, table.columns.keys().cloned().collect(), query)
        })
        .collect();
    macro_rules! contents_of {
        ($connection:ty) => {{
            let mut connection = <$connection>::connect(url).await.map_err(|error| error.to_string())?;
            let mut contents = Contents::new();
            for (table, columns, query) in queries {
                let told = |error: sqlx::Error| format!("{query}: {error}");
                let query = sqlx::raw_sql(sqlx::AssertSqlSafe(query.as_str()));
                let fetched = query.fetch_all(&mut connection).await.map_err(told)?;
                let mut rows = Vec::new();
                for row in fetched {
                    let values = (0..columns.len()).map(|place| row.try_get_unchecked::<Value, _>(place));
                    rows.push(values.collect::<Result<_, _>>().map_err(told)?);
                }
                contents.insert(table, Rows { columns, rows });
            }
            connection.close().await.map_err(|error| error.to_string())?;
            Ok(contents)
        }};
    }
    runtime().block_on(async {
        match dialect {
            Dialect::Postgresql | Dialect::PostgresqlNewest => contents_of!(sqlx::PgConnection),
            Dialect::Mysql | Dialect::Mariadb => contents_of!(sqlx::MySqlConnection),
            Dialect::Sqlite => contents_of!(sqlx::SqliteConnection),
        }
    })
}

fn as_text(dialect: Dialect, name: &str, column: &Column) -> String {
    let quoted = dialect_of(dialect).quote_identifier(name);
    let is_binary = column.data_type.as_named().is_some_and(|named| {
        named.name.ends_with("blob")
            || named.name.ends_with("binary")
            || matches!(named.name.as_str(), "bit" | "geometry" | "point")
    });
    match dialect {
        Dialect::Postgresql | Dialect::PostgresqlNewest => format!("{quoted}::text"),
        Dialect::Mysql | Dialect::Mariadb if is_binary => format!("HEX({quoted})"),
        Dialect::Mysql | Dialect::Mariadb => format!("CAST({quoted} AS CHAR)"),
        Dialect::Sqlite => format!("CASE WHEN {quoted} IS NOT NULL THEN quote({quoted}) END"),
    }
}

/// The contents under the names that a plan gives to tables and columns.
pub(super) fn renamed(contents: &Contents, plan: &Plan) -> Contents {
    let mut contents = contents.clone();
    for operation in &plan.operations {
        match operation {
            Operation::RenameTable { from, to } => {
                if let Some(rows) = contents.remove(from) {
                    contents.insert(to.clone(), rows);
                }
            }
            Operation::ChangeTable { table, change: TableChange::RenameColumn { from, to } } => {
                let columns = contents.get_mut(table).map(|rows| &mut rows.columns);
                if let Some(name) = columns.and_then(|columns| columns.iter_mut().find(|name| *name == from)) {
                    name.clone_from(to);
                }
            }
            _ => {}
        }
    }
    contents
}

/// Whether all that need not go is still there: each row of each table of both schemas, value for value where a column's
/// type stays, and something where there was something where it changes.
pub(super) fn kept((from, before): (&Schema, &Contents), (to, after): (&Schema, &Contents)) -> Result<(), String> {
    for (name, old) in before {
        let table = |schema: &'_ Schema| schema.table(&name.namespace, &name.name).cloned();
        let (Some(left), Some(right), Some(new)) = (table(from), table(to), after.get(name)) else { continue };
        // Triggers may write rows about what a migration writes.
        let may_grow = [from, to].iter().any(|schema| schema.tables().any(|(_, _, table)| !table.triggers.is_empty()));
        if new.rows.len() < old.rows.len() || (new.rows.len() > old.rows.len() && !may_grow) {
            return Err(format!("{name} had {} rows and has {}", old.rows.len(), new.rows.len()));
        }
        let (same, other) = shared_columns(&left, &right);
        let (was, is) = (old.of(&same), new.of(&same));
        let mut left_over = is.clone();
        let is_there = |row: &Vec<Value>| {
            let place = left_over.iter().position(|it| it == row);
            place.map(|place| left_over.swap_remove(place)).is_some()
        };
        if !was.iter().all(is_there) {
            return Err(format!("{name} ({}): {was:?} became {is:?}", same.join(", ")));
        }
        for column in other {
            let (was, is) = (old.not_null(column), new.not_null(column));
            let stays = left.columns[column].data_type == right.columns[column].data_type;
            if is.len() < was.len() || (stays && was.iter().any(|value| !is.contains(value))) {
                return Err(format!("{name}.{column}: {was:?} became {is:?}"));
            }
        }
    }
    Ok(())
}

/// The columns of both: those that keep every value, and those whose values are converted or filled in.
fn shared_columns<'a>(left: &'a Table, right: &'a Table) -> (Vec<&'a str>, Vec<&'a str>) {
    let (mut same, mut other) = (Vec::new(), Vec::new());
    for (name, from) in left.columns.iter().filter(|(_, column)| column.generated.is_none()) {
        let Some(to) = right.columns.get(name).filter(|column| column.generated.is_none()) else { continue };
        let is_same =
            from.data_type == to.data_type && from.collation == to.collation && (!from.nullable || to.nullable);
        if is_same { same.push(name.as_str()) } else { other.push(name.as_str()) }
    }
    (same, other)
}

/// A schema under the names that a plan gives to tables and columns; nothing else of the plan is done.
pub(super) fn renamed_schema(schema: &Schema, plan: &Plan) -> Schema {
    let mut schema = schema.clone();
    for operation in &plan.operations {
        let is_rename = matches!(
            operation,
            Operation::RenameTable { .. } | Operation::ChangeTable { change: TableChange::RenameColumn { .. }, .. }
        );
        if is_rename {
            // Where another operation has to come first, the names stay, and rows are not compared.
            let _ = operation.apply(&mut schema);
        }
    }
    schema
}
