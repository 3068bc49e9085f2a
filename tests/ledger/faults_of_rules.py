"""Deliberate faults in how promises are counted anew, like those of `faults`."""

from typing import Any

from caseflow.deadlines import clocks, reruling
from caseflow.ledger.moves import recompute
from tests.ledger import scenes_of_rules as scenes
from tests.ledger.faults import Fault


def _merciless(_calendar: Any, _old: Any, counted: Any, _now: Any) -> Any:
    return counted


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


def _from_below(_old: Any, _new: Any, _last: int) -> int:
    return 0


FAULTS: dict[str, Fault] = {
    "a shorter rule makes people late at once": Fault(
        lambda: [(reruling, "spared", _merciless)],
        scenes.rules_change,
        "law 7: late by the change of a rule",
    ),
    "a promise is counted anew and its case says nothing of it": Fault(
        lambda: [(recompute, "_tell", _nothing)],
        scenes.rules_change,
        "law 7: another rule, and nobody is told",
    ),
    "who climbs another ladder begins at its foot": Fault(
        lambda: [(clocks, "carried", _from_below)],
        scenes.rules_change,
        "law 6: .* once more, by another ladder",
    ),
}
