"""How a matter comes back until the level above is brought in (提级督办)."""

from typing import TYPE_CHECKING

from caseflow.ledger.oversights import TIMES
from caseflow.ledger.states import Edge
from caseflow.ledger.tables import Case, Item
from tests import office as offices
from tests.ledger import laws
from tests.ledger.overseen import MOVES
from tests.ledger.world import World

if TYPE_CHECKING:
    from tests.ledger.ways import Way

__all__ = ["MOVES", "along"]


def along(way: "Way", case: Case, edge: Edge) -> None:
    """Let a matter come back often enough, lead it to where an edge begins, and let everybody try
    to look into it.
    """
    if edge.source in ("received", "answered"):
        case = passed_about(way)
        if edge.source == "answered":
            way.world.on_case("answer", way.world.office["city"], case, 0)
            laws.hold(way.world)
    elif edge.move == "go_up" and edge.source in ("handling", "awaiting_reporter"):
        returned(way, case, waits=edge.source == "awaiting_reporter")
    else:
        reopened(way, case)
        if edge.source in ("replying", "calling_back", "closed"):
            _ended_elsewhere(way, case)
        assert way.to(case, edge.source), f"no way to {edge.source}"
    if edge.move == "oversee":
        way.tried("oversee", case)


def reopened(way: "Way", case: Case) -> None:
    """Let a case be taken up again and again."""
    boss = way.world.office["supervisor"]
    for _ in range(TIMES):
        if case.state in ("received", "accepted"):
            way.world.on_case("decline", boss, case, 0)
        way.world.on_case("reopen", boss, case, 0)
    laws.hold(way.world)


def returned(way: "Way", case: Case, *, waits: bool = False) -> None:
    """Let the only item of a case be returned again and again; at last while it `waits`."""
    world, office = way.world, way.world.office
    assert way.to(case, "accepted"), "no way to accepted"
    world.on_case("split", office["handler"], case, 0)
    item = next(one for one in world.items() if one.case_id == case.id)
    for move in ("dispatch", "sign_for"):
        world.on_item(move, office["handler"], item, 3)
    for n in range(TIMES):
        _submitted(world, item)
        if waits and n == TIMES - 1:
            world.on_case("ask", office["handler"], case, 0)
        world.on_item("return", office["reviewer"], item, 0)
    laws.hold(world)


def _ended_elsewhere(way: "Way", case: Case) -> None:
    """Let the only item of a case be handed over: nobody strikes it off before somebody looked."""
    world, office = way.world, way.world.office
    assert way.to(case, "accepted"), "no way to accepted"
    world.on_case("split", office["handler"], case, 0)
    item = next(one for one in world.items() if one.state == "draft")
    world.on_item("dispatch", office["handler"], item, 3)
    world.on_item("statutory", office["supervisor"], item, 0)
    laws.hold(world)


def _submitted(world: World, item: Item) -> None:
    for move in ("hand_in", "find"):
        world.on_item(move, world.office["inspector"], item, 1)


def passed_about(way: "Way") -> Case:
    """Let a case of the city be sent back by one district after the other."""
    world, office = way.world, way.world.office
    case = world.come_in("complaint", "phone", unit=False, area=offices.CITY)
    for luck, who in ((0, "supervisor"), (4, "stranger"), (0, "supervisor")):
        world.on_case("pass_on", office["city"], case, luck)
        world.on_case("send_back", office[who], case, 0)
    laws.hold(world)
    return case
