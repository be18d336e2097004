"""The base classes, mixins and types of Advanced Alchemy."""

import datetime
import re
import uuid

from sqlalchemy import (
    JSON, BigInteger, Boolean, Date, DateTime, Identity, Integer, MetaData, Sequence, String, Text, UniqueConstraint,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry
from sqlalchemy.types import BINARY, TypeDecorator

convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
table_name_regexp = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")

BigIntIdentity = BigInteger().with_variant(Integer, "sqlite")
JsonB = JSON().with_variant(postgresql.JSONB, "postgresql")
Bool = Boolean


class DateTimeUTC(TypeDecorator):
    impl = DateTime(timezone=True)

    def __init__(self, *args, **kwargs):
        pass


class GUID(TypeDecorator):
    impl = BINARY(16)

    def __init__(self, *args, binary=True, **kwargs):
        self.binary = binary

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID())
        return dialect.type_descriptor(BINARY(16) if self.binary else String(32))


class EncryptedString(TypeDecorator):
    impl = String

    def __init__(self, key=None, backend=None, length=None, **kwargs):
        pass

    def load_dialect_impl(self, dialect):
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(String())


class EncryptedText(EncryptedString):
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(Text())


class PasswordHash(TypeDecorator):
    impl = String

    def __init__(self, backend=None, length=255):
        super().__init__(length=length)


class StoredObject(TypeDecorator):
    impl = JsonB

    def __init__(self, *args, **kwargs):
        pass


class FileObject:
    pass


class FileObjectList:
    pass


class CommonTableAttributes:
    @declared_attr.directive
    def __tablename__(cls):
        own = cls.__dict__.get("__mapper_args__", {})
        if not own.get("concrete", False) and "polymorphic_on" not in own:
            for parent in cls.__mro__[1:]:
                if "polymorphic_on" in getattr(parent, "__mapper_args__", {}):
                    return None
        return table_name_regexp.sub(r"_\1", cls.__name__).lower()


def create_registry(custom_annotation_map=None):
    type_annotation_map = {
        uuid.UUID: GUID,
        datetime.datetime: DateTimeUTC,
        datetime.date: Date,
        dict: JsonB,
        FileObject: StoredObject,
        FileObjectList: StoredObject,
    }
    type_annotation_map.update(custom_annotation_map or {})
    return registry(metadata=MetaData(naming_convention=convention), type_annotation_map=type_annotation_map)


orm_registry = create_registry()


class AdvancedDeclarativeBase(DeclarativeBase):
    registry = orm_registry
    __abstract__ = True


class SentinelMixin:
    @declared_attr
    def _sentinel(cls):
        return mapped_column(Integer, name="sa_orm_sentinel", nullable=True, default="sentinel", sort_order=3001)


class UUIDPrimaryKey(SentinelMixin):
    id: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4, primary_key=True, sort_order=-100)


class UUIDv6PrimaryKey(UUIDPrimaryKey):
    pass


class UUIDv7PrimaryKey(UUIDPrimaryKey):
    pass


class NanoIDPrimaryKey(SentinelMixin):
    id: Mapped[str] = mapped_column(default="nanoid", primary_key=True, sort_order=-100)


def schema_of(cls):
    options = getattr(cls, "__table_args__", None) or {}
    if isinstance(options, tuple):
        options = options[-1]
    return options.get("schema") if isinstance(options, dict) else None


class BigIntPrimaryKey:
    @declared_attr
    def id(cls):
        return mapped_column(
            BigIntIdentity,
            Sequence(f"{cls.__tablename__}_id_seq", schema=schema_of(cls), optional=False),
            primary_key=True,
            sort_order=-100,
        )


class IdentityPrimaryKey:
    @declared_attr
    def id(cls):
        return mapped_column(BigIntIdentity, Identity(start=1, increment=1), primary_key=True, sort_order=-100)


class AuditColumns:
    created_at: Mapped[datetime.datetime] = mapped_column(
        DateTimeUTC(timezone=True), default=datetime.datetime.now, sort_order=3002
    )
    updated_at: Mapped[datetime.datetime] = mapped_column(
        DateTimeUTC(timezone=True), default=datetime.datetime.now, onupdate=datetime.datetime.now, sort_order=3003
    )


class SlugKey:
    @declared_attr
    def slug(cls):
        return mapped_column(String(length=100), nullable=False)

    @declared_attr.directive
    def __table_args__(cls):
        return (UniqueConstraint("slug", name=f"uq_{cls.__tablename__}_slug"),)


class UniqueMixin:
    pass


class UUIDBase(UUIDPrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class UUIDAuditBase(CommonTableAttributes, UUIDPrimaryKey, AuditColumns, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class UUIDv6Base(UUIDv6PrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class UUIDv6AuditBase(CommonTableAttributes, UUIDv6PrimaryKey, AuditColumns, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class UUIDv7Base(UUIDv7PrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class UUIDv7AuditBase(CommonTableAttributes, UUIDv7PrimaryKey, AuditColumns, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class NanoIDBase(NanoIDPrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class NanoIDAuditBase(CommonTableAttributes, NanoIDPrimaryKey, AuditColumns, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class BigIntBase(BigIntPrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class BigIntAuditBase(CommonTableAttributes, BigIntPrimaryKey, AuditColumns, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class IdentityBase(IdentityPrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class IdentityAuditBase(CommonTableAttributes, IdentityPrimaryKey, AuditColumns, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class DefaultBase(CommonTableAttributes, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True
