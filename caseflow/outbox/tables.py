"""Tables of the outbox. A move writes one event; the runner does the rest (engine 13)."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

# Partial indexes are used only when the query says the very same words, so both quote these.
EVENT_OPEN = "expanded_at IS NULL AND dead_at IS NULL"
EVENT_DEAD = "dead_at IS NOT NULL AND expanded_at IS NULL"
MESSAGE_OPEN = "state IN ('pending', 'claimed')"
MESSAGE_STUCK = "state IN ('dead', 'withheld')"
MESSAGE_OWED = "owed"
MESSAGE_REPEATED = "repeats > 0"
MESSAGE_FOLDED = "summary_id IS NOT NULL"

SUBJECT_LENGTH = 200


def _few(name: str, where: str) -> Index:
    """Return an index of the few rows that `where` names, newest last."""
    return Index(name, "id", sqlite_where=sql(where), postgresql_where=sql(where))


class Event(Base):
    """Something happened in the ledger that somebody may have to be told of.

    `body` is canonical JSON of plain references (ids, rung number, audience words): never case
    text and never an identity. `expanded_at` is set once its messages have been written.
    `quiet` marks the demo's past and rungs superseded by a newer one. `dead_at` is set when its
    rules failed for good; a person may requeue it, or discard it (then both moments are set).
    """

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    body: Mapped[str] = mapped_column(Text, default="{}")
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    quiet: Mapped[bool] = mapped_column(Boolean, default=False)
    at: Mapped[datetime] = mapped_column(Moment)
    expanded_at: Mapped[datetime | None] = mapped_column(Moment)
    dead_at: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime] = mapped_column(Moment)
    error: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        Index(
            "ix_event_open",
            "urgent",
            "not_before",
            "id",
            sqlite_where=sql(EVENT_OPEN),
            postgresql_where=sql(EVENT_OPEN),
        ),
        _few("ix_event_dead", EVENT_DEAD),
    )


class Message(Base):
    """One message to one recipient.

    `state`: pending, claimed (by `claimed_by` until `lease_until`), sent, dead (given up), withheld
    (there was no address or no way to it), discarded (a person let a dead letter go).
    `recipient` is a reference (`user:7`, `report:12`), resolved to an address at the moment of
    sending, so that no address lies here. `message_id` is stable over retries. `not_before` is the
    moment it may next be taken; while claimed it is the end of the lease. `repeats` counts claims
    that ran out and were taken again: each may have reached the recipient twice. `owed`: it was
    sent, but what the ledger had to note of that failed and will be tried again. `calm`: it may
    wait for the morning, and be one of several; `summary_id`: its words went out in that message,
    which is the one that counts. `requeued_at`: when a person last let it be sent again.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    rule: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(60))
    way: Mapped[str] = mapped_column(String(10))
    locale: Mapped[str] = mapped_column(String(10), default="zh")
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    text: Mapped[str] = mapped_column(Text)
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    reason: Mapped[str | None] = mapped_column(String(500))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    not_before: Mapped[datetime] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    repeats: Mapped[int] = mapped_column(Integer, default=0)
    owed: Mapped[bool] = mapped_column(Boolean, default=False)
    calm: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    summary_id: Mapped[int | None] = mapped_column(Integer)
    requeued_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(
            "state IN ('pending', 'claimed', 'sent', 'dead', 'withheld', 'discarded')",
            name="state",
        ),
        Index("uq_message_event_rule_recipient", "event_id", "rule", "recipient", unique=True),
        Index(
            "ix_message_open",
            "urgent",
            "not_before",
            "id",
            sqlite_where=sql(MESSAGE_OPEN),
            postgresql_where=sql(MESSAGE_OPEN),
        ),
        _few("ix_message_stuck", MESSAGE_STUCK),
        _few("ix_message_owed", MESSAGE_OWED),
        _few("ix_message_repeated", MESSAGE_REPEATED),
        Index(
            "ix_message_folded",
            "summary_id",
            sqlite_where=sql(MESSAGE_FOLDED),
            postgresql_where=sql(MESSAGE_FOLDED),
        ),
    )


class Attempt(Base):
    """One try at sending a message and what came of it."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    ok: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str] = mapped_column(String(500), default="")


class Lease(Base):
    """Who may do what only one process should do at a time, until when (the scheduler); or, over
    as it is made, when a job that comes round came to its end (`lease.note_run`).
    """

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(60))
    until: Mapped[datetime] = mapped_column(Moment)
