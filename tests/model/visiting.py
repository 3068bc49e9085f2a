"""The model's visits (实地核查): two people's word, and some categories wait for one
(docs/decisions/0032).
"""

from datetime import datetime

from tests.model.matters import Case, free_of, may_on, need, working
from tests.model.office import ABOVE, PEOPLE, Person, reaches
from tests.model.things import Item, Said

DEMANDED = ("food",)  # of the categories that chance knows
_GO = ("inspector", "handler", "supervisor", "reviewer", "leader")


def visit(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Whoever went and whoever wrote it down has a hand in the item."""
    working(case)
    if person.role != "inspector":
        free_of(person, item)
    may_on(person, "visit", case, item)
    went = said.went.split()
    need(len(set(went)) >= 2, "one person's word")
    need(all(_may_go(name, case) for name in went), "the visitor must keep away")
    item.visited = True
    item.hands |= {person.name, *went}


def _may_go(name: str, case: Case) -> bool:
    who = PEOPLE[name]
    near = who.area in (case.area, *ABOVE[case.area])
    near = near and (who.role == "inspector" or reaches(who, case.area, case.about))
    return who.role in _GO and near


def visited(case: Case, item: Item) -> None:
    """Refuse to strike off what somebody has to have looked at on the spot, and nobody has."""
    need(item.visited or case.category not in DEMANDED, "nobody went there")


MOVES = {"visit": visit}
