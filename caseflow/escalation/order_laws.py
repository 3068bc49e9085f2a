"""Do the laws of documents hold in the data (decisions 33, 34, 36)? For `doctor --laws`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, String, and_, cast, exists, literal, select

from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.tables import Clock
from caseflow.escalation.order_gate import UPPER
from caseflow.escalation.order_states import OWED, STANDS
from caseflow.escalation.tables import Order, OrderAnswer
from caseflow.ledger.tables import Case, Item


def broken() -> Iterator[Select[Any]]:
    """What is owed about a document is urged; other eyes signed it; its answer is kept; the
    level that issued it alone strikes its item off (decisions 33, 34); it is in the case that its
    item is in, and what is owed about it is locked with that (decision 43).
    """
    of_order = select(Case.number).join(Order, Order.case_id == Case.id)
    urged = exists().where(
        Clock.order_id == Order.id, Clock.name == "answer", Clock.state.in_(ALIVE)
    )
    owed = (Order.state.in_(OWED), Order.unit_id.is_not(None), Case.state != "shelved")
    yield of_order.where(*owed, ~urged)
    signer = literal(",") + cast(Order.issued_by, String) + ","
    yield of_order.where(Order.editors.contains(signer))
    stands = and_(OrderAnswer.returned_at.is_(None), OrderAnswer.text == Order.answer)
    kept = exists().where(OrderAnswer.order_id == Order.id, stands)
    yield of_order.where(Order.answered_at.is_not(None), ~kept)
    elsewhere = of_order.join(Item, Item.id == Order.item_id)
    yield elsewhere.where(Item.case_id != Order.case_id)
    locked = of_order.join(Clock, Clock.order_id == Order.id).where(Clock.state.in_(ALIVE))
    yield locked.where(Clock.root_case_id != Order.case_id)
    of_item = select(Case.number).join(Item, Item.case_id == Case.id)
    binds = (Order.item_id == Item.id, Order.unit_id.is_not(None), Order.state.in_(STANDS))
    theirs = exists().where(*binds, Order.issued_level == Item.reserved_for)
    yield of_item.where(Item.reserved_for.is_not(None), ~theirs)
    above = exists().where(*binds, Order.issued_level.in_(UPPER))
    yield of_item.where(Item.reserved_for.is_(None), above)
