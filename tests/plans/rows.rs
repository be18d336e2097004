//! Rows: up to three in each table, so that what a migration loses is seen, and what stands in its way stands there.

use std::collections::BTreeSet;

use ormsync_dialect::Conversion;
use ormsync_diff::plan::Backfill;
use ormsync_schema::{
    Column, DataType, IdentityKind, Index, Operation, Plan, QualifiedName, Schema, Table, TableChange,
};

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::plans::contents::attempt;
use crate::plans::dialect_of;

/// So many rows in a table, at the most.
pub(super) const MOST: usize = 3;

/// What rows that are there get: another value than any of them has.
const BACKFILLED: usize = MOST;

/// Tables that are filled before a schema becomes another one, so that the rows fit both.
pub(super) struct Filling<'a> {
    pub(super) dialect: Dialect,
    pub(super) from: &'a Schema,
    pub(super) to: &'a Schema,
}

/// A row as statements: with all columns, and with nothing but what is demanded.
type Row = [Option<String>; 2];

impl Filling<'_> {
    /// Fills the tables: the first row has the first value of each type, so that it refers to the first row of any table.
    /// A table that takes no such rows (its checks want others) stays empty. Gives the number of rows.
    pub(super) fn fill(&self, database: &Scratch, most: usize) -> Result<usize, String> {
        let mut waiting: Vec<Row> = Vec::new();
        for (namespace, name, table) in self.from.tables().filter(|(_, _, table)| takes_rows(table)) {
            let name = QualifiedName::new(namespace, name);
            let rows = if self.is_single(&name, table) { most.min(1) } else { most };
            waiting.extend((0..rows).map(|row| self.row(&name, table, row)));
        }
        let mut filled = 0;
        for way in 0..2 {
            // What refers to a table that is still empty is refused, and tried again.
            loop {
                let (now, later): (Vec<Row>, Vec<Row>) = waiting.into_iter().partition(|row| row[way].is_some());
                let statements: Vec<String> = now.iter().filter_map(|row| row[way].clone()).collect();
                let outcomes = attempt(database, self.dialect, &statements)?;
                let refused: Vec<Row> =
                    now.into_iter().zip(&outcomes).filter(|(_, taken)| !**taken).map(|(row, _)| row).collect();
                let taken = outcomes.len() - refused.len();
                filled += taken;
                waiting = refused;
                waiting.extend(later);
                if taken == 0 {
                    break;
                }
            }
        }
        Ok(filled)
    }

    /// Whether more than one row would be equal in something unique, before or behind the change.
    fn is_single(&self, name: &QualifiedName, table: &Table) -> bool {
        let Some(target) = self.target(name) else { return false };
        let is_alike = |column: &str| {
            let Some(from) = table.columns.get(column) else {
                // What is added has one value in all rows, or none.
                return target.columns.get(column).is_some_and(|to| !to.nullable && to.identity.is_none());
            };
            let to = target.columns.get(column).unwrap_or(from);
            has_few_values(self.from, &from.data_type)
                || has_few_values(self.to, &to.data_type)
                || from.generated.is_some()
                || to.generated.is_some()
                || is_foreign(target, column)
        };
        let is_narrow = |index: &&Index| index.kind.is_unique() && index.columns().all(is_alike);
        let has_alike_key = |table: &Table| {
            let mut parts =
                table.primary_key.iter().flat_map(|key| &key.parts).filter_map(|part| part.as_column()).peekable();
            parts.peek().is_some() && parts.all(is_alike)
        };
        table.indexes.iter().any(|index| is_narrow(&index))
            || target.indexes.iter().any(|index| is_narrow(&index))
            || has_alike_key(table)
            || has_alike_key(target)
    }

    fn target(&self, name: &QualifiedName) -> Option<&Table> {
        self.to.table(&name.namespace, &name.name)
    }

    /// The statements that make a row; the last one has nothing but what is demanded, the third row in any case.
    fn row(&self, name: &QualifiedName, table: &Table, row: usize) -> Row {
        let whole = (row < 2).then(|| self.insert(name, table, row, true)).flatten();
        [whole, self.insert(name, table, row, false)]
    }

    fn insert(&self, name: &QualifiedName, table: &Table, row: usize, whole: bool) -> Option<String> {
        let key: BTreeSet<&str> =
            table.primary_key.iter().flat_map(|key| &key.parts).filter_map(|part| part.as_column()).collect();
        let always =
            table.columns.values().any(|it| it.identity.as_ref().is_some_and(|it| it.kind == IdentityKind::Always));
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (column_name, column) in table.columns.iter().filter(|(_, column)| column.generated.is_none()) {
            let is_demanded = !column.nullable || key.contains(column_name.as_str());
            let wanted = self.target(name).and_then(|table| table.columns.get(column_name));
            let is_converted = wanted.is_some_and(|wanted| !self.stays(&column.data_type, &wanted.data_type));
            // What is left to a default may not fit behind the change.
            if !whole && !is_demanded && !is_converted {
                continue;
            }
            let value = match wanted {
                Some(wanted) if is_converted => self.fitting(column_name, column, wanted, row),
                _ => value(self.from, column_name, &column.data_type, row),
            };
            let value = value.filter(|_| whole || is_demanded);
            match value {
                Some(value) => values.push(value),
                None if !is_demanded => values.push("NULL".to_owned()),
                None if column.default.is_some() && !is_converted => continue,
                None => return None,
            }
            names.push(dialect_of(self.dialect).quote_identifier(column_name));
        }
        let overriding = if always { " OVERRIDING SYSTEM VALUE" } else { "" };
        let path = path(self.dialect, name);
        let (names, values) = (names.join(", "), values.join(", "));
        (!names.is_empty()).then(|| format!("INSERT INTO {path} ({names}){overriding} VALUES ({values})"))
    }

    /// Whether every value of the one type is one of the other, as it is.
    fn stays(&self, from: &DataType, to: &DataType) -> bool {
        labels(self.from, from) == labels(self.to, to)
            && matches!(dialect_of(self.dialect).conversion(from, to), Conversion::Safe)
    }

    /// A value that can be read as the new type.
    fn fitting(&self, name: &str, column: &Column, wanted: &Column, row: usize) -> Option<String> {
        let (from, to) = (&column.data_type, &wanted.data_type);
        let both = |left: &[String], right: &[String]| {
            let labels: Vec<&String> = left.iter().filter(|label| right.contains(label)).collect();
            labels.get(row % labels.len().max(1)).map(|label| text(label))
        };
        match (labels(self.from, from), labels(self.to, to)) {
            (Some(left), Some(right)) => return both(left, right),
            (Some(_), None) if is_text(to) => return value(self.from, name, from, row),
            (None, Some(right)) if is_text(from) => return both(right, right),
            (None, None) => {}
            _ => return None,
        }
        let conversion = dialect_of(self.dialect).conversion(from, to);
        let is_many = matches!(to, DataType::Array(_));
        match conversion {
            Conversion::Safe | Conversion::Narrowing => value(self.from, name, from, row),
            _ if is_text(to) || is_many => value(self.from, name, from, row),
            _ if is_text(from) => {
                let read = value(self.to, name, to, row)?;
                Some(if read.starts_with('\'') { read } else { text(&read) })
            }
            _ => None,
        }
    }
}

/// Whether a table can be filled at all.
pub(super) fn takes_rows(table: &Table) -> bool {
    !table.options.contains_key("foreign_server") && !table.options.contains_key("virtual") && !table.columns.is_empty()
}

fn is_foreign(table: &Table, column: &str) -> bool {
    table.foreign_keys.iter().any(|key| key.columns.iter().any(|it| it == column))
}

fn labels<'a>(schema: &'a Schema, data_type: &'a DataType) -> Option<&'a [String]> {
    match data_type {
        DataType::Enum { namespace, name } => Some(&schema.enum_type(namespace, name)?.labels),
        DataType::InlineEnum(labels) | DataType::InlineSet(labels) => Some(labels),
        _ => None,
    }
}

fn has_few_values(schema: &Schema, data_type: &DataType) -> bool {
    let is_truth = data_type.as_named().is_some_and(|named| match named.name.as_str() {
        "boolean" | "bool" | "bit" => true,
        "tinyint" => named.number(0) == Some(1),
        _ => false,
    });
    is_truth || labels(schema, data_type).is_some_and(|labels| labels.len() <= MOST)
}

fn is_text(data_type: &DataType) -> bool {
    data_type.as_named().is_some_and(|named| {
        matches!(
            named.name.as_str(),
            "text" | "citext" | "varchar" | "char" | "bpchar" | "tinytext" | "mediumtext" | "longtext"
        )
    })
}

/// A table, as SQL.
pub(super) fn path(dialect: Dialect, name: &QualifiedName) -> String {
    let quote = |name: &str| dialect_of(dialect).quote_identifier(name);
    if name.namespace.is_empty() {
        quote(&name.name)
    } else {
        format!("{}.{}", quote(&name.namespace), quote(&name.name))
    }
}

/// The value of a column in a row, as SQL; none where none is known.
fn value(schema: &Schema, name: &str, data_type: &DataType, row: usize) -> Option<String> {
    if let Some(labels) = labels(schema, data_type) {
        return labels.get(row % labels.len().max(1)).map(|label| text(label));
    }
    match data_type {
        DataType::UserDefined { namespace, name: domain } => {
            let domain = schema.namespaces.get(namespace)?.domains.get(domain)?;
            value(schema, name, &domain.data_type, row)
        }
        DataType::Array(element) => {
            let element = value(schema, name, element, row)?;
            Some(text(&format!("{{\"{}\"}}", element.trim_matches('\'').replace('"', "\\\""))))
        }
        // There are checks that a currency has three letters.
        DataType::Named(_) if is_text(data_type) && name.to_lowercase().contains("currency") => {
            Some(text(["EUR", "USD", "GBP", "CHF"][row % 4]))
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
        "inet" | "inet4" => text(&format!("10.0.0.{day}")),
        "cidr" => text(&format!("10.0.0.{day}/32")),
        "macaddr" => text(&format!("08:00:2b:01:02:0{day}")),
        "int4range" | "int8range" | "numrange" => text(&format!("[{day},{})", day + 1)),
        "text" | "citext" | "tinytext" | "mediumtext" | "longtext" => text(&format!("row {day}")),
        "varchar" | "char" | "bpchar" | "nvarchar" | "nchar" => match length {
            Some(length) if length < 5 => text(&day.to_string()),
            _ => text(&format!("row {day}")),
        },
        _ => return None,
    })
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The columns that a plan demands of rows which have nothing there, each with a value, as `--backfill` would give it.
pub(super) fn demanded(plan: &Plan, to: &Schema) -> Vec<Backfill> {
    let mut found = Vec::new();
    let mut add = |table: &QualifiedName, name: &str, column: &Column, is_new: bool| {
        let fills_itself = column.identity.is_some() || column.generated.is_some();
        if fills_itself || (is_new && column.default.is_some()) {
            return;
        }
        let refers = to.table(&table.namespace, &table.name).is_some_and(|table| is_foreign(table, name));
        if let Some(expression) = value(to, name, &column.data_type, if refers { 0 } else { BACKFILLED }) {
            found.push(Backfill { table: table.clone(), column: name.to_owned(), expression });
        }
    };
    for operation in &plan.operations {
        let Operation::ChangeTable { table, change } = operation else { continue };
        match change {
            TableChange::AddColumn { name, column } if !column.nullable => add(table, name, column, true),
            TableChange::AlterColumn(change) if change.from.nullable && !change.to.nullable => {
                add(table, &change.name, &change.to, false);
            }
            TableChange::Rebuild(rebuild) => {
                for (name, column) in rebuild.to.columns.iter().filter(|(_, column)| !column.nullable) {
                    let old = rebuild.from.columns.get(name);
                    if old.is_none_or(|old| old.nullable) {
                        add(table, name, column, old.is_none());
                    }
                }
            }
            _ => {}
        }
    }
    found
}
