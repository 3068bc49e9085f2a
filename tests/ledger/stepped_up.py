"""How somebody of a world brings a document before its date, and what everybody tries meanwhile."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from caseflow.escalation import stepping
from caseflow.ledger.moves import stepping_up
from caseflow.ledger.step_up_tables import CAUSES
from caseflow.ledger.tables import Item
from caseflow.people.actor import Actor

if TYPE_CHECKING:
    from tests.ledger.world import World

DOCUMENTS = ("supervision_order", "circular", "interview", "listed", "accountability")
ORDER, CIRCULAR, INTERVIEW, LISTED = range(4)  # luck that asks for a document
LATER = 1  # luck that leaves it to the sweep
Try = Callable[[datetime], object]


def tries(world: "World", me: Actor, item: Item, luck: int) -> dict[str, Try]:
    """Return how each of these moves is tried."""
    s, n = world.session, item.id
    action, cause = DOCUMENTS[luck % len(DOCUMENTS)], CAUSES[luck % len(CAUSES)]
    return {
        "ask_step_up": lambda at: stepping_up.ask_step_up(s, me, n, action, cause, "推诿", at),
        "step_up": lambda at: _approves(world, me, item, luck, at),
        "refuse_step_up": lambda at: stepping_up.refuse_step_up(s, me, n, "再等等", at),
    }


def _approves(world: "World", me: Actor, item: Item, luck: int, at: datetime) -> None:
    """Approve, and carry it out at once as the page does; or not, as the command line does."""
    stepping_up.step_up(world.session, me, item.id, "", at)
    if luck % 2 != LATER:
        stepping.at_once(world.session, item.id, at)
