"""The model's answers and call-backs: who is called, when that is enough, and how a case ends
(design §3, docs/decisions/0038).
"""

from datetime import datetime

from tests.model import back, days
from tests.model.matters import Call, Case, may, need
from tests.model.office import Person
from tests.model.things import Said


def countersigned(case: Case) -> None:
    need(not case.countersign, "not countersigned")


def go_on(case: Case, now: datetime) -> None:
    """Once everybody was answered: `resolve` is met by the delivered replies; the call-back is for
    kinds that ask for it.
    """
    if case.countersign or case.state != "replying":
        return
    if set(case.reach) - set(case.replied):
        back.hold(case, now, ripe=False)
        return
    case.meet("all", now, "resolve")
    waits = back.hold(case, now)
    if case.call_back:
        case.state = "calling_back"
        case.start("call_back", "case", now)
    elif not waits:
        _closed(case, now)


def signed(case: Case, now: datetime) -> None:
    """Once the senders have signed: closed, unless somebody is still to be answered or called."""
    if case.state != "calling_back":
        go_on(case, now)
        return
    waits = back.hold(case, now) or case.countersign
    if not waits and all(_pleased(case, n) for n in _whom(case)):
        _closed(case, now)


def call_back(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Each is called for themselves; once all are satisfied the case is closed."""
    may(person, "call_back", case)
    need(said.report in _whom(case), "not to be called")
    pleased = said.reached and said.satisfied
    case.calls.append(Call(said.report, days.day_of(now), said.reached, pleased))
    case.explained.discard(said.report)
    if pleased and all(_pleased(case, n) for n in _whom(case)) and not case.countersign:
        called(case, now)
        if not back.hold(case, now):
            _closed(case, now)


def _whom(case: Case) -> list[int]:
    """Return who is called: who wants to be, else whoever reported first."""
    return [n for n in sorted(case.letters) if case.letters[n].is_called] or [min(case.letters)]


def _about(case: Case, n: int) -> list[Call]:
    return [one for one in case.calls if one.report == n]


def _pleased(case: Case, n: int) -> bool:
    calls = _about(case, n)
    return bool(calls) and (calls[-1].pleased or n in case.explained)


def displeased(case: Case) -> list[int]:
    """Return who is not satisfied, and was told nothing since."""
    last = {one.report: one for one in case.calls}
    waits = [n for n, one in last.items() if one.reached and not one.pleased]
    return [n for n in waits if n not in case.explained and n in case.reach]


def _settled(case: Case) -> bool:
    """Tell whether each was satisfied, had it explained, or was not reached on three days."""
    return all(_pleased(case, n) or _tried(case, n) for n in _whom(case))


def _tried(case: Case, n: int) -> bool:
    calls = _about(case, n)
    return len({one.day for one in calls}) >= 3 and not any(one.reached for one in calls)


def close(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Not reached on three days, or explained: anybody at the desk; sooner a supervisor says why.
    Never over the head of somebody who is not satisfied.
    """
    may(person, "close", case)
    if not _settled(case):
        need(person.role == "supervisor", "the role")
        need(all(_about(case, n) for n in _whom(case)), "never called back")
        need(not displeased(case), "not satisfied")
    countersigned(case)
    need(not back.owed(case), "the sender has not signed")
    _closed(case, now)


def explain(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Who is not satisfied hears why it stays so, and that closes the case once all were heard."""
    may(person, "explain", case)
    need(said.report in displeased(case), "nobody is displeased")
    case.explained.add(said.report)
    case.sent[said.report] = now
    if _settled(case) and not case.countersign:
        called(case, now)
        if not back.hold(case, now):
            _closed(case, now)


def called(case: Case, now: datetime) -> None:
    if all(any(one.reached for one in _about(case, n)) for n in _whom(case)):
        case.meet("case", now, "call_back")


def _closed(case: Case, now: datetime) -> None:
    case.state = "closed"
    called(case, now)
    case.let_go(now, *(["immediate"] if case.urgent else []))
