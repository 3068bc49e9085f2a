"""The table of what units were asked to do beside an item's lead (协办)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

OPEN = "answered_at IS NULL AND released_at IS NULL"


class Assistance(Base):
    """What a unit was asked to contribute to an item that another one leads on.

    `text` is all that it reads of the matter. `clock_id`: the promise it was given first; others
    may follow it. It is over when the unit answered, or was released: with a `reason` by whoever
    released it, by nobody and without one where the item itself went another way. The answer is
    the office's to read; `shared_at`: since when the lead reads its words too. One that came by
    telephone was `said_by` somebody of the unit, at `answered_at`; `answered_by` wrote it down.
    """

    __tablename__ = "assistance"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    said_by: Mapped[str] = mapped_column(Text, default="", server_default="")
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    shared_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    shared_at: Mapped[datetime | None] = mapped_column(Moment)
    released_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answer"),
        CheckConstraint("said_by = '' OR answered_at IS NOT NULL", name="said_by"),
        CheckConstraint("(shared_at IS NULL) = (shared_by IS NULL)", name="shared_by"),
        CheckConstraint("shared_at IS NULL OR answered_at IS NOT NULL", name="shared_at"),
        CheckConstraint("answered_at IS NULL OR released_at IS NULL", name="once"),
        CheckConstraint("released_by IS NULL OR released_at IS NOT NULL", name="released_by"),
        CheckConstraint("(released_by IS NULL) = (reason = '')", name="reason"),
        Index(
            "uq_assistance_item_id_unit_id_open",
            "item_id",
            "unit_id",
            unique=True,
            sqlite_where=sql(OPEN),
            postgresql_where=sql(OPEN),
        ),
    )

    @property
    def is_open(self) -> bool:
        """Tell whether the unit still owes an answer."""
        return self.answered_at is None and self.released_at is None
