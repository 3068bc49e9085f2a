"""Tables of shelving (挂账): what a case waits for that cannot be solved now, and which promises
stand meanwhile.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment
from caseflow.ledger.application_tables import undecided


class Shelving(Base):
    """Somebody asked that a case be shelved, and why; `told` is what its reporters read.

    `was`: the state that it comes back to. `outcome` is None until the leader decides; `lapsed`
    where the case went another way before that. `ended_at`: when it was taken off the books.
    """

    __tablename__ = "shelving"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    was: Mapped[str | None] = mapped_column(String(20))
    grounds: Mapped[str] = mapped_column(Text)
    plan: Mapped[str] = mapped_column(Text)
    told: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(12))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("outcome IN ('approved', 'refused', 'lapsed')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="another"),
        CheckConstraint(
            "outcome IS NULL OR (outcome = 'lapsed') = (decided_by IS NULL)", name="decided_by"
        ),
        CheckConstraint(
            "(was IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'approved')", name="was"
        ),
        CheckConstraint("ended_at IS NULL OR was IS NOT NULL", name="ended_at"),
        undecided("uq_shelving_case_id_undecided", "case_id", "outcome IS NULL"),
        undecided(
            "uq_shelving_case_id_lasting", "case_id", "outcome = 'approved' AND ended_at IS NULL"
        ),
    )


class Milestone(Base):
    """What a shelved case waits for, and until when. `clock_id`: its promise, once it is shelved.

    `wish_until` and what belongs to it: somebody asked to move it, and nobody has decided yet.
    """

    __tablename__ = "milestone"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    shelving_id: Mapped[int] = mapped_column(ForeignKey("shelving.id"))
    n: Mapped[int] = mapped_column(Integer)
    what: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime] = mapped_column(Moment)
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("clock.id"))
    met_at: Mapped[datetime | None] = mapped_column(Moment)
    met_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    wish_until: Mapped[datetime | None] = mapped_column(Moment)
    wish_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    wish_grounds: Mapped[str] = mapped_column(Text, default="", server_default="")

    __table_args__ = (
        CheckConstraint("(met_at IS NULL) = (met_by IS NULL)", name="met_by"),
        CheckConstraint("(wish_until IS NULL) = (wish_by IS NULL)", name="wish_by"),
        Index("uq_milestone_shelving_id_n", "shelving_id", "n", unique=True),
    )


class ShelvedClock(Base):
    """A promise that ended because its case was shelved, and holds again when it is taken up."""

    __tablename__ = "shelved_clock"

    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), primary_key=True)
    shelving_id: Mapped[int] = mapped_column(ForeignKey("shelving.id"), index=True)
