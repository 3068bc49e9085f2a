"""Deliberate faults in merging cases and undoing it, like those of `faults`."""

from typing import Any

from caseflow.ledger import mergers
from caseflow.ledger.moves import merging
from tests.ledger import scenes_of_endings as scenes
from tests.ledger.faults import Fault


def _nothing(*_args: Any, **_kwargs: Any) -> list[Any]:
    return []


def _left_behind(session: Any, reports: Any, case: Any) -> None:
    _MOVE(session, [one for one in reports if one.follows is None], case)


_MOVE, _AGAIN = merging._move, merging.clocks.again


def _afresh(session: Any, old: Any) -> Any:
    old.due = old.due.replace(microsecond=1)
    return _AGAIN(session, old)


FAULTS: dict[str, Fault] = {
    "what was added is left behind": Fault(
        lambda: [(merging, "_move", _left_behind)], scenes.merged, "merging: a report was left"
    ),
    "the later promise holds": Fault(
        lambda: [(merging, "_hasten", _nothing)], scenes.merged, "merging: the earlier promise"
    ),
    "what is merged away goes on being promised": Fault(
        lambda: [(merging, "_leave", _nothing)], scenes.merged, "law 7: .*runs on in merged"
    ),
    "undone, nothing is promised": Fault(
        lambda: [(merging, "_promise_again", _nothing)], scenes.merged, "law 7: no resolve clock"
    ),
    "undone, it is promised for another day": Fault(
        lambda: [(merging.clocks, "again", _afresh)], scenes.merged, "merging: undone, and promised"
    ),
    "the reporters of a merged case are not promised a reply": Fault(
        lambda: [(merging, "let_go", lambda session, case, now, *_: _LET_GO(session, case, now))],
        scenes.merged,
        "law 7: the reporter was promised no",
    ),
    "somebody works on what is merged away": Fault(
        lambda: [(mergers, "under_way", lambda *_: False)],
        scenes.merged,
        "merging: an item is",
    ),
}
_LET_GO = merging.let_go
