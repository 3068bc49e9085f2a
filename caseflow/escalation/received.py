"""Orders as the unit they were sent to reads them: issued ones, nobody else's, no drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import NotFound
from caseflow.escalation.order_states import OUT, OWED
from caseflow.escalation.tables import Order, OrderAnswer
from caseflow.ledger.tables import Case

AT_ONCE = 50


@dataclass(frozen=True)
class Received:
    """A document with what its unit reads of its case: whether it stands `still` for a while."""

    order: Order
    still: bool


@dataclass(frozen=True)
class Step:
    """What became of a document that was issued, by the name of the move; `by`: who answered."""

    move: str
    at: datetime
    by: int | None = None


def orders_to(session: Session, unit_id: int) -> Sequence[Received]:
    """Return the issued orders of a unit: those that wait for an answer first, then the newest."""
    query = select(Order, Case.state).join(Case, Case.id == Order.case_id)
    query = query.where(Order.unit_id == unit_id, Order.state.in_(OUT))
    order = query.order_by(Order.state.not_in(OWED), Order.issued_at.desc(), Order.id.desc())
    return [Received(row[0], row[1] == "shelved") for row in session.execute(order.limit(AT_ONCE))]


def order_to(session: Session, unit_id: int | None, order_id: int) -> Received:
    """Return one issued order of a unit; raises NotFound, the same for any other order."""
    order = session.get(Order, order_id)
    if order is None or unit_id is None or order.unit_id != unit_id or order.state not in OUT:
        raise NotFound("没有这份文书")
    return Received(order, session.get_one(Case, order.case_id).state == "shelved")


def steps(session: Session, order: Order) -> list[Step]:
    """Return what became of an issued document so far, in the order in which it happened.

    How many of them a form was made after tells which its writer has not seen. An answer signs for
    the document too: that is one step.
    """
    query = select(OrderAnswer).where(OrderAnswer.order_id == order.id).order_by(OrderAnswer.n)
    answers = session.scalars(query).all()
    found: list[Step] = []
    if order.signed_at and order.signed_at not in [one.at for one in answers]:
        found.append(Step("order_signed", order.signed_at))
    for one in answers:
        found.append(Step("order_answered", one.at, one.user_id))
        if one.returned_at:
            found.append(Step("order_returned", one.returned_at))
    if order.accepted_at:
        found.append(Step("order_accepted", order.accepted_at))
    if order.lifted_at:
        found.append(Step("order_lifted", order.lifted_at))
    return found
