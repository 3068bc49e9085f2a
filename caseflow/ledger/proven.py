"""Items whose problem was found: what a circular may say of them has a finding behind it.

None that was withdrawn, and none in a statutory procedure: that one is decided elsewhere.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from caseflow.clock import Period
from caseflow.ledger.queries import visible
from caseflow.ledger.states import TO_RECTIFY
from caseflow.ledger.tables import Case, Finding, Item
from caseflow.people.scope import Scope
from caseflow.people.tables import Unit

_STANDS = ("rectifying", "submitted", "struck_off")


@dataclass(frozen=True)
class Proven:
    """An item with a problem that was found, of which case and unit, and when it was found."""

    item: Item
    case: Case
    unit_id: int
    unit: str
    found_at: datetime


_FOUND = (
    select(Finding.item_id, func.max(Finding.at).label("at"))
    .where(Finding.result.in_(TO_RECTIFY))
    .group_by(Finding.item_id)
    .subquery()
    .c
)


def _query(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(Item, Case, Unit.id, Unit.name, _FOUND.at)
        .join(Case, Case.id == Item.case_id)
        .join(Unit, Unit.id == Item.rectifying_unit_id)
        .join(_FOUND.item_id.table, _FOUND.item_id == Item.id)
        .where(stands(), visible(scope))
        .order_by(_FOUND.at, Item.id)
    )


def stands() -> ColumnElement[bool]:
    """Return the condition that the problem of an item was found, and still is."""
    return and_(Item.finding.in_(TO_RECTIFY), Item.state.in_(_STANDS))


def proven(session: Session, scope: Scope, period: Period) -> Sequence[Proven]:
    """Return the items whose problem was found, or that were struck off, during a period."""
    query = _query(scope)
    in_time = [
        and_(at >= period.since, at < period.until) for at in (_FOUND.at, Item.struck_off_at)
    ]
    return [Proven(*row) for row in session.execute(query.where(or_(*in_time)))]


def chosen(session: Session, scope: Scope, items: Collection[int]) -> Sequence[Proven]:
    """Return those of some items whose problem was found, and still stands, within a scope."""
    return [Proven(*row) for row in session.execute(_query(scope).where(Item.id.in_(items)))]


def still(session: Session, items: Collection[int]) -> set[int]:
    """Return those of some items whose problem still stands."""
    return set(session.scalars(select(Item.id).where(Item.id.in_(items), stands())))
