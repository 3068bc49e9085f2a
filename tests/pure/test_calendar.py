"""Working days and due moments, with the weekday spelt out in every row.

The rows follow the State Council's notices for 2025 (off 01-28…02-04 and 10-01…08, worked Sundays
01-26, 04-27, 09-28, Saturdays 02-08, 10-11) and 2026 (off 01-01…03, 02-15…23, 04-04…06, 05-01…05,
09-25…27, 10-01…07, worked Sundays 01-04, 09-20, Saturdays 02-14, 02-28, 05-09, 10-10).
"""

import subprocess
import sys
from datetime import UTC, datetime, time, timedelta

import pytest

from caseflow.deadlines.calendar import Calendar, Remaining, Unit
from tests.pure.days import day, moment

CALENDAR = Calendar()


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        # Spring Festival 2025
        ("Fri 2025-01-24", 1, "Sun 2025-01-26"),
        ("Fri 2025-01-24", 3, "Wed 2025-02-05"),
        ("Mon 2025-01-27", 1, "Wed 2025-02-05"),
        ("Wed 2025-02-05", 3, "Sat 2025-02-08"),
        ("Fri 2025-02-07", 2, "Mon 2025-02-10"),
        # National Day and Mid-Autumn 2025
        ("Fri 2025-09-26", 1, "Sun 2025-09-28"),
        ("Fri 2025-09-26", 4, "Thu 2025-10-09"),
        ("Tue 2025-09-30", 1, "Thu 2025-10-09"),
        ("Fri 2025-10-10", 1, "Sat 2025-10-11"),
        ("Sat 2025-10-11", 1, "Mon 2025-10-13"),
        # Year end
        ("Tue 2024-12-31", 1, "Thu 2025-01-02"),
        ("Fri 2025-12-26", 5, "Mon 2026-01-05"),
        ("Wed 2025-12-31", 1, "Sun 2026-01-04"),
        ("Wed 2025-12-31", 2, "Mon 2026-01-05"),
        # Spring Festival 2026
        ("Fri 2026-02-13", 1, "Sat 2026-02-14"),
        ("Fri 2026-02-13", 2, "Tue 2026-02-24"),
        ("Fri 2026-02-13", 5, "Fri 2026-02-27"),
        ("Fri 2026-02-13", 6, "Sat 2026-02-28"),
        ("Fri 2026-02-13", 7, "Mon 2026-03-02"),
        ("Fri 2026-02-13", 15, "Thu 2026-03-12"),
        ("Sun 2026-02-15", 1, "Tue 2026-02-24"),
        # Spring holidays 2026
        ("Fri 2026-04-03", 1, "Tue 2026-04-07"),
        ("Thu 2026-04-30", 1, "Wed 2026-05-06"),
        ("Fri 2026-05-08", 1, "Sat 2026-05-09"),
        # Mid-Autumn and National Day 2026
        ("Fri 2026-09-18", 1, "Sun 2026-09-20"),
        ("Thu 2026-09-24", 1, "Mon 2026-09-28"),
        ("Wed 2026-09-30", 1, "Thu 2026-10-08"),
        ("Fri 2026-10-09", 1, "Sat 2026-10-10"),
        ("Sat 2026-10-10", 1, "Mon 2026-10-12"),
        # Nothing, and backwards
        ("Sun 2026-02-22", 0, "Sun 2026-02-22"),
        ("Tue 2026-02-24", -1, "Sat 2026-02-14"),
        ("Tue 2026-02-24", -2, "Fri 2026-02-13"),
        ("Thu 2025-10-09", -1, "Tue 2025-09-30"),
        ("Mon 2026-01-05", -2, "Wed 2025-12-31"),
    ],
)
def test_the_nth_working_day(start: str, n: int, expected: str) -> None:
    assert CALENDAR.add_working_days(day(start), n) == day(expected)


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [
        ("Fri 2026-02-13", "Fri 2026-02-13", 0),
        ("Fri 2026-02-13", "Sun 2026-02-22", 1),
        ("Fri 2026-02-13", "Tue 2026-02-24", 2),
        ("Tue 2026-02-24", "Fri 2026-02-13", -2),
        ("Wed 2025-12-31", "Sun 2026-01-04", 1),
        ("Tue 2025-09-30", "Wed 2025-10-08", 0),
    ],
)
def test_working_days_between_two_days_leave_out_the_first(a: str, b: str, count: int) -> None:
    assert CALENDAR.working_days_between(day(a), day(b)) == count


@pytest.mark.parametrize(
    ("received", "amount", "unit", "ends"),
    [
        # The example of the trade: the worked Saturday counts, the day of receipt does not.
        ("Fri 2026-02-13 23:59", 5, Unit.working_days, "Fri 2026-02-27 24:00"),
        ("Fri 2026-02-13 24:00", 5, Unit.working_days, "Sat 2026-02-28 24:00"),
        ("Mon 2026-03-02 00:00", 1, Unit.working_days, "Tue 2026-03-03 24:00"),
        ("Tue 2026-02-17 09:00", 1, Unit.working_days, "Tue 2026-02-24 24:00"),
        ("Wed 2025-12-31 23:59", 1, Unit.working_days, "Sun 2026-01-04 24:00"),
        ("Mon 2025-01-27 23:59", 10, Unit.working_days, "Mon 2025-02-17 24:00"),
        ("Sat 2025-09-27 08:00", 2, Unit.working_days, "Mon 2025-09-29 24:00"),
        # Calendar days: rolled off a day off, not off a worked Saturday, onto a worked Sunday
        ("Fri 2026-02-06 10:00", 15, Unit.calendar_days, "Tue 2026-02-24 24:00"),
        ("Fri 2026-01-30 09:00", 15, Unit.calendar_days, "Sat 2026-02-14 24:00"),
        ("Tue 2025-09-16 23:59", 15, Unit.calendar_days, "Thu 2025-10-09 24:00"),
        ("Wed 2025-12-17 08:00", 15, Unit.calendar_days, "Sun 2026-01-04 24:00"),
        ("Mon 2025-12-29 12:00", 60, Unit.calendar_days, "Fri 2026-02-27 24:00"),
        # Around the clock, holiday or not
        ("Sat 2026-02-21 23:30", 1, Unit.hours, "Sun 2026-02-22 00:30"),
        ("Mon 2026-02-16 03:00", 24, Unit.hours, "Tue 2026-02-17 03:00"),
        ("Thu 2026-10-01 23:59", 45, Unit.minutes, "Fri 2026-10-02 00:44"),
        # While the office is open
        ("Fri 2026-02-13 17:00", 2, Unit.working_hours, "Sat 2026-02-14 10:00"),
        ("Sat 2026-02-14 16:30", 2, Unit.working_hours, "Tue 2026-02-24 09:30"),
        ("Wed 2026-03-04 12:30", 1, Unit.working_hours, "Wed 2026-03-04 15:30"),
        ("Wed 2026-03-04 11:00", 1, Unit.working_hours, "Wed 2026-03-04 12:00"),
        ("Wed 2026-03-04 23:59", 1, Unit.working_hours, "Thu 2026-03-05 09:30"),
    ],
)
def test_a_promise_falls_due(received: str, amount: int, unit: Unit, ends: str) -> None:
    assert CALENDAR.due(moment(received), amount, unit) == moment(ends)


@pytest.mark.parametrize(
    ("due", "amount", "unit", "expected"),
    [
        ("Fri 2026-02-27 24:00", -1, Unit.working_days, "Thu 2026-02-26 24:00"),
        ("Fri 2026-02-27 24:00", 0, Unit.working_days, "Fri 2026-02-27 24:00"),
        ("Fri 2026-02-27 24:00", 1, Unit.working_days, "Sat 2026-02-28 24:00"),
        ("Fri 2026-02-27 24:00", 20, Unit.working_days, "Thu 2026-03-26 24:00"),
        ("Tue 2026-02-24 24:00", -1, Unit.working_days, "Sat 2026-02-14 24:00"),
        ("Tue 2025-09-30 24:00", 1, Unit.working_days, "Thu 2025-10-09 24:00"),
        # An imposed due moment at a time of day, or on a day off
        ("Fri 2026-02-13 10:30", 1, Unit.working_days, "Sat 2026-02-14 10:30"),
        ("Fri 2026-02-13 10:30", 2, Unit.working_days, "Tue 2026-02-24 10:30"),
        ("Tue 2026-02-24 17:00", -2, Unit.working_days, "Fri 2026-02-13 17:00"),
        ("Sun 2026-02-22 24:00", -1, Unit.working_days, "Sat 2026-02-14 24:00"),
        ("Sun 2026-02-22 24:00", 1, Unit.working_days, "Tue 2026-02-24 24:00"),
        ("Sun 2026-02-22 24:00", 1, Unit.calendar_days, "Mon 2026-02-23 24:00"),
        ("Sun 2026-02-22 10:00", -3, Unit.hours, "Sun 2026-02-22 07:00"),
        ("Sun 2026-02-22 00:10", -15, Unit.minutes, "Sat 2026-02-21 23:55"),
        ("Tue 2026-02-24 09:30", -2, Unit.working_hours, "Sat 2026-02-14 16:30"),
    ],
)
def test_a_ladder_counts_from_the_due_moment(
    due: str, amount: int, unit: Unit, expected: str
) -> None:
    assert CALENDAR.offset(moment(due), amount, unit) == moment(expected)


@pytest.mark.parametrize(
    ("due", "n", "expected"),
    [
        ("Fri 2026-02-27 24:00", 2, "Wed 2026-02-25 24:00"),
        ("Tue 2026-02-24 24:00", 2, "Fri 2026-02-13 24:00"),
        ("Mon 2026-03-02 17:00", 1, "Sat 2026-02-28 24:00"),
        ("Mon 2026-03-02 17:00", 0, "Mon 2026-03-02 17:00"),
    ],
)
def test_an_item_is_due_whole_working_days_before_its_case(due: str, n: int, expected: str) -> None:
    assert CALENDAR.less_working_days(moment(due), n) == moment(expected)


@pytest.mark.parametrize(
    ("now", "due", "unit", "expected"),
    [
        ("Fri 2026-02-13 10:00", "Fri 2026-02-27 24:00", Unit.working_days, (5, False)),
        ("Tue 2026-02-24 09:00", "Fri 2026-02-27 24:00", Unit.working_days, (3, False)),
        ("Fri 2026-02-27 23:59", "Fri 2026-02-27 24:00", Unit.working_days, (0, False)),
        ("Fri 2026-02-27 24:00", "Fri 2026-02-27 24:00", Unit.working_days, (1, True)),
        ("Sun 2026-03-01 12:00", "Fri 2026-02-27 24:00", Unit.working_days, (1, True)),
        ("Mon 2026-03-02 12:00", "Fri 2026-02-27 24:00", Unit.working_days, (2, True)),
        ("Fri 2026-02-13 10:00", "Fri 2026-02-27 24:00", Unit.calendar_days, (14, False)),
        ("Sun 2026-03-01 10:00", "Fri 2026-02-27 24:00", Unit.calendar_days, (2, True)),
        ("Sun 2026-02-22 10:00", "Sun 2026-02-22 13:59", Unit.hours, (3, False)),
        ("Sun 2026-02-22 13:00", "Sun 2026-02-22 10:30", Unit.hours, (2, True)),
        ("Fri 2026-02-13 17:00", "Sat 2026-02-14 10:00", Unit.working_hours, (2, False)),
    ],
)
def test_the_screen_says_what_is_left(
    now: str, due: str, unit: Unit, expected: tuple[int, bool]
) -> None:
    amount, overdue = expected
    assert CALENDAR.remaining(moment(now), moment(due), unit) == Remaining(amount, unit, overdue)


def test_less_than_an_hour_is_told_in_minutes() -> None:
    now, due = moment("Sun 2026-02-22 10:00"), moment("Sun 2026-02-22 10:59")
    assert CALENDAR.remaining(now, due, Unit.hours) == Remaining(59, Unit.minutes, False)


def test_midnight_belongs_to_the_day_it_ends_only_as_a_due_moment() -> None:
    midnight = moment("Fri 2026-02-27 24:00")
    assert CALENDAR.due_day(midnight) == day("Fri 2026-02-27")
    assert CALENDAR.local_day(midnight) == day("Sat 2026-02-28")
    assert CALENDAR.due_day(midnight + timedelta(seconds=1)) == day("Sat 2026-02-28")
    assert CALENDAR.end_of_day(day("Fri 2026-02-27")) == datetime(2026, 2, 27, 16, tzinfo=UTC)


def test_late_in_the_utc_evening_it_is_already_tomorrow_in_shanghai() -> None:
    assert CALENDAR.local_day(datetime(2026, 2, 13, 16, 30, tzinfo=UTC)) == day("Sat 2026-02-14")


def test_an_office_may_have_other_hours() -> None:
    early = Calendar(hours=((time(7), time(9)),))
    ends = early.due(moment("Fri 2026-03-06 08:00"), 2, Unit.working_hours)
    assert ends == moment("Mon 2026-03-09 08:00")


@pytest.mark.parametrize(
    "hours",
    [(), ((time(9), time(9)),), ((time(14), time(17)), (time(8), time(12)))],
    ids=["none", "empty span", "out of order"],
)
def test_senseless_office_hours_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="office hours"):
        Calendar(hours=hours)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.due(moment("Fri 2026-02-13 10:00").replace(tzinfo=None), 1, Unit.hours)


def test_a_negative_promise_is_refused() -> None:
    with pytest.raises(ValueError, match="before it was given"):
        CALENDAR.due(moment("Fri 2026-02-13 10:00"), -1, Unit.working_days)


def test_the_rooms_of_time_load_neither_framework_nor_holidays_at_import() -> None:
    program = (
        "import sys, caseflow.deadlines.defaults, caseflow.escalation.defaults;"
        "print(sorted({'flask', 'sqlalchemy', 'holidays'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
