"""Whole years: against a second library, years whose notice is not out, and own exceptions."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest

from caseflow.deadlines.calendar import Calendar, Unit

CALENDAR = Calendar()

# The notice for 2006 (国办发明电〔2005〕35号, 2005-12-16) has this Saturday worked, in exchange for
# the days after New Year: 「12月31日(星期六)上班」. The second library forgot it.
FORGOTTEN = date(2005, 12, 31)


def test_every_day_of_2004_to_2026_is_as_the_second_library_says() -> None:
    first, last = date(2004, 1, 1), date(2026, 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    differing = [
        day for day in days if CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)
    ]
    assert differing == [FORGOTTEN]


@pytest.mark.parametrize("day", [FORGOTTEN, date(2006, 12, 31), date(2011, 12, 31)])
def test_the_next_years_notice_may_call_to_work_in_december(day: date) -> None:
    assert day.weekday() >= 5
    assert CALENDAR.is_working_day(day)


@pytest.mark.parametrize("year", range(2004, 2027))
def test_years_with_a_notice_are_firm(year: int) -> None:
    assert not CALENDAR.is_provisional(year)


@pytest.mark.parametrize("year", [1999, 2000, 2027, 2028])
def test_years_without_a_notice_are_provisional(year: int) -> None:
    assert CALENDAR.is_provisional(year)


def test_2027_is_computed_by_law_without_worked_weekends() -> None:
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
    assert not any(CALENDAR.is_working_day(day) for day in days if day.weekday() >= 5)
    # New Year's Day is a Friday; the eve of the Spring Festival is 5 February, a Friday too.
    assert not CALENDAR.is_working_day(date(2027, 1, 1))
    assert not CALENDAR.is_working_day(date(2027, 2, 5))
    assert CALENDAR.is_working_day(date(2027, 1, 4))


def test_an_exception_alone_does_not_make_a_year_firm() -> None:
    exceptions = {date(2027, 1, 3): True}
    assert Calendar(exceptions).is_provisional(2027)
    assert not Calendar(exceptions, frozenset({2027})).is_provisional(2027)
    assert Calendar(exceptions, frozenset({2027})).is_provisional(2028)


def test_exceptions_win_both_ways() -> None:
    sunday, wednesday = date(2026, 3, 1), date(2026, 3, 4)
    exceptions = {sunday: True, wednesday: False}
    calendar = Calendar(exceptions)
    assert calendar.is_working_day(sunday)
    assert not calendar.is_working_day(wednesday)
    assert calendar.add_working_days(date(2026, 2, 28), 4) == date(2026, 3, 5)
    assert not CALENDAR.is_working_day(sunday)


def test_a_calendar_keeps_its_exceptions_when_the_callers_mapping_changes() -> None:
    exceptions = {date(2026, 3, 1): True}
    calendar = Calendar(exceptions)
    exceptions.clear()
    assert calendar.is_working_day(date(2026, 3, 1))


@pytest.mark.parametrize(
    ("amount", "due", "provisional"),
    [
        # 24:00 of 31 December still belongs to the year it ends.
        (1, datetime(2026, 12, 31, 16, tzinfo=UTC), False),
        (2, datetime(2027, 1, 4, 16, tzinfo=UTC), True),
    ],
)
def test_a_promise_that_reaches_into_2027_is_provisional(
    amount: int, due: datetime, provisional: bool
) -> None:
    wednesday = datetime(2026, 12, 30, 2, tzinfo=UTC)
    assert CALENDAR.due(wednesday, amount, Unit.working_days) == due
    assert CALENDAR.rests_on_provisional(wednesday, due) is provisional
