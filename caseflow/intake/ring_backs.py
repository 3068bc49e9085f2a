"""Calls that nobody answered (未接来电): somebody rings back, by a clock that climbs the ladder.

One number is rung back once: a further call of it joins the one that waits already (its head). It
is over when somebody rang back, the same number got through later, or the call was written down.
Two calls of one number in the very same moment may miss one another; then one is rung back in vain.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.policies import ClockName, Matter
from caseflow.errors import MoveNotAllowed
from caseflow.intake.call_states import UNANSWERED
from caseflow.intake.call_tables import Call, RingBack
from caseflow.people.actor import Actor
from caseflow.people.permissions import require
from caseflow.people.tables import Area

CHANNEL = "telephone"
ALREADY = "这个来电已经有人回过了"


def review(session: Session, call: Call, now: datetime) -> None:
    """Let what is owed follow what is known of a call, which is locked. Raises NoPolicy."""
    if call.answered_at is not None:
        _got_through(session, call, now)
    elif _is_owed(call) and call.head_id is None and not _runs(session, call):
        _owe(session, call, now)


def _is_owed(call: Call) -> bool:
    """Nobody can ring back a number that was withheld, but what was said must be heard."""
    can_be = call.number_index is not None or call.recorded
    return call.outcome in UNANSWERED and call.settled is None and can_be


def _runs(session: Session, call: Call) -> bool:
    return bool(clocks.alive(session, Subject(call_id=call.id), ClockName.ring_back))


def _owe(session: Session, call: Call, now: datetime) -> None:
    if call.number_index is not None:
        if _answered_since(session, call):
            call.settled, call.settled_at = "got_through", now
            return
        head = _waiting(session, call)
        if head:
            call.head_id = head[0].id
            return
    area = session.get_one(Area, call.area_code)
    matter = Matter(kind="", category=None, urgent=False, area=area.path, channel=CHANNEL)
    clocks.start(session, ClockName.ring_back, Subject(call_id=call.id), matter, now)
    session.flush()


def _answered_since(session: Session, call: Call) -> bool:
    later = exists().where(
        Call.number_index == call.number_index,
        Call.area_code == call.area_code,
        Call.id != call.id,
        Call.answered_at > call.began_at,
    )
    return bool(session.scalar(select(later)))


def _waiting(session: Session, call: Call) -> Sequence[Call]:
    """Return the other calls of the number that somebody is to ring back, oldest first, locked."""
    if call.number_index is None:
        return ()
    query = select(Call).where(
        Call.number_index == call.number_index,
        Call.area_code == call.area_code,
        Call.id != call.id,
        Call.outcome.in_(UNANSWERED),
        Call.settled.is_(None),
        Call.head_id.is_(None),
    )
    return session.scalars(query.order_by(Call.id).with_for_update()).all()


def _got_through(session: Session, call: Call, now: datetime) -> None:
    """Whoever got through is not rung back for what they tried before, nor for this call."""
    at = call.answered_at
    own = [call] if _runs(session, call) else []
    for waiting in (*own, *_waiting(session, call)):
        if at is not None and waiting.began_at <= at:
            settle(session, waiting, "got_through", now, since=at)


def settle(
    session: Session, call: Call, why: str, now: datetime, *, since: datetime | None = None
) -> None:
    """End what is owed for a call and those that joined it; where it was `since` a moment, those
    that came after it wait on, the first of them in its place.
    """
    joined = select(Call).where(Call.head_id == call.id, Call.settled.is_(None))
    others = session.scalars(joined.order_by(Call.id).with_for_update()).all()
    left = [one for one in others if since is not None and one.began_at > since]
    for one in (call, *(one for one in others if one not in left)):
        if one.settled is None:
            one.settled, one.settled_at = why, now
    clocks.meet(session, Subject(call_id=call.id), now, ClockName.ring_back)
    for one in left:
        one.head_id = None
        session.flush()
        review(session, one, now)
    session.flush()


def rang_back(
    session: Session, actor: Actor, call: Call, now: datetime, *, reached: bool
) -> RingBack:
    """Record that somebody rang back, and whether they reached anybody; `call` is locked.

    The promise is kept either way; whoever was not reached may be tried again, and each try is on
    the record. Raises NotPermitted, MoveNotAllowed where nobody need ring back.
    """
    require(actor, "desk.log")
    again = call.settled == "rung_back" and not _reached(session, call)
    if call.head_id is not None or not (again or _runs(session, call)):
        raise MoveNotAllowed(ALREADY)
    row = RingBack(call_id=call.id, by=actor.person, at=now, reached=reached)
    session.add(row)
    settle(session, call, "rung_back", now)
    return row


def _reached(session: Session, call: Call) -> bool:
    reached = exists().where(RingBack.call_id == call.id, RingBack.reached)
    return bool(session.scalar(select(reached)))
