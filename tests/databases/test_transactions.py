"""What PostgreSQL may ask of a transaction: to begin anew, and to wait for nobody."""

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from caseflow.db import RETRIES, Database, is_down, plan_once
from caseflow.errors import Unavailable
from caseflow.ledger.tables import Counter as Tally
from tests import office as offices
from tests.postgres import Postgres

SERIALIZATION, DEADLOCK, UNIQUE = "40001", "40P01", "23505"


@pytest.fixture
def two_rows(postgres_database: Database) -> Database:
    """Two counters that nobody uses."""
    with postgres_database.transaction() as session:
        offices.make(session)
        session.add_all(
            Tally(area_code=offices.DISTRICT, period=period, value=0) for period in ("A", "B")
        )
    return postgres_database


def test_sqlite_says_yes_when_a_commit_is_on_the_disk(sqlite_database: Database) -> None:
    """Else a power cut would lose what its channel was told is kept (law 1). 2 is FULL."""
    with sqlite_database.transaction() as session:
        said = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("synchronous", "foreign_keys", "journal_mode")
        }
    assert said == {"synchronous": 2, "foreign_keys": 1, "journal_mode": "wal"}


def test_postgresql_compiles_no_statement(postgres_database: Database) -> None:
    """It takes fifty times as long as the count of what waits for somebody does by itself."""
    with postgres_database.read() as session:
        assert session.scalar(text("SHOW jit")) == "off"


def test_postgresql_plans_what_is_read_often_once(postgres_url: str) -> None:
    """Planning what a work list asks takes longer than carrying it out, and a rollback would make
    the driver forget what was planned.
    """
    database, often = Database(postgres_url), select(Tally).where(Tally.period == "A")
    for _ in range(8):
        with database.read() as session:
            plan_once(session)
            session.scalars(often).all()
    planned = text("SELECT generic_plans FROM pg_prepared_statements WHERE statement ~ 'counter'")
    with database.read() as session:
        assert session.scalar(planned)
        assert session.scalar(text("SHOW plan_cache_mode")) == "auto", "a search plans for itself"
    database.close()


def test_what_was_read_before_the_database_went_away_stays_read(
    postgres: Postgres, postgres_url: str
) -> None:
    """A page is made by then: its reader gets it, and only whoever asks next is told."""
    database = Database(postgres_url)
    with database.read() as session:
        mine = session.scalar(text("SELECT pg_backend_pid()"))
        with postgres.admin() as link:
            link.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
    with database.read() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != mine
    database.close()


def count(session: Session, period: str) -> None:
    query = select(Tally).where(Tally.period == period).with_for_update()
    session.scalars(query).one().value += 1
    session.flush()


def test_whoever_loses_a_deadlock_begins_anew_and_nothing_counts_twice(two_rows: Database) -> None:
    both_hold_one, tries, failures = threading.Barrier(2), list[str](), list[BaseException]()

    def work(session: Session, first: str, second: str) -> None:
        again = first in tries
        tries.append(first)
        count(session, first)
        if not again:
            both_hold_one.wait(timeout=30)
        count(session, second)

    def run(first: str, second: str) -> None:
        try:
            two_rows.run(lambda session: work(session, first, second))
        except BaseException as error:  # noqa: BLE001 - shown by the assert below
            failures.append(error)

    threads = [threading.Thread(target=run, args=pair) for pair in ("AB", "BA")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(tries) == 3, "one of the two had to begin anew"
    with two_rows.read() as session:
        assert session.scalars(select(Tally.value).where(Tally.period.in_(["A", "B"]))).all() == [
            2,
            2,
        ]


def refused(database: Database, code: str, times: int) -> int:
    """Let the server refuse so many tries; return how many there were."""
    tries = 0

    def work(session: Session) -> int:
        nonlocal tries
        tries += 1
        count(session, "A")
        if tries <= times:
            session.execute(text(f"DO $$ BEGIN RAISE SQLSTATE '{code}'; END $$"))
        return tries

    try:
        return database.run(work)
    except Unavailable:
        assert tries == RETRIES
        raise
    except DBAPIError:
        assert tries == 1
        raise


def test_a_serialization_failure_begins_anew_three_times_and_then_says_so(
    two_rows: Database,
) -> None:
    assert refused(two_rows, SERIALIZATION, RETRIES - 1) == RETRIES
    with pytest.raises(Unavailable):
        refused(two_rows, SERIALIZATION, RETRIES)
    with two_rows.read() as session:
        assert session.scalars(select(Tally.value).where(Tally.period == "A")).one() == 1


def test_a_page_that_loses_a_deadlock_is_told_to_come_back(two_rows: Database) -> None:
    """A read has one with a migration only, and cannot begin anew by itself."""
    for code, away in ((DEADLOCK, True), (UNIQUE, False)):
        with pytest.raises(DBAPIError) as lost, two_rows.read() as session:
            session.execute(text(f"DO $$ BEGIN RAISE SQLSTATE '{code}'; END $$"))
        assert is_down(lost.value) is away


def test_what_would_fail_again_is_not_tried_again(two_rows: Database) -> None:
    with pytest.raises(DBAPIError):
        refused(two_rows, UNIQUE, 1)


@pytest.mark.parametrize(("snapshot", "seen"), [(True, 0), (False, 1)])
def test_a_snapshot_sees_one_moment(two_rows: Database, snapshot: bool, seen: int) -> None:
    """Who verifies a ledger at work must not compare this moment's heads with the next one's."""
    value = select(Tally.value).where(Tally.period == "A")
    with two_rows.read(snapshot=snapshot) as session:
        assert session.scalars(value).one() == 0
        two_rows.run(lambda writes: count(writes, "A"))
        assert session.scalars(value).one() == seen
