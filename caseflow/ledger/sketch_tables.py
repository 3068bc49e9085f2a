"""Tables for finding reports of one matter, and for the waves that were merged at once."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment


class Sketch(Base):
    """One hash of a report's text (`ledger.sketch`). An index, not a record: like the words that a
    report is searched by it names its report without a foreign key, which some 100 rows each
    would pay for.
    """

    __tablename__ = "sketch"

    hash: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    report_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)

    __table_args__ = ({"sqlite_with_rowid": False},)


class Wave(Base):
    """Cases about one matter that somebody merged into another at once, until `undone_at`."""

    __tablename__ = "wave"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class WaveMerger(Base):
    """A merger that a wave brought about."""

    __tablename__ = "wave_merger"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    merger_id: Mapped[int] = mapped_column(ForeignKey("merger.id"), primary_key=True, index=True)
