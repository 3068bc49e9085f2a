"""What a person has in hand: named before their account is closed or they change their post."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseflow.ledger.states import ITEM_DONE, OPEN_CASE_STATES
from caseflow.ledger.tables import Case, Item


def open_cases(session: Session, user_id: int) -> Sequence[str]:
    """Return the numbers of open cases that somebody handles, or verifies an item of."""
    verifies = select(Item.case_id).where(
        Item.inspector_id == user_id, Item.state.not_in(ITEM_DONE)
    )
    query = select(Case.number).where(
        Case.state.in_(OPEN_CASE_STATES), or_(Case.handler_id == user_id, Case.id.in_(verifies))
    )
    return session.scalars(query.order_by(Case.id)).all()
