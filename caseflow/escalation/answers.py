"""What becomes of a document that was issued: signed for, answered, judged, lifted (解除, 摘牌).

The level that issued it judges the answer and lifts it. The sweep lifts what a unit was sent about
an item that it has no longer, or that need not be done any more (docs/decisions/0033).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import MoveNotAllowed
from caseflow.escalation import order_gate
from caseflow.escalation.order_states import PENDING, STANDS
from caseflow.escalation.tables import Order, OrderAnswer
from caseflow.ledger import assistances, shelvings
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.history import commitment
from caseflow.ledger.moves import reserving
from caseflow.ledger.moves.record import matter_of, record, words
from caseflow.ledger.states import COUNTED_APART
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import SWEEP, Actor


def sign_for(session: Session, actor: Actor, order_id: int, now: datetime) -> Order:
    """The unit that got a document signs for it (签收). Raises NotFound for anybody else's."""
    case, order = order_gate.lock(session, actor, order_id)
    order_gate.pass_order(actor, case, order, "order_signed")
    order.signed_at = now
    clocks.meet(session, order_gate.subject(order), now, "sign_for")
    _record(session, case, actor, order, "order_signed", now, {})
    return order


def answer(
    session: Session,
    actor: Actor,
    order_id: int,
    text: str,
    now: datetime,
    *,
    returns: int | None = None,
) -> Order:
    """Answer an issued document: the unit it went to says what it did; its clock is met, and the
    office has to judge the answer by a `check` clock. Whoever answers has it: that signs for it.

    The office may write an answer down that came on paper. `returns`: how often it had come back
    when the form was made. Raises NotFound for anybody else, MoveNotAllowed where it came back
    since, for whoever answers has to know why.
    """
    case, order = order_gate.lock(session, actor, order_id)
    order_gate.edge_of(actor, case, order, "order_answered")
    if returns is not None and returns != order.returns:
        raise MoveNotAllowed("答复刚被退回，请看过理由再答复")
    said = words(text)
    order_gate.pass_order(actor, case, order, "order_answered")
    order.answer, order.answered_at, order.answered_by = said, now, actor.person
    order.signed_at = order.signed_at or now
    n = order.returns + 1
    session.add(OrderAnswer(order_id=order.id, n=n, text=said, at=now, user_id=actor.person))
    subject = order_gate.subject(order)
    clocks.meet(session, subject, now, "sign_for", "answer")
    clocks.start(session, "check", subject, matter_of(case), now)
    _record(session, case, actor, order, "order_answered", now, {"text": commitment(said)})
    return order


def accept(
    session: Session, actor: Actor, order_id: int, now: datetime, *, seen: int | None = None
) -> Order:
    """Accept the answer: nothing is owed about the document any more; it stands until lifted."""
    case, order = order_gate.lock(session, actor, order_id, seen)
    order_gate.pass_order(actor, case, order, "order_accepted")
    order.accepted_at = now
    clocks.meet(session, order_gate.subject(order), now, "check")
    _record(session, case, actor, order, "order_accepted", now, {}, told=True)
    return order


def send_back(
    session: Session,
    actor: Actor,
    order_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> Order:
    """Return an answer with words: another one is owed, in what was left of the time but at least
    the policy's minimum, as with an item that is returned.
    """
    case, order = order_gate.lock(session, actor, order_id, seen)
    order_gate.edge_of(actor, case, order, "order_returned")
    why = words(reason, "reason", 4000)
    order_gate.pass_order(actor, case, order, "order_returned")
    came_back = _answers(session, order)[-1]
    came_back.returned_at, came_back.returned_by = now, actor.person
    order.returns += 1
    order.returned_for = came_back.returned_for = why
    order.answered_at = order.answered_by = None
    clocks.meet(session, order_gate.subject(order), now, "check")
    owed = clocks.restart(session, _last_answer(session, order), matter_of(case), case.id, now)
    order.answer_by = rules_of(session).calendar.due_day(owed.due)
    _record(session, case, actor, order, "order_returned", now, {"reason": why}, told=True)
    return order


def _answers(session: Session, order: Order) -> Sequence[OrderAnswer]:
    query = select(OrderAnswer).where(OrderAnswer.order_id == order.id)
    return session.scalars(query.order_by(OrderAnswer.n)).all()


def _last_answer(session: Session, order: Order) -> Clock:
    query = select(Clock).where(Clock.order_id == order.id, Clock.name == "answer")
    return session.scalars(query.order_by(Clock.id.desc()).limit(1)).one()


def lift(
    session: Session,
    actor: Actor,
    order_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> Order:
    """Lift a document that stands, with a reason (解除; of a listing 摘牌): only by the level that
    issued it. Raises NotPermitted for any other.
    """
    case, order = order_gate.lock(session, actor, order_id, seen)
    order_gate.edge_of(actor, case, order, "order_lifted")
    why = words(reason, "reason", 2000)
    order_gate.pass_order(actor, case, order, "order_lifted")
    _lift(session, case, actor, order, why, now)
    return order


# Not why: where an inspector goes, or another procedure begins, the unit must not learn of it.
MOOT = "不再需要贵单位答复"


def lift_moot(session: Session, now: datetime, limit: int) -> int:
    """Lift what units were sent about items that they have no longer; return how many.

    Nobody is waited for: a case that somebody is at work on comes with the next sweep.
    """
    query = (
        select(Order, Case)
        .join(Case, Case.id == Order.case_id)
        .join(Item, Item.id == Order.item_id)
        .where(Order.state.in_(PENDING), Order.unit_id.is_not(None), _is_moot())
        .order_by(Order.case_id, Order.id)
        .limit(limit)
        .with_for_update(of=(Case, Order), skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    found = session.execute(query).all()
    for order, case in found:
        order_gate.pass_order(SWEEP, case, order, "order_lifted")
        _lift(session, case, SWEEP, order, MOOT, now)
    return len(found)


def _is_moot() -> ColumnElement[bool]:
    """The condition of `orders.kept_back` for what was issued: taken since, or done with."""
    nobody_theirs = Order.unit_id.is_distinct_from(
        Item.verifying_unit_id
    ) & Order.unit_id.is_distinct_from(Item.rectifying_unit_id)
    assists = exists().where(
        Assistance.item_id == Item.id, Assistance.unit_id == Order.unit_id, assistances.STANDS
    )
    taken = (Item.held_since > Order.drafted_at) | nobody_theirs
    return (taken & ~assists) | Item.state.in_(COUNTED_APART)


def _lift(
    session: Session, case: Case, actor: Actor, order: Order, reason: str, now: datetime
) -> None:
    order.lifted_at, order.lifted_for = now, reason
    owed_no_more(session, order, now)
    reserve(session, _item(session, order))
    _record(session, case, actor, order, "order_lifted", now, {"reason": reason}, told=True)


def owed_no_more(session: Session, order: Order, now: datetime) -> None:
    """End what is owed about a document, for good where its case is shelved."""
    clocks.stop(session, order_gate.subject(order), now)
    shelvings.forget(session, order.id)


def reserve(session: Session, item: Item | None) -> None:
    """Let an item be struck off by the highest level alone whose document about it stands."""
    if item is None:
        return
    session.flush()
    query = select(Order.issued_level).where(
        Order.item_id == item.id,
        Order.unit_id.is_not(None),
        Order.state.in_(STANDS),
        Order.issued_level.in_(order_gate.UPPER),
    )
    levels = set(session.scalars(query).all())
    reserving.reserve(item, next((one for one in ("province", "city") if one in levels), None))


def _item(session: Session, order: Order) -> Item | None:
    return session.get(Item, order.item_id) if order.item_id else None


def _record(
    session: Session,
    case: Case,
    actor: Actor,
    order: Order,
    verb: str,
    now: datetime,
    facts: dict[str, Any],
    *,
    told: bool = False,
) -> None:
    """Write the entry; `told`: its unit has to learn of it."""
    refs = {"order": order.id, **({"unit": order.unit_id} if told else {})}
    item = _item(session, order)
    record(session, case, actor, verb, now, {"order": order.id, **facts}, item=item, refs=refs)
