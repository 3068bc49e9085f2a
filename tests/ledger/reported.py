"""How somebody of a world reports back to the office that handed a matter down (办结报告)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from caseflow.ledger import reports_back
from caseflow.ledger.back_states import BACK_MOVES
from caseflow.ledger.moves import reporting_back
from caseflow.ledger.moves.opening import first_reports
from caseflow.ledger.states import Edge
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor

if TYPE_CHECKING:
    from tests.ledger.ways import Way
    from tests.ledger.world import World

MOVES = tuple(move for move, *_ in BACK_MOVES)
Try = Callable[[datetime], object]
_BEFORE = {
    "draft": (),
    "waive": (),
    "check": ("draft",),
    "return": ("draft",),
    "send": ("draft", "check"),
    "sign": ("draft", "check", "send"),
    "refuse": ("draft", "check", "send"),
}
_SAID = {
    "draft": ("办理情况如下。",),
    "check": (),
    "return": ("写明日期",),
    "send": ("letter",),
    "sign": ("王科长",),
    "refuse": ("没有附材料",),
    "waive": ("电话告知不用回报",),
}


def tries(world: "World", me: Actor, case: Case, _luck: int) -> dict[str, Try]:
    """Return how each of these moves is tried, about the first report whose sender waits."""
    owed = reports_back.owed(world.session, case)
    report = owed[0][0].id if owed else 0
    return {
        f"{step}_report_back": _try(world, me, case.id, report, step, said)
        for step, said in _SAID.items()
    }


def _try(
    world: "World", me: Actor, case: int, report: int, step: str, said: tuple[str, ...]
) -> Try:
    verb = getattr(reporting_back, f"{step}_report_back")
    return lambda at: verb(world.session, me, case, report, *said, now=at)


def along(way: "Way", case: Case, edge: Edge) -> None:
    """Let the sender of a case want a report, lead it to where an edge begins, and everybody try
    what comes before it, and the move itself.
    """
    wants_a_report(way.world, case)
    assert way.to(case, edge.source), f"no way to {edge.source}"
    step = edge.move.removesuffix("_report_back")
    for one in (*_BEFORE[step], step):
        way.tried(f"{one}_report_back", case)


def wants_a_report(world: "World", case: Case) -> None:
    """Let the offices that sent a case want to know what came of it."""
    for report in first_reports(world.session, case):
        report.handed_by, report.report_back = "市信访局", True
    world.session.flush()
