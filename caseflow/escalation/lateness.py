"""Whose promises ran out during a period: the one place that asks for the late clocks of units.

Only what a unit was told of counts against it: its own promises about items and documents that it
holds or held, or was asked to assist with (design law 9). None of what an inspector verifies in
person, nor of what another had before it was given somebody else; none of a tip that is about the
unit or whoever manages it.
A promise that was stopped, or that another took the place of, was broken by nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from caseflow.clock import Period
from caseflow.deadlines.tables import Clock
from caseflow.escalation.tables import Order
from caseflow.ledger import assistances
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.queries import visible
from caseflow.ledger.states import TO_RECTIFY
from caseflow.ledger.tables import Case, Finding, Item
from caseflow.people.scope import Scope
from caseflow.people.tables import Unit

_OF_ITEMS = ("sign_for", "verify", "rectify")
_OF_ORDERS = ("sign_for", "answer")


@dataclass(frozen=True)
class Late:
    """A promise of a unit that ran out: about which item, due when, kept when if it was at all."""

    unit_id: int
    case_id: int
    item_id: int
    due: datetime
    ended_at: datetime | None
    rung: int


def late(session: Session, scope: Scope, period: Period, now: datetime) -> Sequence[Late]:
    """Return the promises of units that ran out during a period, by unit; one statement."""
    broken = _broken(period, now)
    kinds = (_of_items, _of_orders, _of_assisting)
    both = union_all(*(of(scope, broken) for of in kinds)).subquery()
    return [Late(*row) for row in session.execute(select(both).order_by(*both.c))]


def _broken(period: Period, now: datetime) -> ColumnElement[bool]:
    """Due in the period and not kept by then; whatever is due later than now is not late.

    A limit ends at 24:00 of its day, which is the first moment of the next.
    """
    during = and_(Clock.due > period.since, Clock.due <= period.until)
    runs = and_(Clock.state == "running", Clock.due <= now)
    return and_(during, or_(runs, and_(Clock.state == "met", Clock.ended_at > Clock.due)))


_SAYS = (Clock.due, Clock.ended_at, Clock.last_rung)


def _of_items(scope: Scope, broken: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    proven = exists().where(
        Finding.item_id == Clock.item_id,
        Finding.result.in_(TO_RECTIFY),
        Finding.at <= Clock.started_at,
    )
    rectifies = or_(Clock.name == "rectify", and_(Clock.name == "sign_for", proven))
    unit = case((rectifies, Item.rectifying_unit_id), else_=Item.verifying_unit_id)
    held = or_(Item.held_since.is_(None), Clock.started_at >= Item.held_since)
    verifies = and_(Item.inspector_id.is_(None), held, ~_shielded())
    return (
        select(Unit.id, Case.id.label("case_id"), Item.id.label("item_id"), *_SAYS)
        .select_from(Clock)
        .join(Item, Item.id == Clock.item_id)
        .join(Case, Case.id == Item.case_id)
        .join(Unit, Unit.id == unit)
        .where(Clock.name.in_(_OF_ITEMS), broken, or_(rectifies, verifies), visible(scope))
    )


def _shielded() -> ColumnElement[bool]:
    """A tip about the unit, or about whoever manages it."""
    managed = and_(Unit.managed_by.is_not(None), Unit.managed_by == Case.unit_id)
    about = or_(Unit.id == Case.unit_id, managed)
    return and_(Case.kind == "tip", Case.unit_id.is_not(None), about)


def _of_assisting(scope: Scope, broken: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Of units asked beside the lead: whose a promise is says the one that it was given first."""
    late_ones = select(Clock.id, Clock.id.label("by_id"), Clock.follows)
    line = late_ones.where(Clock.name == "assist", broken).cte("assist_line", recursive=True)
    older = aliased(Clock)
    line = line.union_all(
        select(line.c.id, older.id, older.follows).join(older, older.id == line.c.follows)
    )
    return (
        select(Unit.id, Case.id.label("case_id"), Item.id.label("item_id"), *_SAYS)
        .select_from(line)
        .join(Clock, Clock.id == line.c.id)
        .join(Assistance, Assistance.clock_id == line.c.by_id)
        .join(Item, Item.id == Assistance.item_id)
        .join(Case, Case.id == Item.case_id)
        .join(Unit, Unit.id == Assistance.unit_id)
        .where(assistances.STANDS, ~_shielded(), visible(scope))
    )


def _of_orders(scope: Scope, broken: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(Order.unit_id, Case.id, Order.item_id, *_SAYS)
        .select_from(Clock)
        .join(Order, Order.id == Clock.order_id)
        .join(Case, Case.id == Order.case_id)
        .where(
            Clock.name.in_(_OF_ORDERS),
            broken,
            Order.unit_id.is_not(None),
            Order.item_id.is_not(None),
            visible(scope),
        )
    )
