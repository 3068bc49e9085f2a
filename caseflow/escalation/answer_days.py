"""The day that an issued document names for its answer follows a recalculated clock."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from caseflow.deadlines.rules import rules_of
from caseflow.escalation.tables import Order
from caseflow.ledger.moves.recompute import Shift


def follow(session: Session, shifts: Iterable[Shift]) -> None:
    """Give each order whose `answer` clock moved its new day; the cases are locked by the move."""
    calendar = rules_of(session).calendar
    for shift in shifts:
        if shift.name == "answer" and shift.order_id is not None:
            session.get_one(Order, shift.order_id).answer_by = calendar.due_day(shift.new)
