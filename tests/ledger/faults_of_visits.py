"""Deliberate faults in visits, like those of `faults`."""

from types import SimpleNamespace

from caseflow.ledger import visits
from caseflow.ledger.moves import visiting
from tests.ledger import scenes_of_visits as scenes
from tests.ledger.faults import Fault

FAULTS = {
    "one may go alone": Fault(
        lambda: [(visiting, "FEWEST", 1)], scenes.visited, "visit: one person's word"
    ),
    "nobody need go": Fault(
        lambda: [(visits, "lacking", lambda *_: frozenset())],
        scenes.visited,
        "visit: demanded, and nobody went",
    ),
    "whoever went has no hand": Fault(
        lambda: [(visiting, "hands", SimpleNamespace(add=lambda *_: None))],
        scenes.visited,
        "visit: whoever went judged|law 4",
    ),
}
