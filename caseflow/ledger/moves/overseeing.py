"""What came back too often is brought before the level above, who looks into it (提级督办).

By itself, in the move that brought it back: nobody has to think of it, and nobody can leave it out.
The case stays with whoever has it, and its promises run on; only somebody above is to know, and to
say what they make of it, by a clock of their own (`oversee`).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.policies import ClockName
from caseflow.errors import MoveNotAllowed, NotPermitted
from caseflow.ledger import gate, oversights, passages
from caseflow.ledger.moves.record import matter_of, of_case, record, words
from caseflow.ledger.oversight_tables import Oversight
from caseflow.ledger.oversights import TIMES
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import SWEEP, Actor

_LONGEST = 4000


def returned(session: Session, case: Case, item: Item, now: datetime) -> None:
    """An item was sent back to whoever works on it; what it succeeds counts with it."""
    _bring_in(session, case, "returns", oversights.times_back(session, case, item), now, item)


def reopened(session: Session, case: Case, now: datetime) -> None:
    """A case was taken up again; with how often its items were returned before."""
    _bring_in(session, case, "reopenings", oversights.most_times_back(session, case), now)


def objected(session: Session, case: Case, item: Item, now: datetime) -> None:
    """A unit objected to having an item; those to what the item succeeds count with it."""
    times = sum(one.objections for one in oversights.line_of(session, item))
    _bring_in(session, case, "objections", times, now, item)


def sent_back(session: Session, case: Case, now: datetime) -> None:
    """An office sent a case back that was passed on to it; counted since one last signed for it."""
    times = 0
    for row in passages.of_case(session, case.id):
        times = 0 if row.outcome == "received" else times + (row.outcome == "sent_back")
    _bring_in(session, case, "passages", times, now)


def _bring_in(
    session: Session, case: Case, cause: str, times: int, now: datetime, item: Item | None = None
) -> None:
    if times < TIMES:
        return
    gate.pass_case(SWEEP, case, "go_up")
    row = Oversight(
        case_id=case.id, item_id=item.id if item else None, cause=cause, times=times, at=now
    )
    session.add(row)
    if not clocks.alive(session, of_case(case), ClockName.oversee):
        clocks.start(session, ClockName.oversee, of_case(case), matter_of(case), now)
    facts = {"cause": cause, "times": times}
    record(session, case, SWEEP, "go_up", now, facts, item=item, refs={"asked_by": None})


def oversee(
    session: Session,
    actor: Actor,
    case_id: int,
    text: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Say, as the level above, what one makes of a case that came back too often; it leaves their
    list. Raises MoveNotAllowed where it did not, or somebody said so already, NotPermitted for
    whoever does not stand above.
    """
    case = gate.lock(session, case_id, seen)
    rows = oversights.waiting(session, case.id)
    if not rows:
        raise MoveNotAllowed("没有等待上一级督办的事项")
    said = words(text, "text", _LONGEST)
    gate.pass_case(actor, case, "oversee")
    if not oversights.is_theirs(session, actor, case):
        raise NotPermitted("须由上一级写督办意见")
    for row in rows:
        row.looked_by, row.looked_at, row.said = actor.person, now, said
    clocks.meet(session, of_case(case), now, ClockName.oversee)
    told = [{"cause": row.cause, "times": row.times} for row in rows]
    record(session, case, actor, "oversee", now, {"text": said, "about": told})
