"""Tables of the mail door: what is claimed, what is folded, who is blocked, what cannot be had."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

_HOLDS = "lifted_at IS NULL"


class Claim(Base):
    """A report says that it belongs to a case and does not prove it.

    `why`: `number`, it only names a number; `stranger`, it has the proof and comes from an address
    that is not the reporter's.
    """

    __tablename__ = "claim"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    why: Mapped[str] = mapped_column(String(10))

    __table_args__ = (CheckConstraint("why IN ('number', 'stranger')", name="why"),)


class Storm(Base):
    """How many messages one sender (`key`, a keyed hash), or all machines, sent lately.

    `since`: the first of the stretch; `quarantine_id`: the row that takes in what is too much,
    `report_id`: the report that stands for it.
    """

    __tablename__ = "mail_storm"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)
    quarantine_id: Mapped[int | None] = mapped_column(ForeignKey("quarantine.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))


class Folded(Base):
    """A message of a storm, kept whole with the one row of quarantine that stands for all."""

    __tablename__ = "quarantine_folded"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    quarantine_id: Mapped[int] = mapped_column(ForeignKey("quarantine.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    channel_key: Mapped[str] = mapped_column(String(200))
    original_id: Mapped[str] = mapped_column(ForeignKey("original.id"))
    received_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        Index("uq_quarantine_folded_channel_key", "channel", "channel_key", unique=True),
    )


class Blocked(Base):
    """An address, or all of a domain, whose mail goes to quarantine as spam until `lifted_at`.

    `index`: keyed hash of it; `sealed`: the address itself, for whoever looks after the list.
    """

    __tablename__ = "blocked_sender"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    index: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(String(500))
    blocked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    blocked_at: Mapped[datetime] = mapped_column(Moment)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    caught: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by"),
        Index(
            "uq_blocked_sender_index_holds",
            "index",
            "area_code",
            unique=True,
            sqlite_where=text(_HOLDS),
            postgresql_where=text(_HOLDS),
        ),
    )


class Fetching(Base):
    """A message that could not be had from a mailbox, and how often that was tried.

    `mailbox`: a keyed hash of its address; `message`: its id there. The row without a message says
    that a round is going on: where one is left over, its process was killed.
    """

    __tablename__ = "mail_fetching"

    mailbox: Mapped[str] = mapped_column(String(64), primary_key=True)
    message: Mapped[str] = mapped_column(String(60), primary_key=True)
    tries: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment)
