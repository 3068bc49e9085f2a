"""The milestones of a shelved case: met with a note, or moved by the leader's decision.

Each is a promise of the office. Moving one wins nothing unseen: its old promise stays
on the record, with the rungs that it climbed.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.policies import ClockName
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import gate, proposals, shelvings
from caseflow.ledger.moves.record import gathered, matter_of, may_say, record, words
from caseflow.ledger.moves.shelving import (
    checked_day,
    clock_of,
    day_of,
    forget,
    next_day,
    over,
    require_another,
    shelved,
    taken_up,
    told_whom,
)
from caseflow.ledger.shelving_tables import Milestone
from caseflow.ledger.tables import Case
from caseflow.people.actor import SWEEP, Actor

SAME_DAY = "节点本来就在这一天，请选择另一天"


def meet_milestone(
    session: Session,
    actor: Actor,
    case_id: int,
    n: int,
    note: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Say that what the case waited for is there. After the last one it is taken up by itself."""
    case = gate.lock(session, case_id, seen)
    row, known = shelved(session, case)
    one = _chosen(shelvings.still_open(known, row), n)
    said = words(note, "note", 2000)
    gate.pass_case(actor, case, "meet_milestone")
    if one.wish_until is not None:
        forget(session, case, one, now)
    one.met_at, one.met_by, one.note = now, actor.person, said
    over(session, [one], "met", now)
    left = shelvings.still_open(known, row)
    facts = {"n": one.n, "what": one.what, "note": said, "next": next_day(left)}
    record(session, case, actor, "meet_milestone", now, facts)
    if not left:
        taken_up(session, SWEEP, case, row, known, "", now)


def ask_milestone(
    session: Session,
    actor: Actor,
    case_id: int,
    n: int,
    until: date | None,
    grounds: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Ask that a milestone be moved to another day; until it is decided the old one stands. Raises
    BadInput, also for the day that it is on already.
    """
    case = gate.lock(session, case_id, seen)
    row, known = shelved(session, case)
    found: list[Milestone] = []
    days: list[datetime] = []
    gathered(
        lambda: found.append(_chosen(shelvings.still_open(known, row), n)),
        lambda: days.append(checked_day(session, case, "until", until, now)),
        lambda: words(grounds, "grounds", 2000),
    )
    [one] = found
    if days[0] == one.until:
        raise BadInput({"until": SAME_DAY})
    if shelvings.wished(known) is not None:
        raise MoveNotAllowed("已有一份调整节点的申请等待审批")
    gate.pass_case(actor, case, "ask_milestone")
    one.wish_until, one.wish_by = days[0], actor.person
    one.wish_grounds = words(grounds, "grounds")
    clocks.start(session, ClockName.consent, proposals.of(case), matter_of(case), now)
    facts = {
        "n": one.n,
        "what": one.what,
        "old": day_of(one.until),
        "until": day_of(days[0]),
        "grounds": one.wish_grounds,
    }
    record(session, case, actor, "ask_milestone", now, facts, refs={"asked_by": actor.person})


def move_milestone(
    session: Session,
    actor: Actor,
    case_id: int,
    remark: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Move a milestone as somebody else asked; its old promise stays on the record."""
    case, one, by = _wish(session, actor, case_id, seen)
    said = may_say(remark, longest=2000)
    until = one.wish_until
    if until is None or until <= now:
        raise MoveNotAllowed("申请的日期已过：请不同意，由申请人重新申请")
    gate.pass_case(actor, case, "move_milestone")
    old, one.until = one.until, until
    forget(session, case, one, now, decided=True)
    if one.clock_id is not None:
        clock = clock_of(session, one.clock_id)
        one.clock_id = clocks.supersede(session, clock, until, now).id
    session.flush()
    row, known = shelved(session, case)
    facts = {
        "n": one.n,
        "what": one.what,
        "old": day_of(old),
        "until": day_of(until),
        "remark": said,
        "asked_by": by,
        "next": next_day(shelvings.still_open(known, row)),
    }
    record(session, case, actor, "move_milestone", now, facts, refs=told_whom(session, case, by))


def refuse_milestone(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Leave a milestone where it is, and say why."""
    case, one, by = _wish(session, actor, case_id, seen)
    why = words(reason, "reason", 2000)
    gate.pass_case(actor, case, "refuse_milestone")
    forget(session, case, one, now, decided=True)
    facts = {"n": one.n, "what": one.what, "reason": why, "asked_by": by}
    record(session, case, actor, "refuse_milestone", now, facts, refs={"asked_by": by})


def _chosen(left: Sequence[Milestone], n: int) -> Milestone:
    for one in left:
        if one.n == n:
            return one
    raise BadInput({"milestone": "请选择节点"})


def _wish(
    session: Session, actor: Actor, case_id: int, seen: int | None
) -> tuple[Case, Milestone, int]:
    """Return the milestone that is to be moved, and who asked, for somebody who may decide."""
    case = gate.lock(session, case_id, seen)
    _, known = shelved(session, case)
    one = shelvings.wished(known)
    if one is None or one.wish_by is None:
        raise MoveNotAllowed("没有等待审批的节点调整")
    require_another(actor, one.wish_by)
    return case, one, one.wish_by
