"""What a person has in hand: named before their account is closed or they change their post."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from caseflow.ledger.outbox_reach import case_numbers
from caseflow.ledger.states import ITEM_DONE, OPEN_CASE_STATES
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor


@dataclass(frozen=True)
class InHand:
    """How many open cases somebody has in hand, and the numbers of those the reader may know."""

    count: int
    numbers: Sequence[str]


def open_cases(session: Session, reader: Actor, user_id: int, office: str) -> InHand:
    """Return what somebody handles, or verifies an item of; `office`: the installation's area."""
    verifies = select(Item.case_id).where(
        Item.inspector_id == user_id, Item.state.not_in(ITEM_DONE)
    )
    query = select(Case.id).where(
        Case.state.in_(OPEN_CASE_STATES), or_(Case.handler_id == user_id, Case.id.in_(verifies))
    )
    found = session.scalars(query.order_by(Case.id)).all()
    known = case_numbers(session, reader, found, office)
    return InHand(len(found), [known[one] for one in found if one in known])


def open_items(session: Session, unit_id: int) -> int:
    """Return how many items of open cases a unit has yet to verify or to put right."""
    here = or_(Item.verifying_unit_id == unit_id, Item.rectifying_unit_id == unit_id)
    return session.scalar(_open_items().where(here)) or 0


def to_verify(session: Session, unit_ids: Collection[int]) -> int:
    """Return how many items of open cases some units verify, or verified and did not finish."""
    here = Item.verifying_unit_id.in_(unit_ids)
    return session.scalar(_open_items().where(here)) or 0


def _open_items() -> Select[int]:
    query = select(func.count()).select_from(Item).join(Case, Case.id == Item.case_id)
    return query.where(Item.state.not_in(ITEM_DONE), Case.state.in_(OPEN_CASE_STATES))
