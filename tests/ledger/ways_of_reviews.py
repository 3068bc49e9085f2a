"""How a case gets along the edges of reviews, and of what comes after the end."""

from typing import TYPE_CHECKING

from caseflow.ledger.states import Edge
from caseflow.ledger.tables import Case
from tests.ledger import laws
from tests.ledger.reviewed import newest

if TYPE_CHECKING:
    from tests.ledger.ways import Way


def along(way: "Way", case: Case, edge: Edge) -> None:
    """Bring a case to where an edge begins, and let everybody try it."""
    world = way.world
    if edge.source == "replying" and edge.move == "ask_review":
        _one_of_two_is_answered(way, case)
    else:
        source = edge.source if edge.move in ("ask_review", "answer_later") else "answered"
        assert way.to(case, source), f"no way to {source}"
    if edge.move == "answer_later":
        world.more_comes_in(case, retaliation=False)
        laws.hold(world)
        way.tried("answer_later", case)
        return
    way.tried("ask_review", case)
    if edge.move == "opine":
        way.tried("opine", newest(world))


def _one_of_two_is_answered(way: "Way", case: Case) -> None:
    world, handler = way.world, way.world.office["handler"]
    other = world.come_in("complaint", "phone", unit=False)
    for one in (case, other):
        assert way.to(one, "accepted"), "no way to accepted"
    world.on_case("merge", handler, other, 0 if other.id > case.id else 1)
    laws.hold(world)
    assert way.to(case, "replying"), "no way to replying"
    world.on_case("reply", handler, case, 0)
    laws.hold(world)
