"""A history is read as a stream: how long it is does not say how much memory that takes."""

import tracemalloc
from datetime import datetime

import pytest

from caseflow.db import Database
from caseflow.ledger import history, verify
from caseflow.ledger.history import Line
from tests import office as offices

FEW, MANY = 1_000, 5_000
AT_ONCE = 200


def noted(database: Database, now: datetime, times: int) -> None:
    """Put so many notes into the history of a new case."""
    with database.transaction() as session:
        case, _ = offices.report(session, now)
        note = Line("note", offices.REPORTER, now, {"text": history.commitment("家长来电")})
        history.append_many(session, [(case, note)] * times)


def peak(database: Database) -> int:
    """Return the bytes that verifying held at once, at the most."""
    with database.read() as session:
        tracemalloc.start()
        try:
            assert verify.verify_chains(session).fits
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_five_times_the_history_takes_no_more_memory(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "BATCH", AT_ONCE)
    with database.transaction() as session:
        offices.make(session)
    noted(database, now, FEW)
    peak(database)  # what is made once and kept
    before = peak(database)
    noted(database, now, MANY)
    assert peak(database) < 1.5 * before
