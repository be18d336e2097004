//! A database is read, written as SQL, made again from that, and read again: nothing may be lost on the way.

use std::path::PathBuf;
use std::process::Command;

use ormsync_diff::plan::physical;

use crate::case::{Case, Dialect, names};
use crate::judges::scratch::Scratch;
use crate::plans::{dialect_of, facts, first_difference, introspect, script, send};

/// The scripts of all cases with a database for a server, with the case's name.
fn databases(dialect: Dialect) -> Vec<(String, PathBuf)> {
    names()
        .into_iter()
        .filter_map(|name| Case::read(&name).ok())
        .filter(|case| case.file.dialects.contains(&dialect))
        .filter_map(|case| Some((case.name.clone(), case.database()?)))
        .collect()
}

fn round_trips(dialect: Dialect) {
    let mut failures = Vec::new();
    let databases = databases(dialect);
    assert!(!databases.is_empty(), "there is no case for {}", dialect.name());
    for (name, file) in databases {
        let (Some(original), Some(copy)) = (Scratch::new(dialect), Scratch::new(dialect)) else { return };
        original.load(&file).unwrap();
        if let Err(message) = round_trip(&original, &copy, dialect) {
            failures.push(format!("{name}: {message}"));
        }
    }
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n\n"));
}

fn round_trip(original: &Scratch, copy: &Scratch, dialect: Dialect) -> Result<(), String> {
    let schema = introspect(original, dialect);
    copy_routines(original, copy, dialect)?;
    let empty = introspect(copy, dialect);
    let plan = super::between(&empty, &schema, dialect);
    let statements = script(&plan, dialect);
    send(copy, dialect, &statements).map_err(|message| format!("{message}\n\n{statements}"))?;
    let again = introspect(copy, dialect);
    if let Some(difference) = first_difference(&facts(&again, dialect), &facts(&schema, dialect)) {
        return Err(format!("{difference}\n\n{statements}"));
    }
    // The first one's own words for everything, beside what we understood of them.
    assert_eq!(physical(&again, dialect_of(dialect)), physical(&schema, dialect_of(dialect)));
    let (left, right) = (dump(copy, dialect)?, dump(original, dialect)?);
    match first_difference(&left, &right) {
        Some(difference) => Err(format!("the server's own words: {difference}\n\n{statements}")),
        None => Ok(()),
    }
}

/// Functions are known by name and signature only, so they are brought over by the server's own means.
fn copy_routines(original: &Scratch, copy: &Scratch, dialect: Dialect) -> Result<(), String> {
    if dialect != Dialect::Postgresql {
        return Ok(());
    }
    let functions = original.query(
        "SELECT pg_get_functiondef(p.oid) || ';' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
         WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prokind IN ('f', 'p') \
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')",
    )?;
    copy.execute(&format!("SET check_function_bodies = off;\n{functions}"))
}

/// The database in the server's own words, in one order.
fn dump(database: &Scratch, dialect: Dialect) -> Result<String, String> {
    let text = match dialect {
        // pg_dump refuses a server newer than itself, and the package of the newest server has none.
        Dialect::PostgresqlNewest => return Ok(String::new()),
        Dialect::Postgresql => {
            let output = Command::new("pg_dump")
                .args(["--schema-only", "--no-owner", "--no-privileges"])
                .arg(format!("--dbname={}", database.url()))
                .output()
                .map_err(|error| error.to_string())?;
            if !output.status.success() {
                return Err(String::from_utf8_lossy(&output.stderr).into_owned());
            }
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        Dialect::Mysql | Dialect::Mariadb => {
            let tables = database
                .query("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1")?;
            let mut text = String::new();
            for table in tables.lines() {
                let shown = database.query(&format!("SHOW CREATE TABLE `{}`", table.replace('`', "``")))?;
                // A view names its database; the client writes line ends as `\n`.
                let shown = shown.replace("\\n", "\n");
                text.push_str(&shown.replace(database_name(database.url()), "database"));
            }
            text
        }
        Dialect::Sqlite => sqlite_schema(database)?,
    };
    Ok(in_one_order(&text, dialect))
}

fn database_name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default()
}

fn sqlite_schema(database: &Scratch) -> Result<String, String> {
    use sqlx::{Connection as _, Row as _};
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut connection =
            sqlx::SqliteConnection::connect(database.url()).await.map_err(|error| error.to_string())?;
        let rows = sqlx::query("SELECT type, name, tbl_name FROM sqlite_schema ORDER BY 1, 2")
            .fetch_all(&mut connection)
            .await
            .map_err(|error| error.to_string())?;
        let line = |row: &sqlx::sqlite::SqliteRow| {
            format!("{} {} {}", row.get::<String, _>(0), row.get::<String, _>(1), row.get::<String, _>(2))
        };
        Ok(rows.iter().map(line).collect::<Vec<_>>().join("\n"))
    })
}

/// Lines sorted within what a blank line or a statement parts: columns and indexes may come in another order.
fn in_one_order(text: &str, dialect: Dialect) -> String {
    let is_noise = |line: &str| line.trim().is_empty() || line.starts_with("--") || line.starts_with('\\');
    let mut lines: Vec<String> = text
        .lines()
        .filter(|line| !is_noise(line))
        .map(|line| line.trim().trim_end_matches(',').split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    if dialect != Dialect::Sqlite {
        lines.sort();
    }
    lines.join("\n")
}

#[test]
fn postgresql() {
    round_trips(Dialect::Postgresql);
}

#[test]
fn mysql() {
    round_trips(Dialect::Mysql);
}

#[test]
fn mariadb() {
    round_trips(Dialect::Mariadb);
}

#[test]
fn sqlite() {
    round_trips(Dialect::Sqlite);
}
