//! The values of MySQL's and MariaDB's types (MySQL's manual, "Data Types").

use ormsync_schema::DataType;

use crate::values::{Values, own_name};

pub(super) fn values(data_type: &DataType) -> Values {
    match data_type {
        DataType::InlineEnum(labels) => return Values::Labels(labels.clone()),
        DataType::InlineSet(labels) => return Values::Set(labels.clone()),
        _ => {}
    }
    let Some((name, named)) = own_name(data_type) else { return Values::Unknown };
    let unsigned = named.modifiers.contains("unsigned");
    let length = |usual: usize| named.number(0).and_then(|number| usize::try_from(number).ok()).unwrap_or(usual);
    match name {
        // What drivers take for a boolean.
        "tinyint" if named.number(0) == Some(1) => Values::Boolean,
        "tinyint" => Values::integer(8, unsigned),
        "smallint" => Values::integer(16, unsigned),
        "mediumint" => Values::integer(24, unsigned),
        "int" => Values::integer(32, unsigned),
        "bigint" => Values::integer(64, unsigned),
        "decimal" => Values::decimal(named, !unsigned),
        "float" | "double" => Values::Float,
        "char" | "varchar" => Values::text(named, Some(1)),
        "tinytext" => Values::Text { most: Some(60) },
        "text" | "mediumtext" | "longtext" => Values::Text { most: None },
        "binary" => Values::Bytes { most: length(1), fixed: true },
        "varbinary" => Values::Bytes { most: length(16).min(16), fixed: false },
        "tinyblob" | "blob" | "mediumblob" | "longblob" => Values::Bytes { most: 16, fixed: false },
        "date" => Values::Date,
        "time" => Values::Time,
        "datetime" | "timestamp" => Values::Moment,
        "year" => Values::Year,
        "json" => Values::Json,
        "bit" => Values::Bits { length: length(1), as_number: true },
        "uuid" => Values::Uuid,
        "inet4" => Values::Examples(&["10.0.0.1", "192.168.0.17"]),
        "inet6" => Values::Examples(&["::1", "2001:db8::7"]),
        "point" | "geometry" => Values::Expressions(&["ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POINT(3 4)')"]),
        "linestring" => Values::Expressions(&["ST_GeomFromText('LINESTRING(0 0,1 1)')"]),
        "polygon" => Values::Expressions(&["ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))')"]),
        "multipoint" => Values::Expressions(&["ST_GeomFromText('MULTIPOINT(1 2,3 4)')"]),
        "multilinestring" => Values::Expressions(&["ST_GeomFromText('MULTILINESTRING((0 0,1 1))')"]),
        "multipolygon" => Values::Expressions(&["ST_GeomFromText('MULTIPOLYGON(((0 0,1 0,1 1,0 0)))')"]),
        "geomcollection" | "geometrycollection" => {
            Values::Expressions(&["ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2))')"])
        }
        _ => Values::Unknown,
    }
}
