"""Days and moments written with their weekday, so that a row of a test shows what it is about."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from caseflow.clock import SHANGHAI


def day(text: str) -> date:
    """Read `Fri 2026-02-13`; a weekday that does not fit is a mistake in the row."""
    weekday, iso = text.split()
    found = date.fromisoformat(iso)
    assert f"{found:%a}" == weekday, text
    return found


def moment(text: str) -> datetime:
    """Read `Fri 2026-02-13 24:00` as Shanghai time."""
    on, at = text.rsplit(maxsplit=1)
    hours, minutes = map(int, at.split(":"))
    start = datetime.combine(day(on), time(0), SHANGHAI)
    return (start + timedelta(hours=hours, minutes=minutes)).astimezone(UTC)


def ends(text: str) -> datetime:
    """Read `Fri 2026-02-13` as 24:00 of that day."""
    return moment(f"{text} 24:00")


def instants(first: str, last: str) -> st.SearchStrategy[datetime]:
    """Draw minutes between two ISO dates; every other one is a midnight in Shanghai."""
    start, end = (
        datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)
        for text in (first, last)
    )
    days = (end - start).days
    minutes = st.integers(0, days * 24 * 60) | st.integers(0, days).map(lambda n: n * 24 * 60)
    return minutes.map(lambda n: start + timedelta(minutes=n))
