"""How a case gets along the edges by which somebody else has it in hand from then on."""

from typing import TYPE_CHECKING

from caseflow.ledger.states import ENDS, Edge
from caseflow.ledger.tables import Case
from tests.ledger import laws

if TYPE_CHECKING:
    from tests.ledger.ways import Way

MOVES = ("hand_over", "fall_back")


def along(way: "Way", case: Case, edge: Edge) -> None:
    """Let somebody have the case, and everybody try to hand it on; once it is over that takes
    somebody who waits for an answer.
    """
    world = way.world
    if edge.source in ENDS:
        _is_had(way, case)
    assert way.to(case, edge.source), f"no way to {edge.source}"
    if edge.source in ENDS:
        world.more_comes_in(case, retaliation=False)
        laws.hold(world)
    else:
        _is_had(way, case)
    way.tried(edge.move, case)


def _is_had(way: "Way", case: Case) -> None:
    world = way.world
    supervisor = world.office["supervisor"]
    world.on_case("assign", supervisor, case, world.number_of("handler"))
    laws.hold(world)
