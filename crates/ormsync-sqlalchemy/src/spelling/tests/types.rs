//! Every type of every dialect, judged by SQLAlchemy and the servers.

use ormsync_dialect::Equivalence;
use ormsync_schema::Schema;

use super::assert_python;
use crate::spelling::writer::Writer;

/// A native type, how it is spelled, what its values are in Python, and what the server's catalogue
/// says (its character set put behind it) of a column that SQLAlchemy 2.0.58 and 2.1.9 made of the spelling (PostgreSQL 15, MySQL 9.7, for its
/// own types MariaDB 10.11, SQLite 3). Of pgvector 0.5 and geoalchemy2 0.20 it is what they compile to.
type Row = (&'static str, &'static str, &'static str, &'static str);

const POSTGRESQL: &[Row] = &[
    ("smallint", "SmallInteger", "int", "smallint"),
    ("integer", "Integer", "int", "integer"),
    ("bigint", "BigInteger", "int", "bigint"),
    ("boolean", "Boolean", "bool", "boolean"),
    ("real", "REAL", "float", "real"),
    ("double precision", "Double", "float", "double precision"),
    ("float(10)", "REAL", "float", "real"),
    ("numeric", "Numeric", "decimal.Decimal", "numeric"),
    ("numeric(18,8)", "Numeric(18, 8)", "decimal.Decimal", "numeric(18,8)"),
    ("numeric(10)", "Numeric(10, 0)", "decimal.Decimal", "numeric(10,0)"),
    ("money", "postgresql.MONEY", "str", "money"),
    ("varchar", "String", "str", "character varying"),
    ("varchar(191)", "String(191)", "str", "character varying(191)"),
    ("char(3)", "CHAR(3)", "str", "character(3)"),
    ("text", "Text", "str", "text"),
    ("citext", "postgresql.CITEXT", "str", "citext"),
    ("bytea", "LargeBinary", "bytes", "bytea"),
    ("uuid", "Uuid", "uuid.UUID", "uuid"),
    ("json", "JSON", "Any", "json"),
    ("jsonb", "postgresql.JSONB", "Any", "jsonb"),
    ("jsonpath", "postgresql.JSONPATH", "str", "jsonpath"),
    ("hstore", "postgresql.HSTORE", "dict[str, str | None]", "hstore"),
    ("date", "Date", "datetime.date", "date"),
    ("time", "Time", "datetime.time", "time without time zone"),
    ("time(3)", "postgresql.TIME(precision=3)", "datetime.time", "time(3) without time zone"),
    ("timetz", "Time(timezone=True)", "datetime.time", "time with time zone"),
    ("timetz(0)", "postgresql.TIME(timezone=True, precision=0)", "datetime.time", "time(0) with time zone"),
    ("timestamp", "DateTime", "datetime.datetime", "timestamp without time zone"),
    ("timestamp(3)", "postgresql.TIMESTAMP(precision=3)", "datetime.datetime", "timestamp(3) without time zone"),
    ("timestamp(0)", "postgresql.TIMESTAMP(precision=0)", "datetime.datetime", "timestamp(0) without time zone"),
    ("timestamptz", "DateTime(timezone=True)", "datetime.datetime", "timestamp with time zone"),
    (
        "timestamptz(3)",
        "postgresql.TIMESTAMP(timezone=True, precision=3)",
        "datetime.datetime",
        "timestamp(3) with time zone",
    ),
    ("interval", "Interval", "datetime.timedelta", "interval"),
    ("interval(3)", "postgresql.INTERVAL(precision=3)", "datetime.timedelta", "interval(3)"),
    ("interval year", r#"postgresql.INTERVAL(fields="YEAR")"#, "datetime.timedelta", "interval year"),
    ("interval month", r#"postgresql.INTERVAL(fields="MONTH")"#, "datetime.timedelta", "interval month"),
    ("interval day", r#"postgresql.INTERVAL(fields="DAY")"#, "datetime.timedelta", "interval day"),
    ("interval hour", r#"postgresql.INTERVAL(fields="HOUR")"#, "datetime.timedelta", "interval hour"),
    ("interval minute", r#"postgresql.INTERVAL(fields="MINUTE")"#, "datetime.timedelta", "interval minute"),
    ("interval second", r#"postgresql.INTERVAL(fields="SECOND")"#, "datetime.timedelta", "interval second"),
    (
        "interval second(3)",
        r#"postgresql.INTERVAL(fields="SECOND", precision=3)"#,
        "datetime.timedelta",
        "interval second(3)",
    ),
    (
        "interval year to month",
        r#"postgresql.INTERVAL(fields="YEAR TO MONTH")"#,
        "datetime.timedelta",
        "interval year to month",
    ),
    (
        "interval day to hour",
        r#"postgresql.INTERVAL(fields="DAY TO HOUR")"#,
        "datetime.timedelta",
        "interval day to hour",
    ),
    (
        "interval day to minute",
        r#"postgresql.INTERVAL(fields="DAY TO MINUTE")"#,
        "datetime.timedelta",
        "interval day to minute",
    ),
    (
        "interval day to second",
        r#"postgresql.INTERVAL(fields="DAY TO SECOND")"#,
        "datetime.timedelta",
        "interval day to second",
    ),
    (
        "interval day to second(3)",
        r#"postgresql.INTERVAL(fields="DAY TO SECOND", precision=3)"#,
        "datetime.timedelta",
        "interval day to second(3)",
    ),
    (
        "interval hour to minute",
        r#"postgresql.INTERVAL(fields="HOUR TO MINUTE")"#,
        "datetime.timedelta",
        "interval hour to minute",
    ),
    (
        "interval hour to second",
        r#"postgresql.INTERVAL(fields="HOUR TO SECOND")"#,
        "datetime.timedelta",
        "interval hour to second",
    ),
    (
        "interval hour to second(2)",
        r#"postgresql.INTERVAL(fields="HOUR TO SECOND", precision=2)"#,
        "datetime.timedelta",
        "interval hour to second(2)",
    ),
    (
        "interval minute to second",
        r#"postgresql.INTERVAL(fields="MINUTE TO SECOND")"#,
        "datetime.timedelta",
        "interval minute to second",
    ),
    (
        "interval minute to second(1)",
        r#"postgresql.INTERVAL(fields="MINUTE TO SECOND", precision=1)"#,
        "datetime.timedelta",
        "interval minute to second(1)",
    ),
    ("bit(1)", "postgresql.BIT(1)", "Any", "bit(1)"),
    ("bit(8)", "postgresql.BIT(8)", "Any", "bit(8)"),
    ("varbit", "postgresql.BIT(varying=True)", "Any", "bit varying"),
    ("varbit(64)", "postgresql.BIT(64, varying=True)", "Any", "bit varying(64)"),
    ("inet", "postgresql.INET", "Any", "inet"),
    ("cidr", "postgresql.CIDR", "Any", "cidr"),
    ("macaddr", "postgresql.MACADDR", "str", "macaddr"),
    ("macaddr8", "postgresql.MACADDR8", "str", "macaddr8"),
    ("oid", "postgresql.OID", "int", "oid"),
    ("regclass", "postgresql.REGCLASS", "str", "regclass"),
    ("regconfig", "postgresql.REGCONFIG", "str", "regconfig"),
    ("tsvector", "postgresql.TSVECTOR", "str", "tsvector"),
    ("tsquery", "postgresql.TSQUERY", "str", "tsquery"),
    ("int4range", "postgresql.INT4RANGE", "Any", "int4range"),
    ("int8range", "postgresql.INT8RANGE", "Any", "int8range"),
    ("numrange", "postgresql.NUMRANGE", "Any", "numrange"),
    ("daterange", "postgresql.DATERANGE", "Any", "daterange"),
    ("tsrange", "postgresql.TSRANGE", "Any", "tsrange"),
    ("tstzrange", "postgresql.TSTZRANGE", "Any", "tstzrange"),
    ("int4multirange", "postgresql.INT4MULTIRANGE", "Any", "int4multirange"),
    ("int8multirange", "postgresql.INT8MULTIRANGE", "Any", "int8multirange"),
    ("nummultirange", "postgresql.NUMMULTIRANGE", "Any", "nummultirange"),
    ("datemultirange", "postgresql.DATEMULTIRANGE", "Any", "datemultirange"),
    ("tsmultirange", "postgresql.TSMULTIRANGE", "Any", "tsmultirange"),
    ("tstzmultirange", "postgresql.TSTZMULTIRANGE", "Any", "tstzmultirange"),
    ("text[]", "ARRAY(Text)", "list[str]", "text[]"),
    ("integer[]", "ARRAY(Integer)", "list[int]", "integer[]"),
    ("varchar(20)[]", "ARRAY(String(20))", "list[str]", "character varying(20)[]"),
    ("numeric(10,2)[]", "ARRAY(Numeric(10, 2))", "list[decimal.Decimal]", "numeric(10,2)[]"),
    (
        "timestamptz(3)[]",
        "ARRAY(postgresql.TIMESTAMP(timezone=True, precision=3))",
        "list[datetime.datetime]",
        "timestamp(3) with time zone[]",
    ),
    ("jsonb[]", "ARRAY(postgresql.JSONB)", "list[Any]", "jsonb[]"),
    ("uuid[]", "ARRAY(Uuid)", "list[uuid.UUID]", "uuid[]"),
    ("vector", "VECTOR", "Any", "VECTOR"),
    ("vector(1536)", "VECTOR(1536)", "Any", "VECTOR(1536)"),
    ("halfvec(3)", "HALFVEC(3)", "Any", "HALFVEC(3)"),
    ("sparsevec(3)", "SPARSEVEC(3)", "Any", "SPARSEVEC(3)"),
    ("geometry(Point,4326)", r#"Geometry("POINT", srid=4326, spatial_index=False)"#, "Any", "geometry(POINT,4326)"),
    ("geography(Point,4326)", r#"Geography("POINT", srid=4326, spatial_index=False)"#, "Any", "geography(POINT,4326)"),
];

const MYSQL: &[Row] = &[
    ("tinyint(1)", "Boolean", "bool", "tinyint(1)"),
    ("bool", "Boolean", "bool", "tinyint(1)"),
    ("tinyint", "mysql.TINYINT", "int", "tinyint"),
    ("tinyint unsigned", "mysql.TINYINT(unsigned=True)", "int", "tinyint unsigned"),
    ("smallint", "SmallInteger", "int", "smallint"),
    ("smallint unsigned", "mysql.SMALLINT(unsigned=True)", "int", "smallint unsigned"),
    ("mediumint", "mysql.MEDIUMINT", "int", "mediumint"),
    ("mediumint unsigned", "mysql.MEDIUMINT(unsigned=True)", "int", "mediumint unsigned"),
    ("int", "Integer", "int", "int"),
    ("int unsigned", "mysql.INTEGER(unsigned=True)", "int", "int unsigned"),
    ("int(5) zerofill", "mysql.INTEGER(5, unsigned=True, zerofill=True)", "int", "int(5) unsigned zerofill"),
    ("bigint", "BigInteger", "int", "bigint"),
    ("bigint unsigned", "mysql.BIGINT(unsigned=True)", "int", "bigint unsigned"),
    ("decimal(18,8)", "Numeric(18, 8)", "decimal.Decimal", "decimal(18,8)"),
    ("decimal", "Numeric(10, 0)", "decimal.Decimal", "decimal(10,0)"),
    ("decimal(10,2) unsigned", "mysql.DECIMAL(10, 2, unsigned=True)", "decimal.Decimal", "decimal(10,2) unsigned"),
    ("float", "Float", "float", "float"),
    ("float(10,2)", "mysql.FLOAT(10, 2)", "float", "float(10,2)"),
    ("float unsigned", "mysql.FLOAT(unsigned=True)", "float", "float unsigned"),
    ("double", "Double", "float", "double"),
    ("double(10,2)", "mysql.DOUBLE(10, 2, asdecimal=False)", "float", "double(10,2)"),
    ("double unsigned", "mysql.DOUBLE(unsigned=True, asdecimal=False)", "float", "double unsigned"),
    ("bit(1)", "mysql.BIT(1)", "int", "bit(1)"),
    ("bit(8)", "mysql.BIT(8)", "int", "bit(8)"),
    ("char(3)", "CHAR(3)", "str", "char(3)"),
    ("varchar(191)", "String(191)", "str", "varchar(191)"),
    (
        "varchar(20) character set latin1",
        r#"mysql.VARCHAR(20, charset="latin1")"#,
        "str",
        "varchar(20) character set latin1",
    ),
    ("tinytext", "mysql.TINYTEXT", "str", "tinytext"),
    ("text", "Text", "str", "text"),
    ("mediumtext", "mysql.MEDIUMTEXT", "str", "mediumtext"),
    ("longtext", "mysql.LONGTEXT", "str", "longtext"),
    ("longtext character set ascii", r#"mysql.LONGTEXT(charset="ascii")"#, "str", "longtext character set ascii"),
    ("binary(16)", "BINARY(16)", "bytes", "binary(16)"),
    ("varbinary(32)", "VARBINARY(32)", "bytes", "varbinary(32)"),
    ("tinyblob", "mysql.TINYBLOB", "bytes", "tinyblob"),
    ("blob", "LargeBinary", "bytes", "blob"),
    ("mediumblob", "mysql.MEDIUMBLOB", "bytes", "mediumblob"),
    ("longblob", "mysql.LONGBLOB", "bytes", "longblob"),
    ("json", "JSON", "Any", "json"),
    ("date", "Date", "datetime.date", "date"),
    ("time", "Time", "datetime.time", "time"),
    ("time(3)", "mysql.TIME(fsp=3)", "datetime.time", "time(3)"),
    ("datetime", "DateTime", "datetime.datetime", "datetime"),
    ("datetime(3)", "mysql.DATETIME(fsp=3)", "datetime.datetime", "datetime(3)"),
    ("datetime(6)", "mysql.DATETIME(fsp=6)", "datetime.datetime", "datetime(6)"),
    ("timestamp", "TIMESTAMP", "datetime.datetime", "timestamp"),
    ("timestamp(3)", "mysql.TIMESTAMP(fsp=3)", "datetime.datetime", "timestamp(3)"),
    ("year", "mysql.YEAR", "int", "year"),
    ("enum('a','it''s')", r#"Enum("a", "it's")"#, "str", "enum('a','it''s')"),
    ("set('x','y')", r#"mysql.SET("x", "y")"#, "set[str]", "set('x','y')"),
    ("uuid", "UUID", "uuid.UUID", "uuid"),
    ("inet4", "mysql.INET4", "str", "inet4"),
    ("inet6", "mysql.INET6", "str", "inet6"),
];

const SQLITE: &[Row] = &[
    ("integer", "Integer", "int", "INTEGER"),
    ("int", "Integer", "int", "INTEGER"),
    ("tinyint", "Integer", "int", "INTEGER"),
    ("mediumint", "Integer", "int", "INTEGER"),
    ("smallint", "SmallInteger", "int", "SMALLINT"),
    ("bigint", "BigInteger", "int", "BIGINT"),
    ("boolean", "Boolean", "bool", "BOOLEAN"),
    ("bool", "Boolean", "bool", "BOOLEAN"),
    ("real", "REAL", "float", "REAL"),
    ("float", "Float", "float", "FLOAT"),
    ("double", "Double", "float", "DOUBLE"),
    ("double precision", "DOUBLE_PRECISION", "float", "DOUBLE PRECISION"),
    ("numeric", "Numeric", "decimal.Decimal", "NUMERIC"),
    ("numeric(10,2)", "Numeric(10, 2)", "decimal.Decimal", "NUMERIC(10, 2)"),
    ("decimal", "DECIMAL", "decimal.Decimal", "DECIMAL"),
    ("decimal(18,8)", "DECIMAL(18, 8)", "decimal.Decimal", "DECIMAL(18, 8)"),
    ("text", "Text", "str", "TEXT"),
    ("clob", "CLOB", "str", "CLOB"),
    ("varchar", "String", "str", "VARCHAR"),
    ("varchar(191)", "String(191)", "str", "VARCHAR(191)"),
    ("nvarchar(20)", "NVARCHAR(20)", "str", "NVARCHAR(20)"),
    ("char(3)", "CHAR(3)", "str", "CHAR(3)"),
    ("nchar(3)", "NCHAR(3)", "str", "NCHAR(3)"),
    ("blob", "LargeBinary", "bytes", "BLOB"),
    ("binary(16)", "BINARY(16)", "bytes", "BINARY(16)"),
    ("varbinary(16)", "VARBINARY(16)", "bytes", "VARBINARY(16)"),
    ("uuid", "UUID", "uuid.UUID", "UUID"),
    ("json", "JSON", "Any", "JSON"),
    ("jsonb", "JSON", "Any", "JSON"),
    ("date", "Date", "datetime.date", "DATE"),
    ("time", "Time", "datetime.time", "TIME"),
    ("datetime", "DateTime", "datetime.datetime", "DATETIME"),
    ("timestamp", "TIMESTAMP", "datetime.datetime", "TIMESTAMP"),
];

/// Types that SQLAlchemy has no words for.
const WORDLESS: &[(&str, &str)] = &[
    ("postgresql", "bpchar"),
    ("postgresql", "geometry(point)"),
    ("postgresql", "xml"),
    ("postgresql", "point"),
    ("postgresql", "pg_lsn"),
    ("mysql", "geometry"),
    ("mysql", "point"),
    ("mysql", "vector(3)"),
    ("sqlite", "unsigned big int"),
];

#[test]
fn types_are_spelled_so_that_the_server_has_them() {
    for (dialect, rows) in [("postgresql", POSTGRESQL), ("mysql", MYSQL), ("sqlite", SQLITE)] {
        let schema = Schema::new(dialect);
        let writer = Writer::new(&schema).unwrap();
        for (native, spelled, python, reported) in rows {
            let wanted = writer.dialect.parse_type(native);
            let written = writer.data_type(&wanted, None, "").unwrap();
            let expression = written.expression.flat();
            assert_python(&expression);
            assert_eq!((expression.as_str(), written.python.as_str()), (*spelled, *python), "{dialect} {native}");
            let made = writer.dialect.parse_type(reported);
            // SQLite keeps any word; a few that SQLAlchemy has no class for become others with the same values.
            let is_same = match writer.dialect.compare_types(&made, &wanted) {
                Equivalence::Identical => true,
                Equivalence::Compatible(_) => dialect == "sqlite",
                Equivalence::Different | Equivalence::Unknown => false,
            };
            assert!(is_same, "{dialect} {native}: {reported}");
        }
    }
}

#[test]
fn types_without_words_are_told() {
    for (dialect, native) in WORDLESS {
        let schema = Schema::new(*dialect);
        let writer = Writer::new(&schema).unwrap();
        let data_type = writer.dialect.parse_type(native);
        let told = writer.data_type(&data_type, None, "").unwrap_err();
        assert_eq!(told.0, format!("SQLAlchemy has no type for {native}"));
    }
}
