"""Deliberate faults in merging cases and undoing it, like those of `faults`."""

from typing import Any

from caseflow.ledger import mergers
from caseflow.ledger.moves import merging
from tests.ledger import scenes_of_endings as scenes
from tests.ledger.faults import Fault


def _nothing(*_args: Any, **_kwargs: Any) -> list[Any]:
    return []


def _left_behind(session: Any, reports: Any, cases: Any, to: Any) -> None:
    _MOVE(session, [one for one in reports if one.follows is None], cases, to)


def _promise_left(session: Any, reports: Any, _cases: Any, to: Any) -> None:
    _MOVE(session, reports, set(), to)


def _lets_replies_go(session: Any, case: Any, now: Any, *_kept: str) -> None:
    _LET_GO(session, case, now, "resolve")


_MOVE = merging._move


FAULTS: dict[str, Fault] = {
    "what was added is left behind": Fault(
        lambda: [(merging, "_move", _left_behind)], scenes.merged, "merging: a report was left"
    ),
    "the promise of what is merged away is left behind": Fault(
        lambda: [(merging, "_move", _promise_left)], scenes.merged, "law 7: .*runs on in merged"
    ),
    "what is merged away goes on being promised": Fault(
        lambda: [(merging, "_leave", _nothing)], scenes.merged, "law 7: .*runs on in merged"
    ),
    "undone, nobody must take it up": Fault(
        lambda: [(merging, "_promise_again", _nothing)],
        scenes.merged,
        "law 7: nobody must handle it at once",
    ),
    "the reporters of a merged case are not promised a reply": Fault(
        lambda: [
            (
                merging,
                "let_go",
                lambda session, case, now, *_: _LET_GO(session, case, now, "resolve"),
            )
        ],
        scenes.merged,
        "law 7: the reporter was promised no",
    ),
    "somebody works on what is merged away": Fault(
        lambda: [(mergers, "undone", lambda *_: False)],
        scenes.merged,
        "merging: an item is",
    ),
}
_LET_GO = merging.let_go
