"""Tables of on-the-spot visits (实地核查), and of the categories that demand one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

_IN_FORCE = "ended_at IS NULL"


class Visit(Base):
    """People of the office went and looked. `at`: when they were there; `seen`: what they saw."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    place: Mapped[str] = mapped_column(String(200))
    seen: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("at <= recorded_at", name="at"),)


class Visitor(Base):
    """Somebody who went: with an account, or by name only (`user_id` is None), e.g. an expert."""

    __tablename__ = "visitor"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    n: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(40))

    __table_args__ = (
        Index("uq_visitor_visit_id_name", "visit_id", "name", unique=True),
        Index("uq_visitor_visit_id_user_id", "visit_id", "user_id", unique=True),
    )


class VisitDemand(Base):
    """From `since` until `ended_at`, no item of a category is struck off without a visit."""

    __tablename__ = "visit_demand"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    category: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        Index(
            "uq_visit_demand_category_in_force",
            "category",
            unique=True,
            sqlite_where=text(_IN_FORCE),
            postgresql_where=text(_IN_FORCE),
        ),
    )
