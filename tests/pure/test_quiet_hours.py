"""From ten in the evening to half past seven nobody is disturbed but for danger."""

from datetime import UTC, datetime, timedelta

import pytest

from caseflow.clock import SHANGHAI
from caseflow.notices.hours import waking


@pytest.mark.parametrize(
    ("said", "day", "hour", "minute"),
    [
        ("21:59", 3, 21, 59),
        ("22:00", 4, 7, 30),
        ("23:59", 4, 7, 30),
        ("00:00", 3, 7, 30),
        ("07:29", 3, 7, 30),
        ("07:30", 3, 7, 30),
        ("12:00", 3, 12, 0),
    ],
)
def test_the_first_waking_moment(said: str, day: int, hour: int, minute: int) -> None:
    here = datetime.fromisoformat(f"2026-03-03T{said}:00").replace(tzinfo=SHANGHAI)
    found = waking(here.astimezone(UTC))
    assert found == datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)
    assert found.utcoffset() == timedelta(0)


def test_a_month_ends_at_night() -> None:
    night = datetime(2026, 2, 28, 23, 0, tzinfo=SHANGHAI).astimezone(UTC)
    assert waking(night) == datetime(2026, 3, 1, 7, 30, tzinfo=SHANGHAI)
