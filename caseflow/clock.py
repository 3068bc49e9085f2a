"""The only place that reads the system clock (design law 7).

Everything below the edge is handed the moment as an argument. Moments are aware and in UTC;
only the screen turns them into Asia/Shanghai.
"""

from datetime import UTC, datetime
from time import monotonic, sleep
from zoneinfo import ZoneInfo

__all__ = ["SHANGHAI", "UTC", "local", "monotonic", "now", "sleep"]

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the present moment, aware, in UTC, with microseconds."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """Return `moment` as the wall clock in Asia/Shanghai shows it."""
    return moment.astimezone(SHANGHAI)
