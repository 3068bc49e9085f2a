"""Tables of time: day overrides, policies, ladders, clocks, pauses."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

_SUBJECTS = ("case_id", "item_id", "order_id", "quarantine_id", "report_id", "call_id")
_CASES = " + ".join(f"(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)" for name in _SUBJECTS)


class DayOverride(Base):
    """A day on which the office's calendar differs from the library's (State Council notice)."""

    __tablename__ = "day_override"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    working: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str] = mapped_column(String(200), default="")
    set_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)


class PublishedYear(Base):
    """A year whose holiday notice is out and was entered; its due moments are not provisional."""

    __tablename__ = "published_year"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)


class PolicyRow(Base):
    """One version of one rule of time (办理时限规则); see `deadlines.policies.Policy`.

    A row is never changed. `set_by` and `set_at` are empty for what the office began with.
    """

    __tablename__ = "policy"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    area_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    kind: Mapped[str | None] = mapped_column(String(20))
    category: Mapped[str | None] = mapped_column(String(40))
    urgent: Mapped[bool | None] = mapped_column(Boolean)
    clock: Mapped[str] = mapped_column(String(20), index=True)
    amount: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(String(20))
    pausable: Mapped[bool] = mapped_column(Boolean, default=False)
    pause_limit_days: Mapped[int] = mapped_column(Integer, default=10)
    extendable_times: Mapped[int] = mapped_column(Integer, default=0)
    extendable_amount: Mapped[int] = mapped_column(Integer, default=0)
    minimum_after_return: Mapped[int] = mapped_column(Integer, default=2)
    margin: Mapped[int] = mapped_column(Integer, default=0)
    attempt_days: Mapped[int] = mapped_column(Integer, default=3, server_default="3")
    ladder: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer, default=1)
    effective_from: Mapped[datetime] = mapped_column(Moment)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime | None] = mapped_column(Moment)


class LadderRow(Base):
    """One version of one ladder (督办阶梯); `steps` and `triggers` are canonical JSON."""

    __tablename__ = "ladder"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    steps: Mapped[str] = mapped_column(Text)
    triggers: Mapped[str] = mapped_column(Text, default="[]", server_default="[]")
    effective_from: Mapped[datetime] = mapped_column(Moment)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime | None] = mapped_column(Moment)


class RulesEdition(Base):
    """What marks the rules of time as they stand: another mark whenever a row of one of the four
    tables above changes, whoever changes it. Triggers see to that. One row, or none where nothing
    was ever entered.
    """

    __tablename__ = "rules_edition"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    edition: Mapped[str] = mapped_column(String(32))


_APART = "state = 'running' AND name IN ('immediate', 'second_look')"
"""In SQL: promises that few cases wait for at any time, and that lists look for by their name."""


def _subject(name: str) -> Index:
    """The index of what a promise is about: one of six columns, and none of the others is kept."""
    said = text(f"{name} IS NOT NULL")
    return Index(f"ix_clock_{name}", name, sqlite_where=said, postgresql_where=said)


class Clock(Base):
    """A running promise with a stored due moment (时限).

    `state`: running, paused, met, superseded (a successor `follows` it), stopped (no longer owed).
    `next_rung_at` is all the sweep reads; `last_rung`: the last that came by its date, `entered`:
    the highest document that came by hand or by an event (0 for none). `root_case_id` names the
    case to lock; a clock on quarantine or on a telephone call has none.
    """

    __tablename__ = "clock"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("supervision_order.id"))
    quarantine_id: Mapped[int | None] = mapped_column(ForeignKey("quarantine.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("phone_call.id"))
    root_case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    name: Mapped[str] = mapped_column(String(20))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy.id"))
    unit: Mapped[str] = mapped_column(String(20))
    ladder: Mapped[str] = mapped_column(String(40))
    ladder_version: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(Moment)
    due: Mapped[datetime] = mapped_column(Moment)
    provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[str] = mapped_column(String(12), default="running")
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    last_rung: Mapped[int] = mapped_column(Integer, default=0)
    entered: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    next_rung: Mapped[int | None] = mapped_column(Integer)
    next_rung_at: Mapped[datetime | None] = mapped_column(Moment)
    follows: Mapped[int | None] = mapped_column(ForeignKey("clock.id"))

    __table_args__ = (
        CheckConstraint(f"{_CASES} = 1", name="one_subject"),
        CheckConstraint(
            "state IN ('running', 'paused', 'met', 'superseded', 'stopped')", name="state"
        ),
        *map(_subject, _SUBJECTS),
        Index(
            "ix_clock_sweep",
            "next_rung_at",
            "id",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index(
            "ix_clock_running_due",
            "due",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index(
            "ix_clock_apart",
            "name",
            "case_id",
            sqlite_where=text(_APART),
            postgresql_where=text(_APART),
        ),
    )


class Pause(Base):
    """A stretch in which a clock stood still, once per question, ended at the latest by `until`."""

    __tablename__ = "pause"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    old_due: Mapped[datetime] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("ix_pause_clock_question", "clock_id", "question_id", unique=True),)
