//! The values of SQLite's declared types. The server takes almost anything anywhere; what is meant is what the ORMs that
//! declare such types read.

use ormsync_schema::DataType;

use crate::values::{Values, own_name};

pub(super) fn values(data_type: &DataType) -> Values {
    let Some((name, named)) = own_name(data_type) else { return Values::Unknown };
    let has = |word: &str| name.contains(word);
    match name {
        "" | "any" => Values::Text { most: None },
        "boolean" | "bool" => Values::Boolean,
        "date" => Values::Date,
        "time" => Values::Time,
        "json" | "jsonb" => Values::Json,
        "uuid" => Values::Uuid,
        "tinyint" => Values::integer(8, false),
        "smallint" | "int2" => Values::integer(16, false),
        _ if has("datetime") || has("timestamp") => Values::Moment,
        _ if has("bigint") || has("big int") || name == "int8" => Values::integer(63, has("unsigned")),
        _ if has("int") && !has("point") => Values::integer(32, false),
        _ if has("char") || has("clob") || has("text") || has("string") => Values::text(named, None),
        _ if has("blob") || has("binary") => Values::Bytes { most: 16, fixed: false },
        _ if has("real") || has("floa") || has("doub") => Values::Float,
        _ if has("dec") || has("num") => Values::decimal(named, true),
        _ => Values::Text { most: None },
    }
}
