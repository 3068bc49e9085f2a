"""Reading orders within somebody's scope: lists, one of them, and the case of a number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from caseflow.db import Moment
from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.tables import Clock
from caseflow.errors import NotFound
from caseflow.escalation.tables import Order, OrderAnswer, Rung
from caseflow.ledger import queries
from caseflow.ledger.split_tables import Split, SplitItem
from caseflow.ledger.tables import Case, Item
from caseflow.people.scope import Scope
from caseflow.people.tables import Unit

PAGE = 25


@dataclass(frozen=True)
class OrderRow:
    """An order with what a list or its page shows beside it."""

    order: Order
    case: Case
    item: Item | None
    unit: Unit | None
    clock: Clock | None
    rung: int | None


# Of several promises about one document a list shows that which ends first.
_FIRST = (
    select(Clock.id)
    .where(Clock.order_id == Order.id, Clock.state.in_(ALIVE))
    .order_by(Clock.due, Clock.id)
    .limit(1)
    .correlate(Order)
    .scalar_subquery()
)


def _rows(
    session: Session, scope: Scope, *conditions: object, newest: bool, limit: int
) -> list[OrderRow]:
    query = (
        select(Order, Case, Item, Unit, Clock, Rung.n)
        .join(Case, Case.id == Order.case_id)
        .outerjoin(Item, Item.id == Order.item_id)
        .outerjoin(Unit, Unit.id == Order.unit_id)
        .outerjoin(Clock, Clock.id == _FIRST)
        .outerjoin(Rung, Rung.id == Order.rung_id)
        .where(queries.visible(scope), *conditions)  # type: ignore[arg-type]
    )
    newest_first = (Order.drafted_at.desc(), Order.id.desc())
    order = newest_first if newest else (Case.rank, Order.drafted_at, Order.id)
    rows = session.execute(query.order_by(*order).limit(limit))
    return [OrderRow(*row) for row in rows]


def orders(
    session: Session,
    scope: Scope,
    state: str,
    after: queries.Place | None = None,
    limit: int = PAGE,
) -> list[OrderRow]:
    """Return the orders of a state: drafts, which somebody has to sign, those of an instructed case
    first, then the oldest; others newest first; by keyset.
    """
    newest = state != "draft"
    conditions: list[object] = [Order.state == state]
    if after is not None:
        rank, when, last = literal(after.rank), literal(after.next_due, Moment), literal(after.id)
        if newest:
            conditions.append(tuple_(Order.drafted_at, Order.id) < tuple_(when, last))
        else:
            here = tuple_(Case.rank, Order.drafted_at, Order.id)
            conditions.append(here > tuple_(rank, when, last))
    return _rows(session, scope, *conditions, newest=newest, limit=limit)


def counts(session: Session, scope: Scope) -> dict[str, int]:
    """Return how many orders of the scope stand in each state."""
    query = (
        select(Order.state, func.count())
        .join(Case, Case.id == Order.case_id)
        .where(queries.visible(scope))
        .group_by(Order.state)
    )
    return dict(session.execute(query).all())


def order(session: Session, scope: Scope, order_id: int) -> OrderRow:
    """Return one order within the scope; raises NotFound, also for one outside it."""
    rows = _rows(session, scope, Order.id == order_id, newest=False, limit=1)
    if not rows:
        raise NotFound("没有这份文书，或不在您的辖区内")
    return rows[0]


def answers(session: Session, order_id: int) -> Sequence[OrderAnswer]:
    """Return everything that was ever answered to an order, the newest first."""
    query = select(OrderAnswer).where(OrderAnswer.order_id == order_id)
    return session.scalars(query.order_by(OrderAnswer.n.desc())).all()


def of_case(session: Session, case: Case) -> Sequence[Order]:
    """Return the orders of a case, newest first, and those about an item that was split off from
    it, which went along.
    """
    return session.scalars(_OF_CASE, {"case": case.id}).all()


_GONE = (
    select(SplitItem.item_id)
    .join(Split, Split.id == SplitItem.split_id)
    .where(Split.case_id == bindparam("case"))
)
# Said once: every page of a case asks it.
_OF_CASE = (
    select(Order)
    .where(or_(Order.case_id == bindparam("case"), Order.item_id.in_(_GONE)))
    .order_by(Order.id.desc())
)


# As people type it: any brackets or none, with 号 at its end or without.
_NUMBER = re.compile(
    r"(教督\w)\W?([0-9]{4})\W?([0-9]{6,12})-([0-9]{1,9})号?", re.UNICODE
)  # not said


def numbered(typed: str) -> str | None:
    """Return the number of a document as it is printed, or None for what is no such number."""
    found = _NUMBER.fullmatch("".join(typed.split()))
    return f"{found[1]}〔{found[2]}〕{found[3]}-{int(found[4])}号" if found else None  # not said


def case_of(session: Session, scope: Scope, typed: str) -> Sequence[Case]:
    """Return the case of a document by its number: one or none."""
    number = numbered(typed)
    if number is None:
        return []
    query = select(Case).join(Order, Order.case_id == Case.id)
    return session.scalars(query.where(queries.visible(scope), Order.number == number)).all()
