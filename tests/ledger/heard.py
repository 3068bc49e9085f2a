"""How somebody of a world has a case left out of the figures (考核剔除)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from caseflow.ledger.exclusions import REASONS
from caseflow.ledger.moves import excluding
from caseflow.ledger.states import Edge
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor

if TYPE_CHECKING:
    from tests.ledger.ways import Way
    from tests.ledger.world import World

MOVES = ("ask_exclusion", "exclude", "refuse_exclusion", "lift_exclusion")
_BEFORE = {
    "exclude": ("ask_exclusion",),
    "refuse_exclusion": ("ask_exclusion",),
    "lift_exclusion": ("ask_exclusion", "exclude"),
}
Try = Callable[[datetime], object]


def tries(world: "World", me: Actor, case: Case, luck: int) -> dict[str, Try]:
    """Return how each of these moves is tried."""
    s, n, code = world.session, case.id, REASONS[luck % len(REASONS)]
    return {
        "ask_exclusion": lambda at: excluding.ask_exclusion(s, me, n, code, "第九次来电", at),
        "exclude": lambda at: excluding.exclude(s, me, n, "", at),
        "refuse_exclusion": lambda at: excluding.refuse_exclusion(s, me, n, "应计入", at),
        "lift_exclusion": lambda at: excluding.lift_exclusion(s, me, n, "复核后计入", at),
    }


def along(way: "Way", case: Case, edge: Edge) -> None:
    """Bring a case to where an edge begins, and let everybody try it."""
    assert way.to(case, edge.source), f"no way to {edge.source}"
    for move in (*_BEFORE.get(edge.move, ()), edge.move):
        way.tried(move, case)
