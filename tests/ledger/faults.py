"""Deliberate faults: each takes one promise out of the code, and a law must say which.

`said`: a pattern of what the law, or the database's own guard, says. `scene`: where to look first.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from caseflow.deadlines import clocks, pauses
from caseflow.errors import MoveNotAllowed
from caseflow.escalation import order_gate
from caseflow.escalation import sweep as sweeping
from caseflow.ledger import extensions, gate, hands, history, numbers, withdrawals
from caseflow.ledger.moves import (
    check,
    closing,
    extending,
    filing,
    handlers,
    items,
    notice,
    objecting,
    opening,
    record,
    triage,
    urgency,
    work,
)
from tests.ledger import scenes
from tests.ledger.scenes import Scene

Patch = tuple[Any, str, Any]


class Fault(NamedTuple):
    """What is taken out, where it shows first, and what must be said about it."""

    patches: Callable[[], list[Patch]]
    scene: Callable[[Scene], None]
    said: str


def _nothing(*_args: Any, **_kwargs: Any) -> list[Any]:
    return []


def _skipping(clock: Any, after: Any) -> None:
    _CLIMBED(clock, after and (after[0] + 1, after[1]))


def _at_once(rules: Any, due: Any, _now: Any) -> Any:
    return [(clock, case, clocks.following(rules, clock)) for clock, case in due]


def _unchained(session: Any, case: Any, line: Any) -> int:
    case.head = ""
    history.append_many(session, [(case, line)])
    return int(case.head_n)


def _sends_all(*told: Any) -> Any:
    rung, step = _HAPPENED(*told)
    rung.superseded = False
    return rung, step


def _decided_by_anybody(session: Any, _actor: Any, case: Any, item: Any) -> Any:
    row = extensions.undecided(extensions.asked(session, case.id), item)
    if row is None:
        raise MoveNotAllowed("没有")
    return row


def _nothing_ends(*_: Any) -> None:
    return None


_HAPPENED, _TAKE, _PAUSE = sweeping._happened, numbers.take, pauses.pause
_CLIMBED = clocks.climbed
_SCOPE, _START = gate.scope_of, clocks.start


def _two_numbers(*args: Any) -> int:
    _TAKE(*args)
    return _TAKE(*args)


def _first_number(*args: Any) -> int:
    _TAKE(*args)
    return 1


def _runs_on(*args: Any) -> Any:
    still = _PAUSE(*args)
    for clock in still:
        clock.state = "running"
    return still


def _anybody(session: Any, case: Any, now: Any) -> None:
    clocks.meet(session, record.of_case(case), now, "immediate")


def _only_called_urgent(_session: Any, case: Any, _now: Any) -> None:
    case.urgent = True


def _urgent_beside(session: Any, case: Any, now: Any) -> None:
    case.urgent = True
    clocks.start(session, "immediate", record.of_case(case), record.matter_of(case), now)


def _unrecused(actor: Any) -> Any:
    return replace(_SCOPE(actor), recused=frozenset())


def _without_back(session: Any, clock: Any, _due: Any) -> None:
    """Let a clock run on after a pause as if it had never stood still."""


def _not_started(name: str) -> Any:
    def start(session: Any, given: str, *args: Any, **kwargs: Any) -> Any:
        return None if given == name else _START(session, given, *args, **kwargs)

    return start


def _concluded(scene: Scene) -> None:
    case = scene.world.come_in("complaint")
    scene.does("handler", "accept", case)
    scene.does("handler", "conclude", case)


FAULTS: dict[str, Fault] = {
    "four eyes are not asked": Fault(
        lambda: [(hands, "had_a_hand", lambda *_: False)],
        scenes.two_units,
        "four eyes: struck off by one of its hands",
    ),
    "hands are not recorded": Fault(
        lambda: [(hands, "add", _nothing)], scenes.two_units, "law 4: struck off by a hand"
    ),
    "a new handler is no hand": Fault(
        lambda: [(handlers, "hands", SimpleNamespace(add=_nothing))],
        scenes.two_units,
        "law 4: struck off by a hand",
    ),
    "evidence is not asked for": Fault(
        lambda: [(work, "_needs_evidence", _nothing)], scenes.two_units, "law 4: .* new evidence"
    ),
    "old evidence is good enough": Fault(
        lambda: [(work, "_newest", lambda *_: None)], scenes.two_units, "law 4: .* new evidence"
    ),
    "the chain is broken": Fault(
        lambda: [(history, "append", _unchained)], scenes.every_kind, "law 8: misfit"
    ),
    "an event is not written": Fault(
        lambda: [(record, "emit", _nothing)], scenes.every_kind, "law 3: entry without event"
    ),
    "the sweep tells nobody": Fault(
        lambda: [(sweeping, "emit_many", _nothing)], scenes.silence, "law 3: entry without event"
    ),
    "a move leaves no entry": Fault(
        lambda: [(check, "record", _nothing)],
        scenes.two_units,
        "law 3: (hand_in is no edge|.* stands in no entry)",
    ),
    "a rung is skipped": Fault(
        lambda: [(clocks, "climbed", _skipping)], scenes.silence, "law 6: (a rung is missing|the)"
    ),
    "a rung comes twice": Fault(
        lambda: [(clocks, "climbed", _nothing)], scenes.silence, "rung.clock_id, rung.n"
    ),
    "clocks of a case overtake one another": Fault(
        lambda: [(sweeping, "_in_turn", _at_once)], scenes.standstill, "law 6: out of order"
    ),
    "after a standstill every rung sends": Fault(
        lambda: [(sweeping, "_happened", _sends_all)], scenes.standstill, "law 6: an old rung sent"
    ),
    "a clock that is met runs on": Fault(
        lambda: [(clocks, "meet", _nothing)], scenes.every_kind, "law 7: (item clocks|.*runs on)"
    ),
    "clocks run on after the end": Fault(
        lambda: [(clocks, "stop_these", _nothing)], scenes.reversed_decision, "law 7: .*runs on in"
    ),
    "the work list is not refreshed": Fault(
        lambda: [(record, "refresh", _nothing)], scenes.every_kind, "law 7: the work list"
    ),
    "a return starts no clock": Fault(
        lambda: [(check.clocks, "restart", lambda _session, old, *_, **__: old)],
        scenes.two_units,
        "law 7: item clocks",
    ),
    "no reply is promised": Fault(
        lambda: [(opening, "start_reply", _nothing)], scenes.every_kind, "law 7: .* no reply"
    ),
    "reopened items stay unpromised": Fault(
        lambda: [(items, "_promise_again", _nothing)],
        scenes.reversed_decision,
        "law 7: item clocks",
    ),
    "danger is handled by any move": Fault(
        lambda: [(triage, "handled", _anybody), (items, "handled", _anybody)],
        scenes.danger,
        "danger: its clock stopped",
    ),
    "danger that is raised starts no clock": Fault(
        lambda: [(urgency, "make_urgent", _only_called_urgent)],
        scenes.danger,
        "danger: raised, and nobody need",
    ),
    "danger that is raised leaves the ordinary promise": Fault(
        lambda: [(urgency, "make_urgent", _urgent_beside)],
        scenes.danger,
        "danger: the ordinary promise runs",
    ),
    "the own reason is countersigned": Fault(
        lambda: [(urgency, "took_over", lambda *_: set())],
        scenes.danger,
        "second person: own reason",
    ),
    "a decision is looked at by whoever took it": Fault(
        lambda: [(triage, "_decided_by", lambda *_: None)],
        scenes.reversed_decision,
        "second person: looked at the own",
    ),
    "nobody looks at a decision again": Fault(
        lambda: [(triage, "_second_look_due", _nothing)],
        scenes.reversed_decision,
        "second person: a decision nobody",
    ),
    "a pause never ends": Fault(lambda: [(pauses, "resume", _nothing)], scenes.question, "pause: "),
    "a question waits two months": Fault(
        lambda: [(pauses, "limit", lambda _s, now: now + timedelta(days=60))],
        scenes.question,
        "pause: a question waits longer than ten",
    ),
    "every question pauses anew": Fault(
        lambda: [(pauses, "_stood_still", lambda _s, ids: dict.fromkeys(ids, 0))],
        scenes.question,
        "pause: .* ten at the most",
    ),
    "the sweep ends no pause": Fault(
        lambda: [(sweeping, "_end_pauses", lambda *_: 0)], scenes.question, "pause: it should be"
    ),
    "what starts while the case waits runs on": Fault(
        lambda: [(items, "wait_too", _nothing)], scenes.question, "pause: rectify runs while"
    ),
    "what is returned while the case waits runs on": Fault(
        lambda: [(check, "wait_too", _nothing)], scenes.question, "pause: rectify runs while"
    ),
    "the clock runs on during a pause": Fault(
        lambda: [(pauses, "pause", _runs_on)],
        scenes.question,
        "pause: a clock runs on",
    ),
    "a pause gives nothing back": Fault(
        lambda: [(clocks, "replan", _without_back)], scenes.question, "pause: .* given back"
    ),
    "a late sweep lengthens the pause": Fault(
        lambda: [(clocks, "min", max)], scenes.question, "pause: longer than"
    ),
    "every clock may stand still": Fault(
        lambda: [
            (pauses, "_limit", lambda *_: 10),
            (pauses, "PAUSABLE", (*pauses.PAUSABLE, "immediate", "sign_for")),
        ],
        scenes.question,
        "pause: this clock must not",
    ),
    "a case closes without its reply": Fault(
        lambda: [(closing, "first_reports", lambda *_: [])],
        scenes.inspected,
        "law 5: past the reply without one",
    ),
    "a message counts before it was taken": Fault(
        lambda: [(closing, "AT_ONCE", (*closing.AT_ONCE, "message"))],
        scenes.inspected,
        "law 5: a message counts",
    ),
    "an operator closes before anybody was reached": Fault(
        lambda: [(closing, "require", _nothing)],
        scenes.displeased,
        "law 5: closed without a satisfied",
    ),
    "a case is replied to with items open": Fault(
        lambda: [(withdrawals, "ITEM_DONE", ("struck_off", "submitted", "draft", "dispatched"))],
        scenes.reversed_decision,
        "law 5: an item is still open",
    ),
    "a complaint needs no items": Fault(
        lambda: [(closing, "WITHOUT_ITEMS", ("question", "suggestion", "complaint"))],
        _concluded,
        "law 5: replied without any item",
    ),
    "a tip goes to whoever is reported": Fault(
        lambda: [(items, "manages", lambda *_: False)], scenes.tip, "tip: the unit reported"
    ),
    "a unit finds for a tip": Fault(
        lambda: [(work, "_may_find", _nothing)], scenes.tip, "tip: found by a unit"
    ),
    "the office finds for a unit": Fault(
        lambda: [(work, "_may_find", _nothing)], scenes.two_units, "kind: the office found"
    ),
    "scope is not asked": Fault(
        lambda: [(gate, "covers", lambda *_: True)], scenes.recused, "law 11: "
    ),
    "a case file goes to anybody": Fault(
        lambda: [(filing, "gate", SimpleNamespace(lock=gate.lock, covers=lambda *_: True))],
        scenes.recused,
        "law 11: ",
    ),
    "recusal is not asked": Fault(
        lambda: [(gate, "scope_of", _unrecused)], scenes.recused, "law 11: a recused person"
    ),
    "permission is not asked": Fault(
        lambda: [(gate, "may", lambda *_: True)], scenes.reversed_decision, "law 11: .* may not"
    ),
    "units work out of turn": Fault(
        lambda: [(gate, "its_turn", lambda *_: True)], scenes.two_units, "law 11: a unit out of"
    ),
    "anybody becomes the handler": Fault(
        lambda: [(handlers, "sees", lambda *_: True)], scenes.recused, "law 11: the handler"
    ),
    "a unit objects whenever it likes": Fault(
        lambda: [(objecting, "_in_time", _nothing)],
        scenes.objected,
        "objection: to what the leader",
    ),
    "the supervisor decides the second objection": Fault(
        lambda: [(objecting, "_not_the_leaders", _nothing)],
        scenes.objected,
        "objection: the second one",
    ),
    "the unit before still owes": Fault(
        lambda: [(objecting, "_HELD", ("sign_for",))], scenes.objected, "law 7: a clock runs twice"
    ),
    "an objection leads a tip to whoever is reported": Fault(
        lambda: [(objecting.items, "check_dispatch", _nothing)],
        scenes.objected,
        "tip: the unit reported",
    ),
    "whoever asks for more time decides": Fault(
        lambda: [(extending, "_decides", _decided_by_anybody)],
        scenes.extended,
        "extension: whoever asked|ck_extension_another",
    ),
    "more time as often as one likes": Fault(
        lambda: [(extensions, "_granted", lambda *_: 0)],
        scenes.extended,
        "extension: the same promise twice",
    ),
    "an item is extended beyond its case": Fault(
        lambda: [(extensions, "end_for", _nothing_ends)],
        scenes.extended,
        "extension: an item's beyond",
    ),
    "a reporter is promised another day and not told": Fault(
        lambda: [(notice, "owe", _nothing)], scenes.extended, "extension: a reporter is not told"
    ),
    "an application outlives its promise": Fault(
        lambda: [(extending, "lapse", _nothing)], scenes.extended, "extension: undecided in"
    ),
    "a number is lost": Fault(
        lambda: [(numbers, "take", _two_numbers)], scenes.every_kind, "numbers: one is missing"
    ),
    "a number is given twice": Fault(
        lambda: [(numbers, "take", _first_number)],
        scenes.every_kind,
        "UNIQUE .* case_file.seq",
    ),
    "anybody signs for the level above": Fault(
        lambda: [(order_gate, "OF_LEVEL_ABOVE", ())], scenes.silence, "order: signed below"
    ),
    "a drafted document has no clock": Fault(
        lambda: [(clocks, "start", _not_started("draft"))], scenes.silence, "order: nothing urges"
    ),
}


@contextmanager
def in_the_code(fault: Fault) -> Iterator[None]:
    """Put a fault into the code for a while."""
    patch = pytest.MonkeyPatch()
    for where, what, instead in fault.patches():
        patch.setattr(where, what, instead, raising=what != "min")
    try:
        yield
    finally:
        patch.undo()
