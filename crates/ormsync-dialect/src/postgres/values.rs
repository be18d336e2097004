//! The values of PostgreSQL's types (documentation, "Data Types").

use ormsync_schema::DataType;

use crate::values::{Values, own_name};

pub(super) fn values(data_type: &DataType) -> Values {
    if let DataType::Array(element) = data_type {
        return Values::List(Box::new(values(element)));
    }
    let Some((name, named)) = own_name(data_type) else { return Values::Unknown };
    match name {
        "smallint" => Values::integer(16, false),
        "integer" => Values::integer(32, false),
        "bigint" => Values::integer(64, false),
        "oid" => Values::integer(32, true),
        "numeric" => Values::decimal(named, true),
        "money" => Values::Decimal { whole: 8, scale: 2, signed: true },
        "real" | "double precision" => Values::Float,
        "text" | "citext" | "bpchar" | "varchar" | "char" => Values::text(named, None),
        "name" => Values::text(named, Some(63)),
        "\"char\"" => Values::text(named, Some(1)),
        "boolean" => Values::Boolean,
        "uuid" => Values::Uuid,
        "date" => Values::Date,
        "time" | "timetz" => Values::Time,
        "timestamp" | "timestamptz" => Values::Moment,
        "json" | "jsonb" => Values::Json,
        "bytea" => Values::Bytes { most: 16, fixed: false },
        "bit" => Values::Bits { length: usize::try_from(named.number(0).unwrap_or(1)).unwrap_or(1), as_number: false },
        "varbit" => Values::Bits {
            length: usize::try_from(named.number(0).unwrap_or(8)).unwrap_or(8).min(8),
            as_number: false,
        },
        "vector" | "halfvec" => Values::Unknown,
        other => examples(other),
    }
}

fn examples(name: &str) -> Values {
    let examples: &[&str] = match name.split(' ').next().unwrap_or_default() {
        "interval" => &["1 day", "02:30:00", "3 mons"],
        "inet" => &["10.0.0.1", "192.168.0.17", "::1"],
        "cidr" => &["10.0.0.0/8", "192.168.1.0/24"],
        "macaddr" => &["08:00:2b:01:02:03", "08:00:2b:01:02:04"],
        "macaddr8" => &["08:00:2b:01:02:03:04:05"],
        "point" => &["(1,2)", "(3.5,-4)"],
        "line" => &["{1,-1,0}"],
        "lseg" | "box" => &["(1,2),(3,4)"],
        "path" => &["[(1,2),(3,4)]"],
        "polygon" => &["((0,0),(1,0),(1,1))"],
        "circle" => &["<(1,2),3>"],
        "int4range" | "int8range" | "numrange" => &["[1,5)", "[7,9)"],
        "daterange" => &["[2024-01-01,2024-02-01)"],
        "tsrange" | "tstzrange" => &["[2024-01-01 00:00:00,2024-02-01 00:00:00)"],
        "int4multirange" | "int8multirange" | "nummultirange" => &["{[1,5)}"],
        "datemultirange" => &["{[2024-01-01,2024-02-01)}"],
        "tsmultirange" | "tstzmultirange" => &["{[2024-01-01 00:00:00,2024-02-01 00:00:00)}"],
        "tsvector" => &["'a':1 'word':2"],
        "tsquery" => &["'a' & 'word'"],
        "xml" => &["<a/>"],
        "jsonpath" => &["$.\"a\""],
        "pg_lsn" => &["0/16B3748"],
        "xid8" | "xid" => &["7"],
        "regclass" => &["pg_class"],
        "regtype" => &["integer"],
        "hstore" => &["\"a\"=>\"1\""],
        "ltree" => &["top.middle"],
        _ => return Values::Unknown,
    };
    Values::Examples(examples)
}
