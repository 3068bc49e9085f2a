"""Lets stories of the past happen in the order of time, with the sweep in between.

A story is a generator: it yields the moment it waits for and goes on when that moment has come.
What would lie in the future does not happen. Between two steps the ladders climb, each rung at
the very moment at which the sweep would have found it.
"""

import heapq
from collections.abc import Generator, Iterable
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import SHANGHAI, UTC, local
from caseflow.deadlines.calendar import Calendar
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.escalation.sweep import sweep
from caseflow.ledger.report_tables import Question

Script = Generator[datetime, None, None]


class Days:
    """Moments as a story says them: working days before today, and an hour of the wall clock."""

    def __init__(self, now: datetime, calendar: Calendar) -> None:
        """Count from `now` by the office's own calendar."""
        self.now = now
        self._calendar = calendar

    def ago(self, working_days: int, hour: str) -> datetime:
        """Return `hour` (HH:MM in Shanghai) on the n-th working day before today, n ≥ 1."""
        day = self._calendar.add_working_days(local(self.now).date(), -working_days)
        return self._at(datetime.combine(day, time.fromisoformat(hour)))

    def later(self, moment: datetime, working_days: int, hour: str) -> datetime:
        """Return `hour` on the n-th working day after the day of `moment`."""
        day = self._calendar.add_working_days(local(moment).date(), working_days)
        return self._at(datetime.combine(day, time.fromisoformat(hour)))

    @staticmethod
    def _at(wall: datetime) -> datetime:
        return wall.replace(tzinfo=SHANGHAI).astimezone(UTC)


def play(session: Session, scripts: Iterable[Script], now: datetime) -> None:
    """Let all scripts happen up to `now`, earliest step first, and sweep up to `now`."""
    waiting: list[tuple[datetime, int, Script]] = []
    for number, script in enumerate(scripts):
        _wait(waiting, number, script)
    while waiting and waiting[0][0] <= now:
        moment, number, script = heapq.heappop(waiting)
        climb(session, moment)
        _wait(waiting, number, script)
    climb(session, now)


def _wait(waiting: list[tuple[datetime, int, Script]], number: int, script: Script) -> None:
    moment = next(script, None)
    if moment is not None:
        heapq.heappush(waiting, (moment, number, script))


def climb(session: Session, until: datetime) -> None:
    """Sweep at each moment up to `until` at which something is due."""
    while (due := _next(session)) is not None and due <= until:
        while sweep(session, due):
            continue


def _next(session: Session) -> datetime | None:
    """Return when the sweep has something to do next."""
    session.flush()
    rung = session.scalar(
        select(Clock.next_rung_at)
        .where(Clock.state == "running", Clock.next_rung_at.is_not(None))
        .order_by(Clock.next_rung_at)
        .limit(1)
    )
    question = session.scalar(
        select(Question.until).where(Question.ended_at.is_(None)).order_by(Question.until).limit(1)
    )
    return min((moment for moment in (rung, question) if moment is not None), default=None)


def calendar_of(session: Session) -> Calendar:
    """Return the office's calendar."""
    return rules_of(session).calendar


__all__ = ["Days", "Script", "calendar_of", "climb", "play", "timedelta"]
