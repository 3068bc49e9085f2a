"""Deliberate faults in what is reported back, like those of `faults`."""

from types import SimpleNamespace
from typing import Any

from caseflow.ledger.moves import back_promise, closing, merging, reporting_back
from tests.ledger import scenes_of_reporting as scenes
from tests.ledger.faults import Fault


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


def _nobody(*_args: Any, **_kwargs: Any) -> list[Any]:
    return []


FAULTS: dict[str, Fault] = {
    "a case closes over the sender's head": Fault(
        lambda: [
            (closing, "back_promise", SimpleNamespace(hold=_nothing, NOT_SIGNED="")),
            (closing, "reports_back", SimpleNamespace(owed=_nobody)),
        ],
        scenes.signed_for,
        "report back: closed over",
    ),
    "whoever wrote it checks it": Fault(
        lambda: [(reporting_back, "_require_another", _nothing)],
        scenes.called_and_signed,
        "report back: nobody else|ck_report_back_checked_by|checked_by",
    ),
    "nobody is urged to send it": Fault(
        lambda: [(back_promise, "_run", _nothing)],
        scenes.signed_for,
        "law 7: no resolve clock in replying",
    ),
    "a merger that is undone leaves the promise to whoever is gone": Fault(
        lambda: [(merging, "back_promise", SimpleNamespace(hold=_nothing))],
        scenes.declined_and_merged,
        "report back: promised",
    ),
}
