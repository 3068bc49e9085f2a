"""Tables of what came in and of what was said back to whoever reported it."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

_LASTS = "undone_at IS NULL"
_WAITS = "outcome IS NULL"


class Report(Base):
    """One contact exactly as it came in by one channel (来件); never altered but for its case, and
    for a disclosure that its sender tightens later (`moves.tightening`).

    `channel_key` is the channel's own id (for forms a nonce), unique with the channel, so that
    nothing comes in twice. A later contact about the same report `follows` it and has neither
    receipt nor clocks of its own. One that tells of two matters is handled under two numbers:
    `split_from` is the report as it came in, of which this is the linked one (`two_matters`).
    `handed_at`: when another office gave it out; `back_due`: when it wants the report back.
    """

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    day: Mapped[str] = mapped_column(String(8))
    seq: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    follows: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    split_from: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
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
    handed_at: Mapped[datetime | None] = mapped_column(Moment)
    back_due: Mapped[datetime | None] = mapped_column(Moment)
    call_began: Mapped[datetime | None] = mapped_column(Moment)
    call_ended: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("disclosure IN ('withheld', 'relay', 'unit')", name="disclosure"),
        CheckConstraint("kind <> 'tip' OR disclosure = 'withheld'", name="tip_withheld"),
        Index("uq_report_channel_key", "channel", "channel_key", unique=True),
        Index("uq_report_area_code_day_seq", "area_code", "day", "seq", unique=True),
        Index("ix_report_received_at", "received_at"),
    )


class Merger(Base):
    """One case that was merged into another (并案), until `undone_at`.

    `was`: the state it was in; `into_rank`, `into_urgent`: how much the other one burnt by itself.
    `case_n`, `into_n`: the entries that say so in either history, and
    `case_undone_n`, `into_undone_n` those that undo it: between them the merged reports read the
    other case's history, and not what happened there before (see `intake.tracking`).
    """

    __tablename__ = "merger"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    was: Mapped[str] = mapped_column(String(20))
    merged_at: Mapped[datetime] = mapped_column(Moment)
    into_rank: Mapped[int] = mapped_column(SmallInteger)
    into_urgent: Mapped[bool] = mapped_column(Boolean)
    case_n: Mapped[int] = mapped_column(Integer, default=0)
    into_n: Mapped[int] = mapped_column(Integer, default=0)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    case_undone_n: Mapped[int | None] = mapped_column(Integer)
    into_undone_n: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        CheckConstraint("case_id <> into_id", name="another"),
        Index(
            "uq_merger_case_id_lasting",
            "case_id",
            unique=True,
            sqlite_where=text(_LASTS),
            postgresql_where=text(_LASTS),
        ),
    )


class MergedReport(Base):
    """A report that went over with its case."""

    __tablename__ = "merged_report"

    merger_id: Mapped[int] = mapped_column(ForeignKey("merger.id"), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True, index=True)


class MergedClock(Base):
    """An item's clock whose due moment a merger, or undoing it, brought about; what it follows says
    what held before.
    """

    __tablename__ = "merged_clock"

    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), primary_key=True)
    merger_id: Mapped[int] = mapped_column(ForeignKey("merger.id"), index=True)


class Passage(Base):
    """One time that an office passed a case on to one above or below it (移送).

    `reason`: a word of `words.PASSING`, `grounds` why in words. `designated`: the office above had
    decided, so that it cannot be sent back. `outcome` is None until the other office `received` it
    or `sent_back`, with an `answer`, or it was `taken_back` before.
    """

    __tablename__ = "passage"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    from_area: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    to_area: Mapped[str] = mapped_column(ForeignKey("area.code"))
    reason: Mapped[str] = mapped_column(String(12))
    grounds: Mapped[str] = mapped_column(Text)
    designated: Mapped[bool] = mapped_column(Boolean)
    passed_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    passed_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(12))
    answer: Mapped[str] = mapped_column(Text, default="")
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("outcome IN ('received', 'sent_back', 'taken_back')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("from_area <> to_area", name="elsewhere"),
        Index(
            "uq_passage_case_id_waiting",
            "case_id",
            unique=True,
            sqlite_where=text(_WAITS),
            postgresql_where=text(_WAITS),
        ),
    )


class Attachment(Base):
    """A file that came with a report, under the name it came with."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    blob_id: Mapped[str] = mapped_column(ForeignKey("blob.id"), index=True)
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

    `explains`: it is no answer of its own, but tells a reporter who was not satisfied when called
    back why it stays as it is (解释说明).
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
    explains: Mapped[int | None] = mapped_column(ForeignKey("call_back.id"), index=True)

    __table_args__ = (
        CheckConstraint(
            "way IN ('message', 'telephone', 'window', 'letter', 'track', 'impossible')",
            name="way",
        ),
    )


class CallBack(Base):
    """One attempt at calling back (回访) and what the reporter said, in whose words. `report_id`:
    whom it is about; none in what was recorded when one stood for everybody of the case.
    `whose`: the `words` are the reporter's own, or the caller's summary; none where there are none.
    """

    __tablename__ = "call_back"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    reached: Mapped[bool] = mapped_column(Boolean)
    solved: Mapped[bool | None] = mapped_column(Boolean)
    satisfied: Mapped[bool | None] = mapped_column(Boolean)
    words: Mapped[str] = mapped_column(Text, default="")
    whose: Mapped[str | None] = mapped_column(String(10))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    round: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (
        CheckConstraint("whose IN ('reporter', 'caller')", name="whose"),
        CheckConstraint("(whose IS NULL) = (words = '')", name="words"),
    )
