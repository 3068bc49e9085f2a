"""Deliberate faults in what brings a document before its date, like those of `faults`."""

from typing import Any

from caseflow.deadlines import clocks
from caseflow.deadlines.calendar import Unit
from caseflow.ledger import step_ups
from caseflow.people import permissions
from tests.ledger import scenes_of_stepping as scenes
from tests.ledger.faults import Fault

_NEXT = clocks.next_rung


def _milder_too(ladder: Any, after: int, *more: Any) -> Any:
    """Leave out what was entered, and nothing below it."""
    *when, entered = more
    found = _NEXT(ladder, after, *when)
    return _NEXT(ladder, entered, *when) if found and found[0] == entered else found


def _every_document(rules: Any, clock: Any, _known: Any) -> Any:
    steps = clocks.ladder_of(rules, clock).variant(Unit(clock.unit))
    return [step for step in steps if step.document]


def _anybody() -> Any:
    may = {**permissions.PERMISSIONS, "item.decide_step_up": ("leader", "supervisor")}
    return [(permissions, "PERMISSIONS", may)]


FAULTS: dict[str, Fault] = {
    "what a person brought comes again by its date": Fault(
        lambda: [(clocks, "enter", lambda *_: None)],
        scenes.brought_by_hand,
        "law 6: the clock forgot it|uq_rung|rung.clock_id, rung.n",
    ),
    "what is milder comes after it": Fault(
        lambda: [(clocks, "next_rung", _milder_too)],
        scenes.brought_by_hand,
        "law 6: what came before its date comes again, or milder",
    ),
    "two that bring one document bring it twice": Fault(
        lambda: [(step_ups, "steps", _every_document)],
        scenes.twice_brought,
        "law 6|uq_rung|rung.clock_id, rung.n",
    ),
    "whoever may ask may decide": Fault(
        _anybody,
        scenes.brought_by_hand,
        "law 11: supervisor may not step_up|step up: decided by no leader",
    ),
    "an order follows the item to another unit": Fault(
        lambda: [(step_ups, "is_about_holder", lambda *_: True)],
        scenes.of_another,
        "step up: to another unit",
    ),
    "what was asked outlives its case": Fault(
        lambda: [(step_ups, "lapse_all", lambda *_: None)],
        scenes.of_what_is_over,
        "step up: nobody need decide it|law 7",
    ),
}
