"""Orders as the unit they were sent to reads them: issued ones, nobody else's, no drafts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import NotFound
from caseflow.escalation.order_states import OUT, OWED
from caseflow.escalation.tables import Order

AT_ONCE = 50


def orders_to(session: Session, unit_id: int) -> Sequence[Order]:
    """Return the issued orders of a unit: those that wait for an answer first, then the newest."""
    query = select(Order).where(Order.unit_id == unit_id, Order.state.in_(OUT))
    order = query.order_by(Order.state.not_in(OWED), Order.issued_at.desc(), Order.id.desc())
    return session.scalars(order.limit(AT_ONCE)).all()


def order_to(session: Session, unit_id: int | None, order_id: int) -> Order:
    """Return one issued order of a unit; raises NotFound, the same for any other order."""
    order = session.get(Order, order_id)
    if order is None or unit_id is None or order.unit_id != unit_id or order.state not in OUT:
        raise NotFound("没有这份文书")
    return order
