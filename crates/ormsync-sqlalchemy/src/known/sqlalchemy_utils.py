"""What the types and mixins of SQLAlchemy-Utils store."""

from sqlalchemy import BLOB, CHAR, Column, Date, DateTime, LargeBinary, String, Text, Unicode, UnicodeText
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import BINARY, TypeDecorator, UserDefinedType


class ArrowType(TypeDecorator):
    impl = DateTime


class EnrichedDateTimeType(ArrowType):
    def __init__(self, datetime_processor=None, *args, **kwargs):
        super().__init__(*args, **kwargs)


class EnrichedDateType(TypeDecorator):
    impl = Date

    def __init__(self, date_processor=None, *args, **kwargs):
        super().__init__(*args, **kwargs)


class ChoiceType(TypeDecorator):
    impl = Unicode(255)

    def __init__(self, choices, impl=None):
        if impl is not None:
            self.impl = impl


class ColorType(TypeDecorator):
    impl = Unicode(20)

    def __init__(self, max_length=20, *args, **kwargs):
        self.impl = Unicode(max_length)


class CountryType(TypeDecorator):
    impl = String(2)


class CurrencyType(TypeDecorator):
    impl = String(3)


class EmailType(TypeDecorator):
    impl = Unicode

    def __init__(self, length=255, *args, **kwargs):
        super().__init__(length, *args, **kwargs)


class EncryptedType(TypeDecorator):
    impl = LargeBinary

    def __init__(self, type_in=None, key=None, engine=None, padding=None, **kwargs):
        super().__init__(**kwargs)


class StringEncryptedType(TypeDecorator):
    impl = String

    def __init__(self, type_in=None, key=None, engine=None, padding=None, **kwargs):
        super().__init__(**kwargs)


class IPAddressType(TypeDecorator):
    impl = Unicode(50)

    def __init__(self, max_length=50, *args, **kwargs):
        self.impl = Unicode(max_length)


class JSONType(TypeDecorator):
    impl = UnicodeText

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return postgresql.JSON()
        return self.impl


class LocaleType(TypeDecorator):
    impl = Unicode(10)


class LtreeType(UserDefinedType):
    def get_col_spec(self, **kw):
        return "LTREE"


class LQUERY(UserDefinedType):
    def get_col_spec(self, **kw):
        return "LQUERY"


class PasswordType(TypeDecorator):
    impl = LargeBinary

    def __init__(self, max_length=None, **kwargs):
        self.length = max_length

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return postgresql.BYTEA()
        if dialect.name == "mysql":
            if self.length is None:
                return give_it_a_max_length_since_its_length_depends_on_the_schemes()
            return mysql.VARBINARY(self.length)
        return BLOB()


class PhoneNumberType(TypeDecorator):
    impl = Unicode(20)

    def __init__(self, region="US", max_length=20, *args, **kwargs):
        self.impl = Unicode(max_length)


class ScalarListType(TypeDecorator):
    impl = UnicodeText

    def __init__(self, coerce_func=None, separator=","):
        pass


class TimezoneType(TypeDecorator):
    impl = Unicode(50)

    def __init__(self, backend="dateutil"):
        pass


class TSVectorType(TypeDecorator):
    impl = postgresql.TSVECTOR

    def __init__(self, *args, **kwargs):
        pass


class URLType(TypeDecorator):
    impl = UnicodeText


class UUIDType(TypeDecorator):
    impl = BINARY(16)

    def __init__(self, binary=True, native=True):
        self.binary = binary
        self.native = native

    def load_dialect_impl(self, dialect):
        if self.native and dialect.name in ("postgresql", "cockroachdb"):
            return postgresql.UUID()
        return dialect.type_descriptor(BINARY(16) if self.binary else CHAR(32))


class WeekDaysType(TypeDecorator):
    impl = String(7)

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return postgresql.BIT(7)
        if dialect.name == "mysql":
            return BINARY(7)
        return self.impl


class CompositeType(UserDefinedType):
    def __init__(self, name, columns=None, **kwargs):
        self.name = name

    def get_col_spec(self, **kw):
        return self.name


class RangeType(TypeDecorator):
    impl = String(255)
    native = None

    def __init__(self, *args, **kwargs):
        pass

    def load_dialect_impl(self, dialect):
        return self.native if dialect.name == "postgresql" else String(255)


class IntRangeType(RangeType):
    native = postgresql.INT4RANGE()


class Int8RangeType(RangeType):
    native = postgresql.INT8RANGE()


class NumericRangeType(RangeType):
    native = postgresql.NUMRANGE()


class DateRangeType(RangeType):
    native = postgresql.DATERANGE()


class DateTimeRangeType(RangeType):
    native = postgresql.TSRANGE()


class Timestamp:
    created = Column(DateTime, default="utcnow", nullable=False)
    updated = Column(DateTime, default="utcnow", nullable=False)
