//! A database in its server's own words: `pg_dump`, SHOW CREATE, `sqlite_schema`.

mod normalised;
mod sqlite;
mod sqlite_statement;

use std::process::Command;

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

/// Tables, views and sequences; triggers; functions and procedures.
fn show_create(database: &Scratch) -> Result<String, String> {
    let lists = [
        "SELECT 'TABLE', table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 2",
        "SELECT 'TRIGGER', trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY 2",
        "SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = DATABASE() ORDER BY 1, 2",
    ];
    let mut text = String::new();
    for list in lists {
        for line in database.query(list)?.lines() {
            let Some((kind, name)) = line.split_once('\t') else { continue };
            let shown = database.query(&format!("SHOW CREATE {kind} `{}`", name.replace('`', "``")))?;
            // The columns around the statement are its name, and how the client was set when it was sent.
            let statement = shown.split('\t').find(|column| column.starts_with("CREATE ")).unwrap_or(&shown);
            // A view names its database; the client writes line ends as `\n`.
            let statement = statement.replace("\\n", "\n").replace(database_name(database.url()), "database");
            // The blanks in front of what a trigger does are no part of it.
            let statement =
                if kind == "TRIGGER" { statement.replacen("FOR EACH ROW\n", "FOR EACH ROW ", 1) } else { statement };
            text.push_str(&format!("{kind} {name}: {}\n", statement.trim_end_matches([';', '\n'])));
        }
    }
    Ok(text)
}

fn database_name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default()
}
