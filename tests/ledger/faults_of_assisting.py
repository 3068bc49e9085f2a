"""Deliberate faults in assisting units, like those of `faults`."""

from caseflow.ledger.moves import assist_promise, assisting
from tests.ledger import scenes_of_assisting as scenes
from tests.ledger.faults import Fault

FAULTS = {
    "who assists owes an answer about what was struck off": Fault(
        lambda: [(assist_promise, "release_all", lambda *_: None)],
        scenes.assisted,
        "assisting: owed about an item that is struck_off",
    ),
    "who answered is urged on": Fault(
        lambda: [(assisting.clocks, "end", lambda *_: None)],
        scenes.assisted,
        "law 7: assisting units are urged wrongly",
    ),
    "who leads goes on assisting": Fault(
        lambda: [(assist_promise, "leads_now", lambda *_: None)],
        scenes.taken_away,
        "assisting: its lead",
    ),
    "a tip goes beside the lead to whom it is about": Fault(
        lambda: [(assisting, "_shielded", lambda *_: None)],
        scenes.beside_a_tip,
        "assisting: the unit reported",
    ),
}
