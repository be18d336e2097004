//! Types of the servers as SQLAlchemy types: a table for each dialect.
//!
//! A generic type stands wherever SQLAlchemy compiles it to exactly the native one on that dialect
//! (seen by compiling each with SQLAlchemy 2.0.58 and 2.1.9), the dialect's own type elsewhere. What is
//! not here has no words in SQLAlchemy.

use ormsync_schema::{NamedType, TypeArgument};

use super::python::{Argument, Name, Python};

/// A native type and its ways of being written, one for each number of arguments.
#[derive(Debug)]
pub(super) struct NativeType {
    /// Canonical name.
    pub(super) native: &'static str,
    /// What values are in Python.
    python: &'static str,
    /// The ways.
    forms: &'static [Form],
    /// The dialect's own class that takes modifiers such as `unsigned`, arguments first.
    modified: &'static str,
}

/// A class (with its module before a colon, where it is not SQLAlchemy's) and its arguments.
#[derive(Debug)]
struct Form(&'static str, &'static [Slot]);

/// An argument of a [`Form`].
#[derive(Debug)]
enum Slot {
    /// The native type's next argument.
    Next,
    /// The native type's next argument, by name.
    Named(&'static str),
    /// `name=True`.
    On(&'static str),
    /// `name=False`.
    Off(&'static str),
    /// `name="text"`.
    Word(&'static str, &'static str),
}

use Slot::{Named, Next, Off, On, Word};

const fn native(native: &'static str, python: &'static str, forms: &'static [Form]) -> NativeType {
    NativeType { native, python, forms, modified: "" }
}

const fn number(
    native: &'static str,
    python: &'static str,
    forms: &'static [Form],
    modified: &'static str,
) -> NativeType {
    NativeType { native, python, forms, modified }
}

const STRING: &str = "str";
const INTEGER: &str = "int";
const FLOAT: &str = "float";
const DECIMAL: &str = "decimal.Decimal";
const BOOLEAN: &str = "bool";
const BYTES: &str = "bytes";
const DATE: &str = "datetime.date";
const TIME: &str = "datetime.time";
const DATE_TIME: &str = "datetime.datetime";
const INTERVAL: &str = "datetime.timedelta";
const UUID: &str = "uuid.UUID";
const ANY: &str = "Any";

/// PostgreSQL.
pub(super) const POSTGRESQL: &[NativeType] = &[
    native("smallint", INTEGER, &[Form("SmallInteger", &[])]),
    native("integer", INTEGER, &[Form("Integer", &[])]),
    native("bigint", INTEGER, &[Form("BigInteger", &[])]),
    native("boolean", BOOLEAN, &[Form("Boolean", &[])]),
    native("real", FLOAT, &[Form("REAL", &[])]),
    native("double precision", FLOAT, &[Form("Double", &[])]),
    native("numeric", DECIMAL, &[Form("Numeric", &[]), Form("Numeric", &[Next]), Form("Numeric", &[Next, Next])]),
    native("money", STRING, &[Form("postgresql.MONEY", &[])]),
    native("varchar", STRING, &[Form("String", &[]), Form("String", &[Next])]),
    native("char", STRING, &[Form("CHAR", &[Next])]),
    native("text", STRING, &[Form("Text", &[])]),
    native("citext", STRING, &[Form("postgresql.CITEXT", &[])]),
    native("bytea", BYTES, &[Form("LargeBinary", &[])]),
    native("uuid", UUID, &[Form("Uuid", &[])]),
    native("json", ANY, &[Form("JSON", &[])]),
    native("jsonb", ANY, &[Form("postgresql.JSONB", &[])]),
    native("jsonpath", STRING, &[Form("postgresql.JSONPATH", &[])]),
    native("hstore", "dict[str, str | None]", &[Form("postgresql.HSTORE", &[])]),
    native("date", DATE, &[Form("Date", &[])]),
    native("time", TIME, &[Form("Time", &[]), Form("postgresql.TIME", &[Named("precision")])]),
    native(
        "timetz",
        TIME,
        &[Form("Time", &[On("timezone")]), Form("postgresql.TIME", &[On("timezone"), Named("precision")])],
    ),
    native("timestamp", DATE_TIME, &[Form("DateTime", &[]), Form("postgresql.TIMESTAMP", &[Named("precision")])]),
    native(
        "timestamptz",
        DATE_TIME,
        &[Form("DateTime", &[On("timezone")]), Form("postgresql.TIMESTAMP", &[On("timezone"), Named("precision")])],
    ),
    native("interval", INTERVAL, &[Form("Interval", &[]), Form("postgresql.INTERVAL", &[Named("precision")])]),
    interval("interval year", &[Form("postgresql.INTERVAL", &[Word("fields", "YEAR")])]),
    interval("interval month", &[Form("postgresql.INTERVAL", &[Word("fields", "MONTH")])]),
    interval("interval day", &[Form("postgresql.INTERVAL", &[Word("fields", "DAY")])]),
    interval("interval hour", &[Form("postgresql.INTERVAL", &[Word("fields", "HOUR")])]),
    interval("interval minute", &[Form("postgresql.INTERVAL", &[Word("fields", "MINUTE")])]),
    interval("interval second", &[Form("postgresql.INTERVAL", &[Word("fields", "SECOND")]), SECOND]),
    interval("interval year to month", &[Form("postgresql.INTERVAL", &[Word("fields", "YEAR TO MONTH")])]),
    interval("interval day to hour", &[Form("postgresql.INTERVAL", &[Word("fields", "DAY TO HOUR")])]),
    interval("interval day to minute", &[Form("postgresql.INTERVAL", &[Word("fields", "DAY TO MINUTE")])]),
    interval(
        "interval day to second",
        &[Form("postgresql.INTERVAL", &[Word("fields", "DAY TO SECOND")]), DAY_TO_SECOND],
    ),
    interval("interval hour to minute", &[Form("postgresql.INTERVAL", &[Word("fields", "HOUR TO MINUTE")])]),
    interval(
        "interval hour to second",
        &[Form("postgresql.INTERVAL", &[Word("fields", "HOUR TO SECOND")]), HOUR_TO_SECOND],
    ),
    interval(
        "interval minute to second",
        &[Form("postgresql.INTERVAL", &[Word("fields", "MINUTE TO SECOND")]), MINUTE_TO_SECOND],
    ),
    native("bit", ANY, &[Form("postgresql.BIT", &[Next])]),
    native("varbit", ANY, &[Form("postgresql.BIT", &[On("varying")]), Form("postgresql.BIT", &[Next, On("varying")])]),
    native("inet", ANY, &[Form("postgresql.INET", &[])]),
    native("cidr", ANY, &[Form("postgresql.CIDR", &[])]),
    native("macaddr", STRING, &[Form("postgresql.MACADDR", &[])]),
    native("macaddr8", STRING, &[Form("postgresql.MACADDR8", &[])]),
    native("oid", INTEGER, &[Form("postgresql.OID", &[])]),
    native("regclass", STRING, &[Form("postgresql.REGCLASS", &[])]),
    native("regconfig", STRING, &[Form("postgresql.REGCONFIG", &[])]),
    native("tsvector", STRING, &[Form("postgresql.TSVECTOR", &[])]),
    native("tsquery", STRING, &[Form("postgresql.TSQUERY", &[])]),
    native("int4range", ANY, &[Form("postgresql.INT4RANGE", &[])]),
    native("int8range", ANY, &[Form("postgresql.INT8RANGE", &[])]),
    native("numrange", ANY, &[Form("postgresql.NUMRANGE", &[])]),
    native("daterange", ANY, &[Form("postgresql.DATERANGE", &[])]),
    native("tsrange", ANY, &[Form("postgresql.TSRANGE", &[])]),
    native("tstzrange", ANY, &[Form("postgresql.TSTZRANGE", &[])]),
    native("int4multirange", ANY, &[Form("postgresql.INT4MULTIRANGE", &[])]),
    native("int8multirange", ANY, &[Form("postgresql.INT8MULTIRANGE", &[])]),
    native("nummultirange", ANY, &[Form("postgresql.NUMMULTIRANGE", &[])]),
    native("datemultirange", ANY, &[Form("postgresql.DATEMULTIRANGE", &[])]),
    native("tsmultirange", ANY, &[Form("postgresql.TSMULTIRANGE", &[])]),
    native("tstzmultirange", ANY, &[Form("postgresql.TSTZMULTIRANGE", &[])]),
    // Of the package pgvector.
    native("vector", ANY, &[Form("pgvector.sqlalchemy:VECTOR", &[]), Form("pgvector.sqlalchemy:VECTOR", &[Next])]),
    native("halfvec", ANY, &[Form("pgvector.sqlalchemy:HALFVEC", &[]), Form("pgvector.sqlalchemy:HALFVEC", &[Next])]),
    native(
        "sparsevec",
        ANY,
        &[Form("pgvector.sqlalchemy:SPARSEVEC", &[]), Form("pgvector.sqlalchemy:SPARSEVEC", &[Next])],
    ),
    // Of the package geoalchemy2, which makes a spatial index unless told not to.
    native("geometry", ANY, &[GEOMETRY_OF_KIND_IN_SYSTEM]),
    native("geography", ANY, &[GEOGRAPHY_OF_KIND_IN_SYSTEM]),
];

const SECOND: Form = Form("postgresql.INTERVAL", &[Word("fields", "SECOND"), Named("precision")]);
const DAY_TO_SECOND: Form = Form("postgresql.INTERVAL", &[Word("fields", "DAY TO SECOND"), Named("precision")]);
const HOUR_TO_SECOND: Form = Form("postgresql.INTERVAL", &[Word("fields", "HOUR TO SECOND"), Named("precision")]);
const MINUTE_TO_SECOND: Form = Form("postgresql.INTERVAL", &[Word("fields", "MINUTE TO SECOND"), Named("precision")]);
const GEOMETRY_OF_KIND_IN_SYSTEM: Form = Form("geoalchemy2:Geometry", &[Next, Named("srid"), Off("spatial_index")]);
const GEOGRAPHY_OF_KIND_IN_SYSTEM: Form = Form("geoalchemy2:Geography", &[Next, Named("srid"), Off("spatial_index")]);

const fn interval(name: &'static str, forms: &'static [Form]) -> NativeType {
    native(name, INTERVAL, forms)
}

/// MySQL, and the types that only MariaDB has.
pub(super) const MYSQL: &[NativeType] = &[
    // A length of 1 is for truth values only: drivers and ORMs read it so.
    native("tinyint(1)", BOOLEAN, &[Form("Boolean", &[])]),
    number("tinyint", INTEGER, &[Form("mysql.TINYINT", &[])], "mysql.TINYINT"),
    number("smallint", INTEGER, &[Form("SmallInteger", &[])], "mysql.SMALLINT"),
    number("mediumint", INTEGER, &[Form("mysql.MEDIUMINT", &[])], "mysql.MEDIUMINT"),
    number("int", INTEGER, &[Form("Integer", &[])], "mysql.INTEGER"),
    number("bigint", INTEGER, &[Form("BigInteger", &[])], "mysql.BIGINT"),
    number("decimal", DECIMAL, &[Form("Numeric", &[Next, Next])], "mysql.DECIMAL"),
    number("float", FLOAT, &[Form("Float", &[]), FLOAT_WITH_SCALE], "mysql.FLOAT"),
    number("double", FLOAT, &[Form("Double", &[]), DOUBLE_WITH_SCALE], "mysql.DOUBLE"),
    native("bit", INTEGER, &[Form("mysql.BIT", &[Next])]),
    number("char", STRING, &[Form("CHAR", &[Next])], "mysql.CHAR"),
    number("varchar", STRING, &[Form("String", &[Next])], "mysql.VARCHAR"),
    number("tinytext", STRING, &[Form("mysql.TINYTEXT", &[])], "mysql.TINYTEXT"),
    number("text", STRING, &[Form("Text", &[])], "mysql.TEXT"),
    number("mediumtext", STRING, &[Form("mysql.MEDIUMTEXT", &[])], "mysql.MEDIUMTEXT"),
    number("longtext", STRING, &[Form("mysql.LONGTEXT", &[])], "mysql.LONGTEXT"),
    native("binary", BYTES, &[Form("BINARY", &[Next])]),
    native("varbinary", BYTES, &[Form("VARBINARY", &[Next])]),
    native("tinyblob", BYTES, &[Form("mysql.TINYBLOB", &[])]),
    native("blob", BYTES, &[Form("LargeBinary", &[])]),
    native("mediumblob", BYTES, &[Form("mysql.MEDIUMBLOB", &[])]),
    native("longblob", BYTES, &[Form("mysql.LONGBLOB", &[])]),
    native("json", ANY, &[Form("JSON", &[])]),
    native("date", DATE, &[Form("Date", &[])]),
    native("time", TIME, &[Form("Time", &[]), Form("mysql.TIME", &[Named("fsp")])]),
    native("datetime", DATE_TIME, &[Form("DateTime", &[]), Form("mysql.DATETIME", &[Named("fsp")])]),
    native("timestamp", DATE_TIME, &[Form("TIMESTAMP", &[]), Form("mysql.TIMESTAMP", &[Named("fsp")])]),
    native("year", INTEGER, &[Form("mysql.YEAR", &[])]),
    // `Uuid` is `char(32)` on MariaDB in SQLAlchemy 2.0.
    native("uuid", UUID, &[Form("UUID", &[])]),
    native("inet4", STRING, &[Form("mysql.INET4", &[])]),
    native("inet6", STRING, &[Form("mysql.INET6", &[])]),
];

const FLOAT_WITH_SCALE: Form = Form("mysql.FLOAT", &[Next, Next]);
// The dialect's own class gives decimals unless told otherwise.
const DOUBLE_WITH_SCALE: Form = Form("mysql.DOUBLE", &[Next, Next, Off("asdecimal")]);

/// SQLite: what its columns are declared as. Words that the server does not tell apart, and that
/// SQLAlchemy has no class for, are written as the class with the same values.
pub(super) const SQLITE: &[NativeType] = &[
    native("integer", INTEGER, &[Form("Integer", &[])]),
    native("int", INTEGER, &[Form("Integer", &[])]),
    native("tinyint", INTEGER, &[Form("Integer", &[])]),
    native("mediumint", INTEGER, &[Form("Integer", &[])]),
    native("smallint", INTEGER, &[Form("SmallInteger", &[])]),
    native("bigint", INTEGER, &[Form("BigInteger", &[])]),
    native("boolean", BOOLEAN, &[Form("Boolean", &[])]),
    native("bool", BOOLEAN, &[Form("Boolean", &[])]),
    native("real", FLOAT, &[Form("REAL", &[])]),
    native("float", FLOAT, &[Form("Float", &[])]),
    native("double", FLOAT, &[Form("Double", &[])]),
    native("double precision", FLOAT, &[Form("DOUBLE_PRECISION", &[])]),
    native("numeric", DECIMAL, &[Form("Numeric", &[]), Form("Numeric", &[Next]), Form("Numeric", &[Next, Next])]),
    native("decimal", DECIMAL, &[Form("DECIMAL", &[]), Form("DECIMAL", &[Next]), Form("DECIMAL", &[Next, Next])]),
    native("text", STRING, &[Form("Text", &[])]),
    native("clob", STRING, &[Form("CLOB", &[])]),
    native("varchar", STRING, &[Form("String", &[]), Form("String", &[Next])]),
    native("nvarchar", STRING, &[Form("NVARCHAR", &[]), Form("NVARCHAR", &[Next])]),
    native("char", STRING, &[Form("CHAR", &[]), Form("CHAR", &[Next])]),
    native("nchar", STRING, &[Form("NCHAR", &[]), Form("NCHAR", &[Next])]),
    native("blob", BYTES, &[Form("LargeBinary", &[])]),
    native("binary", BYTES, &[Form("BINARY", &[]), Form("BINARY", &[Next])]),
    native("varbinary", BYTES, &[Form("VARBINARY", &[]), Form("VARBINARY", &[Next])]),
    native("uuid", UUID, &[Form("UUID", &[])]),
    native("json", ANY, &[Form("JSON", &[])]),
    // SQLAlchemy 2.0 has no such class on SQLite, and JSON has the same values.
    native("jsonb", ANY, &[Form("JSON", &[])]),
    native("date", DATE, &[Form("Date", &[])]),
    native("time", TIME, &[Form("Time", &[])]),
    native("datetime", DATE_TIME, &[Form("DateTime", &[])]),
    native("timestamp", DATE_TIME, &[Form("TIMESTAMP", &[])]),
];

/// A type in SQLAlchemy's words: the class and arguments, and what its values are in Python.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spelled {
    /// `Numeric(18, 8)`.
    pub(super) expression: Python,
    /// `decimal.Decimal`.
    pub(super) python: String,
}

/// How a native type is written.
pub(super) fn spell(table: &'static [NativeType], named: &NamedType, collation: Option<&str>) -> Option<Spelled> {
    if named.number(0) == Some(1) && named.arguments.len() == 1 && named.modifiers.is_empty() {
        let with_length = format!("{}(1)", named.name);
        if let Some(row) = table.iter().find(|row| row.native == with_length) {
            let bare = NamedType { arguments: Vec::new(), ..named.clone() };
            return Some(row.spelled(row.plain(&bare)?));
        }
    }
    let row = table.iter().find(|row| row.native == named.name)?;
    let (function, mut arguments) =
        if named.modifiers.is_empty() { row.plain(named)? } else { row.with_modifiers(named)? };
    if let Some(collation) = collation.filter(|_| row.python == STRING) {
        arguments.push(Argument::Keyword("collation".to_owned(), Python::text(collation)));
    }
    Some(row.spelled((function, arguments)))
}

impl NativeType {
    /// The class alone where it needs no arguments.
    fn spelled(&self, (function, arguments): (Name, Vec<Argument>)) -> Spelled {
        let expression = if arguments.is_empty() { Python::Name(function) } else { Python::call(function, arguments) };
        Spelled { expression, python: self.python.to_owned() }
    }

    /// The form for as many arguments as the type has.
    fn plain(&self, named: &NamedType) -> Option<(Name, Vec<Argument>)> {
        let takes = |form: &&Form| form.1.iter().filter(|slot| matches!(slot, Next | Named(_))).count();
        let Form(name, slots) = self.forms.iter().find(|form| takes(form) == named.arguments.len())?;
        let mut given = named.arguments.iter().map(argument);
        let keyword = |name: &str, value: Python| Argument::Keyword(name.to_owned(), value);
        let arguments = slots
            .iter()
            .map(|slot| {
                Some(match slot {
                    Next => Argument::Positional(given.next()?),
                    Named(name) => keyword(name, given.next()?),
                    On(name) => keyword(name, Python::Boolean(true)),
                    Off(name) => keyword(name, Python::Boolean(false)),
                    Word(name, text) => keyword(name, Python::text(*text)),
                })
            })
            .collect::<Option<Vec<_>>>()?;
        Some((class(name), arguments))
    }

    /// The dialect's own class, with all modifiers.
    fn with_modifiers(&self, named: &NamedType) -> Option<(Name, Vec<Argument>)> {
        if self.modified.is_empty() {
            return None;
        }
        let mut arguments: Vec<Argument> = named.arguments.iter().map(argument).map(Argument::Positional).collect();
        for modifier in &named.modifiers {
            arguments.push(modifier_argument(modifier)?);
        }
        for Form(_, slots) in self.forms {
            let off = slots.iter().filter_map(|slot| if let Off(name) = slot { Some(*name) } else { None });
            arguments.extend(off.map(|name| Argument::Keyword(name.to_owned(), Python::Boolean(false))));
        }
        Some((class(self.modified), arguments))
    }
}

/// `unsigned=True`, `charset="latin1"`; none for words that SQLAlchemy's classes do not take.
fn modifier_argument(modifier: &str) -> Option<Argument> {
    let (name, value) = match modifier.split_once(' ') {
        None if matches!(modifier, "unsigned" | "zerofill" | "binary" | "ascii" | "unicode") => {
            (modifier, Python::Boolean(true))
        }
        Some(("character", rest)) => ("charset", Python::text(rest.strip_prefix("set ")?)),
        Some(("collate", collation)) => ("collation", Python::text(collation)),
        _ => return None,
    };
    Some(Argument::Keyword(name.to_owned(), value))
}

fn argument(argument: &TypeArgument) -> Python {
    match argument {
        TypeArgument::Number(number) => Python::Number(*number),
        // The kind of a geometry, in the letters that geoalchemy2 uses.
        TypeArgument::Word(word) => Python::Text(word.to_uppercase()),
    }
}

/// A class by its name in the table.
pub(super) fn class(name: &'static str) -> Name {
    match name.split_once(':') {
        Some((module, name)) => Name::of(module, name),
        None if name.contains('.') => Name::of("sqlalchemy.dialects", name),
        None => Name::of("sqlalchemy", name),
    }
}
