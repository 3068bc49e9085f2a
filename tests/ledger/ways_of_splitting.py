"""How a case gets to where a part of it is split off (分案)."""

from typing import TYPE_CHECKING

from caseflow.ledger.states import Edge
from caseflow.ledger.tables import Case
from tests.ledger import laws
from tests.ledger.apart import MOVES, WITH_ALL_BUT_ONE, WITHOUT_ITEMS

if TYPE_CHECKING:
    from tests.ledger.ways import Way

__all__ = ["MOVES", "along", "handled", "two_in_one"]


def along(way: "Way", case: Case, edge: Edge) -> None:
    """Let two matters be one case, lead it to where an edge begins, and let everybody try."""
    two_in_one(way, case)
    at_work = "handling" in (edge.source, edge.target)
    if at_work:
        handled(way, case)
    for actor in way.hands_first(case):
        if way.world.on_case(
            "split_off", actor, case, WITH_ALL_BUT_ONE if at_work else WITHOUT_ITEMS
        ):
            break
    laws.hold(way.world)


def two_in_one(way: "Way", case: Case) -> Case:
    """Let another report be merged into a case; return the one that it came with."""
    other = way.world.come_in("complaint", "email", unit=False)
    for one in (case, other):
        assert way.to(one, "accepted"), "no way to accepted"
    way.world.on_case("take_in", way.world.office["handler"], case, 0)
    laws.hold(way.world)
    return other


def handled(way: "Way", case: Case, often: int = 2) -> None:
    """Let a case have several items at work."""
    world, handler = way.world, way.world.office["handler"]
    for _ in range(often):
        world.on_case("split", handler, case, 0)
        item = next(one for one in reversed(world.items()) if one.case_id == case.id)
        world.on_item("dispatch", handler, item, 1)
    laws.hold(world)
