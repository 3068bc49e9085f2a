"""What somebody of a world says of a matter that came back too often (提级督办)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from caseflow.ledger.moves import overseeing
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from tests.ledger import reported

if TYPE_CHECKING:
    from tests.ledger.world import World

MOVES = ("oversee", "go_up")
Try = Callable[[datetime], object]


def tries(world: "World", me: Actor, case: Case, luck: int) -> dict[str, Try]:
    """Return how somebody says what they make of it, and what they report to those above."""
    said = {"oversee": lambda at: overseeing.oversee(world.session, me, case.id, "抓紧", at)}
    return said | reported.tries(world, me, case, luck)
