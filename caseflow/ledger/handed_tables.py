"""Tables of what other offices hand down (交办): each matter once, and what is reported back."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment

BACK_STATES = ("drafted", "returned", "checked", "sending", "sent", "refused", "signed", "waived")
"""What becomes of a report back: `returned` by whoever checks it, `sending` until the mail server
took it, `refused` by the sender.
"""
BACK_DONE = ("signed", "waived")
"""Nothing is owed to the sender any more: it signed for the report, or wants none."""
BACK_PAST = ("returned", "refused")
"""Only kept: another one is written."""
BACK_WAYS = ("message", "letter", "email", "exchange", "in_person")
"""`message`: mailed by this machine; `email`: from a mailbox of somebody's own."""

_ALIVE = "state NOT IN ('returned', 'refused')"


def _among(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class HandedMatter(Base):
    """A sender's number: the same one twice is the same matter, which comes in once.

    `sender`, `number`: in normal form (`handed.normal`). `report_id`: the report that it became.
    """

    __tablename__ = "handed_matter"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sender: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(120))
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)

    __table_args__ = (Index("uq_handed_matter_number_sender", "number", "sender", unique=True),)


class ReportBack(Base):
    """What is reported back to the office that handed a report down (办结报告), one for each round
    of its case.

    `signed_by`: who signed for it at the sender's, as told; `proof`: how it was sent, or what shows
    that it was signed for. `address`: the sender's official mailbox, as whoever mailed it said.
    `reason`: why it was returned, refused, or is not wanted.
    """

    __tablename__ = "report_back"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    round: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    drafted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    drafted_at: Mapped[datetime] = mapped_column(Moment)
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    way: Mapped[str | None] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(120), default="", server_default="")
    signed_by: Mapped[str] = mapped_column(String(60), default="", server_default="")
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    proof: Mapped[str] = mapped_column(String(300), default="", server_default="")
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")

    __table_args__ = (
        CheckConstraint(_among("state", BACK_STATES), name="state"),
        CheckConstraint(_among("way", BACK_WAYS), name="way"),
        CheckConstraint(
            "state NOT IN ('sending', 'sent', 'signed')"
            " OR (checked_by IS NOT NULL AND sent_at IS NOT NULL)",
            name="sent",
        ),
        CheckConstraint("state <> 'sending' OR address <> ''", name="address"),
        CheckConstraint("checked_by IS NULL OR checked_by <> drafted_by", name="checked_by"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed"),
        Index(
            "uq_report_back_report_id_case_id_round",
            "report_id",
            "case_id",
            "round",
            unique=True,
            sqlite_where=sql(_ALIVE),
            postgresql_where=sql(_ALIVE),
        ),
    )
