"""Tables of escalation: the rungs that happened and the orders they drafted."""

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
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.db import Base, Moment
from caseflow.escalation.order_states import ORDER_STATES, PENDING, WAITS

_PENDING = f"state IN {PENDING}"
_WAITS = f"state IN {WAITS}"


class Rung(Base):
    """A rung that happened, once per clock (design law 6).

    `superseded`: it sent and drafted nothing, for a newer rung of the same clock was already due,
    or documents are drafted for a promise that comes first (a document is not signed for yet).
    `cause`: what brought it before its date, of `ledger.step_up_tables.CAUSES`; "" for its date.
    """

    __tablename__ = "rung"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    n: Mapped[int] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(30))
    planned_at: Mapped[datetime] = mapped_column(Moment)
    at: Mapped[datetime] = mapped_column(Moment)
    superseded: Mapped[bool] = mapped_column(Boolean, default=False)
    cause: Mapped[str] = mapped_column(String(20), default="", server_default="")

    __table_args__ = (Index("uq_rung_clock_id_n", "clock_id", "n", unique=True),)


class Order(Base):
    """A rung's formal document (督办单 …), drafted by the sweep, settled by a person.

    `late_unit_id`: the unit that is late, whom it is about also where it goes to whoever decides.
    `edited_by` changed its text last; none of its `editors` may sign it (their ids, a comma before
    and after each). `issued_level`: the level whose office
    signed it; that level alone judges its answer and lifts it. `answer` is the last one, and
    `returned_for` why one came back last; every answer is kept (`OrderAnswer`).
    """

    __tablename__ = "supervision_order"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    late_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    # No foreign key: rung -> clock -> order would close a circle of tables.
    rung_id: Mapped[int] = mapped_column(Integer, unique=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    text: Mapped[str] = mapped_column(Text)
    drafted_at: Mapped[datetime] = mapped_column(Moment)
    issued_at: Mapped[datetime | None] = mapped_column(Moment)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answer_by: Mapped[date | None] = mapped_column(Date)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answer: Mapped[str] = mapped_column(Text, default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    edited_by: Mapped[int | None] = mapped_column(Integer)
    editors: Mapped[str] = mapped_column(Text, default="", server_default="")
    issued_level: Mapped[str | None] = mapped_column(String(12))
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    returns: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    returned_for: Mapped[str] = mapped_column(Text, default="", server_default="")
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_for: Mapped[str] = mapped_column(Text, default="", server_default="")

    __table_args__ = (
        CheckConstraint(f"state IN {ORDER_STATES}", name="state"),
        Index(
            "ix_supervision_order_pending",
            "item_id",
            sqlite_where=sql(_PENDING),
            postgresql_where=sql(_PENDING),
        ),
        Index(
            "ix_supervision_order_waits",
            "case_id",
            sqlite_where=sql(_WAITS),
            postgresql_where=sql(_WAITS),
        ),
    )

    @property
    def edited(self) -> tuple[int, ...]:
        """Everybody who changed its text while it was a draft, in the order in which they began."""
        return tuple(int(one) for one in (self.editors or "").split(",") if one)

    def is_edited_by(self, person: int) -> None:
        """Note that somebody changed its text."""
        self.edited_by = person
        if person not in self.edited:
            self.editors = f"{self.editors or ','}{person},"


class OrderAnswer(Base):
    """What a unit answered to a document, each time: nothing that came in is lost (design law 1).

    `n`: the first answer, the second. `returned_at`, `returned_by`, `returned_for`: it came back.
    """

    __tablename__ = "order_answer"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("supervision_order.id"))
    n: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    returned_at: Mapped[datetime | None] = mapped_column(Moment)
    returned_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    returned_for: Mapped[str] = mapped_column(Text, default="", server_default="")

    __table_args__ = (Index("uq_order_answer_order_id_n", "order_id", "n", unique=True),)
