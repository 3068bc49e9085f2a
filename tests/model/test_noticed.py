"""A comparison that misses a deliberate fault of the product proves nothing: each is noticed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from sqlalchemy import false

from caseflow.deadlines import clocks
from caseflow.escalation import sweep as sweeping
from caseflow.ledger import (
    extensions,
    mergers,
    reports_back,
    reviews,
    step_ups,
    supplements,
    visits,
)
from caseflow.ledger.moves import (
    assist_promise,
    assisting,
    calling,
    closing,
    excluding,
    handing,
    items,
    mediating,
    merging,
    opening,
    passing,
    record,
    reporting_back,
    retracting,
    shelving,
    splitting,
    supplementing,
    triage,
    writing,
)
from tests.ledger.conftest import Stage
from tests.model.compare import Disagreement
from tests.model.play import tell
from tests.model.telling import Counted

STORIES, STEPS = 25, 120
_HIGHEST = 4  # of the office's own ladder
_DUE, _CLIMBED, _HAPPENED, _AGAIN = (
    *(clocks._due, clocks.climbed),
    *(sweeping._happened, clocks.again),
)
_DECIDED, _CARRY_OUT = excluding._decided, triage.carry_out
_WANTED = reports_back.wanted


class Fault(NamedTuple):
    """What is taken out of the code, and what the comparison says then; `seed`: of a story that
    shows it soon.
    """

    where: Any
    what: str
    instead: Callable[..., Any]
    said: str
    seed: int = 0


def _without_margin(rules: Any, policy: Any, *more: Any) -> Any:
    return _DUE(rules, replace(policy, margin=0), *more)


def _skipping(clock: Any, after: Any) -> None:
    more = after is not None and after[0] < _HIGHEST
    _CLIMBED(clock, (after[0] + 1, after[1]) if more else after)


def _sends_all(*given: Any) -> Any:
    rung, step = _HAPPENED(*given)
    rung.superseded = False
    return rung, step


def _as_it_was(session: Any, old: Any, case_id: int, idle: Any = None) -> Any:
    return _AGAIN(session, old, case_id)


def _nothing(*_: Any) -> None:
    return None


def _anybody_signs(_session: Any, actor: Any, *_: Any) -> str:
    return "" if actor.unit is None else "干事"


def _refused(session: Any, actor: Any, case: Any, row: Any, _outcome: str, now: Any) -> None:
    _DECIDED(session, actor, case, row, "refused", now)


def _first_only(session: Any, case: Any) -> Any:
    return opening.first_reports(session, case)[:1]


def _first_sender(session: Any, case: Any) -> Any:
    return _WANTED(session, case)[:1]


def _alone(*args: Any, proposal: Any = None, **more: Any) -> None:
    _CARRY_OUT(*args, **more)


def _settled(session: Any, case: Any, actor: Any, verb: str, *more: Any, **said: Any) -> int:
    case.state = "closed"
    return record.record(session, case, actor, verb, *more, **said)


def _never(_report: Any) -> Any:
    return false()


FAULTS = {
    "an item has no margin before its case": Fault(
        clocks, "_due", _without_margin, "clocks: .*'verify'"
    ),
    "a pause gives no days back": Fault(
        clocks, "due_after", lambda _rules, clock, *_: clock.due, "clocks: .*'(resolve|reply)'", 16
    ),
    "a rung is skipped": Fault(clocks, "climbed", _skipping, "(rungs|clocks): "),
    "after a standstill every rung sends": Fault(
        sweeping, "_happened", _sends_all, "rungs: .*True"
    ),
    "a tip goes to the unit reported": Fault(
        items, "manages", lambda *_: False, "the unit reported would verify, the product None", 2
    ),
    "a shelved case is late when it is taken up": Fault(
        clocks, "again", _as_it_was, "clocks: .*'(immediate|reply|resolve|check)'", 23
    ),
    "a shelved case promises no milestone": Fault(
        shelving, "_promised", _nothing, "clocks: .*'milestone'", 32
    ),
    "whoever writes for a unit signs": Fault(
        writing, "signs", _anybody_signs, "(items: |nobody signed)", 33
    ),
    "nobody need go there": Fault(
        visits, "lacking", lambda *_: frozenset(), "nobody went there, the product None", 29
    ),
    "what is left out of the figures counts": Fault(
        excluding, "_decided", _refused, "case: .*True", 48
    ),
    "whoever leads assists too": Fault(
        assist_promise, "leads_now", _nothing, "clocks: .*'assist'", 28
    ),
    "items are not due before a merged case": Fault(
        merging, "_hasten", lambda *_: [], "clocks: .*'(verify|rectify)'", 300020
    ),
    "undone, a merged case is not promised again": Fault(
        merging, "_promise_again", _nothing, "clocks: .*'(immediate|resolve|reply)'", 300002
    ),
    "an answer in a merged case is not owed": Fault(
        closing, "first_reports", _first_only, "(case|clocks): .*(calling_back|closed|resolve)", 28
    ),
    "a part is promised nothing": Fault(
        splitting, "_promise", _nothing, "clocks: .*'resolve'", 701
    ),
    "what was signed for stays where it was": Fault(
        passing, "_lie_in", _nothing, "case: .*'(district|other|city|province)'", 700
    ),
    "a chain of mergers has one link": Fault(
        mergers, "below", lambda *_: set(), "(case|clocks): ", 725
    ),
    "whoever had a part judges": Fault(
        reviews, "is_free", lambda *_: True, "(had a part in it, the product None|case: )", 701
    ),
    "nobody waits for the second sender": Fault(
        reports_back, "wanted", _first_sender, "(clocks|case): ", 300002
    ),
    "what two people saw is looked at again": Fault(
        triage, "carry_out", _alone, "clocks: .*'second_look'", 300015
    ),
    "a word beside an answer that was sent off waits for nothing": Fault(
        opening, "is_on_its_way", _never, "(an answer is on its way, the product|later)", 300030
    ),
    "any matter is declined for another one": Fault(
        triage, "_fits", _nothing, "no matter that ends, the product None", 300030
    ),
    "what was asked about one unit comes to another": Fault(
        step_ups, "is_about_holder", lambda *_: True, "another one has it, the product None", 300035
    ),
    "a supplement is asked for again and again": Fault(
        supplements, "ends", lambda *_: [], "asked once before, the product None", 400009
    ),
    "whoever asks for a supplement has not dealt with the report": Fault(
        supplementing, "handled", _nothing, "clocks: .*'immediate'", 400000
    ),
    "what is not in hand is handed over": Fault(
        handing, "_has", lambda *_: True, "nothing in hand, the product None", 400015
    ),
    "what an inspector has to verify is not handed over": Fault(
        handing,
        "_verified",
        lambda *_: (),
        "hand_over: the model says yes, the product MoveNot",
        400052,
    ),
    "who took it back is called back": Fault(
        calling, "retracted", lambda *_: {}, "case: .*(calling_back|closed)", 400004
    ),
    "who took it back is asked on": Fault(
        retracting, "open_question", _nothing, "case: .*awaiting_reporter", 400008
    ),
    "what was mediated is settled": Fault(mediating, "record", _settled, "case: .*closed", 400004),
    "an answer by telephone counts from when it was written down": Fault(
        assisting,
        "_heard",
        lambda _row, _at, now: now,
        "(clocks: .*'assist'|before it was asked)",
        400012,
    ),
    "a tip is mailed": Fault(
        *(reporting_back, "_mailbox", lambda *_, **__: "office@example.gov.cn"),
        "a tip is not mailed, the product None",
        400009,
    ),
    "what the mail server lost is not owed again": Fault(
        reporting_back, "_go_on", _nothing, "clocks: .*'(report_back|signed_back)'", 400005
    ),
    "more time is granted again and again": Fault(
        extensions, "_granted", lambda *_: 0, "extended before, the product None", 300012
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_the_product_is_noticed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fault = FAULTS[name]
    monkeypatch.setattr(fault.where, fault.what, fault.instead)
    with pytest.raises(Disagreement, match=f"(?s){fault.said}"):
        _many(stage, fault.seed)


def _many(stage: Stage, first: int) -> None:
    for seed in (first, *range(STORIES)):
        tell(stage, seed, STEPS, Counted())
