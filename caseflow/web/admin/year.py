"""A year of the calendar as twelve small months: each day with a word where it is not ordinary."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from caseflow.deadlines.calendar import Calendar
from caseflow.web.locale import day_text, gettext, month_text

_SATURDAY = 5


@dataclass(frozen=True)
class Day:
    """One day: `look` is work, rest (an ordinary weekend), off or makeup; `mark` its word."""

    number: int
    look: str
    mark: str
    said: str
    changed: bool
    today: bool


@dataclass(frozen=True)
class Month:
    """One month; a week has seven places, empty ones are None."""

    n: int
    title: str
    weeks: Sequence[Sequence[Day | None]]
    working: int


def months(days: Calendar, notes: Mapping[date, str], year: int, today: date) -> list[Month]:
    """Return the months of a year; `notes` holds the days that were changed by hand."""
    sheet = calendar.Calendar()  # weeks begin on Monday
    return [_month(sheet, days, notes, year, n, today) for n in range(1, 13)]


def _month(
    sheet: calendar.Calendar,
    days: Calendar,
    notes: Mapping[date, str],
    year: int,
    n: int,
    today: date,
) -> Month:
    weeks = [
        [_day(days, notes, date(year, n, number), today) if number else None for number in week]
        for week in sheet.monthdayscalendar(year, n)
    ]
    found = [day for week in weeks for day in week if day is not None]
    working = sum(day.look in ("work", "makeup") for day in found)
    return Month(n, month_text(n), weeks, working)


def _day(days: Calendar, notes: Mapping[date, str], day: date, today: date) -> Day:
    look = _look(days.is_working_day(day), day.weekday() >= _SATURDAY)
    words = {"off": gettext("放假"), "makeup": gettext("上班")}
    marks = {"off": gettext("休"), "makeup": gettext("班")}
    parts = [day_text(day), words.get(look, ""), notes.get(day, "")]
    return Day(
        number=day.day,
        look=look,
        mark=marks.get(look, ""),
        said=" ".join(part for part in parts if part),
        changed=day in notes,
        today=day == today,
    )


def _look(working: bool, weekend: bool) -> str:
    if weekend:
        return "makeup" if working else "rest"
    return "work" if working else "off"
