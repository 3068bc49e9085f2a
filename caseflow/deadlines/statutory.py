"""The working days of a year by law and by the State Council's yearly notice.

The `holidays` library knows the law for every year and the notices (调休) of the years that are
out. It is slow to import, so it is loaded when the first year is asked for, and each year is
worked out once per process.
"""

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

_SATURDAY = 5


@cache
def working_days(year: int) -> frozenset[date]:
    """Return every working day of `year`: weekdays that are no holiday, and make-up weekends."""
    # Days of December that the notice of the year after called to work (2005-12-31, 2006-12-30 and
    # -31, 2011-12-31) are there too: the library's set of worked weekends holds every year's.
    china = _china(year)
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    return frozenset(
        day
        for day in days
        if (day in china.weekend_workdays if day.weekday() >= _SATURDAY else day not in china)
    )


@cache
def has_notice(year: int) -> bool:
    """Say whether the library holds the notice for `year`; without one it only knows the law."""
    # For the same reason the set is never empty: only days of the year itself tell.
    return any(day.year == year for day in _china(year).weekend_workdays)


def _china(year: int) -> "HolidayBase":
    from holidays import country_holidays  # here, because many starts never ask for a day

    return country_holidays("CN", years=year, expand=False)
