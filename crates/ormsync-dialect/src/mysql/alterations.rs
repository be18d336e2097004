//! What stands in the way of a change on MySQL and MariaDB.

use ormsync_schema::{Column, DataType, Server};

use crate::{Alterations, Conversion};

/// How the server changes things.
pub(super) fn of(_server: Option<&Server>) -> Alterations {
    Alterations {
        rebuilds_tables: false,
        indexes_in_table: true,
        foreign_keys_in_table: false,
        // 1553 "Cannot drop index: needed in a foreign key constraint", 1832 and 1833 "Cannot change column: used in a
        // foreign key constraint".
        foreign_keys_hold_columns: true,
        // 3959 "Check constraint uses column, hence column cannot be dropped or renamed", 3108 for generated columns.
        expressions_hold_names: true,
        // A view is text, looked up when it is read.
        views_hold_tables: false,
        renames_constraints: false,
        renames_indexes: true,
        splits_tables: true,
        concurrent_indexes: false,
        takes_algorithm: true,
    }
}

/// Any column can be.
pub(super) fn adds_in_place(_column: &Column) -> bool {
    true
}

/// What a change of type does to values.
pub(super) fn conversion(from: &DataType, to: &DataType) -> Conversion {
    if from == to {
        return Conversion::Safe;
    }
    if let (DataType::InlineEnum(from), DataType::InlineEnum(to))
    | (DataType::InlineSet(from), DataType::InlineSet(to)) = (from, to)
    {
        let all_stay = from.iter().all(|label| to.contains(label));
        return if all_stay { Conversion::Safe } else { Conversion::Narrowing };
    }
    let (Some(from), Some(to)) = (from.as_named(), to.as_named()) else {
        return match (from, to.as_named()) {
            (DataType::InlineEnum(_) | DataType::InlineSet(_), Some(text)) if text_length(text).is_some() => {
                Conversion::Safe
            }
            _ => Conversion::Reading,
        };
    };
    if let (Some(from), Some(to)) = (text_length(from), text_length(to)) {
        return if from <= to { Conversion::Safe } else { Conversion::Narrowing };
    }
    if let (Some(from_size), Some(to_size)) = (whole_size(&from.name), whole_size(&to.name)) {
        let same_sign = from.modifiers.contains("unsigned") == to.modifiers.contains("unsigned");
        return if same_sign && from_size <= to_size { Conversion::Safe } else { Conversion::Narrowing };
    }
    let is_number =
        |name: &str| whole_size(name).is_some() || matches!(name, "decimal" | "float" | "double" | "bit" | "year");
    let is_moment = |name: &str| matches!(name, "date" | "datetime" | "timestamp");
    match (from.name.as_str(), to.name.as_str()) {
        (_, _) if text_length(to).is_some_and(|length| length >= 255) && text_length(from).is_none() => {
            Conversion::Safe
        }
        ("float", "double") | ("date", "datetime") => Conversion::Safe,
        (left, right) if left == right && from.number(0) <= to.number(0) && from.number(1) <= to.number(1) => {
            Conversion::Safe
        }
        (left, right) if is_number(left) && is_number(right) => Conversion::Narrowing,
        (left, right) if is_moment(left) && is_moment(right) => Conversion::Narrowing,
        (left, right) if left == right => Conversion::Narrowing,
        _ => Conversion::Reading,
    }
}

/// How many characters a text type holds.
fn text_length(named: &ormsync_schema::NamedType) -> Option<i64> {
    Some(match named.name.as_str() {
        "char" | "varchar" => named.number(0).unwrap_or(1),
        "tinytext" => 63,
        "text" => 16_383,
        "mediumtext" => 4_194_303,
        "longtext" => 1_073_741_823,
        _ => return None,
    })
}

/// The bytes of a whole number.
fn whole_size(name: &str) -> Option<u8> {
    Some(match name {
        "tinyint" => 1,
        "smallint" => 2,
        "mediumint" => 3,
        "int" => 4,
        "bigint" => 8,
        _ => return None,
    })
}

/// The value of a type that says nothing. A column that is added the server fills by itself, but for a day in the year 0, which
/// it refuses (`NO_ZERO_DATE`), and a text that is no JSON (MariaDB).
pub(super) fn empty_value(data_type: &DataType, is_added: bool) -> Option<String> {
    let named = match data_type {
        DataType::InlineEnum(labels) if !is_added => {
            return labels.first().map(|label| super::facts::quote_text(label));
        }
        DataType::InlineSet(_) if !is_added => return Some("''".to_owned()),
        DataType::Named(named) => named,
        _ => return None,
    };
    let value = match named.name.as_str() {
        "date" => "'1970-01-01'",
        // Not before the range of the type in any time zone.
        "datetime" | "timestamp" => "'1970-01-02 00:00:00'",
        "json" => "'{}'",
        _ if is_added => return None,
        "decimal" | "float" | "double" | "bit" | "year" => "0",
        "time" => "'00:00:00'",
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => "''",
        name if whole_size(name).is_some() => "0",
        _ if text_length(named).is_some() => "''",
        _ => return None,
    };
    Some(value.to_owned())
}
