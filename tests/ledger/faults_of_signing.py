"""Deliberate faults in signatures under what units answer, like those of `faults`."""

from caseflow.ledger.moves import writing
from tests.ledger import scenes_of_signing as scenes
from tests.ledger.faults import Fault

FAULTS = {
    "whoever writes an answer signs it": Fault(
        lambda: [(writing, "signs", lambda *_: "干事")],
        scenes.signed,
        "signed off: not by the head",
    ),
    "nobody says who signed": Fault(
        lambda: [(writing, "signed", lambda *_: {})],
        scenes.signed,
        "signed off: by nobody",
    ),
}
