//! The value of a column in a row, made of the row's number.

use ormsync_dialect::Dialect;
use ormsync_schema::{DataType, Schema};

use super::demands::Demands;

/// The largest number where nothing else bounds it.
const LARGEST: f64 = 2_000_000_000.0;

/// The value of a row, counted from 0, as SQL; none where nothing is known of the type.
pub(super) fn value(
    schema: &Schema,
    dialect: &dyn Dialect,
    data_type: &DataType,
    row: usize,
    demands: &Demands,
) -> Option<String> {
    if let Some(among) = demands.among.as_ref().filter(|among| !among.is_empty()) {
        return Some(among[row % among.len()].clone());
    }
    let text = |text: &str| Some(dialect.quote_text(text));
    let labels = match data_type {
        DataType::Enum { namespace, name } => schema.enum_type(namespace, name).map(|it| it.labels.clone()),
        DataType::InlineEnum(labels) | DataType::InlineSet(labels) => Some(labels.clone()),
        _ => None,
    };
    if let Some(labels) = labels {
        return text(labels.get(row % labels.len().max(1))?);
    }
    if let DataType::Array(_) = data_type {
        return text("{}");
    }
    let DataType::Named(_) = data_type else { return None };
    let written = dialect.type_text(data_type).to_lowercase();
    let (name, sizes) = written.split_once('(').unwrap_or((&written, ""));
    let sizes: Vec<usize> = sizes
        .trim_end_matches(|letter| letter != ')')
        .trim_end_matches(')')
        .split(',')
        .filter_map(|size| size.trim().parse().ok())
        .collect();
    named(dialect, (name, &sizes), row, demands)
}

fn named(dialect: &dyn Dialect, (name, sizes): (&str, &[usize]), row: usize, demands: &Demands) -> Option<String> {
    let text = |text: &str| Some(dialect.quote_text(text));
    let number = row + 1;
    let first = name.split_whitespace().next().unwrap_or_default();
    match first {
        "bool" | "boolean" => Some((if row.is_multiple_of(2) { "true" } else { "false" }).to_owned()),
        "tinyint" if sizes.first() == Some(&1) => Some((row % 2).to_string()),
        "tinyint" => Some(whole(row, demands, 127.0)),
        "smallint" | "int2" | "smallserial" => Some(whole(row, demands, 32_000.0)),
        "mediumint" => Some(whole(row, demands, 8_000_000.0)),
        "year" => Some((1970 + row % 100).to_string()),
        "int" | "integer" | "bigint" | "int4" | "int8" | "serial" | "bigserial" => Some(whole(row, demands, LARGEST)),
        "numeric" | "decimal" => {
            let digits = sizes.first().copied().unwrap_or(10).saturating_sub(sizes.get(1).copied().unwrap_or(0));
            let most = 10_f64.powi(i32::try_from(digits.min(9)).unwrap_or(9)) - 1.0;
            Some(real(row, demands, most.max(0.0)).unwrap_or_else(|| whole(row, demands, most.max(0.0))))
        }
        "real" | "double" | "float" | "float4" | "float8" => {
            Some(real(row, demands, LARGEST).unwrap_or_else(|| match (demands.low, demands.high, demands.ranks) {
                (None, None, 0) => format!("{number}.5"),
                _ => whole(row, demands, LARGEST),
            }))
        }
        "text" | "varchar" | "character" | "char" | "citext" | "longtext" | "mediumtext" | "tinytext" | "bpchar"
        | "nvarchar" | "clob" => {
            let room = sizes.first().copied().unwrap_or(usize::MAX).min(demands.longest.unwrap_or(usize::MAX));
            let long = format!("made up {number}");
            let fitting = if long.len() <= room { long } else { short(number, room) };
            let missing = demands.shortest.unwrap_or_default().min(room).saturating_sub(fitting.len());
            text(&(fitting + &"_".repeat(missing)))
        }
        "uuid" => text(&format!("00000000-0000-4000-8000-{number:012x}")),
        "json" | "jsonb" => text(&format!("{{\"number\": {number}}}")),
        "date" => text(&day(row, demands)),
        "timestamp" | "timestamptz" | "datetime" => text(&format!("{} {}", day(row / 86_400, demands), clock(row))),
        "time" | "timetz" if demands.ranks > 0 => {
            // The hours are parted among those that stand in an order.
            let hours = (24 / (demands.ranks + 1)).max(1);
            text(&format!("{:02}:{:02}:{:02}", row / 3600 % hours + hours * demands.rank % 24, row / 60 % 60, row % 60))
        }
        "time" | "timetz" => text(&clock(row)),
        "interval" => text("1 day"),
        "bytea" => text(&format!("\\x{number:08x}")),
        "binary" | "varbinary" | "blob" | "longblob" | "mediumblob" | "tinyblob" => Some(format!("x'{number:08x}'")),
        "inet" | "cidr" => text(&format!("10.{}.{}.{}", row / 65_536 % 256, row / 256 % 256, row % 256)),
        _ => None,
    }
}

/// The smallest and largest whole number that are allowed.
fn ends(demands: &Demands, most: f64) -> (f64, f64) {
    let high = demands.high.map_or(most, |(high, counts)| {
        let whole = high.floor();
        if !counts && whole >= high { whole - 1.0 } else { whole }
    });
    let low = match demands.low {
        Some((low, counts)) => {
            let whole = low.ceil();
            if !counts && whole <= low { whole + 1.0 } else { whole }
        }
        None if high < 1.0 => high - most.min(1_000_000.0),
        None => 1.0_f64.min(most),
    };
    (low, high.min(most.max(low)))
}

/// A whole number: counted through from the smallest one, and for a column that has to be larger than others by its rank more.
fn whole(row: usize, demands: &Demands, most: f64) -> String {
    let (low, high) = ends(demands, most);
    let usable = (high - low + 1.0 - demands.ranks as f64).max(1.0);
    let value = low + (row as f64) % usable + demands.rank as f64;
    format!("{value:.0}")
}

/// A number with a fraction, where no whole one is between the bounds.
fn real(row: usize, demands: &Demands, most: f64) -> Option<String> {
    let (low, high) = ends(demands, most);
    let ((least, _), (greatest, _)) = (demands.low?, demands.high?);
    let step = (greatest - least) / 10.0;
    (low > high).then(|| format!("{}", least + step * ((row % 9) as f64 + 1.0)))
}

/// A day: counted through; for columns that stand in an order, in decades of their own.
fn day(row: usize, demands: &Demands) -> String {
    let years = if demands.ranks > 0 { 10 } else { 20 };
    let year = 2001 + row / 336 % years + years * demands.rank;
    format!("{year:04}-{:02}-{:02}", 1 + row / 28 % 12, 1 + row % 28)
}

fn clock(row: usize) -> String {
    format!("{:02}:{:02}:{:02}", row / 3600 % 24, row / 60 % 60, row % 60)
}

/// A number in few letters.
fn short(number: usize, room: usize) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let (mut rest, mut letters) = (number, Vec::new());
    while letters.len() < room.min(12) {
        letters.push(char::from(DIGITS[rest % 36]));
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    letters.into_iter().rev().collect()
}
