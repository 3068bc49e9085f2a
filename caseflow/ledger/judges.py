"""Who may judge what a unit did or said, as SQL conditions on an item of a case: no hand in it, no
need to keep away, nobody nearer who could. `checkers.eyes` and `gate.is_free_of` tell it of one.

Who asks is said when a statement is carried out (`asker`).
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, true
from sqlalchemy.orm import aliased

from caseflow.ledger.asker import AWAY
from caseflow.ledger.hands import CHECKERS
from caseflow.ledger.tables import Case, Item, ItemActor
from caseflow.people.actor import Actor
from caseflow.people.permissions import LEADER, PERMISSIONS, SUPERVISOR
from caseflow.people.tables import Recusal, User

_LEVELS = ("province", "city", "county", "district")
_ABOUT = (Case.unit_id, Item.verifying_unit_id, Item.rectifying_unit_id)


def far(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the conditions that somebody need not keep away from the units that have an item."""
    units = (Item.verifying_unit_id, Item.rectifying_unit_id) if actor.recused else ()
    return [or_(unit.is_(None), unit.not_in(AWAY)) for unit in units]


def hand(person: Any) -> ColumnElement[bool]:
    """Return the condition that a person, or a column of people, had a part in an item."""
    part = exists().where(ItemActor.item_id == Item.id, ItemActor.user_id == person)
    return part.correlate_except(ItemActor)


def nearer(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that somebody below the actor's level could check the item."""
    person = aliased(User)
    below = _LEVELS[_LEVELS.index(actor.level) + 1 :]
    free = exists().where(
        or_(false(), *(person.area_code == getattr(Case, level) for level in below)),
        person.role.in_(CHECKERS),
        person.active.is_(True),
        ~hand(person.id),
        ~_away(person.id),
    )
    return free.correlate_except(person)


def looks_nearer(actor: Actor, decided: Any) -> ColumnElement[bool]:
    """Return the condition on a case that somebody below the actor's level could look again at how
    it ended: another than whoever `decided`, who need not keep away from what it is about.
    """
    person = aliased(User)
    below = _LEVELS[_LEVELS.index(actor.level) + 1 :]
    away = exists().where(Recusal.user_id == person.id, Recusal.unit_id == Case.unit_id)
    free = exists().where(
        or_(false(), *(person.area_code == getattr(Case, level) for level in below)),
        person.role.in_(PERMISSIONS["case.second_look"]),
        person.active.is_(True),
        person.id.is_distinct_from(decided),
        ~away.correlate_except(Recusal),
    )
    return free.correlate_except(person)


def _away(person: Any) -> ColumnElement[bool]:
    """Return the condition that a column of people must keep away from what an item is about."""
    about = or_(*(Recusal.unit_id == unit for unit in _ABOUT))
    return exists().where(Recusal.user_id == person, about).correlate_except(Recusal)


def designates(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on an item within the scope that somebody may say who handles it after
    its objections: the leader, or a supervisor above where the office has none who could (law 4).
    """
    may = true() if actor.role == LEADER else and_(_above(actor), ~led())
    return and_(may, *far(actor))


def led() -> ColumnElement[bool]:
    """Return the condition that a leader of the case's own office may judge an item; that of a
    responsibility district is its county's.
    """
    person = aliased(User)
    own = or_(person.area_code == Case.area_code, person.area_code == Case.county)
    free = exists().where(own, person.role == LEADER, person.active.is_(True), ~_away(person.id))
    return free.correlate_except(person)


def _above(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on a case within the scope that a supervisor stands above its office."""
    if actor.role != SUPERVISOR or actor.level not in _LEVELS[:2]:
        return false()
    below = (Case.city, Case.county) if actor.level == _LEVELS[0] else (Case.county,)
    return or_(*(level.is_not(None) for level in below))
