"""The only place that reads the system clock (design law 7).

Everything below the edge is handed the moment as an argument. Moments are aware and in UTC;
only the screen turns them into Asia/Shanghai.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic, sleep
from zoneinfo import ZoneInfo

__all__ = ["SHANGHAI", "UTC", "Period", "local", "monotonic", "now", "sleep"]

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the present moment, aware, in UTC, with microseconds."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """Return `moment` as the wall clock in Asia/Shanghai shows it."""
    return moment.astimezone(SHANGHAI)


@dataclass(frozen=True)
class Period:
    """From the first to the last Shanghai day, both included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """The moment at which it begins."""
        return _midnight(self.first)

    @property
    def until(self) -> datetime:
        """The moment at which it is over."""
        return _midnight(self.last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
