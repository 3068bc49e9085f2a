"""How somebody of a world explains to who is not satisfied, or has a case left out of figures."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from caseflow.ledger.exclusions import REASONS
from caseflow.ledger.moves import calling, excluding, explaining
from caseflow.ledger.states import Edge
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor

if TYPE_CHECKING:
    from tests.ledger.ways import Way
    from tests.ledger.world import World

MOVES = ("explain", "ask_exclusion", "exclude", "refuse_exclusion", "lift_exclusion")
_BEFORE = {
    "exclude": ("ask_exclusion",),
    "refuse_exclusion": ("ask_exclusion",),
    "lift_exclusion": ("ask_exclusion", "exclude"),
}
DISPLEASED, BY_MESSAGE = 1, 0
_WAYS = ("message", "telephone")
Try = Callable[[datetime], object]


def tries(world: "World", me: Actor, case: Case, luck: int) -> dict[str, Try]:
    """Return how each of these moves is tried."""
    s, n, code = world.session, case.id, REASONS[luck % len(REASONS)]
    way = _WAYS[luck % 2]
    return {
        "explain": lambda at: explaining.explain(s, me, n, _whom(world, case), "依规定", way, at),
        "ask_exclusion": lambda at: excluding.ask_exclusion(s, me, n, code, "第九次来电", at),
        "exclude": lambda at: excluding.exclude(s, me, n, "", at),
        "refuse_exclusion": lambda at: excluding.refuse_exclusion(s, me, n, "应计入", at),
        "lift_exclusion": lambda at: excluding.lift_exclusion(s, me, n, "复核后计入", at),
    }


def _whom(world: "World", case: Case) -> int:
    """Return whose displeasure is to be explained: where nobody has any, anybody's."""
    calls = calling.calls_of(world.session, case)
    return next((one.id for one in (*calls.displeased(), *calls.whom)), 0)


def along(way: "Way", case: Case, edge: Edge) -> None:
    """Bring a case to where an edge begins, and let everybody try it."""
    again = (edge.move, edge.source) == ("lift_exclusion", "accepted")
    source = "answered" if again else edge.source
    assert way.to(case, source), f"no way to {source}"
    if again:  # what was left out counts once it is taken up again
        for move in (*_BEFORE["lift_exclusion"], "reopen"):
            way.tried(move, case)
        return
    if edge.move == "explain":
        way.world.on_case("call_back", way.world.office["operator"], case, DISPLEASED)
    for move in (*_BEFORE.get(edge.move, ()), edge.move):
        way.tried(move, case)
