"""Shelving a case that cannot be solved now (挂账), and taking it up again (销账).

Asked with grounds, a plan and milestones, decided by the leader. What was promised ends meanwhile
and holds again afterwards with what was left of it, at least the policy's minimum; in its place
each milestone is a promise of the office, with its ladder. With the last one met the case is taken
up by itself: so a shelved case always has a milestone that somebody is urged about.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.deadlines import clocks
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted, Told
from caseflow.ledger import gate, proposals, queries, shelvings, withdrawals
from caseflow.ledger.moves import extending, merging
from caseflow.ledger.moves.opening import first_reports
from caseflow.ledger.moves.record import (
    gathered,
    matter_of,
    may_say,
    of_case,
    record,
    whole,
    words,
)
from caseflow.ledger.moves.urgency import require_no_danger
from caseflow.ledger.shelving_tables import Milestone, ShelvedClock, Shelving
from caseflow.ledger.states import HELD
from caseflow.ledger.tables import Case
from caseflow.people.actor import SWEEP, Actor

Typed = Sequence[tuple[str, date | None]]
"""What is waited for and until when, as a form says it; a line may be left empty."""
_RUN_ON = (ClockName.notice, ClockName.milestone, ClockName.oversee)
"""Promises that a shelved case keeps: who reported is told that it was accepted all the same, and
the level above looks into what came back too often.
"""
_MINIMUM = (
    *(ClockName.resolve, ClockName.reply, ClockName.verify, ClockName.rectify),
    ClockName.answer,
)
_INSTANT = timedelta(microseconds=1)
GONE = "节点的日期已过：请不同意挂账，由申请人重新申请"


def ask_shelving(
    session: Session,
    actor: Actor,
    case_id: int,
    grounds: str,
    plan: str,
    told: str,
    milestones: Typed,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Ask that a case be shelved. `told` is the reason as its reporters will read it.

    Raises BadInput, and MoveNotAllowed where something else of how the case goes on waits for its
    decision, or for danger that nobody took over.
    """
    case = gate.lock(session, case_id, seen)
    gathered(
        lambda: words(grounds, "grounds", 2000),
        lambda: words(plan, "plan", 2000),
        lambda: words(told, "told", 1000),
        lambda: _checked(session, case, milestones, now),
    )
    _require_nothing_asked(session, case)
    require_no_danger(session, case)
    gate.pass_case(actor, case, "ask_shelving")
    row = Shelving(
        case_id=case.id,
        grounds=words(grounds, "grounds"),
        plan=words(plan, "plan"),
        told=words(told, "told"),
        asked_by=actor.person,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    wanted = _checked(session, case, milestones, now)
    for n, (what, until) in enumerate(wanted, 1):
        session.add(Milestone(shelving_id=row.id, n=n, what=what, until=until))
    clocks.start(session, ClockName.consent, proposals.of(case), matter_of(case), now)
    facts = {
        "grounds": row.grounds,
        "plan": row.plan,
        "told": row.told,
        "milestones": [{"what": what, "until": day_of(until)} for what, until in wanted],
    }
    record(session, case, actor, "ask_shelving", now, facts, refs={"asked_by": actor.person})


def shelve(
    session: Session,
    actor: Actor,
    case_id: int,
    remark: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Shelve a case as somebody else asked. What else was asked for in it lapses.

    Raises MoveNotAllowed once a milestone's day is over, and for danger that nobody took over.
    """
    case = gate.lock(session, case_id, seen)
    row = _decides(actor, shelvings.undecided(shelvings.asked(session, case.id)))
    said = may_say(remark, longest=2000)
    require_no_danger(session, case)
    wanted = shelvings.of(shelvings.milestones(session, case.id), row)
    if any(one.until <= now for one in wanted):
        raise MoveNotAllowed(GONE)
    was = case.state
    gate.pass_case(actor, case, "shelve")
    row.outcome, row.decided_by, row.decided_at, row.was = "approved", actor.id, now, was
    session.flush()
    clocks.meet(session, proposals.of(case), now, ClockName.consent)
    _stand_still(session, case, row, now)
    for one in wanted:
        one.clock_id = _promised(session, case, one.until, now)
    facts = {
        "remark": said,
        "grounds": row.grounds,
        "told": row.told,
        "next": day_of(wanted[0].until),
        "asked_by": row.asked_by,
    }
    record(session, case, actor, "shelve", now, facts, refs=told_whom(session, case, row.asked_by))
    for item in queries.items_of(session, case):
        if item.state in HELD:
            record(session, case, SWEEP, "stand_still", now, item=item)


def refuse_shelving(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Let a case go on as it was, and say why."""
    case = gate.lock(session, case_id, seen)
    row = _decides(actor, shelvings.undecided(shelvings.asked(session, case.id)))
    why = words(reason, "reason", 2000)
    gate.pass_case(actor, case, "refuse_shelving")
    row.outcome, row.decided_by, row.decided_at = "refused", actor.id, now
    session.flush()
    clocks.meet(session, proposals.of(case), now, ClockName.consent)
    refs = {"asked_by": row.asked_by}
    record(session, case, actor, "refuse_shelving", now, {"reason": why, **refs}, refs=refs)


def take_up(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Take a case off the books before its milestones are over: it can be solved now."""
    case = gate.lock(session, case_id, seen)
    row, known = shelved(session, case)
    taken_up(session, actor, case, row, known, words(reason, "reason", 2000), now)


# Asking


def _require_nothing_asked(session: Session, case: Case) -> None:
    if shelvings.undecided(shelvings.asked(session, case.id)) is not None:
        raise MoveNotAllowed("已有一份挂账申请等待审批")
    if proposals.undecided(proposals.asked(session, case.id)) is not None:
        raise MoveNotAllowed("已有一份拟办意见等待审批")


def _checked(
    session: Session, case: Case, typed: Typed, now: datetime
) -> list[tuple[str, datetime]]:
    """Return the milestones that were typed, by day; raises BadInput with every wrong line."""
    wrong: dict[str, str] = {}
    found: list[tuple[str, datetime]] = []
    for n, (what, day) in enumerate(typed, 1):
        if not what.strip() and day is None and (n > 1 or len(typed) > 1):
            continue
        try:
            said = words(what, f"what_{n}", 200)
            found.append((said, checked_day(session, case, f"until_{n}", day, now)))
        except BadInput as error:
            wrong.update(error.fields)
    if not found and not wrong:
        wrong["what_1"] = "至少写一个节点：做什么，到哪一天"
    if wrong:
        raise BadInput(wrong)
    return sorted(found, key=lambda one: one[1])


def checked_day(
    session: Session, case: Case, field: str, day: date | None, now: datetime
) -> datetime:
    """Return the end of a day that a milestone is put on; of a day off, of the next working day."""
    last = shelvings.last_day(session, case, now)
    calendar = rules_of(session).calendar
    if day is None:
        raise BadInput({field: "请选择日期"})
    if day <= local(now).date():
        raise BadInput({field: "请选择今天以后的日期"})
    if day > calendar.due_day(last):
        raise BadInput({field: Told("最晚到 %(day)s", day=calendar.due_day(last).isoformat())})
    return min(calendar.end_of_day(calendar.roll(day)), last)


# Standing still


def _stand_still(session: Session, case: Case, row: Shelving, now: datetime) -> None:
    """End what was promised, to hold again later; what somebody asked for is over."""
    extending.lapse(session, case, None, now)
    for item in queries.items_of(session, case):
        extending.lapse(session, case, item, now)
        withdrawals.lapse(session, item, now)
    ending = [clock for clock in clocks.alive(session, whole(case)) if clock.name not in _RUN_ON]
    session.add_all(ShelvedClock(clock_id=clock.id, shelving_id=row.id) for clock in ending)
    clocks.stop_these(session, ending, now)


def _promised(session: Session, case: Case, until: datetime, now: datetime) -> int:
    clock = clocks.start(
        session, ClockName.milestone, of_case(case), matter_of(case), now, imposed=until
    )
    session.flush()
    return clock.id


def taken_up(
    session: Session,
    actor: Actor,
    case: Case,
    row: Shelving,
    known: Sequence[Milestone],
    reason: str,
    now: datetime,
) -> None:
    """Take a case off the books that the caller has locked."""
    gate.pass_case(actor, case, "take_up", row.was)
    row.ended_at = now
    for one in shelvings.of(known, row):
        if one.wish_until is not None:
            forget(session, case, one, now)
    over(session, shelvings.still_open(known, row), "stopped", now)
    _promise_again(session, case, row, now)
    facts = {"reason": reason, "to": row.was}
    record(session, case, actor, "take_up", now, facts, refs=told_whom(session, case, None))
    for item in queries.items_of(session, case):
        if item.state in HELD:
            record(session, case, SWEEP, "carry_on", now, item=item)
    merging.hasten_again(session, case, now)


def _promise_again(session: Session, case: Case, row: Shelving, now: datetime) -> None:
    """Let what was promised hold again with what was left, and time enough to keep it."""
    rules, since = rules_of(session), row.decided_at or now
    query = select(Clock).join(ShelvedClock, ShelvedClock.clock_id == Clock.id)
    query = query.where(ShelvedClock.shelving_id == row.id).order_by(Clock.id)
    for old in session.scalars(query).all():
        if old.name == ClockName.immediate and case.urgent:
            continue  # danger was raised meanwhile: that is taken over for itself
        clock = clocks.again(session, old, case.id, (since, max(now, since)))
        policy = clocks.policy_of(session, clock)
        if policy is not None and clock.name in _MINIMUM:
            least = rules.calendar.due(now, policy.minimum_after_return, Unit.working_days)
            if clock.due < least:
                clocks.replan(session, clock, least)
        if clock.order_id is not None and clock.name == ClockName.answer:
            shelvings.answer_by(session, clock.order_id, rules.calendar.due_day(clock.due))
    session.flush()


# Milestones


def shelved(session: Session, case: Case) -> tuple[Shelving, Sequence[Milestone]]:
    """Return by what a case is shelved, and its milestones. Raises MoveNotAllowed."""
    row = shelvings.lasting(shelvings.asked(session, case.id))
    if row is None:
        raise MoveNotAllowed("这个办件没有挂账")
    return row, shelvings.milestones(session, case.id)


def _decides(actor: Actor, row: Shelving | None) -> Shelving:
    if row is None:
        raise MoveNotAllowed("没有等待审批的挂账申请")
    require_another(actor, row.asked_by)
    return row


def require_another(actor: Actor, asked_by: int) -> None:
    """Nobody decides on what they asked for."""
    if actor.id == asked_by:
        raise NotPermitted("须由申请人以外的人审批")


def forget(
    session: Session, case: Case, one: Milestone, now: datetime, *, decided: bool = False
) -> None:
    """Let a wish to move a milestone be over: decided, or of no use any more."""
    one.wish_until, one.wish_by, one.wish_grounds = None, None, ""
    session.flush()
    end = clocks.meet if decided else clocks.stop
    end(session, proposals.of(case), now, ClockName.consent)


def over(session: Session, which: Sequence[Milestone], state: str, now: datetime) -> None:
    """End the promises of milestones: kept, or owed no more."""
    for one in which:
        if one.clock_id is not None:
            clocks.end(clock_of(session, one.clock_id), state, now)
    session.flush()


def clock_of(session: Session, clock_id: int) -> Clock:
    """Return the promise of a milestone as it stands: a changed ladder lets another one follow."""
    clock = session.get_one(Clock, clock_id)
    while clock.state == "superseded":
        clock = session.scalars(select(Clock).where(Clock.follows == clock.id)).one()
    return clock


def told_whom(session: Session, case: Case, asked_by: int | None) -> dict[str, object]:
    """Return whom the event of a move tells: the reporters, and who asked for it."""
    told = [report.id for report in first_reports(session, case)]
    return {"reports": told} | ({"asked_by": asked_by} if asked_by is not None else {})


def next_day(left: Sequence[Milestone]) -> str:
    """Return the day of the milestone that comes first, in ISO form; nothing after the last."""
    return day_of(min(one.until for one in left)) if left else ""


def day_of(until: datetime) -> str:
    """Return the day that a due moment belongs to, in ISO form: 24:00 to the day it ends."""
    return local(until - _INSTANT).date().isoformat()
