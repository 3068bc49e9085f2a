"""Moments in all the ways people write them in a ledger. Pure.

Nothing is guessed where two days are possible: such a cell is refused, with the reason.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import isfinite
from typing import NoReturn

from caseflow.clock import SHANGHAI
from caseflow.intake.old_ledger.cells import Cell, without_controls

FIRST_YEAR, LAST_YEAR = 1990, 2099
_AGO = 15
"""So many years back two digits may mean; two ahead, for a time limit."""


class BadDate(ValueError):
    """Why a cell is no moment, in words for whoever wrote it."""


@dataclass(frozen=True)
class Sheet:
    """What the sheet says about its dates: the year of its title where it has one, the present
    year, and whether its numbers count from 1904.
    """

    this_year: int
    year: int | None = None
    from_1904: bool = False


@dataclass(frozen=True)
class When:
    """A moment, aware and in UTC; `timed`: the hour was written too, else it is the day's first."""

    at: datetime
    timed: bool


_UNREADABLE = "看不懂这个日期"
_NO_YEAR = "没有写年份，表头也看不出是哪一年"
_NO_DAY = "只写了年月，没有写日"
_AMBIGUOUS = "月和日的顺序不明，请写成 2026-03-01 的样子"
_DECIMAL = "是带小数的数字，看不出是几月几日，请写成 2026-03-01 的样子"
_NO_SUCH = "没有这一天"
_STRANGE_YEAR = "年份不像是台账里的"
_TIME = "看不懂后面写的时间"
_NOON = "上午、晚上的 12 点说不清是哪一个，请写成 24 小时制"


def read(cell: Cell, sheet: Sheet) -> When | None:
    """Return the moment that a cell tells, None where it is empty. Raises BadDate."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, bool | time):
        _refuse(_UNREADABLE)
    if isinstance(cell, datetime):
        return _of(cell.date(), cell.time().replace(tzinfo=None), sheet)
    if isinstance(cell, date):
        return _of(cell, None, sheet)
    if isinstance(cell, int | float):
        return _number(cell, sheet)
    return _text(str(cell), sheet)


def _refuse(reason: str) -> NoReturn:
    raise BadDate(reason)


def _of(day: date, at: time | None, _sheet: Sheet, extra_days: int = 0) -> When:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        _refuse(_STRANGE_YEAR)
    timed = at is not None and at != time()
    moment = datetime.combine(day, at or time(), SHANGHAI) + timedelta(days=extra_days)
    return When(moment.astimezone(UTC), timed or bool(extra_days))


# Numbers: written without signs, or as a spreadsheet counts days.

_SERIALS = range(32_000, 74_000)
_1900, _1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a wall clock


def _number(number: int | float, sheet: Sheet) -> When:
    if not isfinite(number):
        _refuse(_UNREADABLE)
    whole = int(number)
    if number == whole and len(str(whole)) in (8, 12, 14):
        return _text(str(whole), sheet)
    if whole in _SERIALS or (sheet.from_1904 and whole + 1462 in _SERIALS):
        start = _1904 if sheet.from_1904 else _1900
        at = start + timedelta(seconds=round(number * 86_400))
        return _of(at.date(), at.time(), sheet)
    _refuse(_DECIMAL if number != whole else _UNREADABLE)


# Texts

_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")  # not said
_SIGN = r"\s*[.\-/年、,]\s*"  # not said
_YMD = re.compile(rf"(\d{{4}}){_SIGN}(\d{{1,2}})(?:{_SIGN}|\s*月\s*)(\d{{1,2}})\s*[日号]?")
_SHORT = re.compile(r"(\d{1,2})\s*([.\-/])\s*(\d{1,2})\s*\2\s*(\d{1,4})")
_SHORT_WORDS = re.compile(r"'?(\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
_MD = re.compile(r"(\d{1,2})(?:\s*月\s*(\d{1,2})\s*[日号]?|\s*[.\-/]\s*(\d{1,2})(?![.\-/\d]))")
_YM = re.compile(r"\d{4}\s*(?:年\s*\d{1,2}\s*月?|[.\-/]\s*\d{1,2})\s*")
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[\sT]*(\d{2}):?(\d{2})(?::?(\d{2}))?)?")
_WEEKDAY = re.compile(
    r"(?:(?:[(\[]|(?<!\s))\s*+)?(?:星期|周|礼拜)[一二三四五六日天]\s*[)\]]?"  # not said
)
_TEN = re.compile("([一二三四五六七八九]?)十([一二三四五六七八九]?)")


@lru_cache(maxsize=10_000)  # a ledger has few days and many rows
def _text(text: str, sheet: Sheet) -> When:
    said = unicodedata.normalize("NFKC", without_controls(text)).strip()
    said = _WEEKDAY.sub(" ", said)
    if re.search("[〇零一二三四五六七八九十]", said):
        said = _TEN.sub(_tens, said).translate(_DIGITS)
    said = said.strip().strip("。;,.")
    if found := _SOLID.fullmatch(said):
        return _solid(found, sheet)
    if _YM.fullmatch(said) and not _is_month_and_day(said):
        _refuse(_NO_DAY)
    for pattern, days in ((_YMD, _year_first), (_SHORT_WORDS, _short_words), (_SHORT, _short)):
        if found := pattern.match(said):
            return _with_time(days(found, sheet), said[found.end() :], sheet)
    if found := _MD.match(said):
        return _with_time(_month_and_day(found, sheet), said[found.end() :], sheet)
    _refuse(_UNREADABLE)


def _tens(found: re.Match[str]) -> str:
    tens, ones = found[1] or "一", found[2] or "零"  # not said
    return (tens + ones).translate(_DIGITS)


def _is_month_and_day(said: str) -> bool:
    return not re.match(r"\d{4}", said)


def _solid(found: re.Match[str], sheet: Sheet) -> When:
    day = _day(int(found[1]), int(found[2]), int(found[3]))
    if found[4] is None:
        return _of(day, None, sheet)
    return _of(day, _clock(int(found[4]), int(found[5]), int(found[6] or 0)), sheet)


def _year_first(found: re.Match[str], _sheet: Sheet) -> date:
    return _day(int(found[1]), int(found[2]), int(found[3]))


def _short_words(found: re.Match[str], _sheet: Sheet) -> date:
    return _day(2000 + int(found[1]), int(found[2]), int(found[3]))


def _short(found: re.Match[str], sheet: Sheet) -> date:
    """Read three numbers of which none has to be the year: every reading is tried, and one day has
    to come of it.
    """
    first, second, last = int(found[1]), int(found[3]), int(found[4])
    readings: set[date] = set()
    if len(found[4]) == 4:
        orders = [(last, first, second), (last, second, first)]
    else:
        orders = [(2000 + first, second, last)] if len(found[1]) == 2 else []  # 26/3/1
        if len(found[4]) == 2:  # 1/3/26: nobody writes a year with one digit
            orders += [(2000 + last, first, second), (2000 + last, second, first)]
    for year, month, day in orders:
        try:
            readings.add(date(year, month, day))
        except ValueError:
            continue
    if len(found[4]) < 4:
        likely = range(sheet.this_year - _AGO, sheet.this_year + 3)
        readings = {one for one in readings if one.year in likely}
    return _the_one(readings, sheet)


def _the_one(readings: set[date], sheet: Sheet) -> date:
    of_sheet = {one for one in readings if one.year == sheet.year}
    if len(of_sheet) == 1:
        return of_sheet.pop()
    if not readings:
        _refuse(_NO_SUCH)
    if len(readings) > 1:
        _refuse(_AMBIGUOUS)
    return readings.pop()


def _month_and_day(found: re.Match[str], sheet: Sheet) -> date:
    if sheet.year is None:
        _refuse(_NO_YEAR)
    return _day(sheet.year, int(found[1]), int(found[2] or found[3]))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BadDate(_NO_SUCH) from None


# The time behind a date

_HALF = {"上午": 0, "早上": 0, "早晨": 0, "清晨": 0, "凌晨": 0, "am": 0}  # not said
_HALF |= {"中午": 12, "下午": 12}  # not said
_HALF |= {"傍晚": 12, "晚上": 12, "晚": 12, "夜里": 12, "pm": 12}  # not said
_HALVES = "|".join(sorted(_HALF, key=len, reverse=True))
# Blanks are taken whole (`*+`): shared out among all these parts, two hundred of them would cost
# seconds for one cell.
_TIME_OF_DAY = re.compile(
    rf"(?:T|\s|,)*+({_HALVES})?\s*+(\d{{1,2}})\s*+"
    rf"(?:[:时点]\s*+(?:(\d{{1,2}})\s*+分?|(半|一刻|三刻|1刻|3刻))?"
    rf"(?:\s*+:?\s*+(\d{{1,2}})\s*+秒?(?:\.\d+)?)?)\s*+(?:整)?\s*+(am|pm)?\s*+(\+08:?00)?",
    re.IGNORECASE,
)
_ONLY_HALF = re.compile(rf"\s*(?:{_HALVES})\s*", re.IGNORECASE)
_PARTS = {"半": 30, "一刻": 15, "三刻": 45, "1刻": 15, "3刻": 45}  # not said


def _with_time(day: date, rest: str, sheet: Sheet) -> When:
    if not rest.strip() or _ONLY_HALF.fullmatch(rest):
        return _of(day, None, sheet)
    found = _TIME_OF_DAY.fullmatch(rest)
    if found is None:
        _refuse(_TIME)
    half = (found[1] or found[6] or "").lower()
    hour, minute = int(found[2]), int(found[3] or _PARTS.get(found[4] or "", 0))
    if hour == 24 and minute == 0 and not half:
        return _of(day, None, sheet, extra_days=1)
    return _of(day, _clock(_hour(hour, half), minute, int(found[5] or 0)), sheet)


def _hour(hour: int, half: str) -> int:
    if not half or hour > 12:
        return hour
    if hour == 12:
        if half in ("中午", "下午", "pm"):  # not said
            return 12
        if half in ("凌晨", "am"):  # not said
            return 0
        _refuse(_NOON)
    if half == "中午" and hour >= 10:  # not said; 11:30 at noon is before it
        return hour
    return hour + _HALF[half]


def _clock(hour: int, minute: int, second: int) -> time:
    try:
        return time(hour, minute, second)
    except ValueError:
        raise BadDate(_TIME) from None
