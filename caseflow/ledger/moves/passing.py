"""Passing a case on to an office above or below (移送), which signs for it or sends it back.

Until somebody there signs, the case is the sender's and every promise runs on; it does not become
another case meanwhile (`states.WHILE_PASSED_ON`). Signed for, it lies in the other area with all
that hangs on it, and everything that was promised stays promised: passing on wins no time. Between
two offices the one above decides: what was sent back twice it designates, or keeps sending back.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.policies import ClockName
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted, Stale
from caseflow.ledger import gate, mergers, passages, proposals, queries, withdrawals
from caseflow.ledger.moves import extending, overseeing
from caseflow.ledger.moves.handlers import hand_over
from caseflow.ledger.moves.opening import first_reports
from caseflow.ledger.moves.record import gathered, matter_of, may_say, of_case, record, words
from caseflow.ledger.moves.urgency import require_no_danger
from caseflow.ledger.report_tables import Passage
from caseflow.ledger.states import ITEM_DONE
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import SWEEP, Actor
from caseflow.people.tables import Area
from caseflow.words import PASSING


def pass_on(
    session: Session,
    actor: Actor,
    case_id: int,
    to: str,
    reason: str,
    grounds: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Pass a case on to the office of the area `to`, for a `reason` of `words.PASSING`.

    What was asked for in the case lapses: who receives it asks for themselves. Raises BadInput for
    an office that must not get it, MoveNotAllowed while an item is under way, for danger that
    nobody took over, and upward once the office above has sent it back twice.
    """
    case = gate.lock(session, case_id, seen)
    gate.pass_case(actor, case, "pass_on")
    _require_own(actor, case)
    chosen: list[Area] = []
    gathered(
        lambda: chosen.append(_chosen(session, case, to)),
        lambda: _require_reason(reason),
        lambda: words(grounds, "grounds", 2000),
    )
    if is_under_way(queries.items_of(session, case)):
        raise MoveNotAllowed("还有问题项正在办理：请先办完，或撤项")
    require_no_danger(session, case)
    row = Passage(
        case_id=case.id,
        from_area=passages.office(case),
        to_area=chosen[0].code,
        reason=reason,
        grounds=words(grounds, "grounds", 2000),
        designated=_is_designated(session, case, chosen[0]),
        passed_by=actor.person,
        passed_at=now,
    )
    session.add(row)
    _lapse(session, case, now)
    case.bound_for = row.to_area
    matter = replace(matter_of(case), area=chosen[0].path)
    clocks.start(session, ClockName.receive, of_case(case), matter, now)
    facts = {
        "to": row.to_area,
        "office": passages.names(session, [row.to_area])[row.to_area],
        "reason": reason,
        "grounds": row.grounds,
        "designated": row.designated,
    }
    record(session, case, actor, "pass_on", now, facts, refs={"office": row.to_area})


def is_under_way(items: Iterable[Item]) -> bool:
    """Tell whether somebody is at work on an item of a case: what was sent out is not passed on."""
    return any(item.state not in ("draft", *ITEM_DONE) for item in items)


def take_back(
    session: Session,
    actor: Actor,
    case_id: int,
    remark: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Take a case back that nobody has signed for."""
    case = gate.lock(session, case_id, seen)
    row = _waiting(session, case)
    said = may_say(remark, longest=2000)
    gate.pass_case(actor, case, "take_back")
    _require_own(actor, case)
    _ended(session, actor, case, row, "taken_back", now)
    record(session, case, actor, "take_back", now, {"remark": said}, refs={"office": row.to_area})


def send_back(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Send a case back to the office that passed it on, in the time there is to sign for it."""
    case = gate.lock(session, case_id, seen)
    row = _waiting(session, case)
    why = words(reason, "reason", 2000)
    gate.pass_case(actor, case, "send_back")
    if row.designated:
        raise MoveNotAllowed("上级已指定由本办办理，不能退回，请签收")
    if not in_time(session, case, now):
        raise MoveNotAllowed("退回期限已过，请签收")
    _ended(session, actor, case, row, "sent_back", now)
    row.answer = why
    record(session, case, actor, "send_back", now, {"reason": why})
    overseeing.sent_back(session, case, now)


def in_time(session: Session, case: Case, now: datetime) -> bool:
    """Tell whether a case may still be sent back."""
    return any(now < one.due for one in clocks.alive(session, of_case(case), ClockName.receive))


def receive(
    session: Session, actor: Actor, case_id: int, now: datetime, *, seen: int | None = None
) -> None:
    """Sign for a case, as somebody of the office that it was passed on to: it is theirs to handle
    from now on. What was merged into it goes along.
    """
    case, merged = _together(session, case_id, seen)
    row = _waiting(session, case)
    gate.pass_case(actor, case, "receive")
    area = session.get_one(Area, row.to_area)
    called = passages.names(session, [row.from_area, row.to_area])
    _ended(session, actor, case, row, "received", now)
    _lie_in(case, area)
    hand_over(session, case, actor.person)
    facts = {
        "from": row.from_area,
        "left": called[row.from_area],
        "to": row.to_area,
        "office": called[row.to_area],
        "handler": actor.person,
    }
    told = [report.id for report in first_reports(session, case)]
    refs = {"office": row.from_area, "reports": told}
    record(session, case, actor, "receive", now, facts, refs=refs)
    for one in merged:
        gate.pass_case(SWEEP, one, "go_along")
        session.add(_likewise(row, one))
        _lie_in(one, area)
        one.handler_id = actor.person
        record(session, one, SWEEP, "go_along", now, {**facts, "with": case.number})


def _chosen(session: Session, case: Case, to: str) -> Area:
    for area in passages.offices(session, case):
        if area.code == to:
            return area
    raise BadInput({"to": "请选择移送到哪里"})


def _require_reason(reason: str) -> None:
    if reason not in PASSING:
        raise BadInput({"why": "请选择移送的原因"})


def _require_own(actor: Actor, case: Case) -> None:
    """Only the office that has a case passes it on; one above has no way to take it."""
    if actor.area != passages.office(case):
        raise NotPermitted("只能由办件所在的办移送、收回")


def _is_designated(session: Session, case: Case, to: Area) -> bool:
    """Tell whether the office above has decided. Raises MoveNotAllowed where it did otherwise."""
    here = session.get_one(Area, passages.office(case))
    if not passages.is_disputed(passages.of_case(session, case.id), here.code, to.code):
        return False
    if to.code in here.path:
        raise MoveNotAllowed("上级已退回两次，由本办办理")
    return True


def _waiting(session: Session, case: Case) -> Passage:
    row = passages.waiting(session, case.id)
    if row is None:
        raise MoveNotAllowed("这个办件没有等待签收的移送")
    return row


def _lapse(session: Session, case: Case, now: datetime) -> None:
    proposals.lapse(session, case, now)
    extending.lapse(session, case, None, now)
    for item in queries.items_of(session, case):
        withdrawals.lapse(session, item, now)


def _ended(
    session: Session, actor: Actor, case: Case, row: Passage, outcome: str, now: datetime
) -> None:
    row.outcome, row.ended_by, row.ended_at = outcome, actor.person, now
    case.bound_for = None
    end = clocks.stop if outcome == "taken_back" else clocks.meet
    end(session, of_case(case), now, ClockName.receive)


def _lie_in(case: Case, area: Area) -> None:
    """Let a case lie in an area: scopes, policies, posts and the numbers of documents go by it."""
    case.area_code = area.code
    case.province, case.city = area.province, area.city
    case.county, case.district = area.county, area.district


def _together(session: Session, case_id: int, seen: int | None) -> tuple[Case, list[Case]]:
    """Lock a case and those merged into it, the oldest first (engine 3)."""
    below = mergers.below(session, case_id)
    locked = {
        one: gate.lock(session, one, seen if one == case_id else None)
        for one in sorted({case_id, *below})
    }
    case = locked.pop(case_id)
    if mergers.below(session, case_id) != below:
        raise Stale("这个办件刚有新的办理记录，请看过再操作", since=case.head_n - 1)
    return case, list(locked.values())


def _likewise(row: Passage, merged: Case) -> Passage:
    """Return on record that a merged case went along: it may be one of its own again there."""
    return Passage(
        case_id=merged.id,
        from_area=row.from_area,
        to_area=row.to_area,
        reason=row.reason,
        grounds=row.grounds,
        designated=row.designated,
        passed_by=row.passed_by,
        passed_at=row.passed_at,
        outcome=row.outcome,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
    )
