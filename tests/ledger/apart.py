"""What somebody of a world splits off from a case (分案)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from caseflow.ledger.moves import opening, splitting
from caseflow.ledger.queries import items_of
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor

if TYPE_CHECKING:
    from tests.ledger.world import World

MOVES = ("split_off", "split_from")
WITHOUT_ITEMS, WITH_THE_LAST, WITH_ALL_BUT_ONE, WITH_ALL = 1, 3, 5, 7
"""Luck that splits off the second report: alone, or with some items."""
Try = Callable[[datetime], object]


def tries(world: "World", me: Actor, case: Case, luck: int) -> dict[str, Try]:
    """Return how somebody splits one report off: the first, the second …, with items or without."""

    def split_off(at: datetime) -> None:
        numbers = [one.number for one in opening.first_reports(world.session, case)]
        items = [str(one.n) for one in items_of(world.session, case)]
        going = ([], items[-1:], items[1:], items)[luck // 2 % 4]
        report = numbers[luck % len(numbers)] if numbers else ""
        alone = len(numbers) == 1 and luck % 2 == 1  # it tells of two matters
        splitting.split_off(
            world.session,
            me,
            case.id,
            [] if alone else [report],
            "两件事",
            at,
            items=going,
            shared=[report] if alone else [],
            matter="另一件" if alone else "",
        )

    return {"split_off": split_off}
