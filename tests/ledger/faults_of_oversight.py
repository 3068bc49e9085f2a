"""Deliberate faults in what comes back too often, like those of `faults`."""

from types import SimpleNamespace
from typing import Any

from caseflow.deadlines import clocks
from caseflow.ledger import oversights
from caseflow.ledger.moves import overseeing, record
from tests.ledger import scenes_of_oversight as scenes
from tests.ledger.faults import Fault


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


FAULTS: dict[str, Fault] = {
    "what comes back stays below": Fault(
        lambda: [(overseeing, "returned", _nothing)],
        scenes.back_and_back,
        "oversight: not as often",
    ),
    "the level above learns of it once too late": Fault(
        lambda: [(overseeing, "TIMES", 4)], scenes.back_and_back, "oversight: not as often"
    ),
    "what a successor inherits is not counted": Fault(
        lambda: [(oversights, "line_of", lambda _session, item: [item])],
        scenes.taken_up_and_back,
        "oversight: not as often",
    ),
    "being taken up again does not count with being returned": Fault(
        lambda: [(oversights, "times_back", lambda _session, _case, item: item.returns)],
        scenes.taken_up_and_back,
        "oversight: not as often",
    ),
    "what came back is struck off all the same": Fault(
        lambda: [(oversights, "require_looked_into", _nothing)],
        scenes.taken_up_and_back,
        "oversight: struck off",
    ),
    "nothing urges the level above": Fault(
        lambda: [(overseeing, "clocks", SimpleNamespace(**vars(clocks) | {"start": _nothing}))],
        scenes.back_and_back,
        "oversight: 0 promises, 1 wanted",
    ),
    "a case that is declined lets the level above off": Fault(
        lambda: [(record, "ClockName", SimpleNamespace(oversee=""))],
        scenes.over_and_merged,
        "oversight: 0 promises, 1 wanted",
    ),
    "a merger takes the case away from the level above": Fault(
        lambda: [(oversights, "require_none_waits", _nothing)],
        scenes.over_and_merged,
        "oversight: merged, and nobody above looked",
    ),
    "whoever sends back looks into it themselves": Fault(
        lambda: [(oversights, "is_theirs", lambda *_: True)],
        scenes.back_and_back,
        "oversight: looked into by those",
    ),
}
