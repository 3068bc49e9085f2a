"""Deliberate faults in shelving cases, like those of `faults`."""

from typing import Any

from caseflow.ledger import gate
from caseflow.ledger.moves import milestones, shelving
from tests.ledger import scenes_of_shelving as scenes
from tests.ledger.faults import Fault


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


def _not_urged(session: Any, case: Any, until: Any, now: Any) -> int:
    n = _PROMISED(session, case, until, now)
    shelving.clocks.stop(session, shelving.of_case(case), now, "milestone")
    return n


_PROMISED = shelving._promised

FAULTS: dict[str, Fault] = {
    "a shelved case is held to its promises": Fault(
        lambda: [(shelving, "_stand_still", _nothing)],
        scenes.on_the_books,
        "shelving: .* runs on|law 7: item clocks",
    ),
    "nobody is urged about a milestone": Fault(
        lambda: [(shelving, "_promised", _not_urged)],
        scenes.on_the_books,
        "shelving: nobody is urged",
    ),
    "a shelved case is forgotten with its last milestone": Fault(
        lambda: [(milestones, "taken_up", _nothing)],
        scenes.on_the_books,
        "shelving: forgotten",
    ),
    "what stood is owed to nobody afterwards": Fault(
        lambda: [(shelving, "_promise_again", _nothing)],
        scenes.off_the_books,
        "shelving: not promised again|law 7: no resolve",
    ),
    "its items move while it is on the books": Fault(
        lambda: [(gate, "_require_taken_up", _nothing)],
        scenes.on_the_books,
        "shelving: .* moved",
    ),
}
