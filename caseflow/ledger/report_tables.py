"""Tables of what came in and of what was said back to whoever reported it."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment


class Report(Base):
    """One contact exactly as it came in by one channel (来件); never altered but for its case, and
    for a disclosure that its sender tightens later (`moves.tightening`).

    `channel_key` is the channel's own id (for forms a nonce), unique with the channel, so that
    nothing comes in twice. A later contact about the same report `follows` it and has neither
    receipt nor clocks of its own.
    """

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    day: Mapped[str] = mapped_column(String(8))
    seq: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    follows: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    channel: Mapped[str] = mapped_column(String(20))
    channel_key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    category: Mapped[str | None] = mapped_column(String(40))
    received_at: Mapped[datetime] = mapped_column(Moment)
    subject: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    place: Mapped[str] = mapped_column(String(200), default="")
    happened: Mapped[str] = mapped_column(String(200), default="")
    disclosure: Mapped[str] = mapped_column(String(10), default="withheld")
    anonymous: Mapped[bool] = mapped_column(Boolean)
    call_back: Mapped[bool] = mapped_column(Boolean, default=False)
    locale: Mapped[str] = mapped_column(String(10), default="zh")
    identity_id: Mapped[str | None] = mapped_column(ForeignKey("identity.id"), index=True)
    original_id: Mapped[str] = mapped_column(ForeignKey("original.id"))
    receipt_hash: Mapped[str | None] = mapped_column(String(64))
    receipt_key: Mapped[str | None] = mapped_column(String(40))
    logged_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    handed_by: Mapped[str] = mapped_column(String(120), default="")
    handed_number: Mapped[str] = mapped_column(String(120), default="")
    imposed_due: Mapped[datetime | None] = mapped_column(Moment)
    report_back: Mapped[bool] = mapped_column(Boolean, default=False)
    call_began: Mapped[datetime | None] = mapped_column(Moment)
    call_ended: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("disclosure IN ('withheld', 'relay', 'unit')", name="disclosure"),
        CheckConstraint("kind <> 'tip' OR disclosure = 'withheld'", name="tip_withheld"),
        Index("uq_report_channel_key", "channel", "channel_key", unique=True),
        Index("uq_report_area_code_day_seq", "area_code", "day", "seq", unique=True),
    )


class Attachment(Base):
    """A file that came with a report, under the name it came with."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    blob_id: Mapped[str] = mapped_column(ForeignKey("blob.id"))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)


class Question(Base):
    """Something the reporter was asked (待补充材料); open until answered or run out."""

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    text: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str | None] = mapped_column(String(12))

    __table_args__ = (
        CheckConstraint("ended_by IN ('answer', 'person', 'sweep')", name="ended_by"),
    )


class Reply(Base):
    """The answer to one report (答复): `way` is message, telephone, window, letter, track or
    impossible; `delivered_at` is set once it was delivered, or its impossibility recorded.
    """

    __tablename__ = "reply"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    way: Mapped[str] = mapped_column(String(12))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    failed_at: Mapped[datetime | None] = mapped_column(Moment)
    proof: Mapped[str] = mapped_column(String(300), default="")
    round: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (
        CheckConstraint(
            "way IN ('message', 'telephone', 'window', 'letter', 'track', 'impossible')",
            name="way",
        ),
    )


class CallBack(Base):
    """One attempt at calling back (回访) and what the reporter said, in whose words."""

    __tablename__ = "call_back"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    reached: Mapped[bool] = mapped_column(Boolean)
    solved: Mapped[bool | None] = mapped_column(Boolean)
    satisfied: Mapped[bool | None] = mapped_column(Boolean)
    words: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    round: Mapped[int] = mapped_column(Integer, default=0)
