//! `sqlite_schema`: what the pragmas say, and the statements taken apart by a port of SQLite's own grammar.

use sqlx::{Connection as _, Row as _};

use super::sqlite_statement::{self, Keys};
use crate::judges::scratch::Scratch;

const PRAGMAS: &[&str] = &[
    // A row id takes no NULL, whether that is said or not.
    "SELECT m.name || ' column ' || p.cid || ' ' || p.name || ' ' || replace(upper(p.type), ' ', '') || ' ' || \
     CASE WHEN upper(p.type) = 'INTEGER' AND p.pk = 1 THEN '' ELSE p.\"notnull\" END || ' ' || p.pk || ' ' || p.hidden \
     FROM sqlite_schema AS m, pragma_table_xinfo(m.name) AS p WHERE m.type = 'table' ORDER BY 1",
    // An index behind a constraint has a number for a name, in the order of declaration.
    "SELECT m.name || ' index ' || CASE i.origin WHEN 'c' THEN i.name ELSE '' END || ' ' || i.\"unique\" || i.origin || i.partial || ' ' || \
     (SELECT group_concat(coalesce(x.name, '') || ' ' || x.\"desc\" || ' ' || coalesce(upper(x.coll), ''), ', ') FROM pragma_index_xinfo(i.name) AS x) \
     FROM sqlite_schema AS m, pragma_index_list(m.name) AS i WHERE m.type = 'table' ORDER BY 1",
    "SELECT m.name || ' key ' || f.seq || ' ' || lower(f.\"table\") || ' ' || f.\"from\" || ' ' || \
     coalesce(f.\"to\", (SELECT x.name FROM pragma_table_info(f.\"table\") AS x WHERE x.pk = f.seq + 1), '') || ' ' || f.on_update || ' ' || f.on_delete \
     FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' ORDER BY 1",
    "SELECT name || ' ' || type || wr || strict FROM pragma_table_list WHERE schema = 'main' ORDER BY 1",
];

const KEYS: &str = "SELECT lower(m.name), lower(p.name) FROM sqlite_schema AS m, pragma_table_info(m.name) AS p \
                    WHERE m.type = 'table' AND p.pk > 0 ORDER BY m.name, p.pk";

const STATEMENTS: &str = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1, 2";

pub(super) fn dump(database: &Scratch) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let read = runtime.block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(database.url()).await?;
        let mut lines = Vec::new();
        for query in PRAGMAS {
            let rows = sqlx::raw_sql(*query).fetch_all(&mut connection).await?;
            lines.extend(rows.iter().map(|row| row.get::<String, _>(0)));
        }
        let mut keys = Keys::new();
        for row in sqlx::raw_sql(KEYS).fetch_all(&mut connection).await? {
            keys.entry(row.get(0)).or_default().push(row.get(1));
        }
        Ok((lines, keys, sqlx::raw_sql(STATEMENTS).fetch_all(&mut connection).await?))
    });
    let (mut lines, keys, statements) = read.map_err(|error: sqlx::Error| error.to_string())?;
    for row in statements {
        let (kind, name, sql) = (row.get::<String, _>(0), row.get::<String, _>(1), row.get::<String, _>(2));
        let parts = sqlite_statement::parts(&sql, &keys).map_err(|error| format!("{error}: {sql}"))?;
        lines.extend(parts.into_iter().map(|part| format!("{kind} {name}: {part}")));
    }
    Ok(lines.join("\n"))
}
