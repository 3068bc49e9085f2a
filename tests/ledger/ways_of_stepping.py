"""How an item gets along the edges of documents that come before their date."""

from typing import TYPE_CHECKING

from caseflow.ledger.states import Edge
from caseflow.ledger.tables import Item
from tests.ledger import laws
from tests.ledger.stepped_up import ORDER

if TYPE_CHECKING:
    from tests.ledger.ways import Way


def along(way: "Way", edge: Edge) -> None:
    """Bring an item to where an edge begins, asked for on the way there, and let everybody try."""
    world, office = way.world, way.world.office
    case = world.come_in("complaint", "phone")
    assert way.to(case, "accepted"), "no way to accepted"
    world.on_case("split", office["handler"], case, 0)
    [item] = [one for one in world.items() if one.case_id == case.id]
    finding = 0 if edge.source == "rectifying" else 1
    while item.state != _ASKED_IN.get(edge.source, edge.source):
        way._item_step(item, finding)
    if edge.move != "ask_step_up":
        _everybody(way, "ask_step_up", item, ORDER)
    if edge.source == "submitted":
        way._item_step(item, finding)
    if edge.source == "objected":
        _everybody(way, "object", item, 0)
    _everybody(way, edge.move, item, ORDER)
    world.pass_time(1)
    laws.hold(world)


_ASKED_IN = {"submitted": "verifying", "objected": "dispatched"}


def _everybody(way: "Way", move: str, item: Item, luck: int) -> None:
    for actor in way.world.people:
        way.world.on_item(move, actor, item, luck)
        laws.hold(way.world)


ALONG = dict.fromkeys(("ask_step_up", "step_up", "refuse_step_up"), along)
