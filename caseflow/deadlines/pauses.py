"""Pauses: only clocks whose policy allows it stand still, once per question, for a bounded time.

Source: the office waits at most ten working days for an answer (design §3, trade.md policies).
The policy's limit bounds all stretches of a clock together, and those of the clocks that it
follows (returned work): otherwise a question every ten days would keep the ladder away forever.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock, Pause
from caseflow.many import one_of

PAUSABLE = ("resolve", "reply", "verify", "rectify")
LONGEST = 10


def limit(session: Session, now: datetime) -> datetime:
    """Return when a question asked now runs out: ten working days at the most."""
    return rules_of(session).calendar.due(now, LONGEST, Unit.working_days)


def pause(
    session: Session, running: Iterable[Clock], question_id: int, now: datetime, until: datetime
) -> list[Clock]:
    """Let those of the `running` clocks that may stand still do so for one question.

    Each until `until`, or until its policy's limit is used up; returns those that do.
    """
    calendar = rules_of(session).calendar
    still = _left(session, running)
    for clock, left in still:
        clock.state, clock.paused_at = "paused", now
        session.add(
            Pause(
                clock_id=clock.id,
                question_id=question_id,
                started_at=now,
                until=min(until, calendar.due(now, left, Unit.working_days)),
                old_due=clock.due,
            )
        )
    session.flush()
    return [clock for clock, _ in still]


def would_stand(session: Session, running: Iterable[Clock], *, never: bool = False) -> list[Clock]:
    """Return the clocks that would stand still for a question asked now; one statement, or none
    where the caller knows that they `never` did.
    """
    return [clock for clock, _ in _left(session, running, never=never)]


def _left(
    session: Session, running: Iterable[Clock], *, never: bool = False
) -> list[tuple[Clock, int]]:
    """Return the clocks that may stand still, each with the working days that it may."""
    able = [clock for clock in running if clock.state == "running" and clock.name in PAUSABLE]
    ids = [clock.id for clock in able]
    stood = dict.fromkeys(ids, 0) if never else _stood_still(session, ids)
    left = [(clock, _limit(session, clock) - stood[clock.id]) for clock in able]
    return [(clock, days) for clock, days in left if days > 0]


def _limit(session: Session, clock: Clock) -> int:
    policy = clocks.policy_of(session, clock)
    return policy.pause_limit_days if policy is not None and policy.pausable else 0


def _stood_still(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return for how many working days clocks, and those they follow, have stood still so far."""
    calendar = rules_of(session).calendar
    days = dict.fromkeys(ids, 0)
    for clock_id, began, ended in session.execute(_STRETCHES, {"ids": ids}):
        if ended is not None:
            first, last = calendar.local_day(began), calendar.due_day(ended)
            days[clock_id] += calendar.working_days_between(first, last)
    return days


def _of_lines() -> Select[int, datetime, datetime | None]:
    """Select the stretches that are over of clocks, and of those they follow."""
    asked = select(Clock.id, Clock.id.label("link"), Clock.follows)
    line = asked.where(one_of(Clock.id, "ids")).cte("line", recursive=True)
    before = select(line.c.id, Clock.id, Clock.follows).join(line, Clock.id == line.c.follows)
    line = line.union_all(before)
    query = select(line.c.id, Pause.started_at, Pause.ended_at)
    return query.join(Pause, Pause.clock_id == line.c.link).where(Pause.ended_at.is_not(None))


_STRETCHES = _of_lines()


def resume(session: Session, question_id: int, now: datetime) -> list[Clock]:
    """Let the clocks that stood still for a question run on, with what was left to them."""
    return _wake(session, open_pauses(session, question_id), now)


def run_out(session: Session, question_id: int, now: datetime) -> list[Clock]:
    """Let the clocks whose own limit is used up run on while the question still waits."""
    over = [one for one in open_pauses(session, question_id) if one.until <= now]
    return _wake(session, over, now)


def _wake(session: Session, stretches: Iterable[Pause], now: datetime) -> list[Clock]:
    woken = [clocks.wake(session, stretch, now) for stretch in stretches]
    session.flush()
    return [clock for clock in woken if clock is not None]


def open_pauses(session: Session, question_id: int) -> Sequence[Pause]:
    """Return the stretches that still last for a question."""
    query = select(Pause).where(Pause.question_id == question_id, Pause.ended_at.is_(None))
    return session.scalars(query.order_by(Pause.id)).all()
