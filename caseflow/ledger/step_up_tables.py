"""The table of what brings a document of the ladder before its date (督办升级)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment
from caseflow.ledger.application_tables import undecided

CAUSES = (
    "conduct",
    "sent_back",
    "false_rectification",
    "many_reports",
    "instruction",
    "public_attention",
    "retaliation",
    "other",
)
"""Why a document comes before its date. Two of them the ledger knows by itself (`BY_FACTS`)."""
BY_FACTS = ("sent_back", "many_reports")

_DUE = "outcome = 'approved' AND carried_at IS NULL"
_OF_ITSELF = "asked_by IS NULL"


class StepUp(Base):
    """Somebody asked for a document of an item's ladder before its date, or the ledger's own facts
    bring it, which asks nobody (`asked_by` is None, and it is approved from the start).

    `action`: which document; `unit_id`: its addressee, the unit that had the item then. `outcome`
    is None until another person decides; `lapsed` where the item went another way before.
    `clock_id`: the promise that facts bring it for, at most once.
    `carried_at`: when the ladder did it, or found that it had been climbed that far already.
    """

    __tablename__ = "step_up"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("clock.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    action: Mapped[str] = mapped_column(String(30))
    cause: Mapped[str] = mapped_column(String(20))
    grounds: Mapped[str] = mapped_column(Text, default="")
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(12))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    carried_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(f"cause IN {CAUSES}", name="cause"),
        CheckConstraint("outcome IN ('approved', 'refused', 'lapsed')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="another"),
        CheckConstraint("asked_by IS NOT NULL OR clock_id IS NOT NULL", name="clock_id"),
        CheckConstraint(
            "asked_by IS NULL OR outcome IS NULL OR (outcome = 'lapsed') = (decided_by IS NULL)",
            name="decided_by",
        ),
        undecided("uq_step_up_item_id_undecided", "item_id", "outcome IS NULL"),
        Index(
            "uq_step_up_clock_id_cause",
            "clock_id",
            "cause",
            unique=True,
            sqlite_where=text(_OF_ITSELF),
            postgresql_where=text(_OF_ITSELF),
        ),
        Index(
            "ix_step_up_due",
            "id",
            sqlite_where=text(_DUE),
            postgresql_where=text(_DUE),
        ),
    )
