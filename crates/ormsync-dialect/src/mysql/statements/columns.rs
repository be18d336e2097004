//! Columns: in CREATE TABLE, added, and changed.

use ormsync_schema::{
    Column, ColumnChange, DataType, DefaultValue, GeneratedStorage, Literal, NamedType, QualifiedName, TableChange,
};

use super::tables::primary_key;
use super::{Writer, path, quote};
use crate::mysql::{defaults, facts, types};

impl Writer<'_> {
    /// A type as statements write it: the server's own in capitals.
    pub(super) fn type_text(&self, data_type: &DataType) -> String {
        match data_type {
            DataType::InlineEnum(labels) => format!("ENUM({})", quoted_labels(labels)),
            DataType::InlineSet(labels) => format!("SET({})", quoted_labels(labels)),
            // The older name of the type is MariaDB's only one.
            DataType::Named(named) if self.is_mariadb && named.name == "geomcollection" => {
                "GEOMETRYCOLLECTION".to_owned()
            }
            DataType::Named(named) => named_type(named, data_type),
            other => types::print(other),
        }
    }

    /// Everything behind a column's name.
    fn definition(&self, column: &Column, says_null: bool) -> String {
        let mut text = self.type_text(&column.data_type);
        if column.compressed {
            text.push_str(if self.is_mariadb { " COMPRESSED" } else { " COLUMN_FORMAT COMPRESSED" });
        }
        if let Some(collation) = &column.collation {
            // A collation's name begins with its character set's.
            let charset = collation.split('_').next().unwrap_or_default();
            let is_json = column.data_type.as_named().is_some_and(|named| named.name == "json");
            if !is_json {
                text.push_str(&format!(" CHARACTER SET {charset} COLLATE {collation}"));
            }
        }
        if let Some(generated) = &column.generated {
            let storage = match generated.storage {
                GeneratedStorage::Stored => "STORED",
                GeneratedStorage::Virtual => "VIRTUAL",
            };
            match period_end(column) {
                Some(end) => text.push_str(&format!(" GENERATED ALWAYS AS {end}")),
                None => text.push_str(&format!(" GENERATED ALWAYS AS ({}) {storage}", generated.expression.sql())),
            }
            // MariaDB takes no nullability behind a generated column.
            if !self.is_mariadb {
                text.push_str(self.nullability(column, says_null));
            }
        } else {
            text.push_str(self.nullability(column, says_null));
        }
        if let Some(reference) = column.spatial_reference.filter(|_| !self.is_mariadb) {
            text.push_str(&format!(" SRID {reference}"));
        }
        if let Some(default) = &column.default {
            text.push_str(&format!(" DEFAULT {}", self.default(default, &column.data_type)));
        }
        if let Some(on_update) = &column.on_update {
            text.push_str(&format!(" ON UPDATE {}", defaults::print(on_update)));
        }
        if column.identity.is_some() {
            text.push_str(" AUTO_INCREMENT");
        }
        if column.invisible {
            text.push_str(" INVISIBLE");
        }
        if column.without_history {
            text.push_str(" WITHOUT SYSTEM VERSIONING");
        }
        if let Some(comment) = &column.comment {
            text.push_str(&format!(" COMMENT {}", facts::quote_text(comment)));
        }
        text
    }

    fn nullability(&self, column: &Column, says_null: bool) -> &'static str {
        match (column.nullable, says_null) {
            (false, _) => " NOT NULL",
            (true, true) => " NULL",
            (true, false) => "",
        }
    }

    /// `` `name` TYPE … ``.
    pub(super) fn column(&self, name: &str, column: &Column) -> String {
        // Old servers make a `timestamp` without a word about it NOT NULL, so the word is always there.
        format!("{} {}", quote(name), self.definition(column, column.generated.is_none()))
    }

    /// A default. Types that take no constant, and expressions, want parentheses.
    pub(super) fn default(&self, default: &DefaultValue, data_type: &DataType) -> String {
        let name = data_type.as_named().map(|named| named.name.as_str()).unwrap_or_default();
        let only_expressions = matches!(
            name,
            "tinytext"
                | "text"
                | "mediumtext"
                | "longtext"
                | "tinyblob"
                | "blob"
                | "mediumblob"
                | "longblob"
                | "json"
                | "geometry"
                | "point"
                | "linestring"
                | "polygon"
                | "multipoint"
                | "multilinestring"
                | "multipolygon"
                | "geomcollection"
                | "vector"
        );
        let text = match default {
            DefaultValue::Expression(expression) => {
                let text = expression.sql();
                return if is_in_parentheses(text) { text.to_owned() } else { format!("({text})") };
            }
            DefaultValue::NextValue { .. } => return format!("({})", defaults::print(default)),
            DefaultValue::Literal(Literal::Number(number)) if name == "bit" => {
                number.parse::<u64>().map_or_else(|_| number.clone(), |bits| format!("b'{bits:b}'"))
            }
            DefaultValue::Literal(Literal::Number(number)) if name == "tinyint" => {
                match (number.as_str(), is_boolean(data_type)) {
                    ("1", true) => "true".to_owned(),
                    ("0", true) => "false".to_owned(),
                    _ => number.clone(),
                }
            }
            other => defaults::print(other),
        };
        if only_expressions && !self.is_mariadb { format!("({text})") } else { text }
    }

    /// One ALTER TABLE with all changes of columns and of the primary key.
    pub(super) fn alter_table(&self, table: &QualifiedName, changes: &[&TableChange]) -> Vec<String> {
        let clauses: Vec<String> = changes.iter().filter_map(|change| self.clause(change)).collect();
        if clauses.is_empty() {
            return Vec::new();
        }
        vec![format!("ALTER TABLE {} {}{}", path(table), clauses.join(",\n    "), self.hints(","))]
    }

    fn clause(&self, change: &TableChange) -> Option<String> {
        Some(match change {
            TableChange::DropPrimaryKey(_) => "DROP PRIMARY KEY".to_owned(),
            TableChange::AddPrimaryKey(key) => format!("ADD {}", primary_key(key)),
            TableChange::DropColumn { name, .. } => format!("DROP COLUMN {}", quote(name)),
            TableChange::AddColumn { name, column } => format!("ADD COLUMN {}", self.column(name, column)),
            TableChange::AlterColumn(change) => self.alter_column(change),
            _ => return None,
        })
    }

    fn alter_column(&self, change: &ColumnChange) -> String {
        let ColumnChange { name, from, to, .. } = change;
        let undefaulted = |column: &Column| Column {
            default: None,
            client: Default::default(),
            places: Default::default(),
            ..column.clone()
        };
        if to.default.is_none() && from.default.is_some() && undefaulted(from) == undefaulted(to) {
            return format!("ALTER COLUMN {} DROP DEFAULT", quote(name));
        }
        format!("MODIFY {}", self.column(name, to))
    }
}

/// `ROW START` or `ROW END`, where that is what MariaDB fills the column with: the span of time of a version of a row.
pub(super) fn period_end(column: &Column) -> Option<&'static str> {
    let text = column.generated.as_ref()?.expression.sql();
    ["ROW START", "ROW END"].into_iter().find(|words| text.eq_ignore_ascii_case(words))
}

fn is_boolean(data_type: &DataType) -> bool {
    data_type.as_named().is_some_and(|named| named.name == "tinyint" && named.number(0) == Some(1))
}

/// Whether the first parenthesis closes only at the end.
fn is_in_parentheses(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut quoted = None;
    for (at, character) in text.char_indices() {
        match (quoted, character) {
            (Some(quote), _) if character == quote => quoted = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quoted = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1 == text.len();
                }
            }
            (None, _) if depth == 0 => return false,
            (None, _) => {}
        }
    }
    false
}

fn quoted_labels(labels: &[String]) -> String {
    labels.iter().map(|label| facts::quote_text(label)).collect::<Vec<_>>().join(", ")
}

fn named_type(named: &NamedType, data_type: &DataType) -> String {
    if is_boolean(data_type) && named.modifiers.is_empty() {
        return "BOOLEAN".to_owned();
    }
    let text = types::print(data_type);
    match named.name.as_str() {
        "int" => text.replacen("int", "INTEGER", 1).to_uppercase(),
        "decimal" => text.to_uppercase().replacen(',', ", ", 1),
        _ => {
            // Character sets and collations stay as they are.
            match text.split_once(" character set ").or_else(|| text.split_once(" collate ")) {
                Some(_) => text,
                None => text.to_uppercase(),
            }
        }
    }
}
