//! Reads the SQL that Prisma's engine writes, in the engine's own style: one column, constraint or index a
//! line.

use std::collections::BTreeMap;

/// What a script makes.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) tables: BTreeMap<(String, String), ScriptTable>,
    pub(crate) enums: BTreeMap<(String, String), Vec<String>>,
    pub(crate) extensions: Vec<String>,
}

/// A table.
#[derive(Debug, Default)]
pub(crate) struct ScriptTable {
    pub(crate) columns: indexmap::IndexMap<String, ScriptColumn>,
    pub(crate) primary_key: Option<(Option<String>, Vec<String>)>,
    pub(crate) indexes: Vec<String>,
    pub(crate) foreign_keys: Vec<String>,
}

/// A column.
#[derive(Debug)]
pub(crate) struct ScriptColumn {
    pub(crate) data_type: String,
    pub(crate) not_null: bool,
    pub(crate) numbered: bool,
    pub(crate) default: Option<String>,
}

impl Script {
    pub(crate) fn read(sql: &str) -> Self {
        let mut script = Self::default();
        let lines: Vec<&str> = sql.lines().filter(|line| !line.starts_with("--") && !line.trim().is_empty()).collect();
        let sql = lines.join("\n");
        for statement in sql.split(";\n") {
            script.statement(statement.trim().trim_end_matches(';'));
        }
        script.extensions.sort();
        script
    }

    fn statement(&mut self, statement: &str) {
        if let Some(rest) = statement.strip_prefix("CREATE TABLE ") {
            self.table(rest);
        } else if let Some(rest) = statement.strip_prefix("CREATE TYPE ") {
            let (name, labels) = rest.split_once(" AS ENUM (").unwrap();
            self.enums.insert(qualified(name), quoted_list(labels));
        } else if let Some(rest) = statement.strip_prefix("CREATE EXTENSION IF NOT EXISTS ") {
            self.extensions.push(identifier(rest).0);
        } else if let Some(rest) = statement.strip_prefix("CREATE UNIQUE INDEX ") {
            self.index(rest, "UNIQUE ");
        } else if let Some(rest) = statement.strip_prefix("CREATE INDEX ") {
            self.index(rest, "");
        } else if let Some(rest) = statement.strip_prefix("ALTER TABLE ") {
            let (table, constraint) = rest.split_once(" ADD CONSTRAINT ").unwrap();
            let key = foreign_key(constraint);
            self.tables.get_mut(&qualified(table)).unwrap().foreign_keys.push(key);
        } else {
            assert!(statement.is_empty() || statement.starts_with("CREATE SCHEMA"), "unknown: {statement}");
        }
    }

    fn table(&mut self, text: &str) {
        let (name, body) = text.split_once(" (\n").unwrap();
        let mut table = ScriptTable::default();
        // A default may hold a line break; such lines belong to the one before.
        let mut lines: Vec<String> = Vec::new();
        for line in body.lines() {
            if line.starts_with("    ") || line.starts_with(')') {
                lines.push(line.to_owned());
            } else if let Some(last) = lines.last_mut() {
                last.push('\n');
                last.push_str(line);
            }
        }
        for line in lines.iter().map(|line| line.trim().trim_end_matches(',')) {
            if line.starts_with(')') {
                break;
            }
            table.member(line);
        }
        self.tables.insert(qualified(name), table);
    }

    fn index(&mut self, text: &str, unique: &str) {
        let (name, rest) = identifier(text);
        let rest = rest.trim_start().strip_prefix("ON ").unwrap();
        let at = rest.find(['(', ' ']).unwrap();
        let (table, rest) = rest.split_at(at);
        let rest = rest.trim_start();
        let (method, rest) = match rest.strip_prefix("USING ") {
            Some(rest) => rest.split_once(' ').map(|(method, rest)| (format!(" USING {method}"), rest)).unwrap(),
            None => (String::new(), rest),
        };
        let (parts, predicate) = match rest.split_once(" WHERE ") {
            // PostgreSQL's are in parentheses, SQLite's are not.
            Some((parts, predicate)) => {
                let inner = predicate.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
                (parts, format!(" WHERE {}", inner.unwrap_or(predicate)))
            }
            None => (rest, String::new()),
        };
        let mut parts = parts_list(parts).join(", ");
        if method == " USING SPGIST" {
            parts = parts.replace(" inet_ops", "");
        }
        self.tables
            .get_mut(&qualified(table))
            .unwrap()
            .indexes
            .push(format!("{unique}{name}{method} ({parts}){predicate}"));
    }
}

impl ScriptTable {
    fn member(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("PRIMARY KEY ") {
            self.primary_key = Some((None, parts_list(rest)));
        } else if let Some(rest) = line.strip_prefix("CONSTRAINT ") {
            match rest.split_once(" PRIMARY KEY ") {
                Some((name, parts)) => self.primary_key = Some((Some(identifier(name).0), parts_list(parts))),
                None => self.foreign_keys.push(foreign_key(rest)),
            }
        } else if let Some((head, rest)) = line.split_once("INDEX ").filter(|_| !line.starts_with(['"', '`'])) {
            let (name, parts) = identifier(rest);
            let (unique, method) = match head.trim() {
                "UNIQUE" => ("UNIQUE ", ""),
                "FULLTEXT" => ("", " USING FULLTEXT"),
                _ => ("", ""),
            };
            self.indexes.push(format!("{unique}{name}{method} ({})", parts_list(parts).join(", ")));
        } else {
            self.column(line);
        }
    }

    fn column(&mut self, line: &str) {
        let (name, rest) = identifier(line);
        let rest = rest.trim_start();
        let (rest, default) = match rest.split_once(" DEFAULT ") {
            Some((rest, default)) => (rest, Some(default.to_owned())),
            None => (rest, None),
        };
        let mut data_type = rest;
        for word in [" NOT NULL", " NULL", " PRIMARY KEY", " AUTO_INCREMENT"] {
            data_type = data_type.split(word).next().unwrap();
        }
        if rest.contains(" PRIMARY KEY") {
            self.primary_key = Some((None, vec![name.clone()]));
        }
        let numbered = rest.contains("AUTOINCREMENT")
            || rest.contains("AUTO_INCREMENT")
            || matches!(data_type, "SERIAL" | "BIGSERIAL" | "SMALLSERIAL");
        let not_null = rest.contains(" NOT NULL");
        self.columns.insert(name, ScriptColumn { data_type: data_type.to_owned(), not_null, numbered, default });
    }
}

/// The quoted name at the beginning of a text, and the rest.
fn identifier(text: &str) -> (String, &str) {
    let quote = text.chars().next().unwrap();
    assert!(matches!(quote, '"' | '`'), "no quoted name: {text}");
    let end = text[1..].find(quote).unwrap() + 1;
    (text[1..end].to_owned(), &text[end + 1..])
}

/// `"namespace"."name"` or `"name"`.
pub(crate) fn qualified(text: &str) -> (String, String) {
    let (first, rest) = identifier(text);
    match rest.strip_prefix('.') {
        Some(rest) => (first, identifier(rest).0),
        None => (String::new(), first),
    }
}

/// The strings of `'a', 'b')`.
pub(crate) fn quoted_list(text: &str) -> Vec<String> {
    let text = text.trim_end_matches(')');
    text.split("', '").map(|label| label.trim_matches('\'').replace("''", "'")).collect()
}

/// `("a", "b" DESC)`, without quotes; an operator class that is the type's default is left out.
fn parts_list(text: &str) -> Vec<String> {
    let inner = text.trim().strip_prefix('(').unwrap();
    let inner = inner.strip_suffix(')').unwrap_or(inner);
    inner
        .split(',')
        .map(|part| {
            let (name, rest) = identifier(part.trim());
            let words: Vec<&str> = rest.split_whitespace().filter(|word| !DEFAULT_CLASSES.contains(word)).collect();
            match rest.strip_prefix('(') {
                Some(_) => format!("{name}{rest}"),
                None if words.is_empty() => name,
                None => format!("{name} {}", words.join(" ")),
            }
        })
        .collect()
}

/// Classes that the engine writes and the server takes for granted.
const DEFAULT_CLASSES: &[&str] =
    &["jsonb_ops", "array_ops", "text_ops", "bit_minmax_ops", "numeric_minmax_ops", "inet_inclusion_ops"];

/// `"n" FOREIGN KEY ("a") REFERENCES "T"("id") ON DELETE … ON UPDATE …`.
fn foreign_key(text: &str) -> String {
    let (name, rest) = identifier(text);
    let rest = rest.trim_start().strip_prefix("FOREIGN KEY ").unwrap();
    let (columns, rest) = rest.split_once(" REFERENCES ").unwrap();
    let (target, actions) = rest.split_once(" ON DELETE ").unwrap();
    let at = target.find('(').unwrap();
    let (namespace, table) = qualified(target[..at].trim());
    let (on_delete, on_update) = actions.split_once(" ON UPDATE ").unwrap();
    format!(
        "{name} ({}) -> {namespace}.{table} ({}) {on_delete} / {on_update}",
        parts_list(columns).join(", "),
        parts_list(&target[at..]).join(", ")
    )
}
