import datetime
import decimal

from sqlalchemy import (
    DECIMAL,
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "Account"
    __table_args__ = (
        UniqueConstraint("label", "token"),
        Index("Account_open", "label", unique=True, sqlite_where=text("isOpen")),
        CheckConstraint("length(code) = 3"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    isOpen: Mapped[bool] = mapped_column(server_default=true())
    balance: Mapped[decimal.Decimal] = mapped_column(
        DECIMAL(10, 2), server_default=text("0")
    )
    label: Mapped[str] = mapped_column(Text, server_default="it's")
    token: Mapped[str] = mapped_column(
        Text, server_default=text("(lower(hex(randomblob(16))))")
    )
    createdAt: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
    parentId: Mapped[int | None] = mapped_column(
        ForeignKey("Account.id", ondelete="CASCADE")
    )
    raw: Mapped[bytes | None]

    parent: Mapped["Account | None"] = relationship(
        remote_side="[Account.id]", back_populates="accounts_by_parent"
    )
    accounts_by_parent: Mapped[list["Account"]] = relationship(back_populates="parent")
