"""Tables of publishing: circulars, what each is about, their corrections and their own history."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment
from caseflow.publishing.circular_states import CIRCULAR_STATES, KINDS

_WAITS = "outcome IS NULL"
_UNNUMBERED = "state IN ('drafted', 'checked', 'cancelled')"
_UNCHECKED = "state IN ('drafted', 'cancelled')"
_ANOTHER = (
    "checked_by IS NULL OR (checked_by <> drafted_by"
    " AND (edited_by IS NULL OR checked_by <> edited_by))"
)


class Circular(Base):
    """A circular (通报) of an office about a period of Shanghai days, both ends included.

    `text` goes to units, `public_text` to everybody once it is published: there small numbers are
    left out. Neither changes once there is a `number`. `head`, `head_n`: hash and number of its
    last entry; `head_n` is the version number that every form carries. `returned_for`: what the
    last check found wrong; `reason`: why it was cancelled or withdrawn.
    """

    __tablename__ = "circular"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default="drafted")
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(Text)
    public_text: Mapped[str] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    drafted_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    drafted_at: Mapped[datetime] = mapped_column(Moment)
    edited_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime | None] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    returned_for: Mapped[str] = mapped_column(Text, default="", server_default="")
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    head: Mapped[str] = mapped_column(String(64), default="")
    head_n: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"state IN {CIRCULAR_STATES}", name="state"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint(_ANOTHER, name="another"),
        CheckConstraint(f"checked_by IS NOT NULL OR {_UNCHECKED}", name="checked"),
        CheckConstraint("issued_by IS NULL OR issued_by <> drafted_by", name="signed"),
        CheckConstraint(f"(number IS NULL) = ({_UNNUMBERED})", name="number"),
    )


class CircularUnit(Base):
    """A unit that a circular is about, with what the draft counted of it.

    `items` that were late, of how many `cases`, the longest lateness in working `days`, the highest
    `rung`; of a problem, how many items and cases, none for a unit that was reported or verified.
    """

    __tablename__ = "circular_unit"

    circular_id: Mapped[int] = mapped_column(ForeignKey("circular.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
    items: Mapped[int] = mapped_column(Integer)
    cases: Mapped[int] = mapped_column(Integer)
    days: Mapped[int] = mapped_column(Integer, default=0)
    rung: Mapped[int] = mapped_column(Integer, default=0)


class CircularItem(Base):
    """An item whose problem a circular states."""

    __tablename__ = "circular_item"

    circular_id: Mapped[int] = mapped_column(ForeignKey("circular.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, index=True)


class Correction(Base):
    """A correction of a published circular (更正), by one person, published by another or refused.

    At most one waits; what was refused stays for the record.
    """

    __tablename__ = "circular_correction"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    circular_id: Mapped[int] = mapped_column(ForeignKey("circular.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    drafted_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    drafted_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(12))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    refused_for: Mapped[str] = mapped_column(Text, default="", server_default="")

    __table_args__ = (
        CheckConstraint("outcome IN ('published', 'refused', 'lapsed')", name="outcome"),
        CheckConstraint("decided_by IS NULL OR decided_by <> drafted_by", name="another"),
        CheckConstraint(
            "outcome IS NULL OR (outcome = 'lapsed') = (decided_by IS NULL)", name="decided_by"
        ),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at"),
        Index(
            "uq_circular_correction_waiting",
            "circular_id",
            unique=True,
            sqlite_where=sql(_WAITS),
            postgresql_where=sql(_WAITS),
        ),
    )


class CircularEntry(Base):
    """One line of a circular's own history: append-only, chained as a case's is.

    `n` counts from 1; `hash` covers `prev` and `body`; the database refuses changes.
    """

    __tablename__ = "circular_entry"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    circular_id: Mapped[int] = mapped_column(ForeignKey("circular.id"))
    n: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment)
    verb: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    body: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("uq_circular_entry_circular_id_n", "circular_id", "n", unique=True),)
