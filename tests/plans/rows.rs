//! Rows: two or three in each table, so that what a migration loses is seen, and what stands in its way stands there.

use std::collections::BTreeMap;

use ormsync_schema::{Column, DataType, IdentityKind, Operation, Plan, QualifiedName, Schema, Table, TableChange};
use sqlx::{Column as _, Connection as _, Executor as _, Row as _};

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::plans::dialect_of;

/// All values of a column, as text, sorted.
type Values = Vec<Option<String>>;

/// What the tables hold, by table and column.
pub(super) type Contents = BTreeMap<(QualifiedName, String), Values>;

/// Fills the tables: the first row has the first value of each type, so that it refers to the first row of any table. A
/// table that takes no such rows (its checks want others) stays empty. Gives the number of tables that have some.
pub(super) fn fill(database: &Scratch, dialect: Dialect, schema: &Schema) -> Result<usize, String> {
    let mut waiting: Vec<Vec<String>> = schema
        .tables()
        .filter(|(_, _, table)| takes_rows(table))
        .map(|(namespace, name, table)| rows_of(dialect, schema, &QualifiedName::new(namespace, name), table))
        .filter(|rows| !rows.is_empty())
        .collect();
    let mut filled = 0;
    // What refers to a table that is still empty is refused, and tried again.
    loop {
        let firsts: Vec<String> = waiting.iter().map(|rows| rows[0].clone()).collect();
        let outcomes = attempt(database, dialect, &firsts)?;
        let mut refused = Vec::new();
        let mut others = Vec::new();
        for (rows, outcome) in waiting.into_iter().zip(&outcomes) {
            match outcome {
                Ok(()) => {
                    filled += 1;
                    others.extend(rows.into_iter().skip(1));
                }
                Err(_) => refused.push(rows),
            }
        }
        // A further row may be refused: by a uniqueness over what has few values.
        attempt(database, dialect, &others)?;
        if refused.is_empty() || refused.len() == outcomes.len() {
            return Ok(filled);
        }
        waiting = refused;
    }
}

fn takes_rows(table: &Table) -> bool {
    !table.options.contains_key("foreign_server") && !table.options.contains_key("virtual") && !table.columns.is_empty()
}

/// The statements that fill a table, the last one with nothing but what is demanded.
fn rows_of(dialect: Dialect, schema: &Schema, name: &QualifiedName, table: &Table) -> Vec<String> {
    let quote = |name: &str| dialect_of(dialect).quote_identifier(name);
    let path = path(dialect, name);
    let key: Vec<&str> =
        table.primary_key.iter().flat_map(|key| &key.parts).filter_map(|part| part.as_column()).collect();
    let always =
        table.columns.values().any(|it| it.identity.as_ref().is_some_and(|it| it.kind == IdentityKind::Always));
    let overriding = if always { " OVERRIDING SYSTEM VALUE" } else { "" };
    (0..3)
        .filter_map(|row| {
            let (mut names, mut values) = (Vec::new(), Vec::new());
            for (column_name, column) in &table.columns {
                let is_demanded = !column.nullable || key.contains(&column_name.as_str());
                if column.generated.is_some() || (row == 2 && !is_demanded) {
                    continue;
                }
                match value(schema, &column.data_type, row) {
                    Some(value) => {
                        names.push(quote(column_name));
                        values.push(value);
                    }
                    None if is_demanded && column.default.is_none() => return None,
                    None => {}
                }
            }
            let (names, values) = (names.join(", "), values.join(", "));
            (!names.is_empty()).then(|| format!("INSERT INTO {path} ({names}){overriding} VALUES ({values})"))
        })
        .collect()
}

fn path(dialect: Dialect, name: &QualifiedName) -> String {
    let quote = |name: &str| dialect_of(dialect).quote_identifier(name);
    if name.namespace.is_empty() {
        quote(&name.name)
    } else {
        format!("{}.{}", quote(&name.namespace), quote(&name.name))
    }
}

/// The value of a type in a row, as SQL; none where none is known.
pub(super) fn value(schema: &Schema, data_type: &DataType, row: usize) -> Option<String> {
    let label = |labels: &[String]| labels.get(row % labels.len().max(1)).map(|label| text(label));
    match data_type {
        DataType::Enum { namespace, name } => label(&schema.enum_type(namespace, name)?.labels),
        DataType::InlineEnum(labels) | DataType::InlineSet(labels) => label(labels),
        DataType::UserDefined { namespace, name } => {
            let domain = schema.namespaces.get(namespace)?.domains.get(name)?;
            value(schema, &domain.data_type, row)
        }
        DataType::Array(element) => {
            let element = value(schema, element, row)?;
            Some(text(&format!("{{\"{}\"}}", element.trim_matches('\'').replace('"', "\\\""))))
        }
        DataType::Named(named) => named_value(&named.name, named.number(0), row),
        _ => None,
    }
}

fn named_value(name: &str, length: Option<i64>, row: usize) -> Option<String> {
    let number = row + 3;
    let day = row + 1;
    Some(match name {
        "tinyint" if length == Some(1) => (row % 2).to_string(),
        "smallint" | "integer" | "int" | "bigint" | "mediumint" | "tinyint" | "numeric" | "decimal" | "real"
        | "double precision" | "double" | "float" | "money" | "oid" => number.to_string(),
        "boolean" | "bool" => if row.is_multiple_of(2) { "true" } else { "false" }.to_owned(),
        "year" => (2000 + row).to_string(),
        "date" => text(&format!("2020-01-0{day}")),
        "time" | "timetz" => text(&format!("12:00:0{day}")),
        "timestamp" | "timestamptz" | "datetime" => text(&format!("2020-01-0{day} 12:00:00")),
        "interval" => text(&format!("{day} days")),
        "json" | "jsonb" => text(&format!("{{\"row\": {day}}}")),
        "uuid" => text(&format!("00000000-0000-4000-8000-00000000000{day}")),
        "bytea" => text(&format!("\\x0{day}")),
        "blob" | "tinyblob" | "mediumblob" | "longblob" | "binary" | "varbinary" => format!("X'0{day}'"),
        "bit" | "varbit" => return None,
        "inet" | "inet4" => text(&format!("10.0.0.{day}")),
        "cidr" => text(&format!("10.0.0.{day}/32")),
        "macaddr" => text(&format!("08:00:2b:01:02:0{day}")),
        "int4range" | "int8range" | "numrange" => text(&format!("[{day},{})", day + 1)),
        "text" | "citext" | "tinytext" | "mediumtext" | "longtext" => text(&format!("row {day}")),
        "varchar" | "char" | "bpchar" | "nvarchar" | "nchar" | "character varying" => match length {
            Some(length) if length < 5 => text(&day.to_string()),
            _ => text(&format!("row {day}")),
        },
        _ => return None,
    })
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Sends statements one by one on one connection, and gives what came of each.
fn attempt(database: &Scratch, dialect: Dialect, statements: &[String]) -> Result<Vec<Result<(), String>>, String> {
    let url = database.url();
    macro_rules! attempt_on {
        ($connection:ty) => {{
            let mut connection = <$connection>::connect(url).await.map_err(|error| error.to_string())?;
            let mut outcomes = Vec::new();
            for statement in statements {
                let sent = connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statement.as_str()))).await;
                outcomes.push(sent.map(drop).map_err(|error| error.to_string()));
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
            let columns: Vec<(&String, &Column)> = table.columns.iter().collect();
            let shown: Vec<String> = columns.iter().map(|(name, column)| as_text(dialect, name, column)).collect();
            let query = format!("SELECT {} FROM {}", shown.join(", "), path(dialect, &name));
            (name, columns.into_iter().map(|(name, _)| name.clone()).collect(), query)
        })
        .collect();
    macro_rules! contents_of {
        ($connection:ty) => {{
            let mut connection = <$connection>::connect(url).await.map_err(|error| error.to_string())?;
            let mut contents = Contents::new();
            for (table, columns, query) in &queries {
                let rows = connection
                    .fetch_all(sqlx::raw_sql(sqlx::AssertSqlSafe(query.as_str())))
                    .await
                    .map_err(|error| format!("{query}: {error}"))?;
                for (position, column) in columns.iter().enumerate() {
                    let mut values: Values = rows
                        .iter()
                        .map(|row| {
                            debug_assert!(row.columns()[position].ordinal() == position);
                            row.try_get_unchecked::<Option<String>, _>(position)
                        })
                        .collect::<Result<_, _>>()
                        .map_err(|error| format!("{query}: {error}"))?;
                    values.sort();
                    contents.insert((table.clone(), column.clone()), values);
                }
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
        Dialect::Sqlite => format!("quote({quoted})"),
    }
}

/// Whether all that need not go is still there: each column of both schemas, value for value where its type stays, and as
/// many of them that are not NULL where the new type takes every old value.
pub(super) fn kept(
    (from, to): (&Schema, &Schema),
    (before, after): (&Contents, &Contents),
    dialect: Dialect,
) -> Result<(), String> {
    for ((table, column), old) in before {
        let of = |schema: &Schema| {
            let columns = &schema.table(&table.namespace, &table.name)?.columns;
            columns.get(column).filter(|column| column.generated.is_none()).cloned()
        };
        let (Some(left), Some(right), Some(new)) = (of(from), of(to), after.get(&(table.clone(), column.clone())))
        else {
            continue;
        };
        let is_safe = matches!(
            dialect_of(dialect).conversion(&left.data_type, &right.data_type),
            ormsync_dialect::Conversion::Safe
        );
        // What was NULL may have been filled in.
        let values = |values: &Values| values.iter().flatten().cloned().collect::<Vec<_>>();
        let is_kept = if left.data_type == right.data_type && left.collation == right.collation {
            let new = values(new);
            values(old).iter().all(|value| new.contains(value))
        } else {
            !is_safe || values(new).len() >= values(old).len()
        };
        if !is_kept || old.len() != new.len() {
            return Err(format!("{table}.{column}: {old:?} became {new:?}"));
        }
    }
    Ok(())
}

/// The columns that a plan demands of rows which have nothing there.
pub(super) fn demanded(plan: &Plan, to: &Schema) -> Vec<ormsync_diff::plan::Backfill> {
    let mut found = Vec::new();
    let mut add = |table: &QualifiedName, name: &str, column: &Column| {
        if column.default.is_some() || column.identity.is_some() || column.generated.is_some() {
            return;
        }
        if let Some(expression) = value(to, &column.data_type, 0) {
            found.push(ormsync_diff::plan::Backfill { table: table.clone(), column: name.to_owned(), expression });
        }
    };
    for operation in &plan.operations {
        let Operation::ChangeTable { table, change } = operation else { continue };
        match change {
            TableChange::AddColumn { name, column } if !column.nullable => add(table, name, column),
            TableChange::AlterColumn(change) if change.from.nullable && !change.to.nullable => {
                add(table, &change.name, &change.to);
            }
            TableChange::Rebuild(rebuild) => {
                for (name, column) in rebuild.to.columns.iter().filter(|(_, column)| !column.nullable) {
                    if rebuild.from.columns.get(name).is_none_or(|old| old.nullable) {
                        add(table, name, column);
                    }
                }
            }
            _ => {}
        }
    }
    found
}
