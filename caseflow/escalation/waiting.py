"""How many documents wait for one person: drafts to sign or cancel, answers to judge.

What `order_gate.offers` tells of one document, as a condition for the counting of many, but for
drafts of offices below: a level above may sign them, and nobody waits for it. Who asks is said when
the statement is carried out (`ledger.asker`).
"""

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from caseflow.escalation.order_gate import OF_LEVEL_ABOVE
from caseflow.escalation.order_states import WAITS
from caseflow.escalation.tables import Order
from caseflow.ledger.asker import AWAY, HERE, ME, within
from caseflow.ledger.literals import among, is_not_word, is_word, not_among
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.permissions import may

_LEVELS = ("province", "city", "county", "district")


def mine(actor: Actor) -> Select[int]:
    """Return the count of what waits for somebody of the actor's kind."""
    steps = [
        step
        for permission, step in (
            ("order.issue", _to_sign(actor)),
            ("order.judge", _to_judge(actor)),
        )
        if may(actor, permission)
    ]
    if not steps:
        return select(literal(0))
    here = (within(actor), is_not_word(Case.state, "shelved"), among(Order.state, WAITS))
    count = select(func.count()).select_from(Order).join(Case, Case.id == Order.case_id)
    return count.where(*here, *_free(actor), or_(*steps))


def _free(actor: Actor) -> list[ColumnElement[bool]]:
    units = (Order.unit_id, Order.late_unit_id) if actor.recused else ()
    return [or_(unit.is_(None), unit.not_in(AWAY)) for unit in units]


def _to_sign(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a draft is for the actor's office to sign or cancel."""
    own: ColumnElement[bool] = Case.area_code == HERE
    if actor.level == "county":  # a responsibility district has no office of its own
        own = or_(own, Case.county == HERE)
    theirs = or_(
        and_(not_among(Order.kind, OF_LEVEL_ABOVE), own),
        and_(among(Order.kind, OF_LEVEL_ABOVE), _is_next_above(actor)),
    )
    edited = Order.editors.like(literal("%,") + cast(ME, String) + ",%")
    return and_(is_word(Order.state, "draft"), theirs, ~edited)


def _is_next_above(actor: Actor) -> ColumnElement[bool]:
    if actor.level == "province":
        return Case.city.is_(None)
    return true() if actor.level == "city" else false()


def _to_judge(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an answer is for the actor's level to judge, or for the office that
    has the case now, where that of the document's level has it no longer.
    """
    below = _LEVELS[_LEVELS.index(actor.level) + 1 :]
    moved = (and_(is_word(Order.issued_level, one), getattr(Case, one).is_(None)) for one in below)
    level = or_(
        is_word(Order.issued_level, actor.level), and_(Case.area_code == HERE, or_(false(), *moved))
    )
    written = and_(Order.answered_by.is_not(None), Order.answered_by == ME)
    return and_(is_word(Order.state, "answered"), level, ~written)
