"""What a change of the calendar does to promises already given (design law 7, engine 11).

Here is the arithmetic and the writing of the days; which cases it touches, and the entry in each
of them, is the ledger's (`ledger.moves.recalendar`).

How a due moment is counted anew, in this order:
- minutes and hours do not know the calendar and stay, and so does a due moment imposed from
  outside;
- a clock that was counted back from the case's resolve clock follows it by the policy's margin;
- a limit in calendar days that its policy explains is counted by the policy again; any other only
  leaves a day that is now off for the next working day;
- working days and hours: as many of them after the start as before the change. Whatever shifted
  the due moment meanwhile (a pause, a return, an extension) is inside that number and stays.
Nobody becomes late by the change itself: a due moment that would fall before 24:00 of the present
day falls there, unless it had passed already.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.calendar import Calendar, Unit
from caseflow.deadlines.ladder import Ladder
from caseflow.deadlines.policies import COUNTED_BACK_FROM, ClockName, Policy
from caseflow.deadlines.rules import Rules, forget, rules_of
from caseflow.deadlines.tables import Clock, DayOverride, Pause, PublishedYear

_UNKNOWING = (Unit.minutes, Unit.hours)


@dataclass(frozen=True)
class Change:
    """What an administrator wants to change.

    `days`: True = working day, False = day off, None = as the law and the library say again.
    `notes` says for a day what it is (春节). `published`: years whose notice is entered with this.
    """

    days: Mapping[date, bool | None]
    notes: Mapping[date, str] = field(default_factory=dict)
    published: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Tell whether anything at all is to be changed."""
        return bool(self.days or self.published)


def changed(calendar: Calendar, change: Change) -> Calendar:
    """Return the calendar as it will be."""
    overrides = {**calendar.overrides, **change.days}
    return Calendar(
        overrides={day: working for day, working in overrides.items() if working is not None},
        published_years=calendar.published_years | change.published,
        hours=calendar.hours,
    )


def first_day(before: Calendar, after: Calendar, change: Change) -> date | None:
    """Return the first day from which on anything may differ, None when nothing does."""
    days = [day for day in change.days if before.is_working_day(day) != after.is_working_day(day)]
    days += [date(year, 1, 1) for year in change.published - before.published_years]
    return min(days, default=None)


def hold(session: Session) -> None:
    """Let nobody read the calendar until this transaction ends, and wait for all who have: whoever
    works by the rules asks for their edition first (`deadlines.rules`).

    Without it a promise given at the same moment by the old calendar would slip through. SQLite
    has one writer anyway. Must come before this session reads the rules itself.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE rules_edition IN ACCESS EXCLUSIVE MODE"))


def write(session: Session, change: Change, user_id: int, now: datetime) -> None:
    """Write the days and years; from here on this session counts by the new calendar."""
    session.execute(delete(DayOverride).where(DayOverride.day.in_(list(change.days))))
    session.add_all(
        DayOverride(
            day=day, working=working, note=change.notes.get(day, ""), set_by=user_id, set_at=now
        )
        for day, working in change.days.items()
        if working is not None
    )
    known = rules_of(session).calendar.published_years
    session.add_all(
        PublishedYear(year=year, set_by=user_id, set_at=now) for year in change.published - known
    )
    session.flush()
    forget(session)


def spared(calendar: Calendar, old: datetime, counted: datetime, now: datetime) -> datetime:
    """Return the new due moment, later where nobody would be left the present working day.

    Nobody becomes late by a change itself; what was late already stays as it was.
    """
    if counted >= old:
        return counted
    next_day = calendar.roll(calendar.local_day(now))  # nobody works on a day off
    return min(old, max(counted, calendar.end_of_day(next_day)))


Moved = tuple[datetime, datetime]
"""An old and a new due moment."""


@dataclass(frozen=True)
class Recount:
    """Counts due moments anew: `before` and `after` are the rules by the two calendars."""

    before: Rules
    after: Calendar
    now: datetime

    def due(
        self, clock: Clock, resolves: Sequence[Moved], imposed: Collection[datetime]
    ) -> datetime:
        """Return the due moment of a clock that runs or stands still, by the new calendar.

        `resolves`: old and new due moments of the case's promises that are alive: its own, and
        those of the cases that were merged into it.
        `imposed`: due moments that were set from outside for this case.
        """
        decided = clock.due in imposed or clock.name == ClockName.milestone
        if Unit(clock.unit) in _UNKNOWING or decided:
            return clock.due
        counted = self._back(clock, resolves) or self._forward(clock)
        return spared(self.after, clock.due, counted, self.now)

    def _policy(self, clock: Clock) -> Policy | None:
        known = (policy for policy in self.before.policies if policy.id == clock.policy_id)
        return next(known, None)

    def _back(self, clock: Clock, resolves: Sequence[Moved]) -> datetime | None:
        """Follow the promise of the case that this one was counted back from."""
        policy = self._policy(clock)
        if clock.name not in COUNTED_BACK_FROM or policy is None:
            return None
        back, margin = self.before.calendar.less_working_days, policy.margin
        new = next((new for old, new in resolves if clock.due == back(old, margin)), None)
        if new is None:
            return None
        counted = self.after.less_working_days(new, policy.margin)
        if not policy.margin:
            return counted
        return max(counted, self.after.due(clock.started_at, 1, Unit.working_days))

    def _forward(self, clock: Clock) -> datetime:
        before, unit, start = self.before.calendar, Unit(clock.unit), clock.started_at
        if unit is Unit.working_hours:
            passed = before.office_time().between(start, clock.due)
            return self.after.office_time().add(start, passed)
        policy, due_day = self._policy(clock), before.due_day(clock.due)
        in_days = unit is Unit.calendar_days
        if in_days and policy and clock.due == before.due(start, policy.amount, unit):
            return self.after.due(start, policy.amount, unit)
        if not before.is_working_day(due_day):
            return clock.due  # no count ends there, so somebody set it
        if in_days:
            return self._on(clock, self.after.roll(due_day))
        days = before.working_days_between(before.local_day(start), due_day)
        last = self.after.add_working_days(self.after.local_day(start), days)
        return self._on(clock, last) if days > 0 else clock.due

    def _on(self, clock: Clock, day: date) -> datetime:
        """Return the moment of `day` at the time of day of the old due moment."""
        return clock.due + (day - self.before.calendar.due_day(clock.due))


def succeed(
    session: Session,
    old: Clock,
    due: datetime,
    now: datetime,
    *,
    policy: Policy | None = None,
    ladder: Ladder | None = None,
) -> Clock:
    """Let a successor with the new due moment follow, by other versions where they are given.

    Its pauses go over to it: one that lasts ends with it, and those that ended still count against
    what the policy allows.
    """
    clock = clocks.supersede(session, old, due, now, policy=policy, ladder=ladder)
    session.execute(update(Pause).where(Pause.clock_id == old.id).values(clock_id=clock.id))
    return clock
