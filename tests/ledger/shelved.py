"""How somebody of a world shelves a case, and what everybody tries while it is on the books."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from caseflow.ledger.moves import mediating, milestones, shelving
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor

if TYPE_CHECKING:
    from tests.ledger.ways import Way
    from tests.ledger.world import World

MOVES = (
    *("ask_shelving", "shelve", "refuse_shelving", "take_up"),
    *("meet_milestone", "ask_milestone", "move_milestone", "refuse_milestone"),
)
Try = Callable[[datetime], object]


def tries(world: "World", me: Actor, case: Case, luck: int) -> dict[str, Try]:
    """Return how each of these moves is tried; by luck one milestone or two, and which."""
    s, n, today = world.session, case.id, world.now.date()
    wanted = [(f"节点{k}", today + timedelta(days=9 * k)) for k in range(1, 2 + luck % 2)]
    which, later = 1 + luck % 2, today + timedelta(days=20)
    return {
        "mediate": lambda at: mediating.mediate(s, me, n, today, "反映人", "agreed", "谈成", at),
        "ask_shelving": lambda at: shelving.ask_shelving(
            s, me, n, "没有资金", "列入预算", "今年没有资金", wanted, at
        ),
        "shelve": lambda at: shelving.shelve(s, me, n, "", at),
        "refuse_shelving": lambda at: shelving.refuse_shelving(s, me, n, "先修", at),
        "take_up": lambda at: shelving.take_up(s, me, n, "有钱了", at),
        "meet_milestone": lambda at: milestones.meet_milestone(s, me, n, which, "批了", at),
        "ask_milestone": lambda at: milestones.ask_milestone(s, me, n, which, later, "晚了", at),
        "move_milestone": lambda at: milestones.move_milestone(s, me, n, "", at),
        "refuse_milestone": lambda at: milestones.refuse_milestone(s, me, n, "抓紧", at),
    }


def shelve(way: "Way", case: Case, was: str = "") -> bool:
    """Lead a case to where it is shelved, from a state; False when it did not get there."""
    if was or case.state == "received":
        way.to(case, was or "accepted")
    if case.state != "shelved":
        way.tried("ask_shelving", case)
        way.tried("shelve", case)
    return case.state == "shelved"


def before(way: "Way", case: Case, move: str, source: str) -> None:
    """Lead a case to where one of the moves begins."""
    if source == "shelved":
        assert shelve(way, case), "no way to shelved"
    else:
        assert way.to(case, source), f"no way to {source}"
    if move in ("shelve", "refuse_shelving"):
        way.tried("ask_shelving", case)
    if move in ("move_milestone", "refuse_milestone"):
        way.tried("ask_milestone", case)
