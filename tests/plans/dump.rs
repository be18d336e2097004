//! A database in its server's own words: `pg_dump`, SHOW CREATE, `sqlite_schema`.

mod normalised;
mod sqlite;
mod sqlite_statement;

use std::process::Command;

use sqlx::{Connection as _, Row as _};

use self::normalised::in_one_order;
use crate::case::Dialect;
use crate::judges::scratch::Scratch;

/// The database in the server's own words, in one order, without what is another spelling of the same.
pub(super) fn dump(database: &Scratch, dialect: Dialect) -> Result<String, String> {
    let text = match dialect {
        Dialect::Postgresql => pg_dump(database)?,
        // pg_dump refuses a server newer than itself, and the package of the newest server has none: what pg_dump
        // would ask for is asked.
        Dialect::PostgresqlNewest => database.query(include_str!("dump/catalogue.sql"))?,
        Dialect::Mysql | Dialect::Mariadb => show_create(database)?,
        Dialect::Sqlite => sqlite::dump(database)?,
    };
    Ok(in_one_order(&text, dialect))
}

fn pg_dump(database: &Scratch) -> Result<String, String> {
    let output = Command::new("pg_dump")
        .args(["--schema-only", "--no-owner", "--no-privileges"])
        .arg(format!("--dbname={}", database.url()))
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Tables, views and sequences; triggers; functions and procedures. All on one connection: a start of the client for each
/// of some hundred takes longer than a test may where others keep the processor busy.
fn show_create(database: &Scratch) -> Result<String, String> {
    let lists = [
        "SELECT 'TABLE', table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 2",
        "SELECT 'TRIGGER', trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY 2",
        "SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = DATABASE() ORDER BY 1, 2",
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let shown: Result<Vec<(String, String, String)>, sqlx::Error> = runtime.block_on(async {
        let mut connection = sqlx::MySqlConnection::connect(database.url()).await?;
        let mut shown = Vec::new();
        for list in lists {
            for row in sqlx::raw_sql(list).fetch_all(&mut connection).await? {
                let (kind, name): (String, String) = (row.try_get_unchecked(0)?, row.try_get_unchecked(1)?);
                let query = format!("SHOW CREATE {kind} `{}`", name.replace('`', "``"));
                let row = sqlx::raw_sql(sqlx::AssertSqlSafe(query)).fetch_one(&mut connection).await?;
                // The columns around the statement are its name, and how the client was set when it was sent.
                let columns = (0..row.len()).filter_map(|at| row.try_get_unchecked::<String, _>(at).ok());
                let statement = columns.into_iter().find(|column| column.starts_with("CREATE ")).unwrap_or_default();
                shown.push((kind, name, statement));
            }
        }
        connection.close().await?;
        Ok(shown)
    });
    let mut text = String::new();
    for (kind, name, statement) in shown.map_err(|error| error.to_string())? {
        // A view names its database.
        let statement = statement.replace(database_name(database.url()), "database");
        // The blanks in front of what a trigger does are no part of it.
        let statement =
            if kind == "TRIGGER" { statement.replacen("FOR EACH ROW\n", "FOR EACH ROW ", 1) } else { statement };
        text.push_str(&format!("{kind} {name}: {}\n", statement.trim_end_matches([';', '\n'])));
    }
    Ok(text)
}

fn database_name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default()
}
