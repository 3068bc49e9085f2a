"""What a pause does to a due moment, in every unit."""

import pytest

from caseflow.deadlines.calendar import Calendar, Unit
from tests.pure.days import ends, moment

CALENDAR = Calendar()


@pytest.mark.parametrize(
    ("due", "paused", "resumed", "expected"),
    [
        # 26 and 27 were left after the pause day: they are given again after 4 March.
        ("Fri 2026-02-27", "Wed 2026-02-25 10:00", "Wed 2026-03-04 09:00", "Fri 2026-03-06"),
        # Over the Spring Festival no working day passes: nothing is given twice.
        ("Fri 2026-02-27", "Sat 2026-02-14 18:00", "Mon 2026-02-23 09:00", "Fri 2026-02-27"),
        ("Fri 2026-02-27", "Wed 2026-02-25 10:00", "Wed 2026-02-25 17:00", "Fri 2026-02-27"),
        # Paused on its last day and resumed on a Sunday: Monday is the rest of that day.
        ("Fri 2026-02-27", "Fri 2026-02-27 09:00", "Sun 2026-03-01 12:00", "Mon 2026-03-02"),
        # Overdue by three working days before, by three after.
        ("Fri 2026-02-27", "Tue 2026-03-03 10:00", "Fri 2026-03-06 10:00", "Tue 2026-03-03"),
        # Overdue by a weekend only: still overdue after the pause.
        ("Fri 2026-03-06", "Sat 2026-03-07 10:00", "Tue 2026-03-10 10:00", "Mon 2026-03-09"),
        ("Fri 2026-03-06", "Sat 2026-03-07 00:00", "Sun 2026-03-08 10:00", "Fri 2026-03-06"),
    ],
)
def test_working_days_left_are_given_again(
    due: str, paused: str, resumed: str, expected: str
) -> None:
    shifted = CALENDAR.shift(ends(due), moment(paused), moment(resumed), Unit.working_days)
    assert shifted == ends(expected)


@pytest.mark.parametrize(
    ("due", "paused", "resumed", "expected"),
    [
        ("Mon 2026-03-16", "Tue 2026-03-10 10:00", "Fri 2026-03-20 10:00", "Thu 2026-03-26"),
        # Six days after Sunday is a Saturday: rolled.
        ("Mon 2026-03-16", "Tue 2026-03-10 10:00", "Sun 2026-03-15 10:00", "Mon 2026-03-23"),
        # Overdue by one day; counting one back from Sunday gives a Saturday, so Friday.
        ("Tue 2026-03-10", "Wed 2026-03-11 10:00", "Sun 2026-03-15 10:00", "Fri 2026-03-13"),
    ],
)
def test_calendar_days_left_are_given_again_and_rolled(
    due: str, paused: str, resumed: str, expected: str
) -> None:
    shifted = CALENDAR.shift(ends(due), moment(paused), moment(resumed), Unit.calendar_days)
    assert shifted == ends(expected)


@pytest.mark.parametrize(
    ("unit", "due", "paused", "resumed", "expected"),
    [
        (
            Unit.hours,
            "Sun 2026-03-01 12:00",
            "Sun 2026-03-01 10:00",
            "Sun 2026-03-01 15:30",
            "Sun 2026-03-01 17:30",
        ),
        (
            Unit.minutes,
            "Sun 2026-03-01 23:50",
            "Sun 2026-03-01 23:40",
            "Mon 2026-03-02 00:10",
            "Mon 2026-03-02 00:20",
        ),
        # Two working hours were left: half an hour on Tuesday, the rest on Wednesday.
        (
            Unit.working_hours,
            "Mon 2026-03-02 16:30",
            "Mon 2026-03-02 14:30",
            "Tue 2026-03-03 17:00",
            "Wed 2026-03-04 10:00",
        ),
        # An imposed moment in the evening: no working time was left, so plain time counts.
        (
            Unit.working_hours,
            "Mon 2026-03-02 20:00",
            "Mon 2026-03-02 18:00",
            "Mon 2026-03-02 19:00",
            "Mon 2026-03-02 21:00",
        ),
        # One working hour overdue before, one after.
        (
            Unit.working_hours,
            "Mon 2026-03-02 09:30",
            "Mon 2026-03-02 10:30",
            "Tue 2026-03-03 10:30",
            "Tue 2026-03-03 09:30",
        ),
        # A working-day promise imposed for 17:00: nobody is given a moment that has passed.
        (
            Unit.working_days,
            "Fri 2026-03-06 17:00",
            "Fri 2026-03-06 10:00",
            "Tue 2026-03-10 18:00",
            "Wed 2026-03-11 17:00",
        ),
    ],
)
def test_a_pause_at_a_time_of_day(
    unit: Unit, due: str, paused: str, resumed: str, expected: str
) -> None:
    shifted = CALENDAR.shift(moment(due), moment(paused), moment(resumed), unit)
    assert shifted == moment(expected)


def test_a_pause_that_ends_before_it_began_is_refused() -> None:
    with pytest.raises(ValueError, match="before it began"):
        CALENDAR.shift(
            ends("Fri 2026-02-27"),
            moment("Wed 2026-02-25 10:00"),
            moment("Wed 2026-02-25 09:59"),
            Unit.hours,
        )
