"""Numbers have no gap and no double, however many open cases at once and whoever rolls back."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import count

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from caseflow import refs
from caseflow.db import Database
from caseflow.ledger import numbers
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case, Counter
from tests import office as offices
from tests.office import DISTRICT, OTHER

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
THREADS, EACH = 8, 12
PROCESSES = 3
FORK = multiprocessing.get_context("fork")  # starting Python anew would be most of the work


class ThoughtBetterError(Exception):
    """Whoever opened the case gave it up before the commit."""


@pytest.fixture
def filled(database: Database) -> Database:
    """A database with the small office."""
    with database.transaction() as session:
        offices.make(session)
    return database


def given(database: Database, area: str = DISTRICT) -> tuple[list[int], list[int]]:
    """Return the numbers of an area's reports and cases, lowest first."""
    with database.read() as session:
        reports = session.scalars(select(Report.seq).where(Report.area_code == area))
        cases = session.scalars(select(Case.seq).where(Case.area_code == area))
        return sorted(reports), sorted(cases)


def open_some(database: Database, who: int) -> None:
    """Open cases one by one; every third is rolled back after its numbers were taken."""
    for n in range(EACH):
        area = OTHER if (who + n) % 4 == 0 else DISTRICT
        with suppress(ThoughtBetterError):
            database.run(partial(open_one, area, n % 3 == 2))


def open_one(area: str, gives_up: bool, session: Session) -> None:
    offices.report(session, NOW, area=area)
    session.flush()
    if gives_up:
        raise ThoughtBetterError


def test_threads_that_roll_back_leave_no_gap_and_no_double(filled: Database) -> None:
    begin = threading.Barrier(THREADS)

    def work(who: int) -> None:
        begin.wait()
        open_some(filled, who)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    here, there = given(filled), given(filled, OTHER)
    for found in (*here, *there):
        assert found == list(range(1, len(found) + 1))
    assert len(here[0]) + len(there[0]) == THREADS * EACH * 2 // 3


def test_processes_that_roll_back_leave_no_gap_and_no_double(filled: Database) -> None:
    started = [FORK.Process(target=work_apart, args=(filled.url, who)) for who in range(PROCESSES)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    assert [process.exitcode for process in started] == [0] * PROCESSES
    here, there = given(filled), given(filled, OTHER)
    for found in (*here, *there):
        assert found == list(range(1, len(found) + 1))
    assert len(here[0]) + len(there[0]) == PROCESSES * EACH * 2 // 3


def work_apart(url: str, who: int) -> None:
    """Open cases in a process of its own."""
    offices._serial = count(who * 1000)  # type: ignore[assignment]
    database = Database(url)
    open_some(database, who)
    database.close()


def test_numbers_grow_past_their_usual_width_and_sort_as_integers(filled: Database) -> None:
    with filled.transaction() as session:
        offices.report(session, NOW)
        day = numbers.day_of(NOW)
        for period, value in ((day, 9998), ("2026", 999_998)):
            session.execute(update(Counter).where(Counter.period == period).values(value=value))
    for _ in range(2):
        with filled.transaction() as session:
            offices.report(session, NOW)
    with filled.read() as session:
        reports = session.scalars(select(Report.number).order_by(Report.seq)).all()
        cases = session.scalars(select(Case.number).order_by(Case.seq)).all()
    assert [number.rpartition("-")[2] for number in reports] == ["0001", "9999", "10000"]
    assert [number.rpartition("-")[2] for number in cases] == ["000001", "999999", "1000000"]
    assert sorted(reports, key=refs.parse_report) == reports != sorted(reports)
    assert sorted(cases, key=refs.parse_case) == cases != sorted(cases)


def test_a_new_day_and_a_new_year_begin_at_one_by_the_clock_of_shanghai(filled: Database) -> None:
    moments = (
        datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC),
        datetime(2026, 12, 31, 16, 0, tzinfo=UTC),
    )
    with filled.transaction() as session:
        found = [offices.report(session, moment) for moment in moments for _ in range(2)]
        assert [report.number for _, report in found] == [
            f"{DISTRICT}-20261231-0001",
            f"{DISTRICT}-20261231-0002",
            f"{DISTRICT}-20270101-0001",
            f"{DISTRICT}-20270101-0002",
        ]
        assert [case.number for case, _ in found] == [
            f"{DISTRICT}-2026-000001",
            f"{DISTRICT}-2026-000002",
            f"{DISTRICT}-2027-000001",
            f"{DISTRICT}-2027-000002",
        ]


def test_a_number_that_was_given_stays_when_the_next_one_is_rolled_back(filled: Database) -> None:
    with filled.transaction() as session:
        first, _ = offices.report(session, NOW)
        kept = first.number
    with pytest.raises(ThoughtBetterError):
        filled.run(partial(open_one, DISTRICT, True))
    with filled.transaction() as session:
        second, _ = offices.report(session, NOW)
        assert (kept, second.number) == (f"{DISTRICT}-2026-000001", f"{DISTRICT}-2026-000002")


def test_numbers_of_many_places_are_taken_with_one_statement(filled: Database) -> None:
    wanted = {(DISTRICT, f"2026{n:04d}"): n for n in range(1, 40)}
    asked: list[object] = []
    with filled.transaction() as session:
        numbers.take(session, DISTRICT, "20260003")
        event.listen(filled.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
        last = numbers.take_many(session, wanted)
    assert len(asked) == 1
    assert last == {(area, day): n + (day == "20260003") for (area, day), n in wanted.items()}
