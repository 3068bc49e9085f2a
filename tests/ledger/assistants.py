"""Who is asked beside the lead, answers, is heard by the lead and released, by luck."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from caseflow.ledger import assistances
from caseflow.ledger.moves import assisting
from caseflow.ledger.states import ASSISTED, BESIDE, Edge
from caseflow.ledger.tables import Item
from caseflow.people.actor import Actor
from tests import office as offices

if TYPE_CHECKING:
    from tests.ledger.world import World

MOVES = BESIDE
_UNITS = ("academy", "school", "branch", "section")
_BEFORE = {
    "answer_assistance": ("ask_assistance",),
    "record_assistance": ("ask_assistance",),
    "release_assistance": ("ask_assistance",),
    "share_assistance": ("ask_assistance", "answer_assistance"),
}
ANY, LEAD = 0, 3
"""Luck that asks a unit that may be asked, the academy first; and one that asks the lead itself."""


def tries(
    world: "World", me: Actor, item: Item, luck: int
) -> Mapping[str, Callable[[datetime], object]]:
    """Return what may be tried about an item's assisting units."""
    s, n = world.session, item.id
    sure = luck % 5 < 4
    left = assistances.unanswered(s, n)
    shown = [row.unit_id for row in assistances.answered(s, n) if row.shared_at is None]
    to = _whom(world, item, {row.unit_id for row in left}, luck)
    of = left[luck % len(left)].unit_id if left else to
    whose = shown[luck % len(shown)] if shown else to
    heard = left[0].asked_at if left and luck % 4 == LEAD else None
    return {
        "ask_assistance": lambda at: assisting.ask_assistance(
            s, me, n, to, "请提供明细", at, none_listed=sure
        ),
        "answer_assistance": lambda at: assisting.answer_assistance(
            s, me, n, "明细如下", at, files=[(offices.blob(s, at), "表")] * (luck % 2)
        ),
        "record_assistance": lambda at: assisting.record_assistance(
            s, me, n, of, "电话里说明细如下", "王老师", heard or at, at
        ),
        "release_assistance": lambda at: assisting.release_assistance(s, me, n, of, "不需要", at),
        "share_assistance": lambda at: assisting.share_assistance(
            s, me, n, whose, at, nth=luck % 3
        ),
    }


def _whom(world: "World", item: Item, asked: set[int], luck: int) -> int:
    """Return a unit that may be asked beside the lead, now and then the lead itself."""
    leads = {item.verifying_unit_id, item.rectifying_unit_id}
    units = [world.office.units[name] for name in _UNITS]
    free = [one for one in units if one not in leads | asked]
    lead = item.rectifying_unit_id or item.verifying_unit_id or units[0]
    return lead if luck % 4 == LEAD or not free else free[luck % len(free)]


def made_ready(world: "World", item: Item, edge: Edge) -> None:
    """Let a unit be asked, once it can be, that is to answer, to be heard or to be released."""
    before = _BEFORE.get(edge.move, ())
    if not before or item.state not in ASSISTED:
        return
    if assistances.unanswered(world.session, item.id) or assistances.answered(
        world.session, item.id
    ):
        return
    for move in before:
        for actor in world.people:
            if world.on_item(move, actor, item, ANY):
                break
