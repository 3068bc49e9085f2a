"""Orders as the unit they were sent to reads them: issued ones, nobody else's, no drafts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import NotFound
from caseflow.escalation.order_states import OUT, OWED
from caseflow.escalation.tables import Order
from caseflow.ledger.tables import Case

AT_ONCE = 50


@dataclass(frozen=True)
class Received:
    """A document with what its unit reads of its case: whether it stands `still` for a while."""

    order: Order
    still: bool


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
