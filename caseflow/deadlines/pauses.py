"""Pauses: only clocks whose policy allows it stand still, once per question, for a bounded time.

Source: the office waits at most ten working days for an answer (design §3, trade.md policies).
A clock that has stood still for as long as its policy allows does not stand still again, however
often the reporter is asked: otherwise a question every ten days would keep the ladder away forever.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock, Pause

PAUSABLE = ("resolve", "reply", "verify", "rectify")
LONGEST = 10


def limit(session: Session, now: datetime) -> datetime:
    """Return when a question asked now runs out: ten working days at the most."""
    return rules_of(session).calendar.due(now, LONGEST, Unit.working_days)


def pause(
    session: Session, root_case_id: int, question_id: int, now: datetime, until: datetime
) -> list[Clock]:
    """Let the pausable clocks of a case stand still for one question; returns those that do."""
    running = select(Clock).where(
        Clock.root_case_id == root_case_id, Clock.state == "running", Clock.name.in_(PAUSABLE)
    )
    still = would_stand(session, session.scalars(running.order_by(Clock.id)).all())
    for clock in still:
        clock.state, clock.paused_at = "paused", now
        session.add(
            Pause(
                clock_id=clock.id,
                question_id=question_id,
                started_at=now,
                until=until,
                old_due=clock.due,
            )
        )
    session.flush()
    return still


def would_stand(session: Session, running: Iterable[Clock]) -> list[Clock]:
    """Return the clocks that would stand still for a question asked now; one statement."""
    able = [clock for clock in running if clock.state == "running" and clock.name in PAUSABLE]
    stood = _stood_still(session, [clock.id for clock in able])
    return [clock for clock in able if _may(session, clock, stood[clock.id])]


def _may(session: Session, clock: Clock, stood: int) -> bool:
    policy = clocks.policy_of(session, clock)
    return policy is not None and policy.pausable and stood < policy.pause_limit_days


def _stood_still(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return for how many working days clocks have stood still so far, all questions together."""
    calendar = rules_of(session).calendar
    days = dict.fromkeys(ids, 0)
    query = select(Pause.clock_id, Pause.started_at, Pause.ended_at)
    query = query.where(Pause.clock_id.in_(ids), Pause.ended_at.is_not(None))
    for clock_id, began, ended in session.execute(query):
        if ended is not None:
            first, last = calendar.local_day(began), calendar.due_day(ended)
            days[clock_id] += calendar.working_days_between(first, last)
    return days


def resume(session: Session, question_id: int, now: datetime) -> list[Clock]:
    """Let the clocks that stood still for a question run on, with what was left to them.

    The pause ends at `until` even when the sweep comes later: a standstill of ours gives nobody
    more time than the question allowed.
    """
    calendar = rules_of(session).calendar
    resumed = []
    for stretch in open_pauses(session, question_id):
        ended = max(stretch.started_at, min(now, stretch.until))  # clocks are set back now and then
        stretch.ended_at = ended
        clock = session.get_one(Clock, stretch.clock_id)
        if clock.state != "paused":
            continue
        due = calendar.shift(clock.due, stretch.started_at, ended, Unit(clock.unit))
        clock.state, clock.paused_at = "running", None
        clocks.replan(session, clock, due)
        resumed.append(clock)
    session.flush()
    return resumed


def open_pauses(session: Session, question_id: int) -> Sequence[Pause]:
    """Return the stretches that still last for a question."""
    query = select(Pause).where(Pause.question_id == question_id, Pause.ended_at.is_(None))
    return session.scalars(query.order_by(Pause.id)).all()
