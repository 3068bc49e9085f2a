"""Who may judge what a unit did or said, as SQL conditions on an item of a case: no hand in it, no
need to keep away, nobody nearer who could. `checkers.eyes` and `gate.is_free_of` tell it of one.
"""

from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_
from sqlalchemy.orm import aliased

from caseflow.ledger.hands import CHECKERS
from caseflow.ledger.tables import Case, Item, ItemActor
from caseflow.people.actor import Actor
from caseflow.people.tables import Recusal, User

_LEVELS = ("province", "city", "county", "district")
_ABOUT = (Case.unit_id, Item.verifying_unit_id, Item.rectifying_unit_id)


def far(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the conditions that somebody need not keep away from the units that have an item."""
    units = (Item.verifying_unit_id, Item.rectifying_unit_id) if actor.recused else ()
    return [or_(unit.is_(None), unit.not_in(actor.recused)) for unit in units]


def hand(person: Any) -> ColumnElement[bool]:
    """Return the condition that a person, or a column of people, had a part in an item."""
    part = exists().where(ItemActor.item_id == Item.id, ItemActor.user_id == person)
    return part.correlate_except(ItemActor)


def nearer(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that somebody below the actor's level could check the item."""
    person = aliased(User)
    below = _LEVELS[_LEVELS.index(actor.level) + 1 :]
    away = exists().where(
        Recusal.user_id == person.id, or_(*(Recusal.unit_id == unit for unit in _ABOUT))
    )
    free = exists().where(
        or_(false(), *(person.area_code == getattr(Case, level) for level in below)),
        person.role.in_(CHECKERS),
        person.active.is_(True),
        ~hand(person.id),
        ~away.correlate_except(Recusal),
    )
    return free.correlate_except(person)
