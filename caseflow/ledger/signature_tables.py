"""The table of signatures under what units answer (单位负责人签发)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

_WAITS = "outcome IS NULL"


class Signature(Base):
    """What somebody of a unit wrote as its answer, and who of the unit answers for it.

    `move`: find or submit; `answer`: the basis of a finding, or what was done; the rest is of a
    finding. `signer`: the name of
    the responsible person, once signed. `outcome` is None while the answer waits; `signed`,
    `sent_back` with `remark`, or `lapsed` where the item went another way.
    """

    __tablename__ = "signature"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    move: Mapped[str] = mapped_column(String(12))
    result: Mapped[str] = mapped_column(String(20), default="")
    answer: Mapped[str] = mapped_column(Text)
    rectifying_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    rectify_text: Mapped[str] = mapped_column(Text, default="")
    written_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(12))
    signer: Mapped[str] = mapped_column(String(40), default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    remark: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("move IN ('find', 'submit')", name="move"),
        CheckConstraint("outcome IN ('signed', 'sent_back', 'lapsed')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("outcome IS NULL OR (outcome = 'signed') = (signer <> '')", name="signer"),
        Index(
            "uq_signature_item_id_waits",
            "item_id",
            unique=True,
            sqlite_where=text(_WAITS),
            postgresql_where=text(_WAITS),
        ),
        Index("ix_signature_unit_id", "unit_id"),
    )
