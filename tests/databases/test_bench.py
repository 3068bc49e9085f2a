"""What `make bench` fills a ledger with is a ledger: chained, without gaps, findable."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError

from bench import filling
from bench.filling import Plan
from bench.ledgers import Ledger, OnPostgreSQL, OnSQLite
from bench.results import judged
from bench.texts import RARE, told
from caseflow.db import Database
from caseflow.ledger import queries
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.tables import Case
from caseflow.ledger.verify import verify_chains
from caseflow.people import divisions
from caseflow.people.scope import scope_of
from tests import office as offices

PLAN = Plan(60, open_share=0.5, overdue=6)


@contextmanager
def ledger_of(database: Database) -> Iterator[Ledger]:
    if database.is_sqlite:
        yield OnSQLite(database)
    else:
        with psycopg.connect(database.url.replace("+psycopg", "")) as link:
            yield OnPostgreSQL(link)


def test_the_rows_are_a_ledger(database: Database) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        divisions.load(session)
        offices.report(session, datetime(2026, 3, 3, 2, 0, tzinfo=UTC))
    with ledger_of(database) as ledger:
        assert filling.fill(ledger, PLAN) == 60
        assert filling.fill(ledger, PLAN) == 0  # it goes on where it stopped
        ledger.finish()
    with database.read() as session:
        report = verify_chains(session)
        assert report.fits
        numbers = session.execute(
            select(Case.registered_in, Case.year, func.max(Case.seq), func.count()).group_by(
                Case.registered_in, Case.year
            )
        )
        assert all(last == count for _, _, last, count in numbers)
        found = queries.find(session, scope_of(office["city"]), "skateboard")
        assert found
        overdue = select(func.count()).select_from(Case).where(Case.next_due <= PLAN.now)
        assert session.scalar(overdue) == PLAN.overdue + 1  # and the office's own
    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
        session.execute(delete(Entry))  # the guards are back


def test_a_rare_word_stands_in_as_many_reports_as_are_said() -> None:
    texts = [told(n, 1).text for n in range(1_000)]
    assert {word: sum(word in text for text in texts) for word in RARE} == RARE


def test_a_line_says_which_of_its_goals_it_met() -> None:
    assert [judged("", value, "", (10, 20)).met for value in (9, 10, 20)] == [
        "no",
        "floor",
        "reach",
    ]
    less = [judged("", value, "", (20, 10), less=True).met for value in (21, 20, 10)]
    assert less == ["no", "floor", "reach"]


@pytest.mark.parametrize(
    "plan",
    [PLAN, Plan(2_050, 0.01, 7), Plan(4_000, 0.005, 2), Plan(1_500, 1.0, 150)],
    ids=lambda plan: f"{plan.cases}-{plan.open_share}",
)
def test_as_many_open_cases_are_overdue_as_are_asked_for(plan: Plan) -> None:
    runs = [plan.runs(n) for n in range(plan.cases)]
    assert sum(overdue for _, overdue in runs) == plan.overdue
    assert all(is_open for is_open, overdue in runs if overdue)
