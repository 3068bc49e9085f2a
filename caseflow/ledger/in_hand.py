"""What a person has in hand: named before their account is closed or they change their post, and
handed over to others. Open cases, and those over in which somebody waits for their answer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from caseflow.ledger import later, queries
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.assistances import IS_OPEN
from caseflow.ledger.literals import among
from caseflow.ledger.outbox_reach import case_numbers
from caseflow.ledger.states import ITEM_DONE, OPEN_CASE_STATES
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor
from caseflow.people.permissions import INSPECTOR
from caseflow.people.scope import scope_of
from caseflow.people.tables import User

AT_ONCE = 100
"""So many cases are handed over in one go: what burns first comes first."""


@dataclass(frozen=True)
class InHand:
    """How many cases somebody has in hand, and the numbers of those the reader may know."""

    count: int
    numbers: Sequence[str]


@dataclass(frozen=True)
class Piece:
    """A case that somebody has in hand: whether they handle it, and what they verify of it."""

    case: Case
    handles: bool
    items: Sequence[Item]


def handled_by(user_id: int) -> ColumnElement[bool]:
    """Return the condition that somebody has a case in hand as its handler."""
    return and_(Case.handler_id == user_id, to_do())


def to_do() -> ColumnElement[bool]:
    """Return the condition that there is something to do in a case for its handler."""
    return or_(among(Case.state, OPEN_CASE_STATES), later.waits())


def verified_by(user_id: int) -> ColumnElement[bool]:
    """Return the condition on an item that somebody has yet to verify it in person."""
    return and_(Item.inspector_id == user_id, Item.state.in_(("dispatched", "verifying")))


def _theirs(user_id: int) -> ColumnElement[bool]:
    verifies = select(Item.case_id).where(verified_by(user_id))
    here = and_(among(Case.state, OPEN_CASE_STATES), Case.id.in_(verifies))
    return or_(handled_by(user_id), here)


def pieces(session: Session, reader: Actor, user_id: int) -> list[Piece]:
    """Return what somebody has in hand of what the reader sees, what burns first first: the first
    `AT_ONCE`, in two statements.
    """
    query = select(Case).where(_theirs(user_id), queries.visible(scope_of(reader)))
    query = query.order_by(Case.rank, Case.next_due, Case.id).limit(AT_ONCE)
    cases = session.scalars(query).all()
    items: dict[int, list[Item]] = {}
    of_cases = select(Item).where(Item.case_id.in_([case.id for case in cases]))
    for item in session.scalars(of_cases.where(verified_by(user_id)).order_by(Item.id)):
        items.setdefault(item.case_id, []).append(item)
    return [Piece(case, case.handler_id == user_id, items.get(case.id, ())) for case in cases]


def unverified(session: Session, user_id: int) -> int:
    """Return how many items somebody has yet to verify who does so no more: closed, or no
    inspector.
    """
    query = select(func.count()).select_from(Item).join(Case, Case.id == Item.case_id)
    query = query.join(User, User.id == Item.inspector_id)
    left = or_(User.active.is_(False), User.role != INSPECTOR)
    query = query.where(verified_by(user_id), Case.state.in_(OPEN_CASE_STATES), left)
    return session.scalar(query) or 0


def open_cases(session: Session, reader: Actor, user_id: int, office: str) -> InHand:
    """Return what somebody handles, or has yet to verify an item of.

    `office`: the installation's area.
    """
    found = session.scalars(select(Case.id).where(_theirs(user_id)).order_by(Case.id)).all()
    known = case_numbers(session, reader, found, office)
    return InHand(len(found), [known[one] for one in found if one in known])


def open_items(session: Session, unit_id: int) -> int:
    """Return how many items of open cases a unit has to verify, put right, or assist with."""
    here = or_(Item.verifying_unit_id == unit_id, Item.rectifying_unit_id == unit_id)
    asked = select(Assistance.item_id).where(Assistance.unit_id == unit_id, IS_OPEN)
    here = or_(here, Item.id.in_(asked))
    return session.scalar(_open_items().where(here)) or 0


def to_verify(session: Session, unit_ids: Collection[int]) -> int:
    """Return how many items of open cases some units verify, or verified and did not finish."""
    here = Item.verifying_unit_id.in_(unit_ids)
    return session.scalar(_open_items().where(here)) or 0


def _open_items() -> Select[int]:
    query = select(func.count()).select_from(Item).join(Case, Case.id == Item.case_id)
    return query.where(Item.state.not_in(ITEM_DONE), Case.state.in_(OPEN_CASE_STATES))
