"""Deliberate faults in how an item ends without a check, like those of `faults`."""

from types import SimpleNamespace
from typing import Any

from caseflow.deadlines import clocks
from caseflow.errors import MoveNotAllowed
from caseflow.ledger import gate, hands, withdrawals
from caseflow.ledger.moves import ending, handing, handlers, retracting, withdrawing
from tests.ledger import scenes_of_endings as scenes
from tests.ledger.faults import Fault


def _anybody(session: Any, _actor: Any, case: Any, item: Any) -> Any:
    row = withdrawals.undecided(withdrawals.asked(session, case.id), item)
    if row is None:
        raise MoveNotAllowed("没有")
    return row


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


def _over(_case: Any, items: Any) -> bool:
    return all(item.state in withdrawals.ITEM_DONE for item in items)


_STOP = clocks.stop


def _of_documents_only(session: Any, subject: Any, now: Any, *names: str) -> Any:
    return None if subject.item_id and not names else _STOP(session, subject, now, *names)


_PASS = gate.pass_item


def _unmarked(actor: Any, case: Any, *said: Any, **more: Any) -> Any:
    edge = _PASS(actor, case, *said, **more)
    case.withdrawn = False
    return edge


FAULTS: dict[str, Fault] = {
    "whoever asks for a withdrawal consents": Fault(
        lambda: [(withdrawing, "_decides", _anybody)],
        scenes.again_withdrawn,
        "withdrawal: whoever asked|ck_withdrawal_another",
    ),
    "whoever worked on an item withdraws it": Fault(
        lambda: [(hands, "had_a_hand", lambda *_: False)],
        scenes.withdrawn,
        "withdrawal: whoever worked on it",
    ),
    "whoever handles a case withdraws its items": Fault(
        lambda: [(withdrawing, "may_decide", lambda *_: True)],
        scenes.withdrawn,
        "withdrawal: whoever worked on it",
    ),
    "nobody sees that an item was withdrawn": Fault(
        lambda: [(gate, "pass_item", _unmarked)],
        scenes.withdrawn,
        "ending: nobody sees that an item was withdrawn",
    ),
    "nothing is left, and the case goes on by itself": Fault(
        lambda: [(withdrawals, "something_stands", _over)],
        scenes.withdrawn,
        "law 5: replied with nothing of this round",
    ),
    "whoever withdrew it all goes on to the reply": Fault(
        lambda: [(withdrawals, "askers", lambda *_: set())],
        scenes.withdrawn,
        "law 5: whoever withdrew it all",
    ),
    "what is over goes on being promised": Fault(
        lambda: [(ending.clocks, "stop", _of_documents_only)],
        scenes.withdrawn,
        "ending: .* runs on|law 7: item clocks",
    ),
    "a request outlives its item": Fault(
        lambda: [(withdrawals, "lapse", _nothing)],
        scenes.left_withdrawing,
        "withdrawal: (undecided in|nobody need)|law 7: item clocks",
    ),
    "a request outlives its case": Fault(
        lambda: [(withdrawals, "lapse_all", _nothing)],
        scenes.left_withdrawing,
        "withdrawal: (undecided in|nobody need)|law 7: item clocks",
    ),
    "what was withdrawn in an earlier round counts": Fault(
        lambda: [(withdrawals, "_of_round", lambda _case, items: list(items))],
        scenes.again_withdrawn,
        "law 5: replied with nothing of this round",
    ),
    "what was taken back is taken back again": Fault(
        lambda: [(retracting, "retracted", lambda *_: {})],
        scenes.taken_back,
        "taken back: twice",
    ),
    "who took it back is asked on": Fault(
        lambda: [(retracting.asking, "go_on", _nothing)],
        scenes.taken_back,
        "taken back: asked",
    ),
    "whoever leaves keeps what they had": Fault(
        lambda: [(handing, "fall_back", _nothing)],
        scenes.handed_over,
        "no owner: the handler left",
    ),
    "what was handed over is no hand": Fault(
        lambda: [(handlers, "hands", SimpleNamespace(add=_nothing))],
        scenes.handed_over,
        "law 4:",
    ),
    "what one does not have is handed over": Fault(
        lambda: [(handing, "_has", lambda *_: True)],
        scenes.handed_over,
        "handing over: not theirs",
    ),
}
