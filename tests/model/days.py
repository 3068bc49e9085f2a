"""The model's calendar of 2025 to 2027 and how promises are counted by it (design §3, trade.md).

Written by hand: 2025 and 2026 from the State Council's yearly notices, 2027 by law alone, for its
notice is not out. A day off by law that falls on a weekend is made up for on the next weekday.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
DAY = timedelta(days=1)

# First and last day off, month and day; then the weekend days that became working days.
_OFF = {
    2025: "0101-0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008",
    2026: "0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007",
    2027: "0101-0101 0205-0210 0405-0405 0501-0504 0609-0609 0915-0915 1001-1005",
}
_MADE_UP = {
    2025: "0126 0208 0427 0928 1011",
    2026: "0104 0214 0228 0509 0920 1010",
    2027: "",
}


def _day(year: int, text: str) -> date:
    return date(year, int(text[:2]), int(text[2:]))


def _year(year: int) -> list[date]:
    off = set()
    for stretch in _OFF[year].split():
        day, last = (_day(year, text) for text in stretch.split("-"))
        while day <= last:
            off.add(day)
            day += DAY
    made_up = {_day(year, text) for text in _MADE_UP[year].split()}
    every = [date(year, 1, 1) + n * DAY for n in range(366)]
    return [
        day
        for day in every
        if day.year == year and (day in made_up or (day.weekday() < 5 and day not in off))
    ]


WORKING = [day for year in sorted(_OFF) for day in _year(year)]
_WORKING = set(WORKING)


def works(day: date) -> bool:
    """Tell whether a day is a working day."""
    return day in _WORKING


def after(day: date, n: int) -> date:
    """Return the n-th working day after a day, which does not count itself; n >= 1."""
    return WORKING[bisect_right(WORKING, day) + n - 1]


def before(day: date, n: int) -> date:
    """Return the n-th working day before a day, which does not count itself; n >= 1."""
    at = bisect_right(WORKING, day)
    return WORKING[at - n - (1 if works(day) else 0)]


def move(day: date, n: int) -> date:
    """Return the day that is n working days later, or earlier where n is negative."""
    if n == 0:
        return day
    return after(day, n) if n > 0 else before(day, -n)


def between(a: date, b: date) -> int:
    """Count the working days after `a` until `b`, which counts; negative where b is earlier."""
    return bisect_right(WORKING, b) - bisect_right(WORKING, a)


def calendar_between(a: date, b: date) -> int:
    """Count the days after `a` until `b`, which counts; negative where b is earlier."""
    return (b - a).days


# Moments


def day_of(moment: datetime) -> date:
    """Return the day it is in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def last_day(due: datetime) -> date:
    """Return the day that a due moment belongs to: 24:00 ends the day before."""
    return day_of(due - timedelta(microseconds=1))


def end_of(day: date) -> datetime:
    """Return 24:00 of a day in Shanghai."""
    return datetime.combine(day + DAY, time(0), SHANGHAI).astimezone(UTC)


def same_time(due: datetime, day: date) -> datetime:
    """Return a due moment moved to another day, at the same time of that day."""
    return due + (day - last_day(due))


def working_days(start: datetime, n: int) -> datetime:
    """Return 24:00 of the n-th working day; the day of receipt does not count."""
    return end_of(after(day_of(start), n))


def calendar_days(start: datetime, n: int) -> datetime:
    """Return 24:00 of the n-th day, or of the next working day where that is a day off."""
    return end_of(rolled(day_of(start) + n * DAY))


def rolled(day: date) -> date:
    """Return a day, or the next working day where it is a day off."""
    return day if works(day) else after(day, 1)


def earlier(due: datetime, n: int) -> datetime:
    """Return 24:00 of the n-th working day before that of a due moment: the margin of items."""
    return end_of(before(last_day(due), n))


def given_back(
    due: datetime, began: datetime, ended: datetime, *, calendar: bool = False
) -> datetime:
    """Return the due moment after a standstill of a promise in days (trade.md: pausable).

    The working days, or `calendar` days, that were left after the day on which it began are given
    again after the day on which it ended, so that nothing escalates at once. The design is
    silent about promises that were late already: like the product, the model leaves them late by
    as many days, on the last of several days off that are as late.
    """
    if began >= due:
        late = (calendar_between if calendar else between)(last_day(due), day_of(began))
        day = last_day(ended) - late * DAY if calendar else move(last_day(ended), -late)
        while not works(day) or same_time(due, day) > ended:
            day -= DAY
        return max(due, same_time(due, day))
    left = (calendar_between if calendar else between)(day_of(began), last_day(due))
    day = last_day(ended) + left * DAY if calendar else move(last_day(ended), left)
    while not works(day) or same_time(due, day) <= ended:
        day += DAY
    return max(due, same_time(due, day))
