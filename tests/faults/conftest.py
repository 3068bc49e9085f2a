"""In which order the faults come: what takes minutes begins first."""

from pathlib import Path

import pytest

# Where nearly all of the time goes, the longest first.
_LONG = ("test_kill_run.py", "test_outbox_kills.py", "test_large_films.py", "test_serving.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let no process work alone for minutes at the end, where these tests run by themselves.

    A process is handed two tests at the beginning, then one as it ends one: behind each of those
    that take longest stands one that is over at once.
    """
    here = Path(__file__).parent
    if any(item.path.parent != here for item in items):
        return
    long = [item for name in _LONG for item in items if item.path.name == name]
    short = [item for item in items if item.path.name not in _LONG]
    first = sum(item.path.name == _LONG[0] for item in long)
    if len(short) < first:  # somebody chose a few
        return
    pairs = [one for pair in zip(long[:first], short[:first], strict=True) for one in pair]
    items[:] = [*pairs, *long[first:], *short[first:]]
