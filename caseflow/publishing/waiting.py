"""How many circulars wait for one person: to be checked, signed, changed; corrections to publish.

What `circular_gate` tells of one, as a condition for the counting of many, in the office of whoever
asks: nothing waits for the levels above. Who asks is said when the statement is carried out
(`ledger.asker`).
"""

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select

from caseflow.ledger.asker import AWAY, HERE, ME
from caseflow.ledger.literals import is_word
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from caseflow.publishing.circular_record import WRITES
from caseflow.publishing.tables import Circular, CircularEntry, CircularUnit, Correction

NEXT = {
    ("drafted", False): "circular.check",
    ("drafted", True): "circular.draft",
    ("checked", False): "circular.sign",
}
"""Who is waited for: by the state of a circular, and whether it came back to be changed."""


def mine(actor: Actor) -> Select[int]:
    """Return the count of what waits for somebody of the actor's kind."""
    steps = [_at(*at) for at, permission in NEXT.items() if may(actor, permission)]
    steps += [_corrections()] if may(actor, "circular.publish") else []
    if not steps:
        return select(literal(0))
    count = select(func.count()).select_from(Circular)
    return count.where(Circular.area_code == HERE, *_free(actor), or_(*steps))


def _at(state: str, returned: bool) -> ColumnElement[bool]:
    came_back = Circular.returned_for != ""
    here = and_(is_word(Circular.state, state), came_back if returned else ~came_back)
    return here if returned else and_(here, ~_wrote())


def _wrote() -> ColumnElement[bool]:
    return exists().where(
        CircularEntry.circular_id == Circular.id,
        CircularEntry.user_id == ME,
        CircularEntry.verb.in_(WRITES),
    )


def _corrections() -> ColumnElement[bool]:
    return exists().where(
        Correction.circular_id == Circular.id,
        Correction.outcome.is_(None),
        Correction.drafted_by != ME,
    )


def _free(actor: Actor) -> list[ColumnElement[bool]]:
    if not actor.recused:
        return []
    near = exists().where(CircularUnit.circular_id == Circular.id, CircularUnit.unit_id.in_(AWAY))
    return [~near]
