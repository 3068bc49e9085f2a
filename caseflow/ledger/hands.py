"""Who had a hand in an item: the record behind four eyes (design law 4, engine 9).

Rows are only ever added; a trigger in both databases refuses a strike-off by one of them.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger.tables import Item, ItemActor

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
