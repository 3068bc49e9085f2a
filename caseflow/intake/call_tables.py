"""Tables of the telephone: every call, who rang back, what was recorded, who is on duty."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

_OPEN = "settled_at IS NULL AND outcome IN ('missed', 'voicemail')"
_RINGING = "outcome IN ('ringing', 'talking')"


class Call(Base):
    """One telephone call, also the one hung up after a second; see `intake.call_states`.

    The number lies in the vault (`identity_id`; None where it was withheld) and is found again by
    its blind index. `report_id`: what was written down of it. `head_id`: an earlier call of the
    same number that somebody is to ring back already, and this one with it. `settled`: why nobody
    need ring back (any more): rung_back, got_through, logged.
    """

    __tablename__ = "phone_call"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str] = mapped_column(String(100))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    identity_id: Mapped[str | None] = mapped_column(ForeignKey("identity.id"))
    number_index: Mapped[str | None] = mapped_column(String(64))
    began_at: Mapped[datetime] = mapped_column(Moment)
    ringing_at: Mapped[datetime | None] = mapped_column(Moment)
    ringing: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    recorded: Mapped[bool] = mapped_column(Boolean, default=False)
    outcome: Mapped[str] = mapped_column(String(10))
    heard_at: Mapped[datetime] = mapped_column(Moment)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    head_id: Mapped[int | None] = mapped_column(ForeignKey("phone_call.id"), index=True)
    settled: Mapped[str | None] = mapped_column(String(12))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(
            "outcome IN ('ringing', 'talking', 'answered', 'missed', 'voicemail')", name="outcome"
        ),
        CheckConstraint("settled IN ('rung_back', 'got_through', 'logged')", name="settled"),
        CheckConstraint("(settled IS NULL) = (settled_at IS NULL)", name="settled_at"),
        Index("uq_phone_call_provider_id", "provider", "provider_id", unique=True),
        Index("ix_phone_call_number_index", "number_index", "began_at"),
        Index(
            "ix_phone_call_open",
            "area_code",
            "id",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index(
            "ix_phone_call_ringing",
            "area_code",
            "id",
            sqlite_where=text(_RINGING),
            postgresql_where=text(_RINGING),
        ),
    )


class RingBack(Base):
    """Somebody rang back after a call was missed: who, when, and whether they reached anybody."""

    __tablename__ = "ring_back"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("phone_call.id"), index=True)
    by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    reached: Mapped[bool] = mapped_column(Boolean)


class Recording(Base):
    """What was recorded of a call: asked for, then kept here, then deleted where it was made.

    `place`: how the provider knows it. `state`: wanted, kept, cleared (kept, and deleted there),
    lost (the provider does not have it). `tries` and `next_at` are about the next errand.
    """

    __tablename__ = "call_recording"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("phone_call.id"), index=True)
    place: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="wanted")
    blob_id: Mapped[str | None] = mapped_column(ForeignKey("blob.id"))
    told_at: Mapped[datetime] = mapped_column(Moment)
    kept_at: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("state IN ('wanted', 'kept', 'cleared', 'lost')", name="state"),
        Index("uq_call_recording_place", "place", unique=True),
        Index(
            "ix_call_recording_open",
            "next_at",
            sqlite_where=text("state IN ('wanted', 'kept')"),
            postgresql_where=text("state IN ('wanted', 'kept')"),
        ),
    )


class DutyLine(Base):
    """One person on the duty list of an area: rung in the order of `position`, 0 first.

    The telephone number is sealed; its blind index tells which line an exchange speaks of.
    """

    __tablename__ = "duty_line"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    position: Mapped[int] = mapped_column(Integer)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    number_index: Mapped[str] = mapped_column(String(64), index=True)
    set_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index("uq_duty_line_user_id", "area_code", "user_id", unique=True),)
