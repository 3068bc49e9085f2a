"""Taking an old ledger over costs what its rows cost, however much was taken over before."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from caseflow.db import Database
from tests.import_ledger import messy
from tests.import_ledger.conftest import Place
from tests.import_ledger.test_imports import NEW

ROWS, TIMES = 40, 12
DEEPER = 1.25
"""An index of twelve times as many rows may be a level deeper, and that is all."""


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """SQLite counts its own steps; growth on PostgreSQL has tests of its own."""
    return sqlite_database


def ledger(n: int) -> bytes:
    """Return a sheet of rows that no other has."""
    numbers = range(n * ROWS, (n + 1) * ROWS)
    return messy.workbook([[one, f"B-{one}", *NEW[2:8], f"第{one}件", *NEW[9:]] for one in numbers])


@contextmanager
def steps(database: Database) -> Iterator[list[int]]:
    """Count the steps of SQLite's machine, in hundreds: what it looks at, and not how long."""
    taken = [0]

    def one_more() -> int:
        taken[0] += 1
        return 0

    def watched(link: Any, *_: object) -> None:
        link.set_progress_handler(one_more, 100)

    def unwatched(link: Any, *_: object) -> None:
        link.set_progress_handler(None, 100)

    event.listen(database.engine, "checkout", watched)
    event.listen(database.engine, "checkin", unwatched)
    try:
        yield taken
    finally:
        event.remove(database.engine, "checkout", watched)
        event.remove(database.engine, "checkin", unwatched)


def test_the_last_of_many_imports_looks_at_no_more_than_the_first(place: Place) -> None:
    looked = []
    for n in range(TIMES):
        with steps(place.database) as taken:
            one = place.take(ledger(n), year=2026)
        assert place.state(one) == "done"
        looked.append(taken[0])
    assert 0 < looked[-1] <= looked[1] * DEEPER, looked
