"""Tables of cases that were split off from another one (分案)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment


class Split(Base):
    """One case, the part, that was split off from another: it is one of its own from then on.

    `case_n`, `part_n`: the entries that say so in either history. What went along reads the first
    case's history until there, and the part's from there.
    """

    __tablename__ = "case_split"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), unique=True)
    at: Mapped[datetime] = mapped_column(Moment)
    case_n: Mapped[int] = mapped_column(Integer, default=0)
    part_n: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (CheckConstraint("case_id < part_id", name="later"),)


class SplitReport(Base):
    """A report that went to the part."""

    __tablename__ = "split_report"

    split_id: Mapped[int] = mapped_column(ForeignKey("case_split.id"), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True, index=True)


class SplitItem(Base):
    """An item that went to the part; `was`: its number in the first case."""

    __tablename__ = "split_item"

    split_id: Mapped[int] = mapped_column(ForeignKey("case_split.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, index=True)
    was: Mapped[int] = mapped_column(Integer)
