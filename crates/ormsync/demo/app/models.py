"""The shop's tables, as the Python service sees them."""

from datetime import datetime
from decimal import Decimal
from typing import Optional

from sqlalchemy import DECIMAL, Float, ForeignKey, Index, Text, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {str: Text, Decimal: DECIMAL}


class Customer(Base):
    __tablename__ = "Customer"
    __table_args__ = (Index("Customer_email_key", "email", unique=True), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    createdAt: Mapped[datetime] = mapped_column(server_default=func.now())


class Product(Base):
    __tablename__ = "Product"
    __table_args__ = (Index("Product_sku_key", "sku", unique=True), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    title: Mapped[str]
    price: Mapped[float] = mapped_column(Float)
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class Order(Base):
    __tablename__ = "Order"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    customerId: Mapped[int] = mapped_column(ForeignKey("Customer.id", ondelete="RESTRICT", onupdate="CASCADE"))
    status: Mapped[str] = mapped_column(server_default="new")
    trackingCode: Mapped[Optional[str]]
    placedAt: Mapped[datetime] = mapped_column(server_default=func.now())


class OrderItem(Base):
    __tablename__ = "OrderItem"

    orderId: Mapped[int] = mapped_column(
        ForeignKey("Order.id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True
    )
    productId: Mapped[int] = mapped_column(
        ForeignKey("Product.id", ondelete="RESTRICT", onupdate="CASCADE"), primary_key=True
    )
    quantity: Mapped[int] = mapped_column(server_default=text("1"))
    unitPrice: Mapped[Decimal]


class Review(Base):
    __tablename__ = "Review"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    productId: Mapped[int] = mapped_column(ForeignKey("Product.id", ondelete="CASCADE", onupdate="CASCADE"))
    customerId: Mapped[int] = mapped_column(ForeignKey("Customer.id", ondelete="RESTRICT", onupdate="CASCADE"))
    rating: Mapped[int]
    body: Mapped[Optional[str]]
