"""What somebody of a world says of a matter that came back too often (提级督办)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from caseflow.ledger.moves import overseeing
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor

if TYPE_CHECKING:
    from tests.ledger.world import World

MOVES = ("oversee", "go_up")
Try = Callable[[datetime], object]


def tries(world: "World", me: Actor, case: Case) -> dict[str, Try]:
    """Return how somebody says what they make of it."""
    return {"oversee": lambda at: overseeing.oversee(world.session, me, case.id, "抓紧", at)}
