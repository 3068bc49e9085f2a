"""Deliberate faults in what comes back too often, like those of `faults`."""

from typing import Any

from caseflow.ledger import oversights
from caseflow.ledger.moves import overseeing
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
    "whoever sends back looks into it themselves": Fault(
        lambda: [(oversights, "is_theirs", lambda *_: True)],
        scenes.back_and_back,
        "oversight: looked into by those",
    ),
}
