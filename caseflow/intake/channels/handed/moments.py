"""Moments as other offices write them. Pure; days are days of Shanghai."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

_DAY = (
    r"(?:(?P<year>(?:19|20)\d\d)\s*[-/.年]\s*)?"  # not said
    r"(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?|(?P<packed>20\d{6})(?!\d)"
)
# A run of blanks is taken whole (`*+`): tried in every way of sharing it with the next one, a few
# hundred behind a day would cost minutes.
_HOUR = (
    r"(?P<half>上午|下午|晚上|中午)?\s*+"  # not said
    r"(?P<hour>\d{1,2})\s*(?:[:时点]\s*(?P<minute>\d{1,2})?)"
)
MOMENT = re.compile(rf"(?<!\d)(?:{_DAY})(?:\s*+[T(（]?[^\d\n]{{0,8}}?\s*+{_HOUR})?")
_WITHIN = re.compile(
    r"(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3})\s*+个?\s*+(?P<unit>工作日|自然日|日历日|日|天)"
)
_HALF_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: " "}
_DIGITS = "一二三四五六七八九"  # not said
_HALF_A_YEAR = timedelta(days=183)
AFTERNOON = ("下午", "晚上")  # not said


@dataclass(frozen=True)
class Moment:
    """A day, and a time of it where one was said."""

    day: date
    at: time | None = None


@dataclass(frozen=True)
class Within:
    """A stretch of time: `unit` is working_days or calendar_days."""

    amount: int
    unit: str


def half(said: str) -> str:
    """Return a text with its full-width digits and signs made narrow, each in its own place."""
    return said.translate(_HALF_WIDTH)


def find(said: str, today: date) -> Moment | None:
    """Return the first moment that a text names; a day without a year is the one nearest today."""
    for found in MOMENT.finditer(half(said)):
        if moment := of_match(found, today):
            return moment
    return None


def of_match(found: re.Match[str], today: date) -> Moment | None:
    """Return the moment of a match of `MOMENT`; None for a day that no calendar has."""
    day = _day(found, today)
    if day is None:
        return None
    hour, minute = found["hour"], found["minute"]
    if hour is None:
        return Moment(day)
    later = 12 if found["half"] in AFTERNOON and int(hour) < 12 else 0
    if int(hour) == 24 and not int(minute or 0):
        return Moment(day)  # the end of the day, as without an hour
    try:
        return Moment(day, time(int(hour) + later, int(minute or 0)))
    except ValueError:
        return Moment(day)


def _day(found: re.Match[str], today: date) -> date | None:
    try:
        if packed := found["packed"]:
            return date(int(packed[:4]), int(packed[4:6]), int(packed[6:]))
        month, day = int(found["month"]), int(found["day"])
        if found["year"]:
            return date(int(found["year"]), month, day)
        near = date(today.year, month, day)
        if near < today - _HALF_A_YEAR:
            return date(today.year + 1, month, day)
        return date(today.year - 1, month, day) if near > today + _HALF_A_YEAR else near
    except ValueError:
        return None


def within(said: str) -> Within | None:
    """Return the stretch that a text names: 5个工作日, 十五日."""
    found = _WITHIN.search(half(said))
    amount = _number(found["n"]) if found else 0
    if found is None or not amount:
        return None
    unit = "working_days" if found["unit"] == "工作日" else "calendar_days"  # not said
    return Within(amount, unit)


def _number(said: str) -> int:
    if said.isdecimal():
        return int(said)
    tens, ten, ones = said.rpartition("十")  # not said
    if any(len(part) > 1 or part not in _DIGITS for part in (tens, ones)):
        return 0
    value = _DIGITS.find(ones) + 1 if ones else 0
    return value + (10 * (_DIGITS.find(tens) + 1 if tens else 1) if ten else 0)
