"""The model's supervision one level up: what came back three times in all is the city's to look
into, in three working days, and nobody strikes it off before (trade.md).
"""

from datetime import datetime

from tests.model.matters import Case, may, need
from tests.model.office import ABOVE, Person
from tests.model.things import Item, Said

TIMES = 3
WHOLE = 0  # stands for the number of an item where the whole case came back


def came_back(case: Case, item: Item | None, now: datetime) -> None:
    """Count an item that was returned, or a case taken up again: both together."""
    returns = [item.returns] if item else [one.returns for one in case.items]
    came_back_to(case, case.reopened + max(returns, default=0), now, item)


def came_back_to(case: Case, times: int, now: datetime, item: Item | None = None) -> None:
    """Bring in the level above for what came back, or was passed on without an owner, so often."""
    if times < TIMES:
        return
    case.above.add(item.n if item else WHOLE)
    if not case.alive("case", "oversee"):
        case.start("oversee", "case", now)


def looked_into(case: Case, item: Item) -> None:
    """Refuse to strike off what the level above has not looked into."""
    need(not case.above & {item.n, WHOLE}, "the level above has not looked")


def oversee(case: Case, person: Person, said: Said, now: datetime) -> None:
    """The level above says what it makes of everything that waits."""
    may(person, "oversee", case)
    need(bool(case.above), "nothing came back")
    next_one = ABOVE[case.area][0] if ABOVE[case.area] else case.area
    need(person.area == next_one, "the level above looks into it")
    case.above.clear()
    case.meet("case", now, "oversee")
