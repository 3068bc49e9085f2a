"""How far a person sees, as a value (design law 11). Pure; `ledger.queries` turns it into SQL."""

from dataclasses import dataclass, field
from typing import Literal

from caseflow.people.actor import Actor
from caseflow.people.permissions import may

Reach = Literal["area", "holder", "nothing"]


@dataclass(frozen=True)
class Scope:
    """What an actor sees: the cases of an area's subtree, the items they hold, or nothing.

    `level` names the column of a case that must equal `code`. `recused` units are taken out.
    """

    reach: Reach
    level: str = ""
    code: str = ""
    unit: int | None = None
    person: int | None = None
    recused: frozenset[int] = field(default_factory=frozenset)


def scope_of(actor: Actor) -> Scope:
    """Return how far `actor` sees: the office its area's subtree, a unit its own items.

    Only an inspector holds items in person: who went over to a unit left them behind.
    """
    if may(actor, "ledger.read"):
        return Scope("area", level=actor.level, code=actor.area, recused=actor.recused)
    if may(actor, "item.hold"):
        person = actor.id if actor.role == "inspector" else None
        return Scope("holder", unit=actor.unit, person=person, recused=actor.recused)
    return Scope("nothing")
