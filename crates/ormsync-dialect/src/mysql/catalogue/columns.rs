//! Columns, and how the two servers write their defaults.

use indexmap::IndexMap;
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
        let mut rows = Cells::of(rows, "columns");
        while let Some(first) = rows.next() {
            // Nearly always all columns of a table stand together: those of two that differ by letter case need not.
            let together = first.rows_alike(2);
            let mut names = first.clone();
            let (database, relation) = (names.text(), names.text());
            let namespace = self.namespace(database).to_owned();
            let content = self.schema.namespaces.get(&namespace);
            let table = content.and_then(|content| content.tables.get(relation));
            let of_table = table.map(|table| table.options.get("collation").cloned());
            let mut columns = IndexMap::with_capacity(together);
            for mut cells in std::iter::once(first).chain(rows.by_ref().take(together - 1)) {
                let name = cells.nth(2).flatten().unwrap_or_default();
                let mut column = self.column(&mut types, (database, relation, name), &mut cells);
                // Only a collation of the column's own is said; in a view it is that of what is selected.
                column.collation = match &of_table {
                    Some(of_table) => column.collation.filter(|own| Some(own) != of_table.as_ref()),
                    None => None,
                };
                columns.insert(name.to_owned(), column);
            }
            let content = self.schema.namespaces.get_mut(&namespace);
            match content.and_then(|content| columns_mut(content, relation)) {
                Some(known) if known.is_empty() => *known = columns,
                Some(known) => known.extend(columns),
                None => {}
            }
        }
    }

    /// What a row says of a column behind its name.
    fn column<'text>(
        &self,
        types: &mut KnownTypes<'text>,
        (database, relation, name): (&str, &str, &str),
        cells: &mut Cells<'text>,
    ) -> Column {
        let (type_text, nullable) = (cells.text(), cells.flag());
        let (default, extra) = (cells.optional(), Extra::of(cells.text()));
        let (expression, collation, comment) = (cells.filled(), cells.filled(), cells.filled());
        // MariaDB says in a comment that only it reads how a column is kept.
        let (type_text, kept) = type_text.split_once(" /*M!").unwrap_or((type_text, ""));
        let mut column = Column::new(types.get(type_text), nullable, origin(&[database, relation, name]));
        column.collation = collation;
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
        column
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
