"""Tables of what one person asks for and another decides: more time, a withdrawal, another end,
to be left out of the figures.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment


def undecided(name: str, column: str, which: str) -> Index:
    """Return the index by which at most one application waits for its decision."""
    return Index(name, column, unique=True, sqlite_where=text(which), postgresql_where=text(which))


class Extension(Base):
    """Somebody asked for more time (延期): for an item, or for the case itself.

    `until`: the due moment that is asked for; `clock_id`: the promise it is about, as it stood
    then; `consent`: how the office that imposed the due moment agreed. `outcome` is None until
    somebody else decides; `lapsed` where nobody had to any more.
    """

    __tablename__ = "extension"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    grounds: Mapped[str] = mapped_column(Text)
    consent: Mapped[str] = mapped_column(Text, default="")
    until: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(12))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("outcome IN ('granted', 'refused', 'lapsed')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="another"),
        undecided("uq_extension_item_id_undecided", "item_id", "outcome IS NULL"),
        undecided(
            "uq_extension_case_id_undecided", "case_id", "outcome IS NULL AND item_id IS NULL"
        ),
    )


class Withdrawal(Base):
    """Somebody asked that an item be withdrawn (撤项). `outcome` is None until another person
    decides; `lapsed` where the item or its case was over before anybody had.
    """

    __tablename__ = "withdrawal"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    grounds: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(12))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("outcome IN ('consented', 'refused', 'lapsed')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="another"),
        CheckConstraint(
            "outcome IS NULL OR (outcome = 'lapsed') = (decided_by IS NULL)", name="decided_by"
        ),
        undecided("uq_withdrawal_item_id_undecided", "item_id", "outcome IS NULL"),
    )


class Proposal(Base):
    """Somebody proposed to decline a case or to refer it (拟不予受理, 拟转送), and why.

    `code`: of `reasons`; `authority`: to whom, where it is to be referred. `outcome` is None until
    another person decides; `lapsed` where the case went another way before anybody had.
    """

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    move: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(20))
    authority: Mapped[str] = mapped_column(String(120))
    grounds: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(12))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("move IN ('decline', 'refer')", name="move"),
        CheckConstraint("(move = 'refer') = (authority <> '')", name="authority"),
        CheckConstraint("outcome IN ('approved', 'refused', 'lapsed')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="another"),
        CheckConstraint(
            "outcome IS NULL OR (outcome = 'lapsed') = (decided_by IS NULL)", name="decided_by"
        ),
        undecided("uq_proposal_case_id_undecided", "case_id", "outcome IS NULL"),
    )


class Exclusion(Base):
    """Somebody asked that a case be left out of the figures (考核剔除), and why.

    `code`: of `exclusions.REASONS`. `outcome` is None until another person decides; `lapsed` where
    the matter was taken up again before anybody had. What was approved lasts until `lifted_at`: by
    a decision, or because somebody (`lifted_by`) took the matter up again.
    """

    __tablename__ = "exclusion"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    grounds: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(12))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("code IN ('repeated', 'unreasonable', 'not_ours', 'other')", name="code"),
        CheckConstraint("outcome IN ('approved', 'refused', 'lapsed')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="another"),
        CheckConstraint(
            "outcome IS NULL OR (outcome = 'lapsed') = (decided_by IS NULL)", name="decided_by"
        ),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by"),
        CheckConstraint(
            "lifted_at IS NULL OR (outcome IS NOT NULL AND outcome = 'approved')", name="lifted_at"
        ),
        undecided("uq_exclusion_case_id_undecided", "case_id", "outcome IS NULL"),
        undecided(
            "uq_exclusion_case_id_lasting", "case_id", "outcome = 'approved' AND lifted_at IS NULL"
        ),
    )
