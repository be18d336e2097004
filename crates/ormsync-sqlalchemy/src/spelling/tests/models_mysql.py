import datetime
import decimal
from typing import Any

from sqlalchemy import (
    CHAR,
    JSON,
    BigInteger,
    CheckConstraint,
    Computed,
    Enum,
    ForeignKey,
    Index,
    MetaData,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import UserDefinedType


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        }
    )


class PointType(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **_options):
        return "point"


class Flight(Base):
    __tablename__ = "Flight"
    __table_args__ = (
        UniqueConstraint("offerId", name="Flight_offerId_key"),
        Index("Flight_status_createdAt_idx", "status", text("`createdAt` DESC")),
        Index(None, "notes", mysql_prefix="FULLTEXT"),
        Index("Flight_token_idx", "token", mysql_length={"token": 20}),
        CheckConstraint("price >= 0", name="price_positive"),
        {
            "mysql_engine": "InnoDB",
            "mysql_charset": "utf8mb4",
            "mysql_collate": "utf8mb4_unicode_ci",
        },
    )

    id: Mapped[str] = mapped_column(String(191), primary_key=True)
    offerId: Mapped[str] = mapped_column(String(191, collation="utf8mb4_bin"))
    number: Mapped[int] = mapped_column(mysql.INTEGER(unsigned=True))
    status: Mapped[str] = mapped_column(
        Enum("PENDING", "CONFIRMED", "it's"), server_default="PENDING"
    )
    extras: Mapped[set[str] | None] = mapped_column(mysql.SET("meal", "bag"))
    refundable: Mapped[bool] = mapped_column(server_default=false())
    notes: Mapped[str] = mapped_column(Text, server_default=text("('none')"))
    price: Mapped[decimal.Decimal] = mapped_column(
        Numeric(18, 8), server_default=text("0")
    )
    fare: Mapped[Any | None] = mapped_column(JSON)
    createdAt: Mapped[datetime.datetime] = mapped_column(
        mysql.DATETIME(fsp=3), server_default=text("CURRENT_TIMESTAMP(3)")
    )
    updatedAt: Mapped[datetime.datetime] = mapped_column(
        mysql.DATETIME(fsp=3),
        server_default=text("CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)"),
    )
    seen: Mapped[datetime.datetime] = mapped_column(
        server_default=text("CURRENT_TIMESTAMP")
    )
    token: Mapped[str] = mapped_column(String(36), server_default=text("(uuid())"))
    total: Mapped[decimal.Decimal | None] = mapped_column(
        Numeric(18, 8), Computed("price * 2", persisted=False)
    )
    vendorId: Mapped[int] = mapped_column(ForeignKey("vendors.id", onupdate="CASCADE"))

    vendor: Mapped["Vendor"] = relationship(back_populates="flights")


class Code(Base):
    __tablename__ = "codes"

    code: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rate: Mapped[float | None] = mapped_column(
        mysql.DOUBLE(unsigned=True, asdecimal=False)
    )


class Part(Base):
    __tablename__ = "parts"

    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    lot: Mapped[int] = mapped_column(primary_key=True)


class Vendor(Base):
    __tablename__ = "vendors"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(CHAR(3), unique=True)
    geo: Mapped[Any | None] = mapped_column(PointType)

    flights: Mapped[list["Flight"]] = relationship(back_populates="vendor")
