"""The office's calendar: which days count, and when a promise of so many of them ends.

A value that is handed its exceptions; it reads no clock and no database. Moments go in aware and
come out in UTC; days are days in Asia/Shanghai. A day limit ends at 24:00, which is the same
moment as 00:00 of the day after: `due_day` gives the day that such a moment ends.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from caseflow.clock import SHANGHAI
from caseflow.deadlines import statutory
from caseflow.deadlines.office_hours import OFFICE_HOURS, Hours, OfficeTime, check_hours

__all__ = ["OFFICE_HOURS", "SHANGHAI", "Calendar", "Remaining", "Unit"]

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_MIDNIGHT = time(0)


class Unit(StrEnum):
    """What a limit is counted in."""

    minutes = "minutes"
    hours = "hours"
    working_hours = "working_hours"
    calendar_days = "calendar_days"
    working_days = "working_days"


@dataclass(frozen=True)
class Remaining:
    """What is left of a promise, or by how much it is late, in a unit fit for the screen."""

    amount: int
    unit: Unit
    overdue: bool


@dataclass(frozen=True)
class Calendar:
    """Working days by law and notice, with the office's exceptions on top.

    `overrides`: True = working day, False = day off; they win over everything else.
    `published_years`: years whose notice an administrator has entered through overrides.
    `hours`: when the office is open; only limits in working hours look at it.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict, hash=False)
    published_years: frozenset[int] = frozenset()
    hours: Hours = OFFICE_HOURS

    def __post_init__(self) -> None:
        """Keep an own copy of the exceptions; raise ValueError on senseless hours."""
        check_hours(self.hours)
        object.__setattr__(self, "overrides", MappingProxyType(dict(self.overrides)))

    # Days

    def is_working_day(self, d: date) -> bool:
        """Say whether `d` is a working day."""
        known = self.overrides.get(d)
        return d in statutory.working_days(d.year) if known is None else known

    def is_provisional(self, year: int) -> bool:
        """Say whether `year` is computed by law only: its notice is neither known nor entered."""
        return year not in self.published_years and not statutory.has_notice(year)

    def rests_on_provisional(self, start: datetime, due: datetime) -> bool:
        """Say whether a day between the two moments lies in a provisional year."""
        years = range(self.local_day(start).year, self.due_day(due).year + 1)
        return any(self.is_provisional(year) for year in years)

    def roll(self, d: date) -> date:
        """Return `d` when it is a working day, else the next one."""
        return d if self.is_working_day(d) else self.add_working_days(d, 1)

    def add_working_days(self, d: date, n: int) -> date:
        """Return the n-th working day after `d` (before it when n < 0); `d` itself never counts."""
        step = _DAY if n > 0 else -_DAY
        left = abs(n)
        while left:
            d += step
            left -= self.is_working_day(d)
        return d

    def working_days_between(self, a: date, b: date) -> int:
        """Return the number of working days in (a, b]; for b < a, minus those in (b, a]."""
        if b < a:
            return -self.working_days_between(b, a)
        return sum(self.is_working_day(a + n * _DAY) for n in range(1, (b - a).days + 1))

    # Days and moments

    def end_of_day(self, d: date) -> datetime:
        """Return 24:00 Asia/Shanghai of `d`, in UTC."""
        return datetime.combine(d + _DAY, _MIDNIGHT, SHANGHAI).astimezone(UTC)

    def local_day(self, moment: datetime) -> date:
        """Return the day it is in Asia/Shanghai; at 24:00 that is already the next one."""
        return _local(moment).date()

    def due_day(self, moment: datetime) -> date:
        """Return the day a due moment belongs to: 24:00 belongs to the day it ends."""
        local = _local(moment)
        return local.date() - _DAY if local.time() == _MIDNIGHT else local.date()

    # Promises

    def due(self, start: datetime, amount: int, unit: Unit) -> datetime:
        """Return when a promise of `amount` `unit`, given at `start`, falls due.

        The day of receipt does not count; a day limit ends at 24:00; a calendar-day limit that
        ends on a day off rolls to the next working day; minutes and hours run around the clock;
        working hours run while the office is open (design §3, Clocks). Raises ValueError when
        `amount` is negative.
        """
        if amount < 0:
            raise ValueError("a promise cannot fall due before it was given")
        if unit in (Unit.calendar_days, Unit.working_days):
            add, _ = self._counting(unit)
            return self.end_of_day(self.roll(add(self.local_day(start), amount)))
        return self.offset(start, amount, unit)

    def offset(self, moment: datetime, amount: int, unit: Unit) -> datetime:
        """Return `moment` moved by `amount` (either way), keeping its time of day in day units.

        24:00 of D plus one working day is 24:00 of the next one; minus one is 24:00 of the one
        before D, so that D itself remains whole. Calendar days are not rolled here.
        """
        if unit is Unit.minutes:
            return _utc(moment) + amount * _MINUTE
        if unit is Unit.hours:
            return _utc(moment) + amount * _HOUR
        if unit is Unit.working_hours:
            return self.office_time().add(_utc(moment), amount * _HOUR)
        add, _ = self._counting(unit)
        return self._same_time(moment, add(self.due_day(moment), amount))

    def less_working_days(self, due: datetime, n: int) -> datetime:
        """Return 24:00 of the n-th working day before the day of `due` (an item's margin).

        With n = 0 it is `due` itself. The result may lie in the past: the caller decides then.
        """
        return self.end_of_day(self.add_working_days(self.due_day(due), -n)) if n else _utc(due)

    def shift(
        self, due: datetime, paused_at: datetime, resumed_at: datetime, unit: Unit
    ) -> datetime:
        """Return the due moment after a pause, never earlier than the old one.

        Minutes and hours move by the time that passed, working hours by the working time. Day
        units give the days that were left after the day of the pause again after the day of the
        resumption. What was overdue stays overdue by about as much: a pause mends no broken
        promise. Raises ValueError when the pause ends before it began.
        """
        if resumed_at < paused_at:
            raise ValueError("a pause cannot end before it began")
        if unit in (Unit.calendar_days, Unit.working_days):
            return max(_utc(due), self._shift_days(due, paused_at, resumed_at, unit))
        elapsed = resumed_at - paused_at
        if unit is Unit.working_hours:
            left = self.office_time().between(paused_at, due)
            # A due moment outside office hours (imposed from above) may leave no working time.
            if left or paused_at >= due:
                return max(_utc(due), self.office_time().add(_utc(resumed_at), left))
        return _utc(due) + elapsed

    def remaining(self, now: datetime, due: datetime, unit: Unit) -> Remaining:
        """Return what the screen says: days after today (0 = today is the last), or time left.

        Overdue days count today too, so on the first working day after the due day it is 1. Hours
        and minutes are whole ones; under one hour, hours become minutes. Overdue begins at `due`.
        """
        overdue = now >= due
        first, last = (due, now) if overdue else (now, due)
        if unit in (Unit.calendar_days, Unit.working_days):
            _, count = self._counting(unit)
            today, due_day = self.local_day(now), self.due_day(due)
            days = count(due_day, today) if overdue else count(today, due_day)
            return Remaining(max(0, days), unit, overdue)
        if unit is Unit.working_hours:
            return Remaining(self.office_time().between(first, last) // _HOUR, unit, overdue)
        if unit is Unit.minutes or last - first < _HOUR:
            return Remaining((last - first) // _MINUTE, Unit.minutes, overdue)
        return Remaining((last - first) // _HOUR, Unit.hours, overdue)

    def office_time(self) -> OfficeTime:
        """Return the arithmetic of working time by this calendar."""
        return OfficeTime(self.hours, self.is_working_day)

    def _shift_days(
        self, due: datetime, paused_at: datetime, resumed_at: datetime, unit: Unit
    ) -> datetime:
        add, count = self._counting(unit)
        due_day, paused = self.due_day(due), self.local_day(paused_at)
        late = paused_at >= due
        left = -count(due_day, paused) if late else count(paused, due_day)
        day = add(self.due_day(resumed_at), left)  # a pause that ran out ended with its last day
        # Onto a working day, and onto the side of the resumption that it was of the pause.
        step = -_DAY if late else _DAY
        while not self.is_working_day(day) or (self._same_time(due, day) <= resumed_at) != late:
            day += step
        return self._same_time(due, day)

    def _counting(
        self, unit: Unit
    ) -> tuple[Callable[[date, int], date], Callable[[date, date], int]]:
        """Return how to add days of this unit and how to count them."""
        if unit is Unit.working_days:
            return self.add_working_days, self.working_days_between
        return _add_days, _days_between

    def _same_time(self, moment: datetime, day: date) -> datetime:
        at = _local(moment).time()
        if at == _MIDNIGHT:
            return self.end_of_day(day)
        return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def _add_days(d: date, n: int) -> date:
    return d + n * _DAY


def _days_between(a: date, b: date) -> int:
    return (b - a).days


def _local(moment: datetime) -> datetime:
    return _utc(moment).astimezone(SHANGHAI)


def _utc(moment: datetime) -> datetime:
    # A naive moment would silently be taken for the server's own time zone.
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its time zone")
    return moment.astimezone(UTC)
