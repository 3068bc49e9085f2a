"""Deliberate faults in what is explained or left out of the figures, like those of `faults`."""

from typing import Any

from caseflow.errors import MoveNotAllowed
from caseflow.ledger import exclusions
from caseflow.ledger.moves import calling, excluding
from tests.ledger import scenes as of_calls
from tests.ledger import scenes_of_excluding as scenes
from tests.ledger.faults import Fault


def _anybody(session: Any, _actor: Any, case: Any) -> Any:
    row = exclusions.undecided(exclusions.asked(session, case.id))
    if row is None:
        raise MoveNotAllowed("没有")
    return row


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


def _nobody(_calls: Any) -> list[Any]:
    return []


def _at_once(whom: Any, made: Any, sent: Any, _policy: Any) -> Any:
    told = {one.explains for one in sent if one.explains is not None}
    return calling.Calls(whom, made, told)


FAULTS: dict[str, Fault] = {
    "whoever asks to leave a case out decides it": Fault(
        lambda: [(excluding, "_decides", _anybody)],
        scenes.left_out,
        "exclusion: whoever asked|ck_exclusion_another",
    ),
    "an application to leave a case out outlives the end": Fault(
        lambda: [(exclusions, "lapse", _nothing)],
        scenes.left_out,
        "exclusion: undecided in",
    ),
    "what was left out stays so while it is handled again": Fault(
        lambda: [(excluding, "counts_again", _nothing)],
        scenes.left_out,
        "exclusion: left out in",
    ),
    "a case is closed over a displeased reporter's head": Fault(
        lambda: [(calling.Calls, "displeased", _nobody)],
        of_calls.displeased,
        "law 5: closed over the head",
    ),
    "what is explained by message counts before it was taken": Fault(
        lambda: [(calling, "calls", _at_once)],
        of_calls.displeased,
        "law 5: closed over the head",
    ),
    "a case is left out twice": Fault(
        lambda: [(exclusions, "lasting", _nothing)],
        scenes.left_out,
        "uq_exclusion_case_id_lasting|UNIQUE constraint failed: exclusion",
    ),
}
