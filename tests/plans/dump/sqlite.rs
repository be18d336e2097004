//! `sqlite_schema`, in the words that mean something.
//!
//! A table may be declared in many ways that come to the same, so of a table the pragmas are taken, and the set of the
//! words in its statement that the pragmas do not tell. Everything else is compared word by word.

use std::collections::BTreeSet;

use sqlx::{Connection as _, Row as _};

use crate::judges::scratch::Scratch;

const PRAGMAS: &[&str] = &[
    // A row id takes no NULL, whether that is said or not.
    "SELECT m.name || ' column ' || p.cid || ' ' || p.name || ' ' || upper(p.type) || ' ' || \
     CASE WHEN upper(p.type) = 'INTEGER' AND p.pk = 1 THEN '' ELSE p.\"notnull\" END || ' ' || p.pk || ' ' || p.hidden \
     FROM sqlite_schema AS m, pragma_table_xinfo(m.name) AS p WHERE m.type = 'table' ORDER BY 1",
    // An index behind a constraint has a number for a name, in the order of declaration.
    "SELECT m.name || ' index ' || CASE i.origin WHEN 'c' THEN i.name ELSE '' END || ' ' || i.\"unique\" || i.origin || i.partial || ' ' || \
     (SELECT group_concat(coalesce(x.name, '') || ' ' || x.\"desc\" || ' ' || coalesce(upper(x.coll), ''), ', ') FROM pragma_index_xinfo(i.name) AS x) \
     FROM sqlite_schema AS m, pragma_index_list(m.name) AS i WHERE m.type = 'table' ORDER BY 1",
    "SELECT m.name || ' key ' || f.seq || ' ' || lower(f.\"table\") || ' ' || f.\"from\" || ' ' || coalesce(f.\"to\", '') || ' ' || f.on_update || ' ' || f.on_delete \
     FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' ORDER BY 1",
    "SELECT name || ' ' || type || wr || strict FROM pragma_table_list WHERE schema = 'main' ORDER BY 1",
];

/// Words that one way to declare a table has and another has not: the pragmas tell what they say.
const STRUCTURE: &[&str] = &[
    "constraint",
    "primary",
    "unique",
    "foreign",
    "key",
    "references",
    "on",
    "delete",
    "update",
    "no",
    "action",
    "null",
    "generated",
    "always",
    "virtual",
    "asc",
    "default",
    "create",
    "table",
    "if",
    "exists",
    "as",
    "not",
    "deferrable",
    "binary",
];

pub(super) fn dump(database: &Scratch) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut connection =
            sqlx::SqliteConnection::connect(database.url()).await.map_err(|error| error.to_string())?;
        let mut lines = Vec::new();
        for query in PRAGMAS {
            let rows = sqlx::raw_sql(*query).fetch_all(&mut connection).await.map_err(|error| error.to_string())?;
            lines.extend(rows.iter().map(|row| row.get::<String, _>(0)));
        }
        let rows = sqlx::raw_sql("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1, 2")
            .fetch_all(&mut connection)
            .await
            .map_err(|error| error.to_string())?;
        for row in rows {
            let (kind, name, sql) = (row.get::<String, _>(0), row.get::<String, _>(1), row.get::<String, _>(2));
            let words: Vec<String> = words(&sql).into_iter().map(one_spelling).collect();
            let text = if kind == "table" {
                let words: BTreeSet<String> =
                    words.into_iter().filter(|word| !STRUCTURE.contains(&word.as_str())).collect();
                words.into_iter().collect::<Vec<_>>().join(" ")
            } else {
                // What stands there or not without another meaning.
                words.join(" ").replace(" before ", " ").replace(" for each row ", " ").replace(" if not exists ", " ")
            };
            lines.push(format!("{kind} {name}: {text}"));
        }
        Ok(lines.join("\n"))
    })
}

/// Constants have several spellings: `TRUE`, `0x10`, `1.50`.
fn one_spelling(word: String) -> String {
    if let Some(number) = word.strip_prefix("0x").and_then(|digits| i64::from_str_radix(digits, 16).ok()) {
        return number.to_string();
    }
    match word.as_str() {
        "true" => "1".to_owned(),
        "false" => "0".to_owned(),
        other => match other.parse::<f64>() {
            Ok(number) if number.abs() < 1e15 => number.to_string(),
            _ => word,
        },
    }
}

/// The words of a statement without quotes, comments and punctuation, in small letters but for what stands in single quotes.
fn words(sql: &str) -> Vec<String> {
    let mut words = Vec::new();
    let letters: Vec<char> = sql.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let letter = letters[at];
        let end = match letter {
            '-' if letters.get(at + 1) == Some(&'-') => position(&letters, at, |it| it == '\n'),
            '/' if letters.get(at + 1) == Some(&'*') => (at..letters.len())
                .find(|&it| letters[it..].starts_with(&['*', '/']))
                .map_or(letters.len(), |it| it + 2),
            '\'' | '"' | '`' | '[' => {
                let close = if letter == '[' { ']' } else { letter };
                let mut end = at + 1;
                while end < letters.len() && (letters[end] != close || letters.get(end + 1) == Some(&close)) {
                    end += if letters[end] == close { 2 } else { 1 };
                }
                words.push(letters[at + 1..end.min(letters.len())].iter().collect::<String>().to_lowercase());
                end + 1
            }
            _ if letter.is_alphanumeric() || letter == '_' || letter == '.' => {
                let end = position(&letters, at, |it| !(it.is_alphanumeric() || it == '_' || it == '.'));
                words.push(letters[at..end].iter().collect::<String>().to_lowercase());
                end
            }
            _ => at + 1,
        };
        at = end;
    }
    words
}

fn position(letters: &[char], from: usize, is_end: impl Fn(char) -> bool) -> usize {
    (from..letters.len()).find(|&at| is_end(letters[at])).unwrap_or(letters.len())
}
