//! SQLAlchemy's type compilers: the text that each dialect's DDL has for a type.
//!
//! The one place of this crate that knows dialects apart by name. The facts are what
//! `CreateTable(…).compile(dialect=…)` of SQLAlchemy 2.0.58 and 2.1.9 prints for each type
//! (`fixtures/sqlalchemy/` has the cases); what the text then means is the dialect's own knowledge.

use std::rc::Rc;

use crate::ReadOptions;
use crate::python::{Arguments, Value};
use crate::release::Release;

/// One of SQLAlchemy's dialects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compiler {
    PostgreSql,
    MySql {
        /// The server is MariaDB, which has a few types of its own.
        is_mariadb: bool,
        /// And new enough to have its own type for UUIDs.
        has_uuid: bool,
    },
    Sqlite,
}

/// A type by its class name, with the arguments of its constructor.
#[derive(Debug, Clone)]
pub(crate) struct TypeCall<'a> {
    pub(crate) class: Rc<str>,
    /// The dialect whose module it comes from; empty for the general ones.
    pub(crate) family: &'static str,
    pub(crate) arguments: Arguments<'a>,
}

impl<'a> TypeCall<'a> {
    pub(crate) fn number(&self, position: usize, name: &str) -> Option<i64> {
        self.arguments.get(position, name)?.value.as_integer()
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.arguments.keyword(name)?.value.truth()
    }

    pub(crate) fn text(&self, position: usize, name: &str) -> Option<Rc<str>> {
        self.arguments.get(position, name)?.value.as_text()
    }

    /// An argument that is given, but not a constant: the text would be a guess.
    pub(crate) fn unknown_argument(&self) -> Option<String> {
        let given = self.arguments.positional.iter().chain(self.arguments.keywords.iter().map(|(_, value)| value));
        let unknown = given.into_iter().find_map(|argument| match &argument.value {
            Value::Opaque(unknown) => Some(unknown.reason.clone()),
            _ => None,
        });
        unknown.or_else(|| self.arguments.hidden.map(|_| "its arguments are spread from something unknown".to_owned()))
    }
}

impl Compiler {
    pub(crate) fn of(options: &ReadOptions<'_>) -> Self {
        match options.dialect.name() {
            "mysql" => {
                let mariadb = options.server.filter(|server| server.product == "MariaDB");
                Self::MySql {
                    is_mariadb: mariadb.is_some(),
                    has_uuid: mariadb.is_some_and(|server| server.version.as_slice() >= [10, 7].as_slice()),
                }
            }
            "sqlite" => Self::Sqlite,
            _ => Self::PostgreSql,
        }
    }

    /// What the dialect object's `name` is, which `with_variant` and type decorators go by. A MariaDB
    /// server behind a `mysql://` URL is `mysql`, too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PostgreSql => "postgresql",
            Self::MySql { .. } => "mysql",
            Self::Sqlite => "sqlite",
        }
    }

    pub(crate) fn is_mysql(self) -> bool {
        matches!(self, Self::MySql { .. })
    }

    pub(crate) fn is_mariadb(self) -> bool {
        matches!(self, Self::MySql { is_mariadb: true, .. })
    }

    /// How long a generated name may be before SQLAlchemy cuts it.
    pub(crate) fn name_limit(self) -> usize {
        match self {
            Self::PostgreSql => 63,
            Self::MySql { .. } => 64,
            Self::Sqlite => 9999,
        }
    }

    /// Whether it has sequences.
    pub(crate) fn has_sequences(self) -> bool {
        matches!(self, Self::PostgreSql | Self::MySql { is_mariadb: true, .. })
    }

    /// Whether comments are part of its DDL.
    pub(crate) fn has_comments(self) -> bool {
        self != Self::Sqlite
    }

    /// The collation that a type's character set brings on MySQL, as the server reports it: the set's usual one.
    /// None for the set that tables have anyway.
    pub(crate) fn charset_collation(self, call: &TypeCall<'_>) -> Option<String> {
        let is_national = matches!(call.class.as_ref(), "NVARCHAR" | "NCHAR") || call.flag("national") == Some(true);
        let charset = call.arguments.keyword("charset").and_then(|charset| charset.value.as_text());
        let charset = match charset {
            _ if !self.is_mysql() => return None,
            Some(charset) => charset.to_lowercase(),
            None if is_national => "utf8mb3".to_owned(),
            None if call.family == "mysql" && call.flag("unicode") == Some(true) => "ucs2".to_owned(),
            None if call.family == "mysql" && call.flag("ascii") == Some(true) => "latin1".to_owned(),
            None => "utf8mb4".to_owned(),
        };
        let is_binary = call.family == "mysql" && call.flag("binary") == Some(true);
        if is_binary { Some(format!("{charset}_bin")) } else { usual_collation(&charset) }
    }

    /// The type's SQL. The error says why SQLAlchemy refuses it.
    pub(crate) fn type_text(self, call: &TypeCall<'_>, release: Release) -> Result<String, String> {
        let text = match self {
            Self::PostgreSql => postgresql_text(call),
            Self::MySql { is_mariadb, has_uuid } => mysql_text(call, is_mariadb, has_uuid && release.is_sqlalchemy_21)?,
            Self::Sqlite => sqlite_text(call),
        };
        text.or_else(|| common_text(call))
            .ok_or_else(|| format!("SQLAlchemy has no {} type for `{}`", self.name(), call.class))
    }
}

fn with_number(name: &str, number: Option<i64>) -> String {
    match number {
        Some(number) => format!("{name}({number})"),
        None => name.to_owned(),
    }
}

fn with_precision(name: &str, call: &TypeCall<'_>) -> String {
    match (call.number(0, "precision"), call.number(1, "scale")) {
        (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
        (precision, _) => with_number(name, precision),
    }
}

/// A length of zero is no length to the general compiler.
fn with_length(name: &str, call: &TypeCall<'_>) -> String {
    with_number(name, call.number(0, "length").filter(|length| *length != 0))
}

/// What all dialects print alike (`GenericTypeCompiler`).
fn common_text(call: &TypeCall<'_>) -> Option<String> {
    Some(match call.class.as_ref() {
        "Integer" | "INTEGER" | "INT" => "INTEGER".to_owned(),
        "SmallInteger" | "SMALLINT" => "SMALLINT".to_owned(),
        "BigInteger" | "BIGINT" => "BIGINT".to_owned(),
        "Numeric" | "NUMERIC" => with_precision("NUMERIC", call),
        "DECIMAL" => with_precision("DECIMAL", call),
        "Float" | "FLOAT" => "FLOAT".to_owned(),
        "Double" | "DOUBLE" => "DOUBLE".to_owned(),
        "DOUBLE_PRECISION" => "DOUBLE PRECISION".to_owned(),
        "REAL" => "REAL".to_owned(),
        "String" | "Unicode" | "VARCHAR" | "AutoString" => with_length("VARCHAR", call),
        "Text" | "UnicodeText" | "TEXT" => with_length("TEXT", call),
        "CHAR" => with_length("CHAR", call),
        "NCHAR" => with_length("NCHAR", call),
        "NVARCHAR" => with_length("NVARCHAR", call),
        "CLOB" => "CLOB".to_owned(),
        "Boolean" | "BOOLEAN" => "BOOLEAN".to_owned(),
        "Date" | "DATE" => "DATE".to_owned(),
        "DateTime" | "DATETIME" | "Interval" => "DATETIME".to_owned(),
        "TIMESTAMP" => "TIMESTAMP".to_owned(),
        "Time" | "TIME" => "TIME".to_owned(),
        "LargeBinary" | "PickleType" | "BLOB" => "BLOB".to_owned(),
        "BINARY" => with_length("BINARY", call),
        "VARBINARY" => with_length("VARBINARY", call),
        "JSON" => "JSON".to_owned(),
        "Uuid" => "CHAR(32)".to_owned(),
        "UUID" => "UUID".to_owned(),
        _ => return None,
    })
}

/// `PGTypeCompiler`.
fn postgresql_text(call: &TypeCall<'_>) -> Option<String> {
    let zone = if call.arguments.get(0, "timezone").is_some_and(|zone| zone.value.truth() == Some(true)) {
        "WITH TIME ZONE"
    } else {
        "WITHOUT TIME ZONE"
    };
    let precision = || if call.family == "postgresql" { call.number(1, "precision") } else { None };
    Some(match call.class.as_ref() {
        "Float" | "FLOAT" => with_number("FLOAT", call.number(0, "precision").filter(|precision| *precision != 0)),
        "Double" => "DOUBLE PRECISION".to_owned(),
        "DATETIME" if call.family != "sqlite" => "DATETIME".to_owned(),
        "DateTime" | "DATETIME" | "TIMESTAMP" => format!("{} {zone}", with_number("TIMESTAMP", precision())),
        "Time" | "TIME" => format!("{} {zone}", with_number("TIME", precision())),
        "Interval" if call.arguments.get(0, "native").is_some_and(|native| native.value.truth() == Some(false)) => {
            "TIMESTAMP WITHOUT TIME ZONE".to_owned()
        }
        "Interval" => with_number("INTERVAL", call.number(1, "second_precision")),
        "INTERVAL" => {
            let fields = call.text(1, "fields").map(|fields| format!(" {fields}")).unwrap_or_default();
            with_number(&format!("INTERVAL{fields}"), call.number(0, "precision"))
        }
        "LargeBinary" | "PickleType" | "BYTEA" => "BYTEA".to_owned(),
        "Uuid" if call.flag("native_uuid") != Some(false) => "UUID".to_owned(),
        "BIT" if call.family == "postgresql" => {
            let length = call.number(0, "length");
            if call.arguments.get(1, "varying").is_some_and(|varying| varying.value.truth() == Some(true)) {
                with_number("BIT VARYING", length)
            } else {
                with_number("BIT", Some(length.unwrap_or(1)))
            }
        }
        "TSVECTOR" | "TSQUERY" | "INET" | "CIDR" | "CITEXT" | "MACADDR" | "MACADDR8" | "MONEY" | "OID"
        | "REGCONFIG" | "REGCLASS" | "HSTORE" | "JSONB" | "JSONPATH" | "INT4MULTIRANGE" | "INT8MULTIRANGE"
        | "NUMMULTIRANGE" | "DATEMULTIRANGE" | "TSMULTIRANGE" | "TSTZMULTIRANGE" | "INT4RANGE" | "INT8RANGE"
        | "NUMRANGE" | "DATERANGE" | "TSRANGE" | "TSTZRANGE" => call.class.to_string(),
        _ => return None,
    })
}

/// `MySQLTypeCompiler`. The outer error says what it refuses to compile.
fn mysql_text(call: &TypeCall<'_>, is_mariadb: bool, has_uuid: bool) -> Result<Option<String>, String> {
    let is_own = call.family == "mysql";
    // `UNSIGNED` and `ZEROFILL`, which only the dialect's own number types have.
    let number = |text: String| {
        let mut text = text;
        if is_own && (call.flag("unsigned") == Some(true) || call.flag("zerofill") == Some(true)) {
            text.push_str(" UNSIGNED");
        }
        if is_own && call.flag("zerofill") == Some(true) {
            text.push_str(" ZEROFILL");
        }
        text
    };
    let width = |name: &str| number(with_number(name, if is_own { call.number(0, "display_width") } else { None }));
    let fraction = |name: &str| {
        let digits = if is_own { call.number(1, "fsp") } else { None };
        with_number(name, digits.filter(|digits| *digits != 0))
    };
    let floating = |name: &str| match (call.number(0, "precision"), call.number(1, "scale")) {
        (Some(precision), Some(scale)) if is_own => number(format!("{name}({precision}, {scale})")),
        (Some(precision), _) if name == "FLOAT" => number(format!("{name}({precision})")),
        _ => number(name.to_owned()),
    };
    let length = call.number(0, "length");
    let class = call.class.as_ref();
    Ok(Some(match class {
        "Integer" | "INTEGER" | "INT" => width("INTEGER"),
        "SmallInteger" | "SMALLINT" => width("SMALLINT"),
        "BigInteger" | "BIGINT" => width("BIGINT"),
        "TINYINT" | "MEDIUMINT" => width(class),
        "YEAR" => with_number("YEAR", call.number(0, "display_width")),
        "Numeric" | "NUMERIC" => number(with_precision("NUMERIC", call)),
        "DECIMAL" => number(with_precision("DECIMAL", call)),
        "Float" | "FLOAT" => floating("FLOAT"),
        "Double" | "DOUBLE" => floating("DOUBLE"),
        "REAL" => floating("REAL"),
        "BIT" => with_number("BIT", length),
        "DateTime" | "DATETIME" | "Interval" => fraction("DATETIME"),
        "TIMESTAMP" => fraction("TIMESTAMP"),
        "Time" | "TIME" => fraction("TIME"),
        // SQLModel gives its strings a length on MySQL.
        "AutoString" => with_number("VARCHAR", Some(length.unwrap_or(255))),
        "String" | "Unicode" | "VARCHAR" | "NVARCHAR" => match length {
            Some(length) => format!("VARCHAR({length})"),
            None => return Err(format!("`{class}` needs a length on MySQL")),
        },
        "CHAR" | "NCHAR" => with_number("CHAR", length),
        "Text" | "UnicodeText" | "TEXT" => with_number("TEXT", length),
        "TINYTEXT" | "MEDIUMTEXT" | "LONGTEXT" | "TINYBLOB" | "MEDIUMBLOB" | "LONGBLOB" => class.to_owned(),
        "LargeBinary" | "BLOB" => with_number("BLOB", length),
        "VARBINARY" if length.is_none() => return Err("`VARBINARY` needs a length on MySQL".to_owned()),
        "Boolean" | "BOOLEAN" => "BOOL".to_owned(),
        // 2.1 uses MariaDB's own type where the server has it; 2.0 does not.
        "Uuid" if has_uuid && call.flag("native_uuid") != Some(false) => "UUID".to_owned(),
        "INET4" | "INET6" if is_mariadb => class.to_owned(),
        _ => return Ok(None),
    }))
}

/// `SQLiteTypeCompiler`.
fn sqlite_text(call: &TypeCall<'_>) -> Option<String> {
    let is_stored_as_number = call.arguments.keyword("storage_format").is_some();
    match call.class.as_ref() {
        // 2.1 compiles it; before, SQLAlchemy refuses the table.
        "JSONB" => Some("JSONB".to_owned()),
        // A storage format of digits only would be taken for a number, hence these names.
        name @ ("DATETIME" | "DATE" | "TIME") if call.family == "sqlite" && is_stored_as_number => {
            Some(format!("{name}_CHAR"))
        }
        _ => None,
    }
}

/// The usual collation of a character set on MySQL. None for the set that tables have anyway.
pub(crate) fn usual_collation(charset: &str) -> Option<String> {
    match charset.to_lowercase().as_str() {
        "utf8mb4" => None,
        "latin1" => Some("latin1_swedish_ci".to_owned()),
        "utf8" => Some("utf8mb3_general_ci".to_owned()),
        "binary" => Some("binary".to_owned()),
        set => Some(format!("{set}_general_ci")),
    }
}
