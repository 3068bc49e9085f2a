"""Working time by the clock: adding up and counting the hours in which the office is open."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from caseflow.clock import SHANGHAI

Hours = tuple[tuple[time, time], ...]

# Default only (usual hours of offices in Hunan): an office with others hands its own to `Calendar`.
OFFICE_HOURS: Hours = ((time(8, 30), time(12, 0)), (time(14, 30), time(17, 30)))

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)


def check_hours(hours: Hours) -> None:
    """Raise ValueError unless the spans are non-empty, in order and apart, within one day."""
    ordered = all(start < end for start, end in hours)
    apart = all(before[1] <= after[0] for before, after in pairwise(hours))
    if not (hours and ordered and apart):
        raise ValueError("office hours must be spans of one day, in order, that do not overlap")


@dataclass(frozen=True)
class OfficeTime:
    """Arithmetic on the time within `hours` (Asia/Shanghai) of working days; all moments in UTC."""

    hours: Hours
    is_working_day: Callable[[date], bool]

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from `start` to `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        total, day, last = _NOTHING, start.astimezone(SHANGHAI).date(), end.astimezone(SHANGHAI)
        while day <= last.date():
            for opens, closes in self._spans(day):
                total += max(_NOTHING, min(closes, end) - max(opens, start))
            day += _DAY
        return total

    def add(self, moment: datetime, amount: timedelta) -> datetime:
        """Return the first moment with `amount` of working time passed since `moment`.

        A negative amount goes back: the last moment that lies so much working time before.
        """
        if amount < _NOTHING:
            return self._before(moment, -amount)
        if amount == _NOTHING:
            return moment
        day = moment.astimezone(SHANGHAI).date()
        while True:
            for opens, closes in self._spans(day):
                start = max(opens, moment)
                if closes - start >= amount:
                    return start + amount
                amount -= max(_NOTHING, closes - start)
            day += _DAY

    def _before(self, moment: datetime, amount: timedelta) -> datetime:
        day = moment.astimezone(SHANGHAI).date()
        while True:
            for opens, closes in reversed(list(self._spans(day))):
                end = min(closes, moment)
                if end - opens >= amount:
                    return end - amount
                amount -= max(_NOTHING, end - opens)
            day -= _DAY

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if not self.is_working_day(day):
            return
        for opens, closes in self.hours:
            yield (
                datetime.combine(day, opens, SHANGHAI).astimezone(UTC),
                datetime.combine(day, closes, SHANGHAI).astimezone(UTC),
            )
