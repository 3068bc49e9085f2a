"""Who had a hand in an item: the record behind four eyes (design law 4, engine 9).

Rows are only ever added; a trigger in both databases refuses a strike-off by one of them.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger.tables import Case, Item, ItemActor
from caseflow.people.tables import Area, Recusal, User

CHECKERS = ("reviewer", "supervisor")


def add(session: Session, item: Item, user_id: int, part: str) -> None:
    """Note that a person had a part (handler, verifier, finder, submitter) in an item."""
    if session.get(ItemActor, (item.id, user_id, part)) is None:
        session.add(ItemActor(item_id=item.id, user_id=user_id, part=part))
        session.flush()


def had_a_hand(session: Session, item_id: int, user_id: int) -> bool:
    """Tell whether a person had any part in an item."""
    query = select(ItemActor.user_id).where(
        ItemActor.item_id == item_id, ItemActor.user_id == user_id
    )
    return session.execute(query.limit(1)).first() is not None


def eligible(session: Session, case: Case, item: Item) -> list[User]:
    """Return who may strike the item off: the office's own people, else the level above's.

    The list is ordered by name; it is empty only where nobody at any level is left.
    """
    area: Area | None = session.get_one(Area, case.area_code)
    while area is not None:
        here = select(User).where(
            User.area_code == area.code, User.role.in_(CHECKERS), User.active.is_(True)
        )
        involved = select(ItemActor.user_id).where(ItemActor.item_id == item.id)
        recused = select(Recusal.user_id).where(Recusal.unit_id == case.unit_id)
        free = here.where(User.id.not_in(involved), User.id.not_in(recused))
        people = session.scalars(free.order_by(User.name)).all()
        if people:
            return list(people)
        area = session.get(Area, area.parent_code) if area.parent_code else None
    return []
