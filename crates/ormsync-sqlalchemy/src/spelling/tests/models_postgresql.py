import datetime
import decimal
import enum
import uuid
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import UserDefinedType


class Base(DeclarativeBase):
    pass


class State(str, enum.Enum):
    open = "open"
    paid = "paid"


class InvoiceKind(str, enum.Enum):
    pre_paid = "pre-paid"
    none = "None"


class Role(str, enum.Enum):
    member = "member"
    admin = "admin"
    banned = "banned"


class XmlType(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **_options):
        return "xml"


class InvoiceLine(Base):
    __tablename__ = "invoice_lines"
    __table_args__ = (
        PrimaryKeyConstraint("position", "tenant", "number"),
        ForeignKeyConstraint(
            ["tenant", "number"],
            ["billing.invoices.tenant", "billing.invoices.number"],
            ondelete="CASCADE",
        ),
        {"schema": "billing"},
    )

    tenant: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    position: Mapped[int] = mapped_column(SmallInteger)
    text: Mapped[str] = mapped_column(Text)

    invoice: Mapped["Invoice"] = relationship(back_populates="invoice_lines")


class Invoice(Base):
    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("tenant", "user_id", postgresql_nulls_not_distinct=True),
        {"schema": "billing"},
    )

    tenant: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            "users.id",
            name="invoice_owner",
            ondelete="SET NULL",
            onupdate="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        )
    )
    net: Mapped[decimal.Decimal] = mapped_column(Numeric(18, 8))
    gross: Mapped[decimal.Decimal | None] = mapped_column(
        Numeric(18, 8), Computed("net * 1.19", persisted=True)
    )
    kind: Mapped[InvoiceKind | None] = mapped_column(
        Enum(
            InvoiceKind,
            name="Invoice Kind",
            schema="public",
            values_callable=lambda labels: [label.value for label in labels],
        )
    )
    state: Mapped[State | None] = mapped_column(
        Enum(State, name="state", schema="billing")
    )
    serial_number: Mapped[int] = mapped_column(
        BigInteger, Identity(always=True, start=1000)
    )
    period: Mapped[Any | None] = mapped_column(postgresql.TSTZRANGE)

    invoice_lines: Mapped[list["InvoiceLine"]] = relationship(back_populates="invoice")
    user: Mapped["User | None"] = relationship(back_populates="invoices")


friends = Table(
    "_Friends",
    Base.metadata,
    Column("A", Integer, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("B", Integer, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Index("_Friends_B_index", "B"),
)

log_entries = Table(
    "log-entries",
    Base.metadata,
    Column("at", DateTime, nullable=False, server_default=func.now()),
    Column("What?", Text),
    postgresql_partition_by="RANGE (at)",
)


class User(Base):
    __tablename__ = "users"
    __table_args__ = (
        Index("users_uuid_key", "uuid", unique=True),
        Index("users_tags_idx", "tags", postgresql_using="gin"),
        Index("users_role_created_at_idx", "role", text("created_at DESC")),
        Index(
            "users_lower_idx",
            text('lower("displayName")'),
            unique=True,
            postgresql_where=text("born IS NOT NULL AND role <> 'banned'"),
        ),
        Index(
            "users_email_pattern_idx",
            "email",
            postgresql_ops={"email": "text_pattern_ops"},
            postgresql_include=["id"],
        ),
        Index("users_payload_idx", "payload"),
        CheckConstraint(
            "email LIKE '%@%' AND email <> '\\:none'", name="users_email_check"
        ),
        {"comment": "People"},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(postgresql.CITEXT, unique=True)
    displayName: Mapped[str | None] = mapped_column(String(191))
    isAdmin: Mapped[bool] = mapped_column(server_default=false())
    role: Mapped[Role] = mapped_column(Enum(Role, name="role"), server_default="member")
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    settings: Mapped[Any] = mapped_column(
        postgresql.JSONB, server_default='{"theme":"dark"}'
    )
    uuid_: Mapped[uuid.UUID] = mapped_column(
        "uuid", server_default=text("gen_random_uuid()")
    )
    metadata_: Mapped[Any | None] = mapped_column("metadata", JSON)
    created_at: Mapped[datetime.datetime] = mapped_column(
        postgresql.TIMESTAMP(timezone=True, precision=3), server_default=func.now()
    )
    born: Mapped[datetime.date | None] = mapped_column(comment='may be "unknown"')
    payload: Mapped[Any | None] = mapped_column(XmlType)

    invoices: Mapped[list["Invoice"]] = relationship(back_populates="user")
