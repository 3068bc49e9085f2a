"""What a new version of a rule does to promises already given (design law 7).

How a due moment is counted anew, in this order:
- one imposed from outside stays;
- one that was counted back from the case's resolve clock follows it, by the margin that applies;
- what the old rule gives from the start is replaced by what the new one gives, and what shifted
  the promise since (a pause, an extension) is added again, in the unit it was counted in;
- one that is earlier than its old rule gives was set so by something else (a return, a case that
  was merged): it stays, or becomes as early as the new rule gives.
Nobody becomes late by the change itself (`recalendar.spared`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from caseflow.deadlines.calendar import Calendar, Unit
from caseflow.deadlines.policies import COUNTED_BACK_FROM, ClockName, Policy
from caseflow.deadlines.recalendar import Moved, spared
from caseflow.deadlines.rules import Rules
from caseflow.deadlines.tables import Clock

_WITHIN = (ClockName.verify, ClockName.rectify)


@dataclass(frozen=True)
class Counted:
    """A new due moment; `by_rule`: by the rule alone, whether or not it is past already."""

    due: datetime
    by_rule: datetime
    late: bool = False


@dataclass(frozen=True)
class Reruled:
    """Counts due moments anew by another version of a rule."""

    rules: Rules
    now: datetime

    def due(
        self,
        clock: Clock,
        new: Policy | None,
        resolves: Sequence[Moved],
        imposed: Collection[datetime],
    ) -> Counted:
        """Return the due moment of a clock that runs or stands still.

        `new`: the version that it goes by from now on, None where that stays. `resolves`: of the
        case's own promises the old due moments, and the new ones by the rule. `imposed`: set from
        outside for this case.
        """
        old = next((p for p in self.rules.policies if p.id == clock.policy_id), None)
        if old is None or clock.due in imposed or clock.name == ClockName.milestone:
            return Counted(clock.due, clock.due)
        counted = self._back(clock, old, new or old, resolves)
        if counted is None and new is not None:
            counted = self._forward(clock, old, new)
        if counted is None:
            counted = self._within(clock, old, resolves)
        due = spared(self.rules.calendar, clock.due, counted, self.now)
        return Counted(due, counted, counted <= self.now < clock.due)

    def _back(
        self, clock: Clock, old: Policy, new: Policy, resolves: Sequence[Moved]
    ) -> datetime | None:
        """Follow the promise of the case that this one was counted back from."""
        if clock.name not in COUNTED_BACK_FROM:
            return None
        back, least = self.rules.calendar.less_working_days, self._least(clock)
        for before, after in resolves:
            was = back(before, old.margin)
            if clock.due == was or (old.margin and clock.due == least and was < least):
                due = back(after, new.margin)
                return max(due, least) if new.margin else due
        return None

    def _least(self, clock: Clock) -> datetime:
        return self.rules.calendar.due(clock.started_at, 1, Unit.working_days)

    def _forward(self, clock: Clock, old: Policy, new: Policy) -> datetime:
        calendar = self.rules.calendar
        was = calendar.due(clock.started_at, old.amount, old.unit)
        given = calendar.due(clock.started_at, new.amount, new.unit)
        if clock.due == was:
            return given
        if clock.due < was:
            return min(clock.due, given)
        return _later(calendar, given, was, clock.due, old.unit)

    def _within(self, clock: Clock, old: Policy, resolves: Sequence[Moved]) -> datetime:
        """An item that was due before its case still is, when the case is due earlier."""
        if clock.name not in _WITHIN or not resolves:
            return clock.due
        before, after = min(resolves)
        back = self.rules.calendar.less_working_days
        if clock.due > back(before, old.margin):
            return clock.due
        return min(clock.due, max(back(after, old.margin), self._least(clock)))


def _later(
    calendar: Calendar, given: datetime, was: datetime, due: datetime, unit: Unit
) -> datetime:
    """Return `given` later by what lies between `was` and `due`, counted in `unit`."""
    if unit is Unit.working_hours:
        return calendar.office_time().add(given, calendar.office_time().between(was, due))
    first, last = calendar.due_day(was), calendar.due_day(due)
    if unit is Unit.working_days:
        days = calendar.working_days_between(first, last)
        return calendar.offset(given, days, unit)
    if unit is Unit.calendar_days:
        day = calendar.due_day(calendar.offset(given, (last - first).days, unit))
        return calendar.end_of_day(calendar.roll(day))
    return given + (due - was)
