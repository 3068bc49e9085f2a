"""The table of what was brought before the level above (提级督办)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

CAUSES = ("returns", "reopenings", "objections", "passages")
"""What a matter came back by: returned for more work, reopened, objected to, passed on and back."""
_OF_CASE = "item_id IS NULL"
_WAITS = "looked_at IS NULL"


class Oversight(Base):
    """One time that a matter came back once too often, so that the level above was brought in.

    `cause`: of `CAUSES`; `times`: how often it had come back by then, so that each count is told
    once. `said`: what somebody of the level above wrote when they looked into it.
    """

    __tablename__ = "oversight"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    cause: Mapped[str] = mapped_column(String(12))
    times: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment)
    looked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    looked_at: Mapped[datetime | None] = mapped_column(Moment)
    said: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint(f"cause IN {CAUSES}", name="cause"),
        CheckConstraint("(looked_by IS NULL) = (looked_at IS NULL)", name="looked_by"),
        CheckConstraint("(looked_at IS NULL) = (said = '')", name="said"),
        Index("uq_oversight_item_id_cause_times", "item_id", "cause", "times", unique=True),
        Index(
            "uq_oversight_case_id_cause_times",
            "case_id",
            "cause",
            "times",
            unique=True,
            sqlite_where=text(_OF_CASE),
            postgresql_where=text(_OF_CASE),
        ),
        Index(
            "ix_oversight_waiting",
            "case_id",
            sqlite_where=text(_WAITS),
            postgresql_where=text(_WAITS),
        ),
    )
