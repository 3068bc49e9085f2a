"""Who goes and looks, by luck: two as a rule, now and then one alone."""

from datetime import datetime
from typing import TYPE_CHECKING

from caseflow.ledger.moves import visiting
from caseflow.ledger.moves.visiting import Seen
from caseflow.ledger.tables import Item
from caseflow.people.actor import Actor

if TYPE_CHECKING:
    from tests.ledger.world import World

ALONE = 3


def visits(world: "World", me: Actor, item: Item, luck: int, at: datetime) -> None:
    """Put a visit on record: of an inspector, as a rule with a reviewer."""
    names = ("inspector",) if luck % 4 == ALONE else ("inspector", "reviewer")
    people = [world.office[name].person for name in names]
    told = Seen(world.now, "食堂后厨", "已整改", people)
    visiting.visit(world.session, me, item.id, told, at)
