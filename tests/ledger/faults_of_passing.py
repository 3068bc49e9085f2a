"""Deliberate faults in passing cases on, like those of `faults`."""

from typing import Any

from caseflow.deadlines import clocks
from caseflow.ledger import gate, passages
from caseflow.ledger.moves import passing
from tests.ledger import scenes_of_passing as scenes
from tests.ledger.faults import Fault


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


def _only_by_name(case: Any, area: Any) -> None:
    case.area_code = area.code


def _alone(session: Any, case_id: int, seen: Any) -> Any:
    case, _ = _TOGETHER(session, case_id, seen)
    return case, []


def _anew(case: Any, area: Any) -> None:
    _LIE_IN(case, area)
    case.number = f"{area.code}{case.number[6:]}"


def _not_urged(session: Any, name: str, *rest: Any, **more: Any) -> Any:
    clock = _START(session, name, *rest, **more)
    if name == "receive":
        clock.state, clock.ended_at, clock.next_rung_at = "stopped", clock.started_at, None
    return clock


def _promised_anew(session: Any, actor: Any, case: Any, row: Any, outcome: str, now: Any) -> None:
    _ENDED(session, actor, case, row, outcome, now)
    clocks.stop(session, passing.of_case(case), now, "resolve")
    clocks.start(session, "resolve", passing.of_case(case), passing.matter_of(case), now)


_TOGETHER, _LIE_IN, _ENDED = passing._together, passing._lie_in, passing._ended
_START = clocks.start

FAULTS: dict[str, Fault] = {
    "it is signed for and stays where it was": Fault(
        lambda: [(passing, "_lie_in", _nothing)],
        scenes.passed_up_and_down,
        "passing: it lies elsewhere",
    ),
    "scope does not go by where it lies": Fault(
        lambda: [(passing, "_lie_in", _only_by_name)],
        scenes.passed_up_and_down,
        "law 11: columns of another area",
    ),
    "what was merged stays behind": Fault(
        lambda: [(passing, "_together", _alone)],
        scenes.passed_up_and_down,
        "passing: what was merged stayed",
    ),
    "it is given another number": Fault(
        lambda: [(passing, "_lie_in", _anew)],
        scenes.passed_up_and_down,
        "passing: another number|law 8",
    ),
    "nobody is urged to sign": Fault(
        lambda: [(passing.clocks, "start", _not_urged)],
        scenes.passed_up_and_down,
        "passing: nobody is urged",
    ),
    "passing on wins time": Fault(
        lambda: [(passing, "_ended", _promised_anew)],
        scenes.passed_up_and_down,
        "passing: (resolve|reply) (began|ended)",
    ),
    "it is worked on while it waits": Fault(
        lambda: [(gate, "_require_here", _nothing)],
        scenes.passed_up_and_down,
        "passing: .*(while it waits|at work on it|and waits)",
    ),
    "what was asked for waits on": Fault(
        lambda: [(passing, "_lapse", _nothing)],
        scenes.passed_up_and_down,
        "passing: somebody still waits|withdrawal: ",
    ),
    "what somebody is at work on is passed on": Fault(
        lambda: [(passing, "is_under_way", lambda *_: False)],
        scenes.passed_up_and_down,
        "passing: somebody is at work",
    ),
    "any office signs": Fault(
        lambda: [(gate, "is_bound_for", lambda *_: True)],
        scenes.passed_up_and_down,
        "passing: answered by another office|law 11: ",
    ),
    "any office passes it on": Fault(
        lambda: [(passing, "_require_own", _nothing)],
        scenes.passed_up_and_down,
        "passing: passed on by another office|passing: answered by another",
    ),
    "two offices send it to and fro": Fault(
        lambda: [(passages, "is_disputed", lambda *_: False)],
        scenes.disputed,
        "passing: (up again|nobody decided)",
    ),
    "what the office above decided is sent back": Fault(
        lambda: [(passing, "_is_designated", lambda *_: False)],
        scenes.disputed,
        "passing: (up again|nobody decided)",
    ),
    "danger is passed on": Fault(
        lambda: [(passing, "require_no_danger", _nothing)],
        scenes.passed_on_in_danger,
        "passing: passed on in danger",
    ),
}
