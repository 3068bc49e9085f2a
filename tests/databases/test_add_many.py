"""Many rows go in at once, whatever they say, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from caseflow.db import Database
from caseflow.deadlines.tables import PublishedYear
from caseflow.many import COPIED, add_many
from caseflow.outbox.tables import Event
from caseflow.vault.tables import Original

_EASTERN = timezone(timedelta(hours=8))


def _row(n: int, **more: Any) -> dict[str, Any]:
    plain = {"name": f"told {n}", "case_id": None, "body": "{}", "urgent": False}
    at = datetime(2026, 3, 3, 2, 0, 0, n + 1, tzinfo=UTC)
    return {**plain, "at": at, "not_before": at, **more}


def _kept(database: Database) -> list[Event]:
    with database.read() as session:
        return list(session.scalars(select(Event).order_by(Event.id)))


@pytest.mark.parametrize("times", [1, COPIED])
def test_words_marks_and_moments_come_back_as_they_went_in(database: Database, times: int) -> None:
    said = ["", "'\"\\", "{a,NULL}", "𠮷老师\n\t第二行", "%(x)s :y", "\\u0041", "null"] * times
    rows = [_row(n, body=body, urgent=bool(n % 2)) for n, body in enumerate(said)]
    rows[1]["at"] = rows[1]["at"].astimezone(_EASTERN)
    with database.transaction() as session:
        add_many(session, Event, rows)
    kept = _kept(database)
    assert [one.body for one in kept] == said
    assert [(one.urgent, one.case_id) for one in kept] == [(row["urgent"], None) for row in rows]
    assert [one.at for one in kept] == [row["at"] for row in rows]


def test_a_thousand_rows_keep_their_order_and_what_is_not_said_is_filled_in(
    database: Database,
) -> None:
    with database.transaction() as session:
        add_many(session, Event, [_row(n) for n in range(1000)])
    kept = _kept(database)
    assert [one.name for one in kept] == [f"told {n}" for n in range(1000)]
    assert {(one.attempts, one.quiet, one.error) for one in kept} == {(0, False, None)}


def test_nothing_is_no_statement(database: Database) -> None:
    with database.read() as session:  # which could not write
        add_many(session, Event, [])


@pytest.mark.parametrize("many", [2, COPIED])
def test_a_row_that_is_there_already_is_refused_with_all_beside_it(
    database: Database, now: datetime, many: int
) -> None:
    years = [{"year": 2031 + n, "set_at": now} for n in (*range(many), 0)]
    with pytest.raises(IntegrityError), database.transaction() as session:
        add_many(session, PublishedYear, years)
    with database.read() as session:
        assert session.scalars(select(PublishedYear.year)).all() == []


@pytest.mark.parametrize("times", [1, COPIED])
def test_bytes_come_back_as_they_went_in(database: Database, now: datetime, times: int) -> None:
    sealed = [bytes(range(256)), b"", b"\\x00"] * times
    rows = [
        {"id": f"{n:032x}", "sealed": one, "size": n, "received_at": now}
        for n, one in enumerate(sealed)
    ]
    with database.transaction() as session:
        add_many(session, Original, rows)
    with database.read() as session:
        kept = session.scalars(select(Original.sealed).order_by(Original.id)).all()
    assert kept == sealed
