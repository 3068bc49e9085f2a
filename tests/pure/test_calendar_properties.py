"""What holds for every day, moment and amount."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.deadlines.calendar import SHANGHAI, Calendar, Unit
from tests.pure.days import instants

# No deadline: the first example of a process loads the library of holidays.
often = settings(deadline=None, max_examples=200)

DAYS = st.dates(date(2004, 1, 1), date(2029, 12, 31))
MOMENTS = instants("2004-01-01", "2029-12-31")
# Weekends worked and weekdays off at random, dense enough to be met by near dates.
CALENDARS = st.dictionaries(
    st.dates(date(2026, 2, 1), date(2026, 3, 31)), st.booleans(), max_size=20
).map(Calendar)
NEAR = st.dates(date(2026, 1, 20), date(2026, 4, 10))
NEAR_MOMENTS = instants("2026-01-20", "2026-04-10")
UNITS = st.sampled_from(Unit)
DAY_UNITS = st.sampled_from([Unit.calendar_days, Unit.working_days])
PAUSES = st.integers(0, 20 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@often
@given(CALENDARS, NEAR, st.integers(1, 40))
def test_counting_undoes_adding(calendar: Calendar, day: date, n: int) -> None:
    later = calendar.add_working_days(day, n)
    assert calendar.is_working_day(later)
    assert calendar.working_days_between(day, later) == n
    assert calendar.add_working_days(later, -n) <= day
    if calendar.is_working_day(day):
        assert calendar.add_working_days(later, -n) == day


@often
@given(DAYS, DAYS)
def test_counting_backwards_is_the_negative(a: date, b: date) -> None:
    calendar = Calendar()
    assert calendar.working_days_between(a, b) == -calendar.working_days_between(b, a)


@often
@given(CALENDARS, NEAR, NEAR, NEAR)
def test_counts_add_up(calendar: Calendar, a: date, b: date, c: date) -> None:
    count = calendar.working_days_between
    assert count(a, b) + count(b, c) == count(a, c)


@often
@given(MOMENTS, st.integers(0, 60), DAY_UNITS)
def test_a_day_limit_ends_at_midnight_of_a_working_day(
    start: datetime, amount: int, unit: Unit
) -> None:
    calendar = Calendar()
    due = calendar.due(start, amount, unit)
    assert due.astimezone(SHANGHAI).strftime("%H:%M:%S.%f") == "00:00:00.000000"
    assert calendar.is_working_day(calendar.due_day(due))
    assert due > start


@often
@given(CALENDARS, NEAR_MOMENTS, PAUSES, st.integers(0, 30), UNITS)
def test_whoever_starts_later_is_due_no_earlier(
    calendar: Calendar, start: datetime, later: timedelta, amount: int, unit: Unit
) -> None:
    assert calendar.due(start, amount, unit) <= calendar.due(start + later, amount, unit)


@often
@given(CALENDARS, NEAR_MOMENTS, st.integers(0, 30), UNITS)
def test_whoever_has_more_is_due_no_earlier(
    calendar: Calendar, start: datetime, amount: int, unit: Unit
) -> None:
    due = calendar.due(start, amount, unit)
    assert start <= due <= calendar.due(start, amount + 1, unit)


@often
@given(CALENDARS, NEAR_MOMENTS, st.integers(-30, 30), UNITS)
def test_a_later_offset_is_a_later_moment(
    calendar: Calendar, due: datetime, amount: int, unit: Unit
) -> None:
    assert calendar.offset(due, amount, unit) < calendar.offset(due, amount + 1, unit)


@often
@given(CALENDARS, NEAR_MOMENTS, st.integers(1, 30))
def test_working_hours_end_while_the_office_is_open(
    calendar: Calendar, start: datetime, amount: int
) -> None:
    due = calendar.due(start, amount, Unit.working_hours)
    at = due.astimezone(SHANGHAI)
    assert calendar.is_working_day(at.date())
    assert any(opens < at.time() <= closes for opens, closes in calendar.hours)
    assert calendar.office_time().between(start, due) == timedelta(hours=amount)


@often
@given(CALENDARS, NEAR_MOMENTS, NEAR_MOMENTS, PAUSES, UNITS)
def test_a_pause_never_brings_a_due_moment_forward_and_mends_nothing(
    calendar: Calendar, due: datetime, paused: datetime, pause: timedelta, unit: Unit
) -> None:
    resumed = paused + pause
    shifted = calendar.shift(due, paused, resumed, unit)
    assert shifted >= due
    assert (shifted <= resumed) == (due <= paused)


@often
@given(CALENDARS, NEAR_MOMENTS, NEAR_MOMENTS, PAUSES, PAUSES, UNITS)
def test_a_longer_pause_never_gives_less(
    calendar: Calendar,
    due: datetime,
    paused: datetime,
    pause: timedelta,
    more: timedelta,
    unit: Unit,
) -> None:
    shorter = calendar.shift(due, paused, paused + pause, unit)
    assert shorter <= calendar.shift(due, paused, paused + pause + more, unit)


@often
@given(CALENDARS, NEAR_MOMENTS, st.integers(0, 15), DAY_UNITS, NEAR_MOMENTS, PAUSES)
def test_a_shifted_day_limit_never_lands_on_a_day_off(
    calendar: Calendar,
    start: datetime,
    amount: int,
    unit: Unit,
    paused: datetime,
    pause: timedelta,
) -> None:
    due = calendar.due(start, amount, unit)
    shifted = calendar.shift(due, paused, paused + pause, unit)
    assert calendar.is_working_day(calendar.due_day(shifted))


@often
@given(CALENDARS, NEAR_MOMENTS, st.integers(1, 30))
def test_what_is_left_at_the_start_is_the_whole_promise(
    calendar: Calendar, start: datetime, amount: int
) -> None:
    due = calendar.due(start, amount, Unit.working_days)
    left = calendar.remaining(start, due, Unit.working_days)
    assert (left.amount, left.overdue) == (amount, False)


@often
@given(CALENDARS, NEAR_MOMENTS, st.integers(1, 5))
def test_an_items_margin_leaves_that_many_working_days(
    calendar: Calendar, start: datetime, n: int
) -> None:
    due = calendar.due(start, 10, Unit.working_days)
    item = calendar.less_working_days(due, n)
    days = calendar.due_day(item), calendar.due_day(due)
    assert calendar.working_days_between(*days) == n
