"""Tables of files of inquiry: the file of an issued proposal, who inquired, its steps."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment
from caseflow.escalation.accountability_states import FILE_OUTCOMES, FILE_STATES, UNDECIDED

_UNDECIDED = (*UNDECIDED, "discontinued")


class AccountabilityFile(Base):
    """The file of inquiry behind an issued proposal of accountability: one for each.

    `area_code`: the area of the office that issued the proposal and keeps the file; `unit_id`: the
    unit that was late. `until`: the day that what comes next hangs on, both for reading and for the
    gate: from it on the unit is heard, up to it a review or an appeal may be asked for, or is to be
    answered. `head`, `head_n`: hash and number of the last step; `head_n` is the version number
    that every form carries.
    """

    __tablename__ = "accountability_file"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("supervision_order.id"), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="opened")
    opened_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[date | None] = mapped_column(Date)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    outcome: Mapped[str | None] = mapped_column(String(12))
    head: Mapped[str] = mapped_column(String(64), default="")
    head_n: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (
        CheckConstraint(f"state IN {FILE_STATES}", name="state"),
        CheckConstraint(f"outcome IN {FILE_OUTCOMES}", name="outcome"),
        CheckConstraint("(decided_by IS NULL) = (outcome IS NULL)", name="decided_by"),
        CheckConstraint(f"(outcome IS NULL) = (state IN {_UNDECIDED})", name="decided"),
    )


class AccountabilityInquirer(Base):
    """Somebody of the office who made the inquiry of a file, or put it on record."""

    __tablename__ = "accountability_inquirer"

    file_id: Mapped[int] = mapped_column(ForeignKey("accountability_file.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)


class AccountabilityEvidence(Base):
    """A file that came with a step (`n`): append-only; the step's body holds its sum."""

    __tablename__ = "accountability_evidence"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("accountability_file.id"), index=True)
    n: Mapped[int] = mapped_column(Integer)
    blob_id: Mapped[str] = mapped_column(ForeignKey("blob.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))


class AccountabilityStep(Base):
    """One step of a file, as it was put on record: append-only, chained as a case's history is.

    `n` counts from 1. `at`, `user_id`: when and by whom it was recorded; `day`: the Shanghai day on
    which it took place, `people`: who took part or how it was delivered, `text`: what was found or
    said, `choice`: what it came to. `until`: what the file's was from then on. `hash` covers `prev`
    and `body`, which holds commitments of the words; the database refuses changes.
    """

    __tablename__ = "accountability_step"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("accountability_file.id"))
    n: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment)
    verb: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    day: Mapped[date] = mapped_column(Date)
    choice: Mapped[str] = mapped_column(String(12), default="")
    people: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    until: Mapped[date | None] = mapped_column(Date)
    body: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("uq_accountability_step_file_id_n", "file_id", "n", unique=True),)
