//! What `from … import *` brings of the modules whose names are also SQLAlchemy's own: `TIME` is another class in each.

/// The module that a name comes from, of those that everything was imported from, in their order.
pub(super) fn module_of<'m>(modules: &'m [std::rc::Rc<str>], name: &str) -> Option<&'m str> {
    let of_dialect = modules.iter().rev().find(|module| names_of(module).is_some_and(|names| names.contains(&name)));
    let other = || modules.iter().find(|module| module.starts_with("sqlalchemy") && names_of(module).is_none());
    let any = || modules.iter().find(|module| module.starts_with("sqlalchemy")).or_else(|| modules.first());
    of_dialect.or_else(other).or_else(any).map(AsRef::as_ref)
}

/// `__all__` of SQLAlchemy 2.1's dialects (`sqlalchemy/dialects/*/__init__.py`).
fn names_of(module: &str) -> Option<&'static [&'static str]> {
    match module {
        "sqlalchemy.dialects.postgresql" => Some(POSTGRESQL),
        "sqlalchemy.dialects.mysql" => Some(MYSQL),
        "sqlalchemy.dialects.sqlite" => Some(SQLITE),
        _ => None,
    }
}

#[rustfmt::skip]
const POSTGRESQL: &[&str] = &[
    "ARRAY", "All", "Any", "BIGINT", "BIT", "BOOLEAN", "BYTEA", "BitString", "CHAR", "CIDR", "CITEXT",
    "CreateDomainType", "CreateEnumType", "DATE", "DATEMULTIRANGE", "DATERANGE", "DOMAIN", "DOUBLE_PRECISION",
    "DropDomainType", "DropEnumType", "ENUM", "ExcludeConstraint", "FLOAT", "HSTORE", "INET", "INT4MULTIRANGE",
    "INT4RANGE", "INT8MULTIRANGE", "INT8RANGE", "INTEGER", "INTERVAL", "Insert", "JSON", "JSONB", "JSONPATH",
    "MACADDR", "MACADDR8", "MONEY", "NUMERIC", "NUMMULTIRANGE", "NUMRANGE", "NamedType", "OID", "REAL", "REGCLASS",
    "REGCONFIG", "Range", "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "TSMULTIRANGE", "TSQUERY", "TSRANGE",
    "TSTZMULTIRANGE", "TSTZRANGE", "TSVECTOR", "UUID", "VARCHAR", "aggregate_order_by", "array", "array_agg",
    "distinct_on", "hstore", "insert",
];

#[rustfmt::skip]
const MYSQL: &[&str] = &[
    "BIGINT", "BINARY", "BIT", "BLOB", "BOOLEAN", "CHAR", "DATE", "DATETIME", "DECIMAL", "DOUBLE", "ENUM", "FLOAT",
    "INET4", "INET6", "INTEGER", "Insert", "JSON", "LONGBLOB", "LONGTEXT", "MEDIUMBLOB", "MEDIUMINT", "MEDIUMTEXT",
    "NCHAR", "NUMERIC", "NVARCHAR", "REAL", "SET", "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "TINYBLOB", "TINYINT",
    "TINYTEXT", "VARBINARY", "VARCHAR", "YEAR", "insert", "limit", "match",
];

#[rustfmt::skip]
const SQLITE: &[&str] = &[
    "BLOB", "BOOLEAN", "CHAR", "DATE", "DATETIME", "DECIMAL", "FLOAT", "INTEGER", "Insert", "JSON", "JSONB",
    "NUMERIC", "REAL", "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "VARCHAR", "insert",
];
