//! Columns, and how the two servers write their defaults.

use ormsync_schema::{Column, DataType, DefaultValue, Expression, Generated, GeneratedStorage, Identity, Literal};

use super::{Assembly, origin, text};
use crate::CatalogueRows;
use crate::catalogue::{Cells, columns_mut};
use crate::mysql::{defaults, types};
use crate::type_text::KnownTypes;

impl Assembly {
    /// Columns of tables and views.
    pub(super) fn read_columns(&mut self, rows: &CatalogueRows) {
        let mut types = KnownTypes::new(types::parse);
        for mut cells in Cells::of(rows, "columns") {
            let (database, relation, name) = (cells.text(), cells.text(), cells.text());
            let (type_text, nullable) = (cells.text(), cells.flag());
            let (default, extra) = (cells.optional(), Extra::of(cells.text()));
            let (expression, collation, comment) = (cells.filled(), cells.filled(), cells.filled());
            // MariaDB says in a comment that only it reads how a column is kept.
            let (type_text, kept) = type_text.split_once(" /*M!").unwrap_or((type_text, ""));
            let mut column = Column::new(types.get(type_text), nullable, origin(&[database, relation, name]));
            column.comment = comment;
            column.spatial_reference = cells.number();
            column.compressed = kept.contains("COMPRESSED");
            column.without_history = extra.has("without system versioning");
            column.invisible = extra.has("invisible");
            if extra.has("auto_increment") {
                column.identity = Some(Identity::auto_increment().into());
            }
            column.generated = expression.and_then(|expression| self.generated(&expression, &extra)).map(Box::new);
            if column.generated.is_none() {
                column.default = default.and_then(|text| self.default(text, &extra, &column.data_type, database));
            }
            column.on_update = extra.on_update().map(|text| defaults::parse(text, &column.data_type).into());
            let namespace = self.namespace(database);
            let Some(content) = self.schema.namespaces.get_mut(namespace) else { continue };
            if let Some(table) = content.tables.get(relation) {
                // Only a collation of the column's own is said.
                column.collation = collation.filter(|own| table.options.get("collation") != Some(own));
            }
            let Some(columns) = columns_mut(content, relation) else { continue };
            if columns.is_empty() {
                columns.reserve(cells.rows_alike(2));
            }
            columns.insert(name.to_owned(), column);
        }
    }

    fn generated(&self, expression: &str, extra: &Extra) -> Option<Generated> {
        // MySQL says GENERATED; MariaDB too, with PERSISTENT as its older word for STORED.
        let storage = if extra.has("stored generated") || extra.has("persistent") {
            GeneratedStorage::Stored
        } else if extra.has("virtual generated") || extra.has("virtual") {
            GeneratedStorage::Virtual
        } else {
            return None;
        };
        Some(Generated { expression: self.expression(expression), storage })
    }

    /// An expression as this server's catalogue writes it.
    pub(super) fn expression(&self, text: &str) -> Expression {
        if self.is_mariadb { Expression::written(text) } else { Expression::written(text::unescaped(text)) }
    }

    fn default(&self, text: &str, extra: &Extra, data_type: &DataType, database: &str) -> Option<DefaultValue> {
        if !self.is_mariadb {
            return Some(mysql_default(text, extra, data_type));
        }
        // MariaDB (since 10.2.7) writes a default as SQL, and the default of a column without one as NULL.
        if text == "NULL" {
            return None;
        }
        Some(match text::nextval(text) {
            Some((database, sequence)) => {
                DefaultValue::NextValue { namespace: self.namespace(&database).to_owned(), sequence }
            }
            // Sequences are named with their database.
            None => defaults::parse(&text::without_database(text, database), data_type),
        })
    }
}

/// MySQL writes a constant without quotes, and marks everything else as generated.
fn mysql_default(text: &str, extra: &Extra, data_type: &DataType) -> DefaultValue {
    if extra.has("default_generated") {
        return defaults::parse(&text::unescaped(text), data_type);
    }
    // Before 8.0.13 the only expression there is bears no mark.
    if text.to_ascii_uppercase().starts_with("CURRENT_TIMESTAMP") && is_time(data_type) {
        return defaults::parse(text, data_type);
    }
    if is_written_bare(text, data_type) {
        return defaults::parse(text, data_type);
    }
    DefaultValue::Literal(Literal::Text(text.to_owned()))
}

fn is_time(data_type: &DataType) -> bool {
    data_type.as_named().is_some_and(|named| matches!(named.name.as_str(), "datetime" | "timestamp"))
}

/// Constants that SQL writes without quotes: numbers, `b'101'`, and the bytes `0x6162` of binary strings.
fn is_written_bare(text: &str, data_type: &DataType) -> bool {
    let Some(named) = data_type.as_named() else { return false };
    match named.name.as_str() {
        "binary" | "varbinary" => text.starts_with("0x"),
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "date" | "datetime" | "timestamp"
        | "time" | "enum" | "set" | "json" | "tinyblob" | "blob" | "mediumblob" | "longblob" => false,
        _ => true,
    }
}

/// The column EXTRA: words about the column, in either case.
struct Extra(String);

impl Extra {
    fn of(text: &str) -> Self {
        Self(text.to_lowercase())
    }

    fn has(&self, words: &str) -> bool {
        self.0.contains(words)
    }

    /// What the column is set to on every update.
    fn on_update(&self) -> Option<&str> {
        let value = self.0.split_once("on update ")?.1;
        value.split_whitespace().next()
    }
}
